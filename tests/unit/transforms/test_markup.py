import pytest

from transforms.html import read_html
from transforms.markup import KEPT_DEPTH, _flattened, parse_markup

URL = "https://news.example/a"
SENTENCE = "The harbour board said that thirty ferries will cross the strait every day from May."


def text_of(markup: str) -> str:
    page = read_html(f"<html><body><article><p>{SENTENCE}</p>{markup}</article></body></html>", URL)
    assert page is not None
    return "\n".join(piece.text for piece in page.pieces)


@pytest.mark.parametrize("tag", ["font", "div", "b", "blockquote"])
def test_text_below_hundreds_of_tags_that_nobody_closed_is_kept(tag):
    assert "Traders were pleased." in text_of(f"<{tag}>" * 400 + "Traders were pleased.")


def test_text_behind_elements_that_nest_deep_is_kept():
    assert "Traders were pleased." in text_of("<div>" * 400 + "x" + "</div>" * 400 + "<p>Traders were pleased.</p>")


def test_a_limit_is_noticed_behind_many_lesser_faults():
    assert "Traders were pleased." in text_of("</x>" * 500 + "<b>" * 400 + "Traders were pleased.")


def test_a_text_that_is_longer_than_the_parser_takes_at_first_is_kept():
    tree = parse_markup(f"<html><body><p>{'x' * 10_500_000}</p><p>{SENTENCE}</p></body></html>")
    assert tree is not None
    assert SENTENCE in tree.text_content()


@pytest.mark.parametrize("tag", ["div", "font", "blockquote", "ul"])
def test_text_below_and_behind_more_elements_than_any_parser_takes_is_kept(tag):
    found = text_of(f"<{tag}>" * 50_000 + "<p>Traders were pleased.</p>" + f"</{tag}>" * 50_000 + "<p>Nobody was asked.</p>")
    assert "Traders were pleased." in found
    assert "Nobody was asked." in found


def test_tags_are_dropped_only_where_they_stand_too_deep():
    deep = "<i>" * (KEPT_DEPTH + 5) + "x" + "</i>" * (KEPT_DEPTH + 5)
    assert _flattened(f"<div>{deep}<b>y</b></div>").count("<i>") == KEPT_DEPTH - 1
    assert _flattened(f"<div>{deep}<b>y</b></div>").endswith("</i><b>y</b></div>")
    assert _flattened("<p>" * 1_000) == "<p>" * 1_000
