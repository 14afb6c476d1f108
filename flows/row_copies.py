"""Tables that can't be entered in the middle, packed lines and Parquet, written out as plain JSON Lines: once a file.

To find one row in them, all rows before it would have to be unpacked, once for each.
"""

import json
import os
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flows.containers import is_packed
from flows.fetch.unpack import GZIP_MAGIC
from flows.found import Columns
from flows.rows import columns_there, require_columns
from transforms.ids import content_id
from transforms.rows import COLUMNS

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

KEPT_DAYS = 2
"""A copy that no run has asked for in so many days is removed."""
MOST_UNPACKED = 200
"""Times that packed lines may unpack to: text packs to a tenth, text that repeats itself to a fiftieth."""
FREE_BYTES = 100_000_000
"""What they may unpack to however small they are."""
_HELD_BYTES = 8_000_000
"""How much of a table is held at a time."""
_MOST_ROWS = 1_000
_PIECE = 1 << 16
_OURS: Columns = tuple((name, name) for name in COLUMNS)


class _BrokenTableError(Exception):
    """Why a table can't be read to its end, in words."""


_BOMB = f"it unpacks to more than {MOST_UNPACKED} times its size, which no table of texts does"


@dataclass(frozen=True, slots=True)
class Lines:
    """A table as lines of JSON at `path`, with the names that `columns` have there; `problem` says why its end is missing."""

    path: Path
    columns: Columns
    problem: str | None = None


def as_lines(path: Path, columns: Columns, folder: Path, max_bytes: int) -> Lines:
    """The table as lines: the file itself, or a copy in `folder` where it is packed or Parquet.

    Raises WrongUse where it has no column of texts, or lacks one that `columns` names on purpose.
    """
    with path.open("rb") as file:
        if file.read(4) == b"PAR1":
            return _copy(path, columns, folder, lambda: _parquet_lines(path, columns))
    lines = Lines(path, columns)
    if is_packed(path):
        copied = _copy(path, (), folder, lambda: _unpacked(path))
        lines = Lines(copied.path, columns, copied.problem)
    require_columns(columns_there(lines.path, max_bytes), columns, path)
    return lines


def remove_unused(folder: Path) -> None:
    """Remove copies that no run has asked for in a while."""
    limit = time.time() - KEPT_DAYS * 86_400
    for path in list(folder.iterdir()):
        if path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)


def _copy(path: Path, columns: Columns, folder: Path, pieces: Callable[[], Iterator[bytes]]) -> Lines:
    """A copy with our names of columns, made once for the file as it is now; one of the file as it was is removed."""
    status = path.stat()
    mine = content_id(str(path))
    as_it_is = f"{mine}-{content_id(status.st_size, status.st_mtime_ns)}"
    copy = folder / f"{as_it_is}-{content_id(columns)}.jsonl"
    note = copy.with_suffix(".problem")
    if copy.exists():
        for used in (copy, note):
            if used.exists():
                os.utime(used)
        return Lines(copy, _OURS, note.read_text(encoding="utf-8") if note.exists() else None)
    folder.mkdir(parents=True, exist_ok=True)
    for old in [other for other in folder.glob(f"{mine}-*") if not other.name.startswith(as_it_is)]:
        old.unlink(missing_ok=True)
    problem = None
    unfinished = copy.with_suffix(f".{os.getpid()}")
    try:
        with unfinished.open("wb") as file:
            try:
                file.writelines(pieces())
            except _BrokenTableError as error:
                problem = str(error)
        if problem:
            note.write_text(problem, encoding="utf-8")
        unfinished.rename(copy)
    finally:
        unfinished.unlink(missing_ok=True)
    return Lines(copy, _OURS, problem)


