from trafilatura import load_html

from transforms.blocks import Piece
from transforms.page_lines import page_lines
from transforms.region import correct, find_region

SAYINGS = [
    f"The ferry number {n} across the river was late again this morning, and nobody on the pier could say why."
    for n in range(30)
]
"""Prose lines that differ."""


def p(*numbers: int, mark: str = "") -> str:
    return "".join(f"<p{mark}>{SAYINGS[n]}</p>" for n in numbers)


def corrected(html: str, *found: str) -> list[str]:
    lines = page_lines(load_html(f"<html><body>{html}</body></html>"))
    return [piece.text for piece in correct([Piece(words, "body") for words in found], lines, find_region(lines))]


def said(*numbers: int) -> list[str]:
    return [SAYINGS[n] for n in numbers]


def test_the_region_is_the_element_of_most_prose():
    tree = load_html(f"<html><body><div id='a'>{p(0, 1, 2, 3)}</div><div id='b'>{p(4)}</div></body></html>")
    region = find_region(page_lines(tree))
    assert region is not None
    assert region.get("id") == "a"


def test_a_page_of_one_paragraph_has_what_holds_it_as_its_region():
    region = find_region(page_lines(load_html(f"<html><body><div>{p(0)}</div></body></html>")))
    assert region is not None
    assert region.tag == "div"


def test_a_page_without_prose_has_no_region():
    assert find_region(page_lines(load_html("<html><body><p>Home</p></body></html>"))) is None


def test_what_was_found_and_stands_in_the_region_stays():
    assert corrected(f"<div>{p(0, 1, 2)}</div>", *said(0, 1, 2)) == said(0, 1, 2)


def test_a_second_part_with_the_same_markup_comes_back():
    parts = f"<div><div class='part'>{p(0, 1)}</div><div class='ad'>Buy</div><div class='part'>{p(2, 3)}</div></div>"
    assert corrected(parts, *said(0, 1)) == said(0, 1, 2, 3)


def test_prose_of_another_markup_behind_what_was_found_stays_out():
    html = f"<div>{p(0, 1, 2, 3)}<div class='bio'><span>{SAYINGS[4]}</span></div></div>"
    assert corrected(html, *said(0, 1, 2, 3)) == said(0, 1, 2, 3)


def test_items_between_found_paragraphs_come_back_in_their_place():
    html = f"<div>{p(0)}<ul><li>It came at noon.</li></ul>{p(1, 2)}</div>"
    assert corrected(html, *said(0, 1, 2)) == [SAYINGS[0], "It came at noon.", *said(1, 2)]


def test_a_heading_comes_back_above_the_article_s_own_words():
    html = f"<div>{p(0)}<h3>Why it was late</h3>{p(1, 2)}</div>"
    assert corrected(html, *said(0, 1, 2)) == [SAYINGS[0], "Why it was late", *said(1, 2)]


def test_a_heading_above_what_stays_out_stays_out():
    html = f"<div>{p(0)}<h3>Another story</h3><div><b>{SAYINGS[9]}</b></div>{p(1, 2, 3, 4)}</div>"
    assert corrected(html, *said(0, 1, 2, 3, 4)) == said(0, 1, 2, 3, 4)


def test_any_prose_between_comes_back_where_much_was_left_out():
    html = f"<div>{p(0)}<div>{SAYINGS[1]}</div><div>{SAYINGS[2]}</div>{p(3)}</div>"
    assert corrected(html, *said(0, 3)) == said(0, 1, 2, 3)


def test_what_was_found_behind_the_region_goes():
    html = f"<div>{p(0, 1, 2, 3)}</div><section><p>{SAYINGS[4]}</p></section>"
    assert corrected(html, *said(0, 1, 2, 3, 4)) == said(0, 1, 2, 3)


