"""A person's own checks, tried on the published warehouse: what fails, and which rows, without a run."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from expectations.model import BY_NAME, Check, World
from expectations.words import reason, row_keys
from flows import check_conditions
from flows.clock import now
from flows.errors import WrongUse
from flows.own_checks import OwnCheck, policy_of, read_checks
from flows.settings import Settings, nearest
from warehouse.database import Connection
from warehouse.tables import Table
from warehouse.upgrade import reading_current

_SAMPLE = 5

_MEANS = {
    "critical": "the gate would stop a load for this",
    "warning": "the gate would hold such rows back",
    "info": "it is noted, and the rows are loaded",
}


@dataclass(frozen=True, slots=True)
class Tried:
    """What a check comes to. `judged` counts the rows that it says something about; `samples` are some that fail, in words."""

    table: str
    check: Check
    judged: int
    failed: int
    samples: tuple[str, ...]
    error: str | None = None

    @property
    def holds(self) -> bool:
        """Whether enough rows pass."""
        return self.error is None and (not self.judged or 1 - self.failed / self.judged >= self.check.mostly)

    @property
    def stops(self) -> bool:
        """Whether a load with such rows would be stopped."""
        return self.error is not None or (not self.holds and self.check.severity == "critical")

    def lines(self) -> Iterator[str]:
        """What it comes to, for the terminal."""
        title = f"{'✓' if self.holds else '✗'} {self.table}: {self.check.title}"
        if self.error:
            yield f"{title} could not be judged: {self.error}"
        elif not self.failed:
            yield f"{title} holds in all of {self.judged:,} rows"
        else:
            allowed = f", and {100 * self.check.mostly:g}% suffice" if self.check.mostly < 1 else ""
            yield f"{title} fails in {self.failed:,} of {self.judged:,} rows ({100 * self.failed / self.judged:.2g}%){allowed}"
            if not self.holds or self.check.severity == "warning":
                yield f"    {self.check.severity}: {_MEANS[self.check.severity]}"
            yield from (f"    {sample}" for sample in self.samples)
            if self.failed > len(self.samples):
                yield f"    … and {self.failed - len(self.samples):,} more"


def tried(settings: Settings, name: str | None = None, file: Path | None = None) -> Iterator[Tried]:
    """Each own check, or the one of that name, on every row of the warehouse.

    Raises WrongUse where the file has none of that name or something is wrong in it, and what `open_readonly` raises.
    """
    if file is not None:
        settings = settings.model_copy(update={"gate": settings.gate.model_copy(update={"checks": file})})
    if settings.gate.checks is None:
        raise WrongUse(
            'The settings name no file of checks. Set `checks = "checks.toml"` under [gate] in claimhouse.toml, or give '
            "--file; docs/checks.md tells how to write one."
        )
    policy = policy_of(settings)
    given = {(one.table, one.name): one for one in read_checks(settings.gate.checks).check}
    wanted = [(table, check) for table, own in policy.own.items() for check in own if name in (None, check.name)]
    if not wanted:
        names = [check for _, check in given]
        raise WrongUse(f"{settings.gate.checks} has no check{f' {name}{nearest(name, names)}' if name else 's of your own.'}")
    with reading_current(settings.place) as con:
        for table, check in wanted:
            one = given[table, check.name]
            yield _asked(con, BY_NAME[table], check, one) if one.condition else _judged(con, BY_NAME[table], check)


def _asked(con: Connection, table: Table, check: Check, given: OwnCheck) -> Tried:
    found = check_conditions.tried(con, table, given.condition or "", f"{table.name}: {check.title}", _SAMPLE)
    return Tried(table.name, check, found.judged, found.failed, _in_words(table, check, found.failing))


def _judged(con: Connection, table: Table, check: Check) -> Tried:
    from expectations.suites import Judge, judge_rows  # noqa: PLC0415  # Great Expectations takes seconds to import

    frame = con.table(table.name).pl()
    world = World({table.name: frame}, {}, None, now())
    [finding] = judge_rows(Judge(), table, frame, [check], world)
    failed = finding.failed or ()
    sample = frame[list(failed[:_SAMPLE])]
    return Tried(table.name, check, finding.judged, len(failed), _in_words(table, check, sample), finding.error)


def _in_words(table: Table, check: Check, failing: pl.DataFrame) -> tuple[str, ...]:
    rows = zip(row_keys(table, failing), failing.iter_rows(named=True), strict=True)
    return tuple(f"{key}: {reason(check, row)}" for key, row in rows)
