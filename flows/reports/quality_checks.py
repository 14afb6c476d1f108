"""The checks on the quality page: each as it was judged last, why it stands, how the last runs went, and when it failed."""

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from expectations.model import Check
from expectations.policy import Policy
from flows.reports.rows import Row, rows
from warehouse.tables import SEVERITIES

if TYPE_CHECKING:
    from warehouse.database import Connection

MARKS_SHOWN = 12
"""Results of a check that are shown side by side, one a run."""
FAILED_SOURCES_SHOWN = 12
"""Sources that are named where many fail one check."""
_RECENT_RUNS = 60
_OBSERVED = 300
"""Characters of one observed value: a check of the owner's may observe whatever it likes."""

# Runs stand in the order in which they were loaded. Their times may be in another: a clock that was ahead is set right.
_NUMBERED = """
    numbered AS (
        SELECT run_id, started_at, status, rowid AS number FROM runs
    ), last_read AS (SELECT max(number) AS number FROM numbered WHERE status <> 'audited')
"""
# A run that reads nothing new checks few tables, a source is not in every run, and an audit makes other checks than the gate:
# each check is shown as it was judged last. What a stopped run found counts as long as no other run followed: nothing of it was
# loaded.
_LATEST = f"""
    WITH {_NUMBERED}, judged AS (
        SELECT q.table_name, q.source_id, r.status = 'audited' AS of_audit, max(r.number) AS number
        FROM quality_results AS q JOIN numbered AS r USING (run_id), last_read AS l
        WHERE r.status <> 'stopped' OR r.number = l.number
        GROUP BY ALL
    )
    SELECT q.* EXCLUDE (observed_value), left(q.observed_value, 100000) AS observed_value, r.number, r.started_at, j.of_audit,
        r.number = max(r.number) OVER (PARTITION BY q.table_name, q.source_id IS NULL) AS is_newest,
        coalesce(s.title, s.location, q.source_id) AS source
    FROM judged AS j
    JOIN numbered AS r USING (number)
    JOIN quality_results AS q
        ON q.run_id = r.run_id AND q.table_name = j.table_name AND q.source_id IS NOT DISTINCT FROM j.source_id
    LEFT JOIN sources AS s ON s.source_id = q.source_id
    QUALIFY r.number = max(r.number) OVER (PARTITION BY q.table_name, q.expectation, q.column_name, q.source_id)
    ORDER BY q.table_name, q.expectation, q.column_name, q.success, source
"""  # noqa: S608   both parts stand here
_MARKS = f"""
    WITH recent AS (
        SELECT run_id, started_at, rowid AS number FROM runs ORDER BY rowid DESC LIMIT {_RECENT_RUNS}
    ), each AS (
        SELECT table_name, expectation, column_name, number, started_at, bool_and(success) AS held
        FROM quality_results JOIN recent USING (run_id) GROUP BY ALL
    )
    SELECT table_name, expectation, column_name,
        list({{'started_at': started_at, 'held': held}} ORDER BY number DESC)[:{MARKS_SHOWN}] AS marks
    FROM each GROUP BY ALL
"""  # noqa: S608   the numbers stand here
_LAST_FAILED = """
    SELECT table_name, expectation, column_name, arg_max(started_at, runs.rowid) AS last_failed_at
    FROM quality_results JOIN runs USING (run_id) WHERE NOT success GROUP BY ALL
"""

_OF_ALL: Row = {"sources": 0, "failed_sources": [], "judged_sources": []}
"""What is told of a check that is not made of each source."""

Key = tuple[str, str, str | None]
"""A check by the table, the expectation and the columns."""


def checks_made(con: "Connection", policy: Policy) -> list[Row]:
    """Every check as it was judged last, once a table: one that is made of each source tells which fail it."""
    marks = {_key(row): row["marks"] for row in rows(con, _MARKS)}
    failed_at = {_key(row): row["last_failed_at"] for row in rows(con, _LAST_FAILED)}
    checks = []
    for key, group in groupby(rows(con, _LATEST), key=_key):
        results, check = list(group), policy.find(*key)
        if _is_made(results, check):
            judged = _of_sources(results) if results[0]["source_id"] else {**results[0], **_OF_ALL}
            told = {"marks": marks.get(key, []), "last_failed_at": failed_at.get(key), "streak": _streak(marks.get(key, []))}
            checks.append({**judged, **_in_words(key, check, policy), **_observed(judged), **told})
            checks[-1]["was_kept_out"] = was_kept_out(checks[-1])
    return checks


def failures(checks: Sequence[Row]) -> list[Row]:
    """Those that do not hold, the gravest first, and of equal gravity those of the larger share."""
    failed = [check for check in checks if not check["success"]]
    return sorted(failed, key=lambda check: (_gravity(check), -(check["unexpected_percent"] or 0), check["table_name"]))


