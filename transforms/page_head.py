"""What the head of a page states: JSON-LD, meta tags, the name of its site."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from transforms.page_lines import squeeze

_ARTICLE_TYPES = ("Article", "Posting", "Report", "Review", "Column")

Stated = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Head:
    """What a page states of itself without printing it.

    `articles` are the JSON-LD objects of articles and `pages` those of web pages, with authors that are named by `@id` put in
    their place. `metas` maps the lower-case names of meta tags to the first content of each.
    """

    articles: Sequence[Stated]
    pages: Sequence[Stated]
    metas: Mapping[str, str]
    site: str | None


def read_head(tree: HtmlElement, canonical: str | None) -> Head:
    """The head of a page; its site goes by the host of its canonical address where the page does not name it."""
    items = _json_ld(tree)
    articles = [item for item in items if any(name in str(item.get("@type", "")) for name in _ARTICLE_TYPES)]
    pages = [item for item in items if "WebPage" in str(item.get("@type", "")) and item not in articles]
    metas = _metas(tree)
    site = _site(articles, metas, canonical)
    return Head(_with_authors(articles, items), _with_authors(pages, items), metas, site)


def _json_ld(tree: HtmlElement) -> list[Stated]:
    """The objects of a page's JSON-LD, also those inside `@graph`; broken JSON is passed over."""
    found: list[Stated] = []
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
                found.append(item)
    return found


def _with_authors(stated: Sequence[Stated], items: Sequence[Stated]) -> list[Stated]:
    """The objects with each author that is named by `@id` alone put in its place."""
    known = {str(item["@id"]): item for item in items if item.get("@id") and item.get("name")}

    def whole(author: object) -> object:
        if isinstance(author, list):
            return [whole(each) for each in author]
        if isinstance(author, dict) and not author.get("name"):
            return known.get(str(author.get("@id")), {})
        return author

    return [{**item, "author": whole(item.get("author"))} for item in stated]


def _site(stated: Sequence[Stated], metas: Mapping[str, str], canonical: str | None) -> str | None:
    """The site's name as the page states it, else its host without `www.`."""
    publishers = [item.get("publisher") for item in stated]
    names = [publisher.get("name") for publisher in publishers if isinstance(publisher, dict)]
    for name in (metas.get("og:site_name"), *names, metas.get("application-name")):
        if isinstance(name, str) and squeeze(name):
            return squeeze(name)
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
