"""An HTML page to blocks: the article as trafilatura finds it, then everything that it left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura import bare_extraction, load_html

from transforms.blocks import Piece
from transforms.metadata import Metadata, read_metadata

_HIDDEN = {"script", "style", "noscript", "template", "svg", "head", "iframe", "object", "select", "textarea"}
_INLINE = {
    "a",
    "abbr",
    "acronym",
    "b",
    "bdi",
    "bdo",
    "big",
    "cite",
    "code",
    "data",
    "del",
    "dfn",
    "em",
    "font",
    "i",
    "ins",
    "kbd",
    "label",
    "mark",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "time",
    "tt",
    "u",
    "var",
    "wbr",
}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_SPACE = re.compile(r"\s+")
_FOLDED = re.compile(r"[\W_]+")
_CELLS = " | "
_LINK_LINE = 0.8  # a headline with a date or a number beside it is still a link
_LINK_CHARS = 8  # a shorter link text may stand in any sentence
_COVERED_CHARS = 25  # a shorter line may stand inside the article by chance and still be a button


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page as a browser would break it, with the share of its characters that lie inside links."""

    text: str
    zone: str
    linked: float


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """What one HTML page gave: metadata, pieces in order (the article first), and how much of the article is links."""

    metadata: Metadata
    pieces: list[Piece]
    linked: float


def read_html(html: str, url: str) -> HtmlPage | None:
    """Article, remainder and metadata of a page; None where the markup holds no element at all.

    The article is what trafilatura extracts without comments. What it leaves out follows, each line once, as `boilerplate`
    (figure captions as `caption`), so that a reader can see what was dropped.
    """
    tree = load_html(html)
    if tree is None:
        return None
    metadata = read_metadata(tree, url)
    lines = list(_lines(_whole_tree(html)))
    extracted = bare_extraction(tree, include_comments=False)
    captions = {_fold(line.text) for line in lines if line.zone == "caption"}
    found = _article(extracted.body) if extracted is not None and extracted.body is not None else ()
    article = [Piece(piece.text, "caption") if _fold(piece.text) in captions else piece for piece in found]
    rest = _left_out(lines, article)
    linked = _linked_share(lines, article)
    return HtmlPage(metadata, _title_first(metadata.title, article, rest), linked)


def _title_first(title: str | None, article: list[Piece], rest: list[Piece]) -> list[Piece]:
    """The pieces with the page's printed title in front; a title that is printed nowhere adds nothing to the text."""
    key = _fold(title or "")
    if key and article and _fold(article[0].text) == key:
        return [Piece(article[0].text, "title"), *article[1:], *rest]
    printed = [piece for piece in rest if key and _fold(piece.text) == key]
    return [
        *(Piece(piece.text, "title") for piece in printed[:1]),
        *article,
        *(piece for piece in rest if piece not in printed),
    ]


def _whole_tree(html: str) -> HtmlElement:
    """The page as a browser reads it: also what stands behind `</html>`, which the extractor leaves out."""
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    return document_fromstring(html.encode("utf-8"), parser=parser)


def _article(body: HtmlElement) -> Iterator[Piece]:
    """The blocks of trafilatura's own tree: `p`, `head`, `quote`, `list`, `table`, and text between them."""
    for element in body:
        if element.tag == "list":
            yield from _pieces([_text(item) for item in element.iter("item")] or [_text(element)], "list")
        elif element.tag == "table":
            yield from _pieces(
                [_CELLS.join(filter(None, (_text(cell) for cell in row))) for row in element.iter("row")], "list"
            )
        else:
            yield from _pieces(_text(element, keep_breaks=True).split("\n"), "heading" if element.tag == "head" else "body")
        if element.tail:
            yield from _pieces([_squeeze(element.tail)], "body")


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
    return "\n".join(_squeeze(part) for part in "".join(parts).split("\x00"))


def _squeeze(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _fold(text: str) -> str:
    return _FOLDED.sub("", text).casefold()


def _lines(tree: HtmlElement) -> Iterator[Line]:
    """Every visible line of a page in its order; a line ends where a block element begins or ends."""
    text: list[str] = []
    linked = 0
    zone = "boilerplate"
    for words, is_linked, is_caption in _walk(tree):
        if words is not None:
            text.append(words)
            linked += len(words.strip()) if is_linked else 0
            zone = "caption" if is_caption else zone
        elif text:
            line = _squeeze("".join(text))
            if line:
                yield Line(line, zone, min(1.0, linked / len(line)))
            text, linked, zone = [], 0, "boilerplate"


def _walk(tree: HtmlElement) -> Iterator[tuple[str | None, bool, bool]]:
    """Text in document order, whether it is linked and whether it is a caption's; None where a line ends.

    Without recursion: pages nest deeper than Python's stack.
    """
    stack: list[tuple[HtmlElement, bool, bool, bool]] = [(tree, False, False, False)]
    while stack:
        element, leaving, in_link, in_caption = stack.pop()
        hidden = not isinstance(element.tag, str) or element.tag in _HIDDEN
        if not hidden and element.tag not in _INLINE:
            yield None, False, False
        if hidden or leaving:
            if element.tail and element is not tree:
                yield element.tail, in_link, in_caption
            continue
        stack.append((element, True, in_link, in_caption))
        in_link, in_caption = in_link or element.tag == "a", in_caption or element.tag in ("figcaption", "caption")
        if element.text:
            yield element.text, in_link, in_caption
        stack.extend((child, False, in_link, in_caption) for child in reversed(element))
    yield None, False, False


def _left_out(lines: list[Line], article: list[Piece]) -> list[Piece]:
    """Lines that the article does not hold, each once."""
    whole = "".join(_fold(piece.text) for piece in article)
    seen = {_fold(part) for piece in article for part in (piece.text, *piece.text.split(_CELLS))}
    rest = []
    for line in lines:
        key = _fold(line.text)
        if not key and not line.text.strip():
            continue
        if key in seen or (len(key) >= _COVERED_CHARS and key in whole):
            continue
        seen.add(key)
        rest.append(Piece(line.text, line.zone))
    return rest


def _linked_share(lines: list[Line], article: list[Piece]) -> float:
    """Share of the article's characters that stand in lines made of links."""
    whole = "".join(_fold(piece.text) for piece in article)
    linked = {_fold(line.text) for line in lines if line.linked > _LINK_LINE}
    covered = sum(len(key) * whole.count(key) for key in linked if len(key) >= _LINK_CHARS)
    return min(1.0, covered / len(whole)) if whole else 0.0
