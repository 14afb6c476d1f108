from itertools import pairwise

import polars as pl
import pytest
import spacy

from transforms.mentions import Catalogue, find_mentions
from transforms.parse import Parsed, like_ascii

ENTITIES = pl.DataFrame(
    {
        "name": ["Kade Works", "Kade Sports", "Ada Byrne", "Glider"],
        "type": ["ORG", "ORG", "PERSON", "PRODUCT"],
        "aliases": ["Kade|KW|Glider", "Kade", None, None],
        "description": ["Maker of boats", "Sports club", "Founder of Kade Works", "Boat by Kade Works"],
    }
)
NO_NAMES = pl.DataFrame({"kind": ["no_name"], "form": ["CEO"], "meaning": [None]})


@pytest.fixture(scope="module")
def found(parsed_of, catalogue):
    def find(text: str, zone: str = "body") -> list[tuple[str, str]]:
        mentions = find_mentions(text, parsed_of(text, zone), catalogue)
        assert all(text[mention.start : mention.end] == mention.text for mention in mentions)
        return [(mention.text, mention.type) for mention in mentions]

    return find


def test_a_form_that_two_entities_share_stands_for_neither():
    names = Catalogue.from_frames(ENTITIES, NO_NAMES).names
    assert "kade" not in names
    assert names["kw"] == "Kade Works"


def test_a_canonical_name_goes_before_another_s_alias():
    assert Catalogue.from_frames(ENTITIES, NO_NAMES).names["glider"] == "Glider"


def test_a_person_is_at_home_among_what_the_catalogue_says_of_him():
    catalogue = Catalogue.from_frames(ENTITIES, NO_NAMES)
    assert catalogue.belongs("Ada Byrne", ["Kade Works"])
    assert catalogue.belongs("Ada Byrne", ["Glider"])
    assert not catalogue.belongs("Ada Byrne", ["Kade Sports"])


def test_a_catalogue_knows_each_name_s_type():
    assert Catalogue.from_frames(ENTITIES, NO_NAMES).types["Ada Byrne"] == "PERSON"


def test_people_organisations_and_places_are_found(found):
    assert found("Anna Lindqvist of the Nordic Council flew to Oslo.") == [
        ("Anna Lindqvist", "PERSON"),
        ("Nordic Council", "ORG"),
        ("Oslo", "GPE"),
    ]


def test_a_catalogue_s_name_is_found_in_another_printing(parsed_of, catalogue):
    text = "They use GPT4o at home."
    (mention,) = find_mentions(text, parsed_of(text), catalogue)
    assert (mention.name, mention.method) == ("GPT-4o", "catalogue")


def test_dates_figures_and_money_are_no_names(found):
    assert found("On Monday 400 boats cost $9 million, or 30 percent more than in 1995.") == []


def test_an_article_and_a_possessive_are_no_part_of_a_name(found):
    assert found("The United Nations’ office sent Anna Lindqvist’s letter on.") == [
        ("United Nations", "ORG"),
        ("Anna Lindqvist", "PERSON"),
    ]


def test_a_version_makes_another_product(parsed_of, catalogue):
    text = "Meta released Llama 3.1 and then Llama 9.4 for everyone."
    names = {
        mention.text: mention.name for mention in find_mentions(text, parsed_of(text), catalogue) if "Llama" in mention.text
    }
    assert names == {"Llama 3.1": "Llama 3.1", "Llama 9.4": None}


def test_a_product_with_a_number_of_things_behind_it_has_no_version(found):
    assert ("Llama", "PRODUCT") in found("With Llama 405 billion parameters are free.")


def test_a_form_listed_as_no_name_is_none(found):
    assert found("The CEO bought GPUs for the API.") == []


def test_the_verb_of_a_question_is_no_part_of_a_name(found):
    assert found("Will Zuckerberg pay for the ferry?") == [("Zuckerberg", "PERSON")]


def test_of_two_names_joined_by_a_possessive_the_first_is_kept(found):
    assert "OpenAI’s ChatGPT" not in [text for text, _ in found("Everybody used OpenAI’s ChatGPT in school.")]


@pytest.fixture(scope="module")
def read_as(catalogue):
    """The name that is read where the model found one of this label in a text."""
    nlp = spacy.blank("en")

    def read(text: str, found: str, label: str) -> tuple[str, str]:
        doc = nlp.make_doc(like_ascii(text))
        at = text.index(found)
        doc.ents = [doc.char_span(at, at + len(found), label)]
        (mention,) = find_mentions(text, [Parsed(doc, 0, "body", None)], catalogue)
        return mention.text, mention.type

    return read


