"""SIGKILL at each system call that writes: every step of a run that leaves something on the disk, at every one of its calls."""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.crashes import Judgement, Rows, Trial, digest_of, files_of, rows_of
from benchmarks.crashes_calls import KILLED, Call, Trace, below, calls_of, steps_apart
from benchmarks.crashes_ground import READ, SOMETHING, Ground, ended
from benchmarks.crashes_steps import BATCH, STEPS, fetched_pages, staged
from flows.fetch.archive import Archive
from flows.fetch.ledger import Ledger
from flows.staging import Staging
from warehouse.tables import BATCH_TABLES

FAULT = "SIGKILL at a system call"
_MOST_ATTEMPTS = 3
"""DuckDB writes blocks in several threads: a call that one of them made may be another's the next time."""
_MOST_PAGE_BYTES = 10_000_000

_OF_RUNS = (
    ("pwrite64", 2, "archive/ledger.sqlite3-wal"), ("write", 3, "warehouse.duckdb.building.wal"),
    ("fsync", 1, "warehouse.duckdb.building"), ("rename", 1, "warehouse.duckdb.building"),
    ("rename", 1, "reports/.quality.html.part"), ("unlink", 1, "warehouse.duckdb.building.wal"),
)  # fmt: skip
"""Calls at which whole runs are killed: name, which one of them, and the file that it is about. strace knows a renaming by the
name that was."""

Look = Callable[[Path, Judgement], None]
"""Looks at a folder and notes what is wrong."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step whose every call is tried: `begin` makes its folder, `after` looks at it after a kill, `end` when it is done."""

    title: str
    name: str
    reference: Path
    begin: Callable[[Path], None]
    after: Look
    end: Look
    most: int = 1_000
    """How many of its calls are tried at most: those of a page are as those of the next."""


def steps_of(first: Path | None, last: Path) -> list[Step]:
    """The steps, with rows of a warehouse `last`; it is published on top of a `first`, and on nothing."""
    return [
        *([publishing(first, last)] if first else []),
        publishing(None, last), _stage(last), fetch_step(last), _report(last),
    ]  # fmt: skip


def killed_writes(folder: Path, steps: Sequence[Step], most: int | None, random: Random) -> Iterator[Trial]:
    """A trial for every call of every step; at most so many of each step, then drawn at random."""
    folder.mkdir(parents=True, exist_ok=True)
    with steps_apart() as process:
        for step in steps:
            place = folder / step.title.replace(" ", "-")
            files, calls = calls_of(process, step.name, [_begun(step, place / name) for name in ("a", "b")], step.reference)
            usual = files_of(place / "b")
            for number, call in enumerate(_chosen(calls, step.most if most is None else most, random)):
                for attempt in range(_MOST_ATTEMPTS):
                    data = _begun(step, place / f"{number}-{attempt}")
                    trace = Trace(place / "strace.log", below(data, files), call)
                    if process.run(step.name, data, step.reference, trace) == KILLED:
                        yield _judged(step, data, call, usual)
                        break


def _chosen(calls: Sequence[Call], most: int, random: Random) -> list[Call]:
    """At most so many of the calls in their order: the first of each name and file, then any."""
    firsts = list({(call.name, call.file): call for call in reversed(calls)}.values())[::-1]
    others = [call for call in calls if call not in firsts]
    chosen = [*firsts, *random.sample(others, len(others))][:most]
    return sorted(chosen, key=calls.index)


def _judged(step: Step, data: Path, call: Call, usual: frozenset[str]) -> Trial:
    judgement = Judgement()
    step.after(data, judgement)
    started = time.monotonic()
    try:
        STEPS[step.name](data, step.reference)()
    except Exception as error:
        # Whatever it is: that the step fails after a kill is what is looked for.
        judgement.problems.append(f"the next time it failed, {type(error).__name__}: {error}")
    judgement.seconds = time.monotonic() - started
    step.end(data, judgement)
    judgement.nothing_left(data, usual)
    if not judgement.problems:
        shutil.rmtree(data)
    return judgement.trial(FAULT, step.title, f"{call.name} of {call.file}")


def _begun(step: Step, data: Path) -> Path:
    data.mkdir(parents=True)
    step.begin(data)
    return data


