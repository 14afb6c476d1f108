from transforms.blocks import Block
from transforms.parse import parse_blocks
from transforms.segment import segment

TEXT = "A late ferry\n\nThe ferry was late. Nobody knew why.\n\n The pier is new. It is stone. \n\nSign up. Now."
BLOCKS = [
    Block(0, 12, "title"), Block(14, 50, "body", "Why"), Block(52, 83, "list", "Why"), Block(85, len(TEXT), "boilerplate"),
]  # fmt: skip


def test_the_body_and_lists_are_cut_into_sentences_and_the_rest_is_whole(nlp):
    found = segment("d", TEXT, BLOCKS, parse_blocks(TEXT, BLOCKS, nlp))
    assert found.select("text", "zone").rows() == [
        ("A late ferry", "title"),
        ("The ferry was late.", "body"),
        ("Nobody knew why.", "body"),
        ("The pier is new.", "list"),
        ("It is stone.", "list"),
        ("Sign up. Now.", "boilerplate"),
    ]


def test_every_sentence_reproduces_its_text_at_its_place(nlp):
    found = segment("d", TEXT, BLOCKS, parse_blocks(TEXT, BLOCKS, nlp))
    assert all(TEXT[row["start_char"] : row["end_char"]] == row["text"] for row in found.to_dicts())


def test_no_visible_character_is_lost(nlp):
    found = segment("d", TEXT, BLOCKS, parse_blocks(TEXT, BLOCKS, nlp))
    assert "".join("".join(found["text"]).split()) == "".join(TEXT.split())


def test_positions_count_from_zero_in_the_text_s_order(nlp):
    found = segment("d", TEXT, BLOCKS, parse_blocks(TEXT, BLOCKS, nlp))
    assert found["position"].to_list() == [0, 1, 2, 3, 4, 5]
    assert found["start_char"].is_sorted()


def test_a_sentence_knows_its_section(nlp):
    assert segment("d", TEXT, BLOCKS, parse_blocks(TEXT, BLOCKS, nlp))["section"].to_list() == [
        None,
        "Why",
        "Why",
        "Why",
        "Why",
        None,
    ]


def test_a_document_that_was_not_parsed_keeps_its_blocks():
    assert segment("d", TEXT, BLOCKS, [])["zone"].to_list() == ["title", "body", "list", "boilerplate"]


def test_the_same_text_in_two_documents_has_two_ids_and_each_is_stable():
    first, again, other = (segment(document, TEXT, BLOCKS, [])["sentence_id"].to_list() for document in ("d", "d", "e"))
    assert first == again
    assert not set(first) & set(other)


def test_white_space_alone_is_no_sentence():
    assert segment("d", "   ", [Block(0, 3, "boilerplate")], []).is_empty()
