"""Rows in JSON, as `quarantine.row` keeps them, back into frames of their tables."""

import json
from collections.abc import Iterable
from datetime import date, datetime

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from warehouse.tables import Table


def frame_of(table: Table, rows: Iterable[str]) -> pl.DataFrame:
    """The rows in the table's schema, in their order.

    `expectations.words.row_json` wrote them: times as ISO 8601, NaN and the infinities as words. A column that a row lacks, as
    where an earlier version wrote it, is null; one that the table no longer has is left out.
    """
    read = [json.loads(row) for row in rows]
    columns = {
        name: pl.Series(name, [_value(row.get(name), kind) for row in read], dtype=kind) for name, kind in table.schema.items()
    }
    return pl.DataFrame(columns, schema=table.schema)


def _value(value: object, kind: DataType | DataTypeClass) -> object:
    if value is None:
        return None
    if isinstance(kind, pl.List) and isinstance(value, list):
        return [_value(part, kind.inner) for part in value]
    if isinstance(value, str):
        if isinstance(kind, pl.Datetime):
            return datetime.fromisoformat(value)
        if kind == pl.Date:
            return date.fromisoformat(value)
        if kind in (pl.Float32, pl.Float64):
            return float(value)
    return value
