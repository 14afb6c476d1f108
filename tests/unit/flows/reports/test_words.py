"""How the pages write numbers, days and links."""

from datetime import UTC, datetime

import pytest

from flows.reports.words import compact, day, entity_link, headline, link, moment, number, percent


def test_an_address_that_a_browser_would_carry_out_is_no_link() -> None:
    assert link("Story", "javascript:alert(1)") == "<bdi>Story</bdi>"
    assert link(None, "https://a.example/?a=1&b=2").startswith('<a href="https://a.example/?a=1&amp;b=2"')


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (number(12345), "12,345"), (number(None), "–"),
        (percent(100), "100%"), (percent(99.97), ">99.9%"), (percent(0.04), "<0.1%"), (percent(0), "0%"),
        (percent(12.34), "12.3%"), (percent(None), "–"),
        (compact(405e9), "405 billion"), (compact(1.1e6), "1.1 million"), (compact(37.5), "37.5"), (compact(1200), "1,200"),
        (compact(-2e12), "-2 trillion"), (compact(0), "0"), (compact(0.5), "0.5"), (compact(None), "–"),
        (day(datetime(2026, 11, 2)), "2 Nov 2026"), (day(None), "–"),
        (moment(datetime(2026, 11, 2, 6, 30, tzinfo=UTC)), "2 Nov 2026, 06:30 UTC"), (moment(None), "–"),
    ],
)  # fmt: skip
def test_numbers_and_days_are_written_for_people(shown: str, words: str) -> None:
    assert shown == words


def test_an_entity_without_a_page_is_searched_for() -> None:
    assert entity_link({"entity_id": "e", "name": "A&B", "has_page": True}, "../") == (
        '<a href="../entities/e.html"><bdi>A&amp;B</bdi></a>'
    )
    assert entity_link({"entity_id": "e", "name": "A&B", "has_page": False}, "") == (
        '<a href="claims.html?q=%22A%26B%22"><bdi>A&amp;B</bdi></a>'
    )


def test_an_article_without_a_title_goes_by_the_end_of_its_address() -> None:
    assert headline(None, "https://a.example/story/") == "story"
