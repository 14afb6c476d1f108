import pytest

from benchmarks.checkworthy import GoldSentence, summarise

GOLD = [GoldSentence("1", "It fell 5 percent.", True), GoldSentence("2", "Thanks.", False), GoldSentence("3", "It is.", True)]


def test_a_sentence_counts_from_the_threshold_on():
    f1, _ = summarise("d", GOLD, [0.5, 0.49, 0.1]).figures
    assert (f1.value, f1.detail) == (pytest.approx(2 / 3), "P 1.000 R 0.500, 2 of 3 positive")


def test_average_precision_does_not_depend_on_the_threshold():
    assert summarise("d", GOLD, [0.3, 0.1, 0.2]).figures[1].value == 1.0


def test_the_gravest_error_comes_first():
    errors = summarise("d", GOLD, [0.4, 0.9, 0.0]).errors
    assert [error[: error.index(":")] for error in errors] == ["missed 0.00", "not in the gold 0.90", "missed 0.40"]


def test_the_brier_score_is_the_mean_square_of_what_the_probabilities_miss():
    assert summarise("d", GOLD, [0.5, 0.5, 1.0]).figures[1].detail == "Brier 0.1667"
