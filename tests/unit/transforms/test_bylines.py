import pytest
from lxml.html import document_fromstring

from transforms.bylines import find_authors, is_name, names_in
from transforms.page_head import Head
from transforms.page_lines import page_lines

TITLE = "A late ferry"


def authors_of(
    body: str, metas: dict[str, str] | None = None, site: str | None = None, author: object = None
) -> tuple[str, ...]:
    tree = document_fromstring(f"<html><body>{body}</body></html>")
    return find_authors(tree, page_lines(tree), TITLE, Head([{"author": author}] if author else [], [], metas or {}, site))


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Anna Lindqvist", ("Anna Lindqvist",)),
        ("Written by: Anna Lindqvist and Piet Olsen", ("Anna Lindqvist", "Piet Olsen")),
        ("By Anna Lindqvist, Piet Olsen & Maria de la Cruz, staff", ("Anna Lindqvist", "Piet Olsen", "Maria de la Cruz")),
        ("Anna Lindqvist, MD, PhD", ("Anna Lindqvist",)),
        ("Anna Lindqvist | 5 March 2023", ("Anna Lindqvist",)),
        ("By Anna May 5 March 2023", ("Anna May",)),
        ("By Anna Lindqvist Dec 20, 2023", ("Anna Lindqvist",)),
        ("By Anna LindqvistPublished: Dec 20", ("Anna Lindqvist",)),
        ("By Anna Lindqvist. Last updated on Monday", ("Anna Lindqvist",)),
        ("Written by Anna Lindqvist Reviewed by Piet Olsen", ("Anna Lindqvist",)),
        ("Anna Lindqvist anna@post.example", ("Anna Lindqvist",)),
        ("Lindqvist, Anna", ("Anna Lindqvist",)),
        ("Anna Lindqvist Anna Lindqvist", ("Anna Lindqvist",)),
        ("Anna Lindqvist, The Harbour Post", ("Anna Lindqvist",)),
        ("Author: Anna Lindqvist", ("Anna Lindqvist",)),
        ("Dr. Anna Lindqvist", ("Dr. Anna Lindqvist",)),
        ("By the river", ()),
        ("5 March 2023", ()),
        ("Editorial Team", ()),
    ],
)  # fmt: skip
def test_a_byline_holds_names_and_other_things(byline, names):
    assert names_in(byline) == names


@pytest.mark.parametrize("words", ["Anna", "Anna lindqvist", "Staff Reporter", "Far Too Many Words In Here", "The Post"])
def test_an_office_a_single_word_or_a_sentence_is_no_name(words):
    assert not is_name(words)


def test_a_line_below_the_title_that_opens_with_by_names_the_author():
    assert authors_of(f"<h1>{TITLE}</h1><p>By Anna Lindqvist</p><p>It came at noon.</p>") == ("Anna Lindqvist",)


def test_a_label_on_a_line_of_its_own_belongs_to_the_name_below():
    assert authors_of(f"<h1>{TITLE}</h1><p>Written by</p><p>Anna Lindqvist</p>") == ("Anna Lindqvist",)


def test_a_line_far_from_the_title_is_no_byline():
    rest = "<p>It came at noon.</p>" * 15
    assert authors_of(f"<h1>{TITLE}</h1>{rest}<p>By Anna Lindqvist</p>") == ()


def test_a_printed_byline_goes_before_the_account_that_posted_it():
    assert authors_of(f"<h1>{TITLE}</h1><p>By Anna Lindqvist</p>", author={"name": "PietO"}) == ("Anna Lindqvist",)


def test_json_ld_that_names_more_authors_than_the_byline_goes_first():
    authors = [{"@type": "Person", "name": "Anna Lindqvist"}, {"@type": "Person", "name": "Piet Olsen"}]
    assert authors_of(f"<h1>{TITLE}</h1><p>By Anna Lindqvist</p>", author=authors) == ("Anna Lindqvist", "Piet Olsen")


def test_a_link_to_the_author_names_him():
    assert authors_of(f"<h1>{TITLE}</h1><div><a rel='author' href='/a'>Anna Lindqvist</a></div>") == ("Anna Lindqvist",)


def test_a_commenter_is_no_author():
    body = f"<h1>{TITLE}</h1><div class='comments'><span class='author'>Anna Lindqvist</span></div>"
    assert authors_of(body) == ()


def test_an_organisation_is_no_author():
    assert authors_of("", author={"@type": "Organization", "name": "Harbour Post"}) == ()


def test_a_desk_that_the_head_names_stands_in_for_a_person():
    assert authors_of("", {"author": "Harbour Post Newsdesk"}) == ("Harbour Post Newsdesk",)


@pytest.mark.parametrize("login", ["harbourpost", "q_admin", "http://post.example/anna"])
def test_a_log_in_name_or_an_address_is_no_author(login):
    assert authors_of("", {"author": login}, site="Harbour Post") == ()


def test_a_field_for_authors_that_holds_a_whole_page_is_read_at_its_head_alone():
    assert names_in("Anna Lindqvist, " + "x" * 400 + " Piet Olsen") == ("Anna Lindqvist",)
