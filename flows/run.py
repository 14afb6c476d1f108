"""One run: its identity, its settings, when it began."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout

from expectations.policy import Policy
from flows.clock import now
from flows.errors import Busy
from flows.models import pipeline_version
from flows.own_checks import policy_of
from flows.settings import Settings
from flows.staging import Staging
from flows.swaps import finish
from warehouse.errors import explained
from warehouse.place import Lake
from warehouse.upgrade import make_ready


def _flow_run_id() -> str | None:
    """Prefect's id of the flow run that this is in. Who only has to be alone in the data folder does without Prefect."""
    from prefect.runtime import flow_run  # noqa: PLC0415

    found: str | None = flow_run.id
    return found


@dataclass(frozen=True)
class Run:
    """One run of the pipeline. Times are naive UTC."""

    settings: Settings
    version: str
    policy: Policy = field(default_factory=Policy)
    run_id: str = field(default_factory=lambda: str(uuid4()))
    flow_run_id: str | None = field(default_factory=_flow_run_id)
    started_at: datetime = field(default_factory=now)
    spent: dict[str, float] = field(default_factory=dict)
    """Seconds that steps took which are done, by name."""
    _clock: float = field(default_factory=time.monotonic)

    @classmethod
    def begun(cls, settings: Settings) -> "Run":
        """A run that begins now. Raises WrongUse for what is wrong in the file of the owner's checks."""
        return cls(settings, pipeline_version(settings.reading), policy_of(settings))

    @property
    def staging(self) -> Staging:
        """Where its batches are staged."""
        return Staging(self.settings.data_dir / "staging")

    @property
    def reports(self) -> Path:
        """Where the pages about the warehouse are written."""
        return self.settings.data_dir / "reports"

    @property
    def seconds(self) -> float:
        """How long it has been going on."""
        return time.monotonic() - self._clock

    @property
    def ended_at(self) -> datetime:
        """When it ends, if it ends now. A clock that is set meanwhile does not make it end before it began."""
        return self.started_at + timedelta(seconds=self.seconds)

    def settling(self) -> "Run":
        """This run, with its warehouse as it is now: what is settled against that is only loaded while it still is so."""
        place = self.settings.place
        if not isinstance(place, Lake):
            return self  # nobody else publishes to a file while a run is at work
        from warehouse.lake import last_version  # noqa: PLC0415   # who has a file needs none of it

        return replace(self, settings=self.settings.model_copy(update={"warehouse": place.at(last_version(place))}))

    def another(self) -> "Run":
        """The same as a run of its own: what is told of it is told apart."""
        return replace(self, run_id=str(uuid4()))

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Add to `spent` how long the block took."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.spent[step] = self.spent.get(step, 0.0) + time.monotonic() - began


@contextmanager
def only_run(settings: Settings) -> Iterator[None]:
    """Let one run at a time work in a data folder, on a warehouse as this Claimhouse writes it. Raises as `alone` does."""
    with alone(settings):
        make_ready(settings.place)
        yield


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Let nobody else work in the data folder, nor on the warehouse from another one. Raises Busy while another does.

    A run settles its documents against the warehouse as it finds it: what another run published before it loads its own would
    be counted in neither. On a lake others may be at work: who loads finds out that they published. A restore that was killed
    is finished first.
    """
    data = settings.data_dir
    data.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        held.enter_context(
            _locked(data / "run.lock", f"Another run is at work in {data}. Wait until it has ended, or set another data_dir.")
        )
        if not isinstance(settings.place, Lake):
            held.enter_context(_only_on(settings.place.expanduser().resolve()))
        finish(data)
        yield


@contextmanager
def _only_on(warehouse: Path) -> Iterator[None]:
    mend = "Wait until it has ended, or name another file with --warehouse FILE."
    with ExitStack() as held:
        try:
            lock = warehouse.with_name(f"{warehouse.name}.run.lock")
            held.enter_context(_locked(lock, f"Another run is at work on {warehouse}. {mend}"))
        except OSError as error:
            raise explained(error, warehouse) from error
        yield


@contextmanager
def _locked(path: Path, refusal: str) -> Iterator[None]:
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise Busy(refusal) from None
    try:
        yield
    finally:
        lock.release()
