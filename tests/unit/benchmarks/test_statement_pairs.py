import pytest

from benchmarks.statement_pairs import GoldPair, summarise_relations, summarise_same


def _pairs(*relations):
    return [GoldPair(str(number), "a", "b", relation) for number, relation in enumerate(relations)]


def test_same_statements_are_scored_by_f1_and_accuracy():
    f1, accuracy = summarise_same("d", _pairs("same", "same", "other"), ["same", "other", "other"]).figures
    assert (f1.value, accuracy.value) == (pytest.approx(2 / 3), pytest.approx(2 / 3))


def test_macro_f1_weighs_the_relations_alike():
    pairs = _pairs("entailment", "contradiction", "neutral", "neutral")
    macro, precision = summarise_relations("d", pairs, ["entailment", "neutral", "neutral", "contradiction"]).figures
    assert macro.value == pytest.approx((1 + 0 + 0.5) / 3)
    assert precision.value == 0.0


def test_each_wrong_pair_is_an_error():
    assert len(summarise_relations("d", _pairs("neutral", "neutral"), ["neutral", "contradiction"]).errors) == 1
