"""The ledger: every address that is known, which sources name it, how it was last found, and where its pages are kept."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from flows.fetch.archive import Archive, archive_files, kept_pages
from flows.fetch.archive_records import Kept, KeptSource
from flows.fetch.ledger_pages import Pages
from flows.fetch.ledger_queries import (
    ADD_ADDRESS,
    ADD_LINK,
    ALL_CAPTURES,
    CLAIM_CHANGE,
    DUE,
    FORGET_RETIRED,
    LATEST_CAPTURES,
    LINK_PAGES,
    MEET_SOURCE,
    MOST_WAIT_HOURS,
)
from flows.fetch.ledger_schema import opened, shifted, stamp, storable
from flows.fetch.ledger_sources import SourceRow, note_source, source_rows
from flows.fetch.model import Capture, Entry, Fetched, Place, State, Validators
from transforms.given import hash_of_page

if TYPE_CHECKING:
    from flows.fetch.sources import Looked

__all__ = ["Due", "Ledger", "SourceRow"]

_ENTRIES_AT_ONCE = 5_000
_HOURS_PER_DAY = 24


@dataclass(frozen=True, slots=True)
class Due:
    """One address that is to be fetched for that source. `known` makes the request conditional."""

    address: str
    source_id: str
    known: Validators = field(default_factory=Validators)
    last_hash: str | None = None


class Ledger:
    """The ledger in that file. Many may read it while one writes; what was written counts from `commit` on.

    Raises WrongUse for a file that is no ledger, or that of a newer version.
    """

    def __init__(self, path: Path) -> None:
        self._connection = opened(path)
        self._pages = Pages(self._connection)
        self._archived = self._last_place()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.commit()
        self._connection.close()

    def commit(self) -> None:
        """Have what was written so far outlive this process."""
        if self._connection.in_transaction:
            place = self._archived
            written = (place.file, place.offset) if place else (None, None)
            self._connection.execute("UPDATE archived SET file = ?, position = ?", written)
            self._connection.commit()

    def add(self, source_id: str, entries: Iterable[Entry], *, seen_at: datetime) -> int:
        """Note that a source names these addresses; how many of them nobody had named before."""
        new = 0
        for some in batched(entries, _ENTRIES_AT_ONCE):
            rows = self._pages.rows_of(some, source_id, stamp(seen_at))
            new += self._connection.executemany(ADD_ADDRESS, rows).rowcount
            self._connection.executemany(CLAIM_CHANGE, [row for row in rows if row["changed_at"] or row["title"]])
            self._connection.executemany(ADD_LINK, rows)
        self._connection.execute(LINK_PAGES, (storable(source_id),))
        return new

    def due(  # noqa: PLR0913  # the settings that say when to look again, and the period
        self,
        source_ids: Collection[str],
        *,
        at: datetime,
        recheck_hours: float,
        recheck_days: float,
        most: int,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Due]:
        """The addresses of these sources that are to be fetched, at most so many, the most wanted first.

        Never fetched ones come first, then those that a source says have changed, those to be tried again, and those that
        were first read less than `recheck_days` and last looked at more than `recheck_hours` ago. Within each of these the
        hosts take turns. With `since` (inclusive) and `until` (exclusive) only those that a source dates in that time.
        """
        asked = {
            "sources": _json(source_ids),
            "at": stamp(at),
            "latest_retry": shifted(at, MOST_WAIT_HOURS),
            "first_read": shifted(at, -recheck_days * _HOURS_PER_DAY),
            "looked": shifted(at, -recheck_hours),
            "latest_look": shifted(at, recheck_hours),
            "since": stamp(since) if since else None,
            "until": stamp(until) if until else None,
            "most": most,
        }
        found: dict[int, Due] = {}
        for query in DUE:
            if len(found) < most:
                for number, address, source_id, etag, last_modified, raw_hash in self._connection.execute(query, asked):
                    found.setdefault(number, Due(address, source_id, Validators(etag, last_modified), raw_hash))
        return list(found.values())[:most]

    def is_known(self, address: str, raw_hash: str, url: str | None = None) -> bool:
        """Whether the page that the address leads to had that content when it was last read, so that nothing is to be archived.

        With the final `url` also whether another address has led there, to that content.
        """
        return self._pages.is_known(address, raw_hash, url)

    def record(self, fetched: Fetched, place: Place | None, source_id: str) -> None:
        """Write down how fetching an address ended. Pages in the archive are recorded in the order of their writing."""
        is_read = fetched.state == "read"
        raw_hash, size = (hash_of_page(fetched.content), len(fetched.content)) if is_read else (None, 0)
        self._pages.record(Kept(fetched, place, KeptSource(source_id), raw_hash, size))
        self._archived = place or self._archived

    def captures(
        self,
        source_ids: Collection[str] | None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        every: bool = False,
    ) -> Iterator[Capture]:
        """One row for each address that was fetched, sorted by address; of all sources where `source_ids` is None.

        Its latest page; `gone` instead, where it is; how it failed, where no page was ever had. An address that leads to
        another's page is left out. `every`: all revisions in the order of fetching, and `gone` after them. `since` (inclusive)
        and `until` (exclusive) bound when a source says that the page changed, else when it was first read. A page that was
        retired from the archive has no place.
        """
        asked = {
            "sources": None if source_ids is None else _json(source_ids),
            "since": stamp(since) if since else None,
            "until": stamp(until) if until else None,
        }
        gone: Capture | None = None
        for row in self._connection.execute(ALL_CAPTURES if every else LATEST_CAPTURES, asked):
            page, ending = _page_of(row), _ending_of(row)
            if gone and gone.address != row[0]:
                yield gone
            gone = ending if ending.state == "gone" else None
            if page and (every or not gone):
                yield page
            elif not gone:
                yield ending
        if gone:
            yield gone

    def note_source(self, source_id: str, looked: "Looked", *, at: datetime, new: int) -> None:
        """Write down how a source was found, and how many addresses it named that nobody had named before."""
        note_source(self._connection, source_id, looked, at, new)

    def source_row(self, source_id: str) -> SourceRow | None:
        """What is known of a source; None where it was never looked at."""
        return next(source_rows(self._connection, source_id), None)

    def source_rows(self) -> list[SourceRow]:
        """What is known of all sources, sorted by source_id."""
        return list(source_rows(self._connection, None))

    def recover(self, archive: Archive) -> int:
        """`rebuild` by whoever writes to the archive: what a killed process archived and did not write down is not lost."""
        return self.rebuild(archive.folder)

    def rebuild(self, folder: Path) -> int:
        """Take in what the WARC files of the archive hold and the ledger does not: everything, where the ledger is new.

        Places in files that were retired are forgotten. How many pages were taken in. Addresses that were never fetched, and
        which other sources name one, are known again when the sources are next looked at.
        """
        self._connection.execute(FORGET_RETIRED, (_json(path.name for path in archive_files(folder)),))
        self._archived = self._last_place()  # from here on nobody else writes
        count = 0
        for kept in kept_pages(folder, self._archived):
            source = kept.source
            met = (storable(source.source_id), source.kind, source.location, stamp(kept.fetched.fetched_at))
            self._connection.execute(MEET_SOURCE, met)
            self._pages.record(kept)
            self._archived = kept.place
            count += 1
        self.commit()
        return count

    def _last_place(self) -> Place | None:
        file, position = self._connection.execute("SELECT file, position FROM archived").fetchone()
        return Place(file, position) if file is not None else None


_CaptureRow = tuple[str, State, str | None, str, str | None, str | None, str | None, int, str | None, int, str]


def _page_of(row: _CaptureRow) -> Capture | None:
    address, _, _, _, url, fetched_at, file, position, raw_hash, size, source_id = row
    if url is None or fetched_at is None:
        return None
    place = Place(file, position) if file else None
    return Capture(address, url, source_id, datetime.fromisoformat(fetched_at), "read", place, raw_hash, size)


def _ending_of(row: _CaptureRow) -> Capture:
    address, state, problem, looked_at, url, *_, source_id = row
    return Capture(address, url or address, source_id, datetime.fromisoformat(looked_at), state, None, None, 0, problem)


def _json(names: Iterable[str]) -> str:
    return json.dumps([storable(name) for name in names])
