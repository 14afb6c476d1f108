"""Blocks of text with the zone each stands in: what every way of reading a page comes down to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item or other piece of a page.

    `start` and `end` are code points into the document's text, end exclusive. `section` is the nearest heading above.
    """

    start: int
    end: int
    zone: str
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text with its zone, not yet placed in a document."""

    text: str
    zone: str


def lay_out(pieces: Iterable[Piece]) -> tuple[str, list[Block]]:
    """Join pieces by blank lines into one text, and say where each stands in it."""
    parts: list[str] = []
    blocks: list[Block] = []
    at = 0
    for piece in pieces:
        parts.append(piece.text)
        blocks.append(Block(at, at + len(piece.text), piece.zone))
        at += len(piece.text) + 2
    return "\n\n".join(parts), blocks


def with_sections(text: str, blocks: Sequence[Block]) -> list[Block]:
    """Give each block the nearest heading above it; what was left out of the article has none."""
    section: str | None = None
    placed = []
    for block in blocks:
        if block.zone == "heading":
            section = text[block.start : block.end].strip().rstrip(":")
            placed.append(block)
        elif block.zone in ("body", "list", "caption"):
            placed.append(replace(block, section=section))
        else:
            placed.append(block)
    return placed
