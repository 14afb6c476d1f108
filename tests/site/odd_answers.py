"""Answers with a status other than 200, and answers that break off, never come, never end or are not what they say."""

import gzip
import zlib
from collections.abc import Iterator, Mapping
from email.utils import format_datetime
from functools import partial

from tests.site.layouts import plain_page
from tests.site.pages import FAR, Answer, Page, always, article
from tests.site.replies import FOREVER, Reply, Request, Step

_FIRST = 2000
TRIES = 2
"""How often a request is tried in the tests' settings."""


def status_pages() -> list[Page]:
    """Pages whose answer is in its status."""
    refused = plain_page("No", "<p>This is not for you.</p>")

    def gives(status: int, **given: str) -> Answer:
        headers = tuple((name.replace("_", "-"), value) for name, value in given.items())
        return always(Reply(status, refused, headers=headers))

    never = str(90_000)
    return [
        Page("main", "/status/404", gives(404), "gone", "404"),
        Page("main", "/status/410", gives(410), "gone", "410"),
        *(Page("main", f"/status/{status}", gives(status), "unreadable", str(status)) for status in (400, 401, 403, 451)),
        Page("main", "/status/500", gives(500), "unreadable", "500", TRIES),
        Page("main", "/status/503-once", at_second(gives(503), _FIRST), most_requests=2),
        Page("main", "/status/204", always(Reply(204, b"", None)), "unreadable"),
        Page("main", "/status/304", always(Reply(304, b"", None)), "unreadable", "304"),
        Page("main", "/status/empty", always(Reply(200, b"")), "unreadable", "empty"),
        Page("moody", "/moody/seconds", at_second(gives(429, Retry_After="1"), _FIRST + 2), most_requests=2),
        Page("moody", "/moody/wrong-clock", at_second(gives(503, Retry_After=_PAST), _FIRST + 3), most_requests=2),
        Page("moody", "/moody/tomorrow", gives(429, Retry_After=never), "unreadable", "429", TRIES),
        Page("moody", "/moody/in-a-century", gives(503, Retry_After=format_datetime(FAR)), "unreadable", "503", TRIES),
        Page("moody", "/moody/nonsense", at_second(gives(503, Retry_After="soon, promise"), _FIRST + 4), most_requests=2),
    ]


_PAST = "Thu, 01 Jan 1970 00:00:00 GMT"


def at_second(first: Answer, number: int) -> Answer:
    """An article from the second visit on."""

    def answer(request: Request, told: Mapping[str, str]) -> Reply:
        return first(request, told) if request.visit == 1 else article(number)

    return answer


