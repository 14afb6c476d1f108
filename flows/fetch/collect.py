"""From sources on the web to pages in the archive: each source looked at, each address that is due fetched, each once."""

import asyncio
import os
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

from flows.clock import now
from flows.fetch.archive import Archive
from flows.fetch.client import Fetcher, fetching
from flows.fetch.ledger import Due, Ledger, SourceRow
from flows.fetch.model import Entry, Fetched, Hop, State
from flows.fetch.secrets import Secrets
from flows.fetch.sources import NOTHING_KNOWN, Kind, Known, Looked, Reader
from flows.inputs import ALL_TIME, Period, WebSource
from flows.settings import Settings
from transforms.addresses import AddressRules
from transforms.decode import UnreadableError, decode
from transforms.given import hash_of_page
from transforms.page_signs import refresh_target

SECONDS_BETWEEN_COMMITS = 2.0
"""What a crash of the machine costs at most. A killed process loses nothing: the archive is read again."""
_REFRESH = re.compile(rb"http-equiv\s*=\s*[\"']?\s*refresh", re.IGNORECASE)
_HEAD_BYTES = 20_000
"""Where the head of a page that leads on ends at the latest: it has no other content."""


@dataclass(slots=True)
class Collected:
    """What collecting came to: `states` counts how the requests for pages ended, `new` the addresses met for the first time.

    `looked` has how each source was found, by source_id; `has_more` tells that pages are due which wait for the next run.
    """

    states: Counter[State] = field(default_factory=Counter)
    looked: dict[str, Looked] = field(default_factory=dict)
    problems: Counter[str] = field(default_factory=Counter)
    new: int = 0
    has_more: bool = False
    seconds: float = 0.0


def archive_folder(settings: Settings) -> Path:
    """Where fetched pages are kept."""
    return settings.data_dir / "archive"


def ledger_path(settings: Settings) -> Path:
    """Where it is written down which addresses are known and where their pages are kept."""
    return archive_folder(settings) / "ledger.sqlite3"


def collect_sources(
    sources: Sequence[WebSource], settings: Settings, rules: AddressRules, *,
    period: Period = ALL_TIME, on_fetched: Callable[[int, int], None] | None = None,
) -> Collected:  # fmt: skip
    """Look at the sources and fetch the pages that are due. What went wrong is written down, nothing of it is raised.

    `on_fetched` is called with the number of pages done and due. Raises WrongUse while another process collects.
    """
    started = time.monotonic()
    with ExitStack() as stack:
        archive = stack.enter_context(Archive(archive_folder(settings)))
        ledger = stack.enter_context(Ledger(ledger_path(settings)))
        if settings.fetch.keep_days is not None:
            archive.retire(now() - timedelta(days=settings.fetch.keep_days))
        ledger.recover(archive)
        collector = _Collector(settings, rules, archive, ledger, on_fetched)
        try:
            asyncio.run(collector.collect(sources, period))
        finally:
            collector.checkpoint()
    collector.collected.seconds = time.monotonic() - started
    return collector.collected


def known_of(row: SourceRow) -> Known:
    """What the ledger knows of a source, as looking at it again takes it.

    When it was read counts for nothing where that is yet to come, as the clock was ahead: what changed since would be passed
    over.
    """
    kind = next((kind for kind in get_args(Kind) if kind == row.kind), None)
    return Known(kind, row.location, row.read_at if row.read_at and row.read_at <= now() else None, row.validators)


