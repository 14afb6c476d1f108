"""A row of a table of articles, in JSON Lines or Parquet, to a page: its text and what it gives of itself."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from math import isfinite

from transforms.bylines import names_in
from transforms.entries import sound_moment
from transforms.given import Given
from transforms.page_dates import parse_time, printed_date
from transforms.page_lines import squeeze

COLUMNS = ("url", "title", "text", "html", "authors", "published_at", "site", "id", "fetched_at")
"""Names of the columns that are read. Either `text` or `html` must be there; the rest may be."""
CONTENT = ("html", "text")
"""Columns that a page's own bytes come from: the first one that holds something."""

_MOST_CHARS = 8000
"""The longest address that every server must take (RFC 9110, section 4.1); ids and titles are shorter."""
_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f]+", re.I)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_MILLISECONDS = 1e11
"""A count from here on is of milliseconds: as seconds it would lie beyond the year 5000."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as a page. `raw` is None where it holds no text, and `problem` says why. `fetched_at` is naive UTC."""

    raw: bytes | None
    given: Given
    url: str | None = None
    identifier: str | None = None
    fetched_at: datetime | None = None
    problem: str | None = None


def read_row(fields: Mapping[str, object]) -> Row:
    """The page that a row holds, by the names of COLUMNS. A value of a wrong type counts as none."""
    url = _line(fields.get("url"))
    url = url if url and _ADDRESS.fullmatch(url) else None
    identifier = fields.get("id")
    name, raw = _content(fields)
    # Many tables call markup text as well; a text that only tells of a tag does not begin with it.
    is_text = name == "text" and raw is not None and not raw.lstrip().startswith(b"<")
    return Row(
        raw=raw,
        given=replace(_given(fields, url), is_text=is_text),
        url=url,
        identifier=_line(str(identifier) if isinstance(identifier, int) else identifier),
        fetched_at=sound_moment(_moment(fields.get("fetched_at"))),
        problem=None if raw is not None else _what_is_missing(fields),
    )


def _content(fields: Mapping[str, object]) -> tuple[str, bytes | None]:
    """The column that a row's text stands in, and its bytes."""
    for name in CONTENT:
        value = fields.get(name)
        # A lone surrogate, as JSON can write it, has no UTF-8 form.
        raw = value.encode("utf-8", "replace") if isinstance(value, str) else value
        if isinstance(raw, bytes) and raw.strip():
            return name, raw
    return "", None


def _what_is_missing(fields: Mapping[str, object]) -> str:
    for name in CONTENT:
        value = fields.get(name)
        if value is not None and not isinstance(value, (str, bytes)):
            return f"its {name} is {_kind_of(value)}, no text: name the column that holds the text under `columns`"
    return "the row has neither text nor html"


def _kind_of(value: object) -> str:
    return "a list" if isinstance(value, list) else "an object" if isinstance(value, dict) else "a number"


def _given(fields: Mapping[str, object], url: str | None) -> Given:
    published = _moment(fields.get("published_at"))
    published_at = sound_moment(published)
    return Given(
        url=url,
        title=_line(fields.get("title")),
        authors=tuple(dict.fromkeys(_authors(fields.get("authors")))) or None,
        site=_line(fields.get("site")),
        published_at=published_at,
        published_on=published.date() if published and published_at else None,
    )


def _line(value: object) -> str | None:
    """A text in one line; None for what is none, is empty, or longer than such a text ever is."""
    if not isinstance(value, str) or len(value) > _MOST_CHARS:
        return None
    return squeeze(_CONTROL.sub(" ", value.encode("utf-8", "replace").decode("utf-8"))) or None


def _authors(value: object) -> Iterator[str]:
    """Names in their order: of a list each item, or its `name`; a text is read like a byline."""
    if isinstance(value, list):
        for item in value:
            name = _line(item.get("name") if isinstance(item, dict) else item)
            if name:
                yield name
    elif line := _line(value):
        yield from names_in(line) or (line,)


def _moment(value: object) -> datetime | None:
    """A moment in whatever form tables hold it: a time, a day, ISO 8601, RFC 5322, a printed date, seconds since 1970."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _since_1970(value)
    line = _line(value)
    if line is None:
        return None
    if moment := parse_time(line):
        return moment
    try:
        return parsedate_to_datetime(line)
    except (ValueError, IndexError):
        return printed_date(line)


def _since_1970(count: float) -> datetime | None:
    if not isfinite(count):
        return None
    try:
        return datetime.fromtimestamp(count / 1000 if abs(count) >= _MILLISECONDS else count, UTC)
    except (ValueError, OverflowError, OSError):
        return None
