from datetime import date

import polars as pl
import pytest

from transforms.times import TimeExpression, TimeLexicon, find_times, times_of
from warehouse.tables import TIME_EXPRESSIONS

WRITTEN_ON = date(2024, 8, 1)  # a Thursday


@pytest.fixture(scope="module")
def lexicon(seeds: dict[str, pl.DataFrame]) -> TimeLexicon:
    return TimeLexicon.from_frames(seeds)


def only(text: str, lexicon: TimeLexicon, written_on: date | None = WRITTEN_ON) -> TimeExpression:
    (found,) = find_times(text, written_on, lexicon)
    assert text[found.start : found.end] == found.text
    return found


def days(text: str, lexicon: TimeLexicon, written_on: date | None = WRITTEN_ON) -> tuple[str, str, str]:
    found = only(text, lexicon, written_on)
    return found.text, str(found.earliest or ""), str(found.latest or "")


def texts(text: str, lexicon: TimeLexicon) -> list[str]:
    return [found.text for found in find_times(text, WRITTEN_ON, lexicon)]


@pytest.mark.parametrize(
    ("sentence", "text", "earliest", "latest"),
    [
        ("It opened on July 23, 2024.", "July 23, 2024", "2024-07-23", "2024-07-23"),
        ("It opened on 23 July 2024.", "23 July 2024", "2024-07-23", "2024-07-23"),
        ("It opened on Jan. 5th, 2016.", "Jan. 5th, 2016", "2016-01-05", "2016-01-05"),
        ("It opened on the 4th of March, 1999.", "4th of March, 1999", "1999-03-04", "1999-03-04"),
        ("Logged at 2024-07-23T10:00:00Z.", "2024-07-23T10:00:00Z", "2024-07-23", "2024-07-23"),
        ("Filed on 7/23/2024.", "7/23/2024", "2024-07-23", "2024-07-23"),
        ("Filed on 23.07.2024.", "23.07.2024", "2024-07-23", "2024-07-23"),
        ("Filed on 7/8/2024.", "7/8/2024", "2024-07-08", "2024-08-07"),
        ("Held July 23-25, 2024.", "July 23-25, 2024", "2024-07-23", "2024-07-25"),
        ("Polled February 15-17, 2016.", "February 15-17, 2016", "2016-02-15", "2016-02-17"),
        ("It began in March 2016.", "March 2016", "2016-03-01", "2016-03-31"),
        ("It began in 2018.", "2018", "2018-01-01", "2018-12-31"),
        ("After the 2018 scandal he left.", "2018", "2018-01-01", "2018-12-31"),
        ("It sold well in the third quarter of 2024.", "third quarter of 2024", "2024-07-01", "2024-09-30"),
        ("Sales in Q3 2024 rose.", "Q3 2024", "2024-07-01", "2024-09-30"),
        ("In H1 2024 sales rose.", "H1 2024", "2024-01-01", "2024-06-30"),
        ("Spending in fiscal 2023 rose.", "fiscal 2023", "2022-01-01", "2023-12-31"),
        ("The 2015-16 season was poor.", "2015-16", "2015-01-01", "2016-12-31"),
        ("Music of the 1990s.", "1990s", "1990-01-01", "1999-12-31"),
        ("Music of the ’90s.", "’90s", "1990-01-01", "1999-12-31"),
        ("Music of the 80s.", "80s", "1980-01-01", "1989-12-31"),
        ("Music of the sixties.", "sixties", "1960-01-01", "1969-12-31"),
        ("A 21st-century problem.", "21st-century", "2000-01-01", "2100-12-31"),
        ("In late 2022 it grew.", "late 2022", "2022-07-01", "2022-12-31"),
        ("In early 2023 it grew.", "early 2023", "2023-01-01", "2023-06-30"),
        ("By mid-2024 it grew.", "By mid-2024", "", "2024-09-30"),
        ("At the end of 2023 it grew.", "the end of 2023", "2023-10-01", "2023-12-31"),
        ("In the late 1980s it grew.", "the late 1980s", "1985-01-01", "1989-12-31"),
        ("In the summer of 2023 it rained.", "summer of 2023", "2023-06-01", "2023-09-23"),
        ("He ruled from 2019 to 2021.", "from 2019 to 2021", "2019-01-01", "2021-12-31"),
        ("He ruled between May and July 2024.", "between May and July 2024", "2024-05-01", "2024-07-31"),
        ("He ruled from December to January 2024.", "from December to January 2024", "2023-12-01", "2024-01-31"),
        ("In the winter of 2023 it froze.", "winter of 2023", "2023-01-01", "2024-03-20"),
        ("Filed on 7/23/24.", "7/23/24", "2024-07-23", "2024-07-23"),
        ("Sales fell in the third fiscal quarter of 2024.", "third fiscal quarter of 2024", "2023-01-01", "2024-12-31"),
        ("In the fiscal year 2023/24 it grew.", "fiscal year 2023/24", "2023-01-01", "2024-12-31"),
        ("2016 was hot.", "2016", "2016-01-01", "2016-12-31"),
        ("On Christmas 2015 it froze.", "Christmas 2015", "2015-12-25", "2015-12-25"),
        ("A law of 1776.", "1776", "1776-01-01", "1776-12-31"),
        ("An 1853 law.", "1853", "1853-01-01", "1853-12-31"),
    ],
)
def test_an_absolute_time_covers_its_days(sentence: str, text: str, earliest: str, latest: str, lexicon: TimeLexicon):
    assert days(sentence, lexicon, None) == (text, earliest, latest)
    assert not only(sentence, lexicon).is_relative


