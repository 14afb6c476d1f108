from itertools import pairwise

import polars as pl
import pytest

from transforms.quantities import Quantity, QuantityLexicon, find_quantities, quantities_of
from transforms.times import find_times
from warehouse.tables import QUANTITIES, TIME_EXPRESSIONS

Expected = tuple[str, float, float | None, str | None]
"""Text, value, upper value and unit."""


@pytest.fixture(scope="module")
def lexicon(seeds: dict[str, pl.DataFrame]) -> QuantityLexicon:
    return QuantityLexicon.from_frames(seeds)


def only(text: str, lexicon: QuantityLexicon) -> Quantity:
    (found,) = find_quantities(text, lexicon)
    assert text[found.start : found.end] == found.text
    return found


def texts(text: str, lexicon: QuantityLexicon) -> list[str]:
    return [found.text for found in find_quantities(text, lexicon)]


def check(sentence: str, expected: Expected, kind: str, lexicon: QuantityLexicon) -> None:
    found = only(sentence, lexicon)
    assert (found.text, found.value, found.upper_value, found.unit) == expected
    assert found.kind == kind


@pytest.mark.parametrize(
    ("sentence", "text", "value", "unit"),
    [
        ("It has 405 billion parameters.", "405 billion parameters", 405e9, "parameter"),
        ("It has 405B parameters.", "405B parameters", 405e9, "parameter"),
        ("It is a 405B-parameter model.", "405B-parameter", 405e9, "parameter"),
        ("It is a 405B model.", "405B", 405e9, None),
        ("It has 300 million monthly active users.", "300 million monthly active users", 300e6, "user"),
        ("It hired 12 police officers.", "12 police officers", 12, "police officer"),
        ("It has 48,000 exclusive and independent agents.", "48,000 exclusive and independent agents", 48000, "agent"),
        ("It hired two sales managers.", "two sales managers", 2, "sales manager"),
        ("It has 5 agencies.", "5 agencies", 5, "agency"),
        ("It drew 200 US troops.", "200 US troops", 200, "US troop"),
        ("It named 1.2m people.", "1.2m people", 1.2e6, "person"),
        ("A 12-member panel sat.", "12-member", 12, "member"),
        ("It took three of the seats.", "three of the seats", 3, "seat"),
        ("It sold a dozen eggs.", "a dozen eggs", 12, "egg"),
        ("It has 1 employee.", "1 employee", 1, "employee"),
        ("It counted two hundred.", "two hundred", 200, None),
        ("Only one seat is left.", "one seat", 1, "seat"),
        ("It killed four.", "four", 4, None),
        ("The toll rose to 405.", "405", 405, None),
        ("She sank to minus 41.", "minus 41", -41, None),
        ("It is 20 km away.", "20 km", 20, "km"),
        ("It covers 1,234.5 square miles.", "1,234.5 square miles", 1234.5, "square mile"),
        ("It fell to -5°C.", "-5°C", -5, "°C"),
        ("It weighs 20 pounds.", "20 pounds", 20, "pound"),
        ("The guard is 5-foot-6.", "5-foot-6", 5.5, "foot"),
        ("He was arrested twice.", "twice", 2, "time"),
    ],
)
def test_a_count_has_what_is_counted_as_its_unit(
    sentence: str, text: str, value: float, unit: str | None, lexicon: QuantityLexicon
):
    check(sentence, (text, value, None, unit), "count", lexicon)


@pytest.mark.parametrize(
    ("sentence", "text", "value", "unit"),
    [
        ("It raised $3.5 million.", "$3.5 million", 3.5e6, "USD"),
        ("It raised US$2bn.", "US$2bn", 2e9, "USD"),
        ("It raised €40m.", "€40m", 40e6, "EUR"),
        ("It raised 3 million dollars.", "3 million dollars", 3e6, "USD"),
        ("It raised $5 million dollars.", "$5 million dollars", 5e6, "USD"),
        ("It raised EUR 40 million.", "EUR 40 million", 40e6, "EUR"),
        ("It costs 12p.", "12p", 0.12, "GBP"),
        ("It costs 50 cents.", "50 cents", 0.5, "USD"),
        ("It costs 5 trillion won.", "5 trillion won", 5e12, "KRW"),
        ("It costs 5 million pounds.", "5 million pounds", 5e6, "GBP"),
        ("It is a billion-dollar firm.", "a billion-dollar", 1e9, "USD"),
        ("It lost -$3 million.", "-$3 million", -3e6, "USD"),
    ],
)
def test_money_has_its_currency_as_unit(sentence: str, text: str, value: float, unit: str, lexicon: QuantityLexicon):
    check(sentence, (text, value, None, unit), "money", lexicon)


