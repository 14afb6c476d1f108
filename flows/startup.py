"""What is slow to start is started at once and side by side: Prefect's server, worker processes, imports of seconds."""

import gc
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from flows.limits import give_back_memory
from flows.settings import Settings
from flows.workers import Workers

if TYPE_CHECKING:
    from flows.dask_cluster import ClusterWorkers

_SLOW_IMPORTS = ("great_expectations", "flows.settle", "flows.reports.pages")
"""Modules of the steps after reading. They are imported while others read: they take seconds."""

seconds: dict[str, float] = {}
"""How long each part took to start, by its name."""

_early: list[tuple[object, "Workers | ClusterWorkers"]] = []
"""Workers that were started before the run, each after the settings that decide on them."""
_ending: list[threading.Thread] = []


@cache
def import_in_background() -> threading.Thread:
    """Import what later steps need, beside what goes on now; the process of a run is to give back what its tables took."""
    give_back_memory()
    thread = threading.Thread(target=_import, daemon=True)
    thread.start()
    return thread


def _import() -> None:
    started = time.monotonic()
    try:
        for module in _SLOW_IMPORTS:
            import_module(module)
        collect_less_often()
    except Exception:
        # The step that needs it imports it again, and then fails where a person is told.
        logging.getLogger("prefect.claimhouse").exception("an import in the background failed")
    seconds["Great Expectations"] = time.monotonic() - started


def collect_less_often() -> None:
    """Let the garbage collector pass over what is imported by now, and over most of what is made."""
    gc.freeze()  # modules stay: to go through their 700,000 objects again and again takes a third of settling
    gc.set_threshold(50_000, 20, 100)  # features of claims are many and hold no cycles


def wait_for_imports() -> None:
    """Wait for the imports in the background. Two threads that import one package at once may meet it half made."""
    import_in_background().join()


def start_workers(settings: Settings, count: int) -> None:
    """Start worker processes for a run that is about to begin in this process, where none wait for it."""
    decide = _decide(settings)
    if all(waiting != decide for waiting, _ in _early):
        _early.append((decide, _workers_for(settings, count)))


def get_ready(settings: Settings) -> None:
    """Load here what any run needs, and have its workers load what they need: so that the run itself finds all of it."""
    if not settings.run.dask:
        waiting = Workers(settings.reading, settings.workers, settings.run.max_worker_mb)
        _early.append((_decide(settings), waiting))
        waiting.wait()
    wait_for_imports()
    seconds.clear()  # nobody waited for these


@contextmanager
def workers(settings: Settings, count: int) -> Iterator["Workers | ClusterWorkers"]:
    """The workers that were started early, else new ones. They end while the run goes on: that takes a process a second."""
    decide, early = _early.pop() if _early else (None, None)
    ready = early if early and decide == _decide(settings) else _workers_for(settings, count)
    try:
        yield ready
    finally:
        thread = threading.Thread(target=ready.stop, name="stop workers")
        _ending.append(thread)
        thread.start()


def _decide(settings: Settings) -> object:
    return settings.reading, settings.run.dask, settings.run.max_worker_mb


def _workers_for(settings: Settings, count: int) -> "Workers | ClusterWorkers":
    """Processes of this machine, else the workers of a cluster, however many it has."""
    if settings.run.dask:
        from flows.dask_cluster import ClusterWorkers  # noqa: PLC0415   two seconds of import for who has one

        return ClusterWorkers(settings)
    return Workers(settings.reading, count, settings.run.max_worker_mb)


@contextmanager
def workers_ended() -> Iterator[None]:
    """With the block end workers that were started and not wanted, and those that are about to end."""
    try:
        yield
    finally:
        while _early:
            _early.pop()[1].stop()
        while _ending:
            _ending.pop().join()
