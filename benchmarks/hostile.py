"""Hostile input at full size: each is read or recorded as unreadable within its bounds of time and memory, and nothing crashes.

python -m benchmarks.hostile [--json FILE] [--only bombs]
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.figures import Figure, shown
from benchmarks.hostile_inputs import Made, made_inputs, page
from benchmarks.hostile_reader import DEFAULT, Bounds, HostileReader, Read
from benchmarks.html5lib_cases import CasesMissingError, html5lib_cases
from benchmarks.verdict import settle_figures

_CASES = "malformed HTML (html5lib)"
_GRACE_SECONDS = 15
"""Over a page's own time: to find the pages of a file, to note where a process was that is ended, and to end it."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of the inputs of one kind. `read` are those that gave text or said why they are no article."""

    kind: str
    tried: int
    read: int
    unreadable: int
    out_of_time: int
    out_of_memory: int
    crashed: int
    slowest_seconds: float
    slowest: str
    peak_mb: float


def try_inputs(inputs: Iterable[Made], bounds: Bounds, console: Console) -> Iterator[tuple[str, Read]]:
    """Make each input, read it, and say how that ended."""
    with tempfile.TemporaryDirectory() as place, HostileReader(bounds) as reader:
        for made in inputs:
            path = Path(place) / made.name
            path.write_bytes(made.write())
            ended = reader.read(path)
            path.unlink()
            if made.kind != _CASES or ended.faults:
                how = ended.ended_by or ", ".join(dict.fromkeys(ended.outcomes)) or "no page"
                line = f"{made.kind}: {made.name}: {how}, {ended.seconds:.1f} s, {ended.peak_mb:.0f} MB"
                console.print(" · ".join((line, *map(shown, ended.faults))), markup=False)
            yield made.kind, ended


def summarised(ended: Sequence[tuple[str, Read]]) -> list[Tried]:
    """One row a kind, in the order that they were met in."""
    kinds = dict.fromkeys(kind for kind, _ in ended)
    return [_row(kind, [read for of, read in ended if of == kind]) for kind in kinds]


def _row(kind: str, reads: Sequence[Read]) -> Tried:
    crashed = [read for read in reads if read.faults or read.ended_by == "crash"]
    unreadable = [read for read in reads if set(read.outcomes) <= {"unreadable", "refused"} and read not in crashed]
    slowest = max(reads, key=lambda read: read.seconds)
    return Tried(
        kind=kind,
        tried=len(reads),
        read=len(reads) - len(unreadable) - len(crashed),
        unreadable=len(unreadable),
        out_of_time=sum(read.ended_by == "time" for read in reads),
        out_of_memory=sum(read.ended_by == "memory" for read in reads),
        crashed=len(crashed),
        slowest_seconds=round(slowest.seconds, 2),
        slowest=slowest.name,
        peak_mb=round(max(read.peak_mb for read in reads), 1),
    )


def figures_of(rows: Sequence[Tried], bounds: Bounds) -> list[Figure]:
    """What must hold of all of them: none crashed, and none took longer or more than it may."""
    tried = sum(row.tried for row in rows)
    slowest = max(rows, key=lambda row: row.slowest_seconds)
    greediest = max(rows, key=lambda row: row.peak_mb)
    data = "hostile inputs"
    return [
        Figure(data, "inputs that crashed", sum(row.crashed for row in rows), f"of {tried}", limit=0),
        Figure(data, "slowest, seconds", slowest.slowest_seconds, slowest.slowest, limit=bounds.seconds + _GRACE_SECONDS),
        Figure(data, "peak memory of a worker in MB", greediest.peak_mb, greediest.kind, limit=bounds.worker_mb),
    ]


def _cases(folder: Path) -> Iterator[Made]:
    """The cases of html5lib, each inside an article."""
    for number, case in enumerate(html5lib_cases(folder)):
        yield Made(_CASES, f"{number}.html", lambda case=case: page(case).encode("utf-8", "replace"))  # type: ignore[misc]


def _print_rows(rows: Sequence[Tried], console: Console) -> None:
    table = Table("kind", "tried", "read", "unreadable", "of these: time", "memory", "crashed", "slowest, s", "peak, MB")
    for row in rows:
        counts = (row.tried, row.read, row.unreadable, row.out_of_time, row.out_of_memory, row.crashed)
        table.add_row(row.kind, *map(str, counts), f"{row.slowest_seconds:.1f} {row.slowest}", f"{row.peak_mb:.0f}")
    console.print(table)


def main(given: argparse.Namespace) -> int:
    """Try all, print, write, and hold against the bounds. Returns 1 where one is not kept."""
    console = Console(width=None if sys.stdout.isatty() else 180, highlight=False)
    bounds = Bounds(given.seconds, given.worker_mb)
    with tempfile.TemporaryDirectory() as place:
        try:
            cases = list(_cases(Path(place)))
        except CasesMissingError as missing:
            console.print(f"Without the cases of html5lib: {missing}", markup=False)
            cases = []
        inputs = [made for made in (*made_inputs(), *cases) if not given.only or given.only in f"{made.kind} {made.name}"]
        rows = summarised(list(try_inputs(inputs, bounds, console)))
    _print_rows(rows, console)
    if given.json:
        bound = {"seconds": bounds.seconds, "worker_mb": bounds.worker_mb}
        given.json.write_text(json.dumps({"bounds": bound, "kinds": [asdict(row) for row in rows]}, indent=2) + "\n")
    return settle_figures(figures_of(rows, bounds), given.accept, console) if not given.only else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile", description="Try hostile input of every kind.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what became of each kind there")
    parser.add_argument("--only", default="", metavar="TEXT", help="only inputs with this in their kind or name")
    parser.add_argument("--seconds", type=float, default=DEFAULT.seconds, help="how long a page may take")
    parser.add_argument("--worker-mb", type=int, default=DEFAULT.worker_mb, help="how much memory a worker may take")
    parser.add_argument("--accept", metavar="REASON", help="accept what is measured now, for this reason")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main(_arguments()))
