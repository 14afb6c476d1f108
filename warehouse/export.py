"""The warehouse as others take it: each table in batches, and the claims that stand with all that is known around them.

Nothing here holds more than a batch at a time, whatever the warehouse holds.
"""
# ruff: noqa: S608   names in the SQL come from the catalogue of the warehouse, quoted; values travel as parameters

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from warehouse import ddl
from warehouse.database import Connection, in_memory
from warehouse.migrate import is_lake, views
from warehouse.tables import CLAIMS, TABLES

BATCH_ROWS = 4096
"""Rows of a batch: of documents, with their texts, some 20 MB."""
CLAIM_ROWS = 20_000
"""Claims that are looked up at a time. Fewer at a time take longer: each time the other tables are looked through."""

# Some claims and what they need stand in temporary tables under the tables' own names: the view, which is made over these
# once more, then joins few rows instead of all. The place of a row is what claims are counted off by: to sort them would need
# all of them.
_CHOSEN = {
    "claims": "SELECT * FROM {database}.claims WHERE rowid >= $start AND rowid < $end",
    "documents": "SELECT * EXCLUDE (text) FROM {database}.documents SEMI JOIN temp.claims USING (document_id)",
    "sentences": "FROM {database}.sentences SEMI JOIN temp.claims USING (sentence_id)",
    "claim_entities": "FROM {database}.claim_entities SEMI JOIN temp.claims USING (claim_id)",
    "claim_clusters": "FROM {database}.claim_clusters SEMI JOIN temp.claims USING (cluster_id)",
}
_VIEW = "current_claims"
_CLAIMS = """
    WITH linked AS (
        SELECT l.claim_id, list({
            'entity_id': l.entity_id, 'role': l.role, 'name': e.name, 'type': e.type, 'wikidata_id': e.wikidata_id
        } ORDER BY l.role, e.name, l.entity_id) AS entities
        FROM claim_entities AS l JOIN entities AS e USING (entity_id) GROUP BY l.claim_id
    )
    SELECT m.* EXCLUDE (sentence), d.canonical_url, d.modified_at, d.language, d.revision,
        substr(m.sentence, 1, greatest(m.start_char - s.start_char, 0)) AS before,
        substr(m.sentence, greatest(m.end_char - s.start_char, 0) + 1) AS after,
        coalesce(l.entities, []) AS entities, k.text AS statement, k.first_published_at AS statement_first_published_at
    FROM current_claims AS m
    JOIN claims AS c USING (claim_id)
    JOIN documents AS d ON d.document_id = m.document_id
    JOIN sentences AS s ON s.sentence_id = m.sentence_id
    JOIN claim_clusters AS k ON k.cluster_id = m.cluster_id
    LEFT JOIN linked AS l ON l.claim_id = m.claim_id
    ORDER BY c.rowid
"""


@dataclass(frozen=True, slots=True)
class ColumnOfFile:
    """A column as the warehouse has it: its name, DuckDB's name of its type, and what it means."""

    name: str
    type: str
    doc: str | None


def columns_of(con: Connection) -> dict[str, tuple[ColumnOfFile, ...]]:
    """The columns of every table and view, people's own among them; the tables of Claimhouse come first, in their order."""
    rows = con.execute("""
        SELECT table_name, list({'name': column_name, 'type': data_type, 'doc': comment} ORDER BY column_index)
        FROM duckdb_columns() WHERE database_name = current_database() AND NOT internal GROUP BY table_name ORDER BY table_name
    """).fetchall()
    told = _of_views() if is_lake(con) else {}
    found = {
        name: tuple(ColumnOfFile(**{**column, "doc": column["doc"] or told.get((name, column["name"]))}) for column in columns)
        for name, columns in rows
    }
    ours = [table.name for table in TABLES if table.name in found]
    return {name: found[name] for name in (*ours, *(name for name in found if name not in ours))}


def _of_views() -> dict[tuple[str, str], str | None]:
    """What columns of views mean, by view and name: a lake keeps no comments on these."""
    with closing(in_memory()) as con:
        rows = con.execute("SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal").fetchall()
    return {(view, column): comment for view, column, comment in rows}


def batches_of(con: Connection, relation: str, columns: tuple[ColumnOfFile, ...]) -> pa.RecordBatchReader:
    """All rows of the table or view, in batches, in the order in which they stand there."""
    names = ", ".join(ddl.named(column.name) for column in columns)
    return con.execute(f"SELECT {names} FROM {ddl.named(relation)}").to_arrow_reader(BATCH_ROWS)


def claims_told(con: Connection, rows: int = CLAIM_ROWS) -> Iterator[pl.DataFrame]:
    """Every claim of a current, kept document, in the order of `claims`, with its article, entities and cluster.

    The columns are those of `current_claims` and some of its document; `before` and `after` are what stands around the claim
    in its sentence, `entities` are structures, `statement` is the text of its cluster.
    """
    [[database, end]] = con.execute(f"SELECT current_database(), coalesce(max(rowid), -1) + 1 FROM {CLAIMS.name}").fetchall()
    try:
        for start in range(0, end, rows):
            for name, chosen in _CHOSEN.items():
                span = {"start": start, "end": start + rows} if "$start" in chosen else {}
                con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {chosen.format(database=database)}", span)
            con.execute(_temporary_view())
            yield con.execute(_CLAIMS).pl()
    finally:
        con.execute(f"DROP VIEW IF EXISTS temp.{_VIEW}")
        for name in _CHOSEN:
            con.execute(f"DROP TABLE IF EXISTS temp.{name}")


def _temporary_view() -> str:
    [view] = [view for view in views() if view.name == _VIEW]
    created, _, _ = view.sql.partition(";")  # comments on its columns follow
    return created.replace("CREATE OR REPLACE VIEW", "CREATE OR REPLACE TEMP VIEW", 1)
