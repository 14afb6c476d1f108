from datetime import date
from itertools import count
from pathlib import Path

import polars as pl
import pytest

import seeds as shipped
from transforms.claim_features import ClaimFeatures, read_features
from transforms.compare import COMPARED_CLAIMS
from transforms.corroboration import ALONE_FACTOR, judge_same
from transforms.terms import CompareLexicon

JULY, AUGUST = ({"earliest": date(2024, month, 1), "latest": date(2024, month, 28)} for month in (7, 8))


@pytest.fixture(scope="module")
def read():
    """Reads features from a text and from whatever columns are given; the others are empty."""
    paths = (Path(shipped.__file__).parent / "lexicons").glob("compare_*.csv")
    lexicon = CompareLexicon.from_frames({path.stem: pl.read_csv(path) for path in paths})

    documents = count()

    def features(text: str, **over) -> ClaimFeatures:
        row = {
            "document_id": f"d{next(documents)}",
            "text": text,
            "modality": "asserted",
            "is_negated": False,
            "subject": None,
            "predicate": None,
            "quantities": [],
        }
        return read_features(dict.fromkeys(COMPARED_CLAIMS.names()) | row | over, lexicon)

    return features


def figure(value: float, unit: str, kind: str = "count", **over) -> dict:
    return {"value": value, "upper_value": None, "unit": unit, "kind": kind, "is_approximate": False} | over


RELEASE = "Meta released its newest language model to researchers in July"


def test_equal_claims_have_the_highest_score(read):
    equal = judge_same(read(RELEASE), read(RELEASE)).score
    assert equal > judge_same(read(RELEASE), read(RELEASE.replace("newest", "latest"))).score
    assert equal > 0.95


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"is_negated": True}, {}),
        ({"times": [JULY]}, {"times": [AUGUST]}),
        ({"quantities": [figure(8e9, "parameter")]}, {"quantities": [figure(70e9, "parameter")]}),
    ],
)
def test_what_the_columns_say_keeps_equal_words_apart(read, ours, theirs):
    assert judge_same(read(RELEASE, **ours), read(RELEASE, **theirs)) is None


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Meta released a model that nobody can test", "Meta released a model that people can test"),
        ("Regulators ban the newest language models of Meta", "Regulators watch the newest language models of Meta"),
        ("Llama 3.1 outperforms GPT-4o", "GPT-4o outperforms Llama 3.1"),
        ("Llama 3.1 is beaten by GPT-4o", "Llama 3.1 beats GPT-4o"),
        ("Meta released version 3 of its language model", "Meta released version 4 of its language model"),
        ("Meta released its safer language model", "Meta released its safe language model"),
        (
            "Meta released its newest language model",
            "Meta released its newest language model, a lawyer in Ohio bought three goats, and rain fell on Dublin",
        ),
        ("It is free", "It is free"),
    ],
)
def test_words_that_turn_a_statement_keep_claims_apart(read, ours, theirs):
    assert judge_same(read(ours), read(theirs)) is None


def test_what_is_hedged_by_its_words_is_not_what_is_so(read):
    doubt = RELEASE.replace("released", "may have released")
    assert judge_same(read(RELEASE), read(doubt, modality="hedged")) is None


@pytest.mark.parametrize(
    "other",
    [
        {"text": f"{RELEASE} and August"},
        {"text": f"{RELEASE} 2031"},
        {"text": RELEASE, "modality": "hedged"},
        {
            "text": RELEASE.replace("newest", "latest"),
            "sentence": f"After a week of rain, {RELEASE.replace('newest', 'latest')}",
        },
    ],
)
def test_what_only_one_side_says_costs(read, other):
    score = judge_same(read(RELEASE), read(**other)).score
    assert 0.5 < score < judge_same(read(RELEASE), read(RELEASE)).score


def test_two_parts_of_one_sentence_are_not_the_same(read):
    sentence = f"{RELEASE}, and Meta released its newest language model to lawyers in July"
    parts = [read(part, sentence=sentence, document_id="d") for part in sentence.split(", and ")]
    assert judge_same(*parts) is None


