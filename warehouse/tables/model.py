"""What a table declaration is made of. Schema, DDL, expectations and the data dictionary derive from it."""

from dataclasses import dataclass
from typing import Literal

import polars as pl
from polars.datatypes import DataType, DataTypeClass

TIMESTAMP = pl.Datetime("us")
"""A moment in UTC, kept without a zone so that no reader's local zone shifts it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its Polars type, what it means, and what its values must keep.

    `references` names the key that a value must be found in, as `table.column`. `values` lists every allowed
    value. `between` bounds a number, both ends included.
    """

    name: str
    type: DataType | DataTypeClass
    doc: str
    unit: str | None = None
    nullable: bool = False
    values: tuple[str, ...] | None = None
    between: tuple[float | None, float | None] | None = None
    references: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Columns that hold a place in `documents.text`, and the column that repeats the text found there.

    `text` is None where no column repeats it: then only the bounds are checked.
    """

    start: str = "start_char"
    end: str = "end_char"
    text: str | None = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the warehouse. `grain` says what one row is; `key` is unique and never null.

    `written` says who replaces its rows: `document` rows are replaced with their document; `touched` rows are
    derived from the others, and a load replaces those that its news touch; `run` tables only grow.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    doc: str
    columns: tuple[Column, ...]
    written: Literal["document", "touched", "run"] = "document"
    spans: tuple[Span, ...] = ()

    @property
    def schema(self) -> pl.Schema:
        """The Polars schema, columns in declared order."""
        return pl.Schema({column.name: column.type for column in self.columns})

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError when the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name!r}; it has {', '.join(self.schema.names())}")

    def frame(self, rows: list[dict[str, object]] | None = None) -> pl.DataFrame:
        """A frame of this table's schema from row dictionaries; columns that a row leaves out are null."""
        return pl.DataFrame(rows or [], schema=self.schema, orient="row")
