"""Polars frames that a connection can query under a name for a while."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import polars as pl

from warehouse.database import Connection


@contextmanager
def registered(con: Connection, **frames: pl.DataFrame) -> Iterator[None]:
    """In the block each frame is a table of that name."""
    for name, frame in frames.items():
        con.register(name, frame)
    try:
        yield
    finally:
        for name in frames:
            con.unregister(name)


def ids(column: str, values: Iterable[str]) -> pl.DataFrame:
    """Strings as a frame of one column; without values it has its type all the same."""
    return pl.DataFrame({column: pl.Series(values, dtype=pl.String)})
