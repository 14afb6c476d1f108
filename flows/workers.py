"""Worker processes that read pages: started early, gone with their parent, and replaced when one of them dies."""

import contextlib
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import wait as wait_for
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import Any, ClassVar, Self

from prefect.futures import PrefectFuture, as_completed
from prefect.task_runners import ProcessPoolTaskRunner

from flows import language_model
from flows.batch import Batch, Staged, Work, annotate_batch, read_a_page
from flows.errors import WrongUse
from flows.found import FoundPage
from flows.limits import limit_memory
from flows.models import load_reader
from flows.settings import Reading, Run

_CAN_FORK = sys.platform == "linux"
"""Elsewhere what numpy is built on may not survive a fork."""


class Workers:
    """Worker processes, each with the language model loaded, as a task runner of Prefect's.

    A pool that has lost a process is of no more use: another takes its place when the next batches come. `ready_in_seconds` is
    how long the processes took that were last started, as far as they are there.
    """

    died: ClassVar[str] = (
        "the process that read it died, as it does when memory runs out: raise max_worker_mb or set fewer workers under [run] "
        "in claimhouse.toml, or give the machine more memory, and run again"
    )
    all_die: ClassVar[str] = (
        "The worker processes die before they read a page, as they do when memory runs out. Raise max_worker_mb or set fewer "
        "workers under [run] in claimhouse.toml, or give the machine more memory, and run again."
    )

    def __init__(self, reading: Reading, count: int, max_mb: int) -> None:
        self.reading = reading
        self.count = count
        self.max_mb = max_mb
        self.ready_in_seconds = 0.0
        self._processes = count
        self._is_broken = False
        self._runner = self._started()

    def wait(self) -> None:
        """Wait until the processes are there, so that no run does; none of its time is spent on their start then."""
        wait_for(self._first)
        self.ready_in_seconds = 0.0

    def limits_for(self, pages: Sequence[FoundPage], wanted: Run) -> Run:  # noqa: ARG002  # other readers look at the pages
        """The settings by which these pages are made batches: as they are wanted."""
        return wanted

    def read(self, batches: Iterable[Batch], work: Work) -> Generator[tuple[Batch, Staged | None]]:
        """Have batches read; gives each as it is done, with None where it was lost because a process died.

        When a process dies, all is lost that the pool was at. To be called within a flow run.
        """
        return self._read(batches, work, self.count)

    def read_alone(self, batches: Iterable[Batch], work: Work) -> Generator[tuple[Batch, Staged | None]]:
        """Have batches read that may kill who reads them: one after the other, so that none takes another with it."""
        for batch in batches:
            yield from self._read([batch], work, 1)

    def stop(self) -> None:
        """End the processes after the batches that they are at; batches that wait are given up."""
        self._runner.__exit__(None, None, None)

    def _read(self, batches: Iterable[Batch], work: Work, processes: int) -> Generator[tuple[Batch, Staged | None]]:
        if self._is_broken or self._processes != processes:
            self.stop()
            self._processes = processes
            self._is_broken = False
            self._runner = self._started()
        futures: dict[PrefectFuture[Staged], Batch] = {
            self._runner.submit(annotate_batch, {"batch": batch, "work": work}): batch for batch in batches
        }
        for future in as_completed(list(futures)):
            try:
                staged = future.result()
            except BrokenProcessPool:
                self._is_broken = True
                yield futures[future], None
            else:
                yield futures[future], staged

    def _started(self) -> ProcessPoolTaskRunner:
        runner = _Runner(max_workers=self._processes, initializer=_prepare_worker, initargs=(self.reading, self.max_mb))
        started = time.monotonic()

        def note(_: object) -> None:
            self.ready_in_seconds = time.monotonic() - started

        os.environ[language_model.VARIABLE] = self.reading.model
        runner.__enter__()
        # The pool starts a process when work arrives. Its first work is to do nothing, so that the model loads while Prefect's
        # server starts; a task can't be that work, as it needs the server.
        self._first = [runner._executor.submit(os.getpid) for _ in range(self._processes)]  # type: ignore[union-attr]
        for begun in self._first:
            begun.add_done_callback(note)
        return runner


class _Runner(ProcessPoolTaskRunner):
    """Prefect's, whose processes are forked from one that has the model, where the system can: they share what it loaded."""

    def __enter__(self) -> Self:
        super().__enter__()
        if _CAN_FORK:
            forking = multiprocessing.get_context("forkserver")
            forking.set_forkserver_preload(["flows.preloaded"])
            self._executor._mp_context = forking  # type: ignore[union-attr]
        return self

    def __exit__(self, *raised: Any) -> None:
        messages = self._subprocess_message_queue
        super().__exit__(*raised)
        if messages is not None and self._subprocess_message_queue is messages:
            # A process was killed while it held the lock of this queue: who waits for it at the exit waits for ever.
            messages.cancel_join_thread()  # type: ignore[union-attr]


def _prepare_worker(reading: Reading, max_mb: int) -> None:
    """Make this process one that ends with its parent, leaves Ctrl-C to it, and has all loaded that reading needs.

    It takes no more memory than `max_mb`.
    """
    limit_memory(max_mb)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # on a full disk the log can't be written, which is not for the terminal
    # What is wrong with the model or the disk is told by the first task: an initializer that raises only breaks the pool.
    with contextlib.suppress(WrongUse, OSError):
        read_a_page(load_reader(reading))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)