def wire_pages() -> list[Page]:
    """Pages whose answer is broken below HTTP's meaning. The host `slow` has those that cost time."""
    body = article(_FIRST + 10).body
    ok = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
    half = len(body) // 2

    def sends(*steps: Step) -> Answer:
        return always(Reply(raw=lambda: steps))

    def fails(target: str, answer: Answer, reason: str | None = None, host: str = "wires") -> Page:
        return Page(host, target, answer, "unreadable", reason, TRIES)

    return [
        fails("/slow/never", sends(FOREVER), host="slow"),
        fails("/slow/head-only", sends(ok + b"Content-Length: 5000\r\n\r\n", FOREVER), host="slow"),
        fails("/slow/half", sends(ok + f"Content-Length: {len(body)}\r\n\r\n".encode() + body[:half], FOREVER), host="slow"),
        fails("/slow/drip", always(Reply(raw=partial(_drip, ok, body))), host="slow"),
        fails("/slow/endless-head", always(Reply(raw=_endless_head)), host="slow"),
        Page("slow", "/slow/patient", always(Reply(body=article(_FIRST + 11).body, pause=0.3))),
        Page("slow", "/slow/in-pieces", always(Reply(raw=partial(_pieces, ok, article(_FIRST + 12).body)))),
        fails("/wires/closes", sends()),
        fails("/wires/closes-in-head", sends(b"HTTP/1.1 200 OK\r\nContent-Ty")),
        fails("/wires/closes-in-body", sends(ok + f"Content-Length: {len(body)}\r\n\r\n".encode() + body[:half])),
        fails("/wires/closes-in-chunk", sends(ok + b"Transfer-Encoding: chunked\r\n\r\n1000\r\n" + body[:200])),
        fails("/wires/wrong-chunk", sends(ok + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n" + body)),
        fails("/wires/garbage", sends(b"\x16\x03\x01\x02\x00 this is no HTTP\r\n\r\n")),
        fails("/wires/length-minus", sends(ok + b"Content-Length: -5\r\n\r\n" + body)),
        fails("/wires/two-lengths", sends(ok + f"Content-Length: 7\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)),
        fails("/wires/length-long", always(Reply(body=body, length=len(body) + 900))),
        Page("wires", "/wires/no-length", always(Reply(body=article(_FIRST + 13).body, length=None))),
        Page("wires", "/wires/continue", sends(b"HTTP/1.1 100 Continue\r\n\r\n" + _whole(article(_FIRST + 14)))),
        Page("wires", "/wires/http-1.0", sends(_whole(article(_FIRST + 15)).replace(b"HTTP/1.1", b"HTTP/1.0", 1))),
        fails("/wires/huge-head", sends(ok + b"X-Filler: " + b"x" * 400_000 + b"\r\n\r\n" + body)),
        *_packed(),
    ]


def _packed() -> list[Page]:
    """Content codings, right and wrong, and bodies without end. A bomb and an endless page are refused, not tried again."""
    body = article(_FIRST + 20).body
    other = article(_FIRST + 21).body
    packed = gzip.compress(body, mtime=0)
    bomb = gzip.compress(b"\0" * 60_000_000, compresslevel=1, mtime=0)
    endless = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"

    def coded(content: bytes, coding: str = "gzip") -> Answer:
        return always(Reply(body=content, headers=(("Content-Encoding", coding),)))

    return [
        Page("wires", "/packed/gzip", coded(packed)),
        Page("wires", "/packed/deflate", coded(zlib.compress(other), "deflate")),
        Page("wires", "/packed/cut-off", coded(packed[: len(packed) // 2]), "unreadable", None, TRIES),
        Page("wires", "/packed/not-packed", coded(body), "unreadable", None, TRIES),
        Page("wires", "/packed/bomb", coded(bomb), "unreadable", "max_page_mb"),
        Page("wires", "/packed/huge", always(Reply(body=b"<p>" + b"word " * 2_000_000)), "unreadable", "max_page_mb"),
        Page("wires", "/packed/endless", always(Reply(raw=partial(_endless, endless))), "unreadable", "max_page_mb"),
    ]


def _whole(reply: Reply) -> bytes:
    return reply.head() + reply.body


def _drip(head: bytes, body: bytes) -> Iterator[Step]:
    """The head, then one byte at a time, each soon enough for a limit between two bytes; it would take minutes."""
    yield head + f"Content-Length: {len(body)}\r\n\r\n".encode()
    for at in range(len(body)):
        yield 0.1
        yield body[at : at + 1]


def _pieces(head: bytes, body: bytes) -> Iterator[Step]:
    """The head, then eight pieces within a third of a second."""
    yield head + f"Content-Length: {len(body)}\r\n\r\n".encode()
    size = len(body) // 8 + 1
    for at in range(0, len(body), size):
        yield 0.04
        yield body[at : at + size]


def _endless(head: bytes) -> Iterator[Step]:
    """A body that never ends, as fast as the client takes it."""
    yield head
    chunk = b"<p>and so on</p>\n" * 1000
    while True:
        yield f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n"


def _endless_head() -> Iterator[Step]:
    """Headers that never end, as fast as the client takes them."""
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"X-More: and so on\r\n" * 500
        yield 0.001