@pytest.mark.parametrize(
    ("sentence", "text", "value", "unit"),
    [
        ("It rose 5%.", "5%", 5, "percent"),
        ("It rose 0.3 per cent.", "0.3 per cent", 0.3, "percent"),
        ("It rose five percentage points.", "five percentage points", 5, "percentage point"),
        ("A three-percentage-point lead.", "three-percentage-point", 3, "percentage point"),
        ("It rose 25 basis points.", "25 basis points", 25, "basis point"),
        ("It fell -5%.", "-5%", -5, "percent"),
    ],
)
def test_a_percentage_tells_percent_from_points(sentence: str, text: str, value: float, unit: str, lexicon: QuantityLexicon):
    check(sentence, (text, value, None, unit), "percent", lexicon)


@pytest.mark.parametrize(
    ("sentence", "text", "value"),
    [
        ("It costs half as much.", "half as much", 0.5),
        ("It has twice the size.", "twice", 2),
        ("It has three times as many rooms.", "three times as many", 3),
        ("It is ten times faster.", "ten times", 10),
        ("It lost a third of its staff.", "a third", 0.333333),
        ("It won two-thirds.", "two-thirds", 0.666667),
        ("It is a third cheaper.", "a third", 0.333333),
        ("It costs a quarter as much.", "a quarter", 0.25),
        ("It lost half of its staff.", "half", 0.5),
        ("More than half were new.", "half", 0.5),
        ("It doubled.", "doubled", 2),
        ("It will double by then.", "double", 2),
        ("It holds double as much.", "double as much", 2),
        ("A tenfold rise.", "tenfold", 10),
        ("A 10-fold rise.", "10-fold", 10),
        ("It is 10x cheaper.", "10x", 10),
        ("At a ratio of 2:1.", "2:1", 2),
        ("They won by ten-to-one.", "ten-to-one", 10),
        ("It hit one in five homes.", "one in five", 0.2),
        ("It hit nine out of 10 homes.", "nine out of 10", 0.9),
        ("It hit eight of 10 homes.", "eight of 10", 0.8),
        ("It lost ½ of its staff.", "½", 0.5),
    ],
)
def test_a_ratio_is_a_factor_or_a_share(sentence: str, text: str, value: float, lexicon: QuantityLexicon):
    check(sentence, (text, value, None, None), "ratio", lexicon)


@pytest.mark.parametrize(
    ("sentence", "text", "value", "unit"),
    [
        ("It took three years.", "three years", 3, "year"),
        ("A 3-hour meeting.", "3-hour", 3, "hour"),
        ("It took three more years.", "three more years", 3, "year"),
        ("It took half an hour.", "half an hour", 0.5, "hour"),
        ("It took an hour and a half.", "an hour and a half", 1.5, "hour"),
        ("An hour-long talk.", "hour-long", 1, "hour"),
        ("It took two and a half years.", "two and a half years", 2.5, "year"),
        ("A 9-year-old girl.", "9-year-old", 9, "year"),
        ("Ann Lee, 45, agreed.", "45", 45, "year"),
        ("He died at age 94.", "94", 94, "year"),
        ("For adults 65 and older.", "65", 65, "year"),
    ],
)
def test_a_length_of_time_and_an_age_are_durations(sentence: str, text: str, value: float, unit: str, lexicon: QuantityLexicon):
    check(sentence, (text, value, None, unit), "duration", lexicon)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("It is the first open-source frontier model.", ("first open-source frontier model", 1, None, "frontier model")),
        ("It is the second-largest city.", ("second-largest city", 2, None, "city")),
        ("It came in 9th place.", ("9th place", 9, None, "place")),
        ("Its first videos show it.", ("first videos", 1, None, "video")),
        ("The second debate changed little.", ("second debate", 2, None, "debate")),
        ("She finished third.", ("third", 3, None, None)),
        ("The twenty-first visit.", ("twenty-first visit", 21, None, "visit")),
        ("It is No. 1.", ("No. 1", 1, None, None)),
        ("It is the number one seller.", ("number one seller", 1, None, "seller")),
        ("It is among the top 10 countries.", ("top 10 countries", 1, 10, "country")),
        ("It is now the 10th‑largest US insurer.", ("10th‑largest US insurer", 10, None, "US insurer")),
    ],
)
def test_a_rank_has_what_is_ranked_as_its_unit(sentence: str, expected: Expected, lexicon: QuantityLexicon):
    check(sentence, expected, "rank", lexicon)


