"""Every check by the name it bears in `quality_results`, for pages that say why it stands and what to do when it fails."""

from functools import cache

from expectations.declared import SHAPE_CHECKS
from expectations.freshness import FRESHNESS_CHECKS
from expectations.model import BY_NAME, Check
from expectations.row_checks import row_checks
from expectations.source_history import HISTORY_CHECKS
from expectations.tallied import TALLIED
from expectations.whole import WHOLE_CHECKS


def find_check(table: str, expectation: str, column_name: str | None) -> Check | None:
    """The check of that name; None where an earlier version had one that is gone."""
    return _row_checks().get((table, expectation, column_name)) or _run_checks().get(expectation)


@cache
def _row_checks() -> dict[tuple[str, str, str | None], Check]:
    of_rows = {(name, check.name, check.column_name): check for name, table in BY_NAME.items() for check in row_checks(table)}
    return of_rows | {(table, check.name, check.column_name): check for (table, _), check in TALLIED.items()}


@cache
def _run_checks() -> dict[str, Check]:
    """Checks whose columns depend on the table or the run."""
    return {check.name: check for check in (*SHAPE_CHECKS, *WHOLE_CHECKS, *HISTORY_CHECKS, *FRESHNESS_CHECKS)}
