from datetime import UTC, date, datetime

import pytest
from lxml.html import document_fromstring

from transforms.page_dates import Publication, find_modified, find_published, parse_time, printed_date
from transforms.page_head import Head
from transforms.page_lines import page_lines

TITLE = "A late ferry"
DAY = datetime(2023, 3, 5)


def publication_of(body: str, metas: dict[str, str] | None = None, address: str = "") -> Publication | None:
    tree = document_fromstring(f"<html><body>{body}</body></html>")
    return find_published(Head([], [], metas or {}, None), page_lines(tree), TITLE, address)


def published(body: str, metas: dict[str, str] | None = None, address: str = "") -> datetime | None:
    publication = publication_of(body, metas, address)
    return publication.at if publication else None


@pytest.mark.parametrize(
    "text",
    ["March 5, 2023", "Mar. 5th 2023", "Sun, 5 March 2023", "5-Mar-2023", "2023-03-05", "2023/3/5", "Posted 05.03.2023 at 8"],
)  # fmt: skip
def test_a_printed_day_is_read_in_many_forms(text):
    assert printed_date(text) == DAY


@pytest.mark.parametrize("text", ["March 2023", "5/3/2023", "2023", "March 35, 2023", "call 2023-03-0512", "remarch 5, 2023"])
def test_half_a_date_or_an_unclear_one_is_none(text):
    assert printed_date(text) is None


@pytest.mark.parametrize("text", ["15/3/2023", "3/15/2023"])
def test_a_date_with_strokes_counts_where_one_order_makes_a_date(text):
    assert printed_date(text) == datetime(2023, 3, 15)


@pytest.mark.parametrize("text", ["2023-03-05 08:00:00 UTC", "2023-03-05 08:00:00 +0000", "2023-03-05T08:00:00Z"])
def test_a_zone_behind_a_space_is_a_zone(text):
    assert parse_time(text) == datetime(2023, 3, 5, 8, tzinfo=UTC)


def test_a_date_below_the_title_is_the_page_s():
    assert published(f"<h1>{TITLE}</h1><p>Anna Lindqvist · March 5, 2023</p>") == DAY


def test_a_day_of_the_last_change_is_no_publication():
    assert published(f"<h1>{TITLE}</h1><p>Updated March 5, 2023</p>") is None


def test_a_long_line_below_the_title_is_running_text():
    words = "The ferry that sank in the river near the old pier on March 5, 2023 was raised again by the same pilot."
    assert published(f"<h1>{TITLE}</h1><p>{words}</p>") is None


def test_a_line_far_below_that_says_published_dates_the_page():
    rest = "<p>It came at noon.</p>" * 20
    assert published(f"<h1>{TITLE}</h1>{rest}<p>Published on March 5, 2023</p>") == DAY
    assert published(f"<h1>{TITLE}</h1>{rest}<p>March 5, 2023</p>") is None


def test_of_several_days_in_teasers_none_is_the_page_s():
    teasers = "".join(f"<div><time datetime='2023-03-0{day}'>{day}</time></div>" for day in (5, 6))
    assert published(f"<h1>{TITLE}</h1>{'<p>It came at noon.</p>' * 20}{teasers}") is None


def test_a_time_beside_the_title_goes_before_the_teasers():
    teaser = "<div><time datetime='2024-01-01'>then</time></div>"
    assert published(f"<h1>{TITLE}</h1><p><time datetime='2023-03-05'>Sunday</time></p>{'<p>It came.</p>' * 20}{teaser}") == DAY


def test_a_meta_tag_s_time_goes_before_the_printed_one():
    assert published(f"<h1>{TITLE}</h1><p>March 6, 2023</p>", {"sailthru.date": "2023-03-05"}) == DAY


def test_a_meta_tag_may_spell_the_month():
    assert published("", {"date": "5 March 2023"}) == DAY


def test_a_day_in_the_address_is_the_last_resort():
    assert published("", address="https://post.example/2023/03/05/late-ferry") == DAY
    assert published("", address="https://post.example/blog/2023-03-05-late-ferry") == DAY
    assert published("", address="https://post.example/2023/13/05/late-ferry") is None


def test_a_day_in_a_local_path_is_the_day_of_saving_perhaps():
    assert published("", address="file:///pages/2023/03/05/late-ferry.html") is None


def test_a_meta_tag_of_a_template_s_own_name_is_read():
    assert published("", {"w-published-date": "2023-03-05"}) == DAY


def test_the_last_change_is_what_the_head_says():
    assert find_modified(Head([], [], {"article:modified_time": "2023-03-05"}, None)) == DAY


def day_of(body: str, moment: str, address: str = "") -> date | None:
    publication = publication_of(body, {"article:published_time": moment}, address)
    return publication.on if publication else None


def test_the_day_is_the_one_in_the_zone_that_the_page_names():
    publication = publication_of(f"<h1>{TITLE}</h1>", {"article:published_time": "2023-03-05T23:30:00-05:00"})
    assert publication == Publication(datetime(2023, 3, 6, 4, 30), date(2023, 3, 5))


@pytest.mark.parametrize("moment", ["2023-03-06T02:41:00Z", "2023-03-06T02:41:00"])
def test_where_the_head_counts_in_utc_the_day_is_the_printed_one(moment):
    assert day_of(f"<h1>{TITLE}</h1><p>Posted on March 5, 2023</p>", moment) == date(2023, 3, 5)


def test_where_no_day_is_printed_the_address_tells_the_day():
    assert day_of(f"<h1>{TITLE}</h1>", "2023-03-06T02:41:00Z", "https://post.example/2023/03/05/a-late-ferry") == date(
        2023, 3, 5
    )


def test_a_zone_that_the_page_names_goes_before_the_printed_day():
    assert day_of(f"<h1>{TITLE}</h1><p>March 5, 2023</p>", "2023-03-06T02:41:00+02:00") == date(2023, 3, 6)


def test_a_printed_day_further_off_than_a_zone_can_shift_is_another_story_s():
    assert day_of(f"<h1>{TITLE}</h1><p>March 3, 2023</p>", "2023-03-05T23:30:00Z") == date(2023, 3, 5)


def test_a_time_element_beside_the_title_dates_the_day_in_its_own_zone():
    publication = publication_of(f"<h1>{TITLE}</h1><p><time datetime='2023-03-05T22:00:00-05:00'>late</time></p>")
    assert publication == Publication(datetime(2023, 3, 6, 3), date(2023, 3, 5))


@pytest.mark.parametrize(("author", "dated"), [({"author": "Ann Lee"}, DAY), ({}, None)])
def test_a_web_page_is_dated_like_an_article_where_it_names_its_author(author, dated):
    head = Head([], [{"@type": "WebPage", "datePublished": "2023-03-05", **author}], {}, None)
    found = find_published(head, page_lines(document_fromstring("<html><body><p>Ice.</p></body></html>")), TITLE, "")
    assert (found.at if found else None) == dated
