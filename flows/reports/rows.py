"""Rows of a query as the pages' templates take them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from warehouse.database import Connection

Row = dict[str, Any]
"""One row by column, of whatever type DuckDB gives: the queries stand beside what reads them."""


def rows(con: "Connection", sql: str, *values: object) -> list[Row]:
    """The rows that the query gives, by column; `values` stand for its question marks."""
    return con.sql(sql, params=list(values)).pl().to_dicts()
