"""Readers on a Dask cluster: batches go to the workers of a scheduler that is there, and come back as staged tables."""

import queue
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from math import ceil
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import distributed
from distributed import CancelledError
from distributed.comm import CommClosedError
from distributed.scheduler import KilledWorker
from prefect_dask.task_runners import PrefectDaskFuture

from flows.batch import Batch, Staged, Work
from flows.dask_scheduler import TICK_SECONDS, WORKERS_SECONDS, Scheduler, ground_of
from flows.dask_worker import Unfit, annotate_on_worker, packed, readiness, unfitness
from flows.errors import ClaimhouseError
from flows.found import FoundPage
from flows.settings import Run, Settings
from flows.staging import Staging

ROUNDS = 8
"""Batches that each worker reads, where there are pages enough: so all end at about the same time."""
_AHEAD = 2
"""Batches that a worker has at a time: one that it reads, and the next, so that it need not wait for it."""
_TRIES = 3
"""Workers that one page may cost before it counts as what kills them: machines of a cluster are lost for many reasons."""
_SAMPLES = 16


class ClusterWorkers:
    """The workers of a Dask scheduler, as many as there are at any time, as a task runner of Prefect's.

    Only so many batches are with the scheduler as its workers are about to read: a run that ends early takes back little, and
    workers that join get theirs at once. `ready_in_seconds` is how long it took until all had the model. Raises WrongUse where
    no scheduler answers, or a worker is not fit: it tells of the mend.
    """

    died: ClassVar[str] = (
        f"the Dask workers that read it died, {_TRIES} of them with this page alone: raise --memory-limit of `dask worker`, "
        "start fewer on each machine, and run again"
    )
    all_die: ClassVar[str] = (
        "The Dask workers die before they read a page, as they do when memory runs out. Raise --memory-limit of `dask worker`, "
        "or start fewer on each machine, and run again."
    )

    def __init__(self, settings: Settings) -> None:
        self.ready_in_seconds = 0.0
        self._began = time.monotonic()
        self._ground = ground_of(settings)
        self._with_scheduler: dict[distributed.Future, Batch] = {}
        self._scheduler = Scheduler(settings.run.dask or "")
        try:
            self._scheduler.refuse_unfit(self._scheduler.look(unfitness, self._ground))
            self._getting_ready = self._scheduler.look(readiness, self._ground)
        except BaseException:
            self._scheduler.close()
            raise

    @property
    def count(self) -> int:
        """Workers that read, now."""
        return len(self._scheduler.running())

    def limits_for(self, pages: Sequence[FoundPage], wanted: Run) -> Run:
        """The settings by which these pages are made batches: larger ones, up to a part, as each costs the flow's process time.

        Raises WrongUse where a worker is not fit, or does not see the pages, and where there is no worker.
        """
        self._scheduler.refuse_unfit(self._getting_ready)
        self._getting_ready.clear()  # else the scheduler would have it done anew when a worker is lost
        self._ground = replace(self._ground, pages=_samples(pages))
        self._scheduler.refuse_unfit(self._scheduler.look(unfitness, self._ground))
        self.ready_in_seconds = time.monotonic() - self._began
        fair = ceil(len(pages) / (max(self.count, 1) * ROUNDS))
        return wanted.model_copy(update={"batch_pages": max(wanted.batch_pages, min(fair, wanted.part_pages))})

    def read(self, batches: Iterable[Batch], work: Work) -> Generator[tuple[Batch, Staged | None]]:
        """Have batches read; gives each as it is done, with None where it was lost because the worker that read it died.

        A batch that no worker had begun is given to another by the scheduler. To be called within a flow run.
        """
        done: queue.SimpleQueue[distributed.Future] = queue.SimpleQueue()
        waiting = iter(batches)
        again: list[Batch] = []
        try:
            while True:
                for batch in self._next(waiting, again):
                    future = self._submit(batch, work)
                    self._with_scheduler[future] = batch
                    future.add_done_callback(done.put)
                if not self._with_scheduler:
                    return
                future = self._wait(done)
                batch, outcome = self._with_scheduler.pop(future), self._outcome(future)
                if isinstance(outcome, Unfit):
                    self._scheduler.set_apart(outcome)
                    again.append(batch)
                else:
                    yield batch, outcome
        finally:
            self._take_back()

    def read_alone(self, batches: Iterable[Batch], work: Work) -> Generator[tuple[Batch, Staged | None]]:
        """Have batches of one page read that may kill who reads them. Each may, until it has done so several times.

        What took too long or too much memory is not tried again: that was the page's doing.
        """
        staging = Staging(work.folder)
        waiting = iter(batches)
        for tries_left in reversed(range(_TRIES)):
            lost = []
            for batch, staged in self.read(waiting, work):
                note = staging.noted(batch.key)
                is_certain = staging.late(batch.key) or (note and note.is_too_big)
                if staged is None and tries_left and not is_certain:
                    lost.append(batch)
                else:
                    yield batch, staged
            waiting = _afresh(lost, staging)

    def stop(self) -> None:
        """Take back what the scheduler still has, and leave it. A worker ends the batch that it is at."""
        self._take_back()
        self._scheduler.close()

    def _next(self, waiting: Iterator[Batch], again: list[Batch]) -> Iterator[Batch]:
        """Batches that the scheduler is to have now: so many that each worker has one to read and the next."""
        room = max(_AHEAD * self.count, 1) - len(self._with_scheduler)
        while again and room > 0:
            room -= 1
            yield again.pop()
        yield from islice(waiting, max(room, 0))

    def _submit(self, batch: Batch, work: Work) -> distributed.Future:
        fit = self._scheduler.fit()
        return self._scheduler.client.submit(
            annotate_on_worker,
            parameters={"key": batch.key, "packed": packed(batch, work, self._ground)},
            key=f"annotate-{batch.key}-{uuid4().hex[:8]}",
            workers=fit,
            allow_other_workers=fit is not None,  # where none of them is left: whoever is not fit says so
            return_type="state",
            pure=False,
        )

    def _wait(self, done: "queue.SimpleQueue[distributed.Future]") -> distributed.Future:
        """Wait for a batch. Raises ClaimhouseError when no worker is left to read it."""
        last_seen = time.monotonic()
        while True:
            try:
                return done.get(timeout=TICK_SECONDS)
            except queue.Empty:
                if self._scheduler.running():
                    last_seen = time.monotonic()
                elif time.monotonic() - last_seen > WORKERS_SECONDS:
                    kept = "What was read is kept; the same command goes on from there."
                    raise ClaimhouseError(f"{self._scheduler.no_workers()} {kept}") from None

    def _outcome(self, future: Any) -> Staged | Unfit | None:
        """What became of a batch. Raises what reading raised, and ClaimhouseError when the scheduler is gone."""
        try:
            outcome: Staged | Unfit | None = PrefectDaskFuture(wrapped_future=future, task_run_id=future.task_run_id).result()
        except KilledWorker:
            return None
        except (CancelledError, CommClosedError):
            raise ClaimhouseError(self._scheduler.gone()) from None
        return outcome

    def _take_back(self) -> None:
        """Give up what is with the scheduler."""
        futures = list(self._with_scheduler)
        self._with_scheduler.clear()
        if futures and self._scheduler.client.status == "running":
            self._scheduler.client.cancel(futures)


def _samples(pages: Sequence[FoundPage]) -> tuple[str, ...]:
    """Paths of pages in as many folders as may be: storage is mounted folder by folder."""
    folders = {Path(page.path).parent: page.path for page in pages}
    return tuple(islice(folders.values(), _SAMPLES))


def _afresh(batches: Sequence[Batch], staging: Staging) -> Iterator[Batch]:
    for batch in batches:
        staging.unnote(batch.key)
        yield batch
