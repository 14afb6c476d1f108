"""What a source on the web is, and which addresses it names: feeds, sitemaps, home pages that announce a feed, single pages."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from flows.fetch.client import Fetcher
from flows.fetch.model import Entry, Fetched, Validators
from flows.fetch.unpack import GZIP_MAGIC, unpack
from flows.settings import Source
from transforms.addresses import AddressRules
from transforms.decode import UnreadableError, decode
from transforms.feeds import read_feed
from transforms.page_signs import announced_feeds, kind_of_page
from transforms.sitemaps import Sitemap, read_sitemap

Kind = Literal["feed", "sitemap", "url", "file"]
"""`file` is a list of addresses on this machine."""

MOST_SITEMAPS = 2_000
"""Sitemaps that one source may lead to, so that two that name each other, or make up new ones, come to an end."""
MOST_BYTES = 60_000_000
"""A sitemap may have 50 MB (sitemaps.org); feeds are smaller."""


NO_VALIDATORS = Validators()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a source from before: its kind, when it was last read in full, and its validators."""

    kind: Kind | None = None
    location: str | None = None
    read_at: datetime | None = None
    validators: Validators = NO_VALIDATORS


NOTHING_KNOWN = Known()


@dataclass(frozen=True, slots=True)
class Looked:
    """How looking at a source ended. `location` is the address that was read: the feed that a home page announces.

    `named` counts the addresses that it names now, `nameless` entries without one. `page` is the source itself where it turned
    out to be an article. `notes` are sentences for the person. `problem` says what was wrong and the mend.
    """

    state: Literal["read", "unchanged", "failed"]
    location: str
    kind: Kind | None = None
    title: str | None = None
    named: int = 0
    nameless: int = 0
    validators: Validators = NO_VALIDATORS
    page: Fetched | None = None
    notes: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(slots=True)
