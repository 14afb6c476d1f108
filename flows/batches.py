"""Pages to staged tables: batches of pages, each read by a worker process, none of them twice, none lost with a process."""

import logging
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from math import ceil
from typing import ClassVar, Protocol

import polars as pl

from flows.batch import Batch, Staged, Work
from flows.clock import now
from flows.errors import ClaimhouseError
from flows.found import FoundPage
from flows.models import seeds
from flows.settings import Run
from flows.staging import Staging
from flows.startup import wait_for_imports
from transforms.addresses import AddressRules
from transforms.ids import content_id
from warehouse.tables import BATCH_TABLES

_TOO_SLOW = "reading it took longer than page_timeout_seconds, {}: raise it under [run] in claimhouse.toml if it is an article"
_TOO_BIG = "reading it took more memory than max_worker_mb, {}: raise it under [run] in claimhouse.toml if it is an article"

Read = Generator[tuple[Batch, Staged | None]]
"""Batches as they are done; None for one that was lost."""


class Readers(Protocol):
    """Who reads batches. `died` is the reason of a page that killed its reader, `all_die` what to say when none survives."""

    died: ClassVar[str]
    all_die: ClassVar[str]

    @property
    def count(self) -> int:
        """How many there are."""

    def limits_for(self, pages: Sequence[FoundPage], wanted: Run) -> Run:
        """The settings by which these pages are made batches. Raises WrongUse where they can't be read."""

    def read(self, batches: Iterable[Batch], work: Work) -> Read:
        """Have batches read; those are lost that were being read when a process died, and maybe others."""

    def read_alone(self, batches: Iterable[Batch], work: Work) -> Read:
        """Have batches of one page read that may kill who reads them: what is lost then is that page alone."""


def batches_of(pages: Sequence[FoundPage], version: str, run: Run, workers: int) -> list[Batch]:
    """The pages in batches of about equal numbers and bytes, no more than `batch_pages` in each.

    There are a multiple of the workers, so that all of them end at about the same time, or as many as there are pages.
    """
    count = ceil(len(pages) / run.batch_pages)
    count = min(ceil(count / workers) * workers, len(pages))
    by_size = sorted(pages, key=lambda page: (-page.size, page.place))
    return [_batch(by_size[number::count], version) for number in range(count)]


def _batch(pages: Sequence[FoundPage], version: str) -> Batch:
    ordered = tuple(sorted(pages, key=lambda page: (page.source_id, page.key, *page.place)))
    return Batch(content_id("batch", version, *((page.url, page.raw_hash, page.problem) for page in ordered)), ordered)


def stage_unreadable(pages: Sequence[FoundPage], work: Work) -> Staged:
    """Stage pages that can't be read as what they are, each with its problem as the reason. Needs no worker and no model."""
    wait_for_imports()
    from transforms.read import Page, unread  # noqa: PLC0415  # spaCy is for those who read

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

    `progress` may be asked for at any time, also by another thread; `on_staged` is called with every batch that is done.
    """

    def __init__(self, work: Work, workers: Readers) -> None:
        self._work = work
        self._workers = workers
        self._staging = Staging(work.folder)
        self._under_way: dict[str, Batch] = {}
        self.staged: list[Staged] = []
        self.on_staged: Callable[[Batch], None] = lambda _: None

    def progress(self) -> tuple[int, int]:
        """Pages and words read so far."""
        notes = [note for key in list(self._under_way) if (note := self._staging.noted(key))]
        return (
            sum(staged.pages for staged in self.staged) + sum(note.page for note in notes),
            sum(staged.words for staged in self.staged) + sum(note.words for note in notes),
        )

    def annotate(self, batches: Sequence[Batch]) -> None:
        """Have every page of the batches read and staged; those that kill a process end as `unreadable`.

        Pages that were being read when a process died are set apart and read alone, at the end; all others are read anew.
        """
        suspects: list[FoundPage] = []
        while batches:
            lost = self._read(self._workers.read, batches)
            begun = {batch.key: note.page for batch in lost if (note := self._staging.noted(batch.key))}
            if len(lost) == len(batches) and not begun:
                raise ClaimhouseError(self._workers.all_die)
            suspects += [batch.pages[begun[batch.key]] for batch in lost if batch.key in begun]
            rest = [[page for page in batch.pages if page not in suspects] for batch in lost]
            batches = [_batch(pages, self._work.version) for pages in rest if pages]
        alone = [_batch([page], self._work.version) for page in suspects]
        for batch in self._read(self._workers.read_alone, alone):
            killed = [replace(page, problem=self._what_killed(batch.key)) for page in batch.pages]
            self.staged.append(stage_unreadable(killed, self._work))
            self.on_staged(Batch(self.staged[-1].key, batch.pages))

    def _what_killed(self, key: str) -> str:
        note = self._staging.noted(key)
        if note and note.is_too_big:
            return _TOO_BIG.format(self._work.max_mb)
        return _TOO_SLOW.format(f"{self._work.page_seconds:g}") if self._staging.late(key) else self._workers.died

    def _read(self, read: Callable[[Iterable[Batch], Work], Read], batches: Sequence[Batch]) -> list[Batch]:
        """Have the batches read; returns those that were lost."""
        lost = []
        with closing(read(self._drawn(batches), self._work)) as done:
            for batch, staged in done:
                del self._under_way[batch.key]
                if staged is None:
                    lost.append(batch)
                    self._tell_of(batch)
                else:
                    self.staged.append(staged)
                    self.on_staged(batch)
        return sorted(lost, key=lambda batch: batch.key)

    def _drawn(self, batches: Sequence[Batch]) -> Iterator[Batch]:
        for batch in batches:
            self._staging.unnote(batch.key)
            self._under_way[batch.key] = batch
            yield batch

    def _tell_of(self, lost: Batch) -> None:
        if where := self._staging.late(lost.key):
            logging.getLogger("prefect.claimhouse").warning("a page of batch %s took too long, here:\n%s", lost.key, where)
