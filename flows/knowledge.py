"""The warehouse as a run asks it for what is known: a reader of the published file, or of an empty warehouse."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache

import polars as pl

from warehouse.database import Connection, WarehouseMissing, in_memory, open_readonly
from warehouse.known import readings
from warehouse.place import Lake, Place

MOST_MB = 1_000
"""Megabytes that settling holds of the warehouse's file, however large that is; what needs more goes on on the disk. A thousand
articles were settled against a million claims with 700."""


@contextmanager
def reading(warehouse: Place, *, is_bounded: bool = False) -> Iterator[Connection]:
    """A connection to the warehouse as it is now; it knows nothing where there is none yet.

    One that `is_bounded` takes no more than `MOST_MB` of a file, and is for SQL of our own: it can reach other files.
    """
    try:
        if is_bounded and not isinstance(warehouse, Lake):
            con = open_readonly(warehouse, most_mb=MOST_MB, spills=True)
        else:
            con = open_readonly(warehouse)
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
