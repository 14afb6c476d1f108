import polars as pl
import spacy

from transforms.blocks import Block
from transforms.parse import MAX_BLOCK_CHARS, _batches, parse_blocks, with_catalogue

ENTITIES = pl.DataFrame(
    {"name": ["Glider 3.1", "Ann O’Hara"], "type": ["PRODUCT", "PERSON"], "aliases": ["GL-3.1|Glider3", None]},
    schema={"name": pl.String, "type": pl.String, "aliases": pl.String},
)


def named(nlp, text: str) -> list[tuple[str, str, str]]:
    return [(span.text, span.label_, span.ent_id_) for span in nlp(text).ents]


def blank_with_catalogue():
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer", name="ner")  # the catalogue's place is behind `ner`
    return with_catalogue(nlp, ENTITIES)


def test_the_catalogue_names_what_the_model_need_not_know():
    assert named(blank_with_catalogue(), "The Glider 3.1 flew.") == [("Glider 3.1", "PRODUCT", "Glider 3.1")]


def test_an_alias_stands_for_the_canonical_name():
    assert named(blank_with_catalogue(), "GL-3.1 flew.") == [("GL-3.1", "PRODUCT", "Glider 3.1")]


def test_a_name_with_a_curly_apostrophe_is_found_behind_a_straight_one():
    assert named(blank_with_catalogue(), "It was Ann O'Hara again.")[0][2] == "Ann O’Hara"


def test_the_catalogue_is_put_in_once():
    nlp = blank_with_catalogue()
    assert with_catalogue(nlp, ENTITIES).pipe_names.count("catalogue") == 1


def test_the_catalogue_s_names_hold_against_the_model_s(nlp):
    assert ("OpenAI", "ORG") in [(text, label) for text, label, _ in named(nlp, "OpenAI opened an office.")]


PLACES = pl.DataFrame(
    {
        "name": ["Norway", "Ada Byrne", "Kade", "Games"],
        "type": ["GPE", "PERSON", "ORG", "EVENT"],
        "aliases": [None, None, None, None],
    },
    schema={"name": pl.String, "type": pl.String, "aliases": pl.String},
)


def merged(text: str, *found: tuple[str, str]) -> list[tuple[str, str, str]]:
    """The entities of a text in which the model found these names, behind the catalogue."""
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer", name="ner")
    names = with_catalogue(nlp, PLACES).get_pipe("catalogue")
    doc = nlp.make_doc(text)
    doc.ents = [doc.char_span(text.index(name), text.index(name) + len(name), label) for name, label in found]
    return [(span.text, span.label_, span.ent_id_) for span in names(doc).ents]


def test_a_place_in_a_longer_name_is_left_to_it():
    assert merged("The Bank of Norway rose.", ("Bank of Norway", "ORG")) == [("Bank of Norway", "ORG", "")]


def test_a_place_in_a_longer_event_is_left_to_it():
    assert merged("The 1984 Norway Games ended.", ("1984 Norway Games", "EVENT")) == [("1984 Norway Games", "EVENT", "")]


def test_what_an_owner_of_the_catalogue_has_is_another_name():
    assert merged("Kade's Glider flew.", ("Kade's Glider", "ORG")) == [("Kade", "ORG", "Kade")]


def test_a_place_joined_to_another_is_none_of_its_parts():
    assert ("Norway", "GPE", "Norway") in merged("It lay in Lowmere, Norway.", ("Lowmere, Norway", "GPE"))
    assert ("Norway", "GPE", "Norway") in merged("It lay in Lowmere, Norway.", ("Lowmere, Norway", "ORG"))
    assert ("Kade", "ORG", "Kade") in merged("They sold Kade, Tessil.", ("Kade, Tessil", "ORG"))


def test_of_a_person_s_name_there_stays_what_the_catalogue_leaves():
    assert merged("Kade chief Piet Olsen left.", ("Kade chief Piet Olsen", "PERSON")) == [
        ("Kade", "ORG", "Kade"),
        ("Piet Olsen", "PERSON", ""),
    ]


