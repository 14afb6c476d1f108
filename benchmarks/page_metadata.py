"""Metadata: title, author and date of a page, right, wrong or missing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure, Mapper, Measured, read_rows, shown
from benchmarks.reading import default_reader, page_of
from benchmarks.scoring import f1_of, share
from transforms.decode import UnreadableError
from transforms.read import read_article

FIELDS = ("title", "author", "date")
_KNOWN = {
    "title": "trafilatura 2.3.1: recall 132/231 = 0.571",
    "author": "trafilatura 2.3.1: recall 141/189 = 0.746",
    "date": "trafilatura 2.3.1: recall 176/197 = 0.893",
}
_NO_LETTER = re.compile(r"[\W_]+")

Facts = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class GoldFacts:
    """A page's file and what it says of itself; None where it says nothing."""

    file: Path
    facts: Facts


def measure(folder: Path, spread: Mapper) -> Measured:
    """Precision, recall and F1 of exact matches after folding, over the pages of a folder."""
    pages = [
        GoldFacts(folder / "pages" / f"{row['id']}.html", {field: row[field] for field in FIELDS})
        for row in read_rows(folder / "gold.jsonl")
    ]
    return summarise(folder.name, pages, list(spread(read_facts, pages)))


def read_facts(page: GoldFacts) -> Facts:
    """What the reader takes from a page."""
    try:
        metadata = read_article(page_of(page.file.name, page.file.read_bytes()), default_reader()).metadata
    except UnreadableError:
        return dict.fromkeys(FIELDS)
    date = metadata.published_on.isoformat() if metadata.published_on else None
    return {"title": metadata.title, "author": " ".join(metadata.authors) or None, "date": date}


def fold(fact: str | None) -> str:
    """A fact without case, white space and punctuation; empty where there is none."""
    return _NO_LETTER.sub("", (fact or "").casefold())


def summarise(data: str, pages: Sequence[GoldFacts], found: Sequence[Facts]) -> Measured:
    """Figures of a folder; a value given where the gold has none counts against precision."""
    figures, errors = [], []
    for field in FIELDS:
        pairs = [(fold(facts[field]), fold(page.facts[field])) for page, facts in zip(pages, found, strict=True)]
        right = sum(ours == gold for ours, gold in pairs if gold)
        given, wanted = sum(bool(ours) for ours, _ in pairs), sum(bool(gold) for _, gold in pairs)
        detail = f"P {share(right, given):.3f} ({right}/{given}) R {share(right, wanted):.3f} ({right}/{wanted})"
        figures.append(Figure(data, f"{field} F1", f1_of(right, given, wanted), detail, _KNOWN[field]))
        errors += [
            f"{page.file.stem} {field}: gives {shown(str(facts[field]), 90)} | should be {shown(str(page.facts[field]), 90)}"
            for (ours, gold), page, facts in zip(pairs, pages, found, strict=True)
            if ours != gold
        ]
    return Measured(figures, errors)
