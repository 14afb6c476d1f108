"""One request and its answer: the only place that speaks HTTP."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import httpcore
import httpx

from flows.clock import now
from flows.fetch.endings import Ended, Head, location_of
from flows.fetch.guard import GuardedBackend
from flows.fetch.secrets import Secrets
from flows.fetch.unpack import shown_bytes
from flows.settings import Fetch

TOTAL_TIMEOUTS = 6
"""How many times `timeout_seconds` a request may take in all: a server that drips is no dead one, but ends some time."""
DRAINED_BYTES = 64 * 1024
"""What is read of a body that nobody wants, so that its connection can be used again (as curl and browsers do)."""
DRAIN_SECONDS = 1.0
IDLE_SECONDS = 5.0
"""How long an unused connection is kept; many servers close theirs after five seconds."""

_BROKEN = (TimeoutError, httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError)
"""What the way to a server, or the server, can do to a request."""
_IMPOSSIBLE = (httpcore.UnsupportedProtocol, httpx.InvalidURL, httpx.HTTPError, ValueError)
"""What a request can be that nobody could send."""

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of an answer. `ends` judges its head: None lets the body be read.

    A body of more than `max_bytes` is refused; `is_cut`: it is read that far instead.
    """

    max_bytes: int
    ends: Callable[[Head], Ended | None]
    headers: Pairs = ()
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came, and when (naive UTC). `body` is without transfer coding, and empty for a redirect."""

    head: Head
    body: bytes
    at: datetime
    tries: int = 1


class _Body(httpx.AsyncByteStream):
    """The body of an answer, read through httpx and closed in httpcore."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._response.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._response.aclose()


@cache
def _certificates() -> ssl.SSLContext:
    """Which certificates are trusted; reading them takes some 20 milliseconds."""
    return httpx.create_ssl_context(trust_env=False)


class GuardedTransport(httpx.AsyncBaseTransport):
    """httpx over a pool of httpcore whose connections `GuardedBackend` opens; httpx's own transport lets none be given.

    Errors stay those of httpcore. Nothing is taken from the environment: no proxy, no .netrc, no certificates but those that
    come with httpx. A proxy would open the connections in our place, and would reach into a network that we refuse to.
    """

    def __init__(self, settings: Fetch) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_certificates(),
            max_connections=settings.connections,
            max_keepalive_connections=settings.connections,
            keepalive_expiry=IDLE_SECONDS,
            http1=True,
            http2=False,
            network_backend=GuardedBackend(settings.allowed_hosts),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request through the pool."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
        )
        response = await self._pool.handle_async_request(
            httpcore.Request(request.method, url, headers=request.headers.raw, extensions=request.extensions)
        )
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response), extensions=response.extensions)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()


