"""Steps of a run on a grown warehouse, without the start-up: where nothing is new, and with a day's articles."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from html import escape
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import polars as pl

from benchmarks.grown_warehouse import LAST, Grower
from expectations.gate import GateContext
from expectations.gate import check as check_tables
from flows import startup, steps
from flows.clock import now
from flows.inputs import ALL_TIME, inputs_of
from flows.models import pipeline_version
from flows.news import Settled
from flows.run import Run
from flows.settings import Settings
from flows.settle import settle
from flows.startup import collect_less_often
from flows.told import Told
from warehouse.database import building, open_readonly
from warehouse.frames import registered
from warehouse.load import load_tables
from warehouse.place import place_of
from warehouse.tables import SOURCES

Spent = dict[str, tuple[float, float]]
"""Seconds that somebody waits, and seconds of the processor, by step."""

_KNOWN = """
    UPDATE documents SET url = k.url, page_key = k.page_key, raw_hash = k.raw_hash, pipeline_version = $version
    FROM known AS k WHERE documents.document_id = k.document_id
"""


@contextmanager
def timed(spent: Spent, step: str) -> Iterator[None]:
    """Note what the block took."""
    began, cpu = perf_counter(), process_time()
    yield
    spent[step] = perf_counter() - began, process_time() - cpu


def write_known_pages(settings: Settings, pages: Path) -> int:
    """Write a page for every current article of the warehouse, and let the warehouse know it: how many there are."""
    pages.mkdir(parents=True, exist_ok=True)
    with open_readonly(settings.place) as con:
        found = con.execute(
            "SELECT document_id, coalesce(title, ''), coalesce(text, '') FROM documents WHERE is_current"
        ).fetchall()
    rows = []
    for document_id, title, text in found:
        file = pages / f"{document_id}.html"
        lines = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines())
        raw = f"<html><head><title>{escape(title)}</title></head><body><article>{lines}</article></body></html>".encode()
        file.write_bytes(raw)
        rows.append((document_id, file.as_uri(), file.name, sha256(raw).hexdigest()))
    known = pl.DataFrame(rows, ["document_id", "url", "page_key", "raw_hash"], orient="row")
    with building(settings.place) as con, registered(con, known=known):
        con.execute(_KNOWN, {"version": pipeline_version(settings.reading)})
    return len(rows)


def run_nothing_new(settings: Settings, pages: Path) -> tuple[Spent, str]:
    """A run over pages that are all known: what its steps took, and how it ended."""
    startup.import_in_background()
    startup.wait_for_imports()
    collect_less_often()
    spent: Spent = {}
    run = Run.begun(settings)
    act = _steps_timed(spent)
    found = act("discover", steps.discover_pages.fn, inputs_of([str(pages)], settings, ALL_TIME), run)
    todo = act("plan", steps.plan.fn, found, run)
    news = act("gather", steps.gather.fn, todo, run)
    settled = act("settle", steps.settle.fn, news, run)
    verdict = act("check", steps.check.fn, settled, news, found, run)
    told = Told(run_id=run.run_id).with_part(settled, verdict)
    act("load", steps.load.fn, settled, verdict, news, todo, told, found, run)
    act("report", steps.report.fn, run)
    return spent, told.status


def _steps_timed(spent: Spent) -> Callable[..., Any]:
    def act(name: str, step: Callable[..., Any], *given: object) -> Any:
        with timed(spent, name):
            return step(*given)

    return act


def take_in_a_day(grower: Grower, warehouse: Path, articles: int) -> Spent:
    """Settle, check and load the articles of the next day against a warehouse, which takes them in; none need be there yet."""
    startup.import_in_background()
    startup.wait_for_imports()
    collect_less_often()
    spent: Spent = {}
    read, place = grower.next_day(articles), place_of(warehouse)
    settled = _settle(spent, read, warehouse)
    context = GateContext(
        run_id="grown",
        checked_at=now(),
        known=settled.references,
        max_quarantined_percent=100.0,
        pages=read["documents"].height,
    )
    with timed(spent, "check"):
        verdict = check_tables({SOURCES.name: grower.sources(), **settled.frames}, context=context)
    with timed(spent, "load"), building(place) as con:
        load_tables(con, settled.to_load({**verdict.frames}), replaced_documents=settled.replaced)
    return spent


def _settle(spent: Spent, read: dict[str, pl.DataFrame], warehouse: Path) -> Settled:
    from flows.knowledge import reading  # noqa: PLC0415

    with reading(place_of(warehouse)) as con, timed(spent, "settle"):
        return settle(read, con, LAST + timedelta(days=1))
