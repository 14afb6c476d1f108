from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

import seeds as shipped
from transforms.compare import COMPARED_CLAIMS, relate_claims
from transforms.terms import CompareLexicon
from warehouse.tables import CLAIM_RELATIONS


@pytest.fixture(scope="module")
def lexicon() -> CompareLexicon:
    paths = (Path(shipped.__file__).parent / "lexicons").glob("compare_*.csv")
    return CompareLexicon.from_frames({path.stem: pl.read_csv(path) for path in paths})


def count(value: float, unit: str | None = "parameter", **over) -> dict:
    return {"value": value, "upper_value": None, "unit": unit, "kind": "count", "is_approximate": False} | over


def claim(text: str, subject: str | None = None, predicate: str | None = None, **over) -> dict:
    """A claim of its own page. Its subject is what stands before the predicate, unless given."""
    if predicate and subject is None:
        subject = text.split(f" {predicate}", maxsplit=1)[0]
    row = dict.fromkeys(COMPARED_CLAIMS.names()) | {
        "text": text, "resolved_text": text, "subject": subject, "predicate": predicate, "modality": "asserted",
        "is_negated": False, "published_at": datetime(2024, 7, 24), "entity_ids": [], "quantities": [], "times": [],
    }  # fmt: skip
    return row | over


def frame(*rows: dict) -> pl.DataFrame:
    numbered = [
        {"claim_id": f"c{at}", "document_id": f"d{at}", "page_id": f"p{at}"} | {k: v for k, v in row.items() if v is not None}
        for at, row in enumerate(rows)
    ]
    return pl.DataFrame(numbered, schema=COMPARED_CLAIMS, orient="row")


def relations(lexicon: CompareLexicon, *rows: dict) -> list[dict]:
    return relate_claims(frame(*rows), frame(), lexicon).to_dicts()


def relation(lexicon: CompareLexicon, ours: dict, theirs: dict) -> str | None:
    """The relation of two claims; it must not depend on which comes first."""
    found = relations(lexicon, ours, theirs)
    turned = relations(lexicon, theirs, ours)
    assert [row["relation"] for row in found] == [row["relation"] for row in turned]
    return found[0]["relation"] if found else None


