"""The pages in a WARC file, whoever wrote it (ISO 28500, WARC/1.0 and 1.1, plain or with one gzip member a record)."""

import io
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from warcio.bufferedreaders import ChunkedDataReader
from warcio.timeutils import iso_date_to_datetime

from flows.errors import WrongUse
from flows.fetch.unpack import GZIP_MAGIC, shown_bytes, unpack
from flows.fetch.warc_records import BrokenWarcError, Head, Record, records

OK = 200
_PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "text/markdown")
PAGE_SCHEMES = ("http://", "https://")
_SHOWN_CHARS = 80
_CODING_SLACK = 1 << 16
"""By how much coding may make a content longer."""


@dataclass(frozen=True, slots=True)
class WarcPage:
    """One `response` or `resource` record of a WARC file.

    `offset` is the byte of the file that the record begins at. `content` is the page's bytes with transfer and content coding
    undone; it is None where the record is no page to read (another status than 200, neither HTML nor text, more than the bytes
    allowed, broken), and `problem` then says in words why. A file that is cut off or broken ends with one such row of its own,
    whose `url` is empty where it is not known.
    """

    url: str
    fetched_at: datetime | None
    status: int
    content_type: str | None
    offset: int
    content: bytes | None
    problem: str | None


class UnreadableContentError(Exception):
    """Why the content of a record can't be had, in words; the file around it is whole."""


def pages_of_warc(path: Path, max_bytes: int) -> Iterator[WarcPage]:
    """Every `response` and `resource` record of the file, in its order; those without `content` tell why in `problem`.

    No content is longer than `max_bytes`, and no more than a few times as much is ever held. Nothing that the file holds is
    raised; WrongUse is where it can't be opened.
    """
    about = None
    try:
        for record in records(path):
            about = None
            if record.kind in ("response", "resource"):
                about = _about(record)
                page = _page(record, about, max_bytes)
                record.end()  # a page whose record turns out to be cut off is none
                yield page
    except BrokenWarcError as error:
        problem = f"{path.name} could not be read to its end: {error}"
        yield replace(about or WarcPage("", None, 0, None, 0, None, None), problem=problem)
    except OSError as error:
        raise _unopened(path, error) from None


def content_at(path: Path, offset: int, max_bytes: int) -> bytes:
    """The content of the record that begins at `offset`, unpacked. Raises WrongUse, which names the file and the mend."""
    return typed_content_at(path, offset, max_bytes)[0]


def typed_content_at(path: Path, offset: int, max_bytes: int) -> tuple[bytes, str | None]:
    """The same, with the Content-Type that the server gave it."""
    try:
        with closing(records(path, offset)) as found:
            record = next(found, None)
            if record is None:
                raise BrokenWarcError(f"the file ends before byte {offset}")
            head = http_head_of(record)
            content = content_of(record, head, max_bytes)
            record.end()
    except (BrokenWarcError, UnreadableContentError) as error:
        raise WrongUse(f"The record at byte {offset} of {path} can't be read: {error}.") from None
    except OSError as error:
        raise _unopened(path, error) from None
    return content, head.get_header("Content-Type") if head else None


def is_page_type(content_type: str | None) -> bool:
    """Whether what has that media type may be a page; where none is given it may."""
    return not content_type or content_type.split(";")[0].strip().lower() in _PAGE_TYPES


def target_of(record: Record) -> str:
    """The address that the record is of; WARC/1.0 as some write it has it in angle brackets."""
    return (record.head.get_header("WARC-Target-URI") or "").strip().removeprefix("<").removesuffix(">")


def date_of(record: Record) -> datetime | None:
    """When the record was made, naive UTC; None where that can't be read."""
    try:
        made: datetime = iso_date_to_datetime((record.head.get_header("WARC-Date") or "").strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return made


def http_head_of(record: Record) -> Head | None:
    """The HTTP head of a `response`; None for a record that has none."""
    is_http = (record.head.get_header("Content-Type") or "application/http").lower().startswith("application/http")
    return record.read_head() if record.kind == "response" and is_http else None


def status_of(head: Head | None) -> int:
    """The status of a response, 0 where none can be read; a record without an HTTP head holds what was asked for: 200."""
    if head is None:
        return OK
    status = head.statusline[:3]
    return int(status) if status.isascii() and status.isdigit() else 0


def content_of(record: Record, head: Head | None, max_bytes: int) -> bytes:
    """What is left of the block, with transfer and content coding undone. Raises UnreadableContentError, BrokenWarcError."""
    is_chunked = head is not None and "chunked" in (head.get_header("Transfer-Encoding") or "").lower()
    if record.left > (2 if is_chunked else 1) * max_bytes + _CODING_SLACK:
        raise UnreadableContentError(f"it has {shown_bytes(record.left)}, more than {shown_bytes(max_bytes)}")
    content = record.read(record.left)
    if is_chunked:  # some take the chunks apart and keep the header: warcio's reader then gives the bytes as they are
        content = ChunkedDataReader(io.BytesIO(content)).read()
    return unpacked(content, (head.get_header("Content-Encoding") if head else None) or "", max_bytes)


def unpacked(packed: bytes, content_encoding: str, max_bytes: int) -> bytes:
    """The content with the codings of that header undone; of what is cut off, as much as there is.

    What is no gzip although it says so is given as it is: Common Crawl unpacked bodies and kept their headers. Raises
    UnreadableContentError.
    """
    codings = [coding for part in content_encoding.lower().split(",") if (coding := part.strip()) not in ("", "identity")]
    if codings and codings[-1] in ("gzip", "x-gzip") and not packed.startswith(GZIP_MAGIC):
        codings.clear()
    found = unpack(packed, codings, max_bytes=max_bytes)
    if found.fault == "too large" or len(found.content) > max_bytes:
        raise UnreadableContentError(f"it unpacks to more than {shown_bytes(max_bytes)}")
    if found.fault == "unknown":
        raise UnreadableContentError(f"it is packed with {content_encoding[:_SHOWN_CHARS]}, which can't be unpacked here")
    if found.fault == "broken":
        raise UnreadableContentError(f"its {content_encoding[:_SHOWN_CHARS]} is broken")
    return found.content


def _about(record: Record) -> WarcPage:
    return WarcPage(target_of(record), date_of(record), 0, None, record.offset, None, None)


def _page(record: Record, about: WarcPage, max_bytes: int) -> WarcPage:
    head = http_head_of(record)
    status = status_of(head)
    content_type = head.get_header("Content-Type") if head else record.head.get_header("Content-Type")
    about = replace(about, status=status, content_type=content_type)
    if not about.url.lower().startswith(PAGE_SCHEMES):
        return replace(about, problem="its address is none of the web")
    if status != OK:
        return replace(about, problem=f"the answer was {status or 'no HTTP'}, not {OK}")
    if not is_page_type(content_type):
        return replace(about, problem=f"it is {(content_type or '')[:_SHOWN_CHARS]}, neither HTML nor text")
    try:
        return replace(about, content=content_of(record, head, max_bytes))
    except UnreadableContentError as error:
        return replace(about, problem=str(error))


def _unopened(path: Path, error: OSError) -> WrongUse:
    why = os.strerror(error.errno) if error.errno else str(error)
    return WrongUse(f"{path} can't be read: {why}. Put it back, or mend its permissions.")
