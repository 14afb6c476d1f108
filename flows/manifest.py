"""Files that are kept with their hashes: copied, read back from the disk, and compared."""

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from pydantic import BaseModel, ConfigDict

from flows.errors import WrongUse

MANIFEST = "manifest.json"
_BLOCK = 1 << 20
_SPARE = 1.02
"""What file systems take beside the files themselves."""


class FileKept(BaseModel):
    """One file: its path in the folder, its size and its hash."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    path: str
    bytes: int
    sha256: str


def copied(source: Path, folder: Path, path: str) -> FileKept:
    """Copy the file into the folder, to that path, as long as it is now, and have the disk hold it.

    It is opened once: whoever replaces it meanwhile does not mix two files.
    """
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as read, place.open("wb") as written:
        left, digest = os.fstat(read.fileno()).st_size, sha256()
        total = 0
        while left and (block := read.read(min(left, _BLOCK))):
            digest.update(block)
            written.write(block)
            left -= len(block)
            total += len(block)
        _to_disk(written)
    shutil.copymode(source, place)
    return FileKept(path=path, bytes=total, sha256=digest.hexdigest())


def described(folder: Path, path: str) -> FileKept:
    """The file as it stands on the disk: what the system still holds of it in memory is let go first, where that can be."""
    digest, total = sha256(), 0
    with (folder / path).open("rb") as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while block := file.read(_BLOCK):
            digest.update(block)
            total += len(block)
    return FileKept(path=path, bytes=total, sha256=digest.hexdigest())


def differences(folder: Path, files: Iterable[FileKept]) -> list[str]:
    """What is wrong with these files of the folder, a line each."""
    return [wrong for file in files if (wrong := difference(folder, file))]


def difference(folder: Path, file: FileKept) -> str | None:
    """What is wrong with the file; None where it is as it was kept."""
    try:
        found = described(folder, file.path)
    except FileNotFoundError:
        return f"{file.path} is missing"
    except OSError as error:
        return f"{file.path} can't be read: {error.strerror}"
    return compared(found, file)


def compared(found: FileKept, kept: FileKept) -> str | None:
    """How the file differs from what was kept."""
    if found.bytes != kept.bytes:
        return f"{kept.path} has {found.bytes:,} bytes, not {kept.bytes:,}"
    return None if found.sha256 == kept.sha256 else f"{kept.path} holds other bytes than were written (SHA-256)"


def write_manifest(folder: Path, manifest: str) -> None:
    """Write the manifest, last of all, and have the disk hold it and the names of all files."""
    with (folder / MANIFEST).open("wb") as file:
        file.write(manifest.encode())
        _to_disk(file)
    for inner in {folder, *(path.parent for path in folder.rglob("*"))}:
        flush_folder(inner)


def flush_folder(folder: Path) -> None:
    """Have the disk hold the names in the folder."""
    if os.name == "posix":  # elsewhere a folder cannot be opened
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def require_room(folder: Path, needed: int) -> None:
    """Raises WrongUse where the disk that is to hold the folder has too little room."""
    there = next(parent for parent in (folder, *folder.parents) if parent.is_dir())
    free = shutil.disk_usage(there).free
    if free < needed * _SPARE:
        raise WrongUse(
            f"There is too little room in {there}: {size(needed)} are needed, {size(free)} are free. "
            "Make room, or name another place."
        )


def size(count: float) -> str:
    """So many bytes in words."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:,.0f} {unit}" if unit == "bytes" else f"{count:,.1f} {unit}"
        count /= 1000
    return f"{count:,.1f} TB"


def replace_folder(whole: Path, place: Path) -> None:
    """Move a folder that is whole to its place. What was there goes when it is; `settle` mends it if this was cut short."""
    former = _former(place)
    if place.exists():
        place.rename(former)
    whole.rename(place)
    flush_folder(place.parent)
    shutil.rmtree(former, ignore_errors=True)


def settle(place: Path) -> None:
    """Put back what a `replace_folder` that was killed in the midst of its two steps had moved away."""
    former = _former(place)
    with suppress(FileNotFoundError):
        if place.exists():
            shutil.rmtree(former)
        else:
            former.rename(place)


def unfinished(place: Path) -> Path:
    """The folder beside it in which it is written."""
    return place.with_name(f".{place.name}.writing")


def _former(place: Path) -> Path:
    return place.with_name(f".{place.name}.former")


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