PARAMETERS_405 = claim("Llama 3.1 has 405 billion parameters", predicate="has", quantities=[count(405e9)])
PARAMETERS_70 = claim("Llama 3.1 has 70 billion parameters", predicate="has", quantities=[count(70e9)])
OPEN = claim("Llama 3.1 is open source", predicate="is")
NOT_OPEN = claim("Llama 3.1 is not truly open source, because its licence limits its use", predicate="is not", is_negated=True)
SAFER = claim("Open models are safer", predicate="are")
SAFER_REASON = claim("Open models are safer because the whole world can inspect them", predicate="are")
DANGEROUS = claim("Open models are more dangerous because bad actors can weaponise them", predicate="are")
NO_SALE = claim(
    "Meta does not intend to sell access to the model", "Meta", "does not intend", is_negated=True, modality="planned"
)
NO_MONEY = claim(
    "Meta doesn't plan to make money from access to the model", "Meta", "doesn't plan", is_negated=True, modality="planned"
)
BEATS = claim("Llama 3.1 outperforms GPT-4o", predicate="outperforms")
LOSES = claim("GPT-4o outperforms Llama 3.1", predicate="outperforms")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (PARAMETERS_405, claim("Llama 3.1 boasts 405bn parameters", predicate="boasts", quantities=[count(405e9)])),
        (
            PARAMETERS_405,
            claim(
                "Llama 3.1 has about 400 billion parameters", predicate="has", quantities=[count(400e9, is_approximate=True)]
            ),
        ),
        (OPEN, claim("Llama 3.1 is an open-source model", predicate="is")),
        (NO_SALE, NO_MONEY),
        (
            NO_SALE,
            claim("Meta will not sell access to the model", "Meta", "will not sell", is_negated=True, modality="planned"),
        ),
        (SAFER, SAFER_REASON),
        (BEATS, claim("Llama 3.1 beats GPT-4o", predicate="beats")),
        (BEATS, claim("it beats GPT-4o", "it", "beats", resolved_text="Llama 3.1 beats GPT-4o")),
        (
            claim("Quixel refused", "Quixel", "refused"),
            claim("they refused", "they", "refused", resolved_text="Quixel refused"),
        ),
    ],
)
def test_the_same_statement_is_found_in_other_words(lexicon, ours, theirs):
    assert relation(lexicon, ours, theirs) == "same"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (PARAMETERS_405, claim("Llama 3.1 has 405 billion downloads", predicate="has", quantities=[count(405e9, "download")])),
        (OPEN, claim("Llama 3.1 may be open source", predicate="may be", modality="hedged")),
        (BEATS, claim("Llama 4 outperforms GPT-4o", predicate="outperforms")),
        (SAFER, claim("Closed models are safer", predicate="are")),
        (SAFER, claim("People ask whether open models are safe", "People", "ask")),
        (
            claim("Llama 3.1 is the most capable open model", predicate="is"),
            claim("Llama 3.1 is the most capable model", predicate="is"),
        ),
        (BEATS, claim("Llama 3.1 beats GPT-4o on some tests", predicate="beats")),
        (
            claim("Critics refuse to call Llama 3.1 open source", "Critics", "refuse"),
            claim("Critics call Llama 3.1 open source", "Critics", "call"),
        ),
        (claim("It is free", "It", "is"), claim("It is free", "It", "is")),
        (
            claim("Meta hired 40 people", "Meta", "hired", subject_id="e1"),
            claim("OpenAI hired 40 people", "OpenAI", "hired", subject_id="e2"),
        ),
        (
            claim("He expects rain", "He", "expects", resolved_text="Mark Zuckerberg expects rain"),
            claim("He expects a lawsuit", "He", "expects", resolved_text="Mark Zuckerberg expects a lawsuit"),
        ),
    ],
)
def test_what_words_alone_do_not_tell_keeps_claims_apart(lexicon, ours, theirs):
    assert relation(lexicon, ours, theirs) is None


@pytest.mark.parametrize(
    ("ours", "theirs", "reason"),
    [
        (PARAMETERS_405, PARAMETERS_70, "405 billion parameters against 70 billion parameters for Llama 3.1"),
        (OPEN, NOT_OPEN, "one says of Llama 3.1 what the other says is not so"),
        (
            OPEN,
            claim("Llama 3.1 may not be truly open source", "Llama 3.1", "may not be", is_negated=True, modality="hedged"),
            "may not be so",
        ),
        (
            claim("Meta calls Llama 3.1 open source", "Meta", "calls"),
            NOT_OPEN,
            "one says of Meta what the other says is not so",
        ),
        (SAFER, DANGEROUS, "'safer' against 'more dangerous' of Open models (safety)"),
        (BEATS, LOSES, "the sides of 'outperforms' are exchanged"),
        (
            BEATS,
            claim("Llama 3.1 trails GPT-4o", predicate="trails"),
            "'outperforms' against 'trails' of Llama 3.1 (performance)",
        ),
        (
            claim("Meta's shares rose on Wednesday", "Meta's shares", "rose"),
            claim("Meta's shares fell on Wednesday", "Meta's shares", "fell"),
            "'rose' against 'fell' of Meta's shares (level)",
        ),
        (
            claim("Llama 3.1 is the most capable model", predicate="is", subject_id="e1"),
            claim("GPT-4o is the most capable model", predicate="is", subject_id="e2"),
            "'most' is said of both",
        ),
        (
            claim("A spy is reading the files", "A spy", "is reading"),
            claim("There is no spy reading the files", "There", "is", is_negated=True),
            "one says of A spy what the other says is not so",
        ),
    ],
)
def test_a_dispute_names_what_differs(lexicon, ours, theirs, reason):
    assert relation(lexicon, ours, theirs) == "disputes"
    assert reason in relations(lexicon, ours, theirs)[0]["reason"]


