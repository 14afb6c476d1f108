import polars as pl
import pytest

from transforms.checkworthiness import Checkworthiness, Holdings, known_words, word_classes
from transforms.statements import ClaimWords, Statement


@pytest.fixture(scope="module")
def features_of(nlp, seeds):
    words = ClaimWords.from_frame(seeds["claim_words"])

    def features(text: str, known=(), **held):
        span = nlp(text)[:]
        nothing = {"kind": "event", "figure_kinds": (), "name_types": (), "times": 0}
        holdings = Holdings(statement=Statement.of(span, words, span.root), **{**nothing, **held})
        model = Checkworthiness(known_words(known, ()), {})
        return model.features(span, word_classes(span.doc, model.known), holdings)

    return features


@pytest.fixture(scope="module")
def worth_of(tables_of):
    return lambda text: tables_of(text)["claims"]["checkworthiness"].max()


def model_of(*rows):
    return Checkworthiness.from_frame(pl.DataFrame(rows, schema=["kind", "form", "weight"], orient="row"))


def test_names_and_numbers_count_by_their_class(nlp):
    assert word_classes(nlp("Alice Smith paid 300 for it"), known_words(["pay", "for", "it"], ())) == [
        "<PERSON>", "<PERSON>", "pay", "<num>", "for", "it",
    ]  # fmt: skip


def test_a_word_that_is_not_known_counts_by_its_tag(nlp):
    assert word_classes(nlp("They quickly sank it"), known_words(["they", "it"], ())) == ["they", "<RB>", "<VBD>", "it"]


def test_a_noun_counts_as_itself_only_where_it_tells_no_topic(nlp):
    assert word_classes(nlp("the majority of the ferries"), known_words(["the", "of", "majority", "ferry"], ["majority"])) == [
        "the", "majority", "of", "the", "<NNS>",
    ]  # fmt: skip


def test_neighbouring_words_of_a_claim_are_a_feature(features_of):
    assert {("they", "raise"), "raise"} <= features_of("They raised it", ["they", "raise"])


def test_figures_names_times_and_kind_are_features(features_of):
    found = features_of(
        "They raised it", kind="quantity", figure_kinds=["percent", "money"], name_types=["ORG", "GPE"], times=1
    )
    assert {
        "type quantity", "type quantity asserted", "figure percent", "several figures", "name ORG", "several names", "a time",
    } <= found  # fmt: skip


def test_one_figure_and_one_name_are_not_several(features_of):
    found = features_of("They raised it", figure_kinds=["percent"], name_types=["ORG"])
    assert not {"several figures", "several names", "a time"} & found


def test_subject_verb_and_object_are_features(features_of):
    assert {"subject they", "subject they VBD", "verb VBD", "an object"} <= features_of("They raised it")


def test_words_without_a_verb_count_neither_for_nor_against_a_claim(features_of):
    assert not {name for name in features_of("the old ferry") if "verb" in name or "object" in name}


def test_length_counts_in_steps(features_of):
    assert {name for name in features_of("They raised all of it again") if "over" in name} == {"words over 4"}


def test_a_denied_statement_says_so(features_of):
    assert "is negated" in features_of("They did not raise it")


def test_weights_add_up_to_log_odds():
    model = model_of(("claim", "all claims", -1.0), ("word", "raise", 1.5), ("pair", "they raise", 0.5))
    assert model.probability({"all claims", "raise", ("they", "raise"), "unheard of"}) == 0.7311


def test_words_of_weights_are_known_words():
    model = model_of(("claim", "all claims", 0.1), ("word", "raise", 0.1), ("pair", "they <num>", 0.1))
    assert sorted(model.known.words.values()) == ["raise", "they"]


def test_nouns_of_the_model_count_as_themselves(nlp):
    model = model_of(("word", "percent", 0.1), ("word", "ferry", 0.1), ("noun", "percent", None))
    assert word_classes(nlp("a percent of ferries"), model.known)[1::2] == ["percent", "<NNS>"]


def test_a_small_price_of_nobody_in_public_is_one_of_a_shop(features_of):
    assert "a shop price" in features_of("The lamp costs $20.50", figure_kinds=["money"], name_types=["PRODUCT"])


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("The lamp costs $20 million", {}),
        ("The lamp costs $2,000", {}),
        ("The lamp cost $20", {}),
        ("The lamp costs $20", {"times": 1}),
        ("The lamp costs $20", {"name_types": ["GPE"]}),
        ("The lamp costs $20", {"figure_kinds": ["money", "percent"]}),
        ("The lamp costs 20", {"figure_kinds": ["count"]}),
    ],
)
def test_other_amounts_are_no_price_of_a_shop(features_of, text, held):
    assert "a shop price" not in features_of(text, **{"figure_kinds": ["money"], **held})


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("The ferry carried 40 percent fewer passengers than in 2019.", "The ferry carried fewer passengers this time."),
        ("Hanna Berg raised taxes in Norway.", "I would like to raise that question."),
        ("The council voted against the bridge in 2019.", "The council should vote for a better bridge."),
        ("The company cut 300 jobs.", "The company may cut jobs."),
        ("The ministry paid $20 million for the lamps.", "The lamp costs $20 at the shop."),
    ],
)
def test_figures_names_and_deeds_are_more_worth_checking_than_wishes_and_outlooks(worth_of, more, less):
    assert worth_of(more) > 0.5 > worth_of(less)
