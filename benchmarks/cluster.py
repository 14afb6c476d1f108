"""What reading on a Dask cluster costs, with one and with two workers, and what many more articles would.

    python -m benchmarks.cluster PAGES [PAGES ...] [--limit N] [--tasks N]

Starts its own scheduler and workers on loopback. Ten minutes on two cores; what else the machine does is in the figures.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.cluster_reckoning import Costs, costs_of, table, what_breaks
from benchmarks.cluster_runs import ClusterRun, TaskCosts, cluster, costs_of_tasks, gathered, run_on
from flows.settings import Run

WORKERS = 2
SMALL = 4
"""The small run has one page in so many."""


def measure(folders: Sequence[Path], folder: Path, limit: int | None, tasks: int) -> tuple[list[ClusterRun], TaskCosts]:
    """A run over a part of the pages, and runs over all of them with one and with two workers; and tasks that do nothing."""
    pages = gathered(folders, folder / "pages", limit)
    count = sum(1 for _ in pages.iterdir())
    few = gathered([pages], folder / "few", count // SMALL)
    runs = []
    for number, (part, workers) in enumerate(((few, WORKERS), (pages, 1), (pages, WORKERS))):
        place = folder / str(number)
        place.mkdir()
        with cluster(place, workers) as dask:
            runs.append(run_on(part, place, dask))
            print(_told(runs[-1]), flush=True)
    place = folder / "tasks"
    place.mkdir()
    with cluster(place, WORKERS) as dask:
        costs = costs_of_tasks(place, dask, pages=Run().part_pages, tasks=tasks)
    print(
        f"{tasks} tasks of {Run().part_pages} pages that do nothing: {costs.flow_seconds * 1000:.0f} ms of the flow's each, "
        f"{costs.scheduler_seconds * 1000:.0f} ms of the scheduler's process, {costs.tasks_a_second:.1f} a second; Prefect: "
        f"{costs.calls:.1f} calls of its API, {costs.events:.0f} events, {costs.database_bytes / 1000:.0f} kB of its database"
    )
    return runs, costs


def _told(run: ClusterRun) -> str:
    steps = ", ".join(f"{step} {seconds:.1f}" for step, seconds in run.steps.items())
    return (
        f"{run.pages} pages, {run.workers} worker{'s' if run.workers > 1 else ''}: read in {run.reading_seconds:.1f} s "
        f"({run.pages / run.reading_seconds:.1f} pages/s), {run.batches} batches, {run.worker_cpu_seconds:.1f} s of the "
        f"workers' processors; steps in seconds: {steps}; {run.peak_bytes / 1e6:.0f} MB of the flow's process"
    )


def _told_of_pages(costs: Costs) -> str:
    steps = ", ".join(f"{step} {fixed:.1f} s and {each * 1000:.1f} ms" for step, (fixed, each) in costs.steps.items())
    return (
        f"A page: {costs.worker_seconds * 1000:.0f} ms of a worker's processor, {costs.page_bytes / 1000:.0f} kB read, "
        f"{costs.staged_bytes / 1000:.1f} kB staged, {costs.warehouse_bytes / 1000:.1f} kB of the warehouse, "
        f"{costs.memory_bytes / 1000:.0f} kB of the flow's memory.\n"
        f"Steps of one process, a run and a page: {steps}."
    )


def main(folders: Sequence[Path], *, limit: int | None = None, tasks: int = 200) -> int:
    """Measure and print. Returns 2 where there are no pages."""
    if missing := [folder for folder in folders if not folder.is_dir()]:
        print(f"{missing[0]} is no folder; give some with .html pages, such as articles-*/pages of the benchmark data.")
        return 2
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        (small, one, two), task = measure(folders, Path(folder), limit, tasks)
    costs = costs_of(small, two, task)
    print(f"Two workers read {one.reading_seconds / two.reading_seconds:.2f} times as fast as one.\n{_told_of_pages(costs)}\n")
    print("\n".join(table(costs)))
    print("\nWhat breaks, and from how many articles a day:\n")
    for pages, what in what_breaks(costs):
        print(f"- {pages:,}: {what}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description="Measure reading on a Dask cluster.")
    parser.add_argument("pages", type=Path, nargs="+", metavar="PAGES", help="folders with .html pages")
    parser.add_argument("--limit", type=int, metavar="N", help="only N of the pages, spread over all")
    parser.add_argument("--tasks", type=int, default=200, metavar="N", help="tasks that do nothing")
    return parser.parse_args()


if __name__ == "__main__":
    given = _arguments()
    sys.exit(main(given.pages, limit=given.limit, tasks=given.tasks))
