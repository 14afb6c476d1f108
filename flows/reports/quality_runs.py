"""The runs on the quality page: when the last ones were, what stopped some, and how runs went over time."""

from typing import TYPE_CHECKING

from flows.reports.quality_plots import chart
from flows.reports.rows import Row, rows

if TYPE_CHECKING:
    from warehouse.database import Connection

RUNS_SHOWN = 60
MONTHS_SHOWN = 24
_STOPPED_SHOWN = 5
_REASONS_SHOWN = 3

PLOTS = (
    ("pages", "Pages met", "pages"),
    ("documents", "Pages read anew", "pages"),
    ("claims", "Claims loaded", "claims"),
    ("claims_an_article", "Claims an article", "claims"),
    ("left_out_percent", "Pages that are no article", "percent"),
    ("failed", "Checks not met", "checks"),
    ("quarantined", "Rows held back", "rows"),
    ("words_a_second", "Words read a second", "words"),
    ("seconds", "Time taken", "seconds"),
)
"""Column, title and unit of each plot."""

# Runs stand in the order in which they were loaded. Their times may be in another: a clock that was ahead is set right.
_RUNS = """
    WITH recent AS (SELECT *, rowid AS number FROM runs ORDER BY rowid DESC LIMIT ?), judged AS (
        SELECT run_id, count(*) AS checks, count(*) FILTER (NOT success) AS failed,
            count(*) FILTER (NOT success AND severity = 'critical') AS failed_critical
        FROM quality_results SEMI JOIN recent USING (run_id) GROUP BY run_id
    ), met AS (
        SELECT first_seen_at AS started_at, count(*) FILTER (outcome = 'kept') AS kept,
            100 * avg((outcome NOT IN ('kept', 'duplicate', 'gone'))::INTEGER) AS left_out_percent
        FROM documents WHERE first_seen_at IN (SELECT started_at FROM recent) GROUP BY ALL
    )
    SELECT r.* EXCLUDE (number), date_diff('millisecond', r.started_at, r.finished_at) / 1000.0 AS seconds,
        r.claims / nullif(m.kept, 0) AS claims_an_article, m.left_out_percent,
        r.words / nullif(r.reading_seconds, 0) AS words_a_second,
        coalesce(j.checks, 0) AS checks, coalesce(j.failed, 0) AS failed, coalesce(j.failed_critical, 0) AS failed_critical
    FROM recent AS r LEFT JOIN judged AS j USING (run_id) LEFT JOIN met AS m USING (started_at)
    ORDER BY r.number DESC
"""
_LAST = """
    SELECT kind, arg_max(run_id, number) AS run_id, arg_max(started_at, number) AS started_at,
        arg_max(status, number) AS status, arg_max(quarantined, number) AS quarantined
    FROM (
        SELECT unnest(CASE status WHEN 'audited' THEN ['audit'] WHEN 'loaded' THEN ['run', 'load'] ELSE ['run'] END) AS kind,
            run_id, started_at, status, quarantined, rowid AS number
        FROM runs
    )
    GROUP BY kind
"""
_MONTHS = """
    SELECT date_trunc('month', started_at)::DATE AS month, count(*) AS runs, count(*) FILTER (status = 'stopped') AS stopped,
        sum(pages)::BIGINT AS pages, sum(documents)::BIGINT AS documents, sum(claims)::BIGINT AS claims,
        sum(quarantined)::BIGINT AS quarantined, sum(words) / nullif(sum(reading_seconds), 0) AS words_a_second
    FROM runs WHERE status <> 'audited' GROUP BY ALL ORDER BY month DESC LIMIT ?
"""
_STOPPED = """
    WITH stopped AS (
        SELECT *, rowid AS number FROM runs WHERE status = 'stopped' ORDER BY rowid DESC LIMIT ?
    )
    SELECT s.run_id, s.started_at, s.pages,
        list({'table_name': q.table_name, 'expectation': q.expectation, 'column_name': q.column_name,
              'unexpected_count': q.unexpected_count}
            ORDER BY q.unexpected_percent DESC NULLS LAST, q.table_name, q.expectation)
            FILTER (q.run_id IS NOT NULL) AS reasons
    FROM stopped AS s LEFT JOIN quality_results AS q
        ON q.run_id = s.run_id AND NOT q.success
        AND (q.severity = 'critical' OR contains(coalesce(left(q.observed_value, 100000), ''), '"error"'))
    GROUP BY s.run_id, s.started_at, s.pages, s.number ORDER BY s.number DESC
"""
_STREAK = """
    SELECT count(*) AS runs FROM runs WHERE status = 'stopped'
        AND rowid > coalesce((SELECT max(rowid) FROM runs WHERE status IN ('loaded', 'unchanged')), -1)
"""


def run_facts(con: "Connection") -> Row:
    """Runs, newest first, with the plots of them, the last of each kind, and those that were stopped, with the reasons."""
    runs = rows(con, _RUNS, RUNS_SHOWN)
    last = {row["kind"]: row for row in rows(con, _LAST)}
    read = [run for run in runs if run["status"] != "audited"]
    return {
        "runs": runs,
        "last": {kind: last.get(kind) for kind in ("run", "load", "audit")},
        "plots": [chart(read, *plot) for plot in PLOTS] if read else [],
        "plotted": read,
        "months": rows(con, _MONTHS, MONTHS_SHOWN),
        "stopped": [_with_most(row) for row in rows(con, _STOPPED, _STOPPED_SHOWN)],
        "stopped_in_a_row": rows(con, _STREAK)[0]["runs"],
    }


def _with_most(row: Row) -> Row:
    reasons = row["reasons"] or []
    return {**row, "reasons": reasons[:_REASONS_SHOWN], "more": max(0, len(reasons) - _REASONS_SHOWN)}
