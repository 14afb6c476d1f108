from itertools import pairwise

import polars as pl
import pytest

from transforms.mentions import Catalogue, find_mentions

ENTITIES = pl.DataFrame(
    {
        "name": ["Kade Works", "Kade Sports", "Ada Byrne", "Glider"],
        "type": ["ORG", "ORG", "PERSON", "PRODUCT"],
        "aliases": ["Kade|KW|Glider", "Kade", None, None],
        "description": ["Maker of boats", "Sports club", "Founder of Kade Works", "Boat by Kade Works"],
    }
)
NO_NAMES = pl.DataFrame({"form": ["CEO"]})


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
