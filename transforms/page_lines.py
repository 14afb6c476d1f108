"""The lines of a page as a browser would break it, each with where it stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from lxml.html import HtmlElement

_HIDDEN = frozenset("script style noscript template svg head iframe object select textarea".split())
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike strong sub sup"
    " time tt u var wbr".split()
)
_CAPTIONS = ("figcaption", "caption")
_MARGINS = ("aside", "footer", "nav")
_MARGIN_MARKS = re.compile(r"comment(?!ary)|related|footer|sidebar|recommend|breadcrumb", re.I)
_INTERRUPTION_MARKS = re.compile(
    r"newsletter|promo|banner|popup|modal|disclaimer|disclosure|copyright|advert|sponsor|read-?more"
    r"|(?:^|[ _-])(?:cta|ads?)(?:$|[ _-])"
    r"|(?:breaking|trending|latest|popular|most|more)[-_]?(?:news|posts?|stor(?:y|ies)|articles?|read|viewed)",
    re.I,
)
_HINT = re.compile(
    r"(?:tool-?tip|popover|rollover|hover-?card)s?(?:[\w-]*[-_])?(?:text|content|body|inner|box|block|card|panel)\b", re.I
)
"""What is shown while the pointer rests on a word. The element around word and hint often bears the bare name of the effect."""
_MARK_CHARS = 2_000
"""What is looked at of a class or an id: a longer one is there to keep us busy."""
_HINT_WORDS = 200  # whatever bears such a name and holds more is no hint
_LINE_CHARS = 2_000  # longer lines are few, and not kept
_SPACE = re.compile(r"\s+")
_FOLDED = re.compile(r"[\W_]+")

_LONG_WORDS = 10
_LINKED = 0.5
_WIDE_SHARE = 0.5  # layouts are called "with-sidebar" and wrap the article itself

Step = tuple[str | None, bool, bool, HtmlElement, tuple[HtmlElement, ...]]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page, the innermost block element that holds it, and the share of its characters inside links.

    `is_margin` where it stands in what surrounds an article or interrupts it: navigation, footer, aside, form, readers'
    comments, related stories, promotion, advertisements.
    """

    text: str
    zone: str
    linked: float
    is_margin: bool
    element: HtmlElement


def page_lines(tree: HtmlElement) -> list[Line]:
    """Every visible line of a page in its order; a line ends where a block element begins or ends."""
    lines: list[Line] = []
    around: list[tuple[HtmlElement, ...]] = []
    text: list[str] = []
    linked = 0
    zone, block, above = "boilerplate", tree, ()
    for words, is_linked, is_caption, element, margins in _walk(tree):
        if words is not None:
            if not text:
                block, above = element, margins
            text.append(words)
            linked += len(words.strip()) if is_linked else 0
            zone = "caption" if is_caption else zone
        elif text:
            line = squeeze("".join(text))
            if line:
                lines.append(Line(line, zone, min(1.0, linked / len(line)), False, block))
                around.append(above)
            text, linked, zone = [], 0, "boilerplate"
    return _without_wide_margins(lines, around)


def drop_hints(tree: HtmlElement) -> None:
    """Take hints out of a tree: hidden until the pointer rests on a word, they stand in the middle of its sentence."""
    for element in filter(_is_hint, tree.xpath(".//*[@class or @role='tooltip']")):
        if len("".join(element.itertext()).split()) <= _HINT_WORDS:
            element.drop_tree()


def _is_hint(element: HtmlElement) -> bool:
    mark = element.get("class")
    return bool(mark and _says(mark[:_MARK_CHARS], _HINT)) or element.get("role") == "tooltip"


def squeeze(text: str) -> str:
    """Text with every run of white space as one space."""
    return _SPACE.sub(" ", text).strip()


def fold(text: str) -> str:
    """Text without case, white space and punctuation: what two printings of a line have in common."""
    return _folded(text) if len(text) <= _LINE_CHARS else _folded.__wrapped__(text)


@lru_cache(maxsize=4_096)
def _folded(text: str) -> str:
    """A page's lines are asked for again and again while it is read."""
    return _FOLDED.sub("", text).casefold()


def _without_wide_margins(lines: list[Line], margins: list[tuple[HtmlElement, ...]]) -> list[Line]:
    """The lines with `is_margin` told: what holds most of a page's long lines is no margin, whatever its class says.

    Nor does a heading of the first rank stand in one: titles stand in banners.
    """
    weights: dict[HtmlElement, int] = {}
    total = 0
    for line, above in zip(lines, margins, strict=True):
        words = line.text.count(" ") + 1
        if words >= _LONG_WORDS and line.linked < _LINKED:
            total += words
            for element in above:
                weights[element] = weights.get(element, 0) + words
    wide = {element for element, words in weights.items() if words > _WIDE_SHARE * total}
    return [
        replace(line, is_margin=True) if line.element.tag != "h1" and any(element not in wide for element in above) else line
        for line, above in zip(lines, margins, strict=True)
    ]


def _walk(tree: HtmlElement) -> Iterator[Step]:
    """Text in document order, whether it is a link's or a caption's, its block and the margins around it; None ends a line.

    Without recursion: pages nest deeper than Python's stack.
    """
    stack: list[tuple[HtmlElement, bool, bool, bool, HtmlElement, tuple[HtmlElement, ...]]]
    stack = [(tree, False, False, False, tree, ())]
    while stack:
        element, leaving, in_link, in_caption, block, margins = stack.pop()
        tag = element.tag
        hidden = not isinstance(tag, str) or tag in _HIDDEN
        if not hidden and tag not in _INLINE:
            yield None, False, False, block, margins
        if hidden or leaving:
            if element.tail and element is not tree:
                yield element.tail, in_link, in_caption, block, margins
            continue
        stack.append((element, True, in_link, in_caption, block, margins))
        in_link, in_caption = in_link or tag == "a", in_caption or tag in _CAPTIONS
        if is_margin(element) or _interrupts(element):
            margins = (*margins, element)
        block = block if tag in _INLINE or tag == "br" else element
        if element.text:
            yield element.text, in_link, in_caption, block, margins
        stack.extend((child, False, in_link, in_caption, block, margins) for child in reversed(element))
    yield None, False, False, tree, ()


def is_margin(element: HtmlElement) -> bool:
    """Whether an element's tag, class or id says that it surrounds an article."""
    if element.tag in _MARGINS:
        return True
    if element.tag in ("html", "body", "article", "main"):
        return False
    return _is_marked(element, _MARGIN_MARKS)


def _interrupts(element: HtmlElement) -> bool:
    """Whether an element's tag, class or id says that it asks for something or promotes it, between paragraphs or beside them.

    Such marks are less sure: a byline may stand in a banner.
    """
    if element.tag in ("html", "body", "article", "main"):
        return False
    return element.tag == "form" or _is_marked(element, _INTERRUPTION_MARKS)


def _is_marked(element: HtmlElement, marks: re.Pattern[str]) -> bool:
    return any(_says(mark[:_MARK_CHARS], marks) for mark in (element.get("class"), element.get("id")) if mark)


@lru_cache(maxsize=8_192)
def _says(mark: str, marks: re.Pattern[str]) -> bool:
    """A site's classes stand in many elements of many pages."""
    return marks.search(mark) is not None
