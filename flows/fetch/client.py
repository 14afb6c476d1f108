"""From one address to one outcome: asks politely, follows redirects, tries again what can pass, and says how it ended."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import metadata

import httpx
import stamina
import stamina.instrumentation

from flows.clock import now
from flows.errors import WrongUse
from flows.fetch.endings import Ended, codings_of, ended_by, location_of
from flows.fetch.guard import refuse_unsafe
from flows.fetch.model import Fetched, Hop, Validators
from flows.fetch.politeness import Politeness, host_of
from flows.fetch.robots import Robots
from flows.fetch.secrets import NO_SECRETS, Secrets
from flows.fetch.unpack import Fault, Unpacked, unpack
from flows.fetch.wire import Answer, Pairs, Wire, Wish, too_large
from flows.settings import Fetch

BACKOFF_SECONDS = 1.0
"""The wait before the second try; it doubles with each further one, and up to BACKOFF_JITTER_SECONDS are added by chance."""
BACKOFF_JITTER_SECONDS = 1.0
MAX_BACKOFF_SECONDS = 30.0

UNPACKED_ASIDE_BYTES = 256 * 1024
"""Bodies from this size on are unpacked in a thread: meanwhile other pages go on."""

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ACCEPT_ENCODING = "gzip, deflate"

NOTHING_KNOWN = Validators()

_HEADER_VALUE = re.compile(r"[!-~\x80-\xff]([ -~\x80-\xff]*[!-~\x80-\xff])?")
"""RFC 9110, section 5.5: no control characters, no space at either end."""

_FAULTS: dict[Fault, str] = {
    "cut off": "it is cut off: what came does not unpack to the end",
    "broken": "it is broken: what came does not unpack",
    "unknown": "it came in a content coding that was not asked for",
}


@dataclass(slots=True)
class _Journey:
    """Where a request has got to."""

    address: str
    url: httpx.URL
    hops: list[Hop] = field(default_factory=list)


class Fetcher:
    """Fetches addresses, many at a time. `fetching` makes one; whatever the web does is an outcome, never an exception."""

    def __init__(self, wire: Wire, settings: Fetch, secrets: Secrets = NO_SECRETS) -> None:
        self._wire = wire
        self._secrets = secrets
        self._settings = settings
        self._politeness = Politeness(settings)
        self._robots = Robots(self._ask)

    async def fetch(self, address: str, *, known: Validators = NOTHING_KNOWN, max_bytes: int) -> Fetched:
        """One address to its outcome.

        `known` makes the request conditional. More than `max_bytes`, packed or unpacked, is refused. Redirects are followed,
        also from https to http: nothing secret is sent but to a source's own host, and the hops are recorded.
        """
        try:
            url = httpx.URL(address)
        except (httpx.InvalidURL, ValueError) as error:
            return Fetched(address, address, "failed", now(), problem=f"it is no address of the web ({error})")
        journey = _Journey(address, url.copy_with(fragment=None))
        try:
            answer = await self._travel(journey, conditions_of(known), max_bytes)
            content = await _content_of(answer, max_bytes)
        except Ended as ended:
            return _ended(journey, ended)
        answer, content = self._without_secrets(answer, content)
        return Fetched(
            address,
            answer.head.url,
            "read",
            answer.at,
            status=answer.head.status,
            reason=answer.head.reason,
            request_headers=answer.head.request_headers,
            headers=answer.head.headers,
            body=answer.body,
            content=content,
            hops=tuple(journey.hops),
            tries=answer.tries,
        )

    def _without_secrets(self, answer: Answer, content: bytes) -> tuple[Answer, bytes]:
        """What came, with names where it repeats a secret: then the body is kept unpacked, as its bytes are others."""
        hidden = self._secrets.hidden_in(content)
        if hidden == content:
            return answer, content
        unpacked = ("content-encoding", "content-length")
        headers = tuple((name, value) for name, value in answer.head.headers if name.lower() not in unpacked)
        return replace(answer, head=replace(answer.head, headers=headers), body=hidden), hidden

    async def sitemaps_of(self, address: str) -> tuple[str, ...]:
        """The addresses of the Sitemap lines in the robots.txt of the address's host; none where it can't be had."""
        try:
            url = httpx.URL(address)
            refuse_unsafe(url)
            return (await self._robots.rules_for(url)).sitemaps
        except (Ended, httpx.InvalidURL, ValueError):
            return ()

    async def _travel(self, journey: _Journey, conditions: Pairs, max_bytes: int) -> Answer:
        """Follow redirects to an answer. Every hop is checked like the first one. Raises Ended."""
        wish = Wish(max_bytes, partial(ended_by, is_conditional=bool(conditions)), conditions)
        seen: set[str] = set()
        while True:
            refuse_unsafe(journey.url)
            await self._heed_robots(journey.url)
            answer = await self._ask(journey.url, wish)
            location = location_of(answer.head)
            if not location:
                return answer
            seen.add(str(journey.url))
            journey.hops.append(Hop(answer.head.status, str(journey.url)))
            if len(journey.hops) > self._settings.max_redirects:
                limit = self._settings.max_redirects
                raise _with_head(answer, f"it is redirected more than {limit} times (`max_redirects` under [fetch])")
            try:
                journey.url = journey.url.join(location).copy_with(fragment=None)
            except (httpx.InvalidURL, ValueError):
                raise _with_head(answer, f"it is redirected to {location[:200]}, which is no address") from None
            if str(journey.url) in seen:
                raise _with_head(answer, f"its redirects lead in a loop, back to {journey.url}")

    async def _heed_robots(self, url: httpx.URL) -> None:
        """Raises Ended where robots.txt keeps us out, for ever or for now; its delay is kept from now on."""
        rules = await self._robots.rules_for(url)
        if rules.problem:
            raise Ended("failed", rules.problem, is_passing=True)
        if not rules.allow(url):
            raise Ended("refused", f"robots.txt of {url.host} disallows it")
        delay, longest = rules.delay_seconds, self._settings.max_crawl_delay_seconds
        if delay > longest:
            reason = f"robots.txt of {url.host} wants {delay:g} seconds between two requests"
            raise Ended("refused", f"{reason}, more than `max_crawl_delay_seconds` = {longest:g} under [fetch]")
        if delay:
            self._politeness.slow_down(host_of(url), delay)

    async def _ask(self, url: httpx.URL, wish: Wish) -> Answer:
        """One address without redirects, each try in its host's turn. Raises Ended when no try brought an answer."""
        async for attempt in stamina.retry_context(
            on=_wait_before_next,
            attempts=self._settings.tries,
            timeout=None,
            wait_initial=BACKOFF_SECONDS,
            wait_jitter=BACKOFF_JITTER_SECONDS,
            wait_max=MAX_BACKOFF_SECONDS,
        ):
            with attempt:
                async with self._politeness.turn(host_of(url)):
                    try:
                        return replace(await self._wire.ask(url, wish), tries=attempt.num)
                    except Ended as ended:
                        ended.tries = attempt.num
                        if ended.wait_seconds:
                            self._politeness.hold_back(host_of(url), ended.wait_seconds)
                        raise
        raise AssertionError("stamina ends with an answer or an error")


