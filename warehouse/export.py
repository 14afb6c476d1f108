"""The warehouse as others take it: each table in batches, and the claims that stand with all that is known around them.

Nothing here holds more than a batch at a time, whatever the warehouse holds.
"""
# ruff: noqa: S608   names in the SQL come from the catalogue of the warehouse, quoted; values travel as parameters

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from warehouse.database import Connection
from warehouse.tables import CLAIMS, TABLES

BATCH_ROWS = 16_384
CLAIM_ROWS = 20_000
"""Claims that are looked up at a time. Fewer take longer: each time the other tables are looked through."""

# The place of a row in its table is what claims are counted off by: to sort them would need all of them.
_CLAIMS = """
    WITH chosen AS MATERIALIZED (SELECT rowid AS place, claim_id FROM claims WHERE rowid >= $start AND rowid < $end),
    made AS MATERIALIZED (FROM current_claims SEMI JOIN chosen USING (claim_id)),
    linked AS (
        SELECT l.claim_id, list({
            'entity_id': l.entity_id, 'role': l.role, 'name': e.name, 'type': e.type, 'wikidata_id': e.wikidata_id
        } ORDER BY l.role, e.name, l.entity_id) AS entities
        FROM (FROM claim_entities SEMI JOIN chosen USING (claim_id)) AS l JOIN entities AS e USING (entity_id)
        GROUP BY l.claim_id
    )
    SELECT m.* EXCLUDE (sentence), d.canonical_url, d.modified_at, d.language, d.revision,
        substr(m.sentence, 1, greatest(m.start_char - s.start_char, 0)) AS before,
        substr(m.sentence, greatest(m.end_char - s.start_char, 0) + 1) AS after,
        coalesce(l.entities, []) AS entities, k.text AS statement, k.first_published_at AS statement_first_published_at,
    FROM made AS m
    JOIN chosen AS c USING (claim_id)
    JOIN (SELECT document_id, canonical_url, modified_at, language, revision FROM documents
        SEMI JOIN made USING (document_id)) AS d USING (document_id)
    JOIN (SELECT sentence_id, start_char FROM sentences SEMI JOIN made USING (sentence_id)) AS s USING (sentence_id)
    JOIN (FROM claim_clusters SEMI JOIN made USING (cluster_id)) AS k USING (cluster_id)
    LEFT JOIN linked AS l USING (claim_id)
    ORDER BY c.place
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
    found = {name: tuple(ColumnOfFile(**column) for column in columns) for name, columns in rows}
    ours = [table.name for table in TABLES if table.name in found]
    return {name: found[name] for name in (*ours, *(name for name in found if name not in ours))}


def batches_of(con: Connection, relation: str, columns: tuple[ColumnOfFile, ...]) -> pa.RecordBatchReader:
    """All rows of the table or view, in batches, in the order in which they stand there."""
    names = ", ".join(_quoted(column.name) for column in columns)
    return con.execute(f"SELECT {names} FROM {_quoted(relation)}").to_arrow_reader(BATCH_ROWS)


def claims_told(con: Connection, rows: int = CLAIM_ROWS) -> Iterator[pl.DataFrame]:
    """Every claim of a current, kept document, in the order of `claims`, with its article, entities and cluster.

    The columns are those of `current_claims` and some of its document; `before` and `after` are what stands around the claim
    in its sentence, `entities` are structures, `statement` is the text of its cluster.
    """
    [[end]] = con.execute(f"SELECT coalesce(max(rowid), -1) + 1 FROM {CLAIMS.name}").fetchall()
    for start in range(0, end, rows):
        yield con.execute(_CLAIMS, {"start": start, "end": start + rows}).pl()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
