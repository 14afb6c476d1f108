"""Processes that measure, started anew and gone with the one that started them."""

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import wait


def pool(processes: int, prepare: Callable[[], object]) -> ProcessPoolExecutor:
    """A pool whose processes have called `prepare`. They are not forked: a fork inherits locks that other threads hold."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # each has a core of its own, as the workers of a run have
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(processes, mp_context=context, initializer=_begin, initargs=(prepare,))


def _begin(prepare: Callable[[], object]) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    prepare()


def _end_with_parent() -> None:
    # A worker waits for work for ever when its parent was killed: it holds the other end of the queue itself.
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)
