"""What the rows of a whole warehouse come to, held against what its tables say of it: keys, counts, pairs, numbers.

Rows that the gate held back are in the counts that were made before, and in none that are made here: what hangs on one of them
is left out of a tally, and its number is told.
"""
# ruff: noqa: S608   names in the SQL come from the declarations

from collections.abc import Iterator

import polars as pl

from warehouse.database import Connection
from warehouse.tables import TABLES

TALLY = pl.Schema(
    [
        ("table_name", pl.String()),
        ("expectation", pl.String()),
        ("judged", pl.Int64()),
        ("failed", pl.Int64()),
        ("left_out", pl.Int64()),
        ("failing_keys", pl.List(pl.String())),
    ]
)
"""A row of tallies: of so many rows, or things that they tell of, so many failed; `failing_keys` are the first of these."""
UNIQUE_KEY = "expect_key_to_be_unique"
_SHOWN = 5

_HELD_BACK = """
CREATE OR REPLACE TEMP TABLE held AS
SELECT DISTINCT q.table_name, q.row ->> '$.page_id' AS page_id, q.row ->> '$.cluster_id' AS cluster_id,
    q.row ->> '$.entity_id' AS entity_id
FROM quarantine AS q JOIN runs AS r USING (run_id)
WHERE r.status <> 'stopped' AND q.resolution IS DISTINCT FROM 'released';
CREATE OR REPLACE TEMP TABLE held_pages AS SELECT page_id FROM held WHERE table_name = 'documents';
CREATE OR REPLACE TEMP TABLE held_documents AS SELECT document_id FROM documents WHERE page_id IN (FROM held_pages);
CREATE OR REPLACE TEMP TABLE held_entities AS
SELECT entity_id FROM held WHERE table_name IN ('mentions', 'entities') AND entity_id NOTNULL
UNION SELECT entity_id FROM mentions SEMI JOIN held_documents USING (document_id) WHERE entity_id NOTNULL;
CREATE OR REPLACE TEMP TABLE held_clusters AS
SELECT cluster_id FROM held WHERE table_name = 'claims' AND cluster_id NOTNULL
UNION SELECT cluster_id FROM claims SEMI JOIN held_documents USING (document_id);
-- where an entity was held back, its speakers are counted by their words since
CREATE OR REPLACE TEMP TABLE unnamed_clusters AS
SELECT cluster_id FROM claims WHERE speaker_id IS NULL AND EXISTS (SELECT 1 FROM held WHERE table_name = 'entities');
"""

# What stands in one article counts once, however often it was copied: a copy goes with what it is most a copy of.
_ARTICLES = """
    WITH RECURSIVE copied AS (
        SELECT document_id, other_document_id FROM document_relations WHERE relation IN ('copy', 'near_copy')
        QUALIFY row_number() OVER (PARTITION BY document_id ORDER BY score DESC, other_document_id) = 1
    ),
    leads (document_id, article) AS (
        FROM copied
        UNION
        SELECT l.document_id, c.other_document_id FROM leads AS l JOIN copied AS c ON c.document_id = l.article
    ),
    firsts AS (SELECT document_id, article FROM leads ANTI JOIN copied ON copied.document_id = leads.article),
    made AS (
        SELECT c.cluster_id, coalesce(f.article, c.document_id) AS article,
            first(d.site ORDER BY d.published_at IS NULL, d.published_at, c.claim_id) AS site
        FROM claims AS c JOIN documents AS d USING (document_id) LEFT JOIN firsts AS f USING (document_id)
        WHERE d.is_current GROUP BY ALL
    ),
    counted AS (SELECT cluster_id, count(*) AS documents, count(DISTINCT site) AS sites FROM made GROUP BY cluster_id)
"""

