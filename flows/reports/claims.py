"""What the claims page tells: what is new, repeated, disputed, quoted and counted, each claim in the sentence that makes it."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from flows.reports.plots import dots, timeline
from flows.reports.rows import Row, rows

if TYPE_CHECKING:
    from warehouse.database import Connection

NEW_SHOWN = 60
STATEMENTS_SHOWN = 30
DISPUTES_SHOWN = 30
SPEAKERS_SHOWN = 24
ENTITIES_SHOWN = 12
SITES_SHOWN = 40
FIGURES_PLOTTED = 60
PER_ITEM = 6
"""Claims that are shown below one statement, speaker or entity."""

VOICES = {
    "author": "in the article’s own voice",
    "direct": "verbatim",
    "indirect": "reported",
    "mixed": "reported, partly verbatim",
}

_NEW = """
    SELECT claim_id, is_new_statement, count(*) OVER () AS total FROM page_claims WHERE is_new
    ORDER BY is_new_statement DESC, checkworthiness DESC, claim_id LIMIT ?
"""
_STATEMENTS = """
    WITH repeated AS (SELECT cluster_id, bool_and(is_fragment) AS is_fragment FROM page_claims WHERE is_repeated GROUP BY ALL),
    -- of statements that as many documents make, those without a verb come last: they say least
    top AS (
        SELECT k.*, is_fragment, count(*) OVER () AS total FROM claim_clusters AS k JOIN repeated USING (cluster_id)
        ORDER BY document_count DESC, is_fragment, site_count DESC, claim_count DESC, cluster_id LIMIT ?
    ),
    made AS (
        -- one claim a document stands for it: the one most worth checking
        SELECT cluster_id, document_id, arg_max(claim_id, (checkworthiness, claim_id)) AS claim_id,
            any_value(published_at) AS published_at, any_value(published_on) AS published_on, any_value(site) AS site
        FROM page_claims JOIN top USING (cluster_id) GROUP BY ALL
    )
    SELECT top.*, list(made.claim_id ORDER BY made.published_at NULLS LAST, made.claim_id) AS claim_ids,
        list({day: made.published_on, site: coalesce(made.site, 'site not named')} ORDER BY made.claim_id)
            FILTER (made.published_on IS NOT NULL) AS told
    FROM top JOIN made USING (cluster_id) GROUP BY ALL
    ORDER BY top.document_count DESC, top.is_fragment, top.site_count DESC, top.claim_count DESC, top.cluster_id
"""
_DISPUTES = """
    SELECT claim_id, other_claim_id, reason, score, count(*) OVER () AS total FROM page_disputes
    ORDER BY score DESC, claim_id, other_claim_id LIMIT ?
"""
_SPEAKERS = """
    SELECT c.holder AS speaker, c.speaker_id, any_value(e.description) AS description,
        coalesce(bool_or(e.has_page), false) AS has_page, count(*) AS quotes,
        count(DISTINCT c.document_id) AS documents,
        list(c.claim_id ORDER BY c.attribution, c.checkworthiness DESC, c.claim_id) AS claim_ids, count(*) OVER () AS total
    FROM page_claims AS c LEFT JOIN page_entities AS e ON e.entity_id = c.speaker_id
    WHERE c.attribution IN ('direct', 'mixed') AND c.voice = 'speaker'
    GROUP BY c.holder, c.speaker_id ORDER BY quotes DESC, documents DESC, c.holder, c.speaker_id LIMIT ?
"""
# Ranks ("the first model") are left out: they order things and measure nothing.
_FIGURES = """
    WITH figures AS (
        SELECT DISTINCT m.entity_id, q.quantity_id, q.claim_id, q.text AS figure, q.value, q.upper_value, q.unit,
            q.is_approximate, c.checkworthiness, c.site
        FROM quantities AS q JOIN page_claims AS c USING (claim_id)
        JOIN claim_entities AS m ON m.claim_id = q.claim_id AND m.role <> 'speaker'
        WHERE q.kind <> 'rank'
    ),
    best AS (
        SELECT entity_id, count(*) AS figures, count(DISTINCT claim_id) AS claims, count(*) OVER () AS total
        FROM figures JOIN page_entities AS e USING (entity_id) GROUP BY entity_id, e.name
        ORDER BY figures DESC, e.name, entity_id LIMIT ?
    )
    SELECT e.entity_id, e.name, e.type, e.description, e.has_page, b.figures, b.claims, b.total,
        list({claim_id: f.claim_id, figure: f.figure, value: f.value, upper_value: f.upper_value, unit: f.unit,
            is_approximate: f.is_approximate, site: f.site} ORDER BY f.checkworthiness DESC, f.quantity_id)[:?] AS rows
    FROM best AS b JOIN figures AS f USING (entity_id) JOIN page_entities AS e USING (entity_id)
    GROUP BY ALL ORDER BY b.figures DESC, e.name, e.entity_id
