"""The pages in a WARC file, whoever wrote it (ISO 28500, WARC/1.0 and 1.1, plain or with one gzip member a record)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class WarcPage:
    """One `response` or `resource` record of a WARC file.

    `offset` is the byte of the file that the record begins at. `content` is the page's bytes with transfer and content coding
    undone; it is None where the record is no page to read (another status than 200, neither HTML nor text, more than the bytes
    allowed, broken), and `problem` then says in words why. A file that is cut off or broken ends with one such row of its own.
    """

    url: str
    fetched_at: datetime | None
    status: int
    content_type: str | None
    offset: int
    content: bytes | None
    problem: str | None


def pages_of_warc(path: Path, max_bytes: int) -> Iterator[WarcPage]:
    """Every `response` and `resource` record of the file, in its order; those without `content` tell why in `problem`."""
    raise NotImplementedError


def content_at(path: Path, offset: int, max_bytes: int) -> bytes:
    """The content of the record that begins at `offset`, unpacked. Raises WrongUse, which names the file and the mend."""
    raise NotImplementedError
