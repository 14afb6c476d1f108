from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from transforms.rows import read_row

TEXT = "The ferry sank."


def given(**fields: object):
    return read_row({"text": TEXT, **fields}).given


def test_a_row_of_text_is_its_bytes_with_what_it_gives():
    row = read_row({"text": TEXT, "title": " A late\n ferry ", "site": "The Post", "url": "https://post.example/a", "id": 7})
    assert (row.raw, row.problem, row.identifier) == (TEXT.encode(), None, "7")
    assert (row.given.title, row.given.site, row.given.url) == ("A late ferry", "The Post", "https://post.example/a")


def test_markup_goes_before_text_unless_it_is_empty():
    assert read_row({"text": TEXT, "html": "<p>x</p>"}).raw == b"<p>x</p>"
    assert read_row({"text": TEXT, "html": " "}).raw == TEXT.encode()


def test_a_text_that_tells_of_a_tag_is_text_and_one_that_begins_with_it_may_be_markup():
    assert read_row({"text": "Write <p> for a paragraph."}).given.is_text
    assert not read_row({"text": " <p>A paragraph."}).given.is_text
    assert not read_row({"html": "A paragraph."}).given.is_text


def test_bytes_are_text_too():
    assert read_row({"text": b"caf\xe9"}).raw == b"caf\xe9"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"title": "x"}, "neither text nor html"),
        ({"text": "  "}, "neither text nor html"),
        ({"text": 3}, "its text is a number"),
        ({"html": ["<p>"]}, "its html is a list"),
        ({"text": {"body": "x"}}, "its text is an object"),
    ],
)
def test_a_row_without_text_says_why_and_keeps_its_address(fields, problem):
    row = read_row({**fields, "url": "https://post.example/a"})
    assert (row.raw, row.url) == (None, "https://post.example/a")
    assert problem in (row.problem or "")


@pytest.mark.parametrize(
    "url", ["post.example/a", "ftp://post.example/a", "https://a b", "javascript:alert(1)", 3, "", "https://x\ny"]
)
def test_what_is_no_address_of_the_web_is_none(url):
    assert read_row({"text": TEXT, "url": url}).url is None


def test_authors_come_as_a_list_or_as_a_byline():
    assert given(authors=["Anna Lindqvist", " Piet Olsen ", "Anna Lindqvist", None]).authors == ("Anna Lindqvist", "Piet Olsen")
    assert given(authors=[{"name": "Anna Lindqvist"}]).authors == ("Anna Lindqvist",)
    assert given(authors="By Anna Lindqvist and Piet Olsen").authors == ("Anna Lindqvist", "Piet Olsen")
    assert given(authors="news24").authors == ("news24",)
    assert given(authors=[]).authors is None


@pytest.mark.parametrize(
    ("written", "at", "on"),
    [
        ("2024-05-06T23:30:00-05:00", datetime(2024, 5, 7, 4, 30), date(2024, 5, 6)),
        ("Mon, 06 May 2024 09:00:00 GMT", datetime(2024, 5, 6, 9), date(2024, 5, 6)),
        ("6 May 2024", datetime(2024, 5, 6), date(2024, 5, 6)),
        (1715000000, datetime(2024, 5, 6, 12, 53, 20), date(2024, 5, 6)),
        (1715000000000, datetime(2024, 5, 6, 12, 53, 20), date(2024, 5, 6)),
        (date(2024, 5, 6), datetime(2024, 5, 6), date(2024, 5, 6)),
        (datetime(2024, 5, 6, 1, tzinfo=timezone(timedelta(hours=2))), datetime(2024, 5, 5, 23), date(2024, 5, 6)),
        ("soon", None, None),
        ("0001-01-01", None, None),
        (float("nan"), None, None),
        (1e300, None, None),
        (True, None, None),
        ([2024], None, None),
    ],
)
def test_times_are_read_in_whatever_form_they_stand(written, at, on):
    assert (given(published_at=written).published_at, given(published_at=written).published_on) == (at, on)


def test_when_a_row_was_fetched_is_its_own_to_say():
    assert read_row({"text": TEXT, "fetched_at": datetime(2024, 5, 6, tzinfo=UTC)}).fetched_at == datetime(2024, 5, 6)


def test_what_could_not_be_stored_is_made_harmless():
    row = read_row({"text": "a\ud800b", "title": "x\ud800\x00y", "id": "\udfff"})
    assert (row.raw, row.given.title, row.identifier) == (b"a?b", "x? y", "?")


def test_a_title_as_long_as_an_article_is_none():
    assert given(title="x" * 9000).title is None
