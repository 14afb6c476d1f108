"""Pages that were read and are not loaded yet: Parquet on disk, so that a run which died goes on where it stopped."""

import errno
import json
import os
import shutil
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TextIO
from uuid import uuid4

import polars as pl

from flows.errors import WrongUse
from warehouse.tables import Table

Place = tuple[str, str]
"""Where a page was found, as `FoundPage.place`: its address, and the hash of its bytes."""
_FOUND = ("found_url", "found_hash")
"""Columns of staged documents that hold it."""
_NOTE = ".reading"
_TOO_BIG = "too big"
_LATE = ".late"
_HASHES = "hashes.json"
_UNFINISHED = ".writing"
_SHARE_SECONDS = 120
_LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Note:
    """How far a worker is with a batch: the page that it reads, counted from 0, and the words read before.

    `is_too_big`: it gave the page up, as reading it took more memory than it may have.
    """

    page: int
    words: int
    is_too_big: bool = False


class Staging:
    """A folder with one folder a batch, which holds `<table>.parquet` for each table, and their hashes. It appears whole or not
    at all, and is on the disk by then.

    `<key>.reading` beside it notes how far a batch is that a worker has begun. All of it may lie on storage that machines
    share: a batch comes by one rename, and needs no lock.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def clean(self, version: str) -> int:
        """Remove what no run can use any more: what another pipeline version read, and what a killed run left unfinished.

        So are batches that are damaged on the disk, as a power cut leaves them; their number is returned.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        damaged = 0
        for path in list(self.folder.iterdir()):
            if not path.is_dir():
                path.unlink()
            elif path.suffix == _UNFINISHED:
                shutil.rmtree(path)
            elif not (is_whole := _is_whole(path)) or not _is_of_version(path, version):
                damaged += not is_whole
                self._discard(path)
        return damaged

    def write(self, key: str, tables: Mapping[str, pl.DataFrame], places: Sequence[Place] | None = None) -> None:
        """Stage the tables of a batch. `places` are where its pages were found, one for each document, in their order.

        Without them the documents' own addresses and hashes count: those of a page that could not be read are others.
        """
        # A worker that was thought to be lost may write the same batch at the same time: until then each has its own folder.
        unfinished, folder = self.folder / f"{key}.{uuid4().hex[:8]}{_UNFINISHED}", self.folder / key
        unfinished.mkdir(parents=True)
        documents = tables["documents"]
        found = documents.select("url", "raw_hash").rows() if places is None else places
        documents = documents.hstack(pl.DataFrame(found, dict.fromkeys(_FOUND, pl.String), orient="row"))
        for name, frame in {**tables, "documents": documents}.items():
            frame.write_parquet(unfinished / f"{name}.parquet")
        (unfinished / _HASHES).write_text(json.dumps(_hashes(unfinished)), encoding="ascii")
        for path in (*unfinished.iterdir(), unfinished):
            _flush(path)
        try:
            unfinished.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
            shutil.rmtree(unfinished)  # the same pages, read by the same pipeline: the rows are the same
        _flush(self.folder)
        self.unnote(key)

    def words(self, key: str) -> int | None:
        """How many words the documents of a staged batch have; None where it is not staged."""
        try:
            return int(pl.read_parquet(self.folder / key / "documents.parquet", columns=["word_count"])["word_count"].sum())
        except OSError:
            return None

    def pages(self) -> set[Place]:
        """Where every page that is staged was found. What is damaged counts as not staged, also before `clean` removes it."""
        found: set[Place] = set()
        for path in self._parts("documents"):
            with suppress(OSError, pl.exceptions.PolarsError):
                found |= set(pl.read_parquet(path, columns=list(_FOUND)).rows())
        return found

    def documents(self, table: Table, places: Collection[Place]) -> pl.DataFrame:
        """The staged documents that were read from pages found there, one each."""
        paths = self._parts(table.name)
        if not paths:
            return table.frame()
        asked = pl.LazyFrame(sorted(places), dict.fromkeys(_FOUND, pl.String), orient="row")
        found = pl.scan_parquet(paths).join(asked, on=_FOUND, how="semi").collect()
        return found.sort(*_FOUND, "raw_hash").unique(_FOUND, keep="last", maintain_order=True).drop(_FOUND)

    def rows(self, table: Table, ids: pl.Series) -> pl.DataFrame:
        """The staged rows of these documents or claims, by the column that `ids` is named after, sorted by key, each once.

        Two pages may be one document: their rows have the same keys.
        """
        paths = self._parts(table.name)
        if not paths:
            return table.frame()
        found = pl.scan_parquet(paths).join(ids.unique().to_frame().lazy(), on=ids.name, how="semi").collect()
        return found.sort(table.key).unique(table.key, keep="first", maintain_order=True)

    def remove(self, urls: Collection[str]) -> None:
        """Remove the batches all of whose pages are among these addresses."""
        for path in self._parts("documents"):
            if set(pl.read_parquet(path, columns=["url"])["url"]) <= set(urls):
                self._discard(path.parent)

    def note(self, key: str, page: int, words: int) -> None:
        """Note that a worker begins with this page of the batch."""
        (self.folder / f"{key}{_NOTE}").write_text(f"{page} {words}", encoding="ascii")

    def note_too_big(self, key: str) -> None:
        """Note that the worker gives up the page that it is at: reading it takes more memory than it may have."""
        with (self.folder / f"{key}{_NOTE}").open("a", encoding="ascii") as note:
            note.write(f" {_TOO_BIG}")

    def noted(self, key: str) -> Note | None:
        """How far the batch is; None where no worker has begun it."""
        path = self.folder / f"{key}{_NOTE}"
        try:
            page, words, *state = path.read_text(encoding="ascii").split(maxsplit=2)
            return Note(int(page), int(words), state == [_TOO_BIG])
        except (OSError, ValueError):  # a note that is just being written is empty; one that goes meanwhile on a share is stale
            return None

    def unnote(self, key: str) -> None:
        """Forget how far the batch was, and whether a page of it took too long."""
        for name in (f"{key}{_NOTE}", f"{key}{_LATE}"):
            (self.folder / name).unlink(missing_ok=True)

    @contextmanager
    def late_log(self, key: str) -> Iterator[TextIO]:
        """Where the worker that is at the batch is to write where it was when a page took too long. Gone after the block."""
        path = self.folder / f"{key}{_LATE}"
        try:
            with path.open("w", encoding="utf-8") as log:
                yield log
        finally:
            path.unlink(missing_ok=True)

    def late(self, key: str) -> str:
        """What a worker wrote there that was ended because a page took too long; else nothing."""
        try:
            return (self.folder / f"{key}{_LATE}").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    def wait_for(self, keys: Collection[str], seconds: float = _SHARE_SECONDS) -> None:
        """Wait until these batches, which others have staged, are seen from here.

        Of a folder on a share a machine remembers for up to a minute what is in it (acdirmax of nfs(5)), unless it writes there
        itself. Raises WrongUse when they do not come.
        """
        deadline = time.monotonic() + seconds
        while missing := set(keys) - {path.name for path in self.folder.iterdir()}:
            if time.monotonic() > deadline:
                raise WrongUse(
                    f"{len(missing)} batches that were read are not in {self.folder}: workers write them to another folder, or "
                    "what they write is not seen from here. Have all machines mount the same storage there, and run again."
                )
            (self.folder / f"look{_NOTE}").touch()
            self.unnote("look")
            time.sleep(_LOOK_SECONDS)

    def _discard(self, batch: Path) -> None:
        """Remove a batch: it goes as a whole, so that whoever is killed meanwhile leaves no half of it."""
        unfinished = batch.with_name(f"{batch.name}{_UNFINISHED}")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(batch.rename(unfinished))

    def _parts(self, table: str) -> list[Path]:
        return sorted(path for path in self.folder.glob(f"*/{table}.parquet") if path.parent.suffix != _UNFINISHED)


def _flush(path: Path) -> None:
    """Have the disk hold what was written, so that a power cut leaves it whole."""
    if path.is_dir() and os.name != "posix":  # elsewhere a folder can't be opened
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP) or not path.is_dir():  # of a folder, not every share can (fsync(2))
            raise
    finally:
        os.close(handle)


def _is_whole(folder: Path) -> bool:
    """Whether every table of a batch is as it was written. Polars reads many a wrong byte without a word."""
    try:
        return bool(json.loads((folder / _HASHES).read_bytes()) == _hashes(folder))
    except (OSError, ValueError):
        return False


def _hashes(folder: Path) -> dict[str, str]:
    """The hash of each table's file, by its name."""
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.parquet"))}


def _is_of_version(folder: Path, version: str) -> bool:
    versions = pl.read_parquet(folder / "documents.parquet", columns=["pipeline_version"])["pipeline_version"]
    return bool((versions == version).all())
