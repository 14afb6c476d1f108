"""Rows into the warehouse, and what later runs need to know of it. All frames in and out are Polars.

Loading is idempotent: a row takes the place of the row with its key. The same frames twice leave the same warehouse.
"""
# ruff: noqa: S608   names in the SQL come from the declarations; values travel in registered frames or as parameters

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import polars as pl

from warehouse.database import Connection, over_frames
from warehouse.tables import CLAIMS, DOCUMENTS, SOURCES, TABLES, Column, Table
from warehouse.transaction import transaction

_BY_NAME = {table.name: table for table in TABLES}

_FIRST_KEPT = {SOURCES.name: ("added_at",), DOCUMENTS.name: ("first_seen_at", "fetched_at")}
"""Columns in which a row that is there already knows better: they say when something was first met."""

_CHANGES = {"cluster_moves": (CLAIMS, "claim_id"), "superseded": (DOCUMENTS, "document_id")}
"""Frames that change some columns of rows that are there, found by the key; every other column of such a frame is set."""

_REPLACED_CLAIMS = "SELECT claim_id FROM claims WHERE document_id IN (FROM replaced)"
_BELONGS = {
    "claim_entities": f"claim_id IN ({_REPLACED_CLAIMS})",
    "claim_relations": f"claim_id IN ({_REPLACED_CLAIMS}) OR other_claim_id IN ({_REPLACED_CLAIMS})",
    "document_relations": "document_id IN (FROM replaced) OR other_document_id IN (FROM replaced)",
}
"""How the rows of a document are found where the table does not simply name it."""

# A figure or a time belongs to every claim whose span holds it; its own claim_id names only the smallest.
_CLAIMS_TO_COMPARE = """
    SELECT
        c.claim_id, c.document_id, d.page_id, c.text, c.resolved_text, c.attribution, c.speaker, c.speaker_id, c.subject,
        c.subject_id, c.predicate, c.object, c.object_id, c.claim_type, c.modality, c.is_negated, c.checkworthiness,
        c.cluster_id, d.is_current, d.published_at, d.site,
        coalesce(e.entity_ids, []) AS entity_ids, coalesce(q.quantities, []) AS quantities, coalesce(t.times, []) AS times
    FROM claims AS c
    JOIN documents AS d USING (document_id)
    LEFT JOIN (
        SELECT claim_id, list(DISTINCT entity_id ORDER BY entity_id) AS entity_ids
        FROM claim_entities WHERE role <> 'speaker' GROUP BY claim_id
    ) AS e USING (claim_id)
    LEFT JOIN (
        SELECT c.claim_id, list({
            'value': q.value, 'upper_value': q.upper_value, 'unit': q.unit, 'kind': q.kind, 'is_approximate': q.is_approximate
        } ORDER BY q.start_char, q.quantity_id) AS quantities
        FROM claims AS c JOIN quantities AS q USING (document_id)
        WHERE q.start_char >= c.start_char AND q.end_char <= c.end_char GROUP BY c.claim_id
    ) AS q USING (claim_id)
    LEFT JOIN (
        SELECT c.claim_id, list({'earliest': t.earliest, 'latest': t.latest} ORDER BY t.start_char, t.time_id) AS times
        FROM claims AS c JOIN time_expressions AS t USING (document_id)
        WHERE t.start_char >= c.start_char AND t.end_char <= c.end_char GROUP BY c.claim_id
    ) AS t USING (claim_id)
    WHERE d.outcome = 'kept'
    ORDER BY c.claim_id
"""


def load_tables(con: Connection, frames: Mapping[str, pl.DataFrame], *, replaced_documents: Sequence[str]) -> None:
    """Load the frames, each under its table's name and in its schema, in one transaction.

    First every row of the `replaced_documents` is taken out, relations with other documents among them. Then `document`
    and `run` tables take the frame's rows, each in the place of a row with its key; `whole` tables hold the frame's rows and
    no others. A source keeps its first `added_at`, a document its first `first_seen_at` and `fetched_at`. A table without
    a frame is left alone.

    Two more frames change rows that are there: `cluster_moves` (claim_id, cluster_id) and `superseded` (document_id and
    the columns to set, such as is_current). Raises ValueError for a frame of another name or another schema.
    """
    for name, frame in frames.items():
        _check_schema(name, frame)
    with transaction(con), _registered(con, replaced=_ids(replaced_documents)):
        first_met = {name: _first_met(con, _BY_NAME[name], frames[name]) for name in _FIRST_KEPT if name in frames}
        for table in reversed(TABLES):
            if of_replaced := _of_replaced(table):
                con.execute(f"DELETE FROM {table.name} WHERE {of_replaced}")
        for table in TABLES:
            if table.name in frames:
                _write(con, table, frames[table.name], first_met.get(table.name))
        for name in _CHANGES.keys() & frames.keys():
            _change(con, *_CHANGES[name], frames[name])


def touch_documents(con: Connection, document_ids: Sequence[str], seen_at: datetime) -> None:
    """Note that the documents were met again at `seen_at`; an earlier moment than the one that is noted changes nothing."""
    with _registered(con, touched=_ids(document_ids)):
        con.execute(
            "UPDATE documents SET last_seen_at = greatest(last_seen_at, $seen_at) WHERE document_id IN (FROM touched)",
            {"seen_at": seen_at},
        )


def read_table(con: Connection, table: Table) -> pl.DataFrame:
    """All rows of the table in its declared schema, sorted by its key."""
    columns, key = ", ".join(table.schema.names()), ", ".join(table.key)
    return con.execute(f"SELECT {columns} FROM {table.name} ORDER BY {key}").pl()


