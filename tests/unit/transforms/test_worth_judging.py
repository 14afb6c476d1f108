from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path

import polars as pl
import pytest

import seeds as shipped
from transforms.claim_features import read_features
from transforms.compare import COMPARED_CLAIMS, judge_pairs
from transforms.corroboration import judge_same
from transforms.disputes import judge_dispute
from transforms.terms import CompareLexicon
from transforms.worth_judging import worth_judging


@pytest.fixture(scope="module")
def lexicon() -> CompareLexicon:
    paths = (Path(shipped.__file__).parent / "lexicons").glob("compare_*.csv")
    return CompareLexicon.from_frames({path.stem: pl.read_csv(path) for path in paths})


def frame(*rows: dict) -> pl.DataFrame:
    usual = {
        "subject": "Orlen", "predicate": "is", "modality": "asserted", "is_negated": False,
        "published_at": datetime(2024, 7, 24), "entity_ids": [], "quantities": [], "times": [],
    }  # fmt: skip
    numbered = [
        {"claim_id": f"c{at:02}", "document_id": f"d{at}", "page_id": f"p{at}", "resolved_text": row["text"]} | usual | row
        for at, row in enumerate(rows)
    ]
    return pl.DataFrame(numbered, schema=COMPARED_CLAIMS, orient="row")


def may(one: dict, other: dict, lexicon: CompareLexicon, share: float = 0.3) -> tuple[bool, bool] | None:
    """may_agree and may_dispute; None where the pair is dismissed."""
    pairs = pl.DataFrame({"claim_id": ["c00"], "other_claim_id": ["c01"], "share": [share]})
    found = worth_judging(pairs, frame(one, other), lexicon)
    return found.select("may_agree", "may_dispute").row(0) if found.height else None


SAFE, DANGEROUS = {"text": "Orlen is safe"}, {"text": "Orlen is dangerous"}
PLAIN = {"text": "Orlen is a refinery"}


def test_claims_that_share_enough_may_agree_unless_one_denies(lexicon):
    assert may(PLAIN, PLAIN, lexicon, share=0.36) == (True, False)
    assert may(PLAIN, PLAIN, lexicon, share=0.34) is None
    assert may(PLAIN, PLAIN | {"is_negated": True}, lexicon, share=0.9) == (False, True)


def test_claims_that_point_on_one_matter_may_dispute(lexicon):
    assert may(SAFE, DANGEROUS, lexicon) == (False, True)
    assert may(SAFE, PLAIN, lexicon) is None


def test_claims_whose_figures_measure_one_thing_may_dispute(lexicon):
    def cost(unit: str) -> dict:
        return PLAIN | {
            "quantities": [{"value": 3.0, "upper_value": None, "unit": unit, "kind": "money", "is_approximate": False}]
        }

    assert may(cost("EUR"), cost("EUR"), lexicon) == (False, True)
    assert may(cost("EUR"), cost("USD"), lexicon) is None


def test_superlatives_of_one_form_may_dispute(lexicon):
    assert may({"text": "Orlen is the largest refinery"}, {"text": "Kade is the largest mill"}, lexicon) == (False, True)
    assert may({"text": "Orlen is the most capable"}, {"text": "Kade is the most capable"}, lexicon) == (False, True)


def test_one_voice_disputes_nothing(lexicon):
    assert may(SAFE | {"speaker": "Ana"}, DANGEROUS | {"speaker": "Ana"}, lexicon) is None
    assert may(SAFE | {"speaker": "Ana"}, DANGEROUS | {"speaker": "Ben"}, lexicon) == (False, True)
    assert may(SAFE | {"document_id": "d", "page_id": "p"}, DANGEROUS | {"document_id": "d", "page_id": "p"}, lexicon) is None


def test_articles_more_than_a_year_apart_dispute_nothing(lexicon):
    later = DANGEROUS | {"published_at": datetime(2024, 7, 24) + timedelta(days=366)}
    assert may(SAFE, later, lexicon) is None
    assert may(SAFE, later | {"published_at": None}, lexicon) == (False, True)


def test_held_phrases_of_two_speakers_may_dispute_whatever_their_words(lexicon):
    held = [{"text": "the sale", "resolved_text": f"{who} the sale", "speaker": who, "subject": None} for who in ("Ana", "Ben")]
    assert may(*held, lexicon) == (False, True)


def test_a_phrase_that_an_aside_parts_counts(lexicon):
    parted = {"text": "The threat, which the mayor named, to swimmers grew"}
    assert may(parted, {"text": "Swimmers are safe"}, lexicon) == (False, True)
    assert may({"text": "The threat grew"}, {"text": "Swimmers are safe"}, lexicon) is None


WORDS = [
    ("Orlen", "is", "{} safe for the harbour"), ("Orlen", "is", "{} dangerous for the harbour"),
    ("Orlen", "is", "{} safer than Kade"), ("Kade", "is", "{} safer than Orlen"),
    ("Orlen", "is", "{} the largest refinery in the region"), ("Kade", "is", "{} the largest refinery in the region"),
    ("Orlen", "has raised", "{} prices by 5 percent, the highest since 1990"),
    ("Orlen", "has cut", "{} prices by 9 percent"), ("Orlen", "will open", "{} the harbour, which is closed"),
    ("The harbour, which opened in May,", "is", "{} closed"), ("The harbour", "is", "{} open"),
]  # fmt: skip


def statements() -> pl.DataFrame:
    return frame(*(
        {
            "text": f"{subject} {verb} {rest.format(said)}".replace("  ", " "), "subject": subject, "predicate": verb,
            "is_negated": said == "not", "speaker": speaker,
            "quantities": [
                {"value": float(n), "upper_value": None, "unit": "percent", "kind": "percent", "is_approximate": False}
                for n in (5, 9) if f"{n} percent" in rest
            ],
        }
        for subject, verb, rest in WORDS for said in ("", "not") for speaker in (None, "Ana")
    ))  # fmt: skip


def test_no_pair_is_dismissed_that_agrees_or_disputes(lexicon):
    claims = statements()
    pairs = [(one, other, 1.0) for one, other in combinations(claims["claim_id"], 2)]
    found = judge_pairs(pl.DataFrame(pairs, schema=["claim_id", "other_claim_id", "share"], orient="row"), claims, lexicon)
    features = {row["claim_id"]: read_features(row, lexicon) for row in claims.iter_rows(named=True)}
    judged = {}
    for one, other, _ in pairs:
        if judgement := judge_dispute(features[one], features[other]) or judge_same(features[one], features[other]):
            judged[one, other] = judgement.relation
    assert set(judged.values()) == {"same", "disputes"}
    assert {(one, other): relation for one, other, relation, *_ in found.iter_rows()} == judged