@pytest.mark.parametrize(
    ("sentence", "expected", "kind"),
    [
        ("It holds 10-15 people.", ("10-15 people", 10, 15, "person"), "count"),
        ("It has between 3 and 5 million users.", ("3 and 5 million users", 3e6, 5e6, "user"), "count"),
        ("It costs $5-10 million.", ("$5-10 million", 5e6, 10e6, "USD"), "money"),
        ("It costs $5 to $10.", ("$5 to $10", 5, 10, "USD"), "money"),
        ("It holds from 3% to 5%.", ("3% to 5%", 3, 5, "percent"), "percent"),
        ("It takes 5 to 10 years.", ("5 to 10 years", 5, 10, "year"), "duration"),
        ("It takes two or three years.", ("two or three years", 2, 3, "year"), "duration"),
        ("It is 2-3x faster.", ("2-3x", 2, 3, None), "ratio"),
        ("They are in their teens.", ("teens", 13, 19, "year"), "duration"),
        ("She is in her sixties.", ("sixties", 60, 69, "year"), "duration"),
        ("With hundreds of billions of parameters.", ("hundreds of billions of parameters", 1e11, 1e12, "parameter"), "count"),
        ("Millions or even billions of AI agents.", ("Millions or even billions of AI agents", 1e6, 1e12, "AI agent"), "count"),
        ("It cost millions of dollars.", ("millions of dollars", 1e6, 1e9, "USD"), "money"),
    ],
)
def test_a_range_has_both_ends(sentence: str, expected: Expected, kind: str, lexicon: QuantityLexicon):
    check(sentence, expected, kind, lexicon)


def test_a_change_from_one_figure_to_another_is_no_range(lexicon: QuantityLexicon):
    assert texts("It rose from 3% to 5%.", lexicon) == ["3%", "5%"]


def test_two_ages_may_have_their_unit_at_the_second_only(lexicon: QuantityLexicon):
    found = find_quantities("They are 27 and 29 years old.", lexicon)
    assert [(quantity.value, quantity.unit, quantity.kind) for quantity in found] == [
        (27, "year", "duration"),
        (29, "year", "duration"),
    ]


def test_so_many_in_so_many_years_is_no_share(lexicon: QuantityLexicon):
    assert texts("She won 5 in six years.", lexicon) == ["5", "six years"]


def test_a_price_and_a_count_make_no_range(lexicon: QuantityLexicon):
    assert texts("It went for $5 to 10 people.", lexicon) == ["$5", "10 people"]


def test_a_unit_of_another_kind_makes_no_range(lexicon: QuantityLexicon):
    assert texts("It grew 3% to 5 km.", lexicon) == ["3%", "5 km"]


def test_numbers_far_apart_are_no_range_with_or(lexicon: QuantityLexicon):
    assert texts("It takes 5 or 50 people.", lexicon) == ["5", "50 people"]


def test_a_number_before_a_verb_counts_nothing_named(lexicon: QuantityLexicon):
    assert only("The 300 died.", lexicon).unit is None


def test_an_unfinished_pair_of_adjectives_counts_nothing_named(lexicon: QuantityLexicon):
    assert only("It has 12 small and boats.", lexicon).unit is None


def test_a_score_is_neither_a_range_nor_a_count(lexicon: QuantityLexicon):
    assert texts("They won 52-48.", lexicon) == []


def test_two_shares_may_have_their_unit_at_the_second_only(lexicon: QuantityLexicon):
    found = find_quantities("She leads by 50 to 48 percent.", lexicon)
    assert [(quantity.value, quantity.unit) for quantity in found] == [(50, "percent"), (48, "percent")]


