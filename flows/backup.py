"""A backup: a folder with the warehouse, the archive of fetched pages, the settings, and a manifest of their hashes.

It may be made while a run is at work. The published warehouse is never written to, so the file that is opened is whole; the
ledger is copied by SQLite itself; WARC files only grow, and a page torn at the end of one is passed over by whoever reads it.
The warehouse is copied first and the WARC files last, so that every page which the others know is there.
"""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from filelock import FileLock, Timeout

from flows.backup_manifest import ARCHIVE, CHECKS, LEDGER, WAREHOUSE, Manifest, read_manifest, require_whole, row_counts
from flows.clock import now
from flows.errors import Busy, WrongUse
from flows.fetch.archive import archive_files
from flows.fetch.collect import archive_folder, ledger_path
from flows.manifest import (
    MANIFEST,
    FileKept,
    copied,
    described,
    difference,
    replace_folder,
    require_room,
    settle,
    unfinished,
    write_manifest,
)
from flows.settings import CONFIG_FILE, Settings
from warehouse.carry import carry
from warehouse.database import building, open_readonly
from warehouse.lake import bytes_of
from warehouse.migrate import schema_version
from warehouse.place import Place

_UNPACKED = 6
"""So many times the bytes of a lake's Parquet its rows take in a file, at most of those that were seen."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made, with how many of its files were taken over from the one before."""

    folder: Path
    manifest: Manifest
    taken_over: int


def back_up(settings: Settings, target: Path, *, config: Path | None = None, with_archive: bool = True) -> Made:
    """Make a backup in `target`, or bring the one there up to date, and check it.

    Until it is whole and checked, what was there stays. Raises WrongUse for a place that holds other things or has too little
    room, and what `open_readonly` raises for the warehouse.
    """
    target = target.expanduser().absolute()
    if isinstance(settings.place, Path):
        _fold_log(settings.place)
    with closing(open_readonly(settings.place)):
        pass  # what is wrong with it is told with its own path
    with _alone_at(target):
        settle(target)
        earlier = _earlier(target)
        writing = unfinished(target)
        shutil.rmtree(writing, ignore_errors=True)
        known = set(earlier.files) if earlier else set()
        taken = {file.path: file for file in known if file.path.endswith(".warc.gz")} if with_archive else {}
        require_room(target.parent, _needed(settings, taken, with_archive=with_archive))
        try:
            writing.mkdir(parents=True)
            warehouse = _keep_warehouse(settings.place, writing)
            own = [copied(source, writing, path) for path, source in own_files(settings, config).items() if source.is_file()]
            pages, linked = _keep_archive(settings, writing, target, taken) if with_archive else ([], set[str]())
            manifest = _manifest(writing, [warehouse, *own, *pages], _state(pages, with_archive=with_archive))
            write_manifest(writing, manifest.model_dump_json(indent=2) + "\n")
            require_whole(writing, [file for file in manifest.files if file.path not in linked])
            replace_folder(writing, target)
        finally:
            shutil.rmtree(writing, ignore_errors=True)
    return Made(target, manifest, len(linked))


def _keep_warehouse(place: Place, folder: Path) -> FileKept:
    """The file as it is; the rows of a lake, as one snapshot has them, in a file of their own."""
    if isinstance(place, Path):
        return copied(place, folder, WAREHOUSE)
    carry(place, folder / WAREHOUSE)
    (folder / f"{WAREHOUSE}.lock").unlink(missing_ok=True)
    return described(folder, WAREHOUSE)


def own_files(settings: Settings, config: Path | None) -> dict[str, Path]:
    """Where the files that people write stand, by their names in a backup."""
    files = {CONFIG_FILE: config or Path(CONFIG_FILE)}
    return files | ({CHECKS: settings.gate.checks} if settings.gate.checks else {})


def _manifest(folder: Path, files: Sequence[FileKept], archive: Literal["kept", "left out", "none"]) -> Manifest:
    with closing(open_readonly(folder / WAREHOUSE)) as con:
        return Manifest(
            claimhouse=metadata.version("claimhouse"),
            schema_version=schema_version(con) or 0,
            created_at=now(),
            archive=archive,
            tables=row_counts(con),
            files=tuple(files),
        )


