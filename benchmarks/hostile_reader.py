"""A worker process that reads hostile inputs as a run's worker does: within its bounds, and replaced where it ends."""

import multiprocessing
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import mkdtemp
from typing import Self

from benchmarks.robustness import fault_of
from flows.containers import kind_of
from flows.contents import Reading as FileReading
from flows.contents import contents_of, pages_in
from flows.errors import WrongUse
from flows.found import FoundPage
from flows.limits import watched
from flows.models import load_reader
from flows.settings import BYTES_PER_MB, Reading
from flows.workers import _prepare_worker
from transforms.read import Page, read_pages

_READY_SECONDS = 300
_NEAR = 0.6
"""Share of its memory from which on a process that died has died of it: libraries in Rust and C end it when they get none."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one page may take, and how large its file may be."""

    seconds: float = 20
    worker_mb: int = 4_000
    page_mb: float = 200


DEFAULT = Bounds()


@dataclass(frozen=True, slots=True)
class Read:
    """How a file ended: the outcomes of its pages, what is wrong with them, the seconds it took and the peak of memory.

    `ended_by` is `time` or `memory` where the process was ended for its bound, and `crash` where it died of anything else.
    """

    name: str
    outcomes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    seconds: float = 0.0
    peak_mb: float = 0.0
    ended_by: str | None = None


class HostileReader:
    """Reads files one after the other in a process of its own, and starts another where that ends."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._context = multiprocessing.get_context("spawn")
        self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()

    def read(self, path: Path) -> Read:
        """Read every page of a file."""
        began = time.monotonic()
        self._pipe.send(path)
        peak = 0.0
        while not self._pipe.poll(0.2) and self._process.is_alive():
            peak = max(peak, _peak_mb(self._process.pid))
        try:
            found: Read = self._pipe.recv()
        except (EOFError, ConnectionError):
            found = self._killed(path, time.monotonic() - began, peak)
        found = replace(found, seconds=time.monotonic() - began, peak_mb=max(peak, found.peak_mb))
        if found.ended_by:
            self._process.join()
            self._start()
        return found

    def _killed(self, path: Path, seconds: float, peak_mb: float) -> Read:
        if seconds >= self._bounds.seconds:
            return Read(path.name, outcomes=("unreadable",), ended_by="time")
        if peak_mb >= _NEAR * self._bounds.worker_mb:
            return Read(path.name, outcomes=("unreadable",), ended_by="memory")
        return Read(path.name, faults=("its process died",), ended_by="crash")

    def _start(self) -> None:
        self._pipe, theirs = self._context.Pipe()
        self._process = self._context.Process(target=_serve, args=(theirs, self._bounds), daemon=True)
        self._process.start()
        theirs.close()
        if not self._pipe.poll(_READY_SECONDS):
            raise TimeoutError(f"no worker process was ready within {_READY_SECONDS} seconds")
        self._pipe.recv()


def _peak_mb(pid: int | None) -> float:
    """The most memory that a process has held since it was asked to forget (Linux); 0 where that can't be told."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def _serve(pipe: Connection, bounds: Bounds) -> None:
    reading = Reading(max_page_mb=bounds.page_mb)
    _prepare_worker(reading, bounds.worker_mb)
    copies = Path(mkdtemp(prefix="claimhouse-copies-"))
    pipe.send("ready")
    while True:
        path: Path = pipe.recv()
        with suppress(OSError):  # not on Linux: then the peak is that of the whole process
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        try:
            outcomes, faults = _read(path, copies, reading, bounds)
        except MemoryError:
            pipe.send(Read(path.name, outcomes=("unreadable",), ended_by="memory"))
            return
        pipe.send(Read(path.name, tuple(outcomes), tuple(faults), peak_mb=_peak_mb(multiprocessing.current_process().pid)))


def _read(path: Path, copies: Path, reading: Reading, bounds: Bounds) -> tuple[Sequence[str], Sequence[str]]:
    """Find the pages of a file as a run does, and read each within its bounds."""
    of_file = FileReading("hostile", path.name, {}, copies, int(bounds.page_mb * BYTES_PER_MB))
    outcomes, faults = [], []
    try:
        for found in pages_in(path, path.name, kind_of(path), of_file):
            if found is None:
                continue
            with watched(bounds.seconds, sys.stderr):
                outcome, fault = _ended(found, reading)
            outcomes.append(outcome)
            faults += [fault] if fault else []
    except WrongUse as refused:
        return [*outcomes, "refused"], [] if str(refused) else ["refused without a word"]
    except MemoryError:
        raise
    except Exception as error:
        # An exception is what is looked for: it must not end the looking.
        return outcomes, [f"raised {type(error).__name__}: {error}"[:300]]
    return outcomes, faults


def _ended(found: FoundPage, reading: Reading) -> tuple[str, str | None]:
    if found.problem:
        return "unreadable", None
    contents = contents_of(found, reading.max_page_bytes)
    page = Page(
        found.key, found.url, found.source_id, contents.raw, datetime(2000, 1, 1), contents.problem, found.outcome,
        contents.given, contents.content_type,
    )  # fmt: skip
    tables = read_pages([page], load_reader(reading))
    return str(tables["documents"]["outcome"][0]), fault_of(tables)
