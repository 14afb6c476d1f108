"""What was measured last, in reliability.json, and docs/reliability.md, which is that to be read."""

import json
import os
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from benchmarks.baseline import read_baseline
from benchmarks.crashes import Trial
from benchmarks.crashes_stages import AFTER, BEFORE, STAGES

DATA = "reliability"
_HERE = Path(__file__).parent
RECORD = _HERE / "reliability.json"
HOSTILE = _HERE / "hostile.json"
_HOSTILE_COMMAND = "python -m benchmarks.hostile --json benchmarks/hostile.json"
"""What writes that file: what became of inputs that are made to break things."""
PAGE = _HERE.parent / "docs" / "reliability.md"
_OF_INPUTS = ("inputs that end in one outcome", "files read without a crash")
_PLACES = (BEFORE, *STAGES, AFTER)


@dataclass(frozen=True, slots=True)
class Row:
    """Trials of one fault that were done in one way."""

    part: str
    fault: str
    how: str
    trials: int
    survived: int
    rows_lost: int
    places: Mapping[str, int]
    seconds: float | None
    measured: str
    problems: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """What was measured last: a row for each way of each fault, what was skipped, and on what kind of machine."""

    machine: str = ""
    rows: Sequence[Row] = field(default_factory=tuple)
    skipped: Sequence[str] = ()


def machine() -> str:
    """What kind of machine this is, without its name."""
    memory = round(psutil.virtual_memory().total / 2**30)
    return f"{os.cpu_count()} cores, {memory} GB of memory, {platform.system()}, Python {platform.python_version()}"


def with_trials(record: Record, done: Mapping[str, Sequence[Trial]], skipped: Sequence[str]) -> Record:
    """The record with these parts as they were now measured; parts that were not tried stay as they are."""
    today = datetime.now(UTC).date().isoformat()
    new = [row for part, trials in done.items() for row in _rows(part, trials, today)]
    tried = {*done, *(words.partition(":")[0] for words in skipped)}
    before = [words for words in record.skipped if words.partition(":")[0] not in tried]
    return Record(machine(), (*(row for row in record.rows if row.part not in done), *new), (*before, *skipped))


def _rows(part: str, trials: Sequence[Trial], measured: str) -> list[Row]:
    ways = dict.fromkeys((trial.fault, trial.how) for trial in trials)
    return [_row(part, [trial for trial in trials if (trial.fault, trial.how) == way], measured) for way in ways]


def _row(part: str, trials: Sequence[Trial], measured: str) -> Row:
    seconds = [trial.seconds for trial in trials if trial.seconds is not None]
    return Row(
        part=part,
        fault=trials[0].fault,
        how=trials[0].how,
        trials=len(trials),
        survived=sum(trial.survived for trial in trials),
        rows_lost=sum(trial.rows_lost for trial in trials),
        places=_in_order(Counter(trial.place.split(" of ")[0] for trial in trials)),
        seconds=round(median(seconds), 1) if seconds else None,
        measured=measured,
        problems=tuple(dict.fromkeys(problem for trial in trials for problem in trial.problems)),
    )


def _in_order(places: Mapping[str, int]) -> dict[str, int]:
    order = {place: number for number, place in enumerate(_PLACES)}
    return dict(sorted(places.items(), key=lambda item: (order.get(item[0], len(order)), item[0])))


def rows_of_table(record: Record) -> Sequence[Row]:
    """The rows of the table of faults."""
    return record.rows


def read_record(file: Path = RECORD) -> Record:
    """What was measured last; nothing where there is no file yet."""
    if not file.is_file():
        return Record()
    read = json.loads(file.read_text(encoding="utf-8"))
    return Record(read["machine"], tuple(Row(**row) for row in read["rows"]), tuple(read["skipped"]))


