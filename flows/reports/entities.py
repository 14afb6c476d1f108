"""The page of each entity that claims name most: what is said about it, what it says, and its figures."""
# ruff: noqa: S608   what stands in the SQL are names and numbers of this module

from collections.abc import Iterator
from itertools import batched, groupby
from typing import TYPE_CHECKING

from flows.reports.plots import dots
from flows.reports.rows import Row, rows

if TYPE_CHECKING:
    from warehouse.database import Connection

_AT_ONCE = 200
CLAIMS_SHOWN = 40
"""Claims about an entity, and by it; the rest is found by search."""
FIGURES_SHOWN = 40
HOLDERS_SHOWN = 12
ARTICLES_SHOWN = 60
ALIASES_SHOWN = 24
_STANCES_UP_TO = 20_000
"""Claims up to which stances are worked out: the view reckons with all claims at once."""

_FINGERPRINTS = """
    WITH claim AS (
        SELECT m.entity_id, sum(hash(m.role, c.claim_id, c.number, c.text, c.holder, c.voice, c.speaker_id, c.attribution,
            c.cue, c.claim_type, c.modality, c.is_negated, c.title, c.site, c.url, c.published_on, c.is_repeated, c.is_disputed,
            c.document_count, c.checkworthiness)::HUGEINT) AS told
        FROM claim_entities AS m JOIN page_claims AS c USING (claim_id) JOIN page_entities AS e USING (entity_id)
        WHERE e.has_page GROUP BY m.entity_id
    ),
    figure AS (
        SELECT m.entity_id, sum(hash(q.quantity_id, q.text, q.value, q.upper_value, q.unit, q.is_approximate)::HUGEINT) AS told
        FROM claim_entities AS m JOIN quantities AS q USING (claim_id) JOIN page_entities AS e USING (entity_id)
        WHERE e.has_page AND m.role <> 'speaker' GROUP BY m.entity_id
    ),
    alias AS (SELECT entity_id, sum(hash(alias)::HUGEINT) AS told FROM entity_aliases GROUP BY entity_id)
    SELECT entity_id, md5(concat_ws(' ', hash(e), claim.told, figure.told, alias.told)) AS fingerprint
    FROM page_entities AS e LEFT JOIN claim USING (entity_id) LEFT JOIN figure USING (entity_id)
    LEFT JOIN alias USING (entity_id)
    WHERE e.has_page ORDER BY entity_id
"""
_ENTITIES = "SELECT * FROM page_entities WHERE entity_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY entity_id"
_ALIASES = f"""
    SELECT a.entity_id, a.alias FROM entity_aliases AS a JOIN page_entities AS e USING (entity_id)
    WHERE a.entity_id IN (SELECT unnest(?::VARCHAR[])) AND a.alias <> e.name
    QUALIFY row_number() OVER (PARTITION BY a.entity_id ORDER BY length(a.alias) DESC, a.alias) <= {ALIASES_SHOWN}
    ORDER BY a.entity_id, length(a.alias) DESC, a.alias
"""
_COLUMNS = """c.claim_id, c.document_id, c.text, c.holder, c.voice, c.attribution, c.speaker_id, c.cue, c.claim_type,
    c.modality, c.is_negated, c.title, c.site, c.url, c.published_on, c.is_repeated, c.is_disputed, c.document_count"""
