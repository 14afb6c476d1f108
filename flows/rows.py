"""Articles in JSON Lines, one page a line: read where they lie, a line at a time."""

import json
from codecs import BOM_UTF8
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from flows.errors import WrongUse
from flows.found import Columns
from transforms.rows import COLUMNS, CONTENT, Row, read_row

_LOOKED_AT = 100
"""Rows of JSON Lines that tell which columns there are: not every row names every one."""
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file, from 1, and the byte that it begins at. `text` is None where it is longer than allowed."""

    number: int
    at: int
    text: bytes | None


def columns_of(wanted: Mapping[str, str], location: str) -> Columns:
    """Our names of columns and the table's. Raises WrongUse for one that is none of ours."""
    for name in wanted:
        if name not in COLUMNS:
            raise WrongUse(
                f"`columns` of {location} names `{name}`, which is no column that is read. There are {', '.join(COLUMNS)}: "
                'write it as { text = "the file\'s own name" } in claimhouse.toml.'
            )
    return tuple((name, wanted.get(name, name)) for name in COLUMNS)


def columns_there(path: Path, max_bytes: int) -> list[str]:
    """Names of the columns that the first lines have, in the order that they are met in."""
    found: dict[str, None] = {}
    with closing(lines_in(path, max_bytes)) as lines:
        for line in islice(lines, _LOOKED_AT):
            fields = _fields(line.text) if line.text else {}
            found |= dict.fromkeys(fields) if isinstance(fields, dict) else {}
    return list(found)


def require_columns(there: Collection[str], columns: Columns, path: Path) -> None:
    """Raise WrongUse where there is no column of texts, or one is missing that is named on purpose."""
    missing = [theirs for name, theirs in columns if theirs != name and theirs not in there]
    has_content = any(theirs in there for name, theirs in columns if name in CONTENT)
    if has_content and not missing:
        return
    lacks = f"no column {', '.join(f'`{name}`' for name in missing)}" if missing else "neither a column `text` nor `html`"
    shown = ", ".join(f"`{name[:60]}`" for name in list(there)[:40])
    raise WrongUse(
        f"{path} has {lacks}. It has {shown or 'none'}. List it under [[sources]] in claimhouse.toml with "
        'columns = { text = "…", title = "…", url = "…" }, naming its own columns.'
    )


def lines_in(path: Path, max_bytes: int) -> Generator[Line]:
    """The lines of a file, empty ones left out. No more than `max_bytes` and a little are held at a time."""
    with path.open("rb") as file:
        yield from _lines(file, max_bytes)


def row_at(path: Path, at: int, columns: Columns, max_bytes: int) -> Row | str:
    """The row of the line that begins at that byte, or why it is none, in words."""
    with path.open("rb") as file:
        file.seek(at)
        line = next(_lines(file, max_bytes), None)
    return row_of(line.text, columns) if line and line.text else "the line is not there any more: run again"


def row_of(line: bytes, columns: Columns) -> Row | str:
    """The row that a line holds, or why it holds none, in words."""
    fields = _fields(line)
    return fields if isinstance(fields, str) else read_row({name: fields.get(theirs) for name, theirs in columns})


def _fields(line: bytes) -> dict[str, object] | str:
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = line.decode("cp1252", "replace")
    try:
        fields = json.loads(text, strict=False)
    except RecursionError:
        return "the line is no row: its JSON is nested too deeply"
    except ValueError as error:
        return f"the line is no JSON: {error}"[:200]
    return fields if isinstance(fields, dict) else "the line is no row: a row is an object of JSON, { … }"


def _lines(file: BinaryIO, max_bytes: int) -> Iterator[Line]:
    number, at = 0, file.tell()
    while line := file.readline(max_bytes + 1):
        number, length = number + 1, len(line)
        text: bytes | None = line
        if length > max_bytes and not line.endswith(b"\n"):
            text = None
            while not line.endswith(b"\n") and (line := file.readline(_PIECE)):
                length += len(line)
        if text is None or text.removeprefix(BOM_UTF8).strip():
            yield Line(number, at, text)
        at += length