def known_documents(con: Connection) -> pl.DataFrame:
    """Every document of every outcome, in the columns of `documents` but its text, sorted by document_id."""
    return con.execute("SELECT * EXCLUDE (text) FROM documents ORDER BY document_id").pl()


def article_text(con: Connection, document_ids: Sequence[str] | None = None) -> pl.DataFrame:
    """document_id, page_id, revision, published_at, url and text: the article's own sentences, in order, one a line.

    Of the given documents, else of all that were articles (kept and duplicates). What stands outside body, lists and
    headings is left out; a document without any of these has no row. Sorted by document_id.
    """
    wanted = "d.outcome IN ('kept', 'duplicate')" if document_ids is None else "d.document_id IN (FROM asked)"
    with _registered(con, asked=_ids(document_ids or ())):
        return con.execute(f"""
            SELECT d.document_id, any_value(d.page_id) AS page_id, any_value(d.revision) AS revision,
                any_value(d.published_at) AS published_at, any_value(d.url) AS url,
                string_agg(s.text, chr(10) ORDER BY s.position) AS text
            FROM documents AS d JOIN sentences AS s USING (document_id)
            WHERE {wanted} AND s.zone IN ('body', 'list', 'heading')
            GROUP BY d.document_id ORDER BY d.document_id
        """).pl()


def known_claims(con: Connection) -> pl.DataFrame:
    """Every claim of every kept document, older revisions among them, with what comparing needs. Sorted by claim_id.

    `entity_ids` are the entities that the claim is about or mentions, sorted; the speaker is none of them. `quantities`
    and `times` are those that stand within the claim's span, in its order.
    """
    return con.execute(_CLAIMS_TO_COMPARE).pl()


def staged_claims(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The same as `known_claims` for claims that are not loaded yet, from the frames under their tables' names."""
    tables = ("documents", "claims", "claim_entities", "quantities", "time_expressions")
    con = over_frames({name: frames[name] for name in tables})
    try:
        return con.execute(_CLAIMS_TO_COMPARE).pl()
    finally:
        con.close()


def _check_schema(name: str, frame: pl.DataFrame) -> None:
    if name in _CHANGES:
        changed, key = _CHANGES[name]
        fits = all(kind == changed.schema.get(column) for column, kind in frame.schema.items())
        if key in frame.schema and frame.width > 1 and fits:
            return
        raise ValueError(f"frame {name} is {dict(frame.schema)}; it needs {key} and columns of {changed.name} in their types")
    if name not in _BY_NAME:
        raise ValueError(f"frame {name!r} is no table of the warehouse; there are {', '.join([*_BY_NAME, *_CHANGES])}")
    table = _BY_NAME[name]
    if frame.schema != table.schema:
        differing = sorted(set(frame.schema.items()) ^ set(table.schema.items()), key=str) or "the columns' order"
        raise ValueError(f"frame {name} is not in the declared schema of its table; what differs: {differing}")


def _of_replaced(table: Table) -> str | None:
    if "document_id" in table.schema:
        return _BELONGS.get(table.name, "document_id IN (FROM replaced)")
    return _BELONGS.get(table.name)


def _first_met(con: Connection, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    columns = ", ".join((*table.key, *_FIRST_KEPT[table.name]))
    with _registered(con, incoming=frame):
        return con.execute(f"SELECT {columns} FROM {table.name} SEMI JOIN incoming USING ({', '.join(table.key)})").pl()


def _write(con: Connection, table: Table, frame: pl.DataFrame, first_met: pl.DataFrame | None) -> None:
    if first_met is not None:
        frame = _with_first_met(table, frame, first_met)
    with _registered(con, incoming=frame):
        if table.written == "whole":
            con.execute(f"DELETE FROM {table.name}")
        else:
            con.execute(f"DELETE FROM {table.name} USING incoming WHERE {_same_key(table)}")
        con.execute(f"INSERT INTO {table.name} BY NAME FROM incoming")


def _with_first_met(table: Table, frame: pl.DataFrame, first_met: pl.DataFrame) -> pl.DataFrame:
    columns = _FIRST_KEPT[table.name]
    joined = frame.join(first_met, on=table.key, how="left", suffix="_known", maintain_order="left")
    earlier = (pl.min_horizontal(column, f"{column}_known").alias(column) for column in columns)
    return joined.with_columns(earlier).select(frame.columns)


def _change(con: Connection, table: Table, key: str, frame: pl.DataFrame) -> None:
    settings = ", ".join(f"{column} = changes.{column}" for column in frame.columns if column != key)
    with _registered(con, changes=frame):
        con.execute(f"UPDATE {table.name} SET {settings} FROM changes WHERE {table.name}.{key} = changes.{key}")


def _same_key(table: Table) -> str:
    return " AND ".join(_same(table, table.column(name)) for name in table.key)


def _same(table: Table, column: Column) -> str:
    equals = "IS NOT DISTINCT FROM" if column.nullable else "="
    return f"{table.name}.{column.name} {equals} incoming.{column.name}"


def _ids(document_ids: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame({"document_id": list(document_ids)}, schema={"document_id": pl.String})


@contextmanager
def _registered(con: Connection, **frames: pl.DataFrame) -> Iterator[None]:
    for name, frame in frames.items():
        con.register(name, frame)
    try:
        yield
    finally:
        for name in frames:
            con.unregister(name)
