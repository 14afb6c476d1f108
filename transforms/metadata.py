"""What a page says of itself: title, authors, dates, site, canonical address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from transforms.bylines import find_authors
from transforms.page_dates import find_modified, find_published
from transforms.page_head import read_head
from transforms.page_lines import Line
from transforms.titles import find_title


@dataclass(frozen=True, slots=True)
class Metadata:
    """Facts that a page gives of itself; None where it gives none. Times are naive UTC, days those of the page's own zone."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    site: str | None = None
    canonical_url: str | None = None
    published_at: datetime | None = None
    published_on: date | None = None
    modified_at: datetime | None = None


def read_metadata(tree: HtmlElement, url: str, lines: Sequence[Line]) -> Metadata:
    """Metadata of a page: of its JSON-LD, its meta tags and what its lines print around its title."""
    canonical = _canonical(tree, url)
    head = read_head(tree, canonical)
    title = find_title(tree, head)
    published = find_published(head, lines, title, canonical or url)
    return Metadata(
        title=title,
        authors=find_authors(tree, lines, title, head),
        site=head.site,
        canonical_url=canonical,
        published_at=published.at if published else None,
        published_on=published.on if published else None,
        modified_at=find_modified(head),
    )


def _canonical(tree: HtmlElement, url: str) -> str | None:
    """The page's canonical address; None for a site's front page, which many templates name on every page."""
    addresses = [link.get("href") for link in tree.iter("link") if (link.get("rel") or "").lower() == "canonical"]
    addresses += [meta.get("content") for meta in tree.iter("meta") if (meta.get("property") or "").lower() == "og:url"]
    for address in addresses:
        try:
            whole = urljoin(url, (address or "").strip())
            parts = urlsplit(whole)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.hostname and (parts.path.strip("/") or parts.query):
            return str(whole.split("#")[0])
    return None
