"""Sources and pages on the quality page: how fresh each source is, what it gave, and what became of the pages."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flows.reports.quality_plots import spark
from flows.reports.rows import Row, rows

if TYPE_CHECKING:
    from warehouse.database import Connection

SOURCES_SHOWN = 120
SOURCES_OPEN = 15
"""Sources that are shown before one asks for the others."""
RUNS_SHOWN = 20
"""Runs that a source's small plot goes over."""
REASONS_SHOWN = 3

_OUTCOMES = """
    WITH last AS (SELECT arg_max(started_at, rowid) AS started_at FROM runs WHERE status = 'loaded'), reasons AS (
        -- How many words a page had is no reason of its own: numbers are left out where reasons are compared.
        SELECT outcome, left(regexp_replace(outcome_reason, '[0-9]+', '0', 'g'), 200) AS alike,
            min(left(outcome_reason, 400)) AS reason, count(*) AS documents,
            count(*) FILTER (first_seen_at = last.started_at) AS in_last
        FROM documents, last WHERE is_current GROUP BY ALL
    ), ranked AS (
        SELECT *, row_number() OVER (PARTITION BY outcome ORDER BY documents DESC, reason) AS place FROM reasons
    )
    SELECT outcome, sum(documents)::BIGINT AS documents, sum(in_last)::BIGINT AS in_last,
        100.0 * sum(documents) / sum(sum(documents)) OVER () AS share,
        coalesce(list({'reason': reason, 'documents': documents} ORDER BY place)
            FILTER (reason IS NOT NULL AND place <= $1), []) AS reasons,
        greatest(0, count(reason) - $1) AS more_reasons
    FROM ranked GROUP BY outcome ORDER BY outcome <> 'kept', documents DESC, outcome
"""
_SOURCES = """
    WITH met AS (
        SELECT source_id, count(*) AS documents, count(*) FILTER (outcome = 'kept') AS kept,
            max(published_at) FILTER (outcome = 'kept') AS last_published_at,
            max(first_seen_at) FILTER (outcome = 'kept') AS last_new_at
        FROM documents WHERE is_current GROUP BY source_id
    ), recent AS (
        SELECT source_id, published_at FROM documents
        WHERE is_current AND outcome = 'kept' AND published_at IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY published_at DESC) <= 30
    ), paced AS (
        SELECT source_id, date_diff('second', min(published_at), max(published_at)) / (count(*) - 1) AS seconds_between
        FROM recent GROUP BY source_id HAVING count(*) >= 5
    )
    SELECT s.source_id, s.kind, left(coalesce(s.title, s.location), 200) AS name, left(s.location, 2000) AS location,
        coalesce(m.documents, 0) AS documents, coalesce(m.kept, 0) AS kept, m.last_published_at, m.last_new_at,
        p.seconds_between
    FROM sources AS s LEFT JOIN met AS m USING (source_id) LEFT JOIN paced AS p USING (source_id)
    ORDER BY list_contains(?, s.source_id) DESC, m.last_new_at DESC NULLS LAST, name, s.location
    LIMIT ?
"""
# A source is counted in the runs since it was added.
_GIVEN = """
    WITH recent AS (
        SELECT started_at, rowid AS number FROM runs WHERE status IN ('loaded', 'unchanged') ORDER BY rowid DESC LIMIT ?
    ), asked AS (
        SELECT source_id, added_at FROM sources WHERE list_contains(?, source_id)
    ), met AS (
        SELECT d.source_id, d.document_id, r.number FROM documents AS d
        JOIN recent AS r ON d.first_seen_at = r.started_at JOIN asked USING (source_id)
        WHERE d.outcome = 'kept'
    ), stated AS (
        SELECT m.source_id, m.number, count(*) AS claims FROM claims JOIN met AS m USING (document_id) GROUP BY ALL
    ), given AS (
        SELECT source_id, number, count(*) AS articles FROM met GROUP BY ALL
    )
    SELECT s.source_id, list({'articles': coalesce(g.articles, 0), 'claims': coalesce(c.claims, 0)} ORDER BY r.number) AS given
    FROM recent AS r JOIN asked AS s ON s.added_at <= r.started_at
    LEFT JOIN given AS g ON g.source_id = s.source_id AND g.number = r.number
    LEFT JOIN stated AS c ON c.source_id = s.source_id AND c.number = r.number
    GROUP BY s.source_id
"""


def source_facts(con: "Connection", checks: Sequence[Row]) -> Row:
    """Sources, those that fail a check of their own first, and what became of all pages."""
    troubled: dict[str, list[Row]] = {}
    for check in checks:
        for failed in check["failed_sources"]:
            troubled.setdefault(failed["source_id"], []).append({**check, **failed})
    sources = rows(con, _SOURCES, list(troubled), SOURCES_SHOWN)
    shown = [source["source_id"] for source in sources]
    given = {row["source_id"]: row["given"] for row in rows(con, _GIVEN, RUNS_SHOWN, shown)}
    judged = Counter(source_id for check in checks for source_id in check["judged_sources"])
    return {
        "sources": [
            {
                **source,
                **_given(given.get(source["source_id"], [])),
                "judged": judged[source["source_id"]],
                "failed": troubled.get(source["source_id"], []),
            }
            for source in sources
        ],
        "source_checks": len(judged),
        "sources_open": SOURCES_OPEN,
        "outcomes": rows(con, _OUTCOMES, REASONS_SHOWN),
    }


def _given(runs: Sequence[Row]) -> Row:
    """What the source gave in the last run, and in a run before that; `runs` are oldest first."""
    articles = [run["articles"] for run in runs]
    last, before = runs[-1:], runs[:-1]
    return {
        "given": articles,
        "gave_last": articles[-1] if articles else None,
        "gave_before": sum(articles[:-1]) / len(before) if before else None,
        "claims_last": _claims_an_article(last),
        "claims_before": _claims_an_article(before),
        "spark": spark(articles) if articles else None,
    }


def _claims_an_article(runs: Sequence[Row]) -> float | None:
    articles = sum(run["articles"] for run in runs)
    return sum(run["claims"] for run in runs) / articles if articles else None