@pytest.mark.parametrize(
    ("sentence", "text", "earliest", "latest"),
    [
        ("He left yesterday morning.", "yesterday morning", "2024-07-31", "2024-07-31"),
        ("He leaves tomorrow.", "tomorrow", "2024-08-02", "2024-08-02"),
        ("It is now open.", "now", "2024-08-01", "2024-08-01"),
        ("He left last week.", "last week", "2024-07-21", "2024-07-28"),
        ("He left last month.", "last month", "2024-07-01", "2024-07-31"),
        ("He leaves next year.", "next year", "2025-01-01", "2025-12-31"),
        ("He left last night.", "last night", "2024-07-31", "2024-07-31"),
        ("It fell earlier this year.", "earlier this year", "2024-01-01", "2024-08-01"),
        ("It falls later this year.", "later this year", "2024-08-01", "2024-12-31"),
        ("It fell late last year.", "late last year", "2023-07-01", "2023-12-31"),
        ("It fell in the past decade.", "the past decade", "2014-08-01", "2024-08-01"),
        ("It fell over the past three years.", "the past three years", "2021-08-01", "2024-08-01"),
        ("It fell in recent months.", "recent months", "", "2024-08-01"),
        ("It falls in the next two weeks.", "the next two weeks", "2024-08-01", "2024-08-15"),
        ("He left three days ago.", "three days ago", "2024-07-29", "2024-07-29"),
        ("He left three years ago.", "three years ago", "2021-02-01", "2022-02-01"),
        ("He left 10 to 15 years ago.", "10 to 15 years ago", "2009-02-01", "2015-02-01"),
        ("It opens in two years' time.", "two years' time", "2026-02-01", "2027-02-01"),
        ("It ends by the end of the year.", "by the end of the year", "", "2024-12-31"),
        ("He left on Monday.", "Monday", "2024-07-29", "2024-07-29"),
        ("He left on Thursday night.", "Thursday night", "2024-08-01", "2024-08-01"),
        ("He left last Thursday.", "last Thursday", "2024-07-25", "2024-07-25"),
        ("He will leave on Monday.", "Monday", "2024-07-29", "2024-08-05"),
        ("He leaves next Friday.", "next Friday", "2024-08-02", "2024-08-09"),
        ("He left in July.", "July", "2024-07-01", "2024-07-31"),
        ("He left in March.", "March", "2024-03-01", "2024-03-31"),
        ("It opens in November.", "November", "2024-11-01", "2024-11-30"),
        ("He left last July.", "last July", "2024-07-01", "2024-07-31"),
        ("He left in July of last year.", "July of last year", "2023-07-01", "2023-07-31"),
        ("Polled July 15-17 among adults.", "July 15-17", "2024-07-15", "2024-07-17"),
        ("He left on July 23.", "July 23", "2024-07-23", "2024-07-23"),
        ("He left on the Fourth of July.", "the Fourth of July", "2024-07-04", "2024-07-04"),
        ("He left this summer.", "this summer", "2024-06-01", "2024-09-23"),
        ("The end of July was hot.", "The end of July", "2024-07-24", "2024-07-31"),
        ("It opened at 8 p.m. on Tuesday, July 23.", "8 p.m. on Tuesday, July 23", "2024-07-23", "2024-07-23"),
        ("It opens sometime next year.", "sometime next year", "2025-01-01", "2025-12-31"),
        ("He comes this weekend.", "this weekend", "2024-08-03", "2024-08-04"),
        ("It grew this decade.", "this decade", "2020-01-01", "2029-12-31"),
        ("It grew this century.", "this century", "2000-01-01", "2100-12-31"),
        ("It may begin in Nov. or so.", "Nov.", "2024-11-01", "2024-11-30"),
        ("It opened on New Year's Day.", "New Year's Day", "2024-01-01", "2024-01-01"),
    ],
)
def test_a_relative_time_is_resolved_against_the_day_of_writing(
    sentence: str, text: str, earliest: str, latest: str, lexicon: TimeLexicon
):
    assert days(sentence, lexicon) == (text, earliest, latest)
    assert only(sentence, lexicon).is_relative
    assert days(sentence, lexicon, None) == (text, "", "")


