"""Lists and structures as JSON, for files that have no other place for them."""

import json

import polars as pl


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every list and structure as JSON."""
    nested = [name for name, kind in frame.schema.items() if kind.is_nested()]
    return frame.with_columns(
        pl.Series(name, [None if value is None else as_json(value) for value in frame[name].to_list()], dtype=pl.String)
        for name in nested
    )


def as_json(value: object) -> str:
    """The value as JSON; what JSON does not know is told as text."""
    return json.dumps(value, ensure_ascii=False, default=str)
