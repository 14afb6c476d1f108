"""Rows in words and in JSON, for people who look for what went wrong."""

import json
import math
from collections.abc import Mapping
from datetime import date, datetime

import polars as pl

from expectations.model import Check
from warehouse.tables import Table

_SHOWN = 80
"""Characters of a value that a reason shows; the row itself is kept whole in JSON."""


def reason(check: Check, row: Mapping[str, object]) -> str:
    """What the check finds wrong with the row, in words: `zone is 'footer', none of title, body, …`."""
    return check.words.format_map({name: _shown(value) for name, value in row.items()})


def row_keys(table: Table, frame: pl.DataFrame) -> pl.Series:
    """Each row's key, parts joined by a slash; `#` and the row's number follow where the key is missing in part or repeated."""
    parts = [pl.col(part).cast(pl.String) for part in table.key]
    joined = pl.concat_str([part.fill_null("NULL") for part in parts], separator="/")
    single = pl.all_horizontal(part.is_not_null() for part in parts) & joined.is_unique()
    numbered = pl.concat_str(joined, pl.lit("#"), pl.int_range(pl.len()))
    return frame.select(pl.when(single).then(joined).otherwise(numbered).alias("row_key")).get_column("row_key")


def row_json(row: Mapping[str, object]) -> str:
    """The row as JSON (RFC 8259): times as ISO 8601, and NaN and the infinities, which JSON lacks, as words."""
    return json.dumps({name: _plain(value) for name, value in row.items()}, ensure_ascii=False, allow_nan=False)


def _plain(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value


def _shown(value: object) -> str:
    if value is None:
        return "NULL"
    return cut(f"‘{value}’", _SHOWN) if isinstance(value, str) else str(value)


def cut(text: str, length: int) -> str:
    """The text, or its beginning and an ellipsis where it is longer than `length` characters."""
    return text if len(text) <= length else text[: length - 1] + "…"
