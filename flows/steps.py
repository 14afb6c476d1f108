"""The steps of the main flow, as Prefect's tasks: thin covers over the modules that do the work."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from prefect.tasks import exponential_backoff

from expectations.gate import GateContext, Verdict
from expectations.gate import check as check_tables
from flows import artifacts, events, progress, startup
from flows.batch import Batch, Work
from flows.batches import Annotation, batches_of, stage_unreadable
from flows.clock import now
from flows.discover import Found, discover
from flows.fetch.collect import Collected, collect_sources
from flows.inputs import Inputs, Period, WebSource, address_rules
from flows.knowledge import documents_known, in_bounded_memory
from flows.language_model import model_version
from flows.models import code_version
from flows.news import News, Plan, Settled, gather_news, plan_reading, what_passes
from flows.own_checks import policy_of
from flows.retries import while_held
from flows.run import Run
from flows.settings import Settings
from flows.source_past import past_of_sources
from flows.summary import MOST_REASONS, Summary, totals_of
from flows.told import Told
from flows.web_pages import fetched_pages
from warehouse.database import WarehouseChanged, building
from warehouse.load import load_tables, touch_documents
from warehouse.quarantined import drop_again
from warehouse.tables import BATCH_TABLES, DOCUMENTS, QUALITY_RESULTS, QUARANTINE, RUNS, SOURCES

PAGES_MB = 1_000
"""Megabytes for the tables that the pages are written from: enough for those of a million claims."""
READING = "reading"
"""The step in which worker processes read pages, in `Run.spent`."""


def _timed[**P, R](step: Callable[P, R]) -> Callable[P, R]:
    """Have a step note in its run, the last of its arguments, how long it took."""

    @wraps(step)
    def timed(*args: P.args, **kwargs: P.kwargs) -> R:
        run = args[-1]
        assert isinstance(run, Run)
        with run.timed(step.__name__.removesuffix("_pages")):
            return step(*args, **kwargs)

    return timed


def name_of_run() -> str:
    """What Prefect's page calls the flow run: the INPUTs by name, and when."""
    inputs: Sequence[str] = flow_run.parameters.get("inputs") or ("the sources of the settings",)
    return f"{', '.join(Path(name).name or name for name in inputs)} at {now():%Y-%m-%d %H:%M:%S}"


@task(name="collect", cache_policy=NO_CACHE)
def collect_pages(sources: Sequence[WebSource], settings: Settings, period: Period) -> Collected:
    """Fetch what is new at the sources on the web into the archive, and tell of those that can't be read."""
    with progress.fetching() as on_fetched:
        collected = collect_sources(sources, settings, address_rules(), period=period, on_fetched=on_fetched)
    for source_id, looked in collected.looked.items():
        for note in looked.notes:
            progress.warn(note)
        if looked.problem:
            progress.warn(looked.problem)
        if looked.state == "failed":
            events.source_failed(source_id, looked.location, looked.problem or "")
    return collected


@task(name="discover", cache_policy=NO_CACHE)
@_timed
def discover_pages(asked: Inputs, run: Run) -> Found:
    """Find the pages: those on this machine, and those that were fetched."""
    found = discover(asked.local, run.settings, run.started_at, web=fetched_pages(asked, run.settings, run.started_at))
    for warning in found.warnings:
        progress.warn(warning)
    return found


@task(
    name="plan", cache_policy=NO_CACHE,
    retries=2, retry_delay_seconds=exponential_backoff(1), retry_jitter_factor=0.5, retry_condition_fn=while_held,
)  # fmt: skip
@_timed
def plan(found: Found, run: Run) -> Plan:
    """Tell pages that are new or changed from those that the warehouse or an earlier run has read."""
    if damaged := run.staging.clean(run.version):
        progress.warn(f"{damaged} of the batches that an earlier run had read are damaged on the disk: they are read again.")
    return plan_reading(found.pages, documents_known(run.settings.place), run.staging.pages(), run.version)


def annotate(parts: Sequence[Plan], run: Run, has_read: Callable[[Batch], None]) -> None:
    """Have what is pending read by worker processes, one task a batch, part by part, and staged; each batch is told of."""
    settings = run.settings
    limits = settings.run
    pages = [page for part in parts for page in part.readable]
    if not pages:
        return
    with startup.workers(settings, settings.workers_for(len(pages))) as workers:
        fitting = workers.limits_for(pages, limits)
        batches = [batch for part in parts for batch in batches_of(part.readable, run.version, fitting, workers.count)]
        annotation = Annotation(_work(run), workers)
        show = artifacts.progress_of(len(pages), lambda: annotation.progress()[0])

        def on_staged(batch: Batch) -> None:
            show()
            has_read(batch)

        annotation.on_staged = on_staged
        with progress.shown(len(pages), annotation.progress), run.timed(READING):
            annotation.annotate(batches)
    startup.seconds["language model"] = workers.ready_in_seconds


def _work(run: Run) -> Work:
    limits = run.settings.run
    folder = run.staging.folder.absolute()
    return Work(folder, run.settings.reading, run.version, limits.page_timeout_seconds, limits.max_worker_mb)


@task(name="gather", cache_policy=NO_CACHE)
@_timed
def gather(todo: Plan, run: Run) -> News:
    """Take what was read from staging, without what is no news; pages that can't be read are staged as what they are."""
    startup.wait_for_imports()
    if unreadable := [page for page in todo.pending if page.problem]:
        stage_unreadable(unreadable, _work(run))
    if not todo.places:
        return News({DOCUMENTS.name: DOCUMENTS.frame()}, tuple(todo.recognised), 0)
    return gather_news(todo, run.staging, documents_known(run.settings.place), BATCH_TABLES)


