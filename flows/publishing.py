"""What was read is settled, checked and loaded, part by part; where another run publishes to the lake meanwhile, anew.

A part is what one transaction loads. Those before the last are published beside the reading of the next ones: memory is bounded
by the size of a part, and the processor is not idle while one process settles.

What a run settles stands against the warehouse as it found it: clusters, counts, revisions. On a file it is alone. On a lake
runs settle beside each other, and whoever loads second has to look again. Pages are read once all the same: they are staged.
"""

import random
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from types import TracebackType
from typing import Self

import polars as pl

from flows import progress, steps
from flows.batch import Batch
from flows.discover import Found
from flows.limits import give_back_what_is_free
from flows.news import Plan
from flows.run import Run
from flows.told import Told
from warehouse.errors import WarehouseChanged
from warehouse.place import Lake

RACES = 3
"""So often a run settles beside the others. Then it keeps them waiting: a large one would lose to small ones for ever."""
MOST_PAUSE_SECONDS = 2.0


class PartStopped(Exception):  # noqa: N818   # it ends no run by itself, and nobody reads it
    """The gate has stopped a part: there is no use in reading on."""


class Publishing:
    """Publishes the parts of a run in their order, each when it is read; all but the last one beside what else goes on.

    In the block `has_read` is to be called with each batch that is staged, and `finish` when all are.
    """

    def __init__(self, parts: Sequence[Plan], found: Found, run: Run) -> None:
        self._parts = parts
        self._found = found
        self._run = run
        self._told = Told(run_id=run.run_id)
        self._unread = [{page.place for page in part.readable} for part in parts]
        self._staged: list[set[str]] = [set() for _ in parts]
        self._part_of = {place: number for number, places in enumerate(self._unread) for place in places}
        self._begun: list[Future[None]] = []
        self._thread = ThreadPoolExecutor(1, "publish")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._thread.shutdown(cancel_futures=True)

    def has_read(self, batch: Batch) -> None:
        """Note that a batch is staged, and begin with what is whole by that. Raises PartStopped, and what publishing raised."""
        for page in batch.pages:
            part = self._part_of[page.place]
            self._unread[part].discard(page.place)
            self._staged[part].add(batch.key)
        self._look()
        while len(self._begun) < len(self._parts) - 1 and not self._unread[len(self._begun)]:
            self._begun.append(self._thread.submit(copy_context().run, self._publish, len(self._begun)))

    def finish(self) -> Told:
        """Publish what is left. What the run came to: where the gate stopped a part, what comes after it waits."""
        for begun in self._begun:
            begun.result()
        for number in range(len(self._begun), len(self._parts)):
            self._publish(number)
        return self._told

    def _look(self) -> None:
        """Raise what came of the parts that were published meanwhile."""
        for begun in self._begun:
            if begun.done():
                begun.result()
        if self._told.stopped_by:
            raise PartStopped

    def _publish(self, number: int) -> None:
        for before in self._begun[:number]:
            before.result()  # no part is published without those before it
        part = self._parts[number]
        if self._told.stopped_by:
            self._told = replace(self._told, left=self._told.left + len(part.places))
            return
        self._run.staging.wait_for(self._staged[number])
        self._told = publish(part, self._found, self._run, self._told)
        if len(self._parts) > 1:
            give_back_what_is_free()  # the next part needs as much


def publish(part: Plan, found: Found, run: Run, before: Told) -> Told:
    """Load what is new, as it is settled against the warehouse that it is loaded into; what the run then came to.

    Raises WarehouseHeld where others write without end, and WarehouseChanged where a program does that keeps no order.
    """
    for _ in range(RACES):
        if told := _published(part, found, run, before):
            return told
        progress.warn("Another run has published to the lake meanwhile; what is new is settled anew. No page is read again.")
        time.sleep(random.uniform(0, MOST_PAUSE_SECONDS))  # noqa: S311   # no secret hangs on it
    place = run.settings.place
    assert isinstance(place, Lake)  # on a file nobody else publishes
    from warehouse.lake import exclusive  # noqa: PLC0415   # who has a file needs none of it

    with exclusive(place):
        told = _published(part, found, run, before)
    if told is None:
        raise WarehouseChanged(f"other programs write to {place} all the time. What was read is kept: run again")
    return told


def _published(part: Plan, found: Found, run: Run, before: Told) -> Told | None:
    """What the run came to with what was loaded; None where somebody else published meanwhile, so that nothing was.

    What the parts before have loaded is no news, whichever page it is found at again.
    """
    settling = run.settling()
    part = replace(part, recognised=pl.concat([part.recognised, before.loaded]).unique().sort())
    news = steps.gather(part, settling)
    settled, verdict = steps.settle_what_passes(news, found, settling)
    if verdict.stopped_by and before.outcomes:
        settling = settling.another()
        verdict, before = verdict.of_run(settling.run_id), Told(run_id=settling.run_id, earlier=before)
    told = before.with_part(settled, verdict)
    return told if steps.load(settled, verdict, news, part, told, found, settling) else None