@asynccontextmanager
async def fetching(settings: Fetch, secrets: Secrets = NO_SECRETS) -> AsyncIterator[Fetcher]:
    """A Fetcher with its connections; they are closed at the end. `secrets` are told to their own hosts, and to nobody else.

    All of it uses the connections of `settings`; proxies and certificates that the environment names are not used.
    Raises WrongUse where a setting can't be sent or is no host.
    """
    # Each outcome tells its tries; a line in the log for every retry would drown what matters.
    stamina.instrumentation.set_on_retry_hooks(())
    headers = (("User-Agent", user_agent(settings.contact)), ("Accept", ACCEPT), ("Accept-Encoding", ACCEPT_ENCODING))
    async with aclosing(Wire(settings, headers, secrets)) as wire:
        yield Fetcher(wire, settings, secrets)


def user_agent(contact: str) -> str:
    """Who asks: name and version, and where to reach the person who runs it. Raises WrongUse."""
    contact = contact.strip()
    if not contact.isprintable():
        raise WrongUse(f"`contact` under [fetch] is {contact!r}: set one line of printable characters.")
    return f"Claimhouse/{metadata.version('claimhouse')}" + (f" (+{contact})" if contact else "")


def conditions_of(known: Validators) -> Pairs:
    """The headers of a conditional request; validators that could not stand in a header are left out."""
    pairs = (("If-None-Match", known.etag), ("If-Modified-Since", known.last_modified))
    return tuple((name, value) for name, value in pairs if value and _HEADER_VALUE.fullmatch(value))


def _wait_before_next(error: Exception) -> bool | float:
    """Whether there is a next try; a number of seconds where the server said how long to wait for it."""
    if not isinstance(error, Ended) or not error.is_tried_again:
        return False
    return True if error.wait_seconds is None else error.wait_seconds


async def _content_of(answer: Answer, max_bytes: int) -> bytes:
    """The body unpacked, and something in it. Raises Ended."""
    codings = codings_of(answer.head)
    if not codings:
        unpacked = Unpacked(answer.body)
    elif len(answer.body) < UNPACKED_ASIDE_BYTES:
        unpacked = unpack(answer.body, codings, max_bytes=max_bytes)
    else:
        unpacked = await asyncio.to_thread(unpack, answer.body, codings, max_bytes=max_bytes)
    ended = None
    if unpacked.fault == "too large":
        ended = too_large(max_bytes)
    elif unpacked.fault:
        ended = Ended("failed", f"{_FAULTS[unpacked.fault]} (Content-Encoding: {', '.join(codings)})", is_passing=True)
    elif not unpacked.content or unpacked.content.isspace():
        ended = Ended("failed", "the page is empty", is_passing=True)
    if ended:
        ended.head, ended.tries = answer.head, answer.tries
        raise ended
    return unpacked.content


def _with_head(answer: Answer, problem: str) -> Ended:
    ended = Ended("failed", problem)
    ended.head, ended.tries = answer.head, answer.tries
    return ended


def _ended(journey: _Journey, ended: Ended) -> Fetched:
    """The outcome of a request that brought no page."""
    head = ended.head
    return Fetched(
        journey.address,
        str(journey.url),
        ended.state,
        now(),
        status=head.status if head else None,
        reason=head.reason if head else "",
        request_headers=head.request_headers if head else (),
        headers=head.headers if head else (),
        hops=tuple(journey.hops),
        tries=ended.tries,
        problem=ended.problem,
        is_passing=ended.is_passing,
    )