class Wire:
    """Makes requests, each of which ends as an Answer or raises Ended.

    It uses the transport without httpx.AsyncClient, which would read cookies that nobody keeps, and the target of every
    redirect even where it follows none, and fail on a broken one.
    """

    def __init__(self, settings: Fetch, headers: Pairs, secrets: Secrets) -> None:
        self._secrets = secrets
        self._transport = GuardedTransport(settings)
        self._headers = [(name.encode("ascii"), value.encode("utf-8")) for name, value in headers]
        self._timeout_seconds = settings.timeout_seconds
        self._extensions = {"timeout": httpx.Timeout(settings.timeout_seconds, pool=None).as_dict()}

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()

    async def ask(self, url: httpx.URL, wish: Wish) -> Answer:
        """GET `url`; redirects are not followed. Raises Ended for whatever the other side, or the way to it, does wrong."""
        seen: list[Head] = []
        try:
            async with asyncio.timeout(TOTAL_TIMEOUTS * self._timeout_seconds):
                return await self._ask(url, wish, seen)
        except (Ended, *_BROKEN, *_IMPOSSIBLE) as error:
            ended = error if isinstance(error, Ended) else self._ended_by(error, url)
            ended.problem = self._secrets.hidden(ended.problem or "") or None
            ended.head = next(iter(seen), None)
            raise ended from None

    async def _ask(self, url: httpx.URL, wish: Wish, seen: list[Head]) -> Answer:
        wished = [(name.encode("ascii"), value.encode("latin-1")) for name, value in wish.headers]
        shown = httpx.Request("GET", url, headers=[*self._headers, *wished])
        headers = [*shown.headers.raw, *self._secrets.login(url)]
        request = httpx.Request("GET", self._secrets.revealed(url), headers=headers, extensions=self._extensions)
        response = await self._transport.handle_async_request(request)
        try:
            head = self._head_of(shown, response)
            seen.append(head)
            ended = wish.ends(head)
            if ended or location_of(head):
                await _drain(response)
                if ended:
                    raise ended
                return Answer(head, b"", now())
            return Answer(head, await _read(response, wish), now())
        finally:
            await response.aclose()

    def _head_of(self, shown: httpx.Request, response: httpx.Response) -> Head:
        """The head, with the request as it may be shown."""
        reason = response.extensions.get("reason_phrase", b"").decode("latin-1")
        came = tuple((name, self._secrets.hidden(value)) for name, value in _pairs(response.headers))
        return Head(str(shown.url), response.status_code, reason, _pairs(shown.headers), came)

    def _ended_by(self, error: Exception, url: httpx.URL) -> Ended:
        """What httpcore, h11, the system or TLS say, in words."""
        seconds = f"{self._timeout_seconds:g} seconds"
        tls = _tls_error(error)
        if tls:
            reason = getattr(tls, "verify_message", None) or tls.reason or str(tls)
            return Ended("failed", f"no safe connection: {reason}", is_passing=True)
        match error:
            case TimeoutError():
                problem = f"it took longer than {TOTAL_TIMEOUTS * self._timeout_seconds:g} seconds in all"
            case httpcore.ConnectTimeout():
                problem = f"no connection within {seconds}"
            case httpcore.TimeoutException():
                problem = f"the server sent nothing for {seconds}"
            case httpcore.ProtocolError():
                problem = f"the answer is broken: {str(error).rstrip('.')}"
            case httpcore.NetworkError() | OSError():
                problem = f"the connection broke: {str(error) or type(error).__name__}"
            case _:
                return Ended("failed", f"{url} can't be asked for: {error}")
        return Ended("failed", problem, is_tried_again=True)


async def _read(response: httpx.Response, wish: Wish) -> bytes:
    """The body as far as it is wanted. Raises Ended, before anything is read where Content-Length tells."""
    announced = response.headers.get("content-length", "")
    if not wish.is_cut and announced.isascii() and announced.isdigit() and int(announced[:20]) > wish.max_bytes:
        raise too_large(wish.max_bytes)
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_raw():
        parts.append(part)
        size += len(part)
        if size > wish.max_bytes:
            if wish.is_cut:
                break
            raise too_large(wish.max_bytes)
    return b"".join(parts)[: wish.max_bytes]


async def _drain(response: httpx.Response) -> None:
    """Read a short body to its end; a long, slow or broken one costs its connection, and no more."""
    size = 0
    with suppress(*_BROKEN):
        async with asyncio.timeout(DRAIN_SECONDS):
            async for part in response.aiter_raw():
                size += len(part)
                if size > DRAINED_BYTES:
                    return


def too_large(max_bytes: int) -> Ended:
    """A page of more than `max_bytes`, packed or unpacked."""
    size = shown_bytes(max_bytes)
    return Ended("refused", f"it is larger than the {size} that are read of a page (`max_page_mb` under [reading])")


def _pairs(headers: httpx.Headers) -> Pairs:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.raw)


def _tls_error(error: Exception) -> ssl.SSLError | None:
    """Why TLS did not come about, which httpcore hides behind its own error."""
    inner: BaseException | None = error if isinstance(error, httpcore.ConnectError) else None
    while inner is not None:
        if isinstance(inner, ssl.SSLError):
            return inner
        inner = inner.__cause__ or inner.__context__
    return None
