import numpy as np
import polars as pl
import pytest

from benchmarks.reading import default_reader, parse_paragraph
from training.checkworthiness import (
    SHOP_PRICE,
    Sentences,
    calibration,
    choose_words,
    contradicted,
    learn,
    read,
    reliability,
    stretches_of,
    with_prices,
    write,
)  # fmt: skip
from training.regression import fit, matrix
from transforms.checkworthiness import Checkworthiness, known_words

WORDS = pl.DataFrame({"kind": ["general_noun", "topic"], "form": ["year", "tax"]})

ROWS = [
    {"id": "7", "text": "The council cut 300 jobs.", "checkworthy": True},
    {"id": "3", "text": "Thanks!", "checkworthy": False},
    {"id": "5", "text": "They cut the old tax, and they sold the old ferry.", "checkworthy": False},
]


@pytest.fixture(scope="module")
def reader():
    return default_reader()


@pytest.fixture(scope="module")
def parsed_of(reader):
    return lambda text: parse_paragraph(text, reader)


@pytest.fixture(scope="module")
def parsed(parsed_of):
    return [parsed_of(row["text"])[0] for row in ROWS]


def sentences(claims, labels):
    return Sentences(np.array(labels), np.arange(len(labels)) % 20, claims, np.arange(len(labels)))


def test_every_claim_of_a_sentence_is_read_and_a_sentence_without_one_has_none(parsed, reader):
    data = read(ROWS, parsed, known_words((), ()), reader)
    assert (data.owner.tolist(), data.labels.tolist()) == ([0, 2, 2], [True, False, False])
    assert "figure count" in data.features[0]


def test_a_sentence_scores_as_its_highest_claim():
    data = Sentences(np.array([True, False, True]), np.zeros(3, np.int64), [set()] * 3, np.array([0, 0, 2]))
    assert data.scores(np.array([0.2, 0.7, 0.4])).tolist() == [0.7, 0.0, 0.4]


def test_stretches_of_time_follow_the_ids():
    assert stretches_of(ROWS).tolist() == [13, 0, 6]


def test_a_word_counts_as_itself_only_where_many_debates_say_it(parsed_of):
    parsed = [parsed_of("They cut it.")[0]] * 40
    assert sorted(choose_words(parsed, [number % 10 for number in range(40)], WORDS).words.values()) == [
        ".",
        "cut",
        "it",
        "they",
    ]
    assert choose_words(parsed, [number % 9 for number in range(40)], WORDS).words == {}
    assert choose_words(parsed[:14], [number % 10 for number in range(14)], WORDS).words == {}


def test_what_presidents_debate_does_not_count_as_itself(parsed_of):
    parsed = [parsed_of("They tax it.")[0]] * 40
    assert "tax" not in choose_words(parsed, [number % 10 for number in range(40)], WORDS).words.values()


def test_the_free_weight_gives_the_share_of_those_worth_checking():
    claims = matrix([{"all claims"}] * 8, {"all claims": 0})
    [weight] = fit(claims, np.array([1.0, 1, 0, 0, 0, 0, 0, 0]), 0.01, free=0)
    assert weight == pytest.approx(np.log(0.25 / 0.75), abs=1e-3)


def test_what_goes_with_the_label_gets_weight_and_what_is_rare_gets_none(capsys):
    claims = [{"all claims", "cut" if number % 2 else "keep"} | ({"once"} if number == 1 else set()) for number in range(200)]
    weights = learn(sentences(claims, [number % 2 == 1 for number in range(200)]))
    assert set(weights) == {"all claims", "cut", "keep"}
    assert weights["cut"] > 0 > weights["keep"]
    assert capsys.readouterr().out.count("cross-validated") == 4


def test_weights_that_are_written_are_read_back(tmp_path):
    weights = {"all claims": -1.0, "cut": 0.5, ("they", "cut"): 0.25}
    write(weights, ["year"], tmp_path / "weights.csv")
    model = Checkworthiness.from_frame(pl.read_csv(tmp_path / "weights.csv"))
    assert (model.weights, model.known.nouns) == (weights, {"year"})


def test_a_label_is_contradicted_by_a_score_above_the_mean_of_the_other_label():
    scores, labels = np.array([0.9, 0.8, 0.05, 0.1, 0.95, 0.6]), np.array([True, True, True, False, False, False])
    assert contradicted(scores, labels).tolist() == [False, False, True, False, True, True]


def test_calibration_makes_timid_scores_as_sure_as_the_labels_are():
    scores, labels = np.array([0.4] * 500 + [0.6] * 500), np.array([False] * 450 + [True] * 50 + [True] * 450 + [False] * 50)
    slope, offset = calibration(scores, labels)
    assert 1 / (1 + np.exp(-(slope * np.log(0.6 / 0.4) + offset))) == pytest.approx(0.9, abs=0.02)


def test_prices_move_the_weight_of_a_shop_s_price_alone():
    prices = sentences([{"all claims", SHOP_PRICE}] * 40 + [{"all claims"}] * 40, [False] * 80)
    weights = with_prices({"all claims": 1.0}, prices)
    assert weights.pop(SHOP_PRICE) < -2
    assert weights == {"all claims": 1.0}


def test_reliability_compares_what_was_said_with_what_was():
    [low, high] = reliability(np.array([0.0, 0.05, 1.0]), np.array([False, True, True]))
    assert low.split() == "0.0: 2 sentences, said 0.03, were 0.50".split()
    assert high.split() == "0.9: 1 sentences, said 1.00, were 1.00".split()
