"""The whole warehouse in parts that fit in memory, with what the rows of each refer to elsewhere.

A part holds some pages with all of their revisions, and all rows that belong to these; or some rows of tables that belong to no
document, those of one key together: with a run goes all that it tells of itself.
"""
# ruff: noqa: S608   names in the SQL come from the declarations; values travel in registered frames or as parameters

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

import polars as pl

from warehouse.database import Connection
from warehouse.frames import registered
from warehouse.tables import DOCUMENTS, TABLES, Table

PART_DOCUMENTS = 4_000
"""Documents of a part: with their sentences and all that was found in them, some hundred megabytes."""
PART_ROWS = 200_000
"""Rows of a part of a table that belongs to no document."""

_OF_DOCUMENTS = [table for table in TABLES if "document_id" in table.schema]
_OF_CLAIMS = [table for table in TABLES if "claim_id" in table.schema and table not in _OF_DOCUMENTS]
_BY_THEMSELVES = [table for table in TABLES if table not in _OF_DOCUMENTS and table not in _OF_CLAIMS]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows by table, and by `table.column` those of the keys that they refer to which the warehouse holds."""

    frames: Mapping[str, pl.DataFrame]
    found: Mapping[str, pl.Series]


def parts(con: Connection, *, documents: int = PART_DOCUMENTS, rows: int = PART_ROWS) -> Iterator[Part]:
    """Every row of the warehouse once, in parts of about so many documents, or rows of other tables.

    What refers to a document or claim that is not there comes last, where there is such a thing.
    """
    for chosen in _pages(con, documents):
        yield _part(con, _of_documents(con, chosen))
    for key in dict.fromkeys(table.key[0] for table in _BY_THEMSELVES):
        tables = [table for table in _BY_THEMSELVES if table.key[0] == key]
        count = ceil(max(_count(con, table) for table in tables) / rows) or 1
        for number in range(count):
            is_of_part = f"hash({key}) % {count} = {number}"
            yield _part(con, {table.name: _rows(con, table, is_of_part) for table in tables})
    strays = _strays(con)
    if any(not frame.is_empty() for frame in strays.values()):
        yield _part(con, strays)


def _pages(con: Connection, documents: int) -> Iterator[pl.DataFrame]:
    """The document_ids of each part: all revisions of a page are in the same."""
    count = ceil(_count(con, DOCUMENTS) / documents) or 1
    for number in range(count):
        sql = "SELECT document_id FROM documents WHERE hash(page_id) % $count = $number"
        yield con.execute(sql, {"count": count, "number": number}).pl()


def _of_documents(con: Connection, chosen: pl.DataFrame) -> dict[str, pl.DataFrame]:
    with registered(con, chosen=chosen):
        of_claims = "claim_id IN (SELECT claim_id FROM claims SEMI JOIN chosen USING (document_id))"
        frames = {table.name: _rows(con, table, "document_id IN (FROM chosen)") for table in _OF_DOCUMENTS}
        return frames | {table.name: _rows(con, table, of_claims) for table in _OF_CLAIMS}


def _strays(con: Connection) -> dict[str, pl.DataFrame]:
    """Rows of documents that are not there, and of claims that are not."""
    ids = " UNION ".join(
        f"SELECT document_id FROM {table.name} ANTI JOIN documents USING (document_id)"
        for table in _OF_DOCUMENTS
        if table is not DOCUMENTS
    )
    frames = _of_documents(con, con.execute(ids).pl())
    lost = {table.name: _rows(con, table, "claim_id NOT IN (SELECT claim_id FROM claims)") for table in _OF_CLAIMS}
    return frames | {name: pl.concat([frames[name], frame]) for name, frame in lost.items()}


def _part(con: Connection, frames: Mapping[str, pl.DataFrame]) -> Part:
    asked: dict[str, list[pl.Series]] = {}
    for table in TABLES:
        for column in table.columns if table.name in frames else ():
            if column.references:
                asked.setdefault(column.references, []).append(frames[table.name][column.name].alias("key"))
    return Part(frames, {reference: _found(con, reference, pl.concat(keys)) for reference, keys in asked.items()})


def _found(con: Connection, reference: str, keys: pl.Series) -> pl.Series:
    table, column = reference.split(".")
    with registered(con, asked=keys.drop_nulls().unique().to_frame()):
        sql = f"SELECT DISTINCT {column} FROM {table} WHERE {column} IN (FROM asked)"
        return con.execute(sql).pl().to_series()


def _rows(con: Connection, table: Table, which: str) -> pl.DataFrame:
    columns, key = ", ".join(table.schema.names()), ", ".join(table.key)
    return con.execute(f"SELECT {columns} FROM {table.name} WHERE {which} ORDER BY {key}").pl()


def _count(con: Connection, table: Table) -> int:
    return int(con.execute(f"SELECT count(*) FROM {table.name}").pl().item())