# Subject and object before what only mentions it; then what most articles say.
_ABOUT = f"""
    WITH about AS (
        SELECT entity_id, claim_id, min(list_position(['subject', 'object', 'mentioned'], role)) AS part FROM claim_entities
        WHERE role <> 'speaker' AND entity_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY entity_id, claim_id
    )
    SELECT a.entity_id, {_COLUMNS}, count(*) OVER (PARTITION BY a.entity_id) AS total
    FROM about AS a JOIN page_claims AS c USING (claim_id)
    QUALIFY row_number() OVER (
        PARTITION BY a.entity_id ORDER BY a.part, c.document_count DESC, c.checkworthiness DESC, c.claim_id
    ) <= {CLAIMS_SHOWN}
    ORDER BY a.entity_id, a.part, c.document_count DESC, c.checkworthiness DESC, c.claim_id
"""
_SAID = f"""
    SELECT m.entity_id, {_COLUMNS}, count(*) OVER (PARTITION BY m.entity_id) AS total
    FROM claim_entities AS m JOIN page_claims AS c USING (claim_id)
    WHERE m.role = 'speaker' AND m.entity_id IN (SELECT unnest(?::VARCHAR[]))
    QUALIFY row_number() OVER (
        PARTITION BY m.entity_id ORDER BY c.published_on DESC NULLS LAST, c.checkworthiness DESC, c.claim_id
    ) <= {CLAIMS_SHOWN}
    ORDER BY m.entity_id, c.published_on DESC NULLS LAST, c.checkworthiness DESC, c.claim_id
"""
# Ranks ("the first model") are left out: they order things and measure nothing.
_FIGURES = f"""
    WITH about AS (
        SELECT DISTINCT entity_id, claim_id FROM claim_entities
        WHERE role <> 'speaker' AND entity_id IN (SELECT unnest(?::VARCHAR[]))
    )
    SELECT a.entity_id, q.text AS figure, q.value, q.upper_value, q.unit, q.is_approximate, {_COLUMNS},
        count(*) OVER (PARTITION BY a.entity_id) AS total
    FROM about AS a JOIN page_claims AS c USING (claim_id) JOIN quantities AS q USING (claim_id)
    WHERE q.kind <> 'rank'
    QUALIFY row_number() OVER (
        PARTITION BY a.entity_id ORDER BY c.published_on DESC NULLS LAST, q.quantity_id
    ) <= {FIGURES_SHOWN}
    ORDER BY a.entity_id, c.published_on DESC NULLS LAST, q.quantity_id
"""
_HOLDERS = f"""
    WITH about AS (
        SELECT DISTINCT entity_id, claim_id FROM claim_entities
        WHERE role <> 'speaker' AND entity_id IN (SELECT unnest(?::VARCHAR[]))
    )
    SELECT a.entity_id, c.holder, c.voice, any_value(c.speaker_id) AS speaker_id,
        coalesce(bool_or(e.has_page), false) AS has_page, count(*) AS claims,
        count(*) OVER (PARTITION BY a.entity_id) AS total
    FROM about AS a JOIN page_claims AS c USING (claim_id) LEFT JOIN page_entities AS e ON e.entity_id = c.speaker_id
    WHERE c.holder IS NOT NULL GROUP BY a.entity_id, c.holder, c.voice
    QUALIFY row_number() OVER (PARTITION BY a.entity_id ORDER BY count(*) DESC, c.holder, c.voice) <= {HOLDERS_SHOWN}
    ORDER BY a.entity_id, claims DESC, c.holder, c.voice
"""
_ARTICLES = f"""
    SELECT m.entity_id, c.document_id, any_value(c.title) AS title, any_value(c.site) AS site, any_value(c.url) AS url,
        any_value(c.published_on) AS published_on, count(DISTINCT c.claim_id) AS claims,
        count(*) OVER (PARTITION BY m.entity_id) AS total
    FROM claim_entities AS m JOIN page_claims AS c USING (claim_id) WHERE m.entity_id IN (SELECT unnest(?::VARCHAR[]))
    GROUP BY m.entity_id, c.document_id
    QUALIFY row_number() OVER (
        PARTITION BY m.entity_id ORDER BY any_value(c.published_on) DESC NULLS LAST, c.document_id
    ) <= {ARTICLES_SHOWN}
    ORDER BY m.entity_id, published_on DESC NULLS LAST, c.document_id
"""
_SECTIONS = {
    "aliases": _ALIASES, "about": _ABOUT, "said": _SAID, "figures": _FIGURES, "holders": _HOLDERS, "articles": _ARTICLES,
}  # fmt: skip


def entity_fingerprints(con: "Connection") -> dict[str, str]:
    """Of every entity that has a page: one hash of all that it could show."""
    return dict(con.execute(_FINGERPRINTS).fetchall())


def entities(con: "Connection", entity_ids: list[str]) -> Iterator[Row]:
    """What the template of an entity asks for, of each of them."""
    stances = _stances(con) if entity_ids else {}
    for some in batched(entity_ids, _AT_ONCE):
        wanted = list(some)
        found = {name: _grouped(rows(con, sql, wanted)) for name, sql in _SECTIONS.items()}
        for entity in rows(con, _ENTITIES, wanted):
            facts = {name: section.get(entity["entity_id"], []) for name, section in found.items()}
            for claim in facts["said"]:
                claim["stance"] = stances.get(claim["claim_id"])
            yield {"entity": entity, "plot": dots(facts["figures"]), **facts}


def _grouped(found: list[Row]) -> dict[str, list[Row]]:
    return {key: list(group) for key, group in groupby(found, key=lambda row: row["entity_id"])}


def _stances(con: "Connection") -> dict[str, str]:
    [(claims,)] = con.execute("SELECT count(*) FROM page_claims").fetchall()
    if claims > _STANCES_UP_TO:
        return {}
    return dict(con.execute("SELECT DISTINCT claim_id, stance FROM speaker_positions WHERE voice = 'speaker'").fetchall())
