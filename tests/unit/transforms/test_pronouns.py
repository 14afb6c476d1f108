import re

import polars as pl
import pytest

from transforms.name_words import NameWords
from transforms.pronouns import pronouns_of


@pytest.fixture(scope="module")
def told(seeds: dict[str, pl.DataFrame]):
    """The pronoun of each name of a text, which stands there in capitals of its own: two words, or one behind a title."""
    words = NameWords.from_frame(seeds["name_words"])

    def tell(text: str, *names: str) -> dict[str, str]:
        places = [(match.start(), match.end(), name) for name in names for match in re.finditer(name, text)]
        return pronouns_of(text, sorted(places), words)

    return tell


def test_a_form_of_address_tells_he_from_she(told):
    assert told("Mr Okafor met Ms. Adeyemi.", "Okafor", "Adeyemi") == {"Okafor": "he", "Adeyemi": "she"}


def test_a_title_may_be_part_of_the_name(told):
    assert told("It was Queen Robin.", "Queen Robin") == {"Queen Robin": "she"}


@pytest.mark.parametrize(
    ("text", "pronoun"),
    [
        ("The actress Kim Dorn left.", "she"),
        ("Kim Dorn, a tall actress, left.", "she"),
        ("Kim Dorn, the ministry's spokesman, left.", "he"),
        ("Kim Dorn, father of two, left.", "he"),
        ("She and her husband, Kim Dorn, left.", "he"),
        ("Olsen's late wife, Kim Dorn, sang.", "she"),
    ],
)
def test_a_word_for_a_man_or_a_woman_beside_the_name_tells(told, text: str, pronoun: str):
    assert told(text, "Kim Dorn") == {"Kim Dorn": pronoun}


@pytest.mark.parametrize(
    "text",
    [
        "Kim Dorn, whose wife sang, left.",
        "They told the woman, Kim Dorn said.",
        "Kim Dorn, actress's agent, left.",
    ],
)
def test_a_word_for_somebody_else_tells_nothing(told, text: str):
    assert told(text, "Kim Dorn") == {}


def test_a_first_name_of_one_sex_tells(told):
    assert told("Maria Lopez met Robert Chen.", "Maria Lopez", "Robert Chen") == {"Maria Lopez": "she", "Robert Chen": "he"}


def test_a_surname_alone_is_no_first_name(told):
    assert told("James left.", "James") == {}


def test_what_the_text_says_goes_before_the_first_name(told):
    assert told("Ms James Dorn left.", "James Dorn") == {"James Dorn": "she"}


def test_evidence_for_both_leaves_it_open(told):
    assert told("Mr Kim left. Then Ms Kim left.", "Kim") == {}


def test_a_pronoun_tells_of_the_only_person_named_in_its_sentence(told):
    assert told("Kim Dorn sold her house.", "Kim Dorn") == {"Kim Dorn": "she"}


@pytest.mark.parametrize(
    "text",
    [
        "Kim Dorn met Bo Lee when he came.",
        "Kim Dorn left. He came.",
        'Kim Dorn said: "He came."',
        "Kim Dorn told a woman that she could come.",
        "He saw Kim Dorn.",
    ],
)
def test_a_pronoun_that_may_mean_another_tells_nothing(told, text: str):
    assert told(text, "Kim Dorn", "Bo Lee") == {}
