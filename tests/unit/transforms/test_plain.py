from transforms.plain import read_markdown, read_plain


def shown(text: str) -> list[tuple[str, str]]:
    return [(text[block.start : block.end], block.zone) for block in read_plain(text)]


def marked(markdown: str) -> list[tuple[str, str]]:
    text, blocks = read_markdown(markdown)
    return [(text[block.start : block.end], block.zone) for block in blocks]


LONG = "The ferry across the river was late again this morning."


def test_each_line_is_a_paragraph():
    assert shown(f"{LONG}\n{LONG}") == [(LONG, "body"), (LONG, "body")]


def test_a_text_wrapped_by_hand_is_read_by_paragraphs():
    wrapped = (
        "The ferry across the river was late again this morning, and\n"
        "nobody on the pier knew why. The pilot had been ill for some\n"
        "days, and the second boat lay without an engine in the yard.\n"
        "People walked.\n\n"
        "In the evening it came."
    )
    assert [words.count("\n") for words, _ in shown(wrapped)] == [3, 0]


def test_the_short_last_line_of_a_wrapped_paragraph_may_be_followed_by_another():
    wrapped = (
        "The ferry across the river was late again this morning, and\n"
        "nobody on the pier knew why. The pilot had been ill for some\n"
        "days.\n"
        "The second boat lay without an engine in the yard, and it is\n"
        "said that nobody has looked for one since the winter began.\n\n"
        "It came at noon."
    )
    assert [words.count("\n") for words, _ in shown(wrapped)] == [2, 1, 0]


def test_a_list_in_a_wrapped_text_keeps_its_lines():
    wrapped = (
        "The ferry across the river was late again this morning, and\n"
        "nobody on the pier knew why. The pilot had been ill for some\n"
        "days, and the second boat lay without an engine in the yard.\n"
        "People walked.\n\n"
        "(a) more boats,\n(b) fewer bridges.\n"
    )
    assert shown(wrapped)[1:] == [("more boats,", "list"), ("fewer bridges.", "list")]


def test_the_title_stands_below_the_page_s_navigation():
    found = shown(f"Skip to main content\nHome > News > Harbour\nA late ferry\n{LONG}\n{LONG}")
    assert [zone for _, zone in found] == ["boilerplate", "boilerplate", "title", "body", "body"]


def test_what_a_speaker_of_a_transcript_says_is_body():
    found = shown(f"A late ferry\nHOST: And the pilot?\n{LONG}\nHOST: And the cows?\n{LONG}")
    assert [zone for _, zone in found] == ["title", "body", "body", "body", "body"]


def test_a_title_may_open_with_a_label():
    assert shown(f"WATCH: A late ferry\n{LONG}\n{LONG}")[0] == ("WATCH: A late ferry", "title")


def test_a_short_line_above_a_paragraph_is_a_heading():
    assert shown(f"{LONG}\nWhy it was late\n{LONG}")[1] == ("Why it was late", "heading")


def test_the_first_short_line_is_the_title():
    assert shown(f"A late ferry\n{LONG}\n{LONG}")[0] == ("A late ferry", "title")


def test_a_last_short_line_heads_nothing():
    assert shown(f"{LONG}\nAnna Lindqvist")[-1] == ("Anna Lindqvist", "body")


def test_a_bullet_is_no_part_of_its_item():
    assert shown(f"{LONG}\n- The ferry is old.\n• The pier is new.")[1:] == [
        ("The ferry is old.", "list"),
        ("The pier is new.", "list"),
    ]


def test_white_space_around_a_line_is_left_out():
    assert shown(f"   {LONG}   \n\n") == [(LONG, "body")]


def test_an_empty_text_has_no_blocks():
    assert shown(" \n\n ") == []


def test_the_first_heading_of_a_markdown_page_is_its_title():
    assert marked("# A late ferry\n\nIt came at noon.\n\n## Why\n\nThe pilot was ill.") == [
        ("A late ferry", "title"),
        ("It came at noon.", "body"),
        ("Why", "heading"),
        ("The pilot was ill.", "body"),
    ]


def test_a_heading_below_other_text_is_no_title():
    assert marked("It came at noon.\n\n# Why\n\nThe pilot was ill.")[1] == ("Why", "heading")


def test_front_matter_is_no_text():
    assert marked("---\ntitle: Ferry\n---\nIt came at noon.") == [("It came at noon.", "body")]


def test_markdown_shows_what_a_reader_sees():
    assert (
        marked("It came **at noon**, [the pilot](http://a.example) *said* ![a boat](b.png)`twice`.")[0][0]
        == "It came at noon, the pilot said twice."
    )


def test_a_soft_break_is_a_space_and_a_hard_one_a_new_piece():
    assert marked("It came\nat noon.  \nThe pilot was ill.") == [("It came at noon.", "body"), ("The pilot was ill.", "body")]


def test_items_and_rows_are_lists():
    found = marked("- The ferry is old.\n\n| Boat | Age |\n|---|---|\n| Ferry | 80 |\n")
    assert found[0] == ("The ferry is old.", "list")
    assert ("80", "list") in found


def test_code_is_left_out_of_the_article():
    assert marked("It came.\n\n```\nprint(1)\n```\n\n    indented = 2\n") == [
        ("It came.", "body"),
        ("print(1)", "boilerplate"),
        ("indented = 2", "boilerplate"),
    ]


def test_the_title_stands_below_a_menu_that_was_copied_with_it():
    zones = dict(shown(f"Home\nTown\nThe pier\nLast week\nWhy the ferry is late\nAnna Lindqvist\n{LONG}"))
    assert zones["Why the ferry is late"] == "title"
    assert zones["Home"] == zones["Last week"] == "boilerplate"


def test_a_short_title_above_a_longer_heading_stays_the_title():
    assert shown(f"Late ferry\nAnna Lindqvist\nWhat the pilot says of it\n{LONG}")[0] == ("Late ferry", "title")


def test_the_name_of_a_section_is_no_title():
    assert shown(f"Opinion\nThe case for a ferry\n{LONG}\n{LONG}")[:2] == [
        ("Opinion", "boilerplate"),
        ("The case for a ferry", "title"),
    ]


def test_the_subject_of_a_mail_is_its_title():
    mail = f"From: Desk <desk@post.example>\nSubject: A late ferry\nDate: 5 May 2025 06:00\n\n{LONG}"
    assert shown(mail)[:2] == [("From: Desk <desk@post.example>", "boilerplate"), ("A late ferry", "title")]


def test_a_line_that_stops_in_mid_sentence_goes_on_in_the_next():
    cut = "The ferry across the river was late again this morning, and nobody\nknew why."
    assert shown(f"{cut}\n{LONG}") == [(cut, "body"), (LONG, "body")]


def test_short_lines_and_whole_sentences_are_not_joined():
    assert [words for words, _ in shown(f"two eggs\none spoon of salt\n{LONG}\nbut it came.")] == [
        "two eggs", "one spoon of salt", LONG, "but it came.",
    ]  # fmt: skip


def test_a_line_below_an_empty_one_is_a_paragraph_of_its_own():
    cut = "The ferry across the river was late again this morning, and nobody"
    assert [words for words, _ in shown(f"{cut}\n\nknew why it came.")] == [cut, "knew why it came."]
