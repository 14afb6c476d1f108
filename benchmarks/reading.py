"""The real reader on pages and on single paragraphs, in the processes of the pool."""

from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from flows.models import load_reader
from flows.settings import Reading
from transforms.annotate import annotate
from transforms.blocks import Block
from transforms.parse import Parsed, parse_blocks
from transforms.read import Page
from transforms.segment import segment

if TYPE_CHECKING:
    from transforms.read import Reader

_FETCHED_AT = datetime(2000, 1, 1)  # naive UTC; no figure depends on it


def default_reader() -> "Reader":
    """The reader of the default settings, loaded once a process."""
    return load_reader(Reading())


def page_of(key: str, raw: bytes) -> Page:
    """A page with these bytes, as if it came from a file."""
    return Page(key, f"file:///{key}", "benchmark", raw, _FETCHED_AT)


def parse_paragraph(text: str, reader: "Reader") -> list[Parsed]:
    """A text parsed as the one paragraph of an article's body: what is measured on sentences has no page around it."""
    return parse_blocks(text, [Block(0, len(text), "body")], reader.nlp)


def read_paragraph(document_id: str, text: str, reader: "Reader") -> dict[str, pl.DataFrame]:
    """All tables of such a paragraph but `documents`."""
    parsed = parse_paragraph(text, reader)
    sentences = segment(document_id, text, [Block(0, len(text), "body")], parsed)
    document: dict[str, object] = {"document_id": document_id, "text": text, "published_at": None}
    return {"sentences": sentences, **annotate(document, sentences, parsed, reader)}
