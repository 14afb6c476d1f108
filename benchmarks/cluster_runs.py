"""A Dask cluster on loopback and runs on it, in processes of their own: what each part of them costs."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.whole_run import RunFailedError, family_of

_SAMPLE_SECONDS = 0.5
_START_SECONDS = 60
_TASKS = """
SELECT name, (julianday(end_time) - julianday(start_time)) * 86400, julianday(start_time) * 86400, julianday(end_time) * 86400
FROM task_run WHERE end_time IS NOT NULL
"""
_SERIAL = ("discover", "plan", "gather", "settle", "check", "load", "report")
"""Steps that one process does, by the names of their tasks."""


@dataclass(frozen=True, slots=True)
class ClusterRun:
    """One run over `pages` pages on `workers` workers.

    `reading_seconds` are from the first batch's start to the last one's end, `worker_cpu_seconds` what the workers' processors
    spent meanwhile, model loading left out; `steps` are the seconds of the steps that one process does. `peak_bytes` is the
    greatest memory of that process.
    """

    pages: int
    workers: int
    batches: int
    reading_seconds: float
    worker_cpu_seconds: float
    steps: dict[str, float]
    page_bytes: int
    staged_bytes: int
    warehouse_bytes: int
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class TaskCosts:
    """What a task costs whatever it does: seconds of the flow's process and of the scheduler's, calls of Prefect's API and
    events, growth of Prefect's database, and how many tasks went through in a second.
    """

    flow_seconds: float
    scheduler_seconds: float
    calls: float
    events: float
    database_bytes: float
    tasks_a_second: float


@dataclass(slots=True)
class LoopbackCluster:
    """A scheduler and workers of one thread each, started as `docs/scaling.md` says."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def reading_processes(self) -> list[psutil.Process]:
        """The processes that read: each is a child of one that looks after it."""
        return [child for worker in self.workers for child in family_of(worker.pid)[1:]]


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[LoopbackCluster]:
    """A cluster with so many workers; it is gone after the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = LoopbackCluster(
        f"tcp://127.0.0.1:{port}", _dask(folder, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    )
    try:
        _wait_for_port(port)
        given = ("worker", started.address, "--nthreads", "1", "--no-dashboard", "--local-directory", str(folder / "dask"))
        started.workers = [_dask(folder, *given) for _ in range(workers)]
        yield started
    finally:
        for process in (*started.workers, started.scheduler):
            for one in reversed(family_of(process.pid)):
                with suppress(psutil.NoSuchProcess):
                    one.kill()
            process.wait()


def run_on(pages: Path, folder: Path, dask: LoopbackCluster) -> ClusterRun:
    """Run the command on a folder of pages, with all that it writes in another one, which should be empty."""
    data, config = folder / "data", folder / "claimhouse.toml"
    config.write_text(f'data_dir = "{data}"\n[run]\ndask = "{dask.address}"\n', encoding="utf-8")
    command = [sys.executable, "-c", "from flows.cli import main; main()", "run", str(pages), "--config", str(config)]
    with (folder / "printed.txt").open("w+", encoding="utf-8") as printed:
        process = subprocess.Popen(command, stdout=printed, stderr=subprocess.STDOUT)  # noqa: S603  # our own command
        watch = _watch_until_ended(process, data / "staging", dask)
        printed.seek(0)
        if process.returncode not in (0, 1):  # 1: the gate stopped the load, which costs the same
            raise RunFailedError(f"claimhouse run ended with {process.returncode}: {printed.read()[-2000:]}")
    with closing(sqlite3.connect(f"file:{data / 'prefect' / 'prefect.db'}?mode=ro", uri=True)) as con:
        tasks = con.execute(_TASKS).fetchall()
    batches = [(start, end) for name, _, start, end in tasks if name.startswith("annotate")]
    first, last = min(start for start, _ in batches), max(end for _, end in batches)
    files = [path for path in pages.iterdir() if path.is_file()]
    return ClusterRun(
        pages=len(files),
        workers=len(dask.workers),
        batches=len(batches),
        reading_seconds=last - first,
        worker_cpu_seconds=watch.cpu_between(first, last),
        steps={step: sum(seconds for name, seconds, _, _ in tasks if name.startswith(f"{step}-")) for step in _SERIAL},
        page_bytes=sum(path.stat().st_size for path in files),
        staged_bytes=watch.staged_bytes,
        warehouse_bytes=(data / "warehouse.duckdb").stat().st_size,
        peak_bytes=watch.peak_bytes,
    )


def costs_of_tasks(folder: Path, dask: LoopbackCluster, *, pages: int, tasks: int) -> TaskCosts:
    """Send tasks that do nothing, each with a batch of so many pages, and see what that costs."""
    command = [sys.executable, "-m", "benchmarks.cluster_tasks", dask.address, str(folder), str(pages), str(tasks)]
    environment = {**os.environ, "PREFECT_SERVER_LOGGING_LEVEL": "INFO", "PREFECT_HOME": str(folder / "prefect")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # our own
    if done.returncode:
        raise RunFailedError(f"the tasks ended with {done.returncode}: {done.stderr[-2000:]}")
    told = json.loads(done.stdout.splitlines()[-1])
    return TaskCosts(
        flow_seconds=told["flow_seconds"] / tasks,
        scheduler_seconds=told["scheduler_seconds"] / tasks,
        calls=told["calls"] / tasks,
        events=told["events"] / tasks,
        database_bytes=told["database_bytes"] / tasks,
        tasks_a_second=tasks / told["seconds"],
    )


def gathered(folders: Sequence[Path], into: Path, limit: int | None = None) -> Path:
    """The pages of several folders in one; with a limit only so many of them, spread over all."""
    into.mkdir()
    paths = sorted(path for folder in folders for path in folder.iterdir() if path.suffix in (".html", ".htm"))
    step = max(1, len(paths) // limit) if limit else 1
    for number, path in enumerate(paths[::step][:limit]):
        shutil.copyfile(path, into / f"{number:06}.html")
    return into


class _Watched:
    """The greatest size of the staging folder and of a process's memory, and what the workers had spent at each moment."""

    def __init__(self) -> None:
        self.staged_bytes = 0
        self.peak_bytes = 0
        self._spent: list[tuple[float, float]] = []

    def sample(self, process: psutil.Process, staging: Path, dask: LoopbackCluster) -> None:
        with suppress(psutil.NoSuchProcess):
            self.peak_bytes = max(self.peak_bytes, process.memory_info().rss)
        with suppress(OSError):  # a batch appears and goes meanwhile
            self.staged_bytes = max(self.staged_bytes, sum(path.stat().st_size for path in staging.rglob("*.parquet")))
        self._spent.append((time.time(), sum(_spent(one) for one in dask.reading_processes())))

    def cpu_between(self, start: float, end: float) -> float:
        """Seconds of the workers' processors between two moments, each in days of the Julian calendar times 86,400."""
        since_1970 = 2440587.5 * 86400
        return self._at(end - since_1970) - self._at(start - since_1970)

    def _at(self, moment: float) -> float:
        return min(self._spent, key=lambda sample: abs(sample[0] - moment))[1]


def _watch_until_ended(
    process: subprocess.Popen[str] | subprocess.Popen[bytes], staging: Path, dask: LoopbackCluster
) -> _Watched:
    watched, ended = _Watched(), threading.Event()
    started = psutil.Process(process.pid)

    def repeat() -> None:
        while not ended.wait(_SAMPLE_SECONDS):
            watched.sample(started, staging, dask)

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    process.wait()
    ended.set()
    thread.join()
    return watched


def _spent(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def _dask(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PREFECT_HOME": str(folder / "prefect")}
    with (folder / "dask.log").open("ab") as log:
        command = [sys.executable, "-m", "dask", *arguments]
        return subprocess.Popen(command, stdout=log, stderr=log, env=environment)  # noqa: S603  # our own


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if time.monotonic() > deadline:
            raise RunFailedError(f"no Dask scheduler came up on port {port}")
        time.sleep(0.2)
