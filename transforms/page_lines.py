"""The lines of a page as a browser would break it, each with where it stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement, HTMLParser, document_fromstring

_HIDDEN = frozenset("script style noscript template svg head iframe object select textarea".split())
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike strong sub sup"
    " time tt u var wbr".split()
)
_CAPTIONS = ("figcaption", "caption")
_MARGINS = ("aside", "footer", "nav")
_MARGIN_MARKS = re.compile(r"comment(?!ary)|related|footer|sidebar|recommend|breadcrumb", re.I)
_SPACE = re.compile(r"\s+")
_FOLDED = re.compile(r"[\W_]+")

Step = tuple[str | None, bool, bool, bool, HtmlElement]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page, the innermost block element that holds it, and the share of its characters inside links.

    `is_margin` where it stands in what surrounds an article: navigation, footer, aside, readers' comments, related stories.
    """

    text: str
    zone: str
    linked: float
    is_margin: bool
    element: HtmlElement


def whole_tree(html: str) -> HtmlElement:
    """The page as a browser reads it: also what stands behind `</html>`, which the extractor leaves out."""
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    return document_fromstring(html.encode("utf-8"), parser=parser)


def page_lines(tree: HtmlElement) -> list[Line]:
    """Every visible line of a page in its order; a line ends where a block element begins or ends."""
    return list(_lines(tree))


def squeeze(text: str) -> str:
    """Text with every run of white space as one space."""
    return _SPACE.sub(" ", text).strip()


def fold(text: str) -> str:
    """Text without case, white space and punctuation: what two printings of a line have in common."""
    return _FOLDED.sub("", text).casefold()


def _lines(tree: HtmlElement) -> Iterator[Line]:
    text: list[str] = []
    linked = 0
    zone, margin, block = "boilerplate", False, tree
    for words, is_linked, is_caption, is_margin, element in _walk(tree):
        if words is not None:
            if not text:
                margin, block = is_margin, element
            text.append(words)
            linked += len(words.strip()) if is_linked else 0
            zone = "caption" if is_caption else zone
        elif text:
            line = squeeze("".join(text))
            if line:
                yield Line(line, zone, min(1.0, linked / len(line)), margin, block)
            text, linked, zone = [], 0, "boilerplate"


def _walk(tree: HtmlElement) -> Iterator[Step]:
    """Text in document order, whether it is a link's, a caption's or a margin's, and its block; None where a line ends.

    Without recursion: pages nest deeper than Python's stack.
    """
    stack: list[tuple[HtmlElement, bool, bool, bool, bool, HtmlElement]] = [(tree, False, False, False, False, tree)]
    while stack:
        element, leaving, in_link, in_caption, in_margin, block = stack.pop()
        tag = element.tag
        hidden = not isinstance(tag, str) or tag in _HIDDEN
        if not hidden and tag not in _INLINE:
            yield None, False, False, False, block
        if hidden or leaving:
            if element.tail and element is not tree:
                yield element.tail, in_link, in_caption, in_margin, block
            continue
        stack.append((element, True, in_link, in_caption, in_margin, block))
        in_link, in_caption = in_link or tag == "a", in_caption or tag in _CAPTIONS
        in_margin = in_margin or is_margin(element)
        block = block if tag in _INLINE or tag == "br" else element
        if element.text:
            yield element.text, in_link, in_caption, in_margin, block
        stack.extend((child, False, in_link, in_caption, in_margin, block) for child in reversed(element))
    yield None, False, False, False, tree


def is_margin(element: HtmlElement) -> bool:
    """Whether an element's tag, class or id says that it surrounds an article."""
    if element.tag in _MARGINS:
        return True
    if element.tag in ("html", "body", "article", "main"):
        return False
    mark = element.get("class")
    if mark and _MARGIN_MARKS.search(mark):
        return True
    mark = element.get("id")
    return bool(mark and _MARGIN_MARKS.search(mark))
