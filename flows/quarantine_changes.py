"""What a person sets by hand in rows that are released: `column=value`, held against the column's declaration."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import polars as pl

from expectations.words import row_json, row_keys
from flows.clock import now
from flows.errors import WrongUse
from flows.settings import nearest
from warehouse.quarantined import BY_HAND
from warehouse.tables import (
    ARTICLE_KEYS,
    CLAIM_ENTITIES,
    CLAIM_RELATIONS,
    CLAIM_TERMS,
    CLAIMS,
    DOCUMENT_RELATIONS,
    QUANTITIES,
    QUARANTINE,
    TIME_EXPRESSIONS,
    Column,
    Table,
)

_MADE = {table.name for table in (CLAIM_ENTITIES, CLAIM_RELATIONS, DOCUMENT_RELATIONS, CLAIM_TERMS, ARTICLE_KEYS)}
"""Tables besides those written as they are touched whose rows follow from others."""
_NAMES_THE_ROW = frozenset({"document_id", "page_id", "content_hash", "raw_hash", "start_char", "end_char", "position"})
"""Columns that keys are hashes of: with another value the row would be another row."""
_SETTLED = {
    *((None, name) for name in ("revision", "is_current", "duplicate_of", "first_seen_at", "last_seen_at", "fetched_at")),
    (None, "pipeline_version"),
    (CLAIMS.name, "cluster_id"),
    (QUANTITIES.name, "claim_id"),
    (TIME_EXPRESSIONS.name, "claim_id"),
}
"""Columns, of a table or of all, that are worked out as the row is released."""
_WANTED = {
    pl.Boolean: "true or false",
    pl.Date: "a day such as 2026-01-31",
    pl.Datetime("us"): "a moment in UTC such as 2026-01-31T09:30:00",
    pl.Float32: "a number",
    pl.Float64: "a number",
    pl.Int32: "a whole number",
    pl.Int64: "a whole number",
    pl.List(pl.String): 'a list such as ["Anna Berg"]',
}


def changes_of(table: Table, given: Sequence[str]) -> Mapping[str, object]:
    """Values by column. Raises WrongUse for a column that may not be set, and for a value that it can't hold."""
    changes: dict[str, object] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise WrongUse(f"--set {text} names no value: write --set column=value, or column=NULL for what is unknown.")
        changes[name.strip()] = _value(_settable(table, name.strip()), value)
    return changes


def notes_of(
    table: Table, before: pl.DataFrame, after: pl.DataFrame, values: Mapping[str, object], runs: Mapping[str, str]
) -> pl.DataFrame:
    """Rows of `quarantine` that say what was set in the rows, with each row as it is now.

    They stand beside those that keep the row as it was, under the run that held it back; `runs` has that by the row's key.
    """
    at = now()
    rows_after = dict(zip(row_keys(table, after), after.iter_rows(named=True), strict=True))
    notes: list[dict[str, object]] = [
        {
            "run_id": runs[key],
            "table_name": table.name,
            "row_key": key,
            "expectation": f"{BY_HAND}({column})",
            "reason": f"{column} was {_shown(was[column])}, and was set to {_shown(value)} by hand",
            "row": row_json(rows_after[key]),
            "quarantined_at": at,
            "resolution": "released",
            "resolved_at": at,
        }
        for key, was in zip(row_keys(table, before), before.iter_rows(named=True), strict=True)
        if key in rows_after
        for column, value in values.items()
    ]
    return QUARANTINE.frame(notes)


def _shown(value: object) -> str:
    if value is None:
        return "NULL"
    return f"‘{value}’" if isinstance(value, str) else str(value)


def _settable(table: Table, name: str) -> Column:
    if name not in table.schema:
        raise WrongUse(f"{table.name} has no column `{name}`{nearest(name, table.schema.names())}")
    if table.written != "document" or table.name in _MADE:
        raise WrongUse(f"Rows of {table.name} are made from others, and can't be changed by hand. Change those, or a check.")
    if name in table.key or name in _NAMES_THE_ROW:
        raise WrongUse(f"{table.name}.{name} says which row it is, and can't be changed. Drop the row if that is wrong.")
    if (None, name) in _SETTLED or (table.name, name) in _SETTLED:
        raise WrongUse(f"{table.name}.{name} is worked out as the row is released, and can't be set.")
    return table.column(name)


def _value(column: Column, text: str) -> object:
    if text == "NULL":
        if column.nullable:
            return None
        raise WrongUse(f"{column.name} has to be known, and can't be NULL.")
    try:
        value = _read(column, text)
    except ValueError:
        wanted = next(words for kind, words in _WANTED.items() if column.type == kind)
        raise WrongUse(f"{column.name} can't be {text}: give {wanted}.") from None
    if column.values and value not in column.values:
        raise WrongUse(f"{column.name} can't be {text}: give one of {', '.join(column.values)}.")
    low, high = column.between or (None, None)
    if isinstance(value, int | float) and not ((low is None or value >= low) and (high is None or value <= high)):
        bounds = [f"{word} {bound:g}" for word, bound in (("at least", low), ("at most", high)) if bound is not None]
        raise WrongUse(f"{column.name} can't be {text}: give {' and '.join(bounds)}.")
    return value


def _read(column: Column, text: str) -> object:
    kind = column.type
    if kind == pl.Boolean:
        return {"true": True, "false": False}.get(text.lower()) if text.lower() in ("true", "false") else _refuse()
    if kind == pl.Date:
        return date.fromisoformat(text)
    if kind == pl.Datetime("us"):
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo is None else _refuse()
    if kind in (pl.Float32, pl.Float64):
        return float(text)
    if isinstance(kind, pl.List):
        found = json.loads(text)
        return found if isinstance(found, list) and all(isinstance(part, str) for part in found) else _refuse()
    return text if kind == pl.String else int(text)


def _refuse() -> object:
    raise ValueError
