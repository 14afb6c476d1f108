"""The title of a page: the heading that it prints, where its head agrees, else what its head states without the site's name."""

import re
from collections.abc import Iterable
from html import unescape

from lxml.html import HtmlElement

from transforms.page_head import Head
from transforms.page_lines import fold, squeeze

_PARTED = re.compile(r"\s+[|–—·•»«:/-]\s+|\s*[|»]\s*")
_SURE_PARTING = re.compile(r"[|»·•]")
_WORD = re.compile(r"\w+")
_STATED = ("og:title", "twitter:title", "citation_title", "dc.title", "headline", "parsely-title", "sailthru.title", "title")

AGREEMENT = 0.5
"""Words that a printed heading shares with the title in the head, of all words of both: half of them, and it is the title."""
SITE_WORDS = 5
"""A last part of a title with more words than this is no site's name."""
TITLE_WORDS = 3
"""What is left when a last part is dropped has at least as many words: "News | Site" is no title."""


def find_title(tree: HtmlElement, head: Head) -> str | None:
    """The title of a page; None where it neither prints nor states one.

    A page's `h1` may be the site's name or a slogan, and its `title` element carries the site's name or words for search
    engines. So a printed `h1` counts where it shares most words with what the head states, the best first. Where none does,
    the head's title stands, and where the head states none, a lone `h1`.
    """
    element = tree.find(".//head/title")
    own = [headline for headline in (item.get("headline") for item in head.articles) if isinstance(headline, str)]
    own += [head.metas.get(name, "") for name in _STATED]
    own.append(element.text_content() if element is not None else "")
    stated = [without_site(title, head.site) for title in (squeeze(unescape(title)) for title in own) if title]
    printed = [title for title in (_shown(heading) for heading in tree.iter("h1")) if title]
    best = max(printed, key=lambda title: _agreement(title, stated), default=None)
    if best is not None and _agreement(best, stated) >= AGREEMENT:
        return best
    named = [title for title in stated if fold(title) != fold(head.site or "")]
    if named:
        return named[0]
    return printed[0] if len(set(printed)) == 1 else None


def without_site(title: str, site: str | None) -> str:
    """A title without the name of its site at either end, behind a bar, a dash or a dot."""
    marks = list(_PARTED.finditer(title))
    if not marks:
        return title
    first, last = title[: marks[0].start()], title[marks[-1].end() :]
    before, behind = title[: marks[-1].start()].strip(), title[marks[0].end() :].strip()
    name = fold(site or "")
    if name and fold(first) == name and behind:
        return behind
    is_named = (bool(name) and fold(last) in name) or name in fold(last) if name else False
    if is_named and before:
        return without_site(before, None) if len(marks) > 1 and _SURE_PARTING.search(before) else before
    words = len(_WORD.findall(last))
    is_sure = bool(_SURE_PARTING.search(marks[-1][0]))
    if (
        ":" not in marks[-1][0]
        and words <= SITE_WORDS
        and len(_WORD.findall(before)) >= TITLE_WORDS
        and (is_sure or words <= 4)
    ):
        return before
    return title


def _shown(heading: HtmlElement) -> str:
    """Text of a heading, with a space where a line of it ends."""
    return squeeze(
        " ".join(heading.itertext()) if len(heading) and heading.find(".//br") is not None else heading.text_content()
    )


def _agreement(printed: str, stated: Iterable[str]) -> float:
    """The largest share of words that a printed heading has in common with a stated title."""
    ours = {word.casefold() for word in _WORD.findall(printed)}
    best = 0.0
    for title in stated:
        theirs = {word.casefold() for word in _WORD.findall(title)}
        if ours and theirs:
            best = max(best, 2 * len(ours & theirs) / (len(ours) + len(theirs)))
    return best
