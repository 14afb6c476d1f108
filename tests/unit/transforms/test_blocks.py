from transforms.blocks import Block, Piece, lay_out, with_sections

PIECES = [Piece("Ice on the river", "heading"), Piece("The ferries stop.", "body"), Piece("Sign up!", "boilerplate")]


def test_every_block_reproduces_its_piece():
    text, blocks = lay_out(PIECES)
    assert [(text[block.start : block.end], block.zone) for block in blocks] == [(piece.text, piece.zone) for piece in PIECES]


def test_pieces_are_kept_apart_by_a_blank_line():
    assert lay_out(PIECES)[0] == "Ice on the river\n\nThe ferries stop.\n\nSign up!"


def test_nothing_laid_out_is_an_empty_text():
    assert lay_out([]) == ("", [])


def sections_of(*pieces: Piece) -> list[str | None]:
    return [block.section for block in with_sections(*lay_out(pieces))]


def test_a_block_belongs_to_the_nearest_heading_above_it():
    pieces = [
        Piece("Before.", "body"),
        Piece("Ice", "heading"),
        Piece("It froze.", "body"),
        Piece("Thaw", "heading"),
        Piece("It melts.", "list"),
    ]
    assert sections_of(*pieces) == [None, None, "Ice", None, "Thaw"]


def test_a_colon_is_no_part_of_a_section_s_name():
    assert sections_of(Piece("What to know:", "heading"), Piece("It froze.", "body")) == [None, "What to know"]


def test_what_was_left_out_of_the_article_stands_in_no_section():
    assert sections_of(Piece("Ice", "heading"), Piece("A river.", "caption"), Piece("Sign up!", "boilerplate")) == [
        None,
        "Ice",
        None,
    ]


def test_a_block_keeps_its_place_when_it_gets_a_section():
    text, blocks = lay_out(PIECES)
    assert with_sections(text, blocks)[1] == Block(18, 35, "body", "Ice on the river")
