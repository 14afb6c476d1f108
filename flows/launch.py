"""A run that a person starts: everything slow is set going at once, and wrong use is told before it is there."""
# ruff: noqa: PLC0415   Prefect reads its environment when it is imported, so it comes after `configure`

import logging
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from flows import prefect_server, progress
from flows.clock import now
from flows.discover import discover
from flows.errors import NothingRead, WrongUse
from flows.inputs import Period, inputs_of
from flows.knowledge import documents_known
from flows.models import pipeline_version
from flows.news import plan_reading
from flows.settings import Settings, load_settings
from flows.staging import Staging
from flows.web_pages import fetched_pages
from warehouse.errors import WarehouseHeld

if TYPE_CHECKING:
    from flows.summary import Summary


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asks of a run, as the command has it."""

    inputs: Sequence[str]
    since: date | None = None
    until: date | None = None
    from_archive: bool = False


def launch(wanted: Wanted, warehouse: str | None, config: Path | None) -> "Summary":
    """Run the main flow here, on a Prefect server that is up, else on one started for it. Raises what the flow raises."""
    settings = load_settings(config, warehouse=warehouse)
    _refuse_wrong_checks(settings)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # on a full disk the log can't be written, which is not for the terminal
    prefect_server.configure(settings)
    server = _start_server(settings)
    workers = _workers_needed(wanted, settings)

    from flows import startup

    if workers:
        startup.start_workers(settings, workers)

    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    from flows.build import build

    startup.import_in_background()
    if server:
        server.wait()
        startup.seconds["Prefect"] = server.started_in_seconds or 0.0
    # A server that ends with this process needs no heartbeats from it, and to end theirs takes up to a second.
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}) if server else nullcontext():
        return build(
            list(wanted.inputs), warehouse, str(config) if config else None,
            wanted.since, wanted.until, from_archive=wanted.from_archive,
        )  # fmt: skip


def serve_schedule(warehouse: str | None, config: Path | None) -> None:
    """Run the sources by the clock until Ctrl-C or SIGTERM, on a Prefect server that is up, else on one started for it."""
    settings = load_settings(config, warehouse=warehouse)
    if not settings.sources:
        raise WrongUse("No sources are listed, so there is nothing to run. Add one with `claimhouse sources add PLACE`.")
    _refuse_wrong_checks(settings)
    prefect_server.configure(settings)
    server = _start_server(settings, port=settings.schedule.port)
    if server:
        print(f"Starting Prefect; {prefect_server.log_file(settings)} has its log …", flush=True)
        server.wait()

    from flows.schedule import serve
    from flows.watch import watched_folders

    print(f"Prefect's page: {os.environ['PREFECT_API_URL'].removesuffix('/api')}")
    wanted = settings.schedule
    print(f"Fetch: {wanted.collect} · build: {wanted.build} · audit: {wanted.audit} ({wanted.timezone}). Ctrl-C ends it.")
    for folder in watched_folders(settings):
        print(f"Watched for new files: {folder}")
    sys.stdout.flush()
    serve(settings, config, warehouse)
    print("Stopped.")


def _refuse_wrong_checks(settings: Settings) -> None:
    """The flow looks at the owner's checks itself; this is to tell what is wrong with them before anything is started."""
    if settings.gate.checks:
        from flows.own_checks import policy_of

        policy_of(settings)


def _start_server(settings: Settings, port: int | None = None) -> prefect_server.Server | None:
    """Let Prefect know its server; None where one is up already."""
    named = os.environ.get("PREFECT_API_URL")
    running = prefect_server.running_server(settings)
    if named and running != named:
        progress.warn(f"No Prefect server answers at PREFECT_API_URL, {named}; this run goes on without it.")
    server = None if running else prefect_server.Server(settings, port)
    os.environ["PREFECT_API_URL"] = server.start() if server else running or ""
    return server


def _workers_needed(wanted: Wanted, settings: Settings) -> int:
    """How many worker processes the run will want, as far as that is known before anything is asked of the web.

    The flow looks for itself; this is to start them before it can, and to tell of wrong use before anything is started.
    """
    version = pipeline_version(settings.reading)
    period = Period.of_days(wanted.since, wanted.until)
    asked = inputs_of(wanted.inputs, settings, period, from_archive=wanted.from_archive)
    try:
        known = documents_known(settings.place)
        pages = discover(asked.local, settings, now(), web=fetched_pages(asked, settings, now())).pages
    except NothingRead:
        if asked.web:
            return settings.workers  # nothing was fetched yet: there will be pages
        raise
    except WarehouseHeld:
        return 0  # the flow tries more than once
    todo = plan_reading(pages, known, Staging(settings.data_dir / "staging").pages(), version)
    return settings.workers_for(len(todo.readable))