"""
_SITES = """
    WITH counted AS (SELECT DISTINCT claim_id FROM quantities)
    SELECT c.site, count(DISTINCT c.document_id) AS articles, count(*) AS claims,
        100.0 * count(*) FILTER (c.attribution <> 'author') / count(*) AS attributed_percent,
        100.0 * count(*) FILTER (c.attribution = 'author') / count(*) AS author_percent,
        100.0 * count(*) FILTER (c.attribution = 'indirect') / count(*) AS indirect_percent,
        100.0 * count(*) FILTER (c.attribution = 'mixed') / count(*) AS mixed_percent,
        100.0 * count(*) FILTER (c.attribution = 'direct') / count(*) AS direct_percent,
        100.0 * count(*) FILTER (n.claim_id IS NOT NULL) / count(*) AS numeric_percent,
        100.0 * count(*) FILTER (c.is_repeated) / count(*) AS shared_percent,
        count(*) FILTER (c.is_disputed) AS disputed, max(c.published_at) AS last_published_at, count(*) OVER () AS total
    FROM page_claims AS c LEFT JOIN counted AS n USING (claim_id)
    GROUP BY c.site ORDER BY claims DESC, c.site NULLS LAST LIMIT ?
"""
_TOTALS = """
    SELECT count(*) AS claims, count(DISTINCT document_id) AS articles, count(DISTINCT site) AS sites,
        count(DISTINCT holder) FILTER (voice = 'speaker') AS speakers,
        (SELECT count(*) FROM claim_clusters WHERE document_count > 1) AS repeated,
        (SELECT count(*) FROM page_disputes) AS disputes, (SELECT count(*) FROM page_entities) AS entities
    FROM page_claims
"""
# A claim may go on in the next sentence: the passage is then cut out of the document's text up to the claim's end.
_PASSAGES = """
    SELECT c.claim_id, c.document_id, c.speaker, c.attribution, c.modality, c.is_negated, c.title, c.site, c.url, d.language,
        c.published_on,
        c.start_char - s.start_char AS start, c.end_char - s.start_char AS end,
        substring(d.text, s.start_char + 1, greatest(s.end_char, c.end_char) - s.start_char) AS text
    FROM page_claims AS c JOIN sentences AS s USING (sentence_id) JOIN documents AS d ON d.document_id = c.document_id
    WHERE c.claim_id IN (SELECT unnest(?::VARCHAR[]))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One claim in the words around it. `start` and `end` are code points of `text`, which begins with the claim's sentence."""

    claim_id: str
    document_id: str
    speaker: str | None
    attribution: str
    modality: str
    is_negated: bool
    title: str | None
    site: str | None
    url: str
    published_on: date | None
    language: str | None
    start: int
    end: int
    text: str

    @property
    def parts(self) -> tuple[str, str, str]:
        """What stands before the claim, the claim, and what follows it."""
        return self.text[: self.start], self.text[self.start : self.end], self.text[self.end :]

    @property
    def voice(self) -> str:
        """Whose words they are."""
        return VOICES[self.attribution]


def claims_facts(con: "Connection") -> Row:
    """All that the page's template asks for, from the tables of the pages.

    Sections give their first rows, best first, and how many there are in all.
    """
    new, disputes = rows(con, _NEW, NEW_SHOWN), rows(con, _DISPUTES, DISPUTES_SHOWN)
    statements = [_first(item) for item in rows(con, _STATEMENTS, STATEMENTS_SHOWN)]
    speakers = [_first(item) for item in rows(con, _SPEAKERS, SPEAKERS_SHOWN)]
    figures = [_plotted(entity) for entity in rows(con, _FIGURES, ENTITIES_SHOWN, FIGURES_PLOTTED)]
    sites = rows(con, _SITES, SITES_SHOWN)
    shown = {
        *(row["claim_id"] for row in [*new, *disputes]),
        *(row["other_claim_id"] for row in disputes),
        *(claim_id for item in [*statements, *speakers] for claim_id in item["claim_ids"]),
        *(row["claim_id"] for entity in figures for row in entity["rows"]),
    }
    latest = rows(con, "SELECT * FROM runs WHERE status = 'loaded' ORDER BY started_at DESC, run_id LIMIT 1")
    return {
        "totals": rows(con, _TOTALS)[0],
        "run": latest[0] if latest else None,
        "passages": _passages(con, shown),
        "new": _section(new),
        "statements": _section(statements),
        "disputes": _section(disputes),
        "speakers": _section(speakers),
        "figures": _section(figures),
        "sites": _section(sites),
    }


def _section(found: list[Row]) -> Row:
    return {"rows": found, "total": found[0]["total"] if found else 0}


def _first(item: Row) -> Row:
    """The item with its first claims; the rest is counted."""
    claim_ids = item["claim_ids"]
    plot = timeline([(told["day"], told["site"]) for told in item.get("told") or []])
    return {**item, "claim_ids": claim_ids[:PER_ITEM], "more": max(len(claim_ids) - PER_ITEM, 0), "plot": plot}


def _plotted(entity: Row) -> Row:
    """The entity with its first figures, and all that were asked for as a plot."""
    return {**entity, "rows": entity["rows"][:PER_ITEM], "plot": dots(entity["rows"])}


def _passages(con: "Connection", claim_ids: set[str]) -> dict[str, Passage]:
    return {row["claim_id"]: Passage(**row) for row in rows(con, _PASSAGES, sorted(claim_ids))}