class Reader:
    """Reads sources through one fetcher; `keep` takes the entries as they are found."""

    fetcher: Fetcher
    rules: AddressRules
    keep: Callable[[Iterable[Entry]], object]
    since: datetime | None = None
    _asked: set[str] = field(default_factory=set)

    async def read(self, source: Source, known: Known) -> Looked:
        """Look at a source, by the kind that it is set or known to have, else by what comes."""
        kind = source.kind if source.kind in ("feed", "sitemap", "url") else known.kind
        location = known.location or source.location
        if kind == "url":
            entries = self._entries_of_page(source.location)
            self.keep(entries)
            problem = None if entries else f"{source.location} is no address of a page. Mend it."
            return Looked("read" if entries else "failed", source.location, "url", named=len(entries), problem=problem)
        fetched = await self.fetcher.fetch(location, known=known.validators, max_bytes=MOST_BYTES)
        if fetched.state == "unchanged":
            return Looked("unchanged", location, kind, validators=known.validators)
        if fetched.state != "read" and location != source.location:
            return await self.read(source, NOTHING_KNOWN)  # the home page may announce another feed by now
        if fetched.state != "read":
            return Looked("failed", location, kind, problem=f"{location}: {fetched.problem}")
        looked = await self._read_content(fetched, known, may_lead_on=True)
        if looked.kind and kind and looked.kind != kind:
            problem = f"{location} is no {kind} any more. Look at it with `claimhouse sources add`, and mend [[sources]]."
            return Looked("failed", location, kind, problem=problem)
        return looked

    async def _read_content(self, fetched: Fetched, known: Known, *, may_lead_on: bool) -> Looked:
        content = _plain(fetched.content)
        # Threads: a large listing takes seconds to parse, and meanwhile other pages go on. What is no sitemap shows at once.
        sitemap = await asyncio.to_thread(read_sitemap, content, fetched.url, self.rules)
        if sitemap is not None:
            named, problems = await self._read_sitemap(sitemap, known)
            state: Literal["read", "failed"] = "failed" if problems and not named else "read"
            problem = f"{len(problems)} of its sitemaps could not be read: {problems[0]}" if problems else None
            # A sitemap index that is unchanged says nothing of the sitemaps below: only a plain one is asked conditionally.
            validators = NO_VALIDATORS if sitemap.sitemaps else fetched.validators
            return Looked(state, fetched.url, "sitemap", None, named, 0, validators, problem=problem)
        feed = await asyncio.to_thread(read_feed, content, fetched.url, self.rules, content_type=_media_of(fetched))
        if feed:
            self.keep(feed.entries)
            named = len({entry.address for entry in feed.entries})
            return Looked("read", fetched.url, "feed", feed.title, named, feed.nameless, fetched.validators)
        try:
            markup = decode(content)
        except UnreadableError as error:
            return Looked("failed", fetched.url, problem=f"{fetched.url} can't be read: {error}.")
        if not self._is_list(markup, fetched.url):
            self.keep(self._entries_of_page(fetched.url))
            return Looked("read", fetched.url, "url", named=1, page=fetched)
        return await self._lead_on(markup, fetched, known) if may_lead_on else _nothing_announced(fetched.url)

    def _is_list(self, markup: str, address: str) -> bool:
        """Whether a page lists others; the front page of a site that announces a feed is one where its text leaves it open."""
        kind = kind_of_page(markup, address)
        is_front = urlsplit(address).path in ("", "/")
        return kind == "index" or (kind is None and is_front and bool(announced_feeds(markup, address, self.rules)))

    async def _lead_on(self, markup: str, fetched: Fetched, known: Known) -> Looked:
        """From a home page to the feed that it announces, else to the sitemaps that robots.txt names."""
        feeds = announced_feeds(markup, fetched.url, self.rules)
        others = tuple(f"{fetched.url} also announces {address}" for _, address in feeds[1:])
        for address in [*(address for _, address in feeds[:1]), *await self.fetcher.sitemaps_of(fetched.url)]:
            led = await self.fetcher.fetch(address, max_bytes=MOST_BYTES)
            looked = await self._read_content(led, known, may_lead_on=False) if led.state == "read" else None
            if looked and looked.kind in ("feed", "sitemap") and looked.state == "read":
                return Looked(
                    "read", looked.location, looked.kind, looked.title, looked.named, looked.nameless, looked.validators,
                    notes=(f"{fetched.url} is a home page: its {looked.kind} {looked.location} is read", *others),
                )  # fmt: skip
        return _nothing_announced(fetched.url)

    async def _read_sitemap(self, sitemap: Sitemap, known: Known) -> tuple[int, list[str]]:
        """Keep the entries of a sitemap and of those below it; how many they are, and what went wrong."""
        self.keep(sitemap.entries)
        named, problems = len(sitemap.entries), list[str]()
        for below in sitemap.sitemaps:
            is_old = below.changed_at is not None and any(
                before is not None and below.changed_at < before for before in (known.read_at, self.since)
            )
            if is_old or below.address in self._asked or len(self._asked) >= MOST_SITEMAPS:
                continue
            self._asked.add(below.address)
            fetched = await self.fetcher.fetch(below.address, max_bytes=MOST_BYTES)
            if fetched.state != "read":
                problems.append(f"{below.address}: {fetched.problem}")
                continue
            inner = await asyncio.to_thread(read_sitemap, _plain(fetched.content), fetched.url, self.rules)
            if inner is None:
                problems.append(f"{below.address} is no sitemap")
                continue
            more, worse = await self._read_sitemap(inner, known)
            named += more
            problems += worse
        return named, problems

    def _entries_of_page(self, address: str) -> tuple[Entry, ...]:
        cleaned = self.rules.cleaned(address)
        return (Entry(cleaned),) if cleaned else ()


def _plain(content: bytes) -> bytes:
    """A file's bytes, unpacked where it is a gzip file by itself, as sitemaps often are; of a broken one what it holds."""
    return unpack(content, ["gzip"], max_bytes=MOST_BYTES).content if content.startswith(GZIP_MAGIC) else content


def _media_of(fetched: Fetched) -> str | None:
    return next((value for name, value in fetched.headers if name.lower() == "content-type"), None)


def _nothing_announced(address: str) -> Looked:
    problem = (
        f"{address} is a list of pages that announces no feed, and robots.txt names no sitemap. "
        "Name the feed, the sitemap or the pages themselves."
    )
    return Looked("failed", address, problem=problem)
