"""SQL that somebody asks of a lake, and what it may not name.

A file's reader has no file system any more. A lake's needs its folder and its catalogue to answer at all, and what the
extensions bring along could use these for other things: write files, ask another database, remove what is kept. A connection
can't be told to forget functions, so a text that names one of them is not run.
"""

import re
from functools import cache

from duckdb import StatementType

from warehouse.engine import Connection, connected_with

_HARMLESS = frozenset((
    "ducklake_snapshots", "ducklake_table_info", "ducklake_table_changes", "ducklake_table_insertions",
    "ducklake_table_deletions", "ducklake_current_snapshot", "ducklake_last_committed_snapshot", "murmur3_32",
))  # fmt: skip
"""Functions of the extensions that only tell of the lake."""
_RUN_TEXTS = ("query", "query_table")
"""Functions of DuckDB's that take SQL as a value, which need not stand in the text."""
_OF_LAKES = (
    "add_data_files", "cleanup_old_files", "delete_orphaned_files", "expire_snapshots", "flush_inlined_data",
    "merge_adjacent_files", "rewrite_data_files", "set_option", "set_commit_message", "list_files",
)  # fmt: skip
"""The same as macros of an attached lake."""
_CATALOGUE = "__ducklake_metadata_warehouse"
_KINDS = frozenset((
    StatementType.SELECT, StatementType.CREATE, StatementType.DROP, StatementType.INSERT, StatementType.UPDATE,
    StatementType.DELETE, StatementType.MERGE_INTO, StatementType.TRANSACTION, StatementType.VARIABLE_SET, StatementType.SET,
))  # fmt: skip
"""Statements that stay within the connection: what they would change of the lake is refused, as that is attached to be read."""
_EXPLAIN = re.compile(r"\s*EXPLAIN\b(\s+ANALYZE\b)?(\s*\([^)]*\))?", re.IGNORECASE)


def refused_of_lake(con: Connection, sql: str) -> str | None:
    """What in a text a lake's reader does not run, in words; None where there is nothing. Raises what parsing it raises."""
    words = set(re.findall(r"\w+", sql.lower()))
    if named := sorted(words & _functions()) + sorted(_run(sql)):
        return f"it names {named[0]}, which reaches beyond the rows of the lake"
    for statement in con.extract_statements(sql):
        if statement.type == StatementType.EXPLAIN:
            if found := refused_of_lake(con, _EXPLAIN.sub("", statement.query, count=1)):
                return found
        elif statement.type not in _KINDS:
            return f"{statement.type.name} is no question to a lake: only SELECT is, with temporary tables of your own"
    return None


def _run(sql: str) -> list[str]:
    return [name for name in _RUN_TEXTS if re.search(rf'\b{name}"?\s*\(', sql, re.IGNORECASE)]


@cache
def _functions() -> frozenset[str]:
    """Names of what the extensions bring along, but for what is harmless: all of it, so that a new version adds no hole."""
    with connected_with() as plain, connected_with("ducklake", "postgres_scanner", "httpfs") as con:
        return (_names(con) - _names(plain) - _HARMLESS) | {*_OF_LAKES, _CATALOGUE}


def _names(con: Connection) -> frozenset[str]:
    return frozenset(name for (name,) in con.execute("SELECT DISTINCT lower(function_name) FROM duckdb_functions()").fetchall())
