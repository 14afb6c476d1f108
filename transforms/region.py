"""Where on a page its article stands, told from how its lines read: a second opinion on what the extractor found."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from lxml.html import HtmlElement

from transforms.blocks import Piece
from transforms.page_lines import Line, fold

_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_ITEMS = ("li", "td", "th", "dd", "dt")
_LEAVES = frozenset("p li td th tr tbody dd dt blockquote pre ul ol h1 h2 h3 h4 h5 h6".split())
_LINKED_TAGS = ("li", "p", *_HEADINGS)
_PROSE = ("p", "li", "blockquote", "dd", "td", "pre", *_HEADINGS)

PROSE_WORDS = 10
"""A line with fewer words may be a button, a label or a headline."""
LINKED = 0.5
LINK_LINE = 0.8
"""A headline with a date or a number beside it is still a link."""
COVERED_CHARS = 25
"""A shorter line may stand inside the article by chance and still be a button."""
CELLS = " | "
"""What stands between the cells of a row in a piece."""
REGION_SHARE = 0.75
"""The article's element holds at least this share of a page's prose; the next smaller one does not."""
MISSED_SHARE = 0.2
"""An extractor that found less of the region's prose took something else for the article."""
HALF_SHARE = 0.75
"""An extractor that found less of it left parts out: then any prose between what it found is the article's."""
REGION_WORDS = 150
"""A region with less prose is no better than what the extractor found."""
LUMP_LINES = 20
LUMP_WORDS = 200
"""A piece of so many lines or words, of which the region holds less than half, is no paragraph but a page in one piece."""
SHORT_WORDS = 40
"""Next to such a lump even a short region is better."""
LINK_PIECES = 12
"""More links than this are what an article is about: a list of sources or of news."""
LINK_WORDS = 4
"""A linked line with fewer words may be the name of a thing that an article lists."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line, folded, the piece of the article that holds it (None where none does), and whether it is in the region."""

    line: Line
    key: str
    piece: int | None
    inside: bool

    @property
    def is_prose(self) -> bool:
        """Whether it is prose of the region."""
        return self.inside and is_prose(self.line)


def is_prose(line: Line) -> bool:
    """Whether a line reads like a sentence of an article: long, not made of links, not in a margin, no caption."""
    is_text = not line.is_margin and line.zone != "caption" and line.linked < LINKED
    return is_text and line.text.count(" ") + 1 >= PROSE_WORDS


def find_region(lines: Sequence[Line]) -> HtmlElement | None:
    """The smallest element that holds REGION_SHARE of a page's prose; None where the page has none."""
    weights: dict[HtmlElement, int] = {}
    for line in lines:
        if is_prose(line):
            words = line.text.count(" ") + 1
            weights[line.element] = weights.get(line.element, 0) + words
    total = sum(weights.values())
    sums: dict[HtmlElement, int] = {}
    for element, words in weights.items():
        above: HtmlElement | None = element
        while above is not None:
            sums[above] = sums.get(above, 0) + words
            above = above.getparent()
    held = [element for element, words in sums.items() if words >= REGION_SHARE * total]
    # Elements that hold so much lie in one another: the innermost comes from the deepest path.
    region = min(held, key=lambda element: (sums[element], -_depth(element)), default=None)
    while region is not None and region.tag in _LEAVES and region.getparent() is not None:
        region = region.getparent()
    return region


def lines_within(lines: Sequence[Line], region: HtmlElement | None, above: int) -> frozenset[str]:
    """The folded lines of the region, and so many right above it, but those of margins; without a region all lines are."""
    if region is None:
        return frozenset(fold(line.text) for line in lines)
    inside = set(region.iter())
    held = [i for i, line in enumerate(lines) if line.element in inside]
    first, last = (held[0], held[-1]) if held else (0, len(lines))
    return frozenset(fold(line.text) for line in lines[max(0, first - above) : last + 1] if not line.is_margin)


def correct(article: Sequence[Piece], lines: Sequence[Line], region: HtmlElement | None) -> list[Piece]:
    """The extractor's pieces, corrected by where they stand and by what stands between them.

    What it took from behind the region or from margins goes. Prose, headings and items that it left out between its own
    lines come back, and so does prose anywhere in the region that has the same markup as what it found. Where it found next
    to nothing of the region, the region's lines are the article.
    """
    if region is None:
        return list(article)
    places = _places(lines, region, article)
    inside = _words(place for place in places if place.is_prose)
    covered = _words(place for place in places if place.is_prose and place.piece is not None)
    outside = _words(place for place in places if place.piece is not None and not place.inside and is_prose(place.line))
    is_missed = covered + outside < MISSED_SHARE * inside and inside >= REGION_WORDS
    if is_missed or (_is_lump(article, places) and inside >= SHORT_WORDS):
        return [_piece(place.line) for place in places if place.inside and _is_shown(place.line)]
    within = [i for i, place in enumerate(places) if place.is_prose and place.piece is not None]
    if covered <= outside:
        return list(article)
    back = _missing(places, within, is_half=covered < HALF_SHARE * inside)
    gone = _behind(places) | _links(places) | _in_margins(places)
    kept = [_piece(line) for line in back.get(-1, ())]
    for i, own in enumerate(article):
        kept += [own] if i not in gone else []
        kept += [_piece(line) for line in back.get(i, ())]
    return kept


def _depth(element: HtmlElement) -> int:
    return sum(1 for _ in element.iterancestors())


