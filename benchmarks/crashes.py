"""What a trial of reliability is, and how a data folder is judged after a fault: nothing lost, nothing broken, nothing left.

A trial does one fault to real processes, then looks at what is left: the published warehouse opens and passes the audit, no
process of it is alive, and the next run, which nothing disturbs, ends with the very rows of one that nothing ever disturbed.
"""

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import polars as pl
import psutil

from flows.audit import check_all
from flows.run import Run
from flows.settings import Settings
from warehouse.database import open_readonly
from warehouse.errors import WarehouseError
from warehouse.load import read_table
from warehouse.tables import TABLES

TIMES = ("added_at", "fetched_at", "first_seen_at", "last_seen_at")
"""Columns that say when something was met: no two runs agree on them."""
MARK = "RELIABILITY_TRIAL"
"""Variable of the environment by which the processes of a trial are found, whoever their parent is."""
KEPT = [table for table in TABLES if table.written != "run"]
"""Tables that do not tell of runs."""
_END_SECONDS = 20.0
"""How long the processes of a killed run may take to see that it is gone."""

Rows = Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Trial:
    """One fault and what came of it.

    `fault` names the kind, `how` says how it was done, `place` where it hit. `problems` are what is not as it should be:
    without any it was survived. `seconds` are those that the next run took until all was as if nothing had been.
    """

    fault: str
    how: str
    place: str
    problems: tuple[str, ...] = ()
    rows_lost: int = 0
    seconds: float | None = None

    @property
    def survived(self) -> bool:
        """Whether nothing was lost and nothing is broken."""
        return not self.problems


@dataclass(slots=True)
class Judgement:
    """What was found after a fault, as it is found."""

    problems: list[str] = field(default_factory=list)
    rows_lost: int = 0
    seconds: float | None = None

    def trial(self, fault: str, how: str, place: str) -> Trial:
        """The trial that it is of."""
        return Trial(fault, how, place, tuple(self.problems), self.rows_lost, self.seconds)

    def expect(self, holds: object, problem: str) -> None:
        """Note the problem where that does not hold."""
        if not holds:
            self.problems.append(problem)

    def published(self, warehouse: Path, allowed: Sequence[Rows | None]) -> None:
        """Hold what is published against the states that it may be in; None stands for no warehouse."""
        if not warehouse.exists():
            self.expect(None in allowed, "the published warehouse is gone")
            return
        try:
            broken, found = _looked_at(warehouse, digest_of(warehouse))
        except WarehouseError as error:
            self.problems.append(f"the published warehouse does not open: {error}")
            return
        self.problems += broken
        states = [state for state in allowed if state is not None]
        if not any(same_rows(found, state) for state in states):
            self.problems.append("the published warehouse is in no state that was ever whole")

    def ended_as(self, warehouse: Path, reference: Rows) -> None:
        """Hold the warehouse at the end against that of the undisturbed run."""
        if not warehouse.exists():
            self.problems.append("no warehouse was published in the end")
            self.rows_lost += sum(frame.height for frame in reference.values())
            return
        broken, found = _looked_at(warehouse, digest_of(warehouse))
        self.problems += broken
        for table in KEPT:
            lost = reference[table.name].join(found[table.name], on=table.key, how="anti", nulls_equal=True).height
            self.rows_lost += lost
            if not found[table.name].equals(reference[table.name]):
                more = found[table.name].join(reference[table.name], on=table.key, how="anti", nulls_equal=True).height
                self.problems.append(f"{table.name} differs from the undisturbed run: {lost} rows lost, {more} too many")

    def gone(self, mark: str, seconds: float = _END_SECONDS) -> None:
        """No process of the trial is left."""
        left = processes_of(mark)
        deadline = time.monotonic() + seconds
        while left and time.monotonic() < deadline:
            time.sleep(0.1)
            left = [process for process in left if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
        for process in left:
            self.problems.append(f"a process was left: {' '.join(process.cmdline())[:120]}")
            process.kill()

    def nothing_left(self, data: Path, usual: frozenset[str]) -> None:
        """No file lies in the data folder that an undisturbed run would not have left there too."""
        left = sorted(files_of(data) - usual)
        self.expect(not left, f"files were left over: {', '.join(left[:5])}")


def rows_of(warehouse: Path) -> Rows:
    """Every table that does not tell of runs, sorted by key, without times of meeting."""
    return _looked_at(warehouse, digest_of(warehouse))[1]


def same_rows(found: Rows, state: Rows) -> bool:
    """Whether both hold the same rows in every table."""
    return all(found[table.name].equals(state[table.name]) for table in KEPT)


def digest_of(path: Path) -> str:
    """Hash of the file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@lru_cache(maxsize=64)
def _looked_at(warehouse: Path, digest: str) -> tuple[tuple[str, ...], Rows]:  # noqa: ARG001  # names what is remembered
    """What the audit says of a published file, and its rows. The same bytes are looked at once."""
    with closing(open_readonly(warehouse)) as con:
        rows = {table.name: read_table(con, table) for table in TABLES}
    return _broken_in(warehouse, rows), {table.name: rows[table.name].drop(TIMES, strict=False) for table in KEPT}


_audited: list[tuple[Rows, tuple[str, ...]]] = []
"""Rows that were audited, and what the audit said: it looks at nothing else, and takes seconds."""


def _broken_in(warehouse: Path, rows: Rows) -> tuple[str, ...]:
    for before, broken in _audited:
        if all(rows[name].equals(frame) for name, frame in before.items()):
            return broken
    audited = check_all.fn(Run.begun(Settings(data_dir=warehouse.parent, warehouse=warehouse)))
    _audited.append((rows, tuple(f"the audit fails: {words}" for words in audited.broken)))
    return _audited[-1][1]


def processes_of(mark: str) -> list[psutil.Process]:
    """Every process that was started for that trial and is alive, whoever its parent is now."""
    return [process for process in psutil.process_iter() if _mark_of(process) == mark]


def _mark_of(process: psutil.Process) -> str | None:
    try:
        return None if process.status() == psutil.STATUS_ZOMBIE else process.environ().get(MARK)
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return None


def files_of(data: Path) -> frozenset[str]:
    """Names of the files in a data folder, as far as they tell of leftovers.

    Prefect's own are left out, and WARC files go by one name: every writer begins one of its own.
    """
    return frozenset(_names(data))


def _names(data: Path) -> Iterator[str]:
    for path in data.rglob("*"):
        name = path.relative_to(data).as_posix()
        if name.startswith("prefect/") or path.is_dir():
            continue
        yield "archive/*.warc.gz" if name.endswith(".warc.gz") else name
