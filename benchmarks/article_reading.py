"""Pages read without the language model: all that happens before it, a hundred times as fast."""

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import spacy

from benchmarks.reading import page_of
from benchmarks.robustness import Ended, Input
from flows.models import seeds
from transforms.blocks import Block
from transforms.decode import UnreadableError
from transforms.read import Article, Reader, read_article
from transforms.segment import segment
from warehouse.tables import OUTCOMES
from warehouse.tables.sentences import ZONES

if TYPE_CHECKING:
    from collections.abc import Sequence

_ZONES = frozenset(ZONES)


@cache
def article_reader() -> Reader:
    """A reader that knows every lexicon and no language."""
    nlp = spacy.blank("en")
    nlp.add_pipe("ner")
    return Reader.build(nlp, seeds(), min_words=20, languages=("en",), version="no model")


def read_input_without_model(source: Input, content_type: str | None = None) -> Ended:
    """Read one input as far as its article and check what comes out; what is wrong is its fault."""
    page = replace(page_of(source.name, source.raw), content_type=content_type)
    try:
        article, again = (read_article(page, article_reader()) for _ in range(2))
    except UnreadableError as error:
        return Ended("unreadable", str(error), None if str(error) else "unreadable without a word")
    except Exception as error:
        # An exception that leaves the reader is what is looked for: it must not end the looking.
        return Ended("none", "", f"raised {type(error).__name__}: {error}")
    if article != again:
        return Ended(article.outcome, article.reason or "", "read twice, it is another article")
    return Ended(article.outcome, article.reason or "", _fault(article))


def _fault(article: Article) -> str | None:
    """What is wrong with an article: its outcome, its blocks, or text that no sentence holds."""
    if article.outcome not in OUTCOMES or (article.outcome != "kept" and not article.reason):
        return f"ended as {article.outcome!r} for the reason {article.reason!r}"
    text = article.text
    if "\0" in text or text != text.encode("utf-8", "replace").decode():
        return "its text can't be stored"
    rows = segment("d", text, article.blocks, []).select("start_char", "end_char", "text", "zone").rows()
    for start, end, printed, zone in rows:
        if text[start:end] != printed or not printed.strip():
            return f"{start}–{end} is {text[start:end]!r}, not {printed!r}"
        if zone not in _ZONES:
            return f"{zone} is no zone"
    return _misplaced(article.blocks)


def _misplaced(blocks: "Sequence[Block]") -> str | None:
    """Text that stands in two blocks."""
    at = 0
    for block in sorted(blocks, key=lambda block: block.start):
        if block.start < at:
            return f"{block.start}–{block.end} overlaps what ends at {at}"
        at = block.end
    return None
