"""How a request can end without a page, judged by the head of the answer: its status and its headers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from flows.fetch.model import State

MAX_RETRY_AFTER_SECONDS = 120.0
"""The longest that a server's Retry-After is waited for within a run; what asks for more is left to a later run."""

WITH_PAGE = frozenset({200, 203})
REDIRECTS = frozenset({300, 301, 302, 303, 307, 308})
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses that are tried again: RFC 9110, section 15.5.9 and 15.6, RFC 8470 (425) and RFC 6585 (429)."""
GONE = frozenset({404, 410})
FORBIDDEN = frozenset({401, 402, 403, 451})
EMPTY = frozenset({204, 205})

READABLE_TYPES = frozenset(
    """
    text/html text/plain text/xml text/json text/markdown application/xhtml+xml application/xml application/json
    application/x-ndjson application/jsonl application/octet-stream binary/octet-stream
    application/gzip application/x-gzip unknown/unknown
    """.split()
)
"""Kinds of content that can be a page, a feed or a sitemap, or that servers name where they know no better."""
_UNREADABLE_FAMILIES = ("image", "audio", "video", "font", "model", "multipart")
_MEDIA_TYPE = re.compile(r"\s*([\w.+-]+)/([\w.+-]+)\s*(?:[;,]|$)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Head:
    """What came before the body. Header values are Latin-1, which is any byte as it came."""

    url: str
    status: int
    reason: str
    request_headers: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]

    def first(self, name: str) -> str | None:
        """The value of the first header of that name, given in small letters."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    def all(self, name: str) -> tuple[str, ...]:
        """The values of all headers of that name, given in small letters."""
        return tuple(value for key, value in self.headers if key.lower() == name)


class Ended(Exception):  # noqa: N818  # an outcome that travels up, not an error
    """A request ended without a page. `problem` says why; None only where the page is unchanged.

    `is_passing`: a later run may do better. `is_tried_again`: so may the next try, after `wait_seconds` where the server
    said so.
    """

    def __init__(self, state: State, problem: str | None, *, is_passing: bool = False, is_tried_again: bool = False) -> None:
        super().__init__(problem)
        self.state = state
        self.problem = problem
        self.is_passing = is_passing or is_tried_again
        self.is_tried_again = is_tried_again
        self.wait_seconds: float | None = None
        self.head: Head | None = None
        self.tries = 1


def ended_by(head: Head, *, is_conditional: bool) -> Ended | None:
    """How the head alone ends the request; None where the body is to be read, or a redirect followed."""
    status = head.status
    answered = f"the server answered {status} {head.reason or _phrase(status)}".rstrip()
    if status in WITH_PAGE:
        kind = unreadable_type(head.first("content-type"))
        return Ended("refused", f"it is {kind}, which holds no text to read") if kind else None
    if status == HTTPStatus.NOT_MODIFIED:
        if is_conditional:
            return Ended("unchanged", None)
        return Ended("failed", f"{answered} to a request without conditions", is_passing=True)
    if status in GONE:
        return Ended("gone", answered)
    if status in FORBIDDEN:
        return Ended("refused", f"{answered}: the site does not show it to everyone")
    if status in EMPTY:
        return Ended("failed", f"the page is empty: {answered}", is_passing=True)
    if status in PASSING:
        return _passing(head, answered)
    if status in REDIRECTS:
        return None if location_of(head) else Ended("failed", f"{answered}, without saying where to")
    return Ended("failed", answered, is_passing=status == HTTPStatus.ACCEPTED or status >= HTTPStatus.INTERNAL_SERVER_ERROR)


def location_of(head: Head) -> str | None:
    """Where a redirect leads: as written, but raw bytes as the text that they are (UTF-8, else Latin-1)."""
    location = (head.first("location") or "").strip() if head.status in REDIRECTS else ""
    try:
        return location.encode("latin-1").decode("utf-8") or None
    except UnicodeDecodeError:
        return location


def unreadable_type(content_type: str | None) -> str | None:
    """The media type where it is one that can't be read; None for all that may be text. A broken type may be anything."""
    found = _MEDIA_TYPE.match(content_type or "")
    if not found:
        return None
    family, kind = found[1].lower(), found[2].lower()
    media_type = f"{family}/{kind}"
    if family in _UNREADABLE_FAMILIES:
        return media_type
    return None if media_type in READABLE_TYPES or kind.endswith(("+xml", "+json")) else media_type


def codings_of(head: Head) -> tuple[str, ...]:
    """The content codings in the order that they were applied in (RFC 9110, section 8.4)."""
    return tuple(_listed(head.all("content-encoding")))


def retry_after_seconds(head: Head, moment: datetime) -> float | None:
    """What Retry-After asks for, from seconds or from a date; None without one that can be read. `moment` is now, naive UTC.

    A date counts from the server's own Date where there is one, so that a wrong clock of theirs does no harm.
    """
    value = (head.first("retry-after") or "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", value, re.ASCII):
        return float(value[:20])
    until = _date(value)
    if until is None:
        return None
    since = _date(head.first("date") or "") or moment
    return max(0.0, (until - since).total_seconds())


def _passing(head: Head, answered: str) -> Ended:
    ended = Ended("failed", answered, is_tried_again=True)
    seconds = retry_after_seconds(head, datetime.now(UTC).replace(tzinfo=None))
    if seconds is not None and seconds > MAX_RETRY_AFTER_SECONDS:
        problem = f"{answered}, and asks to wait {seconds:,.0f} seconds, longer than a run waits"
        return Ended("failed", problem, is_passing=True)
    ended.wait_seconds = seconds
    return ended


def _date(value: str) -> datetime | None:
    """An HTTP date (RFC 9110, section 5.6.7) as naive UTC; None where it is none."""
    try:
        date = parsedate_to_datetime(value)
        return (date.astimezone(UTC) if date.tzinfo else date).replace(tzinfo=None)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _listed(values: Iterable[str]) -> Iterable[str]:
    for value in values:
        for part in value.split(","):
            coding = part.strip().lower()
            if coding and coding != "identity":
                yield coding


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
