"""How fast pages are read, against a bare loop over the same libraries in as many processes, in one run.

    python -m benchmarks.throughput PAGES [--processes 2] [--rounds 2] [--limit N] [--accept REASON]

Takes turns (bare loop, reader, whole run, bare loop, …) and counts the best turn of each, so that what else the machine does
weighs on all alike.
"""

import argparse
import importlib.util
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks.figures import Figure
from benchmarks.loops import Batch, Cost, bare_loop, our_loop, prepare_bare, prepare_ours
from benchmarks.pools import pool
from benchmarks.verdict import settle_figures
from benchmarks.whole_run import WholeRun, run_once

BATCH_PAGES = 6
MOST_OF_BARE_LOOP = 1.15
"""The reader may take this many times the bare loop's time: rules on top of two libraries should cost little."""
MOST_OF_WHOLE_RUN = 1.3
"""The whole run may, from its first page on: batches, staging, gate, load and reports."""
MOST_GIGABYTES = 3.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a loop: wall seconds, and what each page cost."""

    wall: float
    costs: list[Cost]

    @property
    def cpu(self) -> float:
        """Seconds of the processor over all pages."""
        return sum(sum(cost.seconds.values()) for cost in self.costs)

    @property
    def words(self) -> int:
        """Words of the articles that were read."""
        return sum(cost.words for cost in self.costs if cost.is_kept)

    def stages(self) -> dict[str, float]:
        """Seconds of the processor by stage."""
        stages: dict[str, float] = {}
        for cost in self.costs:
            for stage, seconds in cost.seconds.items():
                stages[stage] = stages.get(stage, 0.0) + seconds
        return stages


@dataclass(frozen=True, slots=True)
class Timings:
    """The best turn of each."""

    bare: Turn
    ours: Turn
    whole: WholeRun | None


def time_all(pages: Path, *, processes: int, rounds: int, limit: int | None) -> Timings:
    """Time the loops, and the whole run where the command is there and all pages are read."""
    paths = sorted(path for path in pages.iterdir() if path.suffix in (".html", ".htm"))[:limit]
    batches = [tuple(paths[at : at + BATCH_PAGES]) for at in range(0, len(paths), BATCH_PAGES)]
    runs_whole = limit is None and importlib.util.find_spec("flows.cli") is not None
    bare: list[Turn] = []
    ours: list[Turn] = []
    whole: list[WholeRun] = []
    for _ in range(rounds):
        bare.append(_turn(processes, prepare_bare, bare_loop, batches))
        ours.append(_turn(processes, prepare_ours, our_loop, batches))
        if runs_whole:
            with tempfile.TemporaryDirectory() as folder:
                whole.append(run_once(pages, Path(folder), processes))
    best = min(whole, key=lambda run: run.work_seconds) if whole else None
    return Timings(min(bare, key=lambda turn: turn.wall), min(ours, key=lambda turn: turn.wall), best)


def _turn(processes: int, prepare: Callable[[], object], loop: Callable[[Batch], list[Cost]], batches: Sequence[Batch]) -> Turn:
    """One turn in new processes, timed from when they are ready: a run's workers are new as well."""
    with pool(processes, prepare) as executor:
        # One page each, as a run's workers read one for nothing: what is loaded late is loaded then.
        list(executor.map(loop, [batch[:1] for batch in batches[:processes]]))
        started = time.perf_counter()
        costs = [cost for batch in executor.map(loop, batches) for cost in batch]
        return Turn(time.perf_counter() - started, costs)


def same_pages(bare: Turn, ours: Turn) -> float:
    """What the bare loop costs when it leaves unparsed what we leave unparsed: other languages, pages without an article."""
    kept = {cost.page for cost in ours.costs if cost.is_kept}
    return sum(cost.seconds["extract"] + (cost.seconds["parse"] if cost.page in kept else 0.0) for cost in bare.costs)


