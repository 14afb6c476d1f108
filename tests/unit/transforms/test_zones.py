import pytest

from transforms.blocks import Piece, lay_out
from transforms.zones import Furniture, assign_zones, is_teaser, reads_like_heading, zone_plain_text

BODY = "The ferry across the river was late again this morning, and nobody on the pier could say why the pilot was not there."


@pytest.fixture(scope="module")
def zoned(seeds):
    furniture = Furniture.from_frame(seeds["furniture"])

    def zones(*pieces: str | Piece) -> list[str]:
        text, blocks = lay_out([piece if isinstance(piece, Piece) else Piece(piece, "body") for piece in pieces])
        return [block.zone for block in assign_zones(text, blocks, furniture)]

    return zones


def test_an_article_s_own_paragraphs_stay_body(zoned):
    assert zoned(BODY, BODY) == ["body", "body"]


@pytest.mark.parametrize(
    "call",
    [
        "Sign up for our newsletter",
        "You are receiving this email because you once took our ferry.",
        "You can unsubscribe at any time.",
        "View this email in your browser",
        "By signing up you agree to our terms.",
        "Already a subscriber? Log in",
        "The remaining 40% of this article is for subscribers only.",
        "Time to 4 min.",
        "Enter your email",
        "Send your letters to the desk at desk@post.example",
        "What do you think? Write to letters@post.example",
        "Tags: ferries, rivers, pilots",
        "Transcript provided by the Harbour Radio. Accuracy may vary.",
        "Our Standards: The Harbour Post Principles.",
        "Interview: Anna Lindqvist",
        "P.S. If you like this newsletter, forward it to a friend.",
        "Source: the river authority",
        "Follow us on Twitter and Facebook!",
        "Follow Anna Lindqvist on Mastodon",
        "Share this article",
        "Advertisement",
        "Read more",
        "Related: Five bridges that never opened",
        "© 2023 The Harbour Post",
        "We use cookies to remember you.",
        "This article was originally published by the Harbour Post.",
        "Don’t forget to subscribe",
        "Have a tip? Our desk reads every letter.",
        "Email Anna Lindqvist at anna@post.example.",
        "Anna Lindqvist can be reached at anna@post.example.",
        "Follow her on Twitter @anna",
        "Get the river’s news delivered every morning: subscribe to the Tide.",
        "The best of the harbour, straight to your inbox.",
        "Published March 5, 2023",
        "6 min read",
        "Posted by: Newsroom",
        "This is a developing story and will be updated.",
        "If you buy something through our links, we may earn a commission.",
        "Piet Olsen contributed to this report.",
        "For more on the ferry, visit the town’s website.",
    ],
)
def test_a_call_or_a_notice_is_boilerplate(zoned, call):
    assert zoned(BODY, call, BODY) == ["body", "boilerplate", "body"]


@pytest.mark.parametrize(
    "words",
    [
        "If you want a ticket that costs half as much, come before noon.",
        "For more than a year the ferry did not cross the river.",
        "Responses to the new ferry were mixed.",
        "Comments were short.",
        "Listen to the pilot and you will hear no complaint.",
        "Check out at noon is the rule in the harbour’s only hotel.",
    ],
)
def test_a_sentence_that_opens_like_a_call_is_the_article_s(zoned, words):
    assert zoned(BODY, words, BODY) == ["body", "body", "body"]


@pytest.mark.parametrize("line", ["By Anna Lindqvist", "Author: Anna Lindqvist", "5 March 2023 · Vell", "March 5, 2023"])
def test_a_byline_and_a_line_of_dates_at_the_head_are_boilerplate(zoned, line):
    assert zoned(line, BODY, BODY) == ["boilerplate", "body", "body"]


@pytest.mark.parametrize("line", ["By Anna Lindqvist’s count, there are nine.", "The ferry sank on 5 March 2023 near a pier."])
def test_a_sentence_with_a_name_or_a_date_at_the_head_is_body(zoned, line):
    assert zoned(line, BODY, BODY) == ["body", "body", "body"]


