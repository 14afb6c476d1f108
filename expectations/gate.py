"""The gate between staging and the warehouse: write, audit, publish.

Every table is checked; rows that fail go to quarantine, and a failed critical check stops the load.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import polars as pl

from expectations.freshness import Freshness, judge_freshness
from expectations.model import BY_NAME, World
from expectations.policy import Policy
from expectations.quarantine import Quarantine
from expectations.source_history import History, judge_sources
from expectations.suites import Finding, Judge, judge_rows, judge_shape
from expectations.whole import judge_loaded, judge_outcomes, judge_references, judge_shares
from expectations.words import row_keys
from warehouse.tables import DOCUMENTS, QUALITY_RESULTS, QUARANTINE, TABLES, Table

SAMPLE_WHEN_STOPPED = 100
"""Rows that are kept for each check when the load is stopped: then a whole table may have failed, and none of it is lost,
since nothing was loaded. `quality_results` counts them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateContext:
    """What the gate is told about the run and the warehouse.

    `known` holds values that the warehouse already has, by `table.column`: keys that new rows may refer to
    (`documents.document_id`, `claims.claim_id`, …), and what loaded rows refer to in rows that this load replaces, where a
    table is written as it is touched (`mentions.entity_id`, `claims.cluster_id`, …). `texts` has document_id and text of
    loaded documents that new rows have spans in, if any. `pages` counts the pages that must each end in one document.
    `spared` has keys of rows, by table, that are not held back though they fail: they are loaded already, and stay.
    `policy` says which checks are made; `history` and `freshness` what sources are held against, where there is such a thing.
    """

    run_id: str
    checked_at: datetime
    known: Mapping[str, pl.Series] = field(default_factory=dict)
    texts: pl.DataFrame | None = None
    max_quarantined_percent: float = 5.0
    pages: int | None = None
    spared: Mapping[str, pl.Series] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    history: History | None = None
    freshness: Freshness | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be loaded, and what the gate found.

    `frames` are the tables without the rows held back; there are none where the load is stopped. `stopped_by` says in words
    what stopped it, with the mend.
    """

    frames: dict[str, pl.DataFrame]
    quality_results: pl.DataFrame
    quarantine: pl.DataFrame
    stopped_by: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the load may go on."""
        return not self.stopped_by

    @property
    def quarantined(self) -> int:
        """Rows in quarantine, each counted once however many checks it failed."""
        return self.quarantine.select("table_name", "row_key").n_unique()

    def of_run(self, run_id: str) -> "Verdict":
        """This verdict, told under another run's id."""
        other = pl.lit(run_id).alias("run_id")
        return replace(
            self, quality_results=self.quality_results.with_columns(other), quarantine=self.quarantine.with_columns(other)
        )

    def after(self, first: "Verdict") -> "Verdict":
        """This verdict on what was left when the rows that the `first` one held back were taken out: both as one.

        What failed at first stands, and so does what failed now. Rows held back at first, as they referred to one that was,
        may have passed now.
        """
        failed, failed_now = (results.filter(~pl.col("success")) for results in (first.quality_results, self.quality_results))
        held = first.quarantine.filter(~self._passes(first.quarantine))
        return replace(
            self,
            quality_results=_each_once(QUALITY_RESULTS, failed, failed_now, first.quality_results),
            quarantine=_each_once(QUARANTINE, held, self.quarantine),
        )

    def _passes(self, held: pl.DataFrame) -> pl.Series:
        """Of rows of `quarantine`, whether they are among those that may be loaded."""
        passing = {name: row_keys(BY_NAME[name], frame).implode() for name, frame in self.frames.items()}
        are = [(pl.col("table_name") == name) & pl.col("row_key").is_in(keys) for name, keys in passing.items()]
        return held.select(pl.any_horizontal(pl.lit(value=False), *are)).to_series()


