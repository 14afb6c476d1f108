"""Which checks a warehouse is held to: those that come with Claimhouse, as its owner has changed them, and the owner's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from expectations.model import Check, Severity
from expectations.suites import row_checks
from warehouse.tables import Table


@dataclass(frozen=True, slots=True)
class Change:
    """What the owner changes about a check: its severity, the share of rows that suffices, or that it is not made at all."""

    reason: str
    severity: Severity | None = None
    mostly: float | None = None
    is_off: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """`own` are checks by table; `changes` go by table and name of the check, and are of every check that bears it."""

    own: Mapping[str, tuple[Check, ...]] = field(default_factory=dict)
    changes: Mapping[tuple[str, str], Change] = field(default_factory=dict)

    def checks(self, table: Table) -> list[Check]:
        """Every check of the table's rows."""
        checks = [*row_checks(table), *self.own.get(table.name, ())]
        return [kept for check in checks if (kept := self.adjusted(table.name, check))]

    def adjusted(self, table: str, check: Check) -> Check | None:
        """The check as it is to be made; None where it is not."""
        change = self.changes.get((table, check.name))
        if change is None:
            return check
        if change.is_off:
            return None
        return replace(
            check,
            severity=change.severity or check.severity,
            mostly=check.mostly if change.mostly is None else change.mostly,
        )
