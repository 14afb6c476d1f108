"""What people change about the checks that come with Claimhouse, in the file of their own checks."""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import Field

from expectations.declared import SHAPE_CHECKS, declared_checks
from expectations.model import BY_NAME, Check, Severity
from expectations.policy import Change, shipped_checks
from expectations.whole import FEW_HELD_BACK, WHOLE_CHECKS
from flows.settings import Section, nearest
from warehouse.tables import Table

_WEIGHT: Mapping[Severity, int] = {"info": 0, "warning": 1, "critical": 2}


class CheckChange(Section):
    """One [[change]] of a check that comes with Claimhouse."""

    table: str = Field(description="the name of a table, such as documents")
    check: str = Field(description="the name of a check; `claimhouse checks list` has them")
    columns: tuple[str, ...] | None = Field(
        default=None, description="the columns of the check where several bear its name; leave it out for all of them"
    )
    severity: Severity | None = Field(default=None, description="critical, warning or info, or leave it out")
    mostly: float | None = Field(default=None, gt=0, le=1, description="the share of rows that suffices, at most 1")
    off: bool = Field(default=False, description="true where the check is not to be made")
    reason: str = Field(min_length=1, description="a sentence that says why it is changed: it is shown beside the check")


def changes_of(changes: Sequence[CheckChange]) -> dict[tuple[str, str], Change]:
    """The changes as a policy holds them: by a check's name or, where columns are given, by its title."""
    return {
        (change.table, title): Change(change.reason, change.severity, change.mostly, change.off)
        for change in changes
        for title in _titles(change)
    }


def problems_of_change(change: CheckChange, before: Sequence[CheckChange]) -> Iterator[str]:
    """What is wrong with a change, with the mend."""
    table = BY_NAME.get(change.table)
    if table is None:
        yield f"there is no table {change.table}{nearest(change.table, list(BY_NAME))}"
        return
    if run_check := next((check for check in (*SHAPE_CHECKS, *WHOLE_CHECKS) if check.name == change.check), None):
        yield _of_the_run(run_check)
        return
    named = [check for check in shipped_checks(table) if check.name == change.check]
    checks = [check for check in named if change.columns is None or check.columns == change.columns]
    if not named:
        names = list(dict.fromkeys(check.name for check in shipped_checks(table)))
        yield f"{table.name} has no such check that comes with Claimhouse{nearest(change.check, names)}"
    elif not checks:
        yield f"no check of that name is on these columns; there are {', '.join(check.title for check in named)}"
    if any((one.table, one.check, one.columns) == (change.table, change.check, change.columns) for one in before):
        yield "an earlier [[change]] is of the same check; write one for both"
    what = [change.severity is not None, change.mostly is not None]
    if change.off == any(what):
        yield "set `severity`, `mostly` or both, or `off = true` alone"
    if change.mostly is not None and any(not check.columns for check in checks):
        yield "it judges sources, not rows, so that `mostly` says nothing; set `severity`, or `off = true`"
    yield from (problem for check in checks if (problem := _relied_on(change, check, table)))


def _relied_on(change: CheckChange, check: Check, table: Table) -> str | None:
    """Why a check may not be weakened in this way.

    What a table's declaration says of its columns and its key holds in every warehouse: queries, pages, exports and the next
    run are written for that. What is critical keeps broken tables out, which nothing after the load would notice.
    """
    if not _weakens(change, check):
        return None
    if check.title in {declared.title for declared in declared_checks(table)}:
        return (
            f"{check.title} holds what docs/tables.md says of the table, and queries, pages and the next run rely on that; "
            "it can be made stricter, but not weaker: take this change out"
        )
    if check.severity == "critical":
        return f"{check.title} keeps a broken table out of the warehouse ({check.why}); take this change out"
    return None


def _weakens(change: CheckChange, check: Check) -> bool:
    lighter = change.severity is not None and _WEIGHT[change.severity] < _WEIGHT[check.severity]
    looser = change.mostly is not None and change.mostly < check.mostly
    return change.off or lighter or looser


def _of_the_run(check: Check) -> str:
    if check.name == FEW_HELD_BACK.name:
        return "set `max_quarantined_percent` under [gate] in claimhouse.toml instead, which this check goes by"
    return f"it is a check of the run as a whole, which the load relies on ({check.why}); take this change out"


def _titles(change: CheckChange) -> list[str]:
    if change.columns is None:
        return [change.check]
    return [check.title for check in shipped_checks(BY_NAME[change.table])
            if (check.name, check.columns) == (change.check, change.columns)]  # fmt: skip
