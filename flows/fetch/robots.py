"""What a host lets us fetch: its robots.txt (RFC 9309), read by protego, asked for once and kept for a day."""

import asyncio
import codecs
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx
from protego import Protego

from flows.fetch.endings import Ended, Head, codings_of, ended_by, location_of
from flows.fetch.guard import refuse_unsafe
from flows.fetch.unpack import unpack
from flows.fetch.wire import Answer, Wish

PRODUCT_TOKEN = "claimhouse"  # noqa: S105  # the name that rules of a robots.txt are for
MAX_BYTES = 500 * 1024
"""As much as is read of one (RFC 9309, section 2.5: at least 500 KiB)."""
MAX_REDIRECTS = 5
"""RFC 9309, section 2.3.1.2."""
KEPT_SECONDS = 24 * 3600.0
"""RFC 9309, section 2.4."""
KEPT_UNREACHABLE_SECONDS = 600.0
"""After this a host whose robots.txt could not be had is asked again."""
MAX_HOSTS = 5_000

_USER_AGENT = re.compile(r"user(?:-|\s*)agent\s*[:\s](.*)", re.IGNORECASE)
"""A line that begins a group, as generously as protego reads it."""
_TOKEN = re.compile(r"\*|[a-z_-]+", re.IGNORECASE | re.ASCII)

Ask = Callable[[httpx.URL, Wish], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one host for us. With a `problem` nothing of it is to be fetched for now."""

    parsed: Protego
    expires_at: float
    problem: str | None = None
    sitemaps: tuple[str, ...] = ()

    def allow(self, url: httpx.URL) -> bool:
        """Whether the rules let us fetch it."""
        return self.parsed.can_fetch(str(url), PRODUCT_TOKEN)

    @property
    def delay_seconds(self) -> float:
        """The seconds that Crawl-delay, or Request-rate, wants between two requests; neither is in RFC 9309, both are used."""
        rate = self.parsed.request_rate(PRODUCT_TOKEN)
        # A number of thousands of digits is no float.
        paced = min(rate.seconds, 10**9) / min(rate.requests, 10**9) if rate else 0.0
        return max(self.parsed.crawl_delay(PRODUCT_TOKEN) or 0.0, paced)


class Robots:
    """The rules of all hosts that were asked for theirs. `ask` makes one request; it raises Ended."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._rules: dict[str, Rules] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def rules_for(self, url: httpx.URL) -> Rules:
        """The rules of the host of `url`. Raises Ended where that host is refused by our own safety."""
        site = f"{url.scheme}://{url.netloc.decode('ascii')}"
        clock = asyncio.get_running_loop().time
        rules = self._rules.get(site)
        if rules and rules.expires_at > clock():
            return rules
        async with self._asking.setdefault(site, asyncio.Lock()):
            rules = self._rules.get(site)
            if rules and rules.expires_at > clock():
                return rules
            try:
                rules = await self._fetch(httpx.URL(f"{site}/robots.txt"))
            finally:
                self._asking.pop(site, None)
            self._keep(site, rules)
            return rules

    def _keep(self, site: str, rules: Rules) -> None:
        while len(self._rules) >= MAX_HOSTS:
            oldest = next(iter(self._rules))
            del self._rules[oldest]
        self._rules[site] = rules

    async def _fetch(self, url: httpx.URL) -> Rules:
        """What the answer comes to (RFC 9309, section 2.3.1). 408, 425 and 429 are faults that pass, not consent."""
        expires_at = asyncio.get_running_loop().time() + KEPT_SECONDS
        everything = Rules(Protego.parse(""), expires_at)
        place = url
        for _ in range(MAX_REDIRECTS + 1):
            try:
                answer = await self._ask(place, Wish(MAX_BYTES, ends=_unavailable, is_cut=True))
                location = location_of(answer.head)
                if not location:
                    break
                place = place.join(location)
                refuse_unsafe(place)
            except Ended as ended:
                if ended.state == "refused" and ended.head is None and place == url:
                    raise
                if not ended.is_passing:
                    return everything
                retried_at = asyncio.get_running_loop().time() + KEPT_UNREACHABLE_SECONDS
                return Rules(everything.parsed, retried_at, f"its site's robots.txt could not be had: {ended.problem}")
            except (httpx.InvalidURL, ValueError):
                return everything
        else:
            return everything
        content = unpack(answer.body, codings_of(answer.head), max_bytes=MAX_BYTES).content
        parsed = await asyncio.to_thread(parse, decoded(content))
        return Rules(parsed, expires_at, sitemaps=tuple(dict.fromkeys(_addresses(parsed, str(place)))))


def parse(text: str) -> Protego:
    """The rules of a robots.txt for us and for all; those for others are put together under one name.

    protego takes a group for `claim` to be for `claimhouse`, where RFC 9309, section 2.2.1, wants the whole product token. And
    it copies every rule of a group to each agent that the group names: thousands of them would keep it busy for minutes.
    """
    return Protego.parse("\n".join(_for_us(line.strip()) for line in text.splitlines()))


def _for_us(line: str) -> str:
    """A line as it is; one that begins a group, with the name that is ours, everyone's or none of ours."""
    named = _USER_AGENT.match(line)
    if not named:
        return line
    token = _TOKEN.match(named[1].strip())
    agent = token[0].lower() if token else ""
    return f"User-agent: {agent if agent in ('*', PRODUCT_TOKEN) else 'others'}"


def decoded(content: bytes) -> str:
    """A robots.txt as text. It should be UTF-8; some are UTF-16, and what is neither holds no rule but harms nothing."""
    content = content[:MAX_BYTES]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    start = content[:200]
    if start.count(0) > 0.4 * len(start):
        order = "le" if start[1::2].count(0) > start[::2].count(0) else "be"
        return content.decode(f"utf-16-{order}", "replace")
    return content.decode("utf-8-sig", "replace").replace("\0", "")


def _unavailable(head: Head) -> Ended | None:
    """Any answer of success is read, whatever it calls itself."""
    return None if 200 <= head.status < 300 else ended_by(head, is_conditional=False)


def _addresses(parsed: Protego, base: str) -> Iterator[str]:
    """The addresses of the Sitemap lines; what is none is left out."""
    for line in parsed.sitemaps:
        try:
            address = urljoin(base, line)
        except ValueError:
            continue
        if address.startswith(("http://", "https://")):
            yield address