@pytest.mark.parametrize(
    "sentence",
    [
        "He left two weeks later.",
        "He left the next day.",
        "That year he left.",
        "He recently left.",
        "He left years ago.",
        "He left several years ago.",
        "He left an hour ago.",
        "Sales fell in the third quarter.",
        "Sales fell last quarter.",
        "It rains in the summer.",
        "It opens at noon.",
        "It opens at 9 a.m. ET.",
        "Last Christmas it froze.",
        "It grew this millennium.",
        "He left the next morning.",
    ],
)
def test_a_time_from_another_event_or_without_a_known_day_has_no_days(sentence: str, lexicon: TimeLexicon):
    found = only(sentence, lexicon)
    assert (found.earliest, found.latest, found.is_relative) == (None, None, True)


@pytest.mark.parametrize(
    ("sentence", "text", "earliest", "latest"),
    [
        ("It grew since 2018.", "since 2018", "2018-01-01", "2024-08-01"),
        ("It lasts until 2030.", "until 2030", "", "2030-12-31"),
        ("It ends by 2030.", "by 2030", "", "2030-12-31"),
        ("It ended before July 4, 2016.", "before July 4, 2016", "", "2016-07-03"),
        ("It ended before the end of 2016.", "before the end of 2016", "", "2016-12-31"),
        ("It ended after 2016.", "after 2016", "2016-01-01", ""),
        ("It runs from 2019 onward.", "from 2019 onward", "2019-01-01", ""),
    ],
)
def test_since_until_by_before_and_after_open_one_side(
    sentence: str, text: str, earliest: str, latest: str, lexicon: TimeLexicon
):
    assert days(sentence, lexicon) == (text, earliest, latest)


def test_a_preposition_belongs_to_the_noun_that_a_time_describes(lexicon: TimeLexicon):
    assert texts("He left after Monday's vote and before the 2016 election.", lexicon) == ["Monday", "2016"]


def test_a_range_with_one_end_of_known_days_keeps_them_without_a_day_of_writing(lexicon: TimeLexicon):
    assert days("He ruled from 2012 until this year.", lexicon, None) == ("from 2012 until this year", "2012-01-01", "")


@pytest.mark.parametrize(
    "sentence",
    [
        "He may march in.",
        "Theresa May and April Jones spoke.",
        "A March on Rome.",
        "The fall of the wall in spring water.",
        "She reads the Sunday Times on Super Tuesday.",
        "Every Monday she swims.",
        "At the end of the day it failed at the last minute.",
        "Now that he left, and now and then, a better tomorrow.",
        "Now, listen.",
        "The Today show and USA Today.",
        "It took three years.",
        "The last years of his life.",
        "He sold 2,018 cars for $2018 on page 2016 to 2016 people.",
        "He wrote it in 1200 words.",
        "In his nineties.",
        "The nineties in degrees and highs in the 80s.",
        "His late-night show, of late-born fame.",
        "The Q7 model and the 9th quarter.",
        "A noon train and Christmas trees.",
        "Summer camp and summer jobs.",
        "2016. List entry",
        "It is the last hour of the day and the last week of the trial.",
        "This day and this minute.",
        "The last honest years and a fiscal cliff.",
        "Mon. is short.",
        "The thirties in degrees.",
        "9/11 and 24/7.",
        "On 31/31/2024.",
    ],
)
def test_words_and_figures_that_only_look_like_a_time_are_none(sentence: str, lexicon: TimeLexicon):
    assert texts(sentence, lexicon) == []


def test_before_christ_a_century_has_no_days(lexicon: TimeLexicon):
    assert days("In the 5th century BC it fell.", lexicon) == ("5th century BC", "", "")


def test_a_time_before_the_calendar_begins_has_no_days(lexicon: TimeLexicon):
    assert days("It formed 4,000 years ago.", lexicon) == ("4,000 years ago", "", "")


