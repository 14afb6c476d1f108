"""The quarantine on the quality page: what is held back and why, what became of the rest, and how it went over time."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from expectations.quarantine import FOLLOWED
from flows.reports.quality_checks import phrase
from flows.reports.quality_plots import spark
from flows.reports.rows import Row, rows

if TYPE_CHECKING:
    from warehouse.database import Connection

HELD_SHOWN = 20
REASONS_SHOWN = 12
_PERIODS = 14
"""Days, weeks or months that the small plots go over."""
_ROW = 1200
"""Characters of a row's JSON: a document's row holds its whole text."""

# `held` is what `warehouse.quarantined.note_held` makes: one row for each row held back, with what became of it.
_COUNTS = """
    SELECT count(*) AS rows, count(*) FILTER (state = 'open') AS open, count(*) FILTER (state = 'stopped') AS stopped,
        count(*) FILTER (state = 'loaded') AS loaded, count(*) FILTER (state = 'released') AS released,
        count(*) FILTER (state = 'dropped') AS dropped, count(*) FILTER (state = 'open' AND parent_table <> '') AS following
    FROM held
"""
_REASONS = """
    SELECT q.table_name, q.expectation, starts_with(q.expectation, ?) AS followed, count(DISTINCT q.row_key) AS rows,
        count(DISTINCT q.row_key) FILTER (h.state IN ('open', 'stopped')) AS open,
        count(DISTINCT q.row_key) FILTER (h.state = 'loaded') AS loaded,
        count(DISTINCT q.row_key) FILTER (h.state = 'released') AS released,
        count(DISTINCT q.row_key) FILTER (h.state = 'dropped') AS dropped, max(q.quarantined_at) AS last_at
    FROM quarantine AS q JOIN held AS h USING (table_name, row_key) WHERE NOT starts_with(q.expectation, ?)
    GROUP BY q.table_name, q.expectation
    ORDER BY open = 0, followed, rows DESC, q.table_name, q.expectation LIMIT ?
"""
_REASON_COUNT = """
    SELECT count(DISTINCT (table_name, expectation)) AS reasons FROM quarantine WHERE NOT starts_with(expectation, ?)
"""
_OVER_TIME = """
    SELECT table_name, expectation, date_trunc(?, quarantined_at)::TIMESTAMP AS since, count(DISTINCT row_key) AS rows
    FROM quarantine WHERE quarantined_at >= ? GROUP BY ALL
"""
_WAITING = """
    WITH waiting AS (
        SELECT table_name, row_key, id, run_id, times, since, left(reason, 2001) AS reason, expectations[1] AS expectation,
            len(expectations) AS expectations
        FROM held WHERE state = 'open' AND coalesce(parent_table, '') = ''
        ORDER BY since DESC, table_name, row_key LIMIT ?
    )
    SELECT w.*, any_value(left(q.row, ?)) AS row, max(length(q.row)) AS row_chars
    FROM waiting AS w JOIN quarantine AS q USING (table_name, row_key, run_id)
    GROUP BY ALL ORDER BY w.since DESC, w.table_name, w.row_key
"""


def held_facts(con: "Connection") -> Row:
    """Rows held back: how many wait or were loaded, released, dropped; by reason over time; and those that wait."""
    from warehouse.quarantined import BY_HAND, note_held  # noqa: PLC0415   it brings DuckDB along

    note_held(con)
    counts = rows(con, _COUNTS)[0]
    if not counts["rows"]:
        return {**counts, "waiting": 0, "latest": [], "reasons": [], "reason_count": 0}
    period, starts = _periods(con)
    return {
        **counts,
        "waiting": counts["open"] - counts["following"],
        "latest": [{**row, **_in_words(row["expectation"])} for row in rows(con, _WAITING, HELD_SHOWN, _ROW)],
        "reasons": _over_time(con, rows(con, _REASONS, FOLLOWED, BY_HAND, REASONS_SHOWN), period, starts),
        "reason_count": rows(con, _REASON_COUNT, BY_HAND)[0]["reasons"],
        "period": period,
        "period_from": starts[0],
    }


def _periods(con: "Connection") -> tuple[str, list[datetime]]:
    """Days, weeks or months, whichever the runs fill, and when each began, up to the last run's."""
    first, last = rows(con, "SELECT min(started_at) AS first, max(started_at) AS last FROM runs")[0].values()
    days = (last - first).days
    period = "day" if days < _PERIODS else "week" if days < 7 * _PERIODS else "month"
    starts = [rows(con, "SELECT date_trunc(?, ?::TIMESTAMP)::TIMESTAMP AS at", period, last)[0]["at"]]
    while len(starts) < _PERIODS:
        before = starts[-1] - timedelta(days=1)
        starts.append({"day": before, "week": before - timedelta(days=6), "month": before.replace(day=1)}[period])
    return period, starts[::-1]


def _over_time(con: "Connection", reasons: list[Row], period: str, starts: list[datetime]) -> list[Row]:
    """The reasons in words, each with how many rows were held back for it a period."""
    counted: dict[tuple[str, str], dict[datetime, int]] = {}
    for row in rows(con, _OVER_TIME, period, starts[0]):
        counted.setdefault((row["table_name"], row["expectation"]), {})[row["since"]] = row["rows"]
    told = []
    for reason in reasons:
        counts = counted.get((reason["table_name"], reason["expectation"]), {})
        held = [counts.get(start, 0) for start in starts]
        told.append({**reason, **_in_words(reason["expectation"]), "held": held, "spark": spark(held)})
    return told


def _in_words(title: str) -> Row:
    """The expectation, which `quarantine` names with its columns, in words."""
    name, _, columns = title.rstrip(")").partition("(")
    subject, words = phrase(name, columns.split(", ") if columns else [])
    return {"subject": subject, "words": words, "columns": columns}