def check(frames: Mapping[str, pl.DataFrame], *, context: GateContext) -> Verdict:
    """Check every frame, hold back the rows that fail and those that refer to them, and say whether the rest may be loaded.

    Frames are named after the declared tables. A frame whose columns are not the declared ones stops the load before any row is
    looked at. Raises ValueError for a name that no table has.
    """
    if unknown := sorted(set(frames) - set(BY_NAME)):
        raise ValueError(f"{', '.join(unknown)}: no such table; pass frames by the names in warehouse.tables.TABLES")
    frames = {table.name: frames[table.name] for table in TABLES if table.name in frames}
    judge = Judge()
    findings = judge_shape(judge, frames, BY_NAME)
    if not all(finding.success for finding in findings):
        return _verdict({}, findings, Quarantine(frames), context)

    world = World(frames, context.known, context.texts, context.checked_at)
    for name, frame in frames.items():
        findings.extend(judge_rows(judge, BY_NAME[name], frame, context.policy.checks(BY_NAME[name]), world))
    quarantine = Quarantine(frames, context.spared)
    for finding in findings:
        if finding.check.severity != "info" and finding.check.holds_back:
            quarantine.hold(finding)
    findings.extend(_of_sources(judge, context))
    if context.pages is not None and DOCUMENTS.name in frames:
        findings.append(judge_outcomes(judge, frames[DOCUMENTS.name], context.pages))
    held = {name: quarantine.count(name) for name in frames}
    findings.extend(judge_shares(judge, frames, held, context.max_quarantined_percent))

    quarantine.follow()
    passed = quarantine.passed()
    world = World(passed, context.known, context.texts, context.checked_at)
    findings.extend(judge_references(judge, passed, quarantine, world))
    findings.extend(judge_loaded(judge, passed, world))
    return _verdict(passed, findings, quarantine, context)


def _each_once(table: Table, *frames: pl.DataFrame) -> pl.DataFrame:
    """The rows of all frames, of those with one key the first."""
    return pl.concat(frames).unique(table.key, keep="first", maintain_order=True)


def _of_sources(judge: Judge, context: GateContext) -> Iterator[Finding]:
    """What sources came to beside their own past. Nothing is held back for it."""
    if context.history is not None:
        yield from judge_sources(judge, context.history)
    if context.freshness is not None:
        yield from judge_freshness(judge, context.freshness)


def _verdict(
    passed: dict[str, pl.DataFrame], findings: Sequence[Finding], quarantine: Quarantine, context: GateContext
) -> Verdict:
    findings = [kept for finding in findings if (kept := held_to(context.policy, finding))]
    stopped_by = tuple(stop_words(finding) for finding in findings if stops(finding))
    held = quarantine.rows(context.run_id, context.checked_at, most=SAMPLE_WHEN_STOPPED if stopped_by else None)
    return Verdict(
        frames={} if stopped_by else passed,
        quality_results=QUALITY_RESULTS.frame(
            [result_row(finding, context.run_id, context.checked_at) for finding in findings]
        ),
        quarantine=held,
        stopped_by=stopped_by,
    )


def held_to(policy: Policy, finding: Finding) -> Finding | None:
    """The finding with its check as the policy has it; None where the check is off."""
    check = policy.adjusted(finding.table, finding.check)
    return replace(finding, check=check) if check else None


def stops(finding: Finding) -> bool:
    """A failed critical check stops the load, and so does any that could not be carried out: unchecked is not passed."""
    return not finding.success and (finding.check.severity == "critical" or finding.error is not None)


def stop_words(finding: Finding) -> str:
    """What stopped the load, in words, with the mend."""
    check, where = finding.check, f"{finding.table}: {finding.check.title}"
    if finding.error is not None:
        return f"{where} could not be judged: {finding.error}. To mend it, look at the step that makes the table."
    if finding.failed_count:
        found = f"fails in {finding.failed_count} of {finding.judged} rows, such as {finding.example}"
    else:
        found = f"fails, with {_json(finding.observed)}"
    return f"{where} {found}. {check.why}. To mend it, {check.mend}."


def result_row(finding: Finding, run_id: str, checked_at: datetime) -> dict[str, object]:
    """The `quality_results` row."""
    rows = {} if finding.failed_count is None else {"rows": finding.judged}
    error = {"error": finding.error} if finding.error is not None else {}
    return {
        "run_id": run_id,
        "table_name": finding.table,
        "expectation": finding.check.name,
        "column_name": finding.check.column_name,
        "severity": finding.check.severity,
        "success": finding.success,
        "observed_value": _json({**rows, **finding.observed, **error}),
        "unexpected_count": finding.failed_count,
        "unexpected_percent": finding.failed_percent,
        "checked_at": checked_at,
        "source_id": finding.source_id,
    }


def _json(observed: Mapping[str, object]) -> str:
    return json.dumps(observed, ensure_ascii=False)
