"""Runs by the clock on one machine: Prefect's server with its page, and a runner that starts the main flow when it is time."""

import asyncio
import signal
from contextlib import suppress
from pathlib import Path
from typing import cast

from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.schedules import Cron, Schedule
from prefect.types.entrypoint import EntrypointType

from flows.build import build
from flows.errors import WrongUse
from flows.settings import Settings

NAME = "claimhouse"


class _Serving(Runner):
    """A runner that ends on SIGTERM as it does on Ctrl-C: schedules are paused, so that runs it misses do not pile up."""

    def handle_sigterm(self, *_: object, **__: object) -> None:
        """Pass the signal on as Ctrl-C, which ends the event loop in order."""
        signal.raise_signal(signal.SIGINT)


def serve(settings: Settings, config: Path | None, warehouse: Path | None) -> None:
    """Serve the main flow until Ctrl-C or SIGTERM: the sources of the settings, one run at a time.

    A Prefect server must be up and named by PREFECT_API_URL. Raises WrongUse for a schedule that can't be followed.
    """
    # The runner's own limit, not one of the deployment: that would outlive a run that died, and hold up the next.
    runner = _Serving(name=NAME, limit=1, pause_on_shutdown=True)
    deployment = build.to_deployment(
        name=NAME,
        schedule=_schedule(settings),
        parameters={
            "config": str(config.absolute()) if config else None,
            "warehouse": str(warehouse.absolute()) if warehouse else None,
        },
        tags=[NAME],
        entrypoint_type=EntrypointType.MODULE_PATH,  # a file path would put flows/ itself on sys.path
    )
    # Prefect types it as if it might be a coroutine, which it is in asynchronous code.
    runner.add_deployment(cast(RunnerDeployment, deployment))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts us in the background has it ignored
    with suppress(KeyboardInterrupt):
        asyncio.run(runner.start())


def _schedule(settings: Settings) -> Schedule:
    wanted = settings.schedule
    try:
        CronSchedule(cron=wanted.cron, timezone=wanted.timezone)
    except ValueError as error:
        raise WrongUse(
            f'The schedule "{wanted.cron}" in time zone {wanted.timezone} can\'t be followed. '
            "Mend `cron` or `timezone` under [schedule] in claimhouse.toml."
        ) from error
    return Cron(wanted.cron, timezone=wanted.timezone)