def _state(pages: Sequence[FileKept], *, with_archive: bool) -> Literal["kept", "left out", "none"]:
    if not with_archive:
        return "left out"
    return "kept" if pages else "none"


def _earlier(target: Path) -> Manifest | None:
    """The backup that is there already. Raises WrongUse for a place that can't be used."""
    if target.is_file():
        raise WrongUse(f"{target} is a file. Name a folder.")
    if target.is_mount():
        raise WrongUse(f"{target} is a whole disk. Name a folder on it: {target / 'claimhouse-backup'}")
    if not target.exists() or not any(target.iterdir()):
        return None
    if not (target / MANIFEST).exists():
        raise WrongUse(f"{target} holds other things. Name a new folder, or one that `claimhouse backup` has made.")
    manifest = read_manifest(target)
    known = {MANIFEST, *(file.path for file in manifest.files)}
    strange = sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file())
    if strange := [path for path in strange if path not in known]:
        raise WrongUse(f"{target} holds things that are not of the backup: {', '.join(strange[:3])}. Move them away.")
    return manifest


def _keep_archive(
    settings: Settings, writing: Path, target: Path, earlier: dict[str, FileKept]
) -> tuple[list[FileKept], set[str]]:
    """The ledger, then the WARC files, and the paths of those that the earlier backup had already."""
    kept, linked = list[FileKept](), set[str]()
    if ledger_path(settings).is_file():
        kept.append(_keep_ledger(ledger_path(settings), writing))
    for source in archive_files(archive_folder(settings)):
        path = f"{ARCHIVE}/{source.name}"
        before = earlier.get(path)
        with suppress(FileNotFoundError):  # retired meanwhile
            if before and before.bytes == source.stat().st_size and not difference(target, before):
                _take_over(target / path, writing / path)
                linked.add(path)
                kept.append(before)
            else:
                kept.append(copied(source, writing, path))
    return kept, linked


def _keep_ledger(source: Path, folder: Path) -> FileKept:
    place = folder / LEDGER
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (
            closing(sqlite3.connect(f"file:{quote(str(source.absolute()))}?mode=ro", uri=True)) as ledger,
            closing(sqlite3.connect(place)) as copy,
        ):
            ledger.backup(copy)
            copy.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise WrongUse(f"The ledger {source} can't be read: {error}. Move it away: it is made anew from the archive.") from None
    return described(folder, LEDGER)


def _take_over(before: Path, place: Path) -> None:
    """The same file under another name; on a disk that knows no such thing, a copy."""
    place.parent.mkdir(exist_ok=True)
    try:
        place.hardlink_to(before)
    except OSError:
        shutil.copy(before, place)


def _needed(settings: Settings, taken: dict[str, FileKept], *, with_archive: bool) -> int:
    place = settings.place
    files = [place] if isinstance(place, Path) else []
    if with_archive:
        files += [ledger_path(settings)] if ledger_path(settings).exists() else []
        files += [path for path in archive_files(archive_folder(settings)) if not _is_same(path, taken)]
    of_lake = 0 if isinstance(place, Path) else _UNPACKED * bytes_of(place)
    return sum(path.stat().st_size for path in files) + of_lake


def _is_same(source: Path, taken: dict[str, FileKept]) -> bool:
    before = taken.get(f"{ARCHIVE}/{source.name}")
    return before is not None and before.bytes == source.stat().st_size


def _fold_log(warehouse: Path) -> None:
    """What another program wrote beside the file, and has not yet written into it, would be left behind."""
    if warehouse.with_name(f"{warehouse.name}.wal").exists():
        with building(warehouse):
            pass


@contextmanager
def _alone_at(target: Path) -> Iterator[None]:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.with_name(f".{target.name}.lock"), timeout=0):
            yield
    except Timeout:
        raise Busy(f"Another backup is being written to {target}. Wait until it is done.") from None
    except PermissionError as error:
        raise WrongUse(f"{error.filename} may not be written. Mend its permissions, or name another place.") from None
