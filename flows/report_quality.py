"""What the quality page tells: the last verdict, every check, rows held back, outcomes, freshness and runs."""

from typing import TYPE_CHECKING

from expectations.catalogue import find_check
from expectations.quarantine import FOLLOWED
from flows.report_rows import Row, rows
from warehouse.tables import SEVERITIES

if TYPE_CHECKING:
    from warehouse.database import Connection

RUNS_SHOWN = 30
HELD_BACK_SHOWN = 50
SOURCES_SHOWN = 100
REASONS_SHOWN = 3
_ROW_SHOWN = 1200
"""Characters of a row's JSON: a document's row holds its whole text."""

_RUNS = """
    SELECT r.*, date_diff('millisecond', r.started_at, r.finished_at) / 1000.0 AS seconds,
        r.pages / nullif(seconds, 0) AS pages_a_second,
        coalesce(q.checks, 0) AS checks, coalesce(q.failed, 0) AS failed, coalesce(q.failed_critical, 0) AS failed_critical
    FROM runs AS r
    LEFT JOIN (
        SELECT run_id, count(*) AS checks, count(*) FILTER (NOT success) AS failed,
            count(*) FILTER (NOT success AND severity = 'critical') AS failed_critical
        FROM quality_results GROUP BY run_id
    ) AS q USING (run_id)
    ORDER BY r.started_at DESC, r.run_id
    LIMIT ?
"""
# A run that reads nothing new checks few tables: each table is shown as it was checked last.
_RESULTS = """
    WITH latest AS (
        SELECT q.table_name, arg_max(q.run_id, (r.started_at, q.run_id)) AS run_id
        FROM quality_results AS q JOIN runs AS r USING (run_id) GROUP BY q.table_name
    )
    SELECT q.* FROM quality_results AS q JOIN latest USING (run_id, table_name)
    ORDER BY q.table_name, q.success, list_position(['critical', 'warning', 'info'], q.severity), q.expectation, q.column_name
"""
_HELD_BACK = """
    SELECT q.table_name, q.row_key, q.expectation, q.reason, q.quarantined_at, starts_with(q.expectation, ?) AS followed,
        left(q.row, ?) AS row, length(q.row) AS row_chars
    FROM quarantine AS q JOIN runs AS r USING (run_id)
    ORDER BY r.started_at DESC, followed, q.table_name, q.row_key, q.expectation
    LIMIT ?
"""
_HELD_BACK_TOTALS = """
    SELECT table_name, expectation, count(*) AS rows, max(quarantined_at) AS last_at
    FROM quarantine WHERE NOT starts_with(expectation, ?)
    GROUP BY ALL ORDER BY rows DESC, table_name, expectation LIMIT 10
"""
_OUTCOMES = """
    WITH reasons AS (
        SELECT outcome, outcome_reason, count(*) AS documents FROM documents WHERE is_current GROUP BY ALL
    )
    SELECT outcome, sum(documents)::BIGINT AS documents, 100.0 * sum(documents) / sum(sum(documents)) OVER () AS share,
        coalesce(list({reason: outcome_reason, documents: documents} ORDER BY documents DESC, outcome_reason)
            FILTER (outcome_reason IS NOT NULL), []) AS reasons
    FROM reasons GROUP BY outcome ORDER BY outcome <> 'kept', documents DESC, outcome
"""
_SOURCES = """
    SELECT s.kind, coalesce(s.title, s.location) AS name, s.location, s.added_at,
        count(d.document_id) AS documents, count(d.document_id) FILTER (d.outcome = 'kept') AS kept,
        max(d.published_at) FILTER (d.outcome = 'kept') AS last_published_at,
        max(d.first_seen_at) AS last_new_at, max(d.last_seen_at) AS last_seen_at
    FROM sources AS s LEFT JOIN documents AS d ON d.source_id = s.source_id AND d.is_current
    GROUP BY ALL ORDER BY last_new_at DESC NULLS LAST, name, s.location
    LIMIT ?
"""
_TOTALS = """
    SELECT (SELECT count(*) FROM documents WHERE is_current AND outcome = 'kept') AS articles,
        (SELECT count(*) FROM current_claims) AS claims,
        (SELECT count(*) FROM entities WHERE mention_count > 0) AS entities,
        (SELECT count(*) FROM quarantine) AS held_back,
        (SELECT count(*) FROM sources) AS sources, (SELECT count(*) FROM runs) AS runs
"""


def quality_facts(con: "Connection") -> Row:
    """All that the page's template asks for. Runs are newest first, failures the gravest first."""
    totals = rows(con, _TOTALS)[0]
    runs = rows(con, _RUNS, RUNS_SHOWN)
    results = [_explained(result) for result in rows(con, _RESULTS)]
    failures = [result for result in results if not result["success"]]
    return {
        "totals": totals,
        "run": runs[0] if runs else None,
        "runs": runs,
        "run_count": totals["runs"],
        "tables": _by_table(results),
        "checks": len(results),
        "failures": sorted(failures, key=lambda failure: SEVERITIES.index(failure["severity"])),
        "held_back": rows(con, _HELD_BACK, FOLLOWED, _ROW_SHOWN, HELD_BACK_SHOWN),
        "held_back_totals": rows(con, _HELD_BACK_TOTALS, FOLLOWED),
        "outcomes": rows(con, _OUTCOMES),
        "reasons_shown": REASONS_SHOWN,
        "sources": rows(con, _SOURCES, SOURCES_SHOWN),
        "source_count": totals["sources"],
    }


def _explained(result: Row) -> Row:
    """The result in words, with why its check stands and what to do when it fails."""
    check = find_check(result["table_name"], result["expectation"], result["column_name"])
    words = result["expectation"].replace("_", " ")
    return {**result, "words": words, "why": check.why if check else None, "mend": check.mend if check else None}


def _by_table(results: list[Row]) -> list[Row]:
    """Results by table, tables with failures first."""
    tables: dict[str, list[Row]] = {}
    for result in results:
        tables.setdefault(result["table_name"], []).append(result)
    told = [
        {"name": name, "results": found, "failed": [result for result in found if not result["success"]]}
        for name, found in tables.items()
    ]
    return sorted(told, key=lambda table: (not table["failed"], table["name"]))