@pytest.mark.parametrize(
    "name", ["Institute for Tomorrow’s Farms", "Lowmere Children’s Hospital", "Wexford’s of Lowmere", "Farm Workers’ Union"]
)
def test_an_owner_inside_the_name_of_an_institution_is_part_of_it(read_as, name):
    assert read_as(f"The {name} opened.", name, "ORG") == (name, "ORG")


def test_an_owner_in_a_title_is_part_of_it(read_as):
    assert read_as("We saw Olsen’s Boat.", "Olsen’s Boat", "WORK_OF_ART") == ("Olsen’s Boat", "WORK")


def test_an_owner_before_what_is_his_is_a_name_of_its_own(read_as):
    assert read_as("Wexford’s Glider flew.", "Wexford’s Glider", "ORG") == ("Wexford", "ORG")


@pytest.mark.parametrize(
    ("name", "label", "type_"),
    [
        ("Wexford University", "PERSON", "ORG"),
        ("University of Lowmere", "GPE", "ORG"),
        ("Wexford Cup", "PRODUCT", "EVENT"),
        ("Lowmere Festival", "EVENT", "EVENT"),
        ("Party", "PERSON", "PERSON"),
    ],
)
def test_a_name_that_says_what_it_names_has_that_type(read_as, name, label, type_):
    assert read_as(f"The {name} ended.", name, label) == (name, type_)


def test_words_in_lower_case_behind_a_name_are_no_part_of_it(read_as):
    assert read_as("The Wexford boat crew sang.", "Wexford boat crew", "ORG") == ("Wexford", "ORG")


def test_a_title_does_not_end_in_a_joining_word(read_as):
    assert read_as("He read Olsen and more.", "Olsen and", "WORK_OF_ART") == ("Olsen", "WORK")


def test_the_words_of_an_election_stay_with_it(read_as):
    assert read_as("The 1984 Lowmere local election.", "1984 Lowmere local election", "EVENT")[0].endswith("election")


def test_what_comes_behind_a_dash_is_no_part_of_a_name(read_as):
    assert read_as("Piet Olsen — Wexford", "Piet Olsen — Wexford", "PERSON") == ("Piet Olsen", "PERSON")


def test_names_of_a_heading_come_from_the_catalogue_alone(found):
    assert found("Why OpenAI Won Over Anna Lindqvist", "heading") == [("OpenAI", "ORG")]


def test_no_mention_lies_inside_another_and_they_come_in_order(parsed_of, catalogue):
    text = "Meta gave Llama 3.1 to Anna Lindqvist in Oslo, and OpenAI gave GPT-4o to nobody."
    spans = [(mention.start, mention.end) for mention in find_mentions(text, parsed_of(text), catalogue)]
    assert len(spans) >= 5
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_a_name_that_does_what_its_sentence_says_is_its_subject(parsed_of, catalogue):
    text = "Anna Lindqvist met Piet Olsen."
    assert [mention.role for mention in find_mentions(text, parsed_of(text), catalogue)] == ["subject", None]


def test_a_name_before_a_colon_at_the_start_counts_as_a_subject(parsed_of, catalogue):
    text = "Anna Lindqvist: The ferry is late."
    assert find_mentions(text, parsed_of(text), catalogue)[0].role == "subject"


@pytest.mark.parametrize(
    "name",
    [
        "iPhone 31 Pro",
        "iPhone 31",
        "Pixel 9 Pro XL",
        "Llama 9.4 70B",
        "GPT-9o mini",
        "Qwen9-72B-Instruct",
        "Claude Opus 9",
        "Galaxy S39 Ultra",
        "DeepSeek-V9",
        "Gemini 9.5 Flash-Lite",
    ],
)
def test_a_name_with_a_version_is_not_the_family(parsed_of, catalogue, name):
    text = f"The {name} is out, and the {name} costs $900."
    found = [(m.text, m.type, m.name) for m in find_mentions(text, parsed_of(text), catalogue) if m.start < 40]
    assert (name, "PRODUCT", None) in found


def test_those_who_use_a_version_do_not_make_it_a_count(found):
    assert ("Windows 11", "PRODUCT") in found("Last year Windows 11 users were told so.")


def test_what_an_organisation_did_in_a_quarter_is_no_product(found):
    assert ("Apple", "ORG") in found("The Apple Q3 results were good.")


def test_who_is_addressed_is_a_person(read_as):
    assert read_as("She met Ms Adeyemi.", "Ms Adeyemi", "GPE") == ("Ms Adeyemi", "PERSON")


def test_a_product_s_name_in_one_word_with_its_version_is_a_product_whatever_the_model_says(read_as):
    assert read_as("It said that GPT-9 Turbo won.", "GPT-9 Turbo", "PERSON") == ("GPT-9 Turbo", "PRODUCT")