@task(name="settle", cache_policy=NO_CACHE)
@_timed
def settle(news: News, run: Run) -> Settled:
    """Hold the new documents against each other and against what the warehouse knows."""
    if not news.documents:
        return Settled({DOCUMENTS.name: news.tables[DOCUMENTS.name]}, {})
    from flows.settle import settle as settled  # noqa: PLC0415

    return in_bounded_memory(run.settings.place, lambda con: settled(news.tables, con, run.started_at))


@task(name="check", cache_policy=NO_CACHE)
@_timed
def check(settled: Settled, news: News, found: Found, run: Run) -> Verdict:
    """Audit every table: rows that fail are held back, and a table that fails stops the load."""
    history, freshness = past_of_sources(settled.frames, found.sources, run.settings, run.started_at)
    context = GateContext(
        run_id=run.run_id,
        checked_at=now(),
        known=settled.references,
        max_quarantined_percent=run.settings.gate.max_quarantined_percent,
        pages=news.documents,
        policy=policy_of(run.settings),
        history=history,
        freshness=freshness,
    )
    return check_tables({SOURCES.name: found.sources, **settled.frames}, context=context)


def settle_what_passes(news: News, found: Found, run: Run) -> tuple[Settled, Verdict]:
    """Settle and check the news, until what is left of them passes whole."""
    return what_passes(news, lambda rest: settle(rest, run), lambda settled, rest: check(settled, rest, found, run))


@task(
    name="load", cache_policy=NO_CACHE,
    retries=2, retry_delay_seconds=exponential_backoff(1), retry_jitter_factor=0.5, retry_condition_fn=while_held,
)  # fmt: skip
@_timed
def load(  # noqa: PLR0913, PLR0917   # what each step came to
    settled: Settled, verdict: Verdict, news: News, part: Plan, told: Told, found: Found, run: Run
) -> bool:
    """Publish what passed, in one transaction; of a part that was stopped only what tells of it.

    `told` is what the run came to with it. False where a lake was published to since the run settled: nothing was loaded.
    """
    passed = settled.to_load(verdict.frames) if verdict.passed else {}
    tells = {
        RUNS.name: row_of_run(run, told.status, {"pages": len(found.pages), **told.counts()}),
        QUALITY_RESULTS.name: told.quality_results,
        QUARANTINE.name: verdict.quarantine,
    }
    try:
        with building(run.settings.place) as con:
            load_tables(con, {**passed, **tells}, replaced_documents=settled.replaced if verdict.passed else ())
            drop_again(con, run.run_id, now())
            if verdict.passed:
                touch_documents(con, news.seen, run.started_at)
    except WarehouseChanged:
        return False
    if verdict.passed:
        run.staging.remove({page.url for page in found.pages} - part.later)
    else:
        events.gate_closed(run.run_id, verdict.stopped_by)
    return True


def row_of_run(run: Run, status: str, counts: Mapping[str, int] | None = None) -> pl.DataFrame:
    """The run as `runs` holds it, ended now. `counts` go by the names of their columns; those that are left out are 0."""
    zero = dict.fromkeys(("pages", "documents", "claims", "quarantined"), 0)
    row: dict[str, object] = {
        "run_id": run.run_id,
        "flow_run_id": run.flow_run_id,
        "started_at": run.started_at,
        "finished_at": run.ended_at,
        "status": status,
        **zero,
        **(counts or {}),
        "reading_seconds": run.spent.get(READING),
        "code_version": code_version(run.settings.reading),
        "model_version": model_version(run.settings.reading.model),
    }
    return RUNS.frame([row])


@task(name="report", cache_policy=NO_CACHE)
@_timed
def report(run: Run) -> None:
    """Write the pages about the warehouse anew, as far as runs have changed what they show."""
    from flows.reports.pages import refresh_pages  # noqa: PLC0415

    in_bounded_memory(run.settings.place, lambda con: refresh_pages(con, run.reports, run.policy), most_mb=PAGES_MB)


def summarise(run: Run, found: Found, todo: Plan, told: Told, collected: Collected) -> Summary:
    """Put in words what the run came to, for the terminal and for Prefect's page."""
    earlier = told.earlier or Told(run_id=run.run_id)
    summary = Summary(
        run_id=told.run_id,
        status=told.status,
        pages=len(found.pages),
        skipped=found.skipped,
        resumed=len(todo.staged),
        outcomes=dict(Counter(earlier.outcomes) + Counter(told.outcomes)),
        checks=told.quality_results.height,
        failed_checks=told.quality_results.height - int(told.quality_results["success"].sum()),
        quarantined=told.quarantined,
        stopped_by=told.stopped_by,
        loaded_before=earlier.documents,
        left=told.left,
        totals=totals_of(run.settings.place),
        warehouse=run.settings.place,
        reports=tuple(sorted(run.reports.glob("*.html"))),
        seconds=run.seconds,
        start_seconds=dict(startup.seconds),
        step_seconds=dict(run.spent),
        fetched=dict(collected.states.items()),
        has_more=collected.has_more,
        reasons=dict(collected.problems.most_common(MOST_REASONS)),
        fetch_seconds=collected.seconds,
    )
    artifacts.show(summary)
    return summary