def by_table(checks: Sequence[Row], counts: Mapping[str, int]) -> list[Row]:
    """Checks by table, tables with failures first, the gravest before others; `counts` are the tables' rows."""
    tables: dict[str, list[Row]] = {}
    for check in checks:
        tables.setdefault(check["table_name"], []).append(check)
    told = []
    for name, made in tables.items():
        ordered = [*failures(made), *(check for check in made if check["success"])]
        failed = [check for check in ordered if not check["success"]]
        at = max(check["checked_at"] for check in made)
        told.append({"name": name, "checks": ordered, "failed": failed, "rows": counts.get(name), "checked_at": at})
    return sorted(told, key=lambda table: (_gravity(table["failed"][0]) if table["failed"] else 9, table["name"]))


def changes_of(policy: Policy) -> list[Row]:
    """What the owner of the warehouse changed about checks, with the reasons."""
    return [
        {"table_name": table, "expectation": name, "is_off": change.is_off, "severity": change.severity,
         "mostly": change.mostly, "reason": change.reason}
        for (table, name), change in sorted(policy.changes.items())
    ]  # fmt: skip


def stops(check: Row) -> bool:
    """Whether its failure keeps everything from being loaded: unchecked is not passed."""
    return check["severity"] == "critical" or bool(check["error"])


def was_kept_out(check: Row) -> bool:
    """Whether the rows that fail it were held back, so that what is loaded is free of them."""
    return check["severity"] == "warning" and check["holds_back"] and not (check["of_audit"] or check["sources"])


def _key(row: Row) -> Key:
    return row["table_name"], row["expectation"], row["column_name"]


def _gravity(check: Row) -> int:
    return 0 if stops(check) else SEVERITIES.index(check["severity"])


def _is_made(results: Sequence[Row], check: Check | None) -> bool:
    """Whether the check is still made: one that is gone, or was switched off, may linger in an older run."""
    return check is not None or any(result["is_newest"] for result in results)


def _of_sources(results: Sequence[Row]) -> Row:
    """The check over all sources: it holds where it holds for each of them."""
    failed = [result for result in results if not result["success"]]
    shown = [{**result, **_observed(result)} for result in failed[:FAILED_SOURCES_SHOWN]]
    share = 100 * len(failed) / len(results)
    latest = max(results, key=lambda result: result["number"])
    return {
        **latest, "success": not failed, "sources": len(results), "failed_sources": shown, "failed_source_count": len(failed),
        "judged_sources": [result["source_id"] for result in results],
        "unexpected_count": None, "unexpected_percent": share, "observed_value": None,
    }  # fmt: skip


def phrase(expectation: str, columns: Sequence[str]) -> tuple[str, str]:
    """Whose property is expected, and what: `expect_column_values_to_not_be_null` of `title` is `title`, `to not be null`."""
    words = expectation.removeprefix("expect_")
    for general in ("column_values_", "column_pair_", "column_"):
        if columns and words.startswith(general):
            return ", ".join(columns), words.removeprefix(general).replace("_", " ")
    return "", words.replace("_", " ")


def _in_words(key: Key, check: Check | None, policy: Policy) -> Row:
    """The check in words, with the reasons for it."""
    table, expectation, column_name = key
    subject, words = phrase(expectation, column_name.split(",") if column_name else [])
    change = policy.change_of(table, check) if check else None
    return {
        "subject": subject,
        "words": words,
        "columns": column_name.replace(",", ", ") if column_name else None,
        "why": check.why if check else None,
        "mend": check.mend if check else None,
        "holds_back": check.holds_back if check else True,
        "is_own": any(own.name == expectation for own in policy.own.get(table, ())),
        "changed": change.reason if change else None,
    }


def _observed(result: Row) -> Row:
    """What was found, in words, with the rows that were judged, the keys of those that fail, and what kept it from judging."""
    found = _json(result["observed_value"])
    failing = found.pop("failing_keys", None)
    error = found.pop("error", None)
    judged = found.get("rows")
    if result["unexpected_count"] is not None:
        found.pop("rows", None)
    return {
        "error": _cut(str(error)) if error else None,
        "failing_keys": [str(key) for key in failing] if isinstance(failing, list) else [],
        "judged": judged if isinstance(judged, int) else None,
        "said": _said(found),
        "observed": [(name.replace("_", " "), _cut(_plain(value))) for name, value in found.items() if value not in (None, [])],
    }


def _said(found: Mapping[str, object]) -> str | None:
    """What a check of a source against its own past found, as a sentence; None of any other check."""
    if {"value", "median", "runs", "articles"} <= found.keys():
        value, median, runs, articles = (_plain(found[name]) for name in ("value", "median", "runs", "articles"))
        return f"{value} in the {articles} articles at hand, where {median} was usual in the {runs} runs before"
    if {"days_since", "days_allowed"} <= found.keys():
        return f"nothing new for {_plain(found['days_since'])} days, where up to {_plain(found['days_allowed'])} are allowed"
    return None


def _json(text: str | None) -> dict[str, object]:
    """The JSON object in the text; where it holds no such thing, or was cut, the text as it is."""
    if not text:
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        return {"": text}
    return found if isinstance(found, dict) else {"": found}


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(part) for part in value)
    return f"{value:,.4g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def _cut(text: str) -> str:
    return text if len(text) <= _OBSERVED else text[: _OBSERVED - 1] + "…"


def _streak(marks: Sequence[Row]) -> int:
    """Runs in a row that it has failed, up to now."""
    return next((count for count, mark in enumerate(marks) if mark["held"]), len(marks))