def figures_of(data: str, timings: Timings, processes: int) -> list[Figure]:
    """Figures with their limits."""
    bare, ours, whole = timings.bare, timings.ours, timings.whole
    same = same_pages(bare, ours)
    detail = f"{ours.cpu:.1f} s of the processor against {same:.1f} s for the pages that both read"
    figures = [
        Figure(data, "reader, times the bare loop", ours.cpu / same, detail, limit=MOST_OF_BARE_LOOP),
        Figure(
            data, "reader, times the bare loop over all pages", ours.wall / bare.wall,
            f"{ours.wall:.1f} s against {bare.wall:.1f} s of wall time", limit=MOST_OF_BARE_LOOP,
        ),
    ]  # fmt: skip
    if whole is not None:
        detail = f"{whole.work_seconds:.1f} s against {bare.wall:.1f} s; reading alone {whole.reading_seconds:.1f} s"
        spent = f"{whole.work_cpu_seconds:.1f} s of the processor against {bare.cpu:.1f} s, all processes of the run"
        figures += [
            Figure(
                data,
                "whole run, times the bare loop, processor",
                whole.work_cpu_seconds / bare.cpu,
                spent,
                limit=MOST_OF_WHOLE_RUN,
            ),
            Figure(data, "whole run, times the bare loop", whole.work_seconds / bare.wall, detail, limit=MOST_OF_WHOLE_RUN),
            Figure(data, "whole run, peak memory in GB", whole.peak_bytes / 1e9, f"{processes} workers", limit=MOST_GIGABYTES),
        ]
    return figures


def print_rates(timings: Timings, processes: int, console: Console) -> None:
    """Pages and words a second, where the time goes, and what starting costs; none of it has a limit."""
    for name, turn in (("bare loop", timings.bare), ("reader", timings.ours)):
        stages = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in turn.stages().items())
        words = sum(cost.words for cost in turn.costs) if name == "bare loop" else turn.words
        console.print(
            f"{name}: {len(turn.costs) / turn.wall:.1f} pages/s, {words / turn.wall / processes:,.0f} words/s a core; "
            f"by stage, processor: {stages}"
        )
    if timings.whole is None:
        console.print("whole run: not timed (it needs the command, and no --limit)")
        return
    whole = timings.whole
    console.print(
        f"whole run: {len(timings.ours.costs) / whole.work_seconds:.1f} pages/s, "
        f"{timings.ours.words / whole.work_seconds / processes:,.0f} words/s a core; {whole.seconds:.1f} s in all"
    )
    for name, parts in (("starts, beside each other", whole.starts), ("steps", whole.steps)):
        console.print(f"  {name}: {', '.join(f'{part} {seconds:.1f} s' for part, seconds in parts.items())}")


def main(pages: Path, *, processes: int = 2, rounds: int = 2, limit: int | None = None, reason: str | None = None) -> int:
    """Time, print, and hold against the limits. Returns 1 where one is exceeded, 2 where there are no pages."""
    console = Console(width=None if sys.stdout.isatty() else 180, highlight=False)
    if not pages.is_dir():
        console.print(
            f"{pages} is no folder; give one with .html pages, such as articles-scrapinghub/pages of the benchmark data."
        )
        return 2
    timings = time_all(pages, processes=processes, rounds=rounds, limit=limit)
    data = f"{pages.parent.name if pages.name == 'pages' else pages.name} speed"
    print_rates(timings, processes, console)
    return settle_figures(figures_of(data, timings, processes), reason, console)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.throughput", description="Time reading against a bare loop.")
    parser.add_argument("pages", type=Path, metavar="PAGES", help="folder with .html pages")
    parser.add_argument("--processes", type=int, default=2, metavar="N", help="processes of each loop, workers of the run")
    parser.add_argument("--rounds", type=int, default=2, metavar="N", help="turns of each; the best one counts")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N pages, and no whole run")
    parser.add_argument("--accept", metavar="REASON", help="accept what is measured now, for this reason")
    return parser.parse_args()


if __name__ == "__main__":
    given = _arguments()
    sys.exit(main(given.pages, processes=given.processes, rounds=given.rounds, limit=given.limit, reason=given.accept))
