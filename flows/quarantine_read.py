"""What goes through the gate when rows are released: all that is known of their documents, as if it had just been read.

Of each document the rows that are loaded and the rows that are released, in the form in which a run settles what it has read.
What the gate emptied when it held rows back, since it referred to them, is filled again.
"""
# ruff: noqa: S608   names in the SQL come from the declarations; values travel in registered frames

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from warehouse.database import Connection
from warehouse.frames import ids, registered
from warehouse.held_rows import frame_of
from warehouse.quarantined import contents
from warehouse.tables import (
    ARTICLE_KEYS,
    BATCH_TABLES,
    CLAIM_CLUSTERS,
    CLAIM_ENTITIES,
    CLAIM_RELATIONS,
    CLAIM_TERMS,
    CLAIMS,
    DOCUMENT_RELATIONS,
    DOCUMENTS,
    ENTITY_ALIASES,
    MENTIONS,
    QUANTITIES,
    TABLES,
    TIME_EXPRESSIONS,
    Table,
)

Frames = dict[str, pl.DataFrame]

_BY_NAME = {table.name: table for table in TABLES}
_DOCUMENT_ID = "document_id"


@dataclass(frozen=True, slots=True)
class Reread:
    """The tables of the documents concerned, as `flows.settle` takes them.

    `released` are the documents that are released themselves, in the columns and with the revisions in which they were held
    back; where another revision of the page has taken the number since, with the next free one.
    """

    tables: Frames
    released: pl.DataFrame


def held_frames(con: Connection, keys: pl.DataFrame) -> Frames:
    """The rows held back of these keys (table_name, row_key), by table; a frame for every table."""
    found = contents(con, keys)
    rows = {name: found.filter(pl.col("table_name") == name)["row"] for name in found["table_name"].unique()}
    return {table.name: frame_of(table, rows.get(table.name, ())) for table in TABLES}


def reread(con: Connection, held: Frames, direct: Frames) -> Reread:
    """All that is known of the documents that the held rows belong to. `direct` are those of the rows that follow no other."""
    asked = held[DOCUMENTS.name]
    released = asked.join(_loaded(con, DOCUMENTS, _DOCUMENT_ID, asked[_DOCUMENT_ID]), on=_DOCUMENT_ID, how="anti")
    concerned = pl.concat([*_concerned(con, held, direct)]).unique()
    there = pl.concat([_loaded(con, DOCUMENTS, _DOCUMENT_ID, concerned)[_DOCUMENT_ID], released[_DOCUMENT_ID]]).unique().sort()
    tables = {}
    for table in BATCH_TABLES:
        if _DOCUMENT_ID in table.schema:
            tables[table.name] = _together(table, _of(held[table.name], there), _loaded(con, table, _DOCUMENT_ID, there))
    claims = tables[CLAIMS.name]["claim_id"]
    links = _of(held[CLAIM_ENTITIES.name], claims)
    tables[CLAIM_ENTITIES.name] = _together(CLAIM_ENTITIES, links, _loaded(con, CLAIM_ENTITIES, "claim_id", claims))
    tables[DOCUMENT_RELATIONS.name] = _relations(con, held[DOCUMENT_RELATIONS.name], there)
    return Reread(_refilled(tables, held, direct), _numbered(con, released))


def _concerned(con: Connection, held: Frames, direct: Frames) -> Iterator[pl.Series]:
    """Ids of the documents that rows belong to; of rows that were made from others only where they failed by themselves."""
    for table in BATCH_TABLES:
        if _DOCUMENT_ID in table.schema:
            yield held[table.name][_DOCUMENT_ID]
    for table in (DOCUMENT_RELATIONS, CLAIM_TERMS, ARTICLE_KEYS):
        yield direct[table.name][_DOCUMENT_ID]
    of_claims = pl.concat([held[CLAIM_ENTITIES.name]["claim_id"], direct[CLAIM_RELATIONS.name]["claim_id"]])
    yield _loaded(con, CLAIMS, "claim_id", of_claims)[_DOCUMENT_ID]
    yield _loaded(con, CLAIMS, "cluster_id", direct[CLAIM_CLUSTERS.name]["cluster_id"])[_DOCUMENT_ID]
    names = held[ENTITY_ALIASES.name].select("alias")
    if not names.is_empty():
        with registered(con, names=names):
            sql = "SELECT DISTINCT document_id FROM mentions WHERE entity_id IS NULL AND text IN (FROM names)"
            yield con.execute(sql).pl()[_DOCUMENT_ID]


