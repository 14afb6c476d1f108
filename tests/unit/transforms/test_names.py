import pytest

from transforms.names import bare_name, fold_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GLIDER-3.1", "Glider 3.1"),
        ("the Harbour Council", "Harbour Council"),
        ("Lindqvist’s", "Lindqvist"),
        ("Kade Inc.", "Kade"),
        ("Kade, Ltd", "Kade"),
        ("Dr. Ada Olsen", "Ada Olsen"),
        ("Prof Ada Olsen", "Ada Olsen"),
        ("Zoë Ångström", "Zoe Angstrom"),
        ("J. R. Olsen", "J R Olsen"),
        ("“Glider”", "Glider"),
        ("Port–Sand", "Port Sand"),
    ],
)
def test_two_printings_of_one_name_meet(one, other):
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Glider 3", "Glider 3.1"),
        ("Glider 3.1", "Glider 31"),
        ("Glider 3.1", "Glider 4"),
        ("Port Sand", "Portsand"),
        ("C#", "C"),
        ("C++", "C"),
        ("Sir", "Dr"),
    ],
)
def test_two_things_with_like_names_stay_two(one, other):
    assert fold_name(one) != fold_name(other)


def test_a_bare_name_keeps_its_spelling():
    assert bare_name(" the Harbour COUNCIL’s, ") == "Harbour COUNCIL"


def test_a_name_of_signs_alone_is_not_folded_to_nothing():
    assert fold_name("!!!") == "!!!"


def test_a_legal_form_alone_is_a_name():
    assert fold_name("Group") == "group"
