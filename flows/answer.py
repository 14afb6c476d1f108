"""A query of somebody's to a frame, whatever is asked: each type of DuckDB's has a form, and no answer takes all memory."""

import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import polars as pl
import psutil
from duckdb import Error, StatementType
from duckdb.sqltypes import DuckDBPyType

from flows.errors import WrongUse
from warehouse.database import Connection
from warehouse.ddl import named

MOST_SHARE = 0.25
"""Share of the memory that is free which an answer may take: to write it as CSV or JSON takes twice as much again."""
_BATCH_ROWS = 10_000
SHORT_ROWS = 1_000
"""So many rows come without pyarrow, whose import takes longer than most answers; a longer one is asked for again."""
_PLAIN = frozenset((
    *"boolean tinyint smallint integer bigint utinyint usmallint uinteger ubigint hugeint float double decimal varchar date"
    " time timestamp timestamp_s timestamp_ms timestamp_ns timestamp_tz uuid enum".split(),
    "timestamp with time zone",
))  # fmt: skip
"""Types that frames, CSV and JSON have as well. Any other is told as DuckDB prints it: intervals, unions, bytes."""
_NESTED = frozenset(("list", "array", "struct", "map"))
_DAYS = ((date.min - date(1970, 1, 1)).days, (date.max - date(1970, 1, 1)).days)
_MOMENTS = tuple((each - datetime(1970, 1, 1)) // timedelta(microseconds=1) for each in (datetime.min, datetime.max))
_A_SECOND = {"ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


def answer_of(con: Connection, sql: str, parameters: Mapping[str, object], *, is_short: bool = False) -> pl.DataFrame:
    """The answer to the last statement of a text. `is_short` tells that few rows are expected: these come faster then.

    Raises WrongUse where there is no statement, or no answer that can be told.
    """
    statements = con.extract_statements(sql)
    if not statements:
        raise WrongUse('There is no query in that. Ask for example: claimhouse query "SELECT * FROM quotes LIMIT 5"')
    *others, last = statements
    for statement in others:
        con.execute(statement)
    is_select = last.type == StatementType.SELECT
    answer = _short_frame(con, last.query, parameters) if is_select and is_short else None
    if answer is None:
        con.execute(last, dict(parameters))
        columns = [(str(name), kind) for name, kind, *_ in con.description or ()]
        if is_select and not all(_has_form(kind) for _, kind in columns):
            con.execute(_told(last.query, columns), dict(parameters))
        answer = _frame(con)
    _refuse_endless_times(answer)
    return answer


@contextmanager
def ended_by_ctrl_c() -> Iterator[None]:
    """While the block is at work Ctrl-C ends this process at once: DuckDB and Polars look for it at few places only.

    A query only reads, so nothing is lost.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _has_form(kind: DuckDBPyType) -> bool:
    """Whether frames have a form for the type."""
    if kind.id in _NESTED:
        names = [name for name, _ in kind.children]
        # What is no type among the children is an array's length.
        return len(set(names)) == len(names) and all(
            _has_form(part) for _, part in kind.children if isinstance(part, DuckDBPyType)
        )
    return kind.id in _PLAIN


def _told(query: str, columns: Sequence[tuple[str, DuckDBPyType]]) -> str:
    """The query with each column as text that frames have no form for."""
    parts = [f"#{i}" if _has_form(kind) else f"#{i}::VARCHAR" for i, (_, kind) in enumerate(columns, 1)]
    listed = ", ".join(f"{part} AS {named(name)}" for part, (name, _) in zip(parts, columns, strict=True))
    return f"SELECT {listed} FROM {_bracketed(query)}"  # noqa: S608   who asks wrote it


def _bracketed(query: str) -> str:
    return f"(\n{query.rstrip().rstrip(';')}\n)"


def _short_frame(con: Connection, query: str, parameters: Mapping[str, object]) -> pl.DataFrame | None:
    """What a query answers; None where that is long, needs another form, or is no answer at all."""
    try:
        told = con.sql(f"FROM {_bracketed(query)} LIMIT {SHORT_ROWS + 1}", params=dict(parameters) or None)
        frame = pl.DataFrame(told) if all(map(_has_form, told.types)) else None
    except (Error, pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None
    return frame if frame is not None and frame.height <= SHORT_ROWS else None


def _frame(con: Connection) -> pl.DataFrame:
    """What a connection answers, taken in piece by piece. Raises WrongUse where it is more than memory should hold."""
    import pyarrow as pa  # noqa: PLC0415   # it takes long

    reader = con.to_arrow_reader(_BATCH_ROWS)
    room = most = int(psutil.virtual_memory().available * MOST_SHARE)
    batches = []
    for batch in reader:
        room -= batch.nbytes
        if room < 0:
            raise WrongUse(
                f"The answer is larger than {most / 1e9:.1f} GB, a quarter of this machine's free memory. "
                "Name fewer columns, add a WHERE or a LIMIT, or ask for it in parts."
            )
        batches.append(batch)
    table = pa.Table.from_batches(batches, schema=reader.schema).rename_columns(_each_once(reader.schema.names))
    try:
        frame = pl.from_arrow(table)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, pa.ArrowException) as error:
        raise WrongUse(f"The answer has a column of a kind that can't be told: {error}. Cast it: column::VARCHAR") from None
    assert isinstance(frame, pl.DataFrame)
    return frame


def _each_once(names: Sequence[str]) -> list[str]:
    """Names of columns with a number behind each that was there before, as DuckDB gives them: a, a_1."""
    taken: dict[str, None] = {}
    for name in names:
        free, number = name, 0
        while free in taken:
            number += 1
            free = f"{name}_{number}"
        taken[free] = None
    return list(taken)


def _refuse_endless_times(answer: pl.DataFrame) -> None:
    """Raise WrongUse for infinite times and others that no calendar of ours holds."""
    for name, kind in answer.schema.items():
        if not isinstance(kind, (pl.Date, pl.Datetime)):
            continue
        least, most = answer[name].to_physical().min(), answer[name].to_physical().max()
        if isinstance(kind, pl.Date):
            first, last = _DAYS
        else:
            first, last = (moment * _A_SECOND[kind.time_unit] // 1_000_000 for moment in _MOMENTS)
        if isinstance(least, int) and isinstance(most, int) and (least < first or most > last):
            raise WrongUse(f"Column {name} holds times outside of the years 1 to 9999. Cast it: {name}::VARCHAR")
