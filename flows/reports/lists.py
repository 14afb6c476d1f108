"""The pages that hold all of a section of the claims page, two hundred rows each; and those of much repeated statements."""
# ruff: noqa: S608   what stands in the SQL are names and numbers of this module

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched, groupby
from typing import TYPE_CHECKING

from flows.reports.plots import timeline
from flows.reports.rows import Row, rows

if TYPE_CHECKING:
    from warehouse.database import Connection

ROWS_A_PAGE = 200
MOST_ROWS = 2_000
"""Rows of a list. What comes after them is found by search: nobody turns so many pages."""
STATEMENT_CLAIMS = 500
_AT_ONCE = 100

_ORDERED = "SELECT *, row_number() OVER () AS place, count(*) OVER () AS total FROM ({}) LIMIT {}"
_REPEATED = """
    WITH first_told AS (
        SELECT cluster_id, min_by(claim_id, (coalesce(published_at, 'infinity'), claim_id)) AS claim_id,
            min(published_on) AS first_on, max(published_on) AS last_on, bool_and(is_fragment) AS is_fragment
        FROM page_claims WHERE is_repeated GROUP BY cluster_id
    )
    SELECT k.cluster_id, k.text, k.document_count, k.site_count, k.speaker_count, f.first_on, f.last_on, c.claim_id,
        c.document_id, s.cluster_id IS NOT NULL AS has_page
    FROM first_told AS f JOIN claim_clusters AS k USING (cluster_id) JOIN page_claims AS c ON c.claim_id = f.claim_id
    LEFT JOIN page_statements AS s ON s.cluster_id = k.cluster_id
    ORDER BY k.document_count DESC, f.is_fragment, k.site_count DESC, k.claim_count DESC, k.cluster_id
"""
_DISPUTED = """
    SELECT p.claim_id, p.other_claim_id, p.reason, p.score, a.text, a.holder, a.site, a.title, a.published_on, a.document_id,
        b.text AS other_text, b.holder AS other_holder, b.site AS other_site, b.title AS other_title,
        b.published_on AS other_published_on, b.document_id AS other_document_id
    FROM page_disputes AS p JOIN page_claims AS a ON a.claim_id = p.claim_id
    JOIN page_claims AS b ON b.claim_id = p.other_claim_id
    ORDER BY p.score DESC, p.claim_id, p.other_claim_id
"""
_NEW = """
    SELECT document_id, any_value(title) AS title, any_value(site) AS site, any_value(url) AS url,
        any_value(published_on) AS published_on, count(*) AS claims, count(*) FILTER (is_new_statement) AS statements
    FROM page_claims WHERE is_new GROUP BY document_id ORDER BY statements DESC, claims DESC, document_id
"""
_QUOTED = """
    SELECT c.holder, c.speaker_id, any_value(e.description) AS description, coalesce(bool_or(e.has_page), false) AS has_page,
        count(*) AS quotes, count(DISTINCT c.document_id) AS articles, count(DISTINCT c.site) AS sites
    FROM page_claims AS c LEFT JOIN page_entities AS e ON e.entity_id = c.speaker_id
    WHERE c.attribution IN ('direct', 'mixed') AND c.voice = 'speaker'
    GROUP BY c.holder, c.speaker_id ORDER BY quotes DESC, articles DESC, c.holder, c.speaker_id
"""
_ENTITIES = """
    SELECT entity_id, name, type, description, claims, articles, said, has_page FROM page_entities
    ORDER BY claims DESC, name, entity_id
"""
_ARTICLES = """
    SELECT d.document_id, d.title, d.site, d.url, coalesce(d.published_on, d.published_at::DATE) AS published_on,
        count(c.claim_id) AS claims
    FROM documents AS d LEFT JOIN page_claims AS c USING (document_id) WHERE d.is_current AND d.outcome = 'kept'
    GROUP BY ALL ORDER BY published_on DESC NULLS LAST, d.document_id
"""


@dataclass(frozen=True, slots=True)
class List:
    """One section in full: `only` is the filter of the search that finds what does not fit."""

    sql: str
    title: str
    hint: str
    only: str = ""


