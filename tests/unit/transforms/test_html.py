import pytest

from transforms.html import read_html

FIRST = "The ferry across the river was late again this morning, and nobody on the pier could say why."
SECOND = "In the evening it came after all, with a new pilot, two cows and a piano that belonged to the mayor."
ARTICLE = f"<p>{FIRST}</p><p>{SECOND}</p>"
LONG = "".join(
    f"<p>On day {day} nobody on the pier could say why the ferry was late, and it came after all.</p>" for day in range(9)
)


def page(body: str, head: str = "") -> str:
    return f"<html><head>{head}</head><body>{body}</body></html>"


def pieces_of(html: str) -> list[tuple[str, str]]:
    found = read_html(html, "file:///a.html")
    assert found is not None
    return [(piece.text, piece.zone) for piece in found.pieces]


def zone_of(words: str, html: str) -> list[str]:
    return [zone for text, zone in pieces_of(html) if words in text]


def test_paragraphs_are_body():
    assert pieces_of(page(f"<article>{ARTICLE}</article>"))[:2] == [(FIRST, "body"), (SECOND, "body")]


def test_a_heading_inside_the_article_is_a_heading():
    html = page(f"<article><p>{FIRST}</p><h2>Why it was late</h2><p>{SECOND}</p></article>")
    assert zone_of("Why it was late", html) == ["heading"]


def test_list_items_are_a_list_each():
    html = page(
        f"<article>{ARTICLE}<ul><li>The ferry is older than him.</li><li>The new pier is made of stone.</li></ul></article>"
    )
    assert zone_of("older than him", html) == ["list"]
    assert zone_of("made of stone", html) == ["list"]


def test_a_row_of_a_table_is_one_piece():
    html = page(
        f"<article>{ARTICLE}<table><tr><th>Boat</th><th>Age</th></tr><tr><td>Ferry</td><td>80 years</td></tr></table></article>"
    )
    assert ("Ferry | 80 years", "list") in pieces_of(html)


def test_the_printed_title_comes_first():
    html = page(
        f"<nav><a href='/'>Harbour Post</a></nav><main><article><h1>A late ferry</h1>{ARTICLE}</article></main>",
        "<title>A late ferry</title>",
    )
    assert pieces_of(html)[0] == ("A late ferry", "title")
    assert zone_of("A late ferry", html) == ["title"]


def test_a_title_that_is_printed_nowhere_adds_nothing_to_the_text():
    html = page(f"<article>{ARTICLE}</article>", "<title>A late ferry</title>")
    assert zone_of("A late ferry", html) == []


def test_a_caption_outside_the_article_is_a_caption():
    html = page(
        f"<figure><img src='a.png'><figcaption>The ferry seen from the pier</figcaption></figure><article>{ARTICLE}</article>"
    )
    assert zone_of("seen from the pier", html) == ["caption"]


def test_a_caption_inside_the_article_is_a_caption():
    paragraphs = "".join(
        f"<p>On day {day} the old ferry crossed the river {day + 3} times, and the pilot slept.</p>" for day in range(1, 7)
    )
    caption = "<figure><img src='a.png'><figcaption>The ferry seen from the pier</figcaption></figure>"
    assert zone_of("seen from the pier", page(f"<article>{paragraphs}{caption}</article>")) == ["caption"]


def test_navigation_and_footer_follow_as_boilerplate():
    html = page(f"<nav><a href='/w'>World</a></nav><article>{ARTICLE}</article><footer>© 2023 Harbour Post</footer>")
    assert zone_of("World", html) == ["boilerplate"]
    assert pieces_of(html)[-1] == ("© 2023 Harbour Post", "boilerplate")


def test_comments_are_left_out_of_the_article():
    html = page(
        f"<article>{ARTICLE}</article><div class='comments'><p>My cousin owns that ferry, and it has no engine.</p></div>"
    )
    assert zone_of("My cousin", html) == ["boilerplate"]


@pytest.mark.parametrize("tag", ["script", "style", "noscript", "template", "textarea", "svg"])
def test_what_a_browser_does_not_show_is_no_text(tag):
    assert zone_of("hidden words", page(f"<article>{ARTICLE}</article><{tag}>hidden words</{tag}>")) == []


def test_text_behind_a_hidden_element_is_kept():
    assert zone_of("shown", page(f"<article>{ARTICLE}</article><div><script>x</script>shown</div>")) == ["boilerplate"]


def test_a_line_that_the_page_repeats_is_kept_once():
    html = page(f"<article>{ARTICLE}</article><div>Subscribe today</div><div>Subscribe today</div>")
    assert zone_of("Subscribe today", html) == ["boilerplate"]


def test_a_line_inside_the_article_is_not_repeated_behind_it():
    assert zone_of(FIRST, page(f"<article>{ARTICLE}</article><aside>{FIRST}</aside>")) == ["body"]


def test_inline_elements_break_no_line():
    html = page(f"<article>{ARTICLE}</article><footer>Written <em>by</em> <a href='/o'>Anna <b>Lindqvist</b></a></footer>")
    assert zone_of("Written by Anna Lindqvist", html) == ["boilerplate"]


