"""The quarantine on the quality page: what is held back and why, what became of the rest, and how it went over time."""
# ruff: noqa: S608   names in the SQL come from the declarations of the tables

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from expectations.model import BY_NAME
from expectations.quarantine import FOLLOWED
from flows.report_quality_checks import phrase
from flows.report_quality_plots import spark
from flows.report_rows import Row, rows

if TYPE_CHECKING:
    from warehouse.database import Connection

HELD_SHOWN = 20
REASONS_SHOWN = 12
_PERIODS = 14
"""Days, weeks or months that the small plots go over."""
_ROW = 1200
"""Characters of a row's JSON: a document's row holds its whole text."""

_COUNTS = """
    SELECT count(*) AS rows, count(*) FILTER (is_open) AS open, count(*) FILTER (NOT is_open AND released) AS released,
        count(*) FILTER (NOT is_open AND NOT released) AS dropped
    FROM (
        SELECT bool_or(resolution IS NULL) AS is_open, bool_or(coalesce(resolution = 'released', false)) AS released
        FROM quarantine GROUP BY table_name, row_key
    )
"""
_REASONS = """
    SELECT table_name, expectation, starts_with(expectation, ?) AS followed, count(DISTINCT row_key) AS rows,
        count(DISTINCT row_key) FILTER (resolution IS NULL) AS open,
        count(DISTINCT row_key) FILTER (resolution = 'released') AS released,
        count(DISTINCT row_key) FILTER (resolution = 'dropped') AS dropped, max(quarantined_at) AS last_at
    FROM quarantine GROUP BY ALL
    ORDER BY open = 0, followed, rows DESC, table_name, expectation LIMIT ?
"""
_OVER_TIME = """
    SELECT table_name, expectation, date_trunc(?, quarantined_at)::TIMESTAMP AS since, count(*) AS rows
    FROM quarantine WHERE quarantined_at >= ? GROUP BY ALL
"""
# A row may fail several checks, and be held back by one run after the other: it is told once, as it was held back last.
_HELD = """
    WITH held AS (
        SELECT table_name, row_key, max(quarantined_at) AS newest_at, count(DISTINCT run_id) AS times,
            count(DISTINCT expectation) AS expectations, min(starts_with(expectation, ?)::INTEGER) AS followed
        FROM quarantine WHERE resolution IS NULL GROUP BY ALL
        ORDER BY newest_at DESC, followed, table_name, row_key LIMIT ?
    )
    SELECT q.table_name, q.row_key, q.expectation, left(q.reason, 10001) AS reason, q.quarantined_at, h.times, h.expectations,
        left(q.row, ?) AS row, length(q.row) AS row_chars
    FROM held AS h JOIN quarantine AS q
        ON q.table_name = h.table_name AND q.row_key = h.row_key AND q.quarantined_at = h.newest_at AND q.resolution IS NULL
    QUALIFY row_number() OVER (PARTITION BY q.table_name, q.row_key ORDER BY starts_with(q.expectation, ?), q.expectation) = 1
    ORDER BY h.newest_at DESC, h.followed, q.table_name, q.row_key
"""


def held_facts(con: "Connection") -> Row:
    """Rows held back: how many are open, released, dropped; by reason over time; and the latest that are open."""
    counts = rows(con, _COUNTS)[0]
    if not counts["rows"]:
        return {**counts, "reasons": [], "latest": [], "loaded_since": 0, "period": "day", "reason_count": 0}
    latest = rows(con, _HELD, FOLLOWED, HELD_SHOWN, _ROW, FOLLOWED)
    found = _found_since(con, [(row["table_name"], row["row_key"]) for row in latest])
    period, starts = _periods(con)
    return {
        **counts,
        "loaded_since": _loaded_since(con),
        "reasons": _reasons(con, period, starts),
        "reason_count": rows(con, "SELECT count(DISTINCT (table_name, expectation)) AS reasons FROM quarantine")[0]["reasons"],
        "period": period,
        "period_from": starts[0],
        "latest": [
            {**row, **_in_words(row["expectation"]), "is_loaded": (row["table_name"], row["row_key"]) in found}
            for row in latest
        ],
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


def _reasons(con: "Connection", period: str, starts: list[datetime]) -> list[Row]:
    """Checks by how many rows they hold back, each with how many it did a period."""
    over_time: dict[tuple[str, str], dict[datetime, int]] = {}
    for row in rows(con, _OVER_TIME, period, starts[0]):
        over_time.setdefault((row["table_name"], row["expectation"]), {})[row["since"]] = row["rows"]
    told = []
    for reason in rows(con, _REASONS, FOLLOWED, REASONS_SHOWN):
        counts = over_time.get((reason["table_name"], reason["expectation"]), {})
        held = [counts.get(start, 0) for start in starts]
        told.append({**reason, **_in_words(reason["expectation"]), "held": held, "spark": spark(held)})
    return told


def _in_words(title: str) -> Row:
    """The expectation, which `quarantine` names with its columns, in words."""
    name, _, columns = title.rstrip(")").partition("(")
    subject, words = phrase(name, columns.split(", ") if columns else [])
    return {"subject": subject, "words": words, "columns": columns}


def _loaded_since(con: "Connection") -> int:
    """Rows that are held back, of which the table has one with the same key by now."""
    held = rows(con, "SELECT DISTINCT table_name FROM quarantine WHERE resolution IS NULL")
    names = [row["table_name"] for row in held if row["table_name"] in BY_NAME]
    counted = [
        rows(con, f"SELECT count(DISTINCT row_key) AS rows FROM quarantine SEMI JOIN {_keys(name)} USING (row_key) "
                  "WHERE table_name = ? AND resolution IS NULL", name)[0]["rows"]
        for name in names
    ]  # fmt: skip
    return sum(counted)


def _found_since(con: "Connection", held: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the rows, by table and key, that stand in their tables."""
    found: set[tuple[str, str]] = set()
    for name in {table for table, _ in held if table in BY_NAME}:
        keys = [key for table, key in held if table == name]
        loaded = rows(con, f"SELECT row_key FROM {_keys(name)} WHERE list_contains(?, row_key)", keys)
        found.update((name, row["row_key"]) for row in loaded)
    return found


def _keys(table: str) -> str:
    """The keys of the table's rows as `quarantine.row_key` has them."""
    parts = " || '/' || ".join(f"{part}::VARCHAR" for part in BY_NAME[table].key)
    return f"(SELECT {parts} AS row_key FROM {table}) AS loaded"
