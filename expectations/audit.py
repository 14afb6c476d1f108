"""The gate's checks over all that was loaded, part by part: what held when a row came in may have been broken since."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import polars as pl

from expectations.freshness import Freshness, judge_freshness
from expectations.gate import held_to, result_row, stop_words, stops
from expectations.model import BY_NAME, World
from expectations.policy import Policy
from expectations.suites import Finding, Judge, judge_rows, judge_shape
from expectations.tallied import judge_tallies
from warehouse.tables import QUALITY_RESULTS, TABLES


class Audit:
    """What the checks found in the parts so far. A check of a table, or of a source, has one finding, over all parts."""

    def __init__(self, judge: Judge, checked_at: datetime, policy: Policy | None = None) -> None:
        self._judge = judge
        self._checked_at = checked_at
        self._policy = policy or Policy()
        self._findings: dict[tuple[str, str, str | None], Finding] = {}

    def add(self, frames: Mapping[str, pl.DataFrame], found: Mapping[str, pl.Series]) -> None:
        """Judge a part: frames under their tables' names, and the keys that are there of those that their rows refer to.

        What is judged against other rows of the same table or document must be in one part with these.
        """
        self._keep(judge_shape(self._judge, frames, BY_NAME))
        keys = {reference.split(".")[0]: known.to_frame(reference.split(".")[1]) for reference, known in found.items()}
        # Of a table that is written as it is touched the checks look at frames alone.
        beside = {name: frame for name, frame in keys.items() if name not in frames and BY_NAME[name].written == "touched"}
        world = World({**beside, **frames}, found, None, self._checked_at)
        for name, frame in frames.items():
            self._keep(judge_rows(self._judge, BY_NAME[name], frame, self._policy.checks(BY_NAME[name]), world))

    def add_tallies(self, found: pl.DataFrame) -> None:
        """Judge what was counted over all rows, as `warehouse.tallies.tallies` gives it.

        What a check found in parts gives way to what it finds over all of them.
        """
        for finding in judge_tallies(self._judge, found, self._policy):
            self._findings[_place(finding)] = finding

    def add_freshness(self, freshness: Freshness) -> None:
        """Judge whether each source still brings something new."""
        self._keep(list(judge_freshness(self._judge, freshness)))

    def quality_results(self, run_id: str) -> pl.DataFrame:
        """One row a check of a table, as `quality_results` holds them."""
        return QUALITY_RESULTS.frame([result_row(finding, run_id, self._checked_at) for finding in self._in_order()])

    @property
    def broken(self) -> tuple[str, ...]:
        """What would have stopped a load, in words, with the mend."""
        return tuple(stop_words(finding) for finding in self._in_order() if stops(finding))

    def _in_order(self) -> list[Finding]:
        places = {table.name: place for place, table in enumerate(TABLES)}
        return sorted(self._findings.values(), key=lambda finding: places[finding.table])

    def _keep(self, findings: list[Finding]) -> None:
        for finding in findings:
            if kept := held_to(self._policy, finding):
                place = _place(kept)
                self._findings[place] = _joined(self._findings[place], kept) if place in self._findings else kept


def _place(finding: Finding) -> tuple[str, str, str | None]:
    return finding.table, finding.check.title, finding.source_id


def _joined(before: Finding, finding: Finding) -> Finding:
    """What a check found in the parts before and in this one."""
    error = before.error or finding.error
    if before.failed is None or finding.failed is None:
        worse = before if not before.success else finding
        return replace(worse, success=before.success and finding.success, error=error)
    failed = (*before.failed, *(before.judged + number for number in finding.failed))
    judged = before.judged + finding.judged
    passed = not judged or 1 - len(failed) / judged >= finding.check.mostly
    return replace(
        before if before.failed else finding, success=passed and error is None, judged=judged, failed=failed, error=error
    )
