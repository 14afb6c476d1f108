"""The command `claimhouse run` on a folder, in a process of its own: how long its parts take, and how much memory all have."""

import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

SAMPLE_SECONDS = 2.0
"""To ask five processes for their memory takes a core 30 to 60 ms: more often, and the watching would slow what it watches."""
_COMMAND = (sys.executable, "-c", "from flows.cli import main; main()", "run")
_STARTS = re.compile(r"starts beside each other: (.*)")
_TASKS = "SELECT name, start_time, end_time FROM task_run WHERE end_time IS NOT NULL ORDER BY start_time"
_START = re.compile(r"([^,]+?) (\d+\.\d) s")


class RunFailedError(Exception):
    """The command did not end well; the message holds the end of what it printed."""


@dataclass(frozen=True, slots=True)
class WholeRun:
    """One run. `work_seconds` are from the first page to the end of the flow, `seconds` from the command to its end.

    `starts` names what starts before and beside the work, `steps` the tasks after reading, `reading_seconds` the time from the
    first batch's start to the last one's end. `work_cpu_seconds` are those of the processor while the work lasted, of all
    processes of the run, Prefect's server among them. Memory is the greatest sum over all processes of the run at one
    moment, in bytes; pages that processes share count once (PSS).
    """

    seconds: float
    work_seconds: float
    work_cpu_seconds: float
    reading_seconds: float
    starts: dict[str, float]
    steps: dict[str, float]
    peak_bytes: int


def run_once(pages: Path, folder: Path, processes: int) -> WholeRun:
    """Run the command on a folder of pages, with all that it writes in another one; what is there is known to it."""
    config = folder / "claimhouse.toml"
    config.write_text(f'data_dir = "{folder / "data"}"\n[run]\nworkers = {processes}\n', encoding="utf-8")
    began = datetime.now(UTC)
    clock = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603  # our own command
        [*_COMMAND, str(pages), "--config", str(config)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    with _watched(process.pid) as watch:
        printed, _ = process.communicate()
    seconds = time.perf_counter() - clock
    if process.returncode not in (0, 1):  # 1: the gate stopped the load, which costs the same
        raise RunFailedError(f"claimhouse run ended with {process.returncode}: {printed[-2000:]}")
    return _with_tasks(folder / "data" / "prefect" / "prefect.db", began, seconds, _starts(printed), watch)


def _starts(printed: str) -> dict[str, float]:
    found = _STARTS.search(" ".join(printed.split()))
    return {name.strip(): float(seconds) for name, seconds in _START.findall(found[1])} if found else {}


def _with_tasks(database: Path, began: datetime, seconds: float, starts: dict[str, float], watch: "Watch") -> WholeRun:
    """Add what Prefect noted of the run's tasks."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as con:
        tasks = [task for task in con.execute(_TASKS).fetchall() if _moment(task[1]) >= began]
        [[flow_end]] = con.execute("SELECT max(end_time) FROM flow_run").fetchall()
    batches = [(_moment(start), _moment(end)) for name, start, end in tasks if name.startswith("annotate")]
    steps: dict[str, float] = {}
    for name, start, end in tasks:
        if not name.startswith("annotate"):
            step = name.rsplit("-", 1)[0]
            steps[step] = steps.get(step, 0.0) + (_moment(end) - _moment(start)).total_seconds()
    first, last, end = min(start for start, _ in batches), max(end for _, end in batches), _moment(flow_end)
    return WholeRun(
        seconds=seconds,
        work_seconds=(end - first).total_seconds(),
        work_cpu_seconds=watch.cpu_at(end.timestamp()) - watch.cpu_at(first.timestamp()),
        reading_seconds=(last - first).total_seconds(),
        starts={**starts, "until the first page": (first - began).total_seconds()},
        steps=steps,
        peak_bytes=watch.peak_bytes,
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Watch:
    """Samples of a process and all below it: the greatest memory, and what the processor had spent at each moment."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._spent: dict[tuple[int, float], float] = {}
        self._samples: list[tuple[float, float]] = []
        self.peak_bytes = 0

    def sample(self) -> None:
        """Take one sample. What a process has spent stays counted when it is gone."""
        memory = 0
        for process in family_of(self._pid):
            try:
                with process.oneshot():
                    times = process.cpu_times()
                    self._spent[process.pid, process.create_time()] = times.user + times.system
                    memory += memory_of(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        self.peak_bytes = max(self.peak_bytes, memory)
        self._samples.append((time.time(), sum(self._spent.values())))

    def cpu_at(self, moment: float) -> float:
        """Seconds of the processor spent up to a moment, in seconds since 1970: as of the last sample before it."""
        return max((spent for at, spent in self._samples if at <= moment), default=0.0)


@contextmanager
def _watched(pid: int) -> Iterator[Watch]:
    """Sample a process and all below it while the block runs."""
    watch = Watch(pid)
    ended = threading.Event()

    def repeat() -> None:
        while not ended.wait(SAMPLE_SECONDS):
            watch.sample()

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        ended.set()
        thread.join()


def family_of(pid: int) -> list[psutil.Process]:
    """A process and all below it; none where it is gone."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def memory_of(process: psutil.Process) -> int:
    """Bytes that a process has now, its part of shared pages (PSS); RSS where the system tells no PSS."""
    memory = process.memory_full_info()
    return int(getattr(memory, "pss", 0) or memory.rss)
