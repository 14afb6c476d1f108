"""All or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from warehouse.database import Connection

_open: set[int] = set()
"""Connections in a transaction, by their identity: DuckDB can't be asked, and to begin a second one undoes the first."""


@contextmanager
def undone(con: "Connection") -> Iterator[None]:
    """Nothing that the block does stays."""
    con.begin()
    _open.add(id(con))
    try:
        yield
    finally:
        _open.discard(id(con))
        with suppress(duckdb.Error):  # what failed may have undone it already
            con.rollback()


@contextmanager
def transaction(con: "Connection") -> Iterator[None]:
    """What the block does is committed as one, or on any exception undone as one. Within another it is a part of that."""
    if id(con) in _open:
        yield
        return
    con.begin()
    _open.add(id(con))
    try:
        yield
        con.commit()
    except BaseException:
        with suppress(duckdb.TransactionException):  # a commit that found no room on the disk has undone it already
            con.rollback()
        raise
    finally:
        _open.discard(id(con))
