"""When a run by the clock is tried again: if it failed of what passes by itself. All else would fail again: it is told at once.

Prefect's own `retries` of a flow know no condition. So a flow has none, and allows itself some when it fails of such a thing.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRunPolicy, State, TaskRun
from prefect.context import FlowRunContext
from prefect.tasks import Task

from flows.errors import Busy
from warehouse.errors import WarehouseHeld

RETRIES = 3
DELAY_SECONDS = 300
"""A run that a person started beside the clock takes minutes, a network that is gone is often back in a quarter of an hour."""
PASSING: tuple[type[Exception], ...] = (Busy, WarehouseHeld, ConnectionError, TimeoutError)
"""Another process at work; a server or a network share that did not answer."""


@contextmanager
def retried(*also: type[Exception]) -> Iterator[None]:
    """Let the flow run that this block is in be tried again if it fails of something in PASSING, or of `also`.

    Only a run of a deployment: a person who waits at the keyboard is told at once.
    """
    try:
        yield
    except (*PASSING, *also):
        _allow_retries()
        raise


def while_held(_: "Task[..., object]", __: TaskRun, state: State[object]) -> bool:
    """Retry a task while another process has what it needs: it will be done with it soon. All else would go wrong again."""
    return isinstance(state.result(raise_on_failure=False), (Busy, WarehouseHeld))


def _allow_retries() -> None:
    context = FlowRunContext.get()
    if context is None or context.flow_run is None or context.flow_run.deployment_id is None:
        return
    policy = context.flow_run.empirical_policy.model_dump(exclude={"max_retries", "retry_delay_seconds"})
    allowed = FlowRunPolicy(**{**policy, "retries": RETRIES, "retry_delay": DELAY_SECONDS})
    try:
        with get_client(sync_client=True) as client:
            client.update_flow_run(context.flow_run.id, empirical_policy=allowed)
    except Exception:
        # The run fails as it would have; why it was not tried again is for the log.
        logging.getLogger("prefect.claimhouse").exception("the run could not be marked to be tried again")
