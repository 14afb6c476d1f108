"""All or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from warehouse.database import Connection


@contextmanager
def transaction(con: "Connection") -> Iterator[None]:
    """What the block does is committed as one, or on any exception undone as one."""
    con.begin()
    try:
        yield
        con.commit()
    except BaseException:
        with suppress(duckdb.TransactionException):  # a commit that found no room on the disk has undone it already
            con.rollback()
        raise
