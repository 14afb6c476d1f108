import pytest
from lxml.html import document_fromstring

from transforms.page_head import Head
from transforms.titles import find_title, without_site


def title_of(body: str, title: str = "", og: str = "", site: str | None = None, headline: str = "") -> str | None:
    tree = document_fromstring(f"<html><head><title>{title}</title></head><body>{body}</body></html>")
    return find_title(tree, Head([{"headline": headline}] if headline else [], [], {"og:title": og} if og else {}, site))


def test_the_printed_heading_goes_before_the_head_s_longer_title():
    assert (
        title_of("<h1>A late ferry</h1>", title="A late ferry on the river: why, where and when")
        == "A late ferry on the river: why, where and when"
    )
    assert title_of("<h1>A late ferry on the river</h1>", title="A late ferry on the river: why") == "A late ferry on the river"


def test_of_several_headings_the_one_that_the_head_names_is_the_title():
    assert (
        title_of("<h1>Harbour Post</h1><h1>A late ferry</h1><h1>Weather</h1>", title="A late ferry | Harbour Post")
        == "A late ferry"
    )


def test_a_slogan_as_a_heading_gives_way_to_the_head_s_title():
    assert title_of("<h1>News from the waterfront</h1>", og="Why the ferry came late again") == "Why the ferry came late again"


def test_json_ld_s_headline_goes_before_the_title_element():
    assert title_of("", title="Ferry news", headline="Why the ferry came late again") == "Why the ferry came late again"


def test_a_lone_heading_is_the_title_where_the_head_names_the_site_alone():
    assert title_of("<h1>A late ferry</h1>", title="Harbour Post", site="Harbour Post") == "A late ferry"


def test_two_headings_that_the_head_does_not_know_are_no_title():
    assert title_of("<h1>Boats</h1><h1>Weather</h1>") is None


def test_a_break_in_a_heading_is_a_space():
    assert title_of("<h1>A late<br>ferry</h1>", title="A late ferry") == "A late ferry"


@pytest.mark.parametrize(
    ("title", "site", "bare"),
    [
        ("Why the ferry was late | Harbour Post", None, "Why the ferry was late"),
        ("Why the ferry was late - Harbour Post", "Harbour Post", "Why the ferry was late"),
        ("Harbour Post - Why the ferry was late", "Harbour Post", "Why the ferry was late"),
        ("Why the ferry was late | News | Harbour Post", "Harbour Post", "Why the ferry was late"),
        ("Late ferry – who pays for the piano that sank", None, "Late ferry – who pays for the piano that sank"),
        ("Ferries | Harbour", None, "Ferries | Harbour"),
        ("The river: a history of its ferries", None, "The river: a history of its ferries"),
        ("A well-known ferry", None, "A well-known ferry"),
    ],
)  # fmt: skip
def test_a_site_s_name_is_no_part_of_a_title(title, site, bare):
    assert without_site(title, site) == bare
