"""Which checks a warehouse is held to: those that come with Claimhouse, as its owner has changed them, and the owner's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from expectations.catalogue import find_check
from expectations.freshness import FRESHNESS_CHECKS
from expectations.model import Check, Severity
from expectations.row_checks import row_checks
from expectations.source_history import MEASURES, NO_NAVIGATION
from expectations.tallied import TALLIED
from warehouse.tables import SENTENCES, SOURCES, Table


def shipped_checks(table: Table) -> list[Check]:
    """Every check of the table that comes with Claimhouse: of its rows, of sources, and of all that is loaded."""
    of_sources = [measure.check for measure in MEASURES if measure.table == table.name]
    of_sources += [NO_NAVIGATION] if table is SENTENCES else list(FRESHNESS_CHECKS) if table is SOURCES else []
    of_all = [check for (name, _), check in TALLIED.items() if name == table.name]
    return list({check.title: check for check in (*of_all, *of_sources, *row_checks(table))}.values())


@dataclass(frozen=True, slots=True)
class Change:
    """What the owner changes about a check: its severity, the share of rows that suffices, or that it is not made at all."""

    reason: str
    severity: Severity | None = None
    mostly: float | None = None
    is_off: bool = False

    def of(self, check: Check) -> Check | None:
        """The check with the change; None where it is off."""
        if self.is_off:
            return None
        mostly = check.mostly if self.mostly is None else self.mostly
        return replace(check, severity=self.severity or check.severity, mostly=mostly)


@dataclass(frozen=True, slots=True)
class Policy:
    """`own` are checks by table. `changes` go by table and by a check's name, for every check that bears it, or its title."""

    own: Mapping[str, tuple[Check, ...]] = field(default_factory=dict)
    changes: Mapping[tuple[str, str], Change] = field(default_factory=dict)

    def checks(self, table: Table) -> list[Check]:
        """Every check of the table's rows."""
        checks = [*row_checks(table), *self.own.get(table.name, ())]
        return [kept for check in checks if (kept := self.adjusted(table.name, check))]

    def change_of(self, table: str, check: Check) -> Change | None:
        """What the owner changes about the check: that of its title, with its columns, goes before that of its name."""
        return self.changes.get((table, check.title)) or self.changes.get((table, check.name))

    def adjusted(self, table: str, check: Check) -> Check | None:
        """The check as it is to be made; None where it is not."""
        change = self.change_of(table, check)
        return change.of(check) if change else check

    def find(self, table: str, expectation: str, column_name: str | None) -> Check | None:
        """The check of that name, as it is made now; None where it is gone or off."""
        for check in self.own.get(table, ()):
            if (check.name, check.column_name) == (expectation, column_name):
                return check
        shipped = find_check(table, expectation, column_name)
        return self.adjusted(table, shipped) if shipped else None
