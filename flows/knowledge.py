"""The warehouse as a run asks it for what is known: a reader of the published file, or of an empty warehouse."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache

import duckdb
import polars as pl

from warehouse.database import Connection, WarehouseMissing, in_memory, open_readonly
from warehouse.known import readings
from warehouse.place import Lake, Place

MOST_MB = 500
"""Megabytes that settling holds of the warehouse's file, however large that is; what needs more goes on on the disk. To settle
a thousand articles against a million claims takes as long with 300 as with 1,000."""
_MORE = 2
"""So many times as much is tried where that does not do, and then all that a reader may take."""


@contextmanager
def reading(warehouse: Place) -> Iterator[Connection]:
    """A connection to the warehouse as it is now; it knows nothing where there is none yet."""
    with _opened(warehouse) as con:
        yield con


def in_bounded_memory[T](warehouse: Place, work: Callable[[Connection], T], *, most_mb: int = MOST_MB) -> T:
    """What the work makes of a connection to the warehouse as it is now, of whose file it holds no more than `most_mb`.

    Not all that DuckDB does can go on on the disk: where that is too little, the work is done again, from its beginning, with
    more. It is for SQL of our own, which could reach other files. On a lake nothing is bounded.
    """
    if not isinstance(warehouse, Lake):
        for bound in (most_mb, _MORE * most_mb):
            with suppress(duckdb.OutOfMemoryException), _opened(warehouse, bound) as con:
                return work(con)
    with _opened(warehouse) as con:
        return work(con)


@contextmanager
def _opened(warehouse: Place, most_mb: int | None = None) -> Iterator[Connection]:
    try:
        con = open_readonly(warehouse, most_mb=most_mb, spills=most_mb is not None)
    except WarehouseMissing:
        con = _nothing().cursor()
    with closing(con):
        yield con


def documents_known(warehouse: Place) -> pl.DataFrame:
    """Which bytes were read, where and by which version: document_id, url, raw_hash, pipeline_version."""
    with reading(warehouse) as con:
        return readings(con)


@cache
def _nothing() -> Connection:
    """An empty warehouse to ask where there is none yet; to make one takes longer than all questions to it."""
    return in_memory()
