"""From what runs on a cluster cost to what many more articles would: a table, and what breaks first at which size."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from benchmarks.cluster_runs import ClusterRun, TaskCosts
from flows.dask_cluster import ROUNDS
from flows.settings import Run

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
RUNS_A_DAY = 24
DAY = 86_400
BUSY = 0.7
"""Share of the day in which a core reads: pages come unevenly, and workers are lost."""
_STORAGE_BYTES_A_SECOND = 100e6
"""What one network of 1 Gbit/s, or one hard disk, gives and takes."""
_DATABASE_BYTES = 20e9
_DATABASE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Costs:
    """What a page costs, on average over pages with articles and without, and what a part of a run costs without any.

    `steps` are the seconds of the steps that one process does, for each step what a part and what a page costs.
    """

    worker_seconds: float
    page_bytes: float
    staged_bytes: float
    warehouse_bytes: float
    memory_bytes: float
    steps: dict[str, tuple[float, float]]
    task: TaskCosts

    @property
    def part_seconds(self) -> float:
        """Of the steps of one process for a part, without any page."""
        return sum(fixed for fixed, _ in self.steps.values())

    @property
    def step_seconds(self) -> float:
        """Of the steps of one process, for a page."""
        return sum(each for _, each in self.steps.values())


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What so many pages a day take, in runs by the hour."""

    pages: int
    cores: int
    batch_pages: int
    tasks: int
    sending_hours: float
    serial_hours: float
    storage_bytes: float
    database_bytes: float
    warehouse_bytes: float
    memory_bytes: float


def costs_of(small: ClusterRun, large: ClusterRun, task: TaskCosts) -> Costs:
    """What each page costs, from two runs of one part and different size: what the part costs falls out of their difference."""

    def line(few: float, many: float) -> tuple[float, float]:
        each = max(many - few, 0) / (large.pages - small.pages)
        return max(many - each * large.pages, 0.0), each

    return Costs(
        worker_seconds=large.worker_cpu_seconds / large.pages,
        page_bytes=large.page_bytes / large.pages,
        staged_bytes=large.staged_bytes / large.pages,
        warehouse_bytes=line(small.warehouse_bytes, large.warehouse_bytes)[1],
        memory_bytes=line(small.peak_bytes, large.peak_bytes)[1],
        steps={step: line(small.steps[step], large.steps[step]) for step in large.steps},
        task=task,
    )


def reckon(pages: int, costs: Costs) -> Reckoned:
    """What so many pages a day take."""
    cores = max(1, ceil(pages * costs.worker_seconds / (DAY * BUSY)))
    in_run, part = pages / RUNS_A_DAY, Run().part_pages
    batch_pages = max(Run().batch_pages, min(ceil(in_run / (cores * ROUNDS)), part))
    tasks = ceil(pages / batch_pages)
    return Reckoned(
        pages=pages,
        cores=cores,
        batch_pages=batch_pages,
        tasks=tasks,
        sending_hours=tasks * costs.task.flow_seconds / 3600,
        serial_hours=(costs.part_seconds * RUNS_A_DAY * ceil(in_run / part) + costs.step_seconds * pages) / 3600,
        storage_bytes=pages * (costs.page_bytes + 2 * costs.staged_bytes),
        database_bytes=tasks * costs.task.database_bytes,
        warehouse_bytes=pages * costs.warehouse_bytes * 365,
        memory_bytes=min(in_run, part) * costs.memory_bytes,
    )


def what_breaks(costs: Costs) -> list[tuple[int, str]]:
    """What can't go on, and from how many pages a day, the first first. Runs are taken to have more than one part."""
    tasks_kept = _DATABASE_BYTES / _DATABASE_DAYS / costs.task.database_bytes
    part = Run().part_pages
    copied = 365 * costs.warehouse_bytes / _STORAGE_BYTES_A_SECOND
    found = [
        (
            DAY * BUSY / (costs.step_seconds + costs.part_seconds / part),
            "one process can't settle, check and load all day",
        ),
        (
            sqrt(DAY * part / copied),
            "after a year the copies of the one file that loads make take all day: a lake needs none",
        ),
        (tasks_kept * Run().batch_pages, "Prefect's SQLite holds more than 20 GB of 30 days, with the smallest batches"),
        (DAY * BUSY / costs.task.flow_seconds * part, "one process can't send all batches, with the largest batches"),
        (
            _STORAGE_BYTES_A_SECOND * DAY * BUSY / (costs.page_bytes + 2 * costs.staged_bytes),
            "storage of 100 MB/s can't give the pages and take what is staged",
        ),
    ]
    return sorted((int(pages), what) for pages, what in found)


def table(costs: Costs, sizes: Sequence[int] = SIZES) -> Iterator[str]:
    """The reckoning as lines of Markdown."""
    yield (
        "| articles a day | cores that read | pages a batch | tasks a day | sending them, h | serial steps, h | memory, GB | "
        "storage, GB a day | Prefect's database, MB a day | warehouse, GB a year |"
    )
    yield f"|{' ---: |' * 10}"
    for row in (reckon(size, costs) for size in sizes):
        yield (
            f"| {row.pages:,} | {row.cores:,} | {row.batch_pages:,} | {row.tasks:,} | {row.sending_hours:.2f} | "
            f"{row.serial_hours:,.1f} | {row.memory_bytes / 1e9:,.1f} | {row.storage_bytes / 1e9:,.1f} | "
            f"{row.database_bytes / 1e6:,.1f} | {row.warehouse_bytes / 1e9:,.0f} |"
        )
