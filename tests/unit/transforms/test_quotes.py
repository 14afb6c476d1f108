import pytest

from transforms.quotes import find_quotes


def quoted(text: str) -> list[str]:
    return [text[quote.start : quote.end] for quote in find_quotes(text)]


@pytest.mark.parametrize(
    "text",
    [
        '"The ferry is late," she said.',
        "“The ferry is late,” she said.",
        "„The ferry is late,“ she said.",
        "«The ferry is late,» she said.",
        "‘The ferry is late,’ she said.",
        "'The ferry is late,' she said.",
        "``The ferry is late,'' she said.",
        "''The ferry is late,'' she said.",
    ],
)
def test_every_style_of_marks_quotes(text):
    assert quoted(text) == ["The ferry is late,"]


def test_a_curly_mark_may_be_closed_by_a_straight_one_after_a_straight_opening():
    assert quoted('"The ferry is late,” she said.') == ["The ferry is late,"]


def test_the_outer_places_hold_the_marks():
    text = 'She said "late".'
    quote = find_quotes(text)[0]
    assert (text[quote.outer_start : quote.outer_end], quote.closed) == ('"late"', True)


def test_two_quotations_in_one_paragraph_are_two():
    assert quoted('"It is late," he said. "It is always late."') == ["It is late,", "It is always late."]


def test_a_quotation_inside_a_quotation_belongs_to_it():
    assert quoted("“He told me ‘never again’ and left,” she said.") == ["He told me ‘never again’ and left,"]


def test_marks_of_one_kind_may_nest():
    assert quoted("“He told me “never again” and left,” she said.") == ["He told me “never again” and left,"]


@pytest.mark.parametrize(
    "text",
    [
        "It's the pilots' ferry and the '90s are over.",
        "It’s the pilots’ ferry and ‘90s music is over.",
        "Rock ’n’ roll on the pilot's ferry, 'tis late.",
        "A board of 5' 11\" is long.",
    ],
)
def test_apostrophes_and_inches_quote_nothing(text):
    assert quoted(text) == []


def test_an_apostrophe_inside_single_marks_closes_nothing():
    assert quoted("'It isn't the pilots' fault,' she said.") == ["It isn't the pilots' fault,"]


def test_an_apostrophe_inside_doubled_marks_closes_nothing():
    assert quoted("``It isn't the pilots' fault,'' she said.") == ["It isn't the pilots' fault,"]


def test_an_elision_opens_nothing_for_a_later_apostrophe_to_close():
    assert quoted("In the '90s the pilots' ferry sank.") == []


def test_a_mark_that_never_closes_quotes_to_the_end_of_the_paragraph():
    text = '"The ferry is late and nobody knows why.'
    quotes = find_quotes(text)
    assert [(text[quote.start : quote.end], quote.closed) for quote in quotes] == [
        ("The ferry is late and nobody knows why.", False)
    ]


def test_an_opening_mark_before_another_was_a_slip():
    assert quoted('The " ferry is "late again" today.') == ["late again"]


def test_an_opening_mark_in_the_middle_with_few_words_behind_quotes_nothing():
    assert quoted("The ferry was “late today.") == []


def test_a_single_mark_never_runs_on():
    assert quoted("'The ferry is late and nobody on the pier knows why") == []


def test_white_space_inside_the_marks_is_left_out():
    assert quoted("“ The ferry is late, ” she said.") == ["The ferry is late,"]


def test_marks_around_nothing_quote_nothing():
    assert quoted("She typed “” twice.") == []


def test_a_text_without_marks_quotes_nothing():
    assert quoted("The ferry is late.") == []
