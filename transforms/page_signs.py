"""What a page is, before it is read: where it leads on, and whether it is an article, a list of them or nothing at all."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, Self
from urllib.parse import urljoin, urlsplit

import polars as pl
from lxml.html import HtmlElement
from trafilatura import load_html

from transforms.addresses import AddressRules
from transforms.page_head import Head, read_head
from transforms.page_lines import Line, page_lines, squeeze

Kind = Literal["index", "article"]
type Markup = str | HtmlElement
"""A page's characters, or its tree where it is parsed already."""

LITTLE_CHARS = 600
"""An error page says less than this besides its links. So do a few articles: being short alone makes no error page."""
MESSAGE_CHARS = 150
"""A longer heading is more than a message."""
SHELL_CHARS = 400
"""A page that asks for JavaScript and says more than this says it itself."""
EMPTY_CHARS = 40
"""A page that waits for its script shows no more than a name or `Loading`."""
SOON_SECONDS = 5
"""A refresh that comes sooner leads elsewhere; a later one renews a page that is meant to be read."""
HEADLINE_CHARS = 20
PROSE_CHARS = 60
"""A line of links at least this long is a headline, and one without links a paragraph; menus have shorter ones."""
INDEX_HEADLINES = 10
INDEX_RUN = 600
"""The longest text without a headline in it, in characters: teasers on a list of articles, the article on an article's page."""
FRONT_HEADLINES = 3
HOME_RUN = 2000
"""A site's front page, and a page that says that it is a list, may be short, and may introduce the site at length."""
ARTICLE_RUN = 800
WHOLE_ARTICLES = 3
"""A page with so many long texts under headlines of their own may be a blog's front page that prints its articles whole."""

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_LIST_TYPES = ("CollectionPage", "SearchResultsPage")
_LINKED = 0.5
_TITLE_PARTS = re.compile(r"\s+[-–—/]+\s+|\s*[|•·»«]\s*")
_FOLDED = re.compile(r"[\W_]+")
# What may be left out is matched for good: white space that two parts could share is tried in every way at every place.
_REFRESH = re.compile(r"\s*+(\d{1,9})(?:\.\d*+)?\s*+[;,]\s*+(?:url\s*+=)?+\s*+[\"']?([^\"'\s>][^\"'>]*)", re.I)
_SHOWN_WITHOUT_TEXT = ("img", "picture", "video", "audio", "iframe", "embed", "object", "frame", "svg", "canvas")


@dataclass(frozen=True)
class PageWords:
    """What pages say that are none, from `seeds/lexicons/page_words.csv`."""

    missing: re.Pattern[str]
    script: re.Pattern[str]
    container: re.Pattern[str]

    @classmethod
    def from_frame(cls, frame: pl.DataFrame) -> Self:
        """Build from columns kind and form; forms match words in lower case with single spaces between them."""

        def joined(kind: str) -> re.Pattern[str]:
            return re.compile("|".join(f"(?:{form})" for form in frame.filter(pl.col("kind") == kind)["form"]), re.I)

        return cls(joined("missing"), joined("script"), joined("container"))


def announced_feeds(markup: Markup, address: str, rules: AddressRules) -> tuple[tuple[str | None, str], ...]:
    """Title and address of each feed that the page names in its head, in its order, each once."""
    tree = _tree(markup, "alternate")
    found: dict[str, str | None] = {}
    for link in tree.iter("link") if tree is not None else ():
        kind = (link.get("type") or "").split(";")[0].strip().lower()
        if "alternate" in (link.get("rel") or "").lower().split() and kind in _FEED_TYPES:
            feed = rules.cleaned(link.get("href") or "", _base(tree, address))
            if feed is not None:
                found.setdefault(feed, squeeze(link.get("title") or "") or None)
    return tuple((title, feed) for feed, title in found.items())


def refresh_target(markup: Markup, address: str, rules: AddressRules) -> str | None:
    """Where a page leads on at once by `<meta http-equiv=refresh>`; None where it stays.

    One inside `noscript` leads to another form of the same page, or to a notice about scripts: it counts for nothing.
    """
    tree = _tree(markup, "refresh")
    for meta in tree.iter("meta") if tree is not None else ():
        if (meta.get("http-equiv") or "").strip().lower() != "refresh" or next(
            meta.iterancestors("noscript"), None
        ) is not None:
            continue
        match = _REFRESH.match(meta.get("content") or "")
        target = rules.cleaned(match[2], _base(tree, address)) if match and int(match[1]) <= SOON_SECONDS else None
        if target is not None and target != rules.cleaned(address):
            return target
    return None


