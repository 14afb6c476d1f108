"""What the ledger knows of sources: when each was looked at, how it was found, and when it last had something new."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flows.fetch.ledger_queries import NOTE_SOURCE, SOURCES
from flows.fetch.ledger_schema import moment, stamp, storable, storable_or_none
from flows.fetch.model import Validators

if TYPE_CHECKING:
    from flows.fetch.sources import Looked


@dataclass(frozen=True, slots=True)
class SourceRow:
    """What is known of one source. Times are naive UTC.

    `looked_at` is the last try, `read_at` when all of it was last had, `named` how many addresses it named then, `new_at` when
    it last named one that nobody had named before, `addresses` how many it has named in all.
    """

    source_id: str
    kind: str | None
    location: str | None
    title: str | None
    looked_at: datetime
    read_at: datetime | None
    state: str
    problem: str | None
    named: int
    new_at: datetime | None
    validators: Validators
    addresses: int


def note_source(connection: sqlite3.Connection, source_id: str, looked: "Looked", at: datetime, new: int) -> None:
    """Write down how a source was found; what it does not say anew stays as it was."""
    connection.execute(
        NOTE_SOURCE,
        {
            "source": storable(source_id),
            "kind": looked.kind,
            "location": storable(looked.location),
            "title": storable_or_none(looked.title),
            "at": stamp(at),
            # Where some of its sitemaps could not be had, what they name is still to be read.
            "read_at": stamp(at) if looked.state != "failed" and not looked.problem else None,
            "state": looked.state,
            "problem": storable_or_none(looked.problem),
            "named": looked.named,
            "new_at": stamp(at) if new else None,
            "etag": storable_or_none(looked.validators.etag),
            "last_modified": storable_or_none(looked.validators.last_modified),
        },
    )


def source_rows(connection: sqlite3.Connection, source_id: str | None) -> Iterator[SourceRow]:
    """That source, else all of them by source_id."""
    for row in connection.execute(SOURCES, {"source": storable_or_none(source_id)}):
        source, kind, location, title, looked_at, read_at, state, problem, named, new_at, etag, last_modified, count = row
        yield SourceRow(
            source, kind, location, title, datetime.fromisoformat(looked_at), moment(read_at), state, problem, named,
            moment(new_at), Validators(etag, last_modified), count,
        )  # fmt: skip