def write_record(record: Record, file: Path = RECORD) -> None:
    """Write it, a row a fault."""
    file.write_text(json.dumps(asdict(record), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_page(record: Record, file: Path = PAGE) -> None:
    """Write docs/reliability.md."""
    file.write_text(page_of(record), encoding="utf-8")


def page_of(record: Record) -> str:
    """The page in Markdown."""
    parts = [_HEAD, _summary(record), _faults(record), _hits(record), _missed(record), _inputs(), _FOOT]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def _summary(record: Record) -> str:
    rows = record.rows
    trials, survived, lost = (sum(getattr(row, name) for row in rows) for name in ("trials", "survived", "rows_lost"))
    days = sorted({row.measured for row in rows})
    when = " to ".join(dict.fromkeys((days[0], days[-1]))) if days else "never"
    return (
        f"**{trials} faults tried, {survived} survived, {lost} rows lost.** Measured {when} by "
        f"`python -m benchmarks.reliability` ({record.machine})."
    )


def _faults(record: Record) -> str:
    lines = ["| fault | how | trials | survived | rows lost | whole again after |", "|---|---|---:|---:|---:|---:|"]
    for row in record.rows:
        seconds = f"{row.seconds:.1f} s" if row.seconds is not None else "–"
        lines.append(f"| {row.fault} | {row.how} | {row.trials} | {row.survived} | {row.rows_lost} | {seconds} |")
    return "## Faults\n\n" + "\n".join(lines) + "\n\n" + _SECONDS


def _hits(record: Record) -> str:
    lines = ["| fault | how | hit at |", "|---|---|---|"]
    for row in record.rows:
        places = ", ".join(f"{place} {count}" for place, count in row.places.items())
        lines.append(f"| {row.fault} | {row.how} | {places} |")
    return "## Where they hit\n\n" + "\n".join(lines)


def _missed(record: Record) -> str:
    lines = [f"- {row.fault}, {row.how}: {problem}" for row in record.rows for problem in row.problems]
    skipped = [f"- not tried on this machine, {words}" for words in record.skipped]
    return "## What did not go well\n\n" + "\n".join(lines + skipped) if lines or skipped else ""


def _inputs() -> str:
    parts = [_INPUTS.strip()]
    if HOSTILE.is_file():
        parts.append(_hostile(json.loads(HOSTILE.read_text(encoding="utf-8"))))
    known = [(key, one) for key, one in sorted(read_baseline().items()) if key.partition(": ")[2] in _OF_INPUTS]
    if known:
        lines = ["| others' collections of inputs | share | measured |", "|---|---:|---|"]
        lines += [f"| {key.replace(': ', ', ')} | {one.value:.1%} | {one.source.partition(':')[0]} |" for key, one in known]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _hostile(found: Mapping[str, Any]) -> str:
    """The table of inputs that are made to break things, as `benchmarks.hostile` has written what became of them."""
    lines = [
        "| inputs made to break things | tried | read | unreadable, with the reason | crashed | slowest | most memory |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for row in found["kinds"]:
        counts = " | ".join(f"{row[name]:,}" for name in ("tried", "read", "unreadable", "crashed"))
        lines.append(f"| {row['kind']} | {counts} | {row['slowest_seconds']:.1f} s | {row['peak_mb']:,.0f} MB |")
    bounds = found["bounds"]
    said = f"A page may take {bounds['seconds']:g} seconds, and a worker {bounds['worker_mb']:,} MB. By `{_HOSTILE_COMMAND}`."
    return "\n".join(lines) + f"\n\n{said}"


_HEAD = """
# Reliability

This page is made by a command; it is not edited by hand. It tells what was done to Claimhouse and what was lost.

After every fault the published warehouse must open and pass the audit, in the state before the run or after it, never between.
No process of the run may be left. Then the same command runs once more, undisturbed, and must end with the very rows of a run
that nothing ever disturbed, in every table that does not tell of runs (times of meeting aside), and with no file left over.
"""
_SECONDS = """
*Whole again after* is the median time of the next run, or of the next step, until all was as if nothing had been.
*Rows lost* counts rows that the undisturbed run has and this one has not.
"""
_INPUTS = """
## Inputs

Whatever comes in ends in one recorded outcome: nothing crashes, and every span reproduces its text.
"""
_FOOT = """
## What is promised, and what is not

- A run is published as a whole or not at all: the new warehouse is built beside the old one, brought to the disk and moved
  into its place in one step. Readers keep the file that they opened.
- What was fetched is in the archive before it is written down anywhere else; the ledger can be made anew from it.
- What was read is staged batch by batch. What a power cut leaves torn there is noticed, and read again.
- Two runs never work in one data folder or on one warehouse at once: the second is told so and ends.
- A damaged warehouse is told, and not written to. What was loaded in it comes back from a backup, or from the archive and the
  files, by another run.
- A clock that is wrong gives wrong times: pages met meanwhile keep them. Runs and pages after it are right again. With
  `keep_days` under `[fetch]`, a clock that is ahead removes old files of the archive too early.
- Not promised: a disk that loses what it has confirmed, and bytes that change on the disk in a file that nobody reads again.
"""