def publishing(first: Path | None, last: Path) -> Step:
    """Publishing the rows of a warehouse on top of another one, or as the first."""
    title = "publishing on top of a warehouse" if first else "publishing the first warehouse"
    before: Rows | None = rows_of(first) if first else None
    reference = rows_of(last)

    def begin(data: Path) -> None:
        if first:
            shutil.copy(first, data / "warehouse.duckdb")

    def after(data: Path, judgement: Judgement) -> None:
        warehouse = data / "warehouse.duckdb"
        if first and warehouse.exists() and digest_of(warehouse) == digest_of(first):
            judgement.published(first, [before])  # the same bytes: looked at once
        else:
            judgement.published(warehouse, [before, reference])

    def end(data: Path, judgement: Judgement) -> None:
        judgement.ended_as(data / "warehouse.duckdb", reference)

    return Step(title, "load", last, begin, after, end)


def _stage(last: Path) -> Step:
    tables, places = staged(last)
    version = tables["documents"]["pipeline_version"][0]

    def after(data: Path, judgement: Judgement) -> None:
        staging = Staging(data / "staging")
        staging.clean(version)
        found = staging.pages()
        judgement.expect(found in (set(), set(places)), "a part of a batch counts as staged")

    def end(data: Path, judgement: Judgement) -> None:
        staging = Staging(data / "staging")
        documents = staging.documents(BATCH_TABLES[0], places)
        judgement.expect(documents.sort("document_id").equals(tables["documents"]), "staged documents differ")
        for table in BATCH_TABLES[1:]:
            ids = tables["documents"]["document_id"] if "document_id" in table.schema else tables["claims"]["claim_id"]
            judgement.expect(staging.rows(table, ids).equals(tables[table.name].sort(table.key)), f"staged {table.name} differ")
        judgement.expect((data / "staging" / BATCH).is_dir(), "the batch is not there")

    return Step("staging a batch", "stage", last, _nothing, after, end)


def fetch_step(last: Path = Path()) -> Step:
    """Fetching; it takes no rows."""

    def look(data: Path, judgement: Judgement, least: int) -> None:
        with Archive(data / "archive") as archive, Ledger(data / "archive" / "ledger.sqlite3") as ledger:
            ledger.recover(archive)
            captures = [capture for capture in ledger.captures(None) if capture.place]
            wanted = {answer.address: answer.content for answer in fetched_pages()}
            for capture in captures:
                assert capture.place is not None
                content = archive.read(capture.place, _MOST_PAGE_BYTES)
                judgement.expect(content == wanted[capture.address], f"{capture.address} is not as it was fetched")
            judgement.expect(len(captures) >= least, f"only {len(captures)} of {least} pages are there")

    return Step(
        "archiving pages and writing them down", "fetch", last, _nothing,
        lambda data, judgement: look(data, judgement, 0), lambda data, judgement: look(data, judgement, len(fetched_pages())),
    )  # fmt: skip


def _nothing(_: Path) -> None:
    """Begin with an empty folder."""


def _report(last: Path) -> Step:
    def whole(data: Path, judgement: Judgement) -> None:
        for page in (data / "reports").rglob("*.html"):
            judgement.expect(page.read_text(encoding="utf-8").rstrip().endswith("</html>"), f"{page.name} is torn")

    def end(data: Path, judgement: Judgement) -> None:
        whole(data, judgement)
        judgement.expect(list((data / "reports").glob("*.html")), "no page was written")

    return Step("writing the pages", "report", last, _nothing, whole, end, most=40)


def writes_of_ground(ground: Ground, most: int | None, random: Random) -> Iterator[Trial]:
    """Every call of every step, or at most so many of each, with the rows of the ground's undisturbed runs; then whole runs."""
    first = ground.folder / SOMETHING / "warehouse.duckdb"
    last = ground.folder / "done" / SOMETHING / "warehouse.duckdb"
    yield from killed_writes(ground.folder / "writes", steps_of(first, last), most, random)
    for name, number, file in _OF_RUNS[:most]:
        yield _whole_run(ground, Call(name, number, file))


def _whole_run(ground: Ground, call: Call) -> Trial:
    """A run in which the main process is killed at that call."""
    data, judgement = ground.fresh(READ), Judgement()
    trace = Trace(ground.folder / "run.strace", [str(data / call.file)], call)
    done = ended(ground.start(data, under=trace.options), time.monotonic())
    judgement.expect(done.code not in (0, 2), f"it was not killed, {done.shown}")
    return ground.judge(data, READ, judgement).trial(FAULT, "a whole run", f"{call.name} of {call.file}")
