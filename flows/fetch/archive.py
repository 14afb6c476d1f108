"""The raw archive: what was fetched, as it came, in WARC files (WARC/1.1, ISO 28500) that are only ever added to."""

import os
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from filelock import FileLock, Timeout

from flows.errors import Busy, WrongUse
from flows.fetch.archive_records import Kept, KeptSource, file_head, kept_of, records_of
from flows.fetch.model import Fetched, Place
from flows.fetch.warc import content_at, date_of
from flows.fetch.warc_records import BrokenWarcError, records

MOST_FILE_BYTES = 1_000_000_000
"""What the field keeps WARC files under, so that they can be copied and checked one at a time."""
_NAME = re.compile(r"claimhouse-(\d{8}T\d{6})Z-(\d{5,})\.warc\.gz")
_NAME_TIME = "%Y%m%dT%H%M%S"


class Archive:
    """The folder of WARC files; whoever has entered it is the only one who writes there.

    Every writer begins a file of its own, with its first page: a file that a killed process left torn at its end is never
    written to again, and readers take it up to the tear. Reading needs no lock.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = FileLock(folder / "writing.lock", timeout=0, thread_local=False)
        self._file: BinaryIO | None = None
        self._file_bytes = 0
        self._sources: dict[str, KeptSource] = {}

    def __enter__(self) -> Self:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout:
            raise Busy(f"Another process is writing to {self.folder}. Wait until it is done, or end it.") from None
        except OSError as error:
            raise _unwritable(self.folder, error) from None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()
        self._lock.release()

    def name_source(self, source_id: str, *, kind: str | None, location: str) -> None:
        """Have this source's kind and location stand beside every page that is written for it."""
        self._sources[source_id] = KeptSource(source_id, kind, location)

    def write(self, fetched: Fetched, source_id: str) -> Place:
        """Keep one answer, request and response; the place of the response. It outlives this process at once (see `sync`).

        Without an answer (`status` is None) a `metadata` record says how fetching ended. Raises WrongUse for a full disk.
        """
        members, begins_at = records_of(fetched, self._sources.get(source_id, KeptSource(source_id)))
        if self._file is None or self._file_bytes + len(members) > MOST_FILE_BYTES:
            self._begin_file(fetched.fetched_at)
        assert self._file is not None
        place = Place(Path(self._file.name).name, self._file_bytes + begins_at)
        self._append(members)
        return place

    def sync(self) -> None:
        """Have the disk hold what was written, so that it outlives a crash of the machine."""
        if self._file is not None:
            os.fsync(self._file.fileno())

    def read(self, place: Place, max_bytes: int) -> bytes:
        """The unpacked content of the page at that place, at most `max_bytes`. Raises WrongUse, which tells the mend."""
        return content_at(self.folder / place.file, place.offset, max_bytes)

    def unrecorded(self, since: Place | None) -> Iterator[Kept]:
        """Every page that was written after that place, in the order of writing; all of them where its file is gone."""
        return kept_pages(self.folder, since)

    def retire(self, before: datetime) -> int:
        """Remove the files all of whose records are older than that, naive UTC. How many they were."""
        current = Path(self._file.name).name if self._file else None
        old = [path for path in archive_files(self.folder) if path.name != current and _is_older(path, before)]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _begin_file(self, at: datetime) -> None:
        self._close()
        number = max((_sequence(path.name) for path in archive_files(self.folder)), default=0) + 1
        path = self.folder / f"claimhouse-{at.strftime(_NAME_TIME)}Z-{number:05}.warc.gz"
        try:
            self._file = path.open("xb", buffering=0)
            self._file_bytes = 0
            folder = os.open(self.folder, os.O_RDONLY)
            os.fsync(folder)  # the file's name outlives a crash too
            os.close(folder)
        except OSError as error:
            raise _unwritable(path, error) from None
        self._append(file_head(path.name, at))

    def _append(self, members: bytes) -> None:
        assert self._file is not None
        left = memoryview(members)
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            path = Path(self._file.name)
            self._close()  # its end is torn: what comes next begins another file
            raise _unwritable(path, error) from None
        self._file_bytes += len(members)

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def archive_files(folder: Path) -> list[Path]:
    """The WARC files of the archive in the order of writing, whatever the clock said."""
    return sorted((path for path in folder.glob("claimhouse-*.warc.gz") if _NAME.fullmatch(path.name)), key=_written_order)


def kept_pages(folder: Path, since: Place | None = None) -> Iterator[Kept]:
    """Every page in the archive, in the order of writing; with `since` only those after it, or all where its file is gone.

    A file that is torn or broken gives what it holds up to there.
    """
    files = archive_files(folder)
    if since is not None and any(path.name == since.file for path in files):
        files = [path for path in files if _sequence(path.name) >= _sequence(since.file)]
    for path in files:
        offset = since.offset if since is not None and path.name == since.file else None
        try:
            with closing(records(path, offset or 0)) as found:
                for record in found:
                    kept = kept_of(record, path.name) if record.offset != offset else None
                    record.end()
                    if kept is not None:
                        yield kept
        except BrokenWarcError:
            continue


def _is_older(path: Path, before: datetime) -> bool:
    """Whether all records are older. The name has the time of the first one, so most files need no reading."""
    if (match := _NAME.fullmatch(path.name)) and match[1] >= before.strftime(_NAME_TIME):
        return False
    try:
        with closing(records(path)) as found:
            return all((made := date_of(record)) is None or made < before for record in found)
    except BrokenWarcError:
        return True  # what comes after the tear is nobody's


def _written_order(path: Path) -> tuple[int, str]:
    return _sequence(path.name), path.name


def _sequence(name: str) -> int:
    match = _NAME.fullmatch(name)
    return int(match[2]) if match else 0


def _unwritable(path: Path, error: OSError) -> WrongUse:
    why = os.strerror(error.errno) if error.errno else str(error)
    return WrongUse(f"{path} can't be written: {why}. Make room or mend its permissions, or set another data_dir.")
