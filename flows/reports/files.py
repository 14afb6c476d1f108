"""The folder of pages: each is replaced as a whole, only where it changed, and goes when what it is about is gone."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from flows.errors import Busy

_MANIFEST = "manifest.json"
_WAIT_SECONDS = 600
_SAFE = re.compile(r"[0-9A-Za-z_-]{1,64}")
_OURS = (".html", ".js")
"""Endings of the files that are written into folders below: other files there are not ours to remove."""


def file_name(key: str) -> str:
    """The id, which names a page's file. Ids are hashes; anything else would name a file that is none of ours."""
    if not _SAFE.fullmatch(key):
        raise ValueError(
            f"{key!r} is no id of Claimhouse, so no page can be named after it. Was the warehouse changed by hand?"
        )
    return key


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Let nobody else write pages there, which is waited for: two would move each other's half of a page into its place.

    Raises Busy where the other one takes longer than any warehouse does.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".writing.lock", timeout=_WAIT_SECONDS):
            yield
    except Timeout:
        raise Busy(f"Another process writes the pages in {folder}. Wait until it is done, or end it.") from None


class PageFolder:
    """The pages that are there, with the fingerprint of what each showed when it was written.

    `version` stands for all that pages are made by: under another one, every page is written anew. A page is written under
    another name and moved into place. The manifest is written last: a page that was written and is not in it, because the
    machine stopped in between, is written again. `state` stands for what the pages are made from.
    """

    def __init__(self, folder: Path, version: str, state: str = "") -> None:
        self._folder, self._version, self._state = folder, version, state
        folder.mkdir(parents=True, exist_ok=True)
        told = self._read()
        self._before: dict[str, str] = told.get("pages", {})
        self._was_whole = "state" in told and told["state"] == state
        self._now: dict[str, str] = {}

    def is_of_state(self) -> bool:
        """Whether all pages were made from the state that there is, and are still there."""
        return self._was_whole and all(
            {name.rpartition("/")[2] for name in names} <= {entry.name for entry in self._entries(kind)}
            for kind, names in groupby(sorted(self._before), key=lambda name: name.rpartition("/")[0])
        )

    def changed(self, kind: str, fingerprints: Mapping[str, str], *, ending: str = ".html") -> list[str]:
        """Of a folder's pages, by name, those that are not there as they should be; what else was written there is removed."""
        folder = self._folder / kind
        folder.mkdir(exist_ok=True)
        there = {entry.name for entry in self._entries(kind) if entry.is_file()}
        wanted = {f"{file_name(name)}{ending}": name for name in fingerprints}
        for gone in there - set(wanted):
            if gone.endswith((*_OURS, ".part")):
                (folder / gone).unlink(missing_ok=True)
        self._now |= {f"{kind}/{name}{ending}": fingerprint for name, fingerprint in fingerprints.items()}
        return [
            name
            for file, name in wanted.items()
            if file not in there or self._before.get(f"{kind}/{file}") != fingerprints[name]
        ]

    def write(self, name: str, page: str) -> Path:
        """Replace the page, named by its path in the folder."""
        path = self._folder / name
        unfinished = path.with_name(f".{path.name}.part")
        unfinished.write_text(page, encoding="utf-8", newline="\n")
        return unfinished.replace(path)

    def keep(self, name: str, page: str) -> Path:
        """Replace the page where it is another than what is there."""
        path, told = self._folder / name, page.encode()
        if path.is_file() and path.stat().st_size == len(told) and path.read_bytes() == told:
            return path
        return self.write(name, page)

    def finish(self) -> None:
        """Remember what is there."""
        told = {"version": self._version, "state": self._state, "pages": self._now}
        self.keep(_MANIFEST, json.dumps(told, indent=0, sort_keys=True))

    def _entries(self, kind: str) -> list[os.DirEntry[str]]:
        try:
            return list(os.scandir(self._folder / kind))
        except FileNotFoundError:
            return []

    def _read(self) -> dict[str, Any]:
        try:
            told = json.loads((self._folder / _MANIFEST).read_bytes())
            is_ours = told["version"] == self._version and isinstance(told["pages"], dict)
        except (OSError, ValueError, KeyError, TypeError):  # none, or not one that we wrote: all pages are written anew
            return {}
        return told if is_ours else {}


def version_of(files: Iterable[Path], *others: str) -> str:
    """One hash of what pages are made by: the bytes of files, and versions of libraries."""
    made_by = sha256("\n".join(others).encode())
    for file in sorted(files):
        made_by.update(file.name.encode() + b"\0" + file.read_bytes())
    return made_by.hexdigest()
