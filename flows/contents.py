"""From a file to the pages in it, and from a page that was found to its bytes."""

import errno
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from flows.containers import Kind
from flows.errors import WrongUse
from flows.fetch.unpack import GZIP_MAGIC, unpack
from flows.file_memory import KnownFile
from flows.found import FoundPage
from flows.settings import BYTES_PER_MB
from transforms.given import Given, hash_of_page

if TYPE_CHECKING:
    from flows.fetch.warc import WarcPage
    from flows.rows import Line

_FAULTS = {
    "too large": "it unpacks to more than max_page_mb allows: raise it under [reading] in claimhouse.toml if it is an article",
    "cut off": "it is packed, and cut off: save or pack it again",
    "broken": "it is packed, and broken: save or pack it again",
    "unknown": "it is packed in a way that is not known: unpack it first",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How the files of one source are read. `columns` are names of ours, each with a table's own.

    `copies` is the folder for tables that are written out as lines.
    """

    source_id: str
    location: str
    columns: Mapping[str, str]
    copies: Path
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Contents:
    """A page's bytes, what is given with them, and the media type that a server named; without bytes, why they can't be had."""

    raw: bytes | None
    problem: str | None = None
    given: Given | None = None
    content_type: str | None = None


def pages_in(path: Path, key: str, kind: Kind | None, reading: Reading) -> Iterator[FoundPage | None]:
    """The pages of a file that its INPUT knows as `key`; None for each record that is no page.

    Raises WrongUse for a table without the columns that are needed.
    """
    whole = _whole(path, key, reading)
    if kind == "warc":
        return _records(whole, reading)
    if kind in ("jsonl", "parquet"):
        return _rows(whole, reading)
    return iter([_page(whole, reading.max_bytes)])


def known_page(path: Path, key: str, reading: Reading, known: KnownFile | None) -> FoundPage | None:
    """The page of a file that is as an earlier run found it; None where it has to be read, if only to say why it can't be."""
    if known is None or known.size > reading.max_bytes:
        return None
    return replace(_whole(path, key, reading), size=known.size, raw_hash=known.raw_hash, container=known.container)


def _whole(path: Path, key: str, reading: Reading) -> FoundPage:
    """A file as a page that nothing is known of yet."""
    # A name that is no UTF-8 could be stored nowhere.
    named = os.fsencode(key).decode("utf-8", "backslashreplace")
    return FoundPage(named, str(path), path.as_uri(), reading.source_id, 0, None)


def contents_of(found: FoundPage, max_bytes: int) -> Contents:
    """The bytes of a page that was found. What is wrong with them is no exception: the page says why it can't be read."""
    path = Path(found.path)
    try:
        match found.container:
            case "gzip":
                return _unpacked(path.read_bytes(), max_bytes)
            case "warc":
                from flows.fetch.warc import typed_content_at  # noqa: PLC0415   most runs read no WARC

                raw, content_type = typed_content_at(path, found.at, max_bytes)
                return Contents(raw, content_type=content_type)
            case "row":
                return _row(found, max_bytes)
            case "file":
                return Contents(path.read_bytes())
    except OSError as error:
        return Contents(None, _unread(error))
    except WrongUse as error:
        return Contents(None, str(error))


def is_changing(page: FoundPage) -> bool:
    """Whether a page that is a file is being written: it has another size by now than it had when it was read."""
    if page.container not in ("file", "gzip") or page.raw_hash is None:
        return False
    try:
        return Path(page.path).stat().st_size != page.size
    except OSError:
        return True


def _page(page: FoundPage, max_bytes: int) -> FoundPage:
    """A file that is one page, with its size and hash."""
    path = Path(page.path)
    try:
        size = path.stat().st_size
        if size > max_bytes:
            return replace(page, size=size, problem=_too_large(size))
        raw = path.read_bytes()
    except OSError as error:
        return replace(page, problem=_unread(error))
    if not raw.startswith(GZIP_MAGIC):
        return replace(page, size=len(raw), raw_hash=hash_of_page(raw))
    contents = _unpacked(raw, max_bytes)
    raw_hash = None if contents.raw is None else hash_of_page(contents.raw)
    return replace(page, size=len(raw), raw_hash=raw_hash, problem=contents.problem, container="gzip")


def _unpacked(raw: bytes, max_bytes: int) -> Contents:
    unpacked = unpack(raw, ["gzip"], max_bytes=max_bytes)
    return Contents(None, _FAULTS[unpacked.fault]) if unpacked.fault else Contents(unpacked.content)


def _records(whole: FoundPage, reading: Reading) -> Iterator[FoundPage | None]:
    """The responses of a WARC file, each known by its address; what is no page, such as a picture, is passed over."""
    from flows.fetch.warc import pages_of_warc  # noqa: PLC0415

    for record in pages_of_warc(Path(whole.path), reading.max_bytes):
        url = record.url.encode("utf-8", "replace").decode("utf-8")
        page = replace(whole, container="warc", at=record.offset, fetched_at=record.fetched_at)
        if record.content is not None:
            yield replace(page, key=url, url=url, size=len(record.content), raw_hash=hash_of_page(record.content))
        elif not url:
            yield replace(page, key=f"{whole.key}#{record.offset}", url=f"{whole.url}#{record.offset}", problem=record.problem)
        elif _was_a_page(record):
            yield replace(page, key=url, url=url, problem=record.problem)
        else:
            yield None


def _was_a_page(record: "WarcPage") -> bool:
    """Whether a record that can't be read would have been a page."""
    from flows.fetch.warc import OK, PAGE_SCHEMES, is_page_type  # noqa: PLC0415

    return record.status in (0, OK) and is_page_type(record.content_type) and record.url.lower().startswith(PAGE_SCHEMES)


def _rows(whole: FoundPage, reading: Reading) -> Iterator[FoundPage | None]:
    """The rows of a table, each known by its address, else by its id, else by its number."""
    from flows.row_copies import as_lines  # noqa: PLC0415   most runs read no table
    from flows.rows import columns_of, lines_in  # noqa: PLC0415

    lines = as_lines(Path(whole.path), columns_of(reading.columns, reading.location), reading.copies, reading.max_bytes)
    page = replace(whole, path=str(lines.path), container="row", columns=lines.columns)
    for line in lines_in(lines.path, reading.max_bytes):
        yield _page_of_row(page, line)
    if lines.problem:
        yield replace(whole, key=f"{whole.key}#end", url=f"{whole.url}#end", problem=f"the rest is missing: {lines.problem}")


def _page_of_row(page: FoundPage, line: "Line") -> FoundPage:
    from flows.rows import row_of  # noqa: PLC0415

    numbered = replace(page, key=f"{page.key}#{line.number}", url=f"{page.url}#{line.number}", at=line.at)
    if line.text is None:
        return replace(numbered, problem=f"line {line.number}: {_too_large(None)}")
    row = row_of(line.text, page.columns)
    if isinstance(row, str):
        return replace(numbered, size=len(line.text), problem=f"line {line.number}: {row}")
    if row.url:
        found = replace(numbered, key=row.url, url=row.url)
    elif row.identifier:
        found = replace(numbered, key=f"{page.key}#id={row.identifier}", url=f"{page.url}#id={quote(row.identifier, safe='')}")
    else:
        found = numbered
    if row.raw is None:
        return replace(found, size=len(line.text), problem=f"line {line.number}: {row.problem}")
    return replace(found, size=len(row.raw), raw_hash=hash_of_page(row.raw, row.given), fetched_at=row.fetched_at)


def _row(found: FoundPage, max_bytes: int) -> Contents:
    from flows.rows import row_at  # noqa: PLC0415

    row = row_at(Path(found.path), found.at, found.columns, max_bytes)
    return Contents(None, row) if isinstance(row, str) else Contents(row.raw, row.problem, row.given)


def _too_large(size: int | None) -> str:
    how = f"the page has {size / BYTES_PER_MB:.1f} MB, more" if size is not None else "it has more"
    return f"{how} than max_page_mb allows: raise it under [reading] in claimhouse.toml if it is an article"


def _unread(error: OSError) -> str:
    return f"the file can't be read: {os.strerror(error.errno or errno.EIO)}"
