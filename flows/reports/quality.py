"""What the quality page tells: the verdict, every check, runs, rows held back, sources and what became of the pages.

Each subject has a module of its own; this one puts them together, and says what is to be done first.
"""
# ruff: noqa: S608   names in the SQL come from the declarations of the tables

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from markupsafe import Markup

from expectations.policy import Policy
from flows.reports.quality_checks import MARKS_SHOWN, by_table, changes_of, checks_made, failures, stops
from flows.reports.quality_held import held_facts
from flows.reports.quality_runs import run_facts
from flows.reports.quality_samples import with_samples
from flows.reports.quality_sources import source_facts
from flows.reports.rows import Row, rows
from flows.reports.words import fingerprint
from warehouse.tables import TABLES

if TYPE_CHECKING:
    from warehouse.database import Connection

FAILURES_SHOWN = 40
FIRST_SHOWN = 3

_TOTALS = """
    SELECT (SELECT count(*) FROM documents WHERE is_current AND outcome = 'kept') AS articles,
        (SELECT count(*) FROM claims JOIN documents USING (document_id) WHERE is_current AND outcome = 'kept') AS claims,
        (SELECT count(*) FROM sources) AS sources, (SELECT count(*) FROM runs) AS runs
"""


def quality_facts(con: "Connection", policy: Policy | None = None) -> Row:
    """All that the page's template asks for. Runs are newest first, failures the gravest first.

    `policy` tells of the owner's own checks, and of what the owner changed about others.
    """
    policy = policy or Policy()
    runs = run_facts(con)
    checks = checks_made(con, policy)
    failed = failures(checks)
    held = held_facts(con)
    return {
        "totals": rows(con, _TOTALS)[0],
        **runs,
        "verdict": verdict_of(runs, failed),
        "checks": checks,
        "held_checks": sum(check["success"] for check in checks),
        "tables": by_table(checks, _counts(con)),
        "changes": changes_of(policy),
        "failures": [with_samples(con, check) for check in failed[:FAILURES_SHOWN]],
        "failure_count": len(failed),
        "grave_count": sum(map(stops, failed)),
        "first": failed[:FIRST_SHOWN],
        "held": held,
        "marks_shown": MARKS_SHOWN,
        "script": Markup(script()),  # noqa: S704   our own file
        "script_hash": fingerprint(script()),
        **source_facts(con, checks),
    }


def verdict_of(runs: Row, failed: Sequence[Row]) -> str:
    """What the page opens with.

    `none`: no run so far. `stopped`: the last run was kept from loading. `broken`: what is loaded is not as the gate would
    have let it in. `amiss`: some of what is loaded fails a check. `held`: rows were held back. `noted`: checks that only note
    something. `good`: all hold.
    """
    last = runs["last"]
    if not runs["runs"]:
        return "none"
    if last["run"] and last["run"]["status"] == "stopped":
        return "stopped"
    if any(stops(check) for check in failed):
        return "broken"
    warnings = [check for check in failed if check["severity"] == "warning"]
    if any(not check["was_kept_out"] for check in warnings):
        return "amiss"
    return "held" if warnings else "noted" if failed else "good"


def _counts(con: "Connection") -> dict[str, int]:
    """Rows of each table."""
    each = " UNION ALL ".join(f"SELECT '{table.name}' AS name, count(*) AS rows FROM {table.name}" for table in TABLES)
    return {row["name"]: row["rows"] for row in rows(con, each)}


@cache
def script() -> str:
    """The script of the page, which searches the checks."""
    return (files("flows.reports") / "templates" / "quality.js").read_text(encoding="utf-8")