def test_what_is_named_after_a_person_is_not_that_person():
    assert merged("The Ada Byrne Prize went to her.", ("Ada Byrne Prize", "ORG")) == [("Ada Byrne Prize", "ORG", "")]
    assert merged("The Ada Byrne speech went on.", ("Ada Byrne speech", "ORG")) == [("Ada Byrne", "PERSON", "Ada Byrne")]


def test_a_block_keeps_its_place_and_its_code_points(nlp):
    text = "🦜 first\n“It’s late—very…” she\u00a0said."
    blocks = [Block(0, 7, "body"), Block(8, len(text), "body")]
    parsed = parse_blocks(text, blocks, nlp)
    for piece in parsed:
        for token in piece.doc:
            start, end = piece.place(token)
            assert len(text[start:end]) == len(token.text)
    last = next(token for token in parsed[1].doc if token.text == "said")
    assert text[slice(*parsed[1].place(last))] == "said"


def test_a_span_s_place_counts_from_the_document_s_start(nlp):
    text = "One.\nThe ferry sank."
    (piece,) = parse_blocks(text, [Block(5, len(text), "body")], nlp)
    assert text[slice(*piece.place(piece.doc[1:3]))] == "ferry sank"


def test_boilerplate_is_not_parsed(nlp):
    assert parse_blocks("Sign up now!", [Block(0, 12, "boilerplate")], nlp) == []


def test_a_heading_is_not_given_to_the_model(nlp):
    (piece,) = parse_blocks("Anna Lindqvist In Lowmere", [Block(0, 25, "heading")], nlp)
    assert not piece.doc.has_annotation("DEP")
    assert piece.doc.ents == ()


def test_a_heading_holds_the_catalogue_s_names(nlp):
    (piece,) = parse_blocks("Why OpenAI Won", [Block(0, 14, "heading")], nlp)
    assert [span.text for span in piece.doc.ents] == ["OpenAI"]


def test_blocks_come_back_in_the_text_s_order(nlp):
    text = "Why it sank\nIt was old.\nAnd then\nIt rusted."
    blocks = [Block(0, 11, "heading"), Block(12, 23, "body"), Block(24, 32, "heading"), Block(33, 43, "list")]
    assert [piece.zone for piece in parse_blocks(text, blocks, nlp)] == ["heading", "body", "heading", "list"]


def test_a_piece_keeps_its_section(nlp):
    assert parse_blocks("It was old.", [Block(0, 11, "body", "Why")], nlp)[0].section == "Why"


def test_an_overlong_block_is_cut_between_words(nlp):
    text = "ferry " * (MAX_BLOCK_CHARS // 6 + 5)
    pieces = parse_blocks(text, [Block(0, len(text), "caption")], nlp)
    assert len(pieces) == 2
    assert {token.text for piece in pieces for token in piece.doc if not token.is_space} == {"ferry"}


def test_a_word_longer_than_a_piece_is_cut_all_the_same(nlp):
    text = "x" * (2 * MAX_BLOCK_CHARS + 1)
    assert [len(piece.doc.text) for piece in parse_blocks(text, [Block(0, len(text), "caption")], nlp)] == [
        MAX_BLOCK_CHARS,
        MAX_BLOCK_CHARS,
        1,
    ]


def test_what_is_read_at_once_is_bounded_in_pieces_and_in_characters_and_nothing_is_left_out():
    pieces = [("x" * length, Block(at, at + 1, "body")) for at, length in enumerate([10] * 100 + [20_000] * 10 + [90_000, 1])]
    batches = list(_batches(pieces))
    assert [piece for batch in batches for piece in batch] == pieces
    assert max(map(len, batches)) == 64
    assert all(sum(len(words) for words, _ in batch) <= 60_000 or len(batch) == 1 for batch in batches)
    assert list(_batches([])) == []