def _unpacked(path: Path) -> Iterator[bytes]:
    """What is packed with gzip, piece by piece, each member after the other (RFC 1952)."""
    room = _room(path)
    with path.open("rb") as file:
        stream, rest = zlib.decompressobj(31), file.read(_PIECE)
        while rest:
            try:
                piece = stream.decompress(rest, _PIECE)
            except zlib.error as error:
                raise _BrokenTableError(f"only a part of it can be unpacked ({error}): fetch or pack it again") from None
            room -= len(piece)
            if room < 0:
                raise _BrokenTableError(_BOMB)
            yield piece
            if not stream.eof:
                rest = stream.unconsumed_tail or file.read(_PIECE)
                continue
            rest = stream.unused_data + (file.read(_PIECE) if len(stream.unused_data) < len(GZIP_MAGIC) else b"")
            if not rest.startswith(GZIP_MAGIC):
                return  # what follows the last member and is none is passed over
            stream = zlib.decompressobj(31)
    raise _BrokenTableError("it is cut off: fetch or pack it again")


def _room(path: Path) -> int:
    """The bytes that a packed table may unpack to."""
    return max(FREE_BYTES, MOST_UNPACKED * path.stat().st_size)


def _parquet_lines(path: Path, columns: Columns) -> Iterator[bytes]:
    """The rows of a table of Parquet as lines of JSON with our names, some megabytes of them at a time."""
    import pyarrow as pa  # noqa: PLC0415   most runs read no Parquet
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        # A text that stands in a million rows is stored once: as a dictionary it is held once, too.
        schema = pq.read_schema(path)
        texts = [field.name for field in schema if not pa.types.is_nested(field.type)]
        file = pq.ParquetFile(path, buffer_size=_PIECE, pre_buffer=False, read_dictionary=texts)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _BrokenTableError(f"it can't be read as Parquet: {error}"[:300]) from None
    with closing(file):
        there = file.schema_arrow.names
        require_columns([name for name in there if there.count(name) == 1], columns, path)
        ours = {theirs: name for name, theirs in columns if theirs in there}
        room = _room(path)
        if sum(file.metadata.row_group(at).total_byte_size for at in range(file.metadata.num_row_groups)) > room:
            raise _BrokenTableError(_BOMB)
        try:
            for batch in file.iter_batches(batch_size=_rows_at_a_time(file), columns=list(ours), use_threads=False):
                values = {name: _values(batch.column(theirs)) for theirs, name in ours.items()}
                for row in zip(*values.values(), strict=True):
                    line = json.dumps(dict(zip(values, row, strict=True)), default=_shown).encode() + b"\n"
                    room -= len(line)
                    if room < 0:
                        raise _BrokenTableError(_BOMB)
                    yield line
        except (pa.ArrowException, OSError) as error:
            raise _BrokenTableError(f"it can't be read to its end: {error}"[:300]) from None


def _rows_at_a_time(file: "pq.ParquetFile") -> int:
    groups = [file.metadata.row_group(at) for at in range(file.metadata.num_row_groups)]
    per_row = max((group.total_byte_size / max(group.num_rows, 1) for group in groups), default=1)
    return max(1, min(_MOST_ROWS, int(_HELD_BYTES / max(per_row, 1))))


def _values(column: "pa.Array") -> list[object]:
    """A column's values; those that Python has no form for are None, and texts that are no UTF-8 their bytes."""
    import pyarrow as pa  # noqa: PLC0415

    if isinstance(column, pa.DictionaryArray):
        known = _values(column.dictionary)
        return [None if at is None else known[at] for at in column.indices.to_pylist()]
    try:
        values: list[object] = column.to_pylist()
    except (ValueError, OverflowError, pa.ArrowException):
        values = [_value(scalar) for scalar in column]
    return values


def _value(scalar: "pa.Scalar") -> object:
    import pyarrow as pa  # noqa: PLC0415

    try:
        value: object = scalar.as_py()
    except UnicodeDecodeError:
        buffer = scalar.as_buffer() if hasattr(scalar, "as_buffer") else None
        return buffer.to_pybytes() if buffer is not None else None
    except (ValueError, OverflowError, pa.ArrowException):
        return None
    return value


def _shown(value: object) -> object:
    """What JSON has no form for: times and days in ISO 8601, bytes as the text that they are."""
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value.decode("cp1252", "replace")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
