"""Pages to staged tables: batches of pages, each read by a worker process, none of them twice, none lost with a process."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.futures import as_completed

from flows.clock import now
from flows.contents import contents_of
from flows.errors import ClaimhouseError
from flows.found import FoundPage
from flows.models import load_reader, seeds
from flows.settings import Reading, Run
from flows.staging import Staging
from flows.startup import wait_for_imports
from flows.workers import Workers, give_up, watched
from transforms.addresses import AddressRules
from transforms.ids import content_id
from warehouse.tables import BATCH_TABLES

if TYPE_CHECKING:
    from transforms.read import Page

_DIED = (
    "the process that read it died, as it does when memory runs out: raise max_worker_mb or set fewer workers under [run] in "
    "claimhouse.toml, or give the machine more memory, and run again"
)
_ALL_DIE = (
    "The worker processes die before they read a page, as they do when memory runs out. Raise max_worker_mb or set fewer "
    "workers under [run] in claimhouse.toml, or give the machine more memory, and run again."
)
_TOO_SLOW = "reading it took longer than page_timeout_seconds, {}: raise it under [run] in claimhouse.toml if it is an article"
_TOO_BIG = "reading it took more memory than max_worker_mb, {}: raise it under [run] in claimhouse.toml if it is an article"


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


def batches_of(pages: Sequence[FoundPage], version: str, run: Run, workers: int) -> list[Batch]:
    """The pages in batches of about equal numbers and bytes, no more than `batch_pages` in each.

    Where it takes more than one batch, it takes a multiple of the workers, so that all of them end at about the same time.
    """
    count = ceil(len(pages) / run.batch_pages)
    count = min(ceil(count / workers) * workers, len(pages)) if count > 1 else count
    by_size = sorted(pages, key=lambda page: (-page.size, page.place))
    return [_batch(by_size[number::count], version) for number in range(count)]


def _batch(pages: Sequence[FoundPage], version: str) -> Batch:
    ordered = tuple(sorted(pages, key=lambda page: (page.source_id, page.key, *page.place)))
    return Batch(content_id("batch", version, *((page.url, page.raw_hash, page.problem) for page in ordered)), ordered)


@task(name="annotate", task_run_name="annotate {batch.key}", cache_policy=NO_CACHE)
def annotate_batch(batch: Batch, work: Work) -> Staged:
    """Read the pages of a batch and stage their tables. Runs in a worker process."""
    from transforms.read import read_pages  # noqa: PLC0415  # spaCy is for those who read

    staging, reader = Staging(work.folder), load_reader(work.reading)
    parts: list[dict[str, pl.DataFrame]] = []
    words = 0
    for number, found in enumerate(batch.pages):
        staging.note(batch.key, number, words)
        try:
            with watched(work.page_seconds):
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


def stage_unreadable(pages: Sequence[FoundPage], work: Work) -> Staged:
    """Stage pages that can't be read as what they are, each with its problem as the reason. Needs no worker and no model."""
    wait_for_imports()
    from transforms.read import Page, unread  # noqa: PLC0415

    addresses = AddressRules.from_frame(seeds()["address_words"])
    batch = _batch(pages, work.version)
    parts = [
        unread(
            Page(page.key, page.url, page.source_id, None, page.fetched_at or now(), page.problem, page.outcome),
            page.problem or "", work.version, addresses,
        )
        for page in batch.pages
    ]  # fmt: skip
    tables = {table.name: table.frame() for table in BATCH_TABLES}
    tables["documents"] = pl.concat([part["documents"] for part in parts])
    Staging(work.folder).write(batch.key, tables, [page.place for page in batch.pages])
    return Staged(batch.key, len(batch.pages), 0)


class Annotation:
    """The batches of one run on their way through the workers.

    `progress` may be asked for at any time, also by another thread; `on_staged` is called after every batch.
    """

    def __init__(self, work: Work, workers: Workers) -> None:
        self._work = work
        self._workers = workers
        self._staging = Staging(work.folder)
        self._under_way: dict[str, Batch] = {}
        self._is_broken = False
        self.staged: list[Staged] = []
        self.on_staged: Callable[[], None] = lambda: None

    def progress(self) -> tuple[int, int]:
        """Pages and words read so far."""
        notes = [note for key in list(self._under_way) if (note := self._staging.noted(key))]
        return (
            sum(staged.pages for staged in self.staged) + sum(note.page for note in notes),
            sum(staged.words for staged in self.staged) + sum(note.words for note in notes),
        )

    def annotate(self, batches: Sequence[Batch]) -> None:
        """Have every page of the batches read and staged; those that kill a process end as `unreadable`.

        When a process dies, all that the pool was at is lost. Pages that were then being read are set apart and read alone,
        at the end; all others are read anew.
        """
        suspects: list[FoundPage] = []
        count = self._workers.count
        while batches:
            lost = self._read(batches, count)
            begun = {batch.key: note.page for batch in lost if (note := self._staging.noted(batch.key))}
            if lost and not begun:
                raise ClaimhouseError(_ALL_DIE)
            suspects += [batch.pages[begun[batch.key]] for batch in lost if batch.key in begun]
            rest = [[page for page in batch.pages if page not in suspects] for batch in lost]
            batches = [_batch(pages, self._work.version) for pages in rest if pages]
        for page in suspects:
            self._read_alone(page)

    def _read_alone(self, page: FoundPage) -> None:
        batch = _batch([page], self._work.version)
        if self._read([batch], 1):
            killed = replace(page, problem=self._what_killed(batch.key))
            self.staged.append(stage_unreadable([killed], self._work))
            self.on_staged()

    def _what_killed(self, key: str) -> str:
        note = self._staging.noted(key)
        if note and note.is_too_big:
            return _TOO_BIG.format(self._work.max_mb)
        limit = self._work.page_seconds
        return _TOO_SLOW.format(f"{limit:g}") if note and time.time() - note.since >= limit else _DIED

    def _read(self, batches: Sequence[Batch], count: int) -> list[Batch]:
        """Have the batches read by so many processes; returns those that were lost because a process died."""
        if self._is_broken or self._workers.count != count:
            self._workers.replace(count)
        for batch in batches:
            self._staging.unnote(batch.key)
        self._under_way = {batch.key: batch for batch in batches}
        futures = {self._workers.submit(annotate_batch, {"batch": batch, "work": self._work}): batch for batch in batches}
        lost = []
        for future in as_completed(list(futures)):
            try:
                staged = future.result()
            except BrokenProcessPool:
                lost.append(futures[future])
            else:
                self.staged.append(staged)
                del self._under_way[staged.key]
                self.on_staged()
        self._under_way = {}
        self._is_broken = bool(lost)
        return sorted(lost, key=lambda batch: batch.key)
