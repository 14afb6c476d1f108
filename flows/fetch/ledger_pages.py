"""How fetching an address ended, written down: a new page, the same one, another address's, or none."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flows.fetch.archive_records import Kept
from flows.fetch.ledger_queries import ADD_ADDRESS, ADD_LINK, KNOWN, MOST_WAIT_HOURS, PAGES_OF, SAME_PAGE
from flows.fetch.ledger_schema import shifted, stamp, storable, storable_or_none
from flows.fetch.model import Entry, Fetched
from flows.inputs import address_rules

_MOST_DOUBLINGS = 8


@dataclass(slots=True)
class Known:
    """What the ledger has of an address, as `KNOWN` selects it; `raw_hash` and `file` are of the page that it leads to."""

    id: int
    changed_at: str | None
    answered_at: str | None
    failures: int
    vain: int
    first_read_at: str | None
    capture_id: int | None
    page_id: int | None
    raw_hash: str | None
    file: str | None
    etag: str | None
    last_modified: str | None
    alias_of: int | None

    @property
    def is_claimed_changed(self) -> bool:
        """Whether a source claims a change that has not been looked at."""
        return bool(self.changed_at and self.answered_at and self.changed_at > self.answered_at)


class Pages:
    """The tables of addresses and captures, one address at a time; whoever opened the connection commits."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows_of(self, entries: Sequence[Entry], source_id: str, seen_at: str) -> list[dict[str, str | None]]:
        """Entries as the ledger's statements take them."""
        addresses = [storable(entry.address) for entry in entries]
        # To fold an address takes longer than to find it.
        pages = dict(self._connection.execute(PAGES_OF, (json.dumps(addresses),)))
        return [
            {
                "page": pages.get(address) or storable(address_rules().identity(address)),
                "address": address,
                "host": _host_of(address),
                "seen_at": seen_at,
                "title": storable_or_none(entry.title),
                "changed_at": stamp(entry.changed_at) if entry.changed_at else None,
                "source_id": storable(source_id),
            }
            for entry, address in zip(entries, addresses, strict=True)
        ]

    def is_known(self, address: str, raw_hash: str, url: str | None) -> bool:
        """Whether the page that the address leads to, or with `url` that final address, had that content when last read."""
        known = self._known(address)
        if known and known.raw_hash == raw_hash:
            return True
        if url is None or (known and known.capture_id):
            return False
        return self._same_page(url, raw_hash, known.id if known else -1) is not None

    def record(self, kept: Kept) -> None:
        """Write down how one request ended."""
        known = self._known(kept.fetched.address) or self._new(kept.fetched, kept.source.source_id)
        if kept.fetched.state in ("read", "unchanged"):
            self._record_page(kept, known)
        else:
            self._record_ending(kept.fetched, known)

    def _record_page(self, kept: Kept, known: Known) -> None:
        fetched, at = kept.fetched, stamp(kept.fetched.fetched_at)
        alias_of, capture_id, vain = None, known.capture_id, 0
        if kept.raw_hash is None or kept.raw_hash == known.raw_hash:
            vain = min(known.vain + known.is_claimed_changed, _MOST_DOUBLINGS)
            alias_of = known.alias_of
            if kept.place and known.page_id and not known.file:  # the one that we had was retired
                self._connection.execute(
                    "UPDATE captures SET file = ?, position = ? WHERE id = ?",
                    (kept.place.file, kept.place.offset, known.page_id),
                )
        elif not capture_id and (same := self._same_page(fetched.url, kept.raw_hash, known.id)):
            alias_of = same
        else:
            capture_id = self._add_capture(kept, known.id)
        etag, last_modified = (storable_or_none(value) for value in (fetched.validators.etag, fetched.validators.last_modified))
        is_read = fetched.state == "read"
        self._connection.execute(
            "UPDATE addresses SET state = 'read', problem = NULL, looked_at = ?, answered_at = ?, first_read_at = ?, "
            "retry_at = NULL, failures = 0, vain = ?, etag = ?, last_modified = ?, capture_id = ?, alias_of = ? WHERE id = ?",
            (
                at, max(at, known.changed_at or at), known.first_read_at or at, vain,
                etag or (None if is_read else known.etag), last_modified or (None if is_read else known.last_modified),
                capture_id, alias_of, known.id,
            ),
        )  # fmt: skip
        if alias_of:
            self._connection.execute(
                "INSERT OR IGNORE INTO links SELECT ?, source_id FROM links WHERE address_id = ?", (alias_of, known.id)
            )

    def _record_ending(self, fetched: Fetched, known: Known) -> None:
        """`gone` waits for a source that claims a change; a fault that passes is tried again soon, then ever later."""
        at, failures, retry_at = stamp(fetched.fetched_at), 0, None
        if fetched.state != "gone":
            failures = known.failures + 1
            is_passing = fetched.state == "failed" and fetched.is_passing
            hours = min(2 ** min(failures - 1, _MOST_DOUBLINGS), MOST_WAIT_HOURS) if is_passing else MOST_WAIT_HOURS
            retry_at = shifted(fetched.fetched_at, hours)
        self._connection.execute(
            "UPDATE addresses SET state = ?, problem = ?, looked_at = ?, answered_at = ?, retry_at = ?, failures = ? "
            "WHERE id = ?",
            (
                fetched.state,
                storable_or_none(fetched.problem),
                at,
                max(at, known.changed_at or at),
                retry_at,
                failures,
                known.id,
            ),
        )

    def _add_capture(self, kept: Kept, address_id: int) -> int:
        place, url = kept.place, storable(kept.fetched.url)
        row = self._connection.execute(
            "INSERT INTO captures (address_id, url, source_id, fetched_at, file, position, raw_hash, size) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                address_id, url, storable(kept.source.source_id), stamp(kept.fetched.fetched_at),
                place.file if place else None, place.offset if place else None, kept.raw_hash, kept.size,
            ),
        )  # fmt: skip
        assert row.lastrowid is not None
        return row.lastrowid

    def _known(self, address: str) -> Known | None:
        [asked] = self.rows_of([Entry(address)], "", "")
        row = self._connection.execute(KNOWN, (asked["page"],)).fetchone()
        return Known(*row) if row else None

    def _new(self, fetched: Fetched, source_id: str) -> Known:
        [row] = self.rows_of([Entry(fetched.address)], source_id, stamp(fetched.fetched_at))
        self._connection.execute(ADD_ADDRESS, row)
        self._connection.execute(ADD_LINK, row)
        known = self._known(fetched.address)
        assert known is not None
        return known

    def _same_page(self, url: str, raw_hash: str, address_id: int) -> int | None:
        row = self._connection.execute(SAME_PAGE, (storable(url), raw_hash, address_id)).fetchone()
        return row[0] if row else None


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""
