import polars as pl
import pytest

from transforms.spoken_numbers import Number, NumberWords, find_numbers, fold_marks


@pytest.fixture(scope="module")
def words(seeds: dict[str, pl.DataFrame]) -> NumberWords:
    return NumberWords.from_frame(seeds["number_words"])


def found(text: str, words: NumberWords) -> list[tuple[str, float, float | None]]:
    return [(text[n.start : n.end], n.value, n.upper) for n in find_numbers(text, words)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("1,234.5", 1234.5),
        (".5", 0.5),
        ("1,00,000", 100_000),
        ("3.5 million", 3.5e6),
        ("405-billion", 405e9),
        ("2bn", 2e9),
        ("5 hundred thousand", 500_000),
        ("2 1/2", 2.5),
        ("2½", 2.5),
        ("½", 0.5),
        ("3/4", 0.75),
        ("two and a half million", 2.5e6),
        ("seventeen", 17),
        ("twenty-five thousand", 25_000),
        ("two hundred fifty", 250),
        ("one hundred and five", 105),
        ("a million", 1e6),
        ("half a dozen", 6),
        ("two dozen", 24),
        ("3 crore", 3e7),
    ],
)
def test_a_number_is_read_whole_with_its_magnitude(text: str, value: float, words: NumberWords):
    assert found(text, words) == [(text, value, None)]


@pytest.mark.parametrize(
    ("text", "value", "upper"),
    [
        ("dozens", 24, 100),
        ("tens of thousands", 10_000, 100_000),
        ("thousands", 1e3, 1e6),
        ("tens of millions", 1e7, 1e8),
        ("hundreds of billions", 1e11, 1e12),
        ("several hundred", 200, 1000),
        ("a few thousand", 2000, 10_000),
    ],
)
def test_a_magnitude_alone_reaches_up_to_the_next_one_in_use(text: str, value: float, upper: float, words: NumberWords):
    assert found(text, words) == [(text, value, upper)]
    assert find_numbers(text, words)[0].is_vague


def test_scores_are_an_amount_of_people_but_not_of_a_test(words: NumberWords):
    assert found("scores of villages and test scores of pupils", words) == [("scores", 40, 100)]


def test_tens_are_an_amount_before_what_they_count(words: NumberWords):
    assert found("It uses tens of watts; the tens and ones", words) == [("tens", 10, 100)]


def test_numbers_side_by_side_stay_apart(words: NumberWords):
    assert [value for _, value, _ in found("two three and twenty forty", words)] == [2, 3, 20, 40]
    assert [value for _, value, _ in found("two hundred hundred, two million million", words)] == [200, 100, 2e6, 1e6]


def test_and_joins_a_hundred_with_what_follows_but_not_two_numbers(words: NumberWords):
    assert [value for _, value, _ in found("two and three; between one hundred and two hundred", words)] == [2, 3, 100, 200]


def test_between_keeps_a_hundred_and_five_apart(words: NumberWords):
    assert [value for _, value, _ in found("between one hundred and five hundred", words)] == [100, 500]


def test_a_fraction_with_a_stroke_is_read_only_if_it_is_a_simple_one(words: NumberWords):
    assert found("24/7 in 3/4", words) == [("3/4", 0.75, None)]


def test_a_letter_behind_digits_stays_outside_the_number(words: NumberWords):
    assert found("405B", words) == [("405", 405, None)]


def test_the_scale_tells_which_magnitude_the_value_holds(words: NumberWords):
    assert find_numbers("5 million", words) == [Number(0, 9, 5e6, None, 1e6, "digits")]


def test_folding_marks_keeps_every_place():
    text = "the ’90s – “10‑year”\u00a0plan"
    assert fold_marks(text) == 'the \'90s – "10-year" plan'
    assert len(fold_marks(text)) == len(text)


def test_a_letter_that_grows_in_small_letters_moves_no_place(words: NumberWords):
    assert found("İİ two", words) == [("two", 2, None)]
