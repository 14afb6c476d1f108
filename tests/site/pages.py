"""What a page of the site is: where it lies, how it answers, and which outcome in `documents` is expected of it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import quote

from tests.site.layouts import article_page
from tests.site.replies import Reply, Request
from tests.site.words import write_article

HOSTS = {
    "main": "127.0.0.1",
    "calm": "127.0.0.2",  # asks for a delay
    "busy": "127.0.0.3",  # takes its time, so that requests meet
    "slow": "127.0.0.4",
    "moody": "127.0.0.5",  # refuses for a while
    "free": "127.0.0.6",  # has no robots.txt
    "fallen": "127.0.0.7",  # whose robots.txt is a fault of the server
    "wordy": "127.0.0.8",  # whose robots.txt is huge
    "mobile": "127.0.0.9",
    "wires": "127.0.0.10",  # answers that break HTTP
    "inner": "127.0.0.66",  # must never be asked: no test allows it
}
"""Names of hosts by what they are for. Each is a host of its own to a client; all of 127.0.0.0/8 is this machine."""
OPEN_HOSTS = tuple(address for name, address in HOSTS.items() if name != "inner")

Answer = Callable[[Request, Mapping[str, str]], Reply]
"""From a request and what the site was told (name to value) to what it answers."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `outcome` and a word of its reason are what `documents` should say of it after a run.

    `most_requests` counts what a run may ask for this target. Where `outcome` is None, only other pages lead there. `same_as`
    is the target, on the main host, of the page that this one is another address of: no document of its own comes of it.
    """

    host: str
    target: str
    answer: Answer
    outcome: str | None = "kept"
    reason: str | None = None
    most_requests: int = 1
    same_as: str | None = None


def always(reply: Reply) -> Answer:
    """The same answer each time."""
    return lambda request, told: reply


def article(number: int, *, version: int = 1, head: str = "", extra: str = "") -> Reply:
    """An article as a page with validators as many servers send them: an entity tag, a date, or neither, by its number."""
    written = write_article(number, version)
    body = article_page(written, head=head, extra=extra).encode()
    changed = format_datetime(written.published_at.replace(tzinfo=UTC, day=1 + version), usegmt=True)
    validators = (("ETag", f'"{sha256(body).hexdigest()[:16]}"'),), (("Last-Modified", changed),), ()
    return Reply(body=body, headers=validators[number % 3])


def unless_known(request: Request, reply: Reply) -> Reply:
    """304 where the request is conditional and the reply is what the client has."""
    headers = dict(reply.headers)
    etag, changed = headers.get("ETag"), headers.get("Last-Modified")
    is_known = (etag and request.headers.get("if-none-match") == etag) or (
        changed and not etag and request.headers.get("if-modified-since") == changed
    )
    return Reply(304, b"", None, reply.headers) if is_known else reply


def story(number: int, **given: str) -> Answer:
    """An article that is never changed."""
    reply = article(number, **given)  # type: ignore[arg-type]  # head and extra
    return lambda request, told: unless_known(request, reply)


def folded(target: str) -> str:
    """The target in the one of its spellings that RFC 3986, section 6.2.2, calls normal, as far as letters in `%2f` go."""
    legal = quote(target, safe="/?&=;:@!$'()*+,%~-._", errors="surrogateescape")
    return re.sub(r"%[0-9a-f]{2}", lambda escape: escape[0].upper(), legal, flags=re.IGNORECASE)


FAR = datetime(2199, 12, 31, 23, 59, tzinfo=UTC)
