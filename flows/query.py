"""Questions to the warehouse, and their answers as a table, CSV, JSON or Parquet."""

import os
import sys
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from duckdb import Error as SqlError
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.answer import answer_of, ended_by_ctrl_c
from flows.errors import WrongUse
from flows.flat import as_json, flat
from warehouse.database import Connection, open_readonly
from warehouse.errors import damaged, is_damage
from warehouse.place import Lake, Place
from warehouse.upgrade import what_is_older

if TYPE_CHECKING:
    from flows.cli_options import Format

_SHOWN_ROWS = 200
_WIDE = 100_000
_NAMES = "SELECT table_name FROM information_schema.tables WHERE table_catalog = current_database() ORDER BY 1"


def ask(warehouse: Place, sql: str, parameters: dict[str, object] | None = None, *, is_short: bool = False) -> pl.DataFrame:
    """The answer to a query that can only read; one that is short is had faster where that is told.

    Raises WrongUse for what is no SQL, and what `open_readonly` raises.
    """
    if any(isinstance(text, str) and not _is_text(text) for text in (sql, *(parameters or {}).values())):
        raise WrongUse("What is asked is no text: it holds bytes that are no UTF-8, or half of a character. Write it anew.")
    with ended_by_ctrl_c(), closing(open_readonly(warehouse)) as con:
        try:
            if isinstance(warehouse, Lake):
                _refuse_reaching(con, sql)
            return answer_of(con, sql, parameters or {}, is_short=is_short)
        except SqlError as error:
            if is_damage(error):
                raise damaged(error) from None
            with suppress(SqlError):
                con.rollback()  # of a transaction that the query began
            names = con.execute(_NAMES).fetchall()
            tables = ", ".join(name for (name,) in names)
            older = f"\n{told}" if (told := what_is_older(con)) else ""
            raise WrongUse(f"The warehouse can't answer that. {error}\nIt has the tables and views {tables}.{older}") from None


def as_it_was(place: Place, when: str) -> Place:
    """The lake as it was at a time, or at the end of a day; all in UTC. Raises WrongUse for what is neither, and for a file."""
    if not isinstance(place, Lake):
        raise WrongUse(
            f"{place} is a file, and knows only what is. Ask a backup with --warehouse FILE, or the history in it: "
            "`claim_history`, `page_revisions`. A lake keeps its past: `claimhouse move --to ducklake:postgresql://…`"
        )
    try:
        moment = datetime.fromisoformat(when)
    except ValueError:
        raise WrongUse(f"--as-of {when} is no time. Give a day such as 2026-01-31, or a moment: 2026-01-31T09:30.") from None
    if moment.tzinfo:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    is_day = len(when.strip()) <= len("2026-01-31")
    return place.as_of(moment + timedelta(days=1) - timedelta(microseconds=1) if is_day else moment)


def _refuse_reaching(con: Connection, sql: str) -> None:
    from warehouse.asked import refused_of_lake  # noqa: PLC0415   # who has a file needs none of it

    if refused := refused_of_lake(con, sql):
        raise WrongUse(f"That is not asked of the lake: {refused}.")


def _is_text(text: str) -> bool:
    """Whether all of it are whole characters: an argument that is no UTF-8 comes with lone surrogates in their place."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def show(answer: pl.DataFrame, form: "Format", output: Path | None) -> None:
    """Write the answer to a file, else to standard output. Raises WrongUse for Parquet on a terminal, and for odd values."""
    try:
        _show(answer, form, output)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise WrongUse(f"The answer holds a value that can't be told: {error}. Cast its column: column::VARCHAR") from None


def _show(answer: pl.DataFrame, form: "Format", output: Path | None) -> None:
    if form == "table" and output is None:
        _print_table(answer)
        return
    if form == "parquet" and output is None and sys.stdout.isatty():
        raise WrongUse("Parquet is no text for a terminal. Name a file with -o FILE, or send the output on with > or |.")
    written = _written(answer, form)
    if output is None:
        # Not sys.stdout.buffer: where Python runs unbuffered, that may write a part and say nothing.
        with os.fdopen(sys.stdout.fileno(), "wb", closefd=False) as out:
            out.write(written)
    else:
        try:
            output.write_bytes(written)
        except OSError as error:
            raise WrongUse(f"{output} can't be written: {error.strerror}. Name another file with -o.") from None


def _written(answer: pl.DataFrame, form: "Format") -> bytes:
    buffer = BytesIO()
    match form:
        case "csv":
            flat(answer).write_csv(buffer)
        case "json":
            answer.write_json(buffer)
            buffer.write(b"\n")
        case "parquet":
            answer.write_parquet(buffer)
        case "table":
            raise WrongUse("A table is for reading on the screen. For a file choose --format csv, json or parquet.")
    return buffer.getvalue()


def _print_table(answer: pl.DataFrame) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDE)  # a row is a line: what reads it can cut it
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name, kind in answer.schema.items():
        table.add_column(Text(name), justify="right" if kind.is_numeric() else "left", overflow="fold")
    for row in answer.head(_SHOWN_ROWS).iter_rows():
        table.add_row(*(Text(_cell(value)) for value in row))  # plain: brackets in an article are no markup
    console.print(table)
    if answer.height > _SHOWN_ROWS:
        console.print(f"{answer.height - _SHOWN_ROWS:,} more rows; --format csv, json or parquet gives all {answer.height:,}.")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    return as_json(value) if isinstance(value, (list, dict)) else str(value)
