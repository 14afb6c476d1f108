"""Parsed blocks to sentences: every piece of a document's text in order, with its zone and section."""

from collections.abc import Iterator, Sequence

import polars as pl

from transforms.blocks import Block
from transforms.ids import content_id
from transforms.parse import Parsed
from warehouse.tables import READ_ZONES, SENTENCES


def segment(document_id: str, text: str, blocks: Sequence[Block], parsed: Sequence[Parsed]) -> pl.DataFrame:
    """Sentences of one document. Blocks that were parsed whole are cut into sentences; any other block is one row.

    Spans leave out white space at the edges; together they hold every visible character of the text.
    """
    whole = [(b.start, b.end, b.zone, b.section) for b in blocks if b.zone not in READ_ZONES or not parsed]
    pieces = sorted([*_sentences(parsed), *whole])
    rows: list[dict[str, object]] = []
    for first, last, zone, section in pieces:
        start, end = _trimmed(text, first, last)
        if start < end:
            rows.append(
                {
                    "sentence_id": content_id(document_id, "sentence", len(rows)),
                    "document_id": document_id,
                    "position": len(rows),
                    "start_char": start,
                    "end_char": end,
                    "text": text[start:end],
                    "zone": zone,
                    "section": section,
                }
            )
    return SENTENCES.frame(rows)


def _sentences(parsed: Sequence[Parsed]) -> Iterator[tuple[int, int, str, str | None]]:
    for block in parsed:
        if block.zone in READ_ZONES:
            for sentence in block.doc.sents:
                yield *block.place(sentence), block.zone, block.section


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
