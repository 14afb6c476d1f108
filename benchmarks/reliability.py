"""What Claimhouse survives: faults done to real processes, and that nothing was lost. Writes docs/reliability.md.

    python -m benchmarks.reliability [--only kills,workers,writes,disk,others,clock,torn] [--trials N] [--accept REASON]

Kills need nothing else. Kills at system calls need strace, full disks the right to mount, jumping clocks libfaketime: where one
is missing, that part is skipped, and the output says what would mend it.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

from rich.console import Console

from benchmarks.crashes import Trial
from benchmarks.crashes_beside import others_meanwhile
from benchmarks.crashes_calls import why_not_traced
from benchmarks.crashes_clock import MEND, jumping_clocks, library
from benchmarks.crashes_disk import full_disks, why_no_disk
from benchmarks.crashes_ground import Ground, ground
from benchmarks.crashes_kills import random_kills, worker_kills
from benchmarks.crashes_page import DATA, Record, read_record, rows_of_table, with_trials, write_page, write_record
from benchmarks.crashes_torn import torn_files
from benchmarks.crashes_writes import writes_of_ground
from benchmarks.figures import Figure
from benchmarks.verdict import settle_figures

TRIALS = 54
"""Random kills: six for each of nine stages."""
_SEED = 6

Part = Callable[[Ground, int, Random], Iterator[Trial]]

PARTS: dict[str, Part] = {
    "kills": random_kills,
    "workers": lambda place, _trials, random: worker_kills(place, random),
    "writes": lambda place, trials, random: writes_of_ground(place, None if trials >= TRIALS else trials, random),
    "disk": lambda place, _trials, _random: full_disks(place),
    "others": lambda place, _trials, _random: others_meanwhile(place),
    "clock": lambda place, _trials, _random: jumping_clocks(place),
    "torn": lambda place, _trials, random: torn_files(place, random),
}


def why_skipped(part: str, folder: Path) -> str | None:
    """Why a part can't be tried on this machine, with the mend."""
    match part:
        case "writes" | "torn":
            return why_not_traced()
        case "disk":
            return why_no_disk(folder / "disk")
        case "clock":
            return None if library() else f"libfaketime is not there. {MEND}"
    return None


def measure(folder: Path, parts: Sequence[str], trials: int, console: Console) -> Record:
    """Do all trials of the parts; the record, which is written after each part: an hour's trials are not lost with the last."""
    with ground(folder) as place:
        started = time.monotonic()
        place.prepare()
        console.print(f"ready after {time.monotonic() - started:.0f} s")
        for part in parts:
            if why := why_skipped(part, folder):
                console.print(f"[bold]skipped[/bold] {part}: {why}")
                write_record(with_trials(read_record(), {}, [f"{part}: {why}"]))
                continue
            done = []
            for trial in _tried(PARTS[part](place, trials, Random(_SEED)), part):  # noqa: S311   drawn moments, no secret
                done.append(trial)
                _show(trial, time.monotonic() - started, console)
            write_record(with_trials(read_record(), {part: done}, []))
    return read_record()


def _tried(trials: Iterator[Trial], part: str) -> Iterator[Trial]:
    """The trials; what ends them early counts as one that was not survived, and the other parts go on."""
    try:
        yield from trials
    except Exception as error:
        # Whatever it is, an hour of other trials must not be lost with it.
        yield Trial("trying itself", part, "none", (f"{type(error).__name__}: {str(error)[:300]}",))


def _show(trial: Trial, seconds: float, console: Console) -> None:
    end = "survived" if trial.survived else "[bold red]NOT survived[/bold red]"
    console.print(f"{seconds:6.0f} s  {end}  {trial.fault}, {trial.how}, at {trial.place}")
    for problem in trial.problems:
        console.print(f"          {problem}", style="red", markup=False)


def figures_of(record: Record) -> list[Figure]:
    """The share of faults that were survived, and the rows that were lost: neither has any slack."""
    rows = rows_of_table(record)
    trials, survived = sum(row.trials for row in rows), sum(row.survived for row in rows)
    made_of = ", ".join(f"{row.trials} {row.fault}" for row in rows)
    return [
        Figure(DATA, "faults survived", survived / trials if trials else 0.0, made_of, slack=0.0),
        Figure(DATA, "rows lost", sum(row.rows_lost for row in rows), limit=0),
    ]


def main(parts: Sequence[str], trials: int = TRIALS, *, reason: str | None = None, keep: Path | None = None) -> int:
    """Do it all, write the record and the page, and hold the figures against their bounds. Returns 1 where one is missed."""
    console = Console(width=None if sys.stdout.isatty() else 180, highlight=False, soft_wrap=True)
    if keep:
        record = measure(keep, parts, trials, console)
    else:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            record = measure(Path(folder), parts, trials, console)
    write_page(record)
    return settle_figures(figures_of(record), reason, console)


def _arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability", description="Try faults, and look what is lost.")
    parser.add_argument("--only", default=",".join(PARTS), metavar="PARTS", help=f"some of {', '.join(PARTS)}")
    parser.add_argument(
        "--trials", type=int, default=TRIALS, metavar="N", help="random kills; with fewer, also fewer calls a step"
    )
    parser.add_argument("--accept", metavar="REASON", help="accept what is measured now, for this reason")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="an empty folder to work in, which is kept")
    parser.add_argument("--page", action="store_true", help="only write the page anew, from what was measured last")
    return parser.parse_args(given)


if __name__ == "__main__":
    arguments = _arguments()
    if arguments.page:
        write_page(read_record())
        sys.exit(0)
    wanted = [part.strip() for part in arguments.only.split(",")]
    if unknown := set(wanted) - PARTS.keys():
        print(f"There is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.", file=sys.stderr)
        sys.exit(2)
    sys.exit(main(wanted, arguments.trials, reason=arguments.accept, keep=arguments.folder))
