"""The audit: all that was loaded is checked again, and silent sources are told of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.tasks import exponential_backoff

from expectations.audit import Audit
from expectations.suites import Judge
from flows import events, steps
from flows.clock import now
from flows.errors import ClaimhouseError
from flows.fetch.collect import ledger_path
from flows.fetch.ledger import Ledger, SourceRow
from flows.inputs import inputs_of
from flows.knowledge import reading
from flows.move import tidied
from flows.own_checks import policy_of
from flows.retries import retried, while_held
from flows.run import Run, only_run
from flows.settings import Settings, load_settings
from flows.source_past import freshness_of_all
from warehouse.database import building, is_there
from warehouse.load import load_tables
from warehouse.parts import parts
from warehouse.place import Lake, Place
from warehouse.tables import QUALITY_RESULTS, RUNS
from warehouse.tallies import tallies

AUDITED = "audited"
"""The status of an audit's row in `runs`."""


class AuditFailed(ClaimhouseError):  # noqa: N818  # as the others in flows.errors
    """Something in the warehouse is as the gate would not have let it in."""

    def __init__(self, broken: Sequence[str]) -> None:
        super().__init__("\n".join(("What was loaded is no longer as it should be.", *broken)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What the audit came to: failures in words, and the sources that are silent."""

    quality_results: pl.DataFrame
    broken: tuple[str, ...]
    silent: tuple[SourceRow, ...]

    def as_markdown(self) -> str:
        """What it came to, for Prefect's page."""
        failed = self.quality_results.filter(~pl.col("success"))
        lines = [f"- {self.quality_results.height} checks, {failed.height} do not hold"]
        lines += [f"- **broken** {words}" for words in self.broken]
        lines += [f"- **silent** {source.location}, last new page {source.new_at:%Y-%m-%d}" for source in self.silent]
        return "\n".join(lines)


@flow(name="audit", flow_run_name=lambda: f"audit at {now():%Y-%m-%d %H:%M:%S}", on_failure=[events.tell_of_failure],
      on_crashed=[events.tell_of_failure])  # fmt: skip
def audit(warehouse: str | None = None, config: str | None = None) -> Audited:
    """Check all that was loaded, write the reports anew, tell of silent sources, and keep a lake's files in order.

    Raises AuditFailed where something would not have passed the gate: all else is done, and told of, before.

    Args:
        warehouse: The warehouse; without it the one that the settings name.
        config: Settings file; without it ./claimhouse.toml, if there is one.
    """
    settings = load_settings(Path(config) if config else None, warehouse=warehouse)
    with retried(), only_run(settings):
        run = Run.begun(settings)
        before = last_audit(settings.place)
        checked = check_all(run)
        if is_there(settings.place):
            record(checked, run)
            steps.report(run)
        if isinstance(settings.place, Lake):
            keep_in_order(settings)
    audited = Audited(
        quality_results=checked.quality_results(run.run_id),
        broken=checked.broken,
        silent=tell_of_silence(settings, run.started_at, before),
    )
    create_markdown_artifact(audited.as_markdown(), key="audit", description="What the audit came to")
    if audited.broken:
        raise AuditFailed(audited.broken)
    return audited


@task(name="check all", cache_policy=NO_CACHE)
def check_all(run: Run) -> Audit:
    """Judge every row of the warehouse by the suites of the gate, part by part, then what all of them come to."""
    with reading(run.settings.place) as con:
        found = Audit(Judge(), now(), policy_of(run.settings, con))
        for part in parts(con):
            found.add(part.frames, part.found)
        found.add_tallies(tallies(con))
        found.add_freshness(freshness_of_all(con, run.settings))
    return found


@task(
    name="record", cache_policy=NO_CACHE,
    retries=2, retry_delay_seconds=exponential_backoff(1), retry_jitter_factor=0.5, retry_condition_fn=while_held,
)  # fmt: skip
def record(checked: Audit, run: Run) -> None:
    """Keep what was found in the warehouse, under a run of its own."""
    told = {RUNS.name: steps.row_of_run(run, AUDITED), QUALITY_RESULTS.name: checked.quality_results(run.run_id)}
    with building(run.settings.place) as con:
        load_tables(con, told, replaced_documents=())


@task(name="keep in order", cache_policy=NO_CACHE)
def keep_in_order(settings: Settings) -> str:
    """Merge a lake's small files, and let go what it no longer remembers; says what was done."""
    return tidied(settings)


@task(name="tell of silence", cache_policy=NO_CACHE)
def tell_of_silence(settings: Settings, at: datetime, before: datetime | None) -> tuple[SourceRow, ...]:
    """The sources of the settings that have had no new page for long. An event tells of each once, in its first such audit."""
    silent_after = timedelta(days=settings.fetch.silent_days)
    silent = tuple(row for row in _sources(settings) if row.new_at and row.new_at + silent_after < at)
    for row in silent:
        if row.new_at and (before is None or before <= row.new_at + silent_after):
            events.source_silent(row.source_id, row.location or row.source_id, row.new_at)
    return silent


def last_audit(warehouse: Place) -> datetime | None:
    """When the audit before this one began."""
    with reading(warehouse) as con:
        found = con.execute("SELECT max(started_at) FROM runs WHERE status = $status", {"status": AUDITED}).fetchone()
    return found[0] if found else None


def _sources(settings: Settings) -> list[SourceRow]:
    """What is known of the sources of the settings from which new pages are to come."""
    if not (settings.sources and ledger_path(settings).is_file()):
        return []
    listed = {source.source_id for source in inputs_of([], settings).web if source.entries is None}
    with Ledger(ledger_path(settings)) as ledger:
        return [row for row in ledger.source_rows() if row.source_id in listed and row.kind in ("feed", "sitemap")]
