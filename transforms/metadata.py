"""What a page says of itself: title, authors, dates, site, canonical address."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from htmldate import find_date
from lxml.html import HtmlElement
from trafilatura import extract_metadata


@dataclass(frozen=True, slots=True)
class Metadata:
    """Facts that a page gives of itself; None where it gives none. Times are naive UTC."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    site: str | None = None
    canonical_url: str | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None


_ARTICLE_TYPES = re.compile(r"Article|Posting|Report|Review|Column")
_BYLINE_WORDS = 7
"""A line with a date and no more words than this is a byline, not running text."""
_PUBLISHED = ("article:published_time", "datepublished", "og:published_time", "date.issued", "dc.date.issued")
_MODIFIED = ("article:modified_time", "datemodified", "og:updated_time", "last-modified", "dc.date.modified")


def read_metadata(tree: HtmlElement, url: str) -> Metadata:
    """Metadata of a page: trafilatura's, with exact times from JSON-LD and meta tags where the page has them."""
    found = extract_metadata(tree, default_url=None if url.startswith("file:") else url)
    stated = list(_json_ld(tree))
    metas = _metas(tree)
    published = _first_time(stated, "datePublished") or _first_meta(metas, _PUBLISHED) or _printed_time(tree)
    canonical = _canonical(tree, url)
    return Metadata(
        title=_clean(found.title if found else None),
        authors=tuple(dict.fromkeys(filter(None, map(_clean, (found.author or "").split(";"))))) if found else (),
        site=_site(stated, metas, canonical),
        canonical_url=canonical,
        published_at=published,
        modified_at=_first_time(stated, "dateModified") or _first_meta(metas, _MODIFIED),
    )


def _printed_time(tree: HtmlElement) -> datetime | None:
    """The time that a page prints beside its article: a `time` element outside comments and margins, else a date in a byline.

    Running text is left out before htmldate looks: a date that an article tells of is not the article's.
    """
    for element in tree.iter("time"):
        moment = parse_time(element.get("datetime"))
        if moment and not any(_is_aside(above) for above in element.iterancestors()):
            return moment
    shown = deepcopy(tree)
    running = [part for part in shown.iter("p", "li", "blockquote", "td") if len(part.text_content().split()) > _BYLINE_WORDS]
    for element in [*running, *(part for part in shown.iter() if _is_aside(part))]:
        if element.getparent() is not None:
            element.drop_tree()
    # htmldate's extensive search takes years and dates from any text: a wrong date costs more than a missing one.
    return parse_time(find_date(shown, original_date=True, extensive_search=False))


def _is_aside(element: HtmlElement) -> bool:
    marks = f"{element.get('class', '')} {element.get('id', '')}".lower()
    return element.tag in ("aside", "footer", "nav") or "comment" in marks or "related" in marks


def parse_time(text: str | None) -> datetime | None:
    """A time in ISO 8601 as naive UTC; None where it is none. A time without a zone is taken as UTC."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if moment.tzinfo is not None:
        try:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        except OverflowError:
            return None
    return moment if 1900 <= moment.year <= 2200 else None


def _clean(text: str | None) -> str | None:
    squeezed = " ".join((text or "").split())
    return squeezed or None


def _json_ld(tree: HtmlElement) -> Iterator[dict[str, object]]:
    """The article objects of a page's JSON-LD, also those inside `@graph`; broken JSON is passed over."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:
            waiting = [json.loads(script.text_content(), strict=False)]
        except (ValueError, RecursionError):
            continue
        while waiting:
            item = waiting.pop(0)
            if isinstance(item, list):
                waiting.extend(item)
            elif isinstance(item, dict):
                graph = item.get("@graph")
                if isinstance(graph, list):
                    waiting.extend(graph)
                if _ARTICLE_TYPES.search(str(item.get("@type", ""))):
                    yield item


def _site(stated: list[dict[str, object]], metas: dict[str, str], canonical: str | None) -> str | None:
    """The site's name as the page states it, else its host without `www.`."""
    publishers = [item.get("publisher") for item in stated]
    names = [publisher.get("name") for publisher in publishers if isinstance(publisher, dict)]
    for name in (metas.get("og:site_name"), *names, metas.get("application-name")):
        if isinstance(name, str) and _clean(name):
            return _clean(name)
    host = urlsplit(canonical).hostname if canonical else None
    return host.removeprefix("www.") if host else None


def _metas(tree: HtmlElement) -> dict[str, str]:
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop")
        content = meta.get("content")
        if name and content:
            metas.setdefault(name.lower(), content)
    return metas


def _first_time(stated: list[dict[str, object]], name: str) -> datetime | None:
    for item in stated:
        moment = parse_time(str(item[name])) if item.get(name) else None
        if moment:
            return moment
    return None


def _first_meta(metas: dict[str, str], names: tuple[str, ...]) -> datetime | None:
    for name in names:
        moment = parse_time(metas.get(name))
        if moment:
            return moment
    return None


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