@pytest.mark.parametrize(
    "sentence",
    [
        "It has about 300 rooms.",
        "It has ~50 rooms.",
        "It has more than 12 rooms.",
        "It has up to 5 rooms.",
        "It has some 300 rooms.",
        "It has 300-odd rooms.",
        "It has 100+ rooms.",
        "It has dozens of rooms.",
        "It took a dozen or so rooms.",
        "It lasted for over five years.",
    ],
)
def test_words_around_a_figure_make_it_approximate(sentence: str, lexicon: QuantityLexicon):
    assert only(sentence, lexicon).is_approximate


@pytest.mark.parametrize("sentence", ["It has 300 rooms.", "It fell over a 40-year career.", "It was repaid over five years."])
def test_an_exact_figure_is_not_approximate(sentence: str, lexicon: QuantityLexicon):
    assert not only(sentence, lexicon).is_approximate


@pytest.mark.parametrize(
    "sentence",
    [
        "Llama 3.1, GPT-4, Python 3.12 and iOS 17 shipped.",
        "Customers call 24/7 since 9/11.",
        "The G20, 5G, COVID-19 and the F-16.",
        "Boeing 737 jets and Windows 11 users wait.",
        "3. Vision",
        "See page 12, section 230 and images 2 and 3.",
        "She has type 2 diabetes in phase 3 trials.",
        "Call 555-123-4567, +44 20 7946 0958 or a 911 operator.",
        "He lives at 1600 Pennsylvania Avenue near 192.168.0.1.",
        "The ISBN is 978-3-16-148410-0.",
        "In 2018 it opened at 2:30 p.m. on July 4, 2019.",
        "It failed three years ago and in the past two weeks.",
        "No one knew one of the reasons; one day one another.",
        "One thing is clear, the only one unhappy.",
        "First, he left. At first he stayed. The First Amendment and the 115th Congress.",
        "In the first place it is first-hand, third-party work at first sight.",
        "Wait a second, the second half began.",
        "His half-brother has a double standard.",
        "The two agreed.",
        "It&#39;s odd.",
        "They often heard the Big Four and then Twenty One Pilots here.",
        "Use a zero day in 1080p, or Windows 11 minutes.",
        "It is the only one seat, one positive jobs report and one day.",
        "Hundred's five-sided 3-legged two-way table.",
        "This is a second-rate first family, first thing.",
        "The file is No. 190211.",
        "It has 12 company's boats and the '16 rooms.",
        "Windows 10 to 11 users wait.",
        "Only one positive jobs report is out.",
        "He first met her.",
        "The 777 programme and 400777x jets.",
        "Amendment No. 3 and 401(k) plans at http://x.org/2/3 for @user5.",
    ],
)
def test_names_versions_labels_and_idioms_are_no_quantity(sentence: str, lexicon: QuantityLexicon):
    assert texts(sentence, lexicon) == []


def test_a_number_at_the_start_of_a_line_does_not_hide_the_figures_behind_it(lexicon: QuantityLexicon):
    assert texts("3. A future with 3 goals", lexicon) == ["3 goals"]


def test_a_first_before_a_number_leaves_the_number_to_count(lexicon: QuantityLexicon):
    assert texts("He won the first three contests.", lexicon) == ["three contests"]


def test_a_capital_before_a_number_names_nothing_behind_a_weekday_or_an_owner(lexicon: QuantityLexicon):
    assert texts("On Monday 12 people met at Ann's 5 homes.", lexicon) == ["12 people", "5 homes"]


def test_a_headline_gives_its_units_in_small_letters(lexicon: QuantityLexicon):
    assert only("Acme Fires Twelve HR Managers", lexicon).unit == "HR manager"


