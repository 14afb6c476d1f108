"""What the site is asked and what it answers: an answer is a script of bytes and pauses, so that any fault can be written."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus

Step = bytes | float
"""Bytes that are sent, or seconds that pass before the next are."""
FOREVER = 3600.0


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `target` is what stands in the request line, undecoded; names of headers are in lower case."""

    host: str
    method: str
    target: str
    headers: dict[str, str]
    visit: int
    """1 where this target of this host is asked for the first time, then counting up."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `raw`, where it is given, is all that is sent; else a head is made for `body`.

    It is called for each answer, so that it may be a generator. `length`: the Content-Length, `right` by default, a number that
    is wrong, or None for none at all. `pause`: seconds before the head. `closes`: whether the connection ends after the answer.
    """

    status: int = 200
    body: bytes = b""
    media: str | None = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    length: int | str | None = "right"
    pause: float = 0.0
    closes: bool = False
    raw: Callable[[], Iterable[Step]] | None = None

    def steps(self) -> Iterator[Step]:
        """What the server does, one after the other."""
        if self.raw is not None:
            yield from self.raw()
            return
        if self.pause:
            yield self.pause
        yield self.head() + self.body

    def head(self) -> bytes:
        """Status line and headers."""
        phrase = HTTPStatus(self.status).phrase if self.status in set(HTTPStatus) else "Odd"
        lines = [f"HTTP/1.1 {self.status} {phrase}"]
        if self.media is not None:
            lines.append(f"Content-Type: {self.media}")
        if self.length is not None and self.status != 304:
            lines.append(f"Content-Length: {len(self.body) if self.length == 'right' else self.length}")
        if self.ends:
            lines.append("Connection: close")
        lines += [f"{name}: {value}" for name, value in self.headers]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")

    @property
    def ends(self) -> bool:
        """Whether the connection is of no use after this."""
        return self.closes or self.length != "right" or self.raw is not None


def see(location: str, status: int = 302) -> Reply:
    """A redirect."""
    return Reply(status, b"", None, (("Location", location),))
