"""What the pages show, worked out once: temporary tables that all pages are written from.

They live in the connection's memory, beside a warehouse that is open read-only, and go when the pages are written.
"""
# ruff: noqa: S608   what stands in the SQL are names and numbers of this module

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warehouse.database import Connection

OTHERS_SHOWN = 6
"""Other articles' claims that are named beside a claim: those who said it first, and the likeliest disputes."""
EXACT_OTHERS = 10
"""From so many other articles on a page says that there are 10, 20, 50, 100, … or more: the exact count stands on the
statement's own page. Else each article of a large warehouse would change with nearly every run."""
ENTITY_PAGES = 2_000
"""Entities that have a page, by how many claims name them. What is said of the others is found by search."""

# Numbers count a document's claims in reading order: they stand in its text like the numbers of footnotes.
_CLAIMS = """
    CREATE TEMP TABLE page_claims AS
    WITH disputed AS (
        SELECT claim_id FROM page_disputes UNION SELECT other_claim_id FROM page_disputes
    )
    SELECT c.claim_id, c.document_id, c.cluster_id, c.sentence_id, c.start_char, c.end_char, c.text,
        nullif(c.resolved_text, c.text) AS resolved_text, c.holder, c.voice, c.attribution, c.speaker, c.speaker_id, c.cue,
        c.claim_type, c.modality, c.is_negated, c.predicate IS NULL AS is_fragment, c.checkworthiness,
        c.title, c.site, c.url, c.published_at, c.first_seen_at,
        coalesce(c.published_on, c.published_at::DATE) AS published_on,
        (row_number() OVER (PARTITION BY c.document_id ORDER BY c.start_char, c.end_char, c.claim_id))::INTEGER AS number,
        k.document_count, k.document_count > 1 AS is_repeated, d.claim_id IS NOT NULL AS is_disputed,
        n.claim_id IS NOT NULL AS is_new, coalesce(n.is_new_statement, false) AS is_new_statement
    FROM current_claims AS c
    JOIN claim_clusters AS k USING (cluster_id)
    LEFT JOIN disputed AS d ON d.claim_id = c.claim_id
    LEFT JOIN new_claims AS n ON n.claim_id = c.claim_id
"""
_DISPUTES = """
    CREATE TEMP TABLE page_disputes AS
    WITH shown AS (
        SELECT c.claim_id FROM claims AS c JOIN documents AS d USING (document_id) WHERE d.is_current AND d.outcome = 'kept'
    )
    SELECT r.claim_id, r.other_claim_id, r.reason, r.score FROM claim_relations AS r
    SEMI JOIN shown AS a ON a.claim_id = r.claim_id
    SEMI JOIN shown AS b ON b.claim_id = r.other_claim_id
    WHERE r.relation = 'disputes'
"""
# A statement of a thousand articles would give a million pairs: only those that made it first stand beside each of its claims.
# Of articles without a date, or of the same, those count as first that were seen first: what comes later changes no page then.
_OTHERS = f"""
    CREATE TEMP TABLE page_others AS
    WITH told AS (
        -- one claim a document stands for it
        SELECT cluster_id, document_id, min(claim_id) AS claim_id, any_value(published_at) AS published_at,
            any_value(first_seen_at) AS first_seen_at
        FROM page_claims WHERE is_repeated GROUP BY cluster_id, document_id
    ),
    ordered AS (
        SELECT *, count(*) OVER (PARTITION BY cluster_id) - 1 AS counted, 10 ** (len(counted::VARCHAR) - 1) AS size,
            row_number() OVER (PARTITION BY cluster_id ORDER BY published_at NULLS LAST, first_seen_at, claim_id) AS place
        FROM told
    ),
    first_told AS (
        SELECT *, CASE
            WHEN counted < {EXACT_OTHERS} THEN counted WHEN counted < 2 * size THEN size WHEN counted < 5 * size THEN 2 * size
            ELSE 5 * size
        END::BIGINT AS others
        FROM ordered WHERE place <= {OTHERS_SHOWN + 1}
    ),
    pairs AS (
        SELECT c.claim_id, 'same' AS kind, o.claim_id AS other_claim_id, NULL AS reason, o.others,
            row_number() OVER (PARTITION BY c.claim_id ORDER BY o.place) AS place
        FROM page_claims AS c JOIN first_told AS o ON o.cluster_id = c.cluster_id AND o.document_id <> c.document_id
        UNION ALL
        SELECT claim_id, 'disputes', other_claim_id, reason, count(*) OVER (PARTITION BY claim_id),
            row_number() OVER (PARTITION BY claim_id ORDER BY score DESC, other_claim_id)
        FROM (
            SELECT claim_id, other_claim_id, reason, score FROM page_disputes
            UNION ALL
            SELECT other_claim_id, claim_id, reason, score FROM page_disputes
        )
    )
    SELECT p.claim_id, p.kind, p.other_claim_id, p.reason, p.others, p.place, o.document_id AS other_document_id, o.holder,
        o.cluster_id,
        o.title, o.site, o.url, o.published_on, o.text
    FROM pairs AS p JOIN page_claims AS o ON o.claim_id = p.other_claim_id WHERE p.place <= {OTHERS_SHOWN}
"""
_ENTITIES = f"""
    CREATE TEMP TABLE page_entities AS
    WITH named AS (
        SELECT m.entity_id, count(DISTINCT m.claim_id) AS claims, count(DISTINCT c.document_id) AS articles,
            count(DISTINCT m.claim_id) FILTER (m.role = 'speaker') AS said
        FROM claim_entities AS m JOIN page_claims AS c USING (claim_id) GROUP BY m.entity_id
    )
    SELECT e.entity_id, e.name, e.type, e.description, e.wikidata_id, n.claims, n.articles, n.said,
        row_number() OVER (ORDER BY n.claims DESC, e.entity_id) <= {ENTITY_PAGES} AS has_page
    FROM named AS n JOIN entities AS e USING (entity_id)
"""
# A statement has a page of its own where more articles make it than are named beside a claim.
_STATEMENTS = f"""
    CREATE TEMP TABLE page_statements AS
    SELECT cluster_id, count(DISTINCT document_id) AS articles FROM page_claims WHERE is_repeated
    GROUP BY cluster_id HAVING articles > {OTHERS_SHOWN}
"""
_TABLES = {
    "page_disputes": _DISPUTES, "page_claims": _CLAIMS, "page_others": _OTHERS, "page_entities": _ENTITIES,
    "page_statements": _STATEMENTS,
}  # fmt: skip


@contextmanager
def tables_of_pages(con: "Connection") -> Iterator[None]:
    """The temporary tables, for as long as the block runs."""
    try:
        for made in _TABLES.values():
            con.execute(made)
        yield
    finally:
        for name in reversed(_TABLES):
            con.execute(f"DROP TABLE IF EXISTS temp.{name}")