def test_no_figure_is_both_a_time_and_a_quantity(lexicon: QuantityLexicon):
    text = "In 2016, three years ago and 10 days before, 5 of the 20 sites lost 3% in the past two weeks."
    spans = [(q.start, q.end) for q in find_quantities(text, lexicon)] + [
        (t.start, t.end) for t in find_times(text, None, lexicon.times)
    ]
    spans.sort()
    assert len(spans) == 6
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_rows_place_the_quantities_in_the_document(lexicon: QuantityLexicon):
    sentences = pl.DataFrame(
        {"document_id": ["d"], "sentence_id": ["s1"], "start_char": [20], "text": ["It has about 3 rooms."]}
    )
    rows = quantities_of(sentences, TIME_EXPRESSIONS.frame(), lexicon)
    assert rows.schema == QUANTITIES.schema
    assert rows.drop("quantity_id").to_dicts() == [
        {
            "document_id": "d", "sentence_id": "s1", "claim_id": None, "start_char": 33, "end_char": 40, "text": "3 rooms",
            "value": 3.0, "upper_value": None, "unit": "room", "kind": "count", "is_approximate": True,
        }
    ]  # fmt: skip


def test_no_sentence_gives_no_rows(lexicon: QuantityLexicon):
    schema = {"document_id": pl.String, "sentence_id": pl.String, "start_char": pl.Int32, "text": pl.String}
    assert quantities_of(pl.DataFrame(schema=schema), TIME_EXPRESSIONS.frame(), lexicon).is_empty()


def test_rows_leave_out_what_is_a_time_of_that_sentence(lexicon: QuantityLexicon):
    sentences = pl.DataFrame(
        {
            "document_id": ["d", "d"], "sentence_id": ["s1", "s2"], "start_char": [0, 20],
            "text": ["It has 3 rooms.", "It has 3 rooms."],
        }
    )  # fmt: skip
    row = {"time_id": "t", "document_id": "d", "sentence_id": "s2", "start_char": 27, "end_char": 34, "text": "3 rooms"}
    times = TIME_EXPRESSIONS.frame([{**row, "is_relative": False}])
    assert quantities_of(sentences, times, lexicon)["sentence_id"].to_list() == ["s1"]


@pytest.mark.parametrize(
    "text", ["", " ", "0", "1E2", "$", "-", "1/0", "99999999999999999999999", "½½½", "٣ people", "1,2,3,", "\u202e5 5%"]
)
def test_odd_strings_break_nothing(text: str, lexicon: QuantityLexicon):
    assert all(text[found.start : found.end] == found.text for found in find_quantities(text, lexicon))


@pytest.mark.parametrize(
    ("sentence", "text", "unit"),
    [
        ("The first item costs nothing.", "first item", "item"),
        ("The second phone takes more than that.", "second phone", "phone"),
        ("The third case involves the mayor.", "third case", "case"),
    ],
)
def test_a_verb_with_its_object_is_no_part_of_what_is_ranked(lexicon: QuantityLexicon, sentence: str, text: str, unit: str):
    found = only(sentence, lexicon)
    assert (found.text, found.unit) == (text, unit)


def test_by_before_two_bare_numbers_with_one_unit_makes_a_range(lexicon: QuantityLexicon):
    found = only("Prices rose by 5 to 7 percent.", lexicon)
    assert (found.value, found.upper_value) == (5, 7)


def test_by_how_much_and_to_what_it_rose_are_two_figures(lexicon: QuantityLexicon):
    assert texts("Claims rose by 14,000 to 249,000 requests.", lexicon) == ["14,000", "249,000 requests"]


def test_a_percentage_compared_with_another_shares_its_unit(lexicon: QuantityLexicon):
    found = find_quantities("Turnout fell to 48.3 from 52.1 percent.", lexicon)
    assert [quantity.unit for quantity in found] == ["percent", "percent"]


def test_a_factor_is_a_ratio(lexicon: QuantityLexicon):
    check("Costs fell by a factor of four.", ("a factor of four", 4, None, None), "ratio", lexicon)


def test_every_second_of_them_ranks_nobody(lexicon: QuantityLexicon):
    assert texts("Every second child is poor.", lexicon) == []


def test_a_part_of_a_counted_whole_counts_the_same_things(lexicon: QuantityLexicon):
    found = only("Two of the six people left.", lexicon)
    assert (found.text, found.unit) == ("Two of the six people", "person")
    assert only("Two of his one-time rivals left.", lexicon).unit == "one-time rival"


def test_pc_is_percent(lexicon: QuantityLexicon):
    check("Profit rose 8pc.", ("8pc", 8, None, "percent"), "percent", lexicon)