def test_a_date_alone_in_the_midst_of_an_article_is_body(zoned):
    zones = zoned(*[BODY] * 9, "5 March 2023", *[BODY] * 9)
    assert zones == ["body"] * 19


def test_a_line_without_a_word_is_boilerplate(zoned):
    assert zoned(BODY, "* * *", BODY) == ["body", "boilerplate", "body"]


def test_what_a_company_says_of_itself_at_the_end_is_boilerplate(zoned):
    zones = zoned(BODY, BODY, Piece("About Vell Ferries", "heading"), "Vell Ferries runs nine boats on two rivers.")
    assert zones[2:] == ["boilerplate", "boilerplate"]


def test_a_last_section_about_something_else_is_body(zoned):
    assert zoned(BODY, BODY, Piece("About time", "heading"), "The ferry came at noon at last.")[2:] == ["heading", "body"]


def test_who_the_author_is_closes_an_article_without_being_of_it(zoned):
    assert zoned(BODY, BODY, "Anna Lindqvist is a staff writer at the Harbour Post.") == ["body", "body", "boilerplate"]


def test_whom_an_article_tells_of_is_described_in_its_last_paragraph_too(zoned):
    zones = zoned(BODY, "“It sank,” said Anna Lindqvist.", "Anna Lindqvist is a director of the ferry company herself.")
    assert zones == ["body", "body", "body"]


def test_who_somebody_is_stays_in_the_midst_of_an_article(zoned):
    zones = zoned("Anna Lindqvist is a staff writer at the Harbour Post.", BODY, BODY, BODY, BODY)
    assert zones == ["body"] * 5


def test_a_heading_about_the_author_at_the_end_takes_what_follows_along(zoned):
    assert zoned(BODY, BODY, Piece("About the author", "heading"), "She lives on a boat.")[2:] == ["boilerplate"] * 2


def test_a_heading_about_the_author_far_above_the_end_takes_nothing_along(zoned):
    assert zoned(BODY, Piece("About the author", "heading"), BODY, BODY, BODY, BODY, BODY)[2:] == ["body"] * 5


def test_a_last_heading_that_heads_nothing_is_boilerplate(zoned):
    assert zoned(BODY, BODY, Piece("More:", "heading")) == ["body", "body", "boilerplate"]


def test_a_long_list_below_a_heading_like_related_posts_is_the_article_s(zoned):
    zones = zoned("Two piers lie there.", "More on the ferries", *["The ferry of the year"] * 12, BODY)
    assert zones[-1] == "body"


def test_teasers_that_are_plainly_cut_off_go_however_many_they_are(zoned):
    assert zoned(BODY, "Related posts", *["Why the pilot left and what came of his old boat…"] * 12)[1:] == ["boilerplate"] * 13


def test_a_long_paragraph_that_opens_like_a_call_is_the_article_s(zoned):
    assert zoned("Follow the river on foot for a while and you will see that " + BODY) == ["body"]


def test_a_picture_s_credit_is_a_caption(zoned):
    assert zoned(BODY, "Photo: Anna Lindqvist/Harbour Post", BODY) == ["body", "caption", "body"]


def test_a_caption_that_ends_in_a_credit_is_a_caption(zoned):
    assert zoned(BODY, "The ferry in the ice. (Photo by Anna Lindqvist)", BODY) == ["body", "caption", "body"]


def test_an_alternative_text_between_title_and_credit_is_a_caption(zoned):
    zones = zoned(Piece("A late ferry", "title"), Piece("A ferry in the ice", "heading"), "Photo: Anna Lindqvist", BODY)
    assert zones == ["title", "caption", "caption", "body"]


def test_related_posts_at_the_end_are_boilerplate(zoned):
    zones = zoned(
        BODY,
        BODY,
        Piece("Related posts", "heading"),
        "Why the bridge fell",
        "Star weeps over a lost parrot 😭",
        "“I never slept,” she said and…",
    )
    assert zones == ["body", "body", *["boilerplate"] * 4]


