"""Rows into the warehouse. All frames in and out are Polars.

Loading is idempotent: a row takes the place of the row with its key. The same frames twice leave the same warehouse.
"""
# ruff: noqa: S608   names in the SQL come from the declarations; values travel in registered frames or as parameters

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import polars as pl

from warehouse.database import Connection
from warehouse.frames import ids, registered
from warehouse.tables import (
    CLAIM_CLUSTERS,
    CLAIMS,
    DOCUMENTS,
    ENTITIES,
    ENTITY_ALIASES,
    SENTENCES,
    SOURCES,
    TABLES,
    Column,
    Table,
)
from warehouse.transaction import transaction

_BY_NAME = {table.name: table for table in TABLES}

_FIRST_KEPT = {SOURCES.name: ("added_at",), DOCUMENTS.name: ("first_seen_at", "fetched_at")}
"""Columns in which a row that is there already knows better: they say when something was first met."""

_CHANGES = {"cluster_moves": (CLAIMS, "claim_id"), "superseded": (DOCUMENTS, "document_id")}
"""Frames that change some columns of rows that are there, found by the key; every other column of such a frame is set."""

_FORMER = {"former_clusters": (CLAIM_CLUSTERS,), "former_entities": (ENTITIES, ENTITY_ALIASES)}
"""Frames of keys whose rows give way to those of this load in tables that are written as they are touched."""

_BELONGS = {
    "claim_entities": "claim_id IN (FROM replaced_claims)",
    "claim_relations": "claim_id IN (FROM replaced_claims) OR other_claim_id IN (FROM replaced_claims)",
    "document_relations": "document_id IN (FROM replaced) OR other_document_id IN (FROM replaced)",
}
"""How the rows of a document are found where the table does not simply name it."""


def load_tables(con: Connection, frames: Mapping[str, pl.DataFrame], *, replaced_documents: Sequence[str]) -> None:
    """Load the frames, each under its table's name and in its schema, in one transaction.

    First every row of the `replaced_documents` is taken out, relations with other documents among them. Then each table takes
    the frame's rows, each in the place of a row with its key. A source keeps its first `added_at`, a document its first
    `first_seen_at` and `fetched_at`. A table without a frame is left alone.

    Four more frames change rows that are there: `former_clusters` (cluster_id) and `former_entities` (entity_id) are taken
    out before the new ones come in, with their aliases; `cluster_moves` (claim_id, cluster_id) and `superseded` (document_id
    and the columns to set, such as is_current) set columns. Raises ValueError for a frame of another name or another schema.
    """
    for name, frame in frames.items():
        _check_schema(name, frame)
    with transaction(con), to_replace(con, replaced_documents):
        first_met = {name: _first_met(con, _BY_NAME[name], frames[name]) for name in _FIRST_KEPT if name in frames}
        for table in reversed(TABLES):
            if is_of_replaced := of_replaced(table):
                con.execute(f"DELETE FROM {table.name} WHERE {is_of_replaced}")
        for name in _FORMER.keys() & frames.keys():
            _take_out(con, name, frames[name])
        for table in TABLES:
            if table.name in frames:
                frame = _beside_sentences(con, frames) if table is CLAIMS else frames[table.name]
                _write(con, table, frame, first_met.get(table.name))
        for name in _CHANGES.keys() & frames.keys():
            _change(con, *_CHANGES[name], frames[name])


def touch_documents(con: Connection, document_ids: Sequence[str], seen_at: datetime) -> None:
    """Note that the documents were met again at `seen_at`; an earlier moment than the one that is noted changes nothing."""
    with registered(con, touched=ids("document_id", document_ids)):
        con.execute(
            "UPDATE documents SET last_seen_at = greatest(last_seen_at, $seen_at) WHERE document_id IN (FROM touched)",
            {"seen_at": seen_at},
        )


@contextmanager
def to_replace(con: Connection, document_ids: Iterable[str]) -> Iterator[None]:
    """In the block the frames `replaced` and `replaced_claims`, which `of_replaced` looks into, list these documents' rows."""
    with registered(con, replaced=ids("document_id", document_ids)):
        claims = con.execute("SELECT claim_id FROM claims SEMI JOIN replaced USING (document_id)").pl()
        with registered(con, replaced_claims=claims):
            yield


def of_replaced(table: Table) -> str | None:
    """SQL that holds of the table's rows which go when the documents of `to_replace` do; None where none does."""
    return _BELONGS.get(table.name, "document_id IN (FROM replaced)" if "document_id" in table.schema else None)


