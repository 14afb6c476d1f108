from pathlib import Path

import polars as pl
import pytest

import seeds as shipped
from transforms.terms import HEAVIEST, LIGHTEST, CompareLexicon, base_form, read_words, split_words, term_weight


@pytest.fixture(scope="module")
def frames() -> dict[str, pl.DataFrame]:
    paths = (Path(shipped.__file__).parent / "lexicons").glob("compare_*.csv")
    return {path.stem: pl.read_csv(path) for path in paths}


@pytest.fixture(scope="module")
def lexicon(frames) -> CompareLexicon:
    return CompareLexicon.from_frames(frames)


def terms(text: str, lexicon: CompareLexicon) -> list[str]:
    return [word.term for word in read_words(text, lexicon)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Doesn’t can't won't", ["does", "not", "can", "not", "will", "not"]),
        ("The 405-billion-parameter GPT-4o", ["the", "405", "billion", "parameter", "gpt", "4o"]),
        ("Meta’s U.S. offices", ["meta", "u.s.", "offices"]),
        ("It costs $1,294.50", ["it", "costs", "1,294.50"]),
        ("they're", ["they", "re"]),
    ],
)
def test_words_are_parted_and_folded(text, words):
    assert split_words(text) == words


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("models", "model"),
        ("released", "release"),
        ("stopped", "stop"),
        ("companies", "company"),
        ("running", "run"),
        ("watches", "watch"),
        ("selling", "sell"),
        ("texas", "texas"),
        ("bring", "bring"),
        ("class", "class"),
        ("zqvrts", "zqvrts"),
    ],
)
def test_a_regular_form_goes_back_to_its_base(word, base):
    assert base_form(word) == base


def test_a_rare_word_weighs_more_than_a_common_one_up_to_a_bound():
    weights = [term_weight(term) for term in ("the", "model", "parameter", "renquist")]
    assert weights == sorted(weights)
    assert (weights[0], weights[-1]) == (LIGHTEST, HEAVIEST)


def test_numbers_weigh_the_same_whatever_their_digits():
    assert term_weight("3.1") == term_weight("2024") == term_weight("7")


def test_synonyms_share_a_term(lexicon):
    assert terms("firms unveiled", lexicon) == terms("company launches", lexicon)


def test_a_phrase_is_one_word(lexicon):
    assert terms("bad actors", lexicon) == terms("criminals", lexicon)


def test_opposites_share_a_matter_and_differ_in_direction(lexicon):
    safe, unsafe = (read_words(word, lexicon)[0] for word in ("safer", "dangerous"))
    assert safe.term == unsafe.term == "safety"
    assert (safe.direction.sign, unsafe.direction.sign) == (1, -1)


def test_a_form_that_is_listed_counts_before_a_base_form(lexicon):
    # "closed" is the opposite of "open", "closes" is an act.
    assert terms("closed", lexicon) == ["openness"]
    assert terms("closes", lexicon) == terms("close", lexicon) == terms("ends", lexicon)


def test_a_word_with_a_role_is_no_form_of_another(lexicon):
    # "least" is a superlative of "little", which has synonyms.
    assert [word.role for word in read_words("at least", lexicon)] == ["link", "bound"]


def test_a_phrase_plays_the_part_of_its_concept(lexicon):
    assert [word.role for word in read_words("one of", lexicon)] == ["partial"]


def test_a_number_takes_the_magnitude_behind_it(lexicon):
    assert [word.number for word in read_words("405 billion, 20bn, 3.1 and 7", lexicon)] == [405e9, 20e9, 3.1, None, 7.0]


def test_words_of_grammar_have_a_role(lexicon):
    roles = {word.surface: word.role for word in read_words("Some models may not be truly open because of it", lexicon)}
    assert roles == {
        "some": "partial", "models": None, "may": "hedge", "not": "negator", "be": "generic", "truly": "intensifier",
        "open": None, "because": "clause_opener", "of": "link", "it": "pronoun",
    }  # fmt: skip


def test_a_missing_word_list_is_named(frames):
    with pytest.raises(KeyError, match="compare_words"):
        CompareLexicon.from_frames({name: frame for name, frame in frames.items() if name != "compare_words"})


def test_no_phrase_is_listed_twice(frames):
    for name, key in (
        ("compare_forms", "form"),
        ("compare_words", "word"),
        ("compare_synonyms", "phrase"),
        ("compare_directions", "phrase"),
    ):
        assert frames[name][key].is_duplicated().sum() == 0, name


def test_every_row_has_a_reason_and_an_origin(frames):
    for frame in frames.values():
        assert frame.select("reason", "origin").null_count().sum_horizontal().item() == 0


def test_a_synonym_that_points_a_direction_is_listed_as_such_only(frames):
    both = frames["compare_synonyms"].join(frames["compare_directions"], on="phrase")
    assert both.is_empty()


def test_every_matter_has_two_sides_of_one_kind(frames):
    """A comparison alone may have one: "A outnumbers B" is turned by exchanging its sides."""
    sides = frames["compare_directions"].group_by("matter", "kind").agg(pl.col("direction").unique().sort())
    assert sides.filter((pl.col("kind") != "comparison") & (pl.col("direction") != [-1, 1])).is_empty()
