"""Conditions in SQL that people hold the rows of a table to, asked of the tables of a run or of a whole warehouse.

A condition is one expression on the columns of a row, with window functions and subqueries where it likes. It reaches the
tables and nothing else: no file, network, extension or setting. It is true, false, or NULL where it says nothing about the row.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache

import duckdb
import polars as pl

from expectations.model import Holds, World
from flows.errors import WrongUse
from warehouse.database import Connection, SqlError, only_frames
from warehouse.tables import TABLES, Table

ASKED = tuple(table for table in TABLES if table.written != "run")
"""The tables that a condition may be on, and may ask: those that tell of runs are written after the gate."""

_ROW = "_row"
_JUDGED = "_judged"
_HOLDS = "_holds"


def problem_of(table: Table, condition: str) -> str | None:
    """What is wrong with the condition, with the mend; None where it can be asked of the table."""
    try:
        kinds = _asked(_nothing(), table.name, table, condition).types[len(table.columns) :]
    except SqlError as error:
        return explained(error)
    if len(kinds) > 1:
        return "it gives several columns; write one expression, such as `unit IS NOT NULL`"
    if str(kinds[0]) != "BOOLEAN":
        return f"it gives {kinds[0]} where true or false is wanted; compare it, as in `… > 0` or `… IS NOT NULL`"
    return None


def of_run(table: Table, condition: str, where: str) -> Holds:
    """The condition over the frames of a run: a subquery sees the rows that the run makes or touches."""

    def holds(frame: pl.DataFrame, world: World) -> pl.Series:
        frames = {asked.name: world.frames.get(asked.name, asked.frame()) for asked in ASKED}
        with closing(only_frames({**frames, _JUDGED: frame.with_row_index(_ROW)})) as con, _told(where):
            found = _asked(con, _JUDGED, table, condition).select(_ROW, _HOLDS).order(_ROW).pl()
        return found.get_column(_HOLDS)

    return holds


def of_warehouse(con: Connection, table: Table, condition: str, where: str) -> Holds:
    """The condition over the whole warehouse, asked once, for frames that are parts of it: a subquery sees every row."""
    key = list(table.key)

    @cache
    def without() -> pl.DataFrame:
        """The keys of the rows that fail, or that the condition says nothing about."""
        with _told(where):
            asked = _asked(con, table.name, table, condition).select(*key, _HOLDS)
            found = asked.filter(f"{_HOLDS} IS DISTINCT FROM true").pl()
        one_each = found.sort(_HOLDS, nulls_last=True).unique(key, keep="first", maintain_order=True)
        return one_each.with_columns(_is_listed=pl.lit(value=True))

    def holds(frame: pl.DataFrame, _: World) -> pl.Series:
        beside = frame.select(key).join(without(), on=key, how="left", maintain_order="left", nulls_equal=True)
        listed = pl.when(pl.col("_is_listed").is_null()).then(pl.lit(value=True)).otherwise(pl.col(_HOLDS))
        return beside.select(listed.alias(_HOLDS)).get_column(_HOLDS)

    return holds


@dataclass(frozen=True, slots=True)
class Answer:
    """How many rows a condition says something about, how many of them fail, and the first of these."""

    judged: int
    failed: int
    failing: pl.DataFrame


def tried(con: Connection, table: Table, condition: str, where: str, most: int) -> Answer:
    """The condition over the whole warehouse, with so many rows that fail, by their keys."""
    with _told(where):
        asked = _asked(con, table.name, table, condition)
        [(judged, failed)] = asked.aggregate(f"count({_HOLDS}), count(*) FILTER (WHERE NOT {_HOLDS})").fetchall()
        failing = asked.filter(f"NOT {_HOLDS}").order(", ".join(table.key)).limit(most).pl()
    return Answer(judged, failed, failing.drop(_HOLDS))


def _asked(con: Connection, name: str, table: Table, condition: str) -> duckdb.DuckDBPyRelation:
    """The rows under their table's name, with what the condition says of each. Not as text in a query: it is one expression."""
    rows = con.table(name).set_alias(table.name)
    return rows.select(duckdb.StarExpression(), duckdb.SQLExpression(condition).alias(_HOLDS))


@cache
def _nothing() -> Connection:
    return only_frames({table.name: table.frame() for table in ASKED})


@contextmanager
def _told(where: str) -> Iterator[None]:
    """What goes wrong while the condition is asked is said with the mend."""
    try:
        yield
    except SqlError as error:
        raise WrongUse(f"{where} could not be asked: {explained(error)}") from None


def explained(error: SqlError) -> str:
    """DuckDB's message about a condition in plain words, with the mend."""
    text = " ".join(str(error).split())
    for pattern, words in _WORDS.items():
        if found := re.search(pattern, text):
            return words(found)
    kind, _, rest = text.partition(" Error: ")
    return f"{rest or kind}; mend the condition, or try it with `claimhouse query`"


def _no_column(found: re.Match[str]) -> str:
    near = re.findall(r'"([^"]+)"', found["near"] or "")
    return f"there is no column `{found['name']}`" + (f": did you mean `{near[0]}`?" if near else "; see docs/tables.md")


def _no_table(found: re.Match[str]) -> str:
    return (
        f"there is no table `{found['name']}` to ask; a condition may ask {', '.join(table.name for table in ASKED)}, "
        "but no views and no tables that tell of runs"
    )


def _syntax(found: re.Match[str]) -> str:
    return f"it does not read as SQL, {found['what'].removeprefix('syntax ')}; write one expression, without `;`"


def _no_file(_: re.Match[str]) -> str:
    return "it wants a file, the network or a setting; a condition reaches only the tables of the warehouse"


def _aggregate(_: re.Match[str]) -> str:
    return "it sums up many rows; write a window, such as `count(*) OVER (PARTITION BY page_id) = 1`, or a subquery"


def _no_cast(found: re.Match[str]) -> str:
    return f"{found['what']}; write TRY_CAST, which gives NULL for such a value, where it says CAST or ::"


_WORDS: Mapping[str, Callable[[re.Match[str]], str]] = {
    r'Referenced column "(?P<name>[^"]+)" not found in FROM clause!(?: Candidate bindings: (?P<near>.*))?': _no_column,
    r'Values list "[^"]+" does not have a column named "(?P<name>[^"]+)"(?P<near>)': _no_column,
    r"Table with name (?P<name>\S+) does not exist": _no_table,
    r"Parser Error: (?P<what>.*)": _syntax,
    r"single expression to SQLExpression(?P<what>)": lambda _: "it is more than one expression; join them with AND or OR",
    r"Permission Error|configuration has been locked|Missing Extension": _no_file,
    r"[Aa]ggregates cannot": _aggregate,
    r"Conversion Error: (?P<what>.*?)(?: LINE .*)?$": _no_cast,
}
"""By what DuckDB says, from its 1.5: what it means for a condition."""