def test_a_longer_story_among_the_related_ones_at_the_end_is_boilerplate_too(zoned):
    assert zoned(BODY, "Related posts", "Why the bridge fell", BODY, "Parrot sings 🦜", "She wept.")[1:] == ["boilerplate"] * 5


def test_related_posts_in_the_middle_end_where_the_article_goes_on(zoned):
    assert zoned(BODY, "Related posts", "Why the bridge fell", BODY, BODY, BODY) == [
        "body",
        "boilerplate",
        "boilerplate",
        "body",
        "body",
        "body",
    ]


def test_a_heading_like_related_posts_at_the_very_top_cuts_nothing_below(zoned):
    assert zoned("More from the ferry", BODY, BODY)[1:] == ["body", "body"]


def test_readers_comments_at_the_end_are_boilerplate(zoned):
    assert zoned(BODY, "3 comments", "First!", "My cousin is a pilot.")[1:] == ["boilerplate"] * 3


def test_what_was_left_out_already_stays_left_out(zoned):
    assert zoned(Piece("Photo: Anna Lindqvist", "boilerplate"), BODY) == ["boilerplate", "body"]


def test_a_title_is_never_taken_for_a_call(zoned):
    assert zoned(Piece("Search", "title"), BODY) == ["title", "body"]


@pytest.mark.parametrize("words", ["He left because…", "Parrot sings 🦜", "Why the bridge fell", "She wept.", "She said [...]"])
def test_a_headline_or_a_cut_off_line_is_a_teaser(words):
    assert is_teaser(words)


def test_a_whole_paragraph_is_no_teaser():
    assert not is_teaser(BODY)


def test_a_very_long_paragraph_is_no_teaser_however_it_ends():
    assert not is_teaser("The ferry was late and " * 20 + "…")


@pytest.mark.parametrize(
    "words", ["Why it was late", "What to know:", "2. The pier", "Is the ferry safe?", "The end of the line"]
)
def test_a_short_line_without_a_full_stop_reads_like_a_heading(words):
    assert reads_like_heading(words)


@pytest.mark.parametrize(
    "words",
    [
        "It was late.",
        "“Never again!”",
        "- the pier",
        "The ferry was late,",
        "She said it was late:",
        "one\ntwo",
        "",
        "the ferry that crosses the river every morning and every evening was late again today",
        "Is the ferry that crosses the river every morning still as safe?",
    ],
)
def test_a_sentence_a_quotation_or_an_item_is_no_heading(words):
    assert not reads_like_heading(words)


def test_a_numbered_heading_loses_its_number():
    text = f"{BODY}\n2. The pier\n{BODY}"
    at = text.index("2. The pier")
    blocks = zone_plain_text(text, [(0, len(BODY)), (at, at + 11), (at + 12, len(text))])
    assert (text[blocks[1].start : blocks[1].end], blocks[1].zone) == ("The pier", "heading")


def test_two_short_lines_alone_have_no_title():
    text = "A late ferry\nIt came at noon."
    assert [block.zone for block in zone_plain_text(text, [(0, 12), (13, 29)])] == ["heading", "body"]


def test_what_a_company_says_of_itself_goes_though_whom_to_ask_stands_below_it(zoned):
    about = "Harbour Ferries runs nine boats on two rivers. It was founded in 1931."
    lines = (
        Piece("About Harbour Ferries", "heading"),
        about,
        Piece("Media contact:", "heading"),
        "Piet Olsen",
        "+45 70 00 00 00",
    )
    assert zoned(BODY, *lines) == ["body", *["boilerplate"] * 5]


def test_what_else_is_in_the_news_is_other_stories(zoned):
    assert (
        zoned(BODY, BODY, Piece("Also in the news:", "heading"), "A bridge opens", "A pilot leaves")[2:] == ["boilerplate"] * 3
    )
