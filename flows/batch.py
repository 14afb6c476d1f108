"""A batch of pages, and the task that reads it: in a worker process of this machine, or of another."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE

from flows.clock import now
from flows.contents import contents_of
from flows.found import FoundPage
from flows.limits import give_up, watched
from flows.models import load_reader
from flows.settings import Reading
from flows.staging import Staging
from warehouse.tables import BATCH_TABLES

if TYPE_CHECKING:
    from transforms.read import Page, Reader

_PAGE_TEXT = "The harbour board said on Monday that thirty ferries will cross the strait every day from May. " * 3


@dataclass(frozen=True, slots=True)
class Batch:
    """Pages that one task reads. `key` stands for the pages, their bytes and what reads them, so it names the result too."""

    key: str
    pages: tuple[FoundPage, ...]


@dataclass(frozen=True, slots=True)
class Staged:
    """A batch that was read."""

    key: str
    pages: int
    words: int


@dataclass(frozen=True, slots=True)
class Work:
    """What the tasks of one run share. No page may take longer than `page_seconds`; `max_mb` are a worker's megabytes."""

    folder: Path
    reading: Reading
    version: str
    page_seconds: float
    max_mb: int


@task(name="annotate", task_run_name="annotate {batch.key}", cache_policy=NO_CACHE)
def annotate_batch(batch: Batch, work: Work) -> Staged:
    """Read the pages of a batch and stage their tables. Runs in a worker process of this machine."""
    return read_batch(batch, work)


def read_batch(batch: Batch, work: Work) -> Staged:
    """Read the pages of a batch and stage their tables. A page that takes too much time or memory ends this process."""
    from transforms.read import read_pages  # noqa: PLC0415  # spaCy is for those who read

    staging, reader = Staging(work.folder), load_reader(work.reading)
    parts: list[dict[str, pl.DataFrame]] = []
    words = 0
    # The words that the model meets are forgotten after each batch: else a process grows with all that it ever read.
    with staging.late_log(batch.key) as log, reader.nlp.memory_zone():
        for number, found in enumerate(batch.pages):
            staging.note(batch.key, number, words)
            try:
                with watched(work.page_seconds, log):
                    parts.append(read_pages([_page_of(found, work.reading)], reader))
            except MemoryError:
                staging.note_too_big(batch.key)
                give_up()
            words += int(parts[-1]["documents"]["word_count"].sum())
    tables = {table.name: pl.concat([part[table.name] for part in parts]) for table in BATCH_TABLES}
    staging.write(batch.key, tables, [found.place for found in batch.pages])
    return Staged(batch.key, len(batch.pages), words)


def _page_of(found: FoundPage, reading: Reading) -> "Page":
    """The page with its bytes; what it can't be had for is its problem."""
    from transforms.read import Page  # noqa: PLC0415

    contents = contents_of(found, reading.max_page_bytes)
    fetched_at = found.fetched_at or now()
    return Page(
        found.key, found.url, found.source_id, contents.raw, fetched_at, contents.problem, found.outcome, contents.given,
        contents.content_type,
    )  # fmt: skip


def read_a_page(reader: "Reader") -> None:
    """Read a page for nothing: much is loaded when it is first needed, and no page's time should pay for that."""
    from transforms.read import Page, read_pages  # noqa: PLC0415

    html = f"<html><body><article><p>{_PAGE_TEXT}</p></article></body></html>"
    read_pages([Page("warm.html", "file:///warm.html", "", html.encode(), datetime(2000, 1, 1))], reader)