def test_a_day_that_its_month_lacks_leaves_the_month(lexicon: TimeLexicon):
    assert texts("On 30 February 2024 and on Feb. 31.", lexicon) == ["February 2024"]


def test_days_that_run_backwards_are_none(lexicon: TimeLexicon):
    assert texts("On July 25-23.", lexicon) == []


def test_later_this_year_on_its_last_day_is_that_day(lexicon: TimeLexicon):
    assert days("It falls later this year.", lexicon, date(2024, 12, 31)) == ("later this year", "2024-12-31", "2024-12-31")


def test_the_last_day_of_the_calendar_breaks_nothing(lexicon: TimeLexicon):
    assert days("He leaves tomorrow.", lexicon, date.max) == ("tomorrow", "", "")
    assert days("He left in May.", lexicon, date.max) == ("May", "", "")
    assert days("He leaves next month.", lexicon, date.max) == ("next month", "", "")


def test_rows_place_the_times_in_the_document(lexicon: TimeLexicon):
    sentences = pl.DataFrame(
        {
            "document_id": ["d", "d"],
            "sentence_id": ["s0", "s1"],
            "start_char": [0, 20],
            "text": ["Nothing.", "He left yesterday."],
            "written_on": [None, WRITTEN_ON],
        }
    )
    rows = times_of(sentences, lexicon)
    assert rows.schema == TIME_EXPRESSIONS.schema
    assert rows.drop("time_id").to_dicts() == [
        {
            "document_id": "d", "sentence_id": "s1", "claim_id": None, "start_char": 28, "end_char": 37, "text": "yesterday",
            "earliest": date(2024, 7, 31), "latest": date(2024, 7, 31), "is_relative": True,
        }
    ]  # fmt: skip


def test_no_sentence_gives_no_rows(lexicon: TimeLexicon):
    schema = {
        "document_id": pl.String,
        "sentence_id": pl.String,
        "start_char": pl.Int32,
        "text": pl.String,
        "written_on": pl.Date,
    }
    assert times_of(pl.DataFrame(schema=schema), lexicon).is_empty()


@pytest.mark.parametrize(
    "sentence",
    [
        "The engine got a score of 2072.",
        "Its rating is 2015.",
        "The index closed at 1987.",
        "She scored 1950.",
        "The car has 2023 sensors.",
        "The total reached 2012.",
        "It reads a batch of 2048.",
        "An average of 1950 per day came.",
        "She won 2005 points and 1998 rebounds.",
    ],
)
def test_four_digits_that_say_how_much_are_no_year(lexicon: TimeLexicon, sentence: str):
    assert texts(sentence, lexicon) == []


@pytest.mark.parametrize("sentence", ["At 2015 prices it fell.", "The total for 2015 fell.", "The class of 2015 met."])
def test_a_word_of_measure_elsewhere_leaves_a_year_a_year(lexicon: TimeLexicon, sentence: str):
    assert texts(sentence, lexicon) == ["2015"]


def test_a_year_of_the_next_century_is_a_year_where_a_time_is_called_for(lexicon: TimeLexicon):
    assert texts("Seas rise by 2100.", lexicon) == ["by 2100"]
    assert texts("It has 2100 seats.", lexicon) == []


@pytest.mark.parametrize(
    ("sentence", "text", "earliest", "latest"),
    [
        ("It grew in the first quarter of this year.", "first quarter of this year", "2024-01-01", "2024-03-31"),
        ("It grew in 1Q23.", "1Q23", "2023-01-01", "2023-03-31"),
        ("It raised its FY25 guidance.", "FY25", "2024-01-01", "2025-12-31"),
        ("It was a farm half a century ago.", "half a century ago", "1949-08-01", "1999-08-01"),
        ("The hall opens on Friday.", "Friday", "2024-07-26", "2024-08-02"),
    ],
)
def test_quarters_fiscal_years_and_parts_of_a_unit(lexicon: TimeLexicon, sentence: str, text: str, earliest: str, latest: str):
    assert days(sentence, lexicon) == (text, earliest, latest)


def test_a_month_that_has_been_is_not_the_coming_one(lexicon: TimeLexicon):
    assert days("It closed in October.", lexicon) == ("October", "2023-10-01", "2023-10-31")
    assert days("It will close in October.", lexicon) == ("October", "2024-10-01", "2024-10-31")
    assert days("It closed in July.", lexicon) == ("July", "2024-07-01", "2024-07-31")


def test_years_that_run_backwards_are_a_result(lexicon: TimeLexicon):
    assert texts("The vote was 2011 to 1994.", lexicon) == []
    assert texts("It grew 1994 to 2011.", lexicon) == ["1994 to 2011"]