def read_table(con: Connection, table: Table) -> pl.DataFrame:
    """All rows of the table in its declared schema, sorted by its key."""
    columns, key = ", ".join(table.schema.names()), ", ".join(table.key)
    return con.execute(f"SELECT {columns} FROM {table.name} ORDER BY {key}").pl()


def _check_schema(name: str, frame: pl.DataFrame) -> None:
    if name in _CHANGES:
        changed, key = _CHANGES[name]
        fits = all(kind == changed.schema.get(column) for column, kind in frame.schema.items())
        if key in frame.schema and frame.width > 1 and fits:
            return
        raise ValueError(f"frame {name} is {dict(frame.schema)}; it needs {key} and columns of {changed.name} in their types")
    if name in _FORMER:
        (former,) = _FORMER[name][0].key
        if frame.schema == {former: pl.String()}:
            return
        raise ValueError(f"frame {name} is {dict(frame.schema)}; it needs {former} alone")
    if name not in _BY_NAME:
        raise ValueError(
            f"frame {name!r} is no table of the warehouse; there are {', '.join([*_BY_NAME, *_CHANGES, *_FORMER])}"
        )
    table = _BY_NAME[name]
    if frame.schema != table.schema:
        differing = sorted(set(frame.schema.items()) ^ set(table.schema.items()), key=str) or "the columns' order"
        raise ValueError(f"frame {name} is not in the declared schema of its table; what differs: {differing}")


def _first_met(con: Connection, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    columns = ", ".join((*table.key, *_FIRST_KEPT[table.name]))
    with registered(con, incoming=frame):
        return con.execute(f"SELECT {columns} FROM {table.name} SEMI JOIN incoming USING ({', '.join(table.key)})").pl()


def _write(con: Connection, table: Table, frame: pl.DataFrame, first_met: pl.DataFrame | None) -> None:
    if first_met is not None:
        frame = _with_first_met(table, frame, first_met)
    with registered(con, incoming=frame):
        con.execute(f"DELETE FROM {table.name} USING incoming WHERE {_same_key(table)}")
        con.execute(f"INSERT INTO {table.name} BY NAME FROM incoming")


def _beside_sentences(con: Connection, frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The claims, each with its sentence and the heading above it: who asks for both needs to look through one table only."""
    claims = frames[CLAIMS.name].drop("sentence", "section")
    found = frames[SENTENCES.name] if SENTENCES.name in frames else SENTENCES.frame()
    others = claims.join(found, on="sentence_id", how="anti")["sentence_id"]
    if not others.is_empty():
        with registered(con, asked=ids("sentence_id", others)):
            known = con.execute("FROM sentences SEMI JOIN asked USING (sentence_id)").pl()
        found = pl.concat([found, known.select(found.columns).cast(found.schema)])
    beside = found.select("sentence_id", "section", sentence="text")
    return claims.join(beside, on="sentence_id", how="left", maintain_order="left").select(CLAIMS.schema.names())


def _with_first_met(table: Table, frame: pl.DataFrame, first_met: pl.DataFrame) -> pl.DataFrame:
    columns = _FIRST_KEPT[table.name]
    joined = frame.join(first_met, on=table.key, how="left", suffix="_known", maintain_order="left")
    earlier = (pl.min_horizontal(column, f"{column}_known").alias(column) for column in columns)
    return joined.with_columns(earlier).select(frame.columns)


def _take_out(con: Connection, name: str, keys: pl.DataFrame) -> None:
    with registered(con, former=keys):
        for table in _FORMER[name]:
            con.execute(f"DELETE FROM {table.name} WHERE {keys.columns[0]} IN (FROM former)")


def _change(con: Connection, table: Table, key: str, frame: pl.DataFrame) -> None:
    settings = ", ".join(f"{column} = changes.{column}" for column in frame.columns if column != key)
    with registered(con, changes=frame):
        con.execute(f"UPDATE {table.name} SET {settings} FROM changes WHERE {table.name}.{key} = changes.{key}")


def _same_key(table: Table) -> str:
    return " AND ".join(_same(table, table.column(name)) for name in table.key)


def _same(table: Table, column: Column) -> str:
    equals = "IS NOT DISTINCT FROM" if column.nullable else "="
    return f"{table.name}.{column.name} {equals} incoming.{column.name}"