LISTS = {
    "repeated": List(_REPEATED, "Repeated statements", "What several articles say, copies counted once.", "repeated"),
    "disputed": List(
        _DISPUTED, "Possible disputes", "Pairs of claims that may contradict each other, likeliest first.", "disputed"
    ),
    "new": List(_NEW, "Articles with new claims", "First seen by the latest run that loaded something.", "new"),
    "quoted": List(_QUOTED, "Who is quoted", "Speakers by how often their own words stand in the articles."),
    "entities": List(_ENTITIES, "Who and what is named", "Entities by how many claims name them."),
    "articles": List(_ARTICLES, "Articles", "Every article that was kept, newest first."),
}
_STATEMENT_FINGERPRINTS = """
    SELECT cluster_id, md5(concat_ws(' ', any_value(hash(k.text, k.document_count, k.site_count, k.speaker_count)),
        sum(hash(c.claim_id, c.number, c.text, c.holder, c.voice, c.speaker_id, c.attribution, c.cue, c.claim_type, c.modality,
            c.is_negated, c.title, c.site, c.url, c.published_on, c.is_disputed)::HUGEINT))) AS fingerprint
    FROM page_statements JOIN page_claims AS c USING (cluster_id) JOIN claim_clusters AS k USING (cluster_id)
    GROUP BY cluster_id
"""
_STATEMENTS = """
    SELECT k.cluster_id, k.text, k.document_count, k.site_count, k.speaker_count, s.articles
    FROM claim_clusters AS k JOIN page_statements AS s USING (cluster_id)
    WHERE cluster_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY cluster_id
"""
_STATEMENT_CLAIMS = f"""
    SELECT *, count(*) OVER (PARTITION BY cluster_id) AS total FROM page_claims
    WHERE cluster_id IN (SELECT unnest(?::VARCHAR[]))
    QUALIFY row_number() OVER (PARTITION BY cluster_id ORDER BY published_at NULLS LAST, claim_id) <= {STATEMENT_CLAIMS}
    ORDER BY cluster_id, published_at NULLS LAST, claim_id
"""


def list_fingerprints(con: "Connection") -> dict[str, str]:
    """Of every page of every list, named `repeated-1`: one hash of all that it shows."""
    found: dict[str, str] = {}
    for name, each in LISTS.items():
        ordered = _ORDERED.format(each.sql, MOST_ROWS)
        grouped = f"""
            SELECT (place - 1) // {ROWS_A_PAGE} + 1 AS page, md5(concat_ws(' ', any_value(total), sum(hash(t)::HUGEINT)))
            FROM ({ordered}) AS t GROUP BY page ORDER BY page
        """  # the queries above
        found |= {f"{name}-{page}": fingerprint for page, fingerprint in con.execute(grouped).fetchall()}
    return found


def list_pages(con: "Connection", names: list[str]) -> Iterator[tuple[str, Row]]:
    """What the template of a list asks for, by the page's name."""
    for kind, pages in groupby(sorted(names), key=lambda name: name.rpartition("-")[0]):
        found = rows(con, _ORDERED.format(LISTS[kind].sql, MOST_ROWS))
        last = (len(found) - 1) // ROWS_A_PAGE + 1
        for name in pages:
            page = int(name.rpartition("-")[2])
            shown = found[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
            yield (
                name,
                {"kind": kind, "list": LISTS[kind], "rows": shown, "page": page, "last": last, "total": found[0]["total"]},
            )


def statement_fingerprints(con: "Connection") -> dict[str, str]:
    """Of every statement that has a page: one hash of all that it could show."""
    return dict(con.execute(_STATEMENT_FINGERPRINTS).fetchall())


def statements(con: "Connection", cluster_ids: list[str]) -> Iterator[Row]:
    """What the template of a statement asks for, of each of them."""
    for some in batched(cluster_ids, _AT_ONCE):
        wanted = list(some)
        claims = groupby(rows(con, _STATEMENT_CLAIMS, wanted), key=lambda row: row["cluster_id"])
        told = {key: list(group) for key, group in claims}
        for statement in rows(con, _STATEMENTS, wanted):
            found = told[statement["cluster_id"]]
            dated = [(row["published_on"], row["site"] or "site not named") for row in found if row["published_on"]]
            yield {"statement": statement, "claims": found, "plot": timeline(dated)}
