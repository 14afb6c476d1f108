"""What a check is, and what it may look at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Literal

import polars as pl

from warehouse.tables import TABLES, Table

Severity = Literal["critical", "warning", "info"]
"""`critical` stops the load, `warning` sends the rows that fail to quarantine, `info` only notes them.

A warning about a table, a source or a run as a whole, or of a check that `holds_back` nothing, is only noted too.
"""

BY_NAME: Mapping[str, Table] = {table.name: table for table in TABLES}

Holds = Callable[[pl.DataFrame, "World"], pl.Series]
"""From a table's rows and the world to one boolean a row, in the same order; null where the check says nothing about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One expectation of one table.

    `rule` names the class of Great Expectations that judges it, and `arguments` what that class is given. Where one row and
    one column are too little to judge by, `holds` computes a boolean for each row with Polars, and Great Expectations judges
    that. `words` says what was wrong with a row; `{column}` stands for the row's value. `mostly` is the share of rows that
    suffices. `holds_back` is whether a warning sends rows to quarantine: not where much that is right hangs on a row.
    """

    name: str
    columns: tuple[str, ...]
    severity: Severity
    why: str
    mend: str
    words: str = ""
    rule: str = "ExpectColumnValuesToBeInSet"
    arguments: Mapping[str, object] = field(default_factory=dict)
    holds: Holds | None = None
    mostly: float = 1.0
    holds_back: bool = True

    @property
    def column_name(self) -> str | None:
        """The columns concerned, joined by a comma; None where the check is of the whole table."""
        return ",".join(self.columns) or None

    @property
    def mark(self) -> str:
        """The column that carries what `holds` found."""
        return "_".join(("", *self.columns, self.name.removeprefix("expect_")))

    @property
    def title(self) -> str:
        """The check with its columns, as `quarantine.expectation` gives it."""
        return f"{self.name}({', '.join(self.columns)})" if self.columns else self.name

    @property
    def notes(self) -> str:
        """One sentence: why the check stands, and what to do when it fails."""
        return f"{self.why}; when it fails, {self.mend}."


warning = partial(Check, severity="warning")
info = partial(Check, severity="info")
mostly_known = partial(
    info,
    name="expect_column_values_to_be_mostly_known",
    mend="look at the pages that lack it, and whether they print it in a way that is not read yet",
)

nearly_all = partial(info, mostly=0.99)
"""What may be otherwise in one row of a hundred: the world is odd, and a reader's slips are few."""

PAIR = "ExpectColumnPairValuesAToBeGreaterThanB"
IGNORE_MISSING: Mapping[str, object] = {"ignore_row_if": "either_value_is_missing"}


def in_order(earlier: str, later: str, *, severity: Severity, name: str, why: str) -> Check:
    """A check that `later` is at least `earlier` where both are known."""
    return Check(
        name=name,
        columns=(earlier, later),
        severity=severity,
        why=why,
        mend="look at how the two are made, and whether they were swapped",
        words=f"{earlier} is {{{earlier}}}, beyond {later}, {{{later}}}",
        rule=PAIR,
        arguments={"column_A": later, "column_B": earlier, "or_equal": True, **IGNORE_MISSING},
    )


@dataclass(frozen=True)
class World:
    """All that a row may be held against: the other tables of the run, and what the warehouse already holds."""

    frames: Mapping[str, pl.DataFrame]
    known: Mapping[str, pl.Series]
    loaded_texts: pl.DataFrame | None
    checked_at: datetime

    def keys(self, reference: str) -> pl.Series:
        """Every value that a column which refers to `table.column` may hold."""
        table, column = reference.split(".")
        found = [self.frames[table].get_column(column)] if table in self.frames else []
        # Of a table that is written as it is touched this run brings every row that its own rows may refer to.
        if BY_NAME[table].written != "touched" and reference in self.known:
            found.append(self.known[reference].cast(pl.String))
        return pl.concat(found).drop_nulls().unique() if found else pl.Series(dtype=pl.String)

    def has(self, *tables: str) -> bool:
        """Whether the rows of all these tables are at hand, so that it can be told which are missing."""
        return all(table in self.frames for table in tables)

    @cached_property
    def documents(self) -> pl.DataFrame:
        """document_id, _text, _outcome, _page_id and _published_at of each document of the run.

        Beside them the first three of loaded ones whose text was given.
        """
        loaded = self.loaded_texts
        found = [self._columns("documents", "document_id", ("text", "outcome", "page_id", "published_at"))]
        if loaded is not None:
            found.append(loaded.select("document_id", pl.col("text").alias("_text"), pl.lit("kept").alias("_outcome")))
        return pl.concat(found, how="diagonal").unique("document_id", keep="first", maintain_order=True)

    @cached_property
    def sentences(self) -> pl.DataFrame:
        """sentence_id, _document_id, _start_char, _end_char and _zone of each sentence of the run."""
        return self._columns("sentences", "sentence_id", ("document_id", "start_char", "end_char", "zone"))

    @cached_property
    def claims(self) -> pl.DataFrame:
        """claim_id with the place and the entities of each claim of the run."""
        columns = ("document_id", "start_char", "end_char", "speaker_id", "subject_id", "object_id")
        return self._columns("claims", "claim_id", columns)

    def _columns(self, table: str, key: str, columns: tuple[str, ...]) -> pl.DataFrame:
        """The key and the columns, these with `_` before their names, one row a key so that a join adds no rows."""
        frame = self.frames.get(table, BY_NAME[table].frame())
        chosen = frame.select(key, *(pl.col(name).alias(f"_{name}") for name in columns))
        return chosen.unique(key, keep="first", maintain_order=True)
