import json
from datetime import date, datetime

import pytest
from trafilatura import load_html

from transforms.metadata import Metadata, read_metadata
from transforms.page_lines import page_lines

BODY = "<p>The ferry across the river was late again this morning, and nobody on the pier could say why.</p>" * 3


def metadata_of(head: str, body: str = BODY, url: str = "file:///pages/a.html") -> Metadata:
    html = f"<html><head>{head}</head><body><article>{body}</article></body></html>"
    tree = load_html(html)
    return read_metadata(tree, url, page_lines(tree))


def json_ld(*items: object) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(item)}</script>' for item in items)


NEWS = {
    "@context": "https://schema.org", "@type": "NewsArticle", "headline": "A late ferry",
    "datePublished": "2023-03-05T08:00:00+02:00", "dateModified": "2023-03-06T09:30:00Z",
    "author": [{"@type": "Person", "name": "Anna Lindqvist"}, {"@type": "Person", "name": "Piet Olsen"}],
    "publisher": {"@type": "Organization", "name": "Harbour Post"},
}  # fmt: skip


def test_json_ld_gives_times_in_utc():
    found = metadata_of(json_ld(NEWS))
    assert (found.published_at, found.modified_at) == (datetime(2023, 3, 5, 6), datetime(2023, 3, 6, 9, 30))
    assert found.published_on == date(2023, 3, 5)


def test_json_ld_names_authors_in_their_order_and_the_site():
    found = metadata_of(json_ld(NEWS))
    assert (found.authors, found.site) == (("Anna Lindqvist", "Piet Olsen"), "Harbour Post")


def test_an_article_inside_a_graph_is_found():
    assert metadata_of(json_ld({"@graph": [{"@type": "WebSite"}, NEWS]})).published_at == datetime(2023, 3, 5, 6)


def test_an_article_inside_a_list_is_found():
    assert metadata_of(json_ld([{"@type": "Person"}, NEWS])).published_at == datetime(2023, 3, 5, 6)


def test_a_date_of_something_that_is_no_article_is_not_the_page_s():
    assert metadata_of(json_ld({"@type": "WebSite", "dateModified": "2023-03-05"})).modified_at is None


def test_broken_json_ld_is_passed_over():
    broken = '<script type="application/ld+json">{"@type": "NewsArticle", </script>'
    assert metadata_of(broken + json_ld(NEWS)).published_at == datetime(2023, 3, 5, 6)


def test_meta_tags_give_the_times_where_json_ld_gives_none():
    head = '<meta property="article:published_time" content="2023-03-05T08:00:00Z">'
    head += '<meta property="article:modified_time" content="2023-03-07">'
    found = metadata_of(head)
    assert (found.published_at, found.modified_at) == (datetime(2023, 3, 5, 8), datetime(2023, 3, 7))


def test_open_graph_names_title_and_site():
    found = metadata_of(
        '<meta property="og:title" content="A late  ferry"><meta property="og:site_name" content="Harbour Post">'
    )
    assert (found.title, found.site) == ("A late ferry", "Harbour Post")


def test_a_title_element_alone_is_the_title():
    assert metadata_of("<title>A late ferry</title>").title == "A late ferry"


def test_the_meta_author_is_the_author():
    assert metadata_of('<meta name="author" content="Anna Lindqvist">').authors == ("Anna Lindqvist",)


def test_a_page_that_says_nothing_of_itself_has_no_metadata():
    assert metadata_of("") == Metadata()


@pytest.mark.parametrize(
    "words",
    [
        "The ferry sank on 5 March 2023 and was raised again.",
        "Updated figures for 2023-03-05 are in the yearbook.",
        "Copyright 2023 Harbour Post.",
    ],
)
def test_no_date_is_guessed_from_running_text(words):
    found = metadata_of("", f"{BODY}<p>{words}</p>")
    assert (found.published_at, found.modified_at) == (None, None)


def test_a_reader_s_comment_does_not_date_the_article():
    body = f"{BODY}<div class='comments'><p>First!</p><time datetime='2023-03-05'>3 hours ago</time></div>"
    assert metadata_of("", body).published_at is None


def test_the_article_s_own_time_element_dates_it_to_the_minute():
    found = metadata_of("", f"<p class='dates'><time datetime='2023-03-05T07:01:00Z' pubdate>5 March</time></p>{BODY}")
    assert found.published_at == datetime(2023, 3, 5, 7, 1)


def test_the_canonical_link_is_the_address():
    assert (
        metadata_of('<link rel="canonical" href="https://post.example/late-ferry">').canonical_url
        == "https://post.example/late-ferry"
    )


def test_the_canonical_link_goes_before_open_graph():
    head = '<meta property="og:url" content="https://post.example/og"><link rel="Canonical" href="https://post.example/late-ferry">'
    assert metadata_of(head).canonical_url == "https://post.example/late-ferry"


def test_open_graph_s_address_stands_in_for_a_canonical_link():
    assert metadata_of('<meta property="og:url" content="https://post.example/og">').canonical_url == "https://post.example/og"


def test_a_front_page_is_no_page_s_canonical_address():
    assert metadata_of('<link rel="canonical" href="https://post.example/">').canonical_url is None


def test_a_front_page_with_a_query_may_be_an_article():
    assert metadata_of('<link rel="canonical" href="https://post.example/?p=12">').canonical_url == "https://post.example/?p=12"


def test_a_fragment_is_no_part_of_an_address():
    assert (
        metadata_of('<link rel="canonical" href="https://post.example/late#top">').canonical_url == "https://post.example/late"
    )


def test_a_relative_canonical_link_is_joined_to_the_page_s_address():
    found = metadata_of('<link rel="canonical" href="/late-ferry">', url="https://post.example/2023/a")
    assert found.canonical_url == "https://post.example/late-ferry"


@pytest.mark.parametrize("address", ["late-ferry.html", "javascript:void(0)", "http://[broken", "", "file:///tmp/a.html"])
def test_an_address_that_is_none_on_the_web_is_no_canonical_one(address):
    assert metadata_of(f'<link rel="canonical" href="{address}">').canonical_url is None


def test_a_site_without_a_name_goes_by_its_host():
    assert metadata_of('<link rel="canonical" href="https://www.post.example/late">').site == "post.example"


def test_a_local_file_without_an_address_has_no_site():
    assert metadata_of("<title>A late ferry</title>").site is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2023-03-05", datetime(2023, 3, 5)),
        (" 2023-03-05T08:00:00-05:00 ", datetime(2023, 3, 5, 13)),
        ("2023-03-05T08:00:00", datetime(2023, 3, 5, 8)),
        ("5 March 2023", None),
        ("", None),
        (None, None),
        ("0001-01-01T00:00:00+14:00", None),
        ("1850-03-05", None),
    ],
)
def test_a_time_is_read_from_iso_8601_alone_and_given_in_utc(text, moment):
    assert metadata_of(json_ld({"@type": "NewsArticle", "datePublished": text})).published_at == moment