def numbered(text: str, value: float, **over) -> dict:
    return claim(text, predicate="has", quantities=[count(value)]) | over


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        # A claim and its hedged version.
        (OPEN, claim("Llama 3.1 may be open source", predicate="may be", modality="hedged")),
        # What is denied of a part may be true of the whole.
        (
            claim("Meta released Llama 3.1", predicate="released"),
            claim("Meta has not released Llama 3.1 in Europe", "Meta", "has not released", is_negated=True),
        ),
        (OPEN, claim("Llama 3.1 is not only open source", "Llama 3.1", "is not", is_negated=True)),
        (
            claim("All open models are safe", predicate="are"),
            claim("Not all open models are safe", "open models", "are", is_negated=True),
        ),
        (
            claim("Some models are safe", predicate="are"),
            claim("Some models are not safe", "Some models", "are not", is_negated=True),
        ),
        # Degrees leave each other standing.
        (SAFER, claim("Open models are dangerous", predicate="are")),
        # An attribute of something else.
        (claim("The man plays a large flute", "The man", "plays"), claim("The man plays a small flute", "The man", "plays")),
        # What is done can be undone.
        (claim("Meta hired engineers", "Meta", "hired"), claim("Meta fired engineers", "Meta", "fired")),
        # Whose shares?
        (claim("Shares rose", "Shares", "rose"), claim("Shares fell", "Shares", "fell")),
        # A limit, an approximate figure, a part, another version, several figures.
        (PARAMETERS_70, numbered("Llama 3.1 has more than 8 billion parameters", 8e9)),
        (
            PARAMETERS_405,
            claim(
                "Llama 3.1 has about 400 billion parameters", predicate="has", quantities=[count(400e9, is_approximate=True)]
            ),
        ),
        (PARAMETERS_405, numbered("The smallest Llama 3.1 has 8 billion parameters", 8e9, subject_id="e1")),
        (
            PARAMETERS_405 | {"subject_id": "e1"},
            numbered("The smallest Llama 3.1 has 8 billion parameters", 8e9, subject_id="e1"),
        ),
        (
            PARAMETERS_70,
            claim("Llama 3.1 has 8 billion or 405 billion parameters", predicate="has", quantities=[count(8e9), count(405e9)]),
        ),
        # Another time.
        (PARAMETERS_405, PARAMETERS_70 | {"published_at": datetime(2026, 7, 24)}),
        (
            claim("Meta's shares rose", predicate="rose"),
            claim("Meta's shares fell", predicate="fell", published_at=datetime(2024, 8, 24)),
        ),
        (claim("Meta's shares rose", predicate="rose", published_at=None), claim("Meta's shares fell", predicate="fell")),
        (
            OPEN | {"times": [{"earliest": datetime(2024, 1, 1), "latest": datetime(2024, 1, 31)}]},
            NOT_OPEN | {"times": [{"earliest": datetime(2024, 5, 1), "latest": datetime(2024, 5, 31)}]},
        ),
        # Titles in different fields.
        (
            claim("Llama 3.1 is the largest open model", predicate="is", subject_id="e1"),
            claim("GPT-4o is the largest closed model", predicate="is", subject_id="e2"),
        ),
        # Another subject, a conditional.
        (PARAMETERS_405, numbered("Llama 4 has 70 billion parameters", 70e9)),
        (
            OPEN,
            claim("Llama 3.1 would not be open source", "Llama 3.1", "would not be", is_negated=True, modality="conditional"),
        ),
    ],
)
def test_two_claims_that_can_both_be_true_are_no_dispute(lexicon, ours, theirs):
    assert relation(lexicon, ours, theirs) != "disputes"


def test_one_voice_in_one_article_does_not_dispute_itself(lexicon):
    place = {"document_id": "d1", "page_id": "p1"}
    assert relation(lexicon, OPEN | place, NOT_OPEN | place) is None
    assert relation(lexicon, OPEN | place, NOT_OPEN | place | {"speaker": "Critics"}) == "disputes"


def test_revisions_of_a_page_are_not_compared(lexicon):
    page = {"page_id": "p1"}
    assert relation(lexicon, PARAMETERS_405 | page, PARAMETERS_70 | page) is None
    assert relation(lexicon, OPEN | page, OPEN | page) is None


