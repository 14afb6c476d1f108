"""The main flow: from INPUTs to a checked, published warehouse."""

from contextlib import suppress
from datetime import date
from pathlib import Path

from prefect import flow

from flows import startup, steps
from flows.errors import GateStopped
from flows.events import tell_of_failure
from flows.fetch.collect import Collected
from flows.inputs import Period, inputs_of
from flows.publishing import PartStopped, Publishing
from flows.retries import retried
from flows.run import Run, only_run
from flows.settings import load_settings
from flows.summary import Summary


@flow(name="build", flow_run_name=steps.name_of_run, on_failure=[tell_of_failure], on_crashed=[tell_of_failure])
def build(  # noqa: PLR0913, PLR0917  # what a person can set on Prefect's page
    inputs: list[str] | None = None,
    warehouse: str | None = None,
    config: str | None = None,
    since: date | None = None,
    until: date | None = None,
    fetch: bool = True,
    from_archive: bool = False,
) -> Summary:
    """Read what is new in the INPUTs (else in the sources of the settings) and publish it, if it passes the gate.

    Raises GateStopped when the gate stops the load: then the run, what was found and the rows held back are all that is
    published.

    Args:
        inputs: Files, folders and addresses to read; without any, the sources of the settings.
        warehouse: The warehouse; without it the one that the settings name.
        config: Settings file; without it ./claimhouse.toml, if there is one.
        since: First day of the pages from the web that are fetched, or read from the archive; inclusive.
        until: Last day of these; inclusive.
        fetch: Whether the web is asked; without it what `collect` has fetched is read.
        from_archive: Read all that was ever fetched of these sources, or of all where none are given.
    """
    settings = load_settings(Path(config) if config else None, warehouse=warehouse)
    with retried(), only_run(settings), startup.workers_ended():
        run = Run.begun(settings)
        startup.import_in_background()
        asked = inputs_of(inputs or [], settings, Period.of_days(since, until), from_archive=from_archive)
        asks_web = bool(asked.web) and fetch and not from_archive
        collected = steps.collect_pages(asked.web, settings, asked.period) if asks_web else Collected()
        found = steps.discover_pages(asked, run)
        todo = steps.plan(found, run)
        parts = todo.parts(settings.run.part_pages)
        with Publishing(parts, found, run) as publishing:
            with suppress(PartStopped):
                steps.annotate(parts, run, publishing.has_read)
            told = publishing.finish()
        steps.report(run)
        summary = steps.summarise(run, found, todo, told, collected)
    if told.stopped_by:
        raise GateStopped(summary)
    return summary
