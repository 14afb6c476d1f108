"""Claimhouse's own events, which an automation of Prefect can act on: by a webhook, a mail, another run.

An event says in plain words what happened, to whom, and names no secret: of an address it keeps neither a user's name nor what
follows the question mark. Where no server listens, nothing is sent and nothing goes wrong.
"""

import logging
import os
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from prefect import runtime
from prefect.client.schemas.objects import FlowRun, State
from prefect.events import emit_event

from flows.errors import GateStopped

SOURCE_SILENT = "claimhouse.source.silent"
SOURCE_FAILED = "claimhouse.source.failed"
GATE_CLOSED = "claimhouse.gate.closed"
RUN_FAILED = "claimhouse.run.failed"

_WORDS_MAX = 4000
"""Characters of a payload's text: what stopped a load may quote many rows, and a message to a person is short."""
_ADDRESS = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]{0,20}://)(?:[^\s/?#@]*@)?(?P<rest>[^\s?#]*)[?#]?[^\s]*", re.IGNORECASE)


def source_silent(source_id: str, location: str, since: datetime | None) -> None:
    """A source has had no new page since that moment, naive UTC; None where it never had one."""
    last = f"no new page since {since:%Y-%m-%d %H:%M} UTC" if since else "no page yet"
    problem = f"{_public(location)} has had {last}. Look whether it has moved, with `claimhouse sources check`."
    _emit(SOURCE_SILENT, f"source.{source_id}", {"location": location, "problem": problem})


def source_failed(source_id: str, location: str, problem: str) -> None:
    """A source could not be read."""
    _emit(SOURCE_FAILED, f"source.{source_id}", {"location": location, "problem": problem})


def gate_closed(run_id: str, stopped_by: Sequence[str]) -> None:
    """The gate stopped a load: nothing of this run is in the warehouse."""
    _emit(GATE_CLOSED, f"warehouse.{_warehouse()}", {"run_id": run_id, "problem": "\n".join(stopped_by)})


def run_failed(run_id: str, problem: str) -> None:
    """A run ended without having done its work. `run_id` is that of Prefect's flow run: there may be no other."""
    _emit(RUN_FAILED, f"warehouse.{_warehouse()}", {"run_id": run_id, "problem": problem})


def tell_of_failure(flow: object, flow_run: FlowRun, state: State[object]) -> None:  # noqa: ARG001  # as Prefect calls it
    """The hook of a flow that failed or crashed: an event tells of it, unless one has, of the gate."""
    error = None if state.is_crashed() else state.result(raise_on_failure=False)
    if not isinstance(error, GateStopped):
        run_failed(str(flow_run.id), str(error or state.message or state.name))


def _emit(event: str, resource: str, payload: dict[str, str]) -> None:
    """Send the event. What becomes of it is no matter of the run that it tells of."""
    if not os.environ.get("PREFECT_API_URL"):
        return  # Prefect would start a server of its own, for this event
    told = {name: _public(words)[:_WORDS_MAX] for name, words in payload.items()}
    label = told.get("location") or resource.partition(".")[2]
    try:
        emit_event(
            event=event,
            resource={"prefect.resource.id": f"claimhouse.{resource}", "prefect.resource.name": label},
            payload=told,
        )
    except Exception:
        logging.getLogger("prefect.claimhouse").exception("the event %s was not sent", event)


def _public(words: str) -> str:
    """The words with every address in them cut down to where it leads: keys and passwords stand in the other parts."""
    return _ADDRESS.sub(lambda address: address["scheme"] + address["rest"], words)


def _warehouse() -> str:
    """The warehouse of the flow run that this is part of, by the name of its file."""
    named = runtime.flow_run.parameters.get("warehouse")
    return Path(named).stem if named else "warehouse"