def test_claims_of_one_article_are_compared(lexicon):
    place = {"document_id": "d1", "page_id": "p1"}
    assert relation(lexicon, NO_SALE | place, NO_MONEY | place) == "same"


def test_a_sentence_and_a_clause_of_it_are_said_once(lexicon):
    place = {"document_id": "d1", "page_id": "p1"}
    assert SAFER["text"] in SAFER_REASON["text"]
    assert relation(lexicon, SAFER | place, SAFER_REASON | place) is None
    assert relation(lexicon, SAFER, SAFER_REASON) == "same"


def test_a_reason_says_what_both_give(lexicon):
    (found,) = relations(
        lexicon, PARAMETERS_405, claim("Llama 3.1 boasts 405bn parameters", predicate="boasts", quantities=[count(405e9)])
    )
    assert found["reason"] == "both give 405 billion parameters for Llama 3.1; 1.00 of the weighted words are shared"


def test_a_name_under_two_aliases_is_met_by_its_entity(lexicon):
    one = {"subject_id": "e1", "entity_ids": ["e1"]}
    ours = claim("Facebook has 3 billion users", "Facebook", "has", quantities=[count(3e9, "user")], **one)
    theirs = claim("Meta has 5 billion users", "Meta", "has", quantities=[count(5e9, "user")], **one)
    assert relation(lexicon, ours, theirs) == "disputes"


def test_known_claims_are_met_by_new_ones_and_not_judged_again(lexicon):
    everything = frame(OPEN, OPEN, OPEN)
    found = relate_claims(everything[:1], everything[1:], lexicon)
    assert found.select("claim_id", "other_claim_id").rows() == [("c0", "c1"), ("c0", "c2")]


def test_a_known_claim_that_is_new_again_counts_as_new(lexicon):
    everything = frame(OPEN, OPEN)
    assert relate_claims(everything, everything, lexicon).height == 1


def test_relations_are_declared_rows_whatever_the_order_of_claims(lexicon):
    claims = frame(PARAMETERS_405, PARAMETERS_70, OPEN, NOT_OPEN, SAFER, SAFER_REASON, DANGEROUS, BEATS, LOSES)
    found = relate_claims(claims, claims.clear(), lexicon)
    assert found.schema == CLAIM_RELATIONS.schema
    assert found.equals(found.sort(CLAIM_RELATIONS.key))
    assert found.filter(~pl.col("score").is_between(0, 1) | (pl.col("claim_id") >= pl.col("other_claim_id"))).is_empty()
    assert found.equals(relate_claims(claims.reverse(), claims.clear(), lexicon))
    assert found["relation"].value_counts().sort("relation").rows() == [("disputes", 5), ("same", 1)]


def test_a_judgement_does_not_change_when_other_claims_arrive(lexicon):
    pair = frame(OPEN, NOT_OPEN)
    crowd = frame(OPEN, NOT_OPEN, *(claim(f"Meta shipped batch {at} of chips", "Meta", "shipped") for at in range(60)))
    alone, among = (relate_claims(claims, claims.clear(), lexicon) for claims in (pair, crowd))
    assert among.filter(pl.col("other_claim_id") == "c1").equals(alone)


def test_no_claims_give_no_relations(lexicon):
    assert relate_claims(frame(), frame(), lexicon).equals(CLAIM_RELATIONS.frame())


def test_two_speakers_of_one_article_may_dispute_one_phrase(lexicon):
    place = {"document_id": "d1", "page_id": "p1", "text": "the sale of the Helmar ferry", "subject": None, "predicate": None}
    ours = claim("x", "Ann Lee", "supports", resolved_text="Ann Lee supports the sale of the Helmar ferry", speaker="Ann Lee")
    theirs = claim("x", "Bo Lind", "opposes", resolved_text="Bo Lind opposes the sale of the Helmar ferry", speaker="Bo Lind")
    assert relation(lexicon, ours | place, theirs | place | {"speaker": "Ann Lee"}) is None
    assert relation(lexicon, ours | place, theirs | place) == "disputes"
