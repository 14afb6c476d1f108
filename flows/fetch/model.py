"""What travels between finding an address, fetching it and keeping what came."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from transforms.entries import Entry

__all__ = ["Capture", "Entry", "Fetched", "Hop", "Place", "State", "Validators"]

State = Literal["read", "unchanged", "gone", "refused", "failed"]
"""How a request ended.

`read`: a page came. `unchanged`: it is as the validators say that we have it. `gone`: it was there no more (404, 410).
`refused`: it is not for us, by robots.txt, by its status (401, 403, 451), by our own safety or by its size.
`failed`: it could not be had: no answer, broken, a fault of the server.
"""


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes a request conditional (RFC 9110, section 13): values of the headers that came with what we have."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect on the way: its status, and the address that it led from."""

    status: int
    url: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """How one request ended, redirects and retries included. Times are naive UTC.

    `address` was asked for, `url` answered in the end. `body` is what came, without transfer coding; `content` the same
    unpacked (content coding undone), which is what is read. Both are empty unless `state` is `read`. `problem` says in words
    what was wrong and what to do; None for `read` and `unchanged`. `is_passing`: a later run may do better.
    """

    address: str
    url: str
    state: State
    fetched_at: datetime
    status: int | None = None
    reason: str = ""
    request_headers: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    content: bytes = b""
    hops: tuple[Hop, ...] = ()
    tries: int = 1
    problem: str | None = None
    is_passing: bool = False

    @property
    def validators(self) -> Validators:
        """What makes the next request for it conditional."""
        headers = {name.lower(): value for name, value in self.headers}
        return Validators(headers.get("etag"), headers.get("last-modified"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands in the archive: the file's name in the archive's folder, and the byte that it begins at."""

    file: str
    offset: int


@dataclass(frozen=True, slots=True)
class Capture:
    """What is known of one fetched page, without its bytes.

    `address` is what was asked for, `raw_hash` the SHA-256 of its unpacked content in hex, `size` that content's bytes. Where
    no page could be had, `place` and `raw_hash` are None, `state` is `gone`, `refused` or `failed`, and `problem` says why.
    """

    address: str
    url: str
    source_id: str
    fetched_at: datetime
    state: State
    place: Place | None
    raw_hash: str | None
    size: int
    problem: str | None = None
