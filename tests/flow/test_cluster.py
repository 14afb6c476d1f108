"""A scheduler and two workers in processes of their own, as on three machines; what they share is the disk."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.staging import Staging
from tests.flow.test_killed_run import contents, wait_until
from tests.flow.test_poisonous_page import SENTENCE, write
from warehouse.tables import TABLES

ARTICLES = Path(__file__).parents[2] / "seeds" / "articles"


@dataclass
class Cluster:
    """`workers` are the processes that were started: each looks after one that reads, and starts it anew."""

    address: str
    workers: list[subprocess.Popen[bytes]]
    folder: Path

    def start_worker(self) -> None:
        given = ("worker", self.address, "--nthreads", "1", "--no-dashboard", "--memory-limit", "2GB")
        self.workers.append(dask(self.folder, *given, "--local-directory", str(self.folder)))


def dask(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    with (folder / "dask.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments], cwd=folder, stdout=log, stderr=log, start_new_session=True
        )


def kill(process: subprocess.Popen[bytes]) -> None:
    """It and all that it started, without a word of farewell."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    found = folder / "scheduler.json"
    scheduler = dask(
        folder, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(found)
    )
    cluster = Cluster("", [], folder)
    try:
        wait_until(lambda: found.exists() and "tcp://" in found.read_text())
        cluster.address = found.read_text().split('"address": "')[1].split('"')[0]
        cluster.start_worker()
        cluster.start_worker()
        yield cluster
    finally:
        for process in (*cluster.workers, scheduler):
            kill(process)


def test_a_worker_that_is_killed_in_the_middle_loses_nothing_and_the_rows_are_those_of_one_machine(
    run_flow, samples, cluster, tmp_path
):
    staging = Staging(tmp_path / "staging")
    killer = threading.Thread(target=kill_in_the_middle, args=(cluster.workers[0], staging))
    killer.start()
    ran = run_flow(tmp_path, ARTICLES, settings=f'[run]\ndask = "{cluster.address}"\nbatch_pages = 1\n')
    killer.join()
    assert cluster.workers[0].poll() is not None
    assert sum(ran.summary.outcomes.values()) == sum(samples.summary.outcomes.values())
    for table in TABLES:
        if table.written != "run":
            assert contents(ran.warehouse, table) == contents(samples.warehouse, table), table.name


def test_a_page_that_costs_its_worker_its_life_ends_as_unreadable_and_takes_no_other_with_it(run_flow, cluster, tmp_path):
    pages = tmp_path / "pages"
    pages.mkdir()
    for name in ("a", "b", "c", "e"):
        write(pages / f"{name}.html", f"{SENTENCE} Ship {name} was named on Monday. " * 2)
    write(pages / "d.txt", SENTENCE * 20_000)  # minutes of work: the process is ended while it is at it
    settings = f'[run]\ndask = "{cluster.address}"\nbatch_pages = 3\npage_timeout_seconds = 3\n'
    ran = run_flow(tmp_path / "data", pages, settings=settings)
    assert sum(ran.summary.outcomes.values()) == 5
    [(key, reason)] = ran.ask("SELECT page_key, outcome_reason FROM documents WHERE outcome = 'unreadable'").rows()
    assert key == "d.txt"
    assert reason.startswith("reading it took longer than page_timeout_seconds, 3:")


def kill_in_the_middle(worker: subprocess.Popen[bytes], staging: Staging) -> None:
    """Kill a worker while it reads: some batches are done, others are not, and both workers are at one."""
    wait_until(lambda: staging.folder.is_dir() and staging.pages() and len(list(staging.folder.glob("*.reading"))) >= 2)
    kill(worker)