def _relations(con: Connection, held: pl.DataFrame, there: pl.Series) -> pl.DataFrame:
    """The relations of these documents, loaded and held back, both of whose ends are at hand."""
    with registered(con, asked=ids(_DOCUMENT_ID, there)):
        loaded = con.execute(
            "FROM document_relations WHERE document_id IN (FROM asked) OR other_document_id IN (FROM asked)"
        ).pl()
    ends = pl.concat([held[_DOCUMENT_ID], held["other_document_id"]])
    at_hand = pl.concat([there, _loaded(con, DOCUMENTS, _DOCUMENT_ID, ends)[_DOCUMENT_ID]]).implode()
    whole = held.filter(pl.col(_DOCUMENT_ID).is_in(at_hand) & pl.col("other_document_id").is_in(at_hand))
    return _together(DOCUMENT_RELATIONS, whole, loaded)


def _numbered(con: Connection, released: pl.DataFrame) -> pl.DataFrame:
    with registered(con, asked=released.select("page_id").unique()):
        sql = "SELECT page_id, revision FROM documents SEMI JOIN asked USING (page_id)"
        taken: dict[str, set[int]] = {}
        for page_id, revision in con.execute(sql).fetchall():
            taken.setdefault(page_id, set()).add(revision)
    numbers = []
    released = released.sort("page_id", "revision", _DOCUMENT_ID)
    for page_id, revision in released.select("page_id", "revision").iter_rows():
        numbers_taken = taken.setdefault(page_id, set())
        numbers.append(max(numbers_taken) + 1 if revision in numbers_taken else revision)
        numbers_taken.add(numbers[-1])
    return released.with_columns(revision=pl.Series(numbers, dtype=pl.Int32))


def _refilled(tables: Frames, held: Frames, direct: Frames) -> Frames:
    """The tables with the references that were emptied when what they led to was held back."""
    claims, mentions = tables[CLAIMS.name], tables[MENTIONS.name]
    for role in ("speaker", "subject", "object"):
        links = held[CLAIM_ENTITIES.name].filter(pl.col("role") == role)
        again = pl.coalesce(f"{role}_id", pl.when(pl.col(role).is_not_null()).then("entity_id"))
        claims = claims.join(links.select("claim_id", "entity_id"), on="claim_id", how="left", maintain_order="left")
        claims = claims.with_columns(again.alias(f"{role}_id")).drop("entity_id")
    # Which entity an emptied mention stood for is kept nowhere; by a form that one entity alone bears it is known again.
    forms = held[ENTITY_ALIASES.name].join(direct["entities"], on="entity_id", how="semi")
    forms = forms.unique("alias", keep="none").select(text="alias", again="entity_id")
    mentions = mentions.join(forms, on="text", how="left", maintain_order="left")
    mentions = mentions.with_columns(entity_id=pl.coalesce("entity_id", "again")).drop("again")
    placed = {table.name: _in_claims(tables[table.name], table, claims) for table in (QUANTITIES, TIME_EXPRESSIONS)}
    return {**tables, CLAIMS.name: claims, MENTIONS.name: mentions, **placed}


def _in_claims(frame: pl.DataFrame, table: Table, claims: pl.DataFrame) -> pl.DataFrame:
    """The rows with the smallest claim that holds each, as they were when all claims were there."""
    [key] = table.key
    length = pl.col("last") - pl.col("first")
    spans = claims.select(_DOCUMENT_ID, claim="claim_id", first="start_char", last="end_char")
    holding = (
        frame.select(key, _DOCUMENT_ID, "start_char", "end_char")
        .join(spans, on=_DOCUMENT_ID)
        .filter((pl.col("first") <= pl.col("start_char")) & (pl.col("end_char") <= pl.col("last")))
        .sort(length, "first")
        .unique(key, keep="first", maintain_order=True)
    )
    placed = frame.join(holding.select(key, "claim"), on=key, how="left", maintain_order="left")
    return placed.with_columns(claim_id="claim").select(table.schema.names())


def _loaded(con: Connection, table: Table, column: str, values: Iterable[str]) -> pl.DataFrame:
    """Rows of the table, in its declared schema, that have one of these values in the column."""
    with registered(con, asked=ids(column, values).unique()):
        names = ", ".join(table.schema.names())
        return con.execute(f"SELECT {names} FROM {table.name} SEMI JOIN asked USING ({column})").pl()


def _of(frame: pl.DataFrame, values: pl.Series) -> pl.DataFrame:
    """The rows whose column of that name is among the values."""
    return frame.filter(pl.col(values.name).is_in(values.implode()))


def _together(table: Table, held: pl.DataFrame, loaded: pl.DataFrame) -> pl.DataFrame:
    """Rows of both, one a key, sorted by it; what was held back goes before what is loaded under its key."""
    return pl.concat([held, loaded]).unique(table.key, keep="first", maintain_order=True).sort(table.key)
