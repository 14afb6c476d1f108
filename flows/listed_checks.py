"""Every check that a warehouse is held to, for people to look through."""

from collections.abc import Iterator

import polars as pl

from expectations.declared import SHAPE_CHECKS
from expectations.model import BY_NAME, Check
from expectations.policy import Policy, shipped_checks
from expectations.whole import WHOLE_CHECKS
from flows.errors import WrongUse
from flows.own_checks import policy_of
from flows.settings import Settings, nearest

OF_THE_RUN = "(the run)"
"""Stands for the table of checks that are made of every table, or of the run as a whole."""

_SCHEMA = {
    name: pl.Float64 if name == "mostly" else pl.String
    for name in ("table", "check", "columns", "severity", "mostly", "origin", "why", "mend", "change")
}


def listed(settings: Settings, table: str | None = None, *, is_own: bool = False) -> pl.DataFrame:
    """One row a check: table, check, columns, severity, mostly, origin, why, mend, change.

    `origin` is `claimhouse`, `own`, or `changed` or `off` by the owner, and then `change` says what was before, and the reason.
    With `is_own` those that come with Claimhouse are left out, unless changed. Raises WrongUse for a table that is not there.
    """
    policy = policy_of(settings)
    if table is not None and table not in BY_NAME:
        raise WrongUse(f"There is no table {table}{nearest(table, list(BY_NAME))}")
    rows = [row for row in _rows(policy) if table in (None, row["table"]) and not (is_own and row["origin"] == "claimhouse")]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def shown(checks: pl.DataFrame) -> Iterator[str]:
    """The checks as lines of text, under their tables."""
    for (table,), rows in checks.group_by("table", maintain_order=True):
        yield f"{table}"
        for row in rows.iter_rows(named=True):
            origin = "" if row["origin"] == "claimhouse" else f" · {row['origin']}"
            title = f"{row['check']}({row['columns']})" if row["columns"] else row["check"]
            yield f"  {title}  {row['severity']}{_suffices(row['mostly'])}{origin}"
            yield f"      {row['why']}; when it fails, {row['mend']}."
            if row["change"]:
                yield f"      {row['change']}"
        yield ""
    weights = checks["severity"].value_counts().sort("severity").rows()
    yield f"{checks.height} checks: {', '.join(f'{count} {severity}' for severity, count in weights) or 'none'}"


def _rows(policy: Policy) -> Iterator[dict[str, object]]:
    for name, table in BY_NAME.items():
        for check in shipped_checks(table):
            change, now = policy.change_of(name, check), policy.adjusted(name, check)
            if change is None:
                yield _row(name, check, "claimhouse")
            else:
                said = f"It was {check.severity}{_suffices(check.mostly)}. {change.reason}"
                yield _row(name, now or check, "changed" if now else "off", said)
        for check in policy.own.get(name, ()):
            yield _row(name, check, "own")
    for check in (*SHAPE_CHECKS, *WHOLE_CHECKS):
        yield _row(OF_THE_RUN, check, "claimhouse")


def _suffices(mostly: float) -> str:
    return f", of {100 * mostly:g}% of the rows" if mostly < 1 else ""


def _row(table: str, check: Check, origin: str, change: str | None = None) -> dict[str, object]:
    return {
        "table": table, "check": check.name, "columns": ", ".join(check.columns), "severity": check.severity,
        "mostly": check.mostly, "origin": origin, "why": check.why, "mend": check.mend, "change": change,
    }  # fmt: skip
