"""Runs by the clock on one machine: Prefect's server with its page, and runners that start each flow when it is time."""

import asyncio
import logging
import signal
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.schedules import Cron, Schedule
from prefect.types.entrypoint import EntrypointType

from flows.audit import audit
from flows.build import build
from flows.collect import collect
from flows.errors import WrongUse
from flows.settings import Settings
from flows.standby import kept
from flows.watch import watched_folders, watching
from warehouse.place import place_of

NAME = "claimhouse"
BUILD = f"build/{NAME}"
"""The deployment that reads what has come."""


class _Serving(Runner):
    """A runner that ends on SIGTERM as it does on Ctrl-C: schedules are paused, so that runs it misses do not pile up."""

    def handle_sigterm(self, *_: object, **__: object) -> None:
        """Pass the signal on as Ctrl-C, which ends the event loop in order."""
        signal.raise_signal(signal.SIGINT)


def serve(settings: Settings, config: Path | None, warehouse: str | None) -> None:
    """Serve fetching, building and the audit until Ctrl-C or SIGTERM, and start a build when files come into a folder.

    One build or audit at a time, and one fetching beside it. A Prefect server must be up and named by PREFECT_API_URL. Raises
    WrongUse for a schedule that can't be followed.
    """
    paths = {"config": config, "warehouse": place_of(warehouse) if warehouse else None}
    given = {name: str(path.absolute() if isinstance(path, Path) else path) if path else None for name, path in paths.items()}
    light = _deployment(collect, settings, given)
    heavy = (_deployment(build, settings, given), _deployment(audit, settings, given))
    # The runners' own limits, not ones of the deployments: such a one is a lease, and a machine that slept through its end
    # would find its run ended.
    fetching, working = (_Serving(name=name, limit=1, pause_on_shutdown=True) for name in (f"{NAME}-fetching", NAME))
    fetching.add_deployment(light)
    for deployment in heavy:
        working.add_deployment(deployment)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts us in the background has it ignored
    watched = watching(watched_folders(settings), besides=settings.data_dir, on_arrival=start_build)
    with kept(settings, config), suppress(KeyboardInterrupt), watched:
        asyncio.run(_both(fetching, working))


async def _both(*runners: Runner) -> None:
    await asyncio.gather(*(runner.start() for runner in runners))


def _deployment[**P, R](flow: Flow[P, R], settings: Settings, given: Mapping[str, str | None]) -> RunnerDeployment:
    """The flow with its schedule; of the parameters given, those that it has."""
    deployment = flow.to_deployment(
        name=NAME,
        schedule=schedule_of(flow.name, settings),
        parameters={name: value for name, value in given.items() if name in flow.parameters.properties},
        tags=[NAME],
        entrypoint_type=EntrypointType.MODULE_PATH,  # a file path would put flows/ itself on sys.path
    )
    # Prefect types it as if it might be a coroutine, which it is in asynchronous code.
    return cast(RunnerDeployment, deployment)


def schedule_of(flow: str, settings: Settings) -> Schedule:
    """When the flow of that name runs, by the settings. Raises WrongUse where that can't be followed."""
    cron, timezone = getattr(settings.schedule, flow), settings.schedule.timezone
    try:
        CronSchedule(cron=cron, timezone=timezone)
    except ValueError as error:
        raise WrongUse(
            f'The schedule "{cron}" in time zone {timezone} can\'t be followed. '
            f"Mend `{flow}` or `timezone` under [schedule] in claimhouse.toml."
        ) from error
    return Cron(cron, timezone=timezone)


def start_build() -> bool:
    """Have the next free runner build from what has come; False where Prefect could not be told.

    One that waits already is enough, and none is started while a person has paused the schedule.
    """
    try:
        with get_client(sync_client=True) as client:
            deployment = client.read_deployment_by_name(BUILD)
            waiting = FlowRunFilter(
                deployment_id=FlowRunFilterDeploymentId(any_=[deployment.id]),
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED, StateType.PENDING])),
                expected_start_time=FlowRunFilterExpectedStartTime(before_=datetime.now(UTC)),  # type: ignore[arg-type]  # pydantic takes it
            )
            goes_on = not deployment.paused and any(schedule.active for schedule in deployment.schedules)
            if goes_on and not client.read_flow_runs(flow_run_filter=waiting, limit=1):
                client.create_flow_run_from_deployment(deployment.id, parameters={"fetch": False}, tags=["files came"])
    except Exception:
        logging.getLogger("prefect.claimhouse").exception("a build could not be started for files that came")
        return False
    return True
