"""An HTML page to blocks: the article as trafilatura finds it, then everything that it left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement
from trafilatura import bare_extraction

from transforms.blocks import Piece
from transforms.markup import parse_markup
from transforms.metadata import Metadata, read_metadata
from transforms.page_lines import Line, drop_hints, fold, page_lines, squeeze
from transforms.region import CELLS, COVERED_CHARS, LINK_LINE, PROSE_WORDS, correct, find_region, lines_within

_EARLY_ENDS = re.compile(r"</(?:body|html)\s*>", re.I)
"""Browsers read on behind these, and so must we: some templates close the page behind its menu. The parser stops there."""
HEAD_LINES = 3
"""Between a title or a first picture and the article below it may stand a standfirst, a byline and a date."""
_LINK_CHARS = 8  # a shorter link text may stand in any sentence


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """What one HTML page gave: metadata, pieces in order (the article first), and how much of the article is links."""

    metadata: Metadata
    pieces: list[Piece]
    linked: float


def read_html(html: str, url: str) -> HtmlPage | None:
    """Article, remainder and metadata of a page; None where the markup holds no element at all. Raises UnreadableError.

    The article is what trafilatura extracts without comments, corrected by where it stands on the page (`region.correct`).
    What is left out follows, each line once, as `boilerplate` (captions in or right above the article as `caption`), so that a
    reader can see what was dropped.
    """
    html = _EARLY_ENDS.sub("", html)
    tree = parse_markup(html)
    if tree is None:
        return None
    drop_hints(tree)
    lines = page_lines(tree)
    metadata = read_metadata(tree, url, lines)
    body = _extracted(tree)
    region = find_region(lines)
    captions = {fold(line.text) for line in lines if line.zone == "caption"}
    found = correct(list(_article(body)) if body is not None else [], lines, region)
    article = [Piece(piece.text, "caption") if fold(piece.text) in captions else piece for piece in found]
    near = lines_within(lines, region, HEAD_LINES)
    rest = _left_out(lines, article, near)
    linked = _linked_share(lines, article)
    return HtmlPage(metadata, _title_first(metadata.title, article, rest, near), linked)


def _extracted(tree: HtmlElement) -> HtmlElement | None:
    """The tree that trafilatura makes of the article; None where it finds none, or where elements nest deeper than it goes."""
    try:
        extracted = bare_extraction(tree, include_comments=False, fast=True)
    except RecursionError:
        return None
    return extracted.body if extracted is not None else None


def _title_first(title: str | None, article: list[Piece], rest: list[Piece], near: frozenset[str]) -> list[Piece]:
    """The pieces with the title in front, where it is printed in or right above the article; else it adds nothing to it.

    An article begins with its title: short lines above it, of a section or of another story, are none of it.
    """
    key = fold(title or "")
    at = next((i for i, piece in enumerate(article[: HEAD_LINES + 1]) if key and fold(piece.text) == key), None)
    if at is not None and all(len(piece.text.split()) < PROSE_WORDS for piece in article[:at]):
        above = [Piece(piece.text, "boilerplate") for piece in article[:at]]
        return [Piece(article[at].text, "title"), *article[at + 1 :], *above, *rest]
    printed = [piece for piece in rest if key in near and fold(piece.text) == key]
    return [
        *(Piece(piece.text, "title") for piece in printed[:1]),
        *article,
        *(piece for piece in rest if piece not in printed),
    ]


def _article(body: HtmlElement) -> Iterator[Piece]:
    """The blocks of trafilatura's own tree: `p`, `head`, `quote`, `list`, `table`, and text between them."""
    for element in body:
        if element.tag == "list":
            yield from _pieces([_text(item) for item in element.iter("item")] or [_text(element)], "list")
        elif element.tag == "table":
            yield from _pieces([CELLS.join(filter(None, (_text(cell) for cell in row))) for row in element.iter("row")], "list")
        else:
            yield from _pieces(_text(element, keep_breaks=True).split("\n"), "heading" if element.tag == "head" else "body")
        if element.tail:
            yield from _pieces([squeeze(element.tail)], "body")


def _pieces(texts: list[str], zone: str) -> Iterator[Piece]:
    for text in texts:
        if text.strip():
            yield Piece(text.strip(), zone)


def _text(element: HtmlElement, *, keep_breaks: bool = False) -> str:
    """Text of an element, white space squeezed; `lb` breaks the line where breaks are kept."""
    parts = []
    for node in element.iter():
        if node is not element and node.tag in ("lb", "p"):
            parts.append("\x00" if keep_breaks else " ")
        if isinstance(node.tag, str) and node.text:
            parts.append(node.text)
        if node is not element and node.tail:
            parts.append(node.tail)
    return "\n".join(squeeze(part) for part in "".join(parts).split("\x00"))


def _left_out(lines: list[Line], article: list[Piece], near: frozenset[str]) -> list[Piece]:
    """Lines that the article does not hold, each once; a caption elsewhere on the page is another story's."""
    whole = "".join(fold(piece.text) for piece in article)
    seen = {fold(part) for piece in article for part in (piece.text, *piece.text.split(CELLS))}
    rest = []
    for line in lines:
        key = fold(line.text)
        if not key and not line.text.strip():
            continue
        if key in seen or (len(key) >= COVERED_CHARS and key in whole):
            continue
        seen.add(key)
        rest.append(Piece(line.text, line.zone if key in near else "boilerplate"))
    return rest


def _linked_share(lines: list[Line], article: list[Piece]) -> float:
    """Share of the article's characters that stand in lines made of links."""
    whole = "".join(fold(piece.text) for piece in article)
    linked = {fold(line.text) for line in lines if line.linked > LINK_LINE}
    covered = sum(len(key) * whole.count(key) for key in linked if len(key) >= _LINK_CHARS)
    return min(1.0, covered / len(whole)) if whole else 0.0