def _places(lines: Sequence[Line], region: HtmlElement, article: Sequence[Piece]) -> list[Place]:
    """The lines with the piece of the article that holds each: the same words, or a long line's words inside a piece."""
    inside = set(region.iter())
    keys = [fold(piece.text) for piece in article]
    whole, ends = "".join(keys), list(accumulate(map(len, keys)))
    exact: dict[str, int] = {}
    for i, piece in enumerate(article):
        for part in (piece.text, *piece.text.split(CELLS)):
            exact.setdefault(fold(part), i)
    places = []
    reached = 0
    for line in lines:
        key = fold(line.text)
        held = exact.get(key)
        if held is None and len(key) >= COVERED_CHARS:
            at = whole.find(key, reached)
            at = whole.find(key) if at < 0 else at
            held = bisect_right(ends, at) if at >= 0 else None
            reached = at if at >= 0 else reached
        places.append(Place(line, key, held if key else None, line.element in inside))
    return places


def _words(places: Iterable[Place]) -> int:
    return sum(place.line.text.count(" ") + 1 for place in places)


def _is_lump(article: Sequence[Piece], places: Sequence[Place]) -> bool:
    """Whether a piece is a page's menus and all: many lines, most of them outside the region, or most words no line's of it."""
    held: dict[int, list[Place]] = {}
    for place in places:
        if place.piece is not None:
            held.setdefault(place.piece, []).append(place)
    for i, own in held.items():
        words = article[i].text.count(" ") + 1
        outside = sum(not place.inside for place in own)
        inside = _words(place for place in own if place.inside)
        is_wide = len(own) >= LUMP_LINES and 2 * outside > len(own)
        if is_wide or (words >= LUMP_WORDS and 2 * inside < words and 2 * words > sum(len(p.text.split()) for p in article)):
            return True
    return False


def _missing(places: Sequence[Place], within: Sequence[int], *, is_half: bool) -> dict[int, list[Line]]:
    """The lines that come back, by the piece behind which they stand; -1 is in front of all.

    A heading comes back above something of the article alone.
    """
    marks = {_markup(places[i].line.element) for i in within}
    behind = -1
    wanted: list[tuple[int, Place, bool]] = []
    for i, place in enumerate(places):
        if place.piece is not None:
            behind = place.piece
            wanted.append((behind, place, False))
        elif place.inside and place.key and _is_shown(place.line) and place.line.zone != "caption":
            tag = place.line.element.tag
            between = within[0] < i < within[-1]
            is_alike = place.is_prose and tag not in _ITEMS and _markup(place.line.element) in marks
            is_part = between and (tag in _ITEMS or (place.is_prose and (is_half or tag in _PROSE)))
            is_heading = between and tag in _HEADINGS
            if is_alike or is_part or is_heading:
                wanted.append((behind, place, True))
            elif place.is_prose:
                wanted.append((behind, place, False))
    back: dict[int, list[Line]] = {}
    seen = set()
    heads = False
    for behind, place, is_new in reversed(wanted):
        is_heading = place.line.element.tag in _HEADINGS
        if is_new and place.key not in seen and (heads or not is_heading):
            seen.add(place.key)
            back.setdefault(behind, []).insert(0, place.line)
        heads = (is_new and (heads or not is_heading)) or place.piece is not None
    return back


def _behind(places: Sequence[Place]) -> set[int]:
    """Pieces of which every line stands behind the region."""
    last = max(i for i, place in enumerate(places) if place.inside)
    kept = {place.piece for i, place in enumerate(places) if i <= last}
    return {place.piece for place in places[last + 1 :] if place.piece is not None and place.piece not in kept}


def _in_margins(places: Sequence[Place]) -> set[int]:
    """Pieces that stand in margins alone: what promotes something between paragraphs."""
    inside: set[int] = set()
    outside: set[int] = set()
    for place in places:
        if place.piece is not None:
            (inside if place.line.is_margin else outside).add(place.piece)
    return inside - outside


def _links(places: Sequence[Place]) -> set[int]:
    """Pieces that are links to other pages and no more: other stories, set between paragraphs. Tables of contents stay.

    A linked heading heads what follows, unless another linked heading does.
    """
    linked: set[int] = set()
    heads: set[int] = set()
    other: set[int] = set()
    for place in places:
        if place.piece is not None:
            is_head = place.line.element.tag in _HEADINGS
            (other if not _leads_away(place.line) else heads if is_head else linked).add(place.piece)
    heads -= other
    gone = (linked - other) | {i for i in heads if i - 1 in heads or i + 1 in heads}
    return gone if len(gone) <= LINK_PIECES else set()


def _leads_away(line: Line) -> bool:
    """Whether a line is a link to another page; an address that is printed as it is, is the article's."""
    if line.linked <= LINK_LINE or line.element.tag not in _LINKED_TAGS or line.text.count(" ") + 1 < LINK_WORDS:
        return False
    links = list(line.element.iter("a")) or list(line.element.iterancestors("a"))
    return not any("#" in (link.get("href") or "#") for link in links)


def _is_shown(line: Line) -> bool:
    return not line.is_margin and line.linked <= LINK_LINE


def _markup(element: HtmlElement) -> tuple[str, ...]:
    above = element.getparent()
    marks = (str(element.tag), element.get("class") or "")
    return marks if above is None else (*marks, str(above.tag), above.get("class") or "")


def _piece(line: Line) -> Piece:
    tag = line.element.tag
    zone = "heading" if tag in _HEADINGS or tag == "h1" else "list" if tag in _ITEMS else "body"
    return Piece(line.text, "caption" if line.zone == "caption" else zone)