class _Collector:
    """One round of collecting."""

    def __init__(
        self,
        settings: Settings,
        rules: AddressRules,
        archive: Archive,
        ledger: Ledger,
        on_fetched: Callable[[int, int], None] | None,
    ) -> None:
        self._settings = settings
        self._rules = rules
        self._archive = archive
        self._ledger = ledger
        self._on_fetched = on_fetched or (lambda *_: None)
        self._done = self._due = 0
        self._checked_at = time.monotonic()
        self.collected = Collected()

    async def collect(self, sources: Sequence[WebSource], period: Period) -> None:
        """Look at every source, side by side, then fetch what is due."""
        wanted = self._settings.fetch
        secrets = Secrets.of([source.source for source in sources], os.environ)
        async with fetching(wanted, secrets) as fetcher:
            async with asyncio.TaskGroup() as group:
                for source in sources:
                    group.create_task(self._look_at(source, fetcher, period))
            self.checkpoint()
            due = self._ledger.due(
                [source.source_id for source in sources], at=now(), recheck_hours=wanted.recheck_hours,
                recheck_days=wanted.recheck_days, most=wanted.max_addresses + 1, since=period.since, until=period.until,
            )  # fmt: skip
            self.collected.has_more = len(due) > wanted.max_addresses
            await self._fetch_all(due[: wanted.max_addresses], fetcher)

    def checkpoint(self) -> None:
        """What was fetched so far survives a crash of the machine."""
        self._archive.sync()
        self._ledger.commit()
        self._checked_at = time.monotonic()

    async def _look_at(self, source: WebSource, fetcher: Fetcher, period: Period) -> None:
        at, before = now(), self._ledger.source_row(source.source_id)
        new = 0

        def keep(entries: Iterable[Entry]) -> None:
            nonlocal new
            new += self._ledger.add(source.source_id, entries, seen_at=at)

        if source.entries is not None:
            keep(source.entries)
            location = Path(source.source.location).expanduser().absolute().as_uri()
            looked = Looked("read", location, "file", named=len(source.entries))
        else:
            known = known_of(before) if before else NOTHING_KNOWN
            looked = await Reader(fetcher, self._rules, keep, period.since).read(source.source, known)
        self._archive.name_source(source.source_id, kind=looked.kind, location=looked.location)
        if looked.page:
            self._keep(Due(looked.page.address, source.source_id), looked.page)
        self._ledger.note_source(source.source_id, looked, at=at, new=new)
        self.collected.new += new
        self.collected.looked[source.source_id] = looked

    async def _fetch_all(self, due: Sequence[Due], fetcher: Fetcher) -> None:
        self._due = len(due)
        by_host: defaultdict[str, list[Due]] = defaultdict(list)
        for one in due:
            by_host[urlsplit(one.address).netloc].append(one)
        async with asyncio.TaskGroup() as group:
            for waiting in by_host.values():
                queue = iter(waiting)  # those who fetch from one host share it
                for _ in range(min(self._settings.fetch.per_host, len(waiting))):
                    group.create_task(self._fetch_each(queue, fetcher))

    async def _fetch_each(self, queue: Iterable[Due], fetcher: Fetcher) -> None:
        for due in queue:
            self._keep(due, await self._fetch(due, fetcher))
            self._done += 1
            self._on_fetched(self._done, self._due)

    async def _fetch(self, due: Due, fetcher: Fetcher) -> Fetched:
        """One page. Where its markup leads on at once, the page that it leads to, as if by a redirect."""
        max_bytes = self._settings.reading.max_page_bytes
        fetched = await fetcher.fetch(due.address, known=due.known, max_bytes=max_bytes)
        target = self._leads_to(fetched)
        if target is None:
            return fetched
        led = await fetcher.fetch(target, max_bytes=max_bytes)
        hops = (*fetched.hops, Hop(fetched.status or 0, fetched.url), *led.hops)
        return replace(led, address=due.address, hops=hops)

    def _leads_to(self, fetched: Fetched) -> str | None:
        if not _REFRESH.search(fetched.content, 0, _HEAD_BYTES):
            return None  # to decode and parse every page would take longer than to fetch it
        try:
            return refresh_target(decode(fetched.content), fetched.url, self._rules)
        except UnreadableError:
            return None

    def _keep(self, due: Due, fetched: Fetched) -> None:
        """Archive how fetching ended, unless the page is as it was, and write it down."""
        is_news = fetched.state != "unchanged" and not (
            fetched.state == "read" and self._ledger.is_known(fetched.address, hash_of_page(fetched.content), fetched.url)
        )
        place = self._archive.write(fetched, due.source_id) if is_news else None
        self._ledger.record(fetched, place, due.source_id)
        self.collected.states[fetched.state] += 1
        if fetched.problem:
            self.collected.problems[fetched.problem] += 1
        if time.monotonic() - self._checked_at > SECONDS_BETWEEN_COMMITS:
            self.checkpoint()
