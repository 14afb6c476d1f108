"""Every measure over the benchmark data that is there, in one table, held against the floors in `baseline.json`.

    python -m benchmarks.evaluate DIR [--errors N] [--accept REASON]

The data itself is not part of this repository; benchmarks/README.md says what is expected in DIR and where it comes from.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from benchmarks import article_text, checkworthy, entities, near_copies, page_metadata, robustness, speech, statement_pairs
from benchmarks.baseline import BASELINE, accept, failing, read_baseline, write_baseline
from benchmarks.figures import Figure, Item, Mapper, Measure, Measured, Result
from benchmarks.pools import pool
from benchmarks.reading import default_reader
from benchmarks.readme import write_figures
from benchmarks.table import print_figures

PROCESSES = 2
_PER_TASK = 4

_ENTITIES = ("crossner-ai", "crossner-politics", "crossner-science", "crossner-literature", "crossner-music", "wnut17")
MEASURES: tuple[tuple[str, Measure], ...] = (
    ("articles-scrapinghub", article_text.measure),
    ("articles-wcxb", article_text.measure),
    ("articles-wcxb", page_metadata.measure),
    ("articles-wcxb", near_copies.measure),
    ("quotes-polnear", speech.measure),
    *((f"entities-{name}", entities.measure) for name in _ENTITIES),
    ("checkworthy-checkthat24", checkworthy.measure),
    ("pairs-msrp", statement_pairs.measure_same),
    ("pairs-sick", statement_pairs.measure_relations),
    ("strings-naughty", robustness.measure_strings),
    ("feeds-feedparser", robustness.measure_files),
)
"""Folder of the data and what is measured on it, in the table's order."""


def main(data: Path, *, errors: int = 0, reason: str | None = None, only: str = "") -> int:
    """Measure all that `data` holds and print the table. Returns 1 where a figure fails its floor, 2 where there is no data.

    `errors`: that many errors a measure are printed too, spread evenly over all. `reason`: what was measured becomes the
    new baseline for this reason. `only`: just the folders whose name holds this.
    """
    console = Console(width=None if sys.stdout.isatty() else 220, highlight=False)
    wanted = [(data / name, measure) for name, measure in MEASURES if only in name]
    missing = sorted({folder.name for folder, _ in wanted if not folder.is_dir()})
    if len(missing) == len({folder for folder, _ in wanted}):
        console.print(f"{data} holds none of {', '.join(missing)}; see benchmarks/README.md for the data that is expected.")
        return 2
    figures: list[Figure] = []
    broken: list[str] = []
    with _spreading() as spread:
        for folder, measure in wanted:
            if folder.is_dir():
                try:
                    measured = measure(folder, spread)
                except Exception:
                    # Minutes of measuring should not be lost to one text that breaks the code under test, in whatever way.
                    broken.append(folder.name)
                    console.print_exception(max_frames=4)
                    continue
                figures += measured.figures
                _print_errors(measured, errors, console)
    print_figures(figures, read_baseline(), console)
    for name in missing:
        console.print(f"skipped: {data} holds no {name}")
    if broken:
        console.print(f"[bold red]could not be measured, and nothing is accepted:[/] {', '.join(broken)}; see the errors above")
        return 1
    return _judge(figures, data, reason, console)


def _judge(figures: list[Figure], data: Path, reason: str | None, console: Console) -> int:
    baseline = read_baseline()
    if reason:
        baseline = accept(figures, baseline, reason=reason, date=datetime.now(UTC).date().isoformat())
        write_baseline(baseline)
        write_figures(baseline)
        console.print(f"accepted {len(figures)} figures into {BASELINE.name}: {reason}")
        return 0
    below = failing(figures, baseline)
    if below:
        console.print(
            f"[bold red]{len(below)} figures fail their bound or have none:[/] {'; '.join(figure.key for figure in below)}"
        )
        console.print("Mend what made them worse. If they are as they should be, accept all that was measured, with a reason:")
        console.print(f'    python -m benchmarks.evaluate {data} --accept "why"', markup=False)
    return 1 if below else 0


def _print_errors(measured: Measured, count: int, console: Console) -> None:
    """So many errors, spread evenly over all of them: the first ones would all come from the same few texts."""
    if count and measured.errors:
        console.print(f"\n[bold]{measured.figures[0].key}[/] and others: {len(measured.errors)} errors")
        step = max(1, len(measured.errors) // count)
        for error in measured.errors[::step][:count]:
            console.print(f"  {error}", markup=False)


@contextmanager
def _spreading() -> Iterator[Mapper]:
    with pool(PROCESSES, default_reader) as executor:

        def spread(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterable[Result]:
            return executor.map(function, items, chunksize=_PER_TASK)

        yield spread


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evaluate", description="Measure quality on benchmark data.")
    parser.add_argument("data", type=Path, metavar="DIR", help="folder with the benchmark data")
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="print N errors of each measure")
    parser.add_argument("--accept", metavar="REASON", help="make what is measured now the baseline, for this reason")
    parser.add_argument("--only", default="", metavar="NAME", help="measure only folders whose name holds NAME")
    return parser.parse_args()


if __name__ == "__main__":
    given = _arguments()
    sys.exit(main(given.data, errors=given.errors, reason=given.accept, only=given.only))