def loads_by_script(markup: Markup, words: PageWords) -> str | None:
    """Why a page has no text of its own but loads it by script; None where it has text, or lacks it for another reason."""
    tree = _tree(markup, "<script")
    if tree is None or next(tree.iter("script"), None) is None:
        return None
    shown = [line.text for line in page_lines(tree) if line.linked <= _LINKED]
    chars = sum(map(len, shown))
    if chars < SHELL_CHARS:
        asked = [" ".join(each.itertext())[:SHELL_CHARS] for each in tree.iter("noscript")]
        for text in chain(asked, shown):
            if match := words.script.search(_fold(text)):
                return f'it loads its text by script, which is not run: it says "{match[0]}"'
    if chars < EMPTY_CHARS:
        # `<app-root>` is an element of its own, most others are a `div` with a name.
        boxes = (name for each in tree.iter() if isinstance(each.tag, str) for name in (each.get("id"), each.tag) if name)
        if box := next((name for name in boxes if words.container.fullmatch(name)), None):
            return f"it loads its text by script, which is not run: its element `{box}` is empty"
        if not chars and not any(next(tree.iter(tag), None) is not None for tag in _SHOWN_WITHOUT_TEXT):
            return "it loads its text by script, which is not run: it holds scripts and nothing else"
    return None


def soft_404(markup: Markup, words: PageWords) -> str | None:
    """Why a page that came with a good status says that there is nothing; None for any other.

    Its title or its first headings must be the message and nothing else, the page must say little more, and it must not be
    dated as articles are: an article about error pages is an article.
    """
    tree = _tree(markup, "")
    if tree is None:
        return None
    head = read_head(tree, None)
    if any(item.get("datePublished") for item in head.articles) or "article:published_time" in head.metas:
        return None
    said = next(filter(None, (_missing(text, words) for text in _headings(tree))), None)
    if said is None:
        return None
    chars = sum(len(line.text) for line in page_lines(tree) if line.linked <= _LINKED and not line.is_margin)
    return f'it came with a good status but says "{said}"' if chars < LITTLE_CHARS else None


def kind_of_page(markup: Markup, address: str | None = None) -> Kind | None:
    """Whether a page is an article or a list of articles; None where neither is sure.

    A list has many headlines and short teasers between them, an article one long text. What the page states of itself goes
    before how it looks, except on a site's front page.
    """
    tree = _tree(markup, "")
    if tree is None:
        return None
    head = read_head(tree, None)
    headlines, runs = _headlines_and_runs(page_lines(tree))
    run = max(runs)
    is_list = any(name in str(item.get("@type")) for item in head.pages for name in _LIST_TYPES)
    is_front = address is not None and not urlsplit(address).path.strip("/") and not urlsplit(address).query
    if is_front or is_list:
        return "index" if headlines >= FRONT_HEADLINES and run < HOME_RUN else None
    if headlines >= INDEX_HEADLINES and run < INDEX_RUN and not _states_article(head):
        return "index"
    if _states_article(head):
        return "article" if run >= ARTICLE_RUN or headlines < INDEX_HEADLINES else None
    return "article" if run >= ARTICLE_RUN and sum(each >= ARTICLE_RUN for each in runs) < WHOLE_ARTICLES else None


def _headlines_and_runs(lines: Sequence[Line]) -> tuple[int, list[int]]:
    """How many headlines a page has, and the characters of text before, between and behind them."""
    runs = [0]
    for line in lines:
        if line.linked > _LINKED:
            if len(line.text) >= HEADLINE_CHARS:
                runs.append(0)
        elif len(line.text) >= PROSE_CHARS and not line.is_margin:
            runs[-1] += len(line.text)
    return len(runs) - 1, runs


def _states_article(head: Head) -> bool:
    return head.metas.get("og:type", "").lower() == "article" or bool(head.articles)


def _headings(tree: HtmlElement) -> Iterator[str]:
    """The title of a page, whole and in its parts, and its first headings."""
    title = tree.find(".//title")
    if title is not None:
        whole = squeeze(title.text_content())
        yield whole
        yield from _TITLE_PARTS.split(whole)
    for rank in ("h1", "h2"):
        yield from (squeeze(heading.text_content()) for _, heading in zip(range(2), tree.iter(rank), strict=False))


def _missing(text: str, words: PageWords) -> str | None:
    """The text where it is nothing but such a message."""
    return text if len(text) <= MESSAGE_CHARS and words.missing.fullmatch(_fold(text)) else None


def _fold(text: str) -> str:
    """Words in lower case with single spaces between them: apostrophes, dashes and full stops are spaces too."""
    return _FOLDED.sub(" ", text).strip().lower()


def _base(tree: HtmlElement, address: str) -> str:
    """What relative addresses of a page count from (HTML standard, section 4.2.3)."""
    base = tree.find(".//base[@href]")
    try:
        return urljoin(address, base.get("href").strip()) if base is not None else address
    except ValueError:
        return address


def _tree(markup: Markup, needed: str) -> HtmlElement | None:
    """The tree of a page; None where its characters do not hold what is looked for, which spares parsing it."""
    if not isinstance(markup, str):
        return markup
    return load_html(markup) if needed in markup.lower() and markup.strip() else None
