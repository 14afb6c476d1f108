"""What is told of a page beside its bytes, as a row of a table does, and the hash that stands for both."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from transforms.metadata import Metadata


@dataclass(frozen=True, slots=True)
class Given:
    """Facts that came with a page; None where none came. They go before what the page says of itself.

    `published_at` is naive UTC, `published_on` the day where the time was written. `url` is the page's own address.
    `is_text`: the bytes are text without markup, whatever they look like.
    """

    url: str | None = None
    title: str | None = None
    authors: tuple[str, ...] | None = None
    site: str | None = None
    published_at: datetime | None = None
    published_on: date | None = None
    is_text: bool = False

    def over(self, found: "Metadata") -> "Metadata":
        """The metadata that was found, with what is given in its place; without a name of the site, that of its host."""
        metadata = found
        if self.url is not None:
            metadata = replace(metadata, canonical_url=self.url, site=metadata.site or _host(self.url))
        if self.title is not None:
            metadata = replace(metadata, title=self.title)
        if self.authors is not None:
            metadata = replace(metadata, authors=self.authors)
        if self.site is not None:
            metadata = replace(metadata, site=self.site)
        if self.published_at is not None:
            metadata = replace(metadata, published_at=self.published_at, published_on=self.published_on)
        return metadata


def hash_of_page(raw: bytes, given: Given | None = None) -> str:
    """SHA-256 in hex of a page's bytes, and of what is given with them: a row whose title changed is another page's bytes."""
    whole = sha256(raw)
    if given is not None:
        whole.update(f"\0{given!r}".encode("utf-8", "backslashreplace"))
    return whole.hexdigest()


def hash_of_problem(key: str, problem: str | None) -> str:
    """What stands for the bytes of a page that could not be had: the page and the reason."""
    return sha256(f"{key}: {problem}".encode("utf-8", "backslashreplace")).hexdigest()


def _host(url: str) -> str | None:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.") or None
    except ValueError:
        return None
