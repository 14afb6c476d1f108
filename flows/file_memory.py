"""What a run remembers of the files that it found, so that the next one need not read those that are as they were.

A file is taken to be as it was while its size, inode and times of change are the same: the system sets the time of its last
change (ctime) whatever else is done to make a file look old. One that changed in the moment before it was read is read again.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Literal, NamedTuple

from flows.found import FoundPage
from transforms.given import hash_of_page

NAME = "files.sqlite3"
_SOON_NS = 2_000_000_000
"""A file that changed less than this before it was read may change again within one tick of its file system's clock."""
_HASHED = hash_of_page(b"")[:8]
"""Tells the way in which pages are hashed: what another way gave stands for no file of today's."""
_TABLE = """
    CREATE TABLE IF NOT EXISTS files (
        path TEXT PRIMARY KEY, state TEXT NOT NULL, size INTEGER NOT NULL, raw_hash TEXT NOT NULL, container TEXT NOT NULL
    ) WITHOUT ROWID
"""


class KnownFile(NamedTuple):
    """A file that is one page: its state, its size in bytes, the hash of the page's bytes, and how they lie in it."""

    state: str
    size: int
    raw_hash: str
    container: Literal["file", "gzip"]


class FileMemory:
    """The files below one INPUT: those that an earlier run found, and those that this one does."""

    def __init__(self, known: dict[str, KnownFile]) -> None:
        self._known = known
        self._met: dict[str, KnownFile] = {}
        self._began_ns = time.time_ns()

    def file(self, path: Path, status: os.stat_result) -> KnownFile | None:
        """What is known of a file that is as it was; None where it has to be read."""
        known = self._known.get(str(path))
        if known is None or known.state != _state(status):
            return None
        self._met[str(path)] = known
        return known

    def note(self, page: FoundPage, status: os.stat_result) -> None:
        """Remember a page that was read; `status` is that of its file before."""
        if page.raw_hash is None or page.container not in ("file", "gzip") or not _is_text(page.path):
            return
        if self._began_ns - max(status.st_mtime_ns, status.st_ctime_ns) > _SOON_NS:
            self._met[page.path] = KnownFile(_state(status), page.size, page.raw_hash, page.container)

    @property
    def changes(self) -> tuple[list[tuple[object, ...]], list[tuple[str]]]:
        """Rows that are new or other than before, and paths of files that are there no more."""
        changed: list[tuple[object, ...]] = [
            (path, *known) for path, known in self._met.items() if self._known.get(path) != known
        ]
        return changed, [(path,) for path in self._known.keys() - self._met.keys()]


@contextmanager
def remembered(folder: Path, root: Path) -> Iterator[FileMemory]:
    """The memory of the files below a root, kept in a folder that is there; what the block adds to it is kept as well.

    Without it a run takes longer, and that is all: what goes wrong with it ends nothing.
    """
    path = folder / NAME
    memory = FileMemory(_read(path, root))
    yield memory
    changed, gone = memory.changes
    if not (changed or gone) or not folder.is_dir():
        return
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as con, con:
        con.execute(_TABLE)
        con.executemany("DELETE FROM files WHERE path = ?", gone)
        con.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", changed)


def _read(path: Path, root: Path) -> dict[str, KnownFile]:
    if not path.exists():
        return {}
    below = f"{root}{os.sep}"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as con:
            rows = con.execute("SELECT * FROM files WHERE path = ? OR substr(path, 1, ?) = ?", (str(root), len(below), below))
            return {path: KnownFile(*known) for path, *known in rows}
    except sqlite3.Error:
        return {}


def _is_text(path: str) -> bool:
    """Whether a path can be stored: a name that is no UTF-8 comes with lone surrogates in it."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _state(status: os.stat_result) -> str:
    return f"{_HASHED} {status.st_size} {status.st_ino} {status.st_mtime_ns} {status.st_ctime_ns}"
