"""Worker processes that read pages: started early, gone with their parent, and replaced when one of them dies."""

import contextlib
import faulthandler
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self, TextIO

from prefect import Task
from prefect.futures import PrefectFuture
from prefect.task_runners import ProcessPoolTaskRunner

from flows import language_model
from flows.errors import WrongUse
from flows.models import load_reader
from flows.settings import BYTES_PER_MB, Reading

if TYPE_CHECKING:
    from transforms.read import Reader

_CAN_FORK = sys.platform == "linux"
"""Elsewhere what numpy is built on may not survive a fork."""

_PAGE_TEXT = "The harbour board said on Monday that thirty ferries will cross the strait every day from May. " * 3


class Workers:
    """Worker processes, each with the language model loaded, as a task runner of Prefect's.

    A pool that has lost a process is of no more use: `replace` puts a new one in its place. `ready_in_seconds` is how long the
    processes took that were last started, as far as they are there.
    """

    def __init__(self, reading: Reading, count: int, max_mb: int) -> None:
        self.reading = reading
        self.count = count
        self.max_mb = max_mb
        self.ready_in_seconds = 0.0
        self._runner = self._started()

    def submit[R](self, task: Task[..., R], parameters: Mapping[str, object]) -> PrefectFuture[R]:
        """Have a task run in one of the processes. To be called within a flow run."""
        return self._runner.submit(task, dict(parameters))

    def replace(self, count: int) -> None:
        """Start anew with so many processes."""
        self.stop()
        self.count = count
        self._runner = self._started()

    def stop(self) -> None:
        """End the processes after the batches that they are at; batches that wait are given up."""
        self._runner.__exit__(None, None, None)

    def _started(self) -> ProcessPoolTaskRunner:
        runner = _Runner(max_workers=self.count, initializer=_prepare_worker, initargs=(self.reading, self.max_mb))
        started = time.monotonic()

        def note(_: object) -> None:
            self.ready_in_seconds = time.monotonic() - started

        os.environ[language_model.VARIABLE] = self.reading.model
        runner.__enter__()
        # The pool starts a process when work arrives. Its first work is to do nothing, so that the model loads while Prefect's
        # server starts; a task can't be that work, as it needs the server.
        for _ in range(self.count):
            runner._executor.submit(os.getpid).add_done_callback(note)  # type: ignore[union-attr]
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


@contextlib.contextmanager
def watched(seconds: float) -> Iterator[None]:
    """End this worker process if the block takes longer. A signal would wait for code that never looks at it; this does not.

    Where it was then goes to the log.
    """
    with _log() as log:
        faulthandler.dump_traceback_later(seconds, exit=True, file=log)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


def give_up() -> NoReturn:
    """End this worker process at once: what it was at is lost, and another takes its place.

    After a MemoryError nobody knows what a library has left half done, and what it had taken is not all given back.
    """
    os._exit(1)


def _limit_memory(max_mb: int) -> None:
    """Have the system refuse this process more memory than that, in megabytes, so that the machine never runs out of it.

    What counts is memory of the process's own that it may write to (setrlimit(2), RLIMIT_DATA, since Linux 4.7); what is only
    reserved does not. Other systems do not keep to such a limit: there it is not set.
    """
    if sys.platform == "linux":
        import resource  # noqa: PLC0415  # there is none on Windows

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = max_mb * BYTES_PER_MB
        resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard < 0 else min(wanted, hard), hard))


def _log() -> TextIO:
    name = os.environ.get("PREFECT_LOGGING_HANDLERS_FILE_FILENAME")
    return Path(name).open("a", encoding="utf-8") if name else open(sys.stderr.fileno(), "a", closefd=False)


def _prepare_worker(reading: Reading, max_mb: int) -> None:
    """Make this process one that ends with its parent, leaves Ctrl-C to it, and has all loaded that reading needs.

    It takes no more memory than `max_mb`.
    """
    _limit_memory(max_mb)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # on a full disk the log can't be written, which is not for the terminal
    # What is wrong with the model or the disk is told by the first task: an initializer that raises only breaks the pool.
    with contextlib.suppress(WrongUse, OSError):
        _read_a_page(load_reader(reading))


def _read_a_page(reader: "Reader") -> None:
    """Read a page for nothing: much is loaded when it is first needed, and no page's time should pay for that."""
    from transforms.read import Page, read_pages  # noqa: PLC0415

    html = f"<html><body><article><p>{_PAGE_TEXT}</p></article></body></html>"
    read_pages([Page("warm.html", "file:///warm.html", "", html.encode(), datetime(2000, 1, 1))], reader)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)
