"""Single steps of a run that write, each in a process of its own, which has imported all that it needs before it is asked.

    python -m benchmarks.crashes_steps

A line of standard input holds a step's name, its folder and a warehouse to take rows from, as a list in JSON. When the step is
ready the process stops itself (SIGSTOP): whoever started it can trace it from there, and lets it go on.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import polars as pl

from flows.fetch.archive import Archive
from flows.fetch.ledger import Ledger
from flows.fetch.model import Entry, Fetched
from flows.reports.pages import write_pages
from flows.staging import Place, Staging
from warehouse.database import building, open_readonly
from warehouse.load import load_tables, read_table
from warehouse.tables import BATCH_TABLES, RUNS, TABLES

Act = Callable[[], None]
BATCH = "batch"
SOURCE = "made"
MADE_RUN = "made run"
"""The flow_run_id of runs that `publish` makes."""
_PAGES = 8
_AT = datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None)


def load(folder: Path, reference: Path) -> Act:
    """Publish all rows of the reference on top of what the folder's warehouse holds, or as the first ones."""
    with closing(open_readonly(reference)) as con:
        frames = {table.name: read_table(con, table) for table in TABLES}

    def act() -> None:
        with building(folder / "warehouse.duckdb") as con:
            former = {
                "former_clusters": con.execute("SELECT cluster_id FROM claim_clusters").pl(),
                "former_entities": con.execute("SELECT entity_id FROM entities").pl(),
            }
            load_tables(con, {**frames, **former}, replaced_documents=())

    return act


def publish(folder: Path, reference: Path) -> Act:  # noqa: ARG001  # every step takes the same
    """Publish the folder's warehouse with one more run on record."""

    def act() -> None:
        with building(folder / "warehouse.duckdb") as con:
            none = dict.fromkeys(("pages", "documents", "claims", "quarantined"), 0)
            times = {"started_at": _AT, "finished_at": _AT}
            versions = {"code_version": "", "model_version": ""}
            row: dict[str, object] = {
                "run_id": str(uuid4()),
                "flow_run_id": MADE_RUN,
                "status": "unchanged",
                **times,
                **none,
                **versions,
            }
            load_tables(con, {RUNS.name: RUNS.frame([row])}, replaced_documents=())

    return act


def stage(folder: Path, reference: Path) -> Act:
    """Stage all documents of the reference as one batch."""
    tables, places = staged(reference)
    return lambda: Staging(folder / "staging").write(BATCH, tables, places)


def staged(reference: Path) -> tuple[dict[str, pl.DataFrame], list[Place]]:
    """The tables of that batch, and where its pages were found."""
    with closing(open_readonly(reference)) as con:
        tables = {table.name: read_table(con, table) for table in BATCH_TABLES}
    return tables, tables["documents"].select("url", "raw_hash").rows()


def fetch(folder: Path, reference: Path) -> Act:  # noqa: ARG001  # every step takes the same
    """Archive pages and write them down, as collecting does it: what is known is not archived again."""
    answers = fetched_pages()

    def act() -> None:
        with Archive(folder / "archive") as archive, Ledger(folder / "archive" / "ledger.sqlite3") as ledger:
            ledger.recover(archive)
            ledger.add(SOURCE, [Entry(answer.address) for answer in answers], seen_at=_AT)
            for number, answer in enumerate(answers):
                if not ledger.is_known(answer.address, _hash(answer), answer.url):
                    ledger.record(answer, archive.write(answer, SOURCE), SOURCE)
                if number % 3 == 2:
                    archive.sync()
                    ledger.commit()

    return act


def fetched_pages() -> list[Fetched]:
    """The answers that `fetch` keeps."""
    return [_fetched(number) for number in range(_PAGES)]


def report(folder: Path, reference: Path) -> Act:
    """Write the pages about the reference."""

    def act() -> None:
        with closing(open_readonly(reference)) as con:
            write_pages(con, folder / "reports")

    return act


STEPS: dict[str, Callable[[Path, Path], Act]] = {
    "load": load,
    "publish": publish,
    "stage": stage,
    "fetch": fetch,
    "report": report,
}


def _fetched(number: int) -> Fetched:
    body = f"<html><body><p>{' '.join(f'word{at * number}' for at in range(3000))}</p></body></html>".encode()
    address = f"https://site.example/{number}"
    return Fetched(address, address, "read", _AT + timedelta(seconds=number), 200, "OK", body=body, content=body)


def _hash(answer: Fetched) -> str:
    from transforms.given import hash_of_page  # noqa: PLC0415  # only one of the steps asks

    return hash_of_page(answer.content)


def be_a_step() -> None:
    """Wait for the name of a step, get ready, stop until someone lets this process go on, act."""
    line = sys.stdin.readline()
    if not line:
        return  # nobody needs it any more
    name, folder, reference = json.loads(line)
    act = STEPS[name](Path(folder), Path(reference))
    os.kill(os.getpid(), signal.SIGSTOP)
    act()


if __name__ == "__main__":
    be_a_step()