def test_what_was_found_in_front_of_the_region_stays():
    html = f"<header><p>{SAYINGS[4]}</p></header><div>{p(0, 1, 2, 3)}</div>"
    assert corrected(html, *said(4, 0, 1, 2, 3)) == said(4, 0, 1, 2, 3)


def test_a_page_of_which_next_to_nothing_was_found_is_read_by_its_region():
    html = f"<nav>Home</nav><div>{p(*range(10))}<a href='/x'>Read on</a></div>"
    assert corrected(html, "Home") == said(*range(10))


def test_a_short_region_does_not_replace_what_was_found():
    assert corrected(f"<nav>Home</nav><div>{p(0, 1)}</div>", "Home") == ["Home"]


def test_a_found_lump_of_the_whole_page_is_replaced_by_the_region():
    menu = "".join(f"<li>Pier number {n} and all of its boats</li>" for n in range(60))
    lump = " ".join([f"Pier number {n} and all of its boats" for n in range(60)] + said(*range(10)))
    assert corrected(f"<ul>{menu}</ul><div>{p(*range(10))}</div>", lump) == said(*range(10))


def test_an_article_that_stands_elsewhere_than_most_prose_is_left_alone():
    html = f"<div>{p(0, 1, 2, 3)}</div><section>{p(*range(4, 18))}</section>"
    assert corrected(html, *said(0, 1, 2, 3)) == said(0, 1, 2, 3)


def test_readers_comments_do_not_come_back():
    html = f"<div>{p(0, 1, 2, 3)}<div class='comments'>{p(4)}</div>{p(5)}</div>"
    assert corrected(html, *said(0, 1, 2, 3, 5)) == said(0, 1, 2, 3, 5)


def test_a_lump_of_a_whole_page_is_replaced_by_a_short_region_too():
    menu = "".join(f"<li>Pier {n}</li>" for n in range(120))
    lump = " ".join([f"Pier {n}" for n in range(120)] + said(0, 1, 2))
    assert corrected(f"<ul>{menu}</ul><div>{p(0, 1, 2)}</div>", lump) == said(0, 1, 2)


def test_a_link_to_another_story_between_paragraphs_goes():
    html = f"<div>{p(0)}<p><a href='/bridge'>Why the bridge fell down last winter</a></p>{p(1)}</div>"
    assert corrected(html, SAYINGS[0], "Why the bridge fell down last winter", SAYINGS[1]) == said(0, 1)


def test_a_table_of_contents_and_a_short_linked_name_stay():
    items = "<li><a href='#why'>Why the ferry was so late</a></li><li><a href='/f'>Ferry One</a></li>"
    html = f"<div>{p(0)}<ul>{items}</ul>{p(1)}</div>"
    found = [SAYINGS[0], "Why the ferry was so late", "Ferry One", SAYINGS[1]]
    assert corrected(html, *found) == found


def test_many_links_are_what_an_article_is_about():
    names = [f"The long story of ferry {n}" for n in range(20)]
    items = "".join(f"<li><a href='/{n}'>{name}</a></li>" for n, name in enumerate(names))
    found = [SAYINGS[0], *names, SAYINGS[1]]
    assert corrected(f"<div>{p(0)}<ul>{items}</ul>{p(1)}</div>", *found) == found


def test_linked_headings_in_a_row_are_other_stories():
    names = ["The long story of the old ferry", "The short story of the new ferry"]
    heads = "".join(f"<h3><a href='/{n}'>{name}</a></h3>" for n, name in enumerate(names))
    assert corrected(f"<div>{p(0)}{heads}{p(1)}</div>", SAYINGS[0], *names, SAYINGS[1]) == said(0, 1)


def test_a_linked_heading_above_its_own_text_stays():
    head = "<h3><a href='/ferry'>The long story of the old ferry</a></h3>"
    found = [SAYINGS[0], "The long story of the old ferry", SAYINGS[1]]
    assert corrected(f"<div>{p(0)}{head}{p(1)}</div>", *found) == found