def test_two_entities_that_share_no_word_are_two(read):
    texts = [(RELEASE, "Meta", "e1"), (RELEASE.replace("Meta", "Quixel"), "Quixel", "e2")]
    assert judge_same(*(read(text, subject=name, subject_id=entity) for text, name, entity in texts)) is None


def test_like_words_about_no_one_thing_count_less(read):
    texts = ("A task for the people of the town", "The task of people in the town")
    lone = judge_same(*(read(text) for text in texts)).score
    named = judge_same(*(read(f"{text}, says Zuckerberg") for text in texts)).score
    assert lone < ALONE_FACTOR < named


def test_two_names_that_say_the_like_do_not_say_the_same(read):
    ours = read("A spokeswoman for Neumann declined to comment on the report", subject="A spokeswoman for Neumann")
    theirs = read("A spokesman for Zuckerberg declined to comment on the report", subject="A spokesman for Zuckerberg")
    unnamed = read("A spokesman declined to comment on the report", subject="A spokesman")
    assert judge_same(ours, theirs) is None
    assert judge_same(ours, unnamed) is not None


def test_a_denial_in_an_explanation_turns_nothing(read):
    ours = read("Meta released its newest language model to researchers because nobody objected")
    theirs = read("Meta released its newest language model to researchers because everybody agreed")
    assert judge_same(ours, theirs) is not None


def test_two_claims_about_one_name_must_say_one_thing_of_it(read):
    ours, theirs = (
        read(f"Mark Zuckerberg expects {what}", subject="Mark Zuckerberg", predicate="expects") for what in ("rain", "fire")
    )
    assert judge_same(ours, theirs) is None


def test_a_pronoun_that_was_resolved_is_the_subject(read):
    texts = ("Mark Zuckerberg expects rain", "Mark Zuckerberg expects fire")
    ours, theirs = (read(text.replace("Mark Zuckerberg", "He"), resolved_text=text, subject="He") for text in texts)
    assert ours.subject.terms == {"mark", "zuckerberg"}
    assert judge_same(ours, theirs) is None


def test_a_figure_that_agrees_is_something_said(read):
    fine = [figure(20e6, "USD", "money")]
    ours = read("The penalty reached $20 million", subject="The penalty", quantities=fine)
    theirs = read("The penalty totalled $20 million", subject="The penalty", quantities=fine)
    assert judge_same(ours, theirs).reason == "both give 20 million USD for The penalty; 0.57 of the weighted words are shared"


def test_much_that_is_shared_makes_up_for_what_else_is_said(read):
    name = "The newest language model of the Californian company"
    ours = read(f"{name} was given to researchers in Europe and it was tested in a hurry by nurses and farmers", subject=name)
    theirs = read(
        f"{name} was given to researchers in Europe and it was taken from a shelf by clerks and painters", subject=name
    )
    assert judge_same(ours, theirs) is not None


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"is_negated": True}, "both deny it; 1.00 of the weighted words are shared"),
        ({"modality": "conditional"}, "both make it conditional; 1.00 of the weighted words are shared"),
        ({"modality": "hedged"}, "both hedge it; 1.00 of the weighted words are shared"),
    ],
)
def test_a_reason_says_how_both_put_it(read, over, reason):
    assert judge_same(read(RELEASE, **over), read(RELEASE, **over)).reason == reason


def test_a_reason_gives_both_figures_where_they_are_not_equal(read):
    ours = read("Llama 3.1 has 405 billion parameters", subject="Llama 3.1", quantities=[figure(405e9, "parameter")])
    about = figure(400e9, "parameter", is_approximate=True)
    theirs = read("Llama 3.1 has about 400 billion parameters", subject="Llama 3.1", quantities=[about])
    assert "405 billion parameters (the other: about 400 billion parameters) for Llama 3.1" in judge_same(ours, theirs).reason


def test_a_figure_that_agrees_beside_a_name_is_evidence(read):
    texts = (
        "Last week Meta showed Llama with 405 billion parameters",
        "Llama from Meta is large and has 405 billion parameters",
    )
    plain = judge_same(*(read(text) for text in texts))
    given = judge_same(*(read(text, quantities=[figure(405e9, "parameter")]) for text in texts))
    assert given is not None
    assert plain is None or plain.score < given.score
