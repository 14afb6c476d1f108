"""Pages that were found and wait to be read, wherever their bytes lie."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import polars as pl

from flows.fetch.model import Capture
from transforms.given import hash_of_problem

Container = Literal["file", "gzip", "warc", "row"]
"""How a page's bytes lie at its path: as the whole file, the same packed, a record of a WARC file, a line of JSON Lines."""
Columns = tuple[tuple[str, str], ...]
"""Names of columns of ours, each with its name in a table."""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """One page that waits to be read. Light enough to hold by the million: the bytes stay where they are.

    `key` names the page within its source: its path relative to the INPUT, with slashes, of an INPUT that is a file its name;
    on the web, its address. `raw_hash` is that of its bytes, as `transforms.given.hash_of_page` makes it; None where they can't
    be had. `problem` says in words why a page can't be read, `outcome` what becomes of it then. `fetched_at` is naive UTC, None
    where nobody noted it. `at` is the byte that the page begins at in its container, `columns` how a row's values are called.
    """

    key: str
    path: str
    url: str
    source_id: str
    size: int
    raw_hash: str | None
    problem: str | None = None
    outcome: Literal["unreadable", "gone"] = "unreadable"
    fetched_at: datetime | None = None
    container: Container = "file"
    at: int = 0
    columns: Columns = ()

    @property
    def place(self) -> tuple[str, str]:
        """What tells it from all other pages and states of pages: its address, and the hash of its bytes or of its problem."""
        return self.url, self.raw_hash or hash_of_problem(self.key, self.problem)


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to read. `skipped` counts files and records that are no pages; `warnings` are sentences for the user."""

    sources: pl.DataFrame
    pages: tuple[FoundPage, ...]
    skipped: int
    warnings: tuple[str, ...]


def page_of_capture(capture: Capture, archive: Path) -> FoundPage:
    """A page that was fetched, or why it could not be; its bytes lie in the folder `archive`.

    Its key is the address that it was asked for at, its address the one that answered.
    """
    is_there = capture.place is not None and capture.raw_hash is not None
    return FoundPage(
        key=capture.address,
        path=str(archive / capture.place.file) if capture.place else "",
        url=capture.url,
        source_id=capture.source_id,
        size=capture.size,
        raw_hash=capture.raw_hash,
        problem=None if is_there else capture.problem or f"it could not be fetched: {capture.state}",
        outcome="gone" if capture.state == "gone" else "unreadable",
        fetched_at=capture.fetched_at,
        container="warc",
        at=capture.place.offset if capture.place else 0,
    )