def test_a_break_inside_a_paragraph_parts_it():
    html = page(f"<article><p>{FIRST}<br>{SECOND}</p></article>")
    assert [text for text, zone in pieces_of(html) if zone == "body"] == [FIRST, SECOND]


def test_white_space_is_squeezed():
    html = page(f"<article>{ARTICLE}<p>The  \n\t pier is as old as the town itself and twice as crooked.</p></article>")
    assert zone_of("The pier is as old", html) == ["body"]


def test_a_link_list_is_made_of_links():
    items = "".join(
        f"<li><a href='/{i}'>Why the bridge number {i} over the river fell down last winter</a></li>" for i in range(12)
    )
    found = read_html(page(f"<main><h1>Bridges</h1><ul>{items}</ul></main>"), "file:///a.html")
    assert found is not None
    assert found.linked > 0.5


def test_a_link_in_a_sentence_makes_no_link_list():
    found = read_html(page(f"<article><p><a href='/f'>The ferry</a> {FIRST}</p><p>{SECOND}</p></article>"), "file:///a.html")
    assert found is not None
    assert found.linked == 0


@pytest.mark.parametrize("html", ["", "<p>", "<!-- secret -->"])
def test_a_page_without_content_gives_nothing(html):
    assert read_html(html, "file:///a.html") is None


def test_a_page_without_text_gives_no_piece():
    assert pieces_of(page("<div><img src='a.png'></div>")) == []


def test_five_thousand_nested_elements_are_read():
    html = page(f"<article>{ARTICLE}</article>" + "<div>" * 5000 + "deep down" + "</div>" * 5000)
    assert [zone for _, zone in pieces_of(html)][:2] == ["body", "body"]


def test_unclosed_and_crossed_tags_are_read():
    html = f"<html><body><article><p>{FIRST}<p><b>{SECOND}<i></b></i>"
    assert [text for text, zone in pieces_of(html) if zone == "body"] == [FIRST, SECOND]


def test_a_comment_in_the_markup_is_no_text():
    assert zone_of("secret", page(f"<article>{ARTICLE}</article><!-- secret --><div>shown</div>")) == []


def test_text_from_right_to_left_keeps_its_order():
    arabic = "تأخرت العبارة مرة أخرى هذا الصباح ولم يعرف أحد على الرصيف السبب وراء ذلك التأخير"
    assert zone_of(arabic, page(f"<article dir='rtl'><p>{arabic}</p><p>{arabic} اليوم</p></article>"))[0] == "body"


def test_an_article_begins_with_its_title_and_short_lines_above_are_none_of_it():
    html = page(
        f"<article><h2>Winter sale</h2><h1>A late ferry</h1>{ARTICLE}</article>",
        "<title>A late ferry</title>",
    )
    assert pieces_of(html)[0] == ("A late ferry", "title")
    assert zone_of("Winter sale", html) == ["boilerplate"]


def test_prose_above_a_title_stays_in_its_place():
    html = page(f"<article><p>{FIRST}</p><h1>A late ferry</h1><p>{SECOND}</p></article>", "<title>A late ferry</title>")
    assert pieces_of(html)[0] == (FIRST, "body")


@pytest.mark.parametrize(
    "hint", ["<span class='tooltip-text'>Boats: see page 9</span>", "<i role='tooltip'>Boats: see page 9</i>"]
)
def test_a_hint_is_taken_out_of_its_sentence(hint):
    html = page(
        f"<article><p>The ferry<span class='tooltip'> across {hint}</span>the river was late.</p><p>{SECOND}</p></article>"
    )
    assert pieces_of(html)[0] == ("The ferry across the river was late.", "body")


def test_a_page_under_the_name_of_a_hint_is_kept():
    html = page(f"<div class='popover-content'>{ARTICLE * 10}</div>")
    assert pieces_of(html)[0] == (FIRST, "body")


@pytest.mark.parametrize("mark", ["newsletter-signup", "promo-box", "cta", "most-read", "site ads"])
def test_what_is_marked_as_promotion_between_paragraphs_is_none_of_the_article(mark):
    promotion = "Our new book of ferries is in every shop from Monday on, and every reader gets a second one."
    html = page(f"<article>{LONG}<div class='{mark}'><p>{promotion}</p></div>{LONG}</article>")
    assert zone_of("Our new book", html) == ["boilerplate"]


def test_a_form_between_paragraphs_is_none_of_the_article():
    html = page(f"<article>{LONG}<form><p>I agree that the ferry may write to me every day.</p></form>{LONG}</article>")
    assert zone_of("I agree", html) == ["boilerplate"]


def test_an_article_inside_a_form_that_holds_the_whole_page_is_read():
    assert zone_of(FIRST, page(f"<form id='aspnetForm'><div>{ARTICLE}</div></form>")) == ["body"]


def test_a_title_in_a_banner_is_the_title():
    html = page(
        f"<div class='hero-banner'><h1>A late ferry</h1></div><article>{ARTICLE}</article>", "<title>A late ferry</title>"
    )
    assert zone_of("A late ferry", html) == ["title"]
