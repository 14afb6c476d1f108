"""Plain text and Markdown to blocks."""

import re
from collections.abc import Iterator
from itertools import pairwise
from statistics import median

from markdown_it import MarkdownIt
from markdown_it.token import Token

from transforms.blocks import Block, Piece, lay_out
from transforms.zones import zone_plain_text

_PARAGRAPH = re.compile(r"[^\s](?:[^\n]|\n(?!\s*\n))*")
_LINE = re.compile(r"\S[^\n]*")
_STOPPED = re.compile(r"""[.!?…:;][)"'”’»\]]*$""")
_WRAPPED_CHARS = (50, 100)
"""Lines of hand-wrapped text are nearly as long as the longest, and no longer than a terminal or a mail is wide."""
_WRAPPED_SHARE = 0.6
_RAGGED_CHARS = 12


def read_plain(text: str) -> list[Block]:
    """Blocks of a text without markup. Each line is a paragraph, unless the text is wrapped by hand at some width."""
    width = _wrapped_width(text)
    spans = list(_unwrapped(text, width)) if width else list(_sentences_joined(text))
    return zone_plain_text(text, [(start, start + len(text[start:end].rstrip())) for start, end in spans])


def _sentences_joined(text: str) -> Iterator[tuple[int, int]]:
    """Spans of lines; a long line that stops in mid-sentence goes on in the next one where that begins in lower case."""
    spans: list[tuple[int, int]] = []
    for match in _LINE.finditer(text):
        start, end = spans[-1] if spans else (0, 0)
        between = text[end : match.start()]
        cut_short = end - text.rfind("\n", 0, end) > _WRAPPED_CHARS[0] and not _STOPPED.search(text[start:end].rstrip())
        if spans and cut_short and between.count("\n") == 1 and match[0][0].islower():
            spans[-1] = (start, match.end())
        else:
            spans.append(match.span())
    yield from spans


def _wrapped_width(text: str) -> float | None:
    """The column near which the long lines of its paragraphs, but each last one, end; None where they end anywhere."""
    lengths = []
    for match in _PARAGRAPH.finditer(text):
        lines = match[0].split("\n")[:-1]
        lengths += [len(line.rstrip()) for line in lines if len(lines[0]) >= _WRAPPED_CHARS[0]]
    if len(lengths) < 3:
        return None
    shortest, widest = _WRAPPED_CHARS
    usual = median(lengths)
    near = sum(abs(length - usual) <= _RAGGED_CHARS for length in lengths)
    is_wrapped = shortest <= usual <= widest and max(lengths) <= widest + 20 and near >= _WRAPPED_SHARE * len(lengths)
    return usual if is_wrapped else None


def _unwrapped(text: str, width: float) -> Iterator[tuple[int, int]]:
    """Spans of paragraphs of a wrapped text. A line ends one where the next line's first word had room behind it."""
    for paragraph in _PARAGRAPH.finditer(text):
        lines = [(paragraph.start() + line.start(), line[0].rstrip()) for line in _LINE.finditer(paragraph[0])]
        start = lines[0][0]
        for (at, line), (following, next_line) in pairwise(lines):
            if len(line) + 1 + len(next_line.split()[0]) <= width - _RAGGED_CHARS:
                yield start, at + len(line)
                start = following
        yield start, paragraph.end()


def read_markdown(text: str) -> tuple[str, list[Block]]:
    """Text without markup characters, and its blocks, of a Markdown page; the first top heading is the title."""
    pieces = list(_markdown_pieces(MarkdownIt("commonmark").enable("table").parse(_without_front_matter(text))))
    for i, piece in enumerate(pieces):
        if piece.zone == "heading":
            if i == 0:
                pieces[0] = Piece(piece.text, "title")
            break
    return lay_out(pieces)


def _without_front_matter(text: str) -> str:
    return re.sub(r"\A---\n.*?\n(?:---|\.\.\.)\n", "", text, count=1, flags=re.S)


def _markdown_pieces(tokens: list[Token]) -> Iterator[Piece]:
    zones = ["body"]
    for token in tokens:
        if token.type in ("heading_open", "list_item_open", "tr_open"):
            zones.append("heading" if token.type == "heading_open" else "list")
        elif token.type in ("heading_close", "list_item_close", "tr_close"):
            zones.pop()
        elif token.type == "inline":
            for line in _shown(token).split("\x00"):
                if line.strip():
                    yield Piece(" ".join(line.split()), zones[-1])
        elif token.type in ("fence", "code_block") and token.content.strip():
            yield Piece(token.content.strip(), "boilerplate")


def _shown(inline: Token) -> str:
    """What a reader sees of an inline token: text of links and code, alternative texts left out."""
    parts = []
    for child in inline.children or ():
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type == "hardbreak":
            parts.append("\x00")
        elif child.type == "softbreak":
            parts.append(" ")
    return "".join(parts)