_TALLIES = {
    ("entities", "expect_counts_to_agree_with_mentions"): """
        WITH counted AS (
            SELECT entity_id, count(*) AS mentions, count(DISTINCT document_id) AS documents
            FROM mentions JOIN documents USING (document_id) WHERE is_current GROUP BY entity_id
        )
        SELECT e.entity_id AS key, CASE WHEN e.entity_id NOT IN (FROM held_entities) THEN
            e.mention_count = coalesce(c.mentions, 0) AND e.document_count = coalesce(c.documents, 0) END AS holds
        FROM entities AS e LEFT JOIN counted AS c USING (entity_id)
    """,
    ("entities", "expect_entity_to_be_mentioned"): """
        SELECT entity_id AS key, m.entity_id NOTNULL OR entity_id IN (FROM held_entities) AS holds
        FROM entities AS e LEFT JOIN (SELECT DISTINCT entity_id FROM mentions) AS m USING (entity_id)
    """,
    ("claim_clusters", "expect_counts_to_agree_with_claims"): """
        WITH counted AS (
            SELECT cluster_id, count(*) AS claims, count(DISTINCT coalesce(speaker_id, lower(speaker))) AS speakers
            FROM claims JOIN documents USING (document_id) WHERE is_current GROUP BY cluster_id
        )
        SELECT k.cluster_id AS key, CASE WHEN k.cluster_id NOT IN (FROM held_clusters) THEN
            k.claim_count = coalesce(c.claims, 0) AND (k.speaker_count = coalesce(c.speakers, 0)
                OR k.cluster_id IN (FROM unnamed_clusters)) END AS holds
        FROM claim_clusters AS k LEFT JOIN counted AS c USING (cluster_id)
    """,
    ("claim_clusters", "expect_counts_to_agree_with_articles"): f"""{_ARTICLES}
        SELECT k.cluster_id AS key, CASE WHEN k.cluster_id NOT IN (FROM held_clusters) THEN
            k.document_count = coalesce(c.documents, 0) AND k.site_count = coalesce(c.sites, 0) END AS holds
        FROM claim_clusters AS k LEFT JOIN counted AS c USING (cluster_id)
    """,
    ("claim_clusters", "expect_publications_to_agree_with_articles"): """
        WITH counted AS (
            SELECT cluster_id, min(published_at) AS first_at, max(published_at) AS last_at
            FROM claims JOIN documents USING (document_id) GROUP BY cluster_id
        )
        SELECT k.cluster_id AS key, CASE WHEN k.cluster_id NOT IN (FROM held_clusters) THEN
            k.first_published_at IS NOT DISTINCT FROM c.first_at AND k.last_published_at IS NOT DISTINCT FROM c.last_at
        END AS holds
        FROM claim_clusters AS k LEFT JOIN counted AS c USING (cluster_id)
    """,
    ("claim_clusters", "expect_text_to_be_that_of_a_claim"): """
        SELECT k.cluster_id AS key, CASE WHEN k.cluster_id NOT IN (FROM held_clusters) THEN c.cluster_id NOTNULL END AS holds
        FROM claim_clusters AS k LEFT JOIN (SELECT DISTINCT cluster_id, text FROM claims) AS c USING (cluster_id, text)
    """,
    ("documents", "expect_revisions_to_count_from_one"): """
        SELECT page_id AS key, CASE WHEN page_id NOT IN (FROM held_pages) THEN
            min(revision) = 1 AND max(revision) = count(*) AND count(DISTINCT revision) = count(*) END AS holds
        FROM documents GROUP BY page_id
    """,
    ("documents", "expect_original_to_be_kept"): """
        SELECT d.document_id AS key, o.outcome = 'kept' AS holds
        FROM documents AS d JOIN documents AS o ON o.document_id = d.duplicate_of
    """,
    ("claim_relations", "expect_pair_not_to_be_of_two_revisions"): """
        SELECT r.claim_id || '/' || r.other_claim_id AS key, a.document_id = b.document_id OR d.page_id <> e.page_id AS holds
        FROM claim_relations AS r
        JOIN claims AS a ON a.claim_id = r.claim_id JOIN claims AS b ON b.claim_id = r.other_claim_id
        JOIN documents AS d ON d.document_id = a.document_id JOIN documents AS e ON e.document_id = b.document_id
    """,
    ("document_relations", "expect_relation_to_fit_pages"): """
        SELECT r.document_id || '/' || r.other_document_id AS key,
            (d.page_id = e.page_id) = (r.relation = 'revision_of') AS holds
        FROM document_relations AS r
        JOIN documents AS d ON d.document_id = r.document_id JOIN documents AS e ON e.document_id = r.other_document_id
    """,
    ("runs", "expect_quarantine_to_hold_what_was_held_back"): """
        SELECT r.run_id AS key, CASE WHEN r.status <> 'stopped' THEN r.quarantined = coalesce(q.held, 0) END AS holds
        FROM runs AS r LEFT JOIN (
            SELECT run_id, count(DISTINCT (table_name, row_key)) AS held FROM quarantine GROUP BY run_id
        ) AS q USING (run_id)
    """,
}  # fmt: skip


def tallies(con: Connection) -> pl.DataFrame:
    """Every tally over all rows that the connection shows, one row each as `TALLY` says."""
    for statement in _HELD_BACK.strip().split(";\n"):
        con.execute(statement)
    rows = [*_keys(con), *(_tally(con, *name, sql) for name, sql in _TALLIES.items())]
    return pl.DataFrame(rows, TALLY, orient="row")


def _keys(con: Connection) -> Iterator[tuple[object, ...]]:
    """How often a key stands in more than one row, for each table."""
    for table in TABLES:
        parts = ", ".join(table.key)
        shown = " || '/' || ".join(f"coalesce({part}::VARCHAR, 'NULL')" for part in table.key)
        found = con.execute(f"""
            SELECT (SELECT count(*) FROM {table.name}), coalesce(sum(rows), 0)::BIGINT, 0, coalesce(list(key)[:{_SHOWN}], [])
            FROM (SELECT {shown} AS key, count(*) AS rows FROM {table.name} GROUP BY {parts} HAVING count(*) > 1 ORDER BY key)
        """).fetchall()
        yield table.name, UNIQUE_KEY, *found[0]


def _tally(con: Connection, table: str, expectation: str, sql: str) -> tuple[object, ...]:
    found = con.execute(f"""
        SELECT count(holds), coalesce(count_if(NOT holds), 0), count(*) - count(holds),
            coalesce(list(key ORDER BY key) FILTER (NOT holds), [])[:{_SHOWN}]
        FROM ({sql})
    """).fetchall()
    return table, expectation, *found[0]
