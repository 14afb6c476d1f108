from transforms.mentions import Mention
from transforms.names import entity_id_of
from transforms.resolve import Referents, resolve_mentions


def resolved(mentions) -> list[tuple[str, str | None, str]]:
    return [(mention.text, mention.name, mention.type) for mention in mentions]


def person(start: int, text: str, **more) -> Mention:
    return Mention(start, start + len(text), text, "PERSON", "model", **more)


def test_the_id_of_an_entity_does_not_depend_on_how_its_name_is_printed():
    assert entity_id_of("The Kade Works", "ORG") == entity_id_of("Kade works", "ORG")


def test_a_person_and_a_thing_of_one_name_are_two():
    assert entity_id_of("Jordan", "PERSON") != entity_id_of("Jordan", "GPE")


def test_the_kind_of_a_thing_is_no_part_of_its_id():
    assert entity_id_of("Kade", "ORG") == entity_id_of("Kade", "PRODUCT")


def test_a_surname_stands_for_the_person_named_in_full(mentions_of):
    found = mentions_of("Anna Lindqvist saw the ferry. Lindqvist called the pilot.")
    assert resolved(found) == [("Anna Lindqvist", "Anna Lindqvist", "PERSON"), ("Lindqvist", "Anna Lindqvist", "PERSON")]
    assert found[0].entity_id == found[1].entity_id


def test_a_first_name_stands_for_the_person_named_in_full(catalogue):
    found = resolve_mentions("Anna Lindqvist … Anna", [person(0, "Anna Lindqvist"), person(17, "Anna")], catalogue)
    assert [mention.name for mention in found] == ["Anna Lindqvist"] * 2


def test_a_surname_that_two_people_share_stays_open(catalogue):
    text = "Anna Lindqvist and Piet Lindqvist … Lindqvist"
    found = resolve_mentions(
        text, [person(0, "Anna Lindqvist"), person(19, "Piet Lindqvist"), person(36, "Lindqvist")], catalogue
    )
    assert (found[2].name, found[2].entity_id) == (None, None)


def test_a_surname_that_the_model_passed_over_is_found(catalogue):
    text = "Anna Lindqvist came. Nobody told Lindqvist why."
    found = resolve_mentions(text, [person(0, "Anna Lindqvist")], catalogue)
    assert [(mention.text, mention.name, mention.method) for mention in found[1:]] == [
        ("Lindqvist", "Anna Lindqvist", "short_form")
    ]


def test_a_surname_inside_a_longer_word_is_none(catalogue):
    text = "Anna Lindqvist came. The Lindqvist-Bridge and the Lindqvists closed."
    assert len(resolve_mentions(text, [person(0, "Anna Lindqvist")], catalogue)) == 1


def test_a_surname_that_is_also_a_word_of_the_text_is_not_looked_for(catalogue):
    text = "Anna Bridge came over the bridge. Bridge left."
    assert len(resolve_mentions(text, [person(0, "Anna Bridge")], catalogue)) == 1


def test_a_very_short_surname_is_not_looked_for(catalogue):
    text = "Anna Lee came. Lee left."
    assert len(resolve_mentions(text, [person(0, "Anna Lee")], catalogue)) == 1


def test_a_person_named_with_and_without_a_middle_name_is_one(catalogue):
    text = "Anna Maria Lindqvist … Anna Lindqvist"
    found = resolve_mentions(text, [person(0, "Anna Maria Lindqvist"), person(23, "Anna Lindqvist")], catalogue)
    assert {mention.name for mention in found} == {"Anna Maria Lindqvist"}


def test_a_person_named_with_an_initial_or_as_junior_is_one(catalogue):
    text = "Piet W. Olsen … Piet Olsen Jr … Olsen"
    found = resolve_mentions(text, [person(0, "Piet W. Olsen"), person(16, "Piet Olsen Jr"), person(32, "Olsen")], catalogue)
    assert len({mention.name for mention in found}) == 1


def test_two_people_who_differ_in_their_initials_stay_two(catalogue):
    text = "Piet W. Olsen … Piet A. Olsen … Piet Olsen … Olsen"
    names = ("Piet W. Olsen", "Piet A. Olsen", "Piet Olsen")
    found = resolve_mentions(text, [*(person(text.index(n + " "), n) for n in names), person(45, "Olsen")], catalogue)
    assert [mention.name for mention in found] == [*names, None]


def test_a_person_of_the_catalogue_keeps_the_catalogue_s_name(catalogue):
    text = "Donald John Trump … Donald Trump"
    listed = person(20, "Donald Trump", name="Donald Trump")
    found = resolve_mentions(text, [person(0, "Donald John Trump"), listed], catalogue)
    assert {mention.name for mention in found} == {"Donald Trump"}


def org(start: int, text: str) -> Mention:
    return Mention(start, start + len(text), text, "ORG", "model")


def test_an_organisation_of_a_place_is_also_called_without_the_place(catalogue):
    found = resolve_mentions("Sundial … Oslo Sundial", [org(0, "Sundial"), org(10, "Oslo Sundial")], catalogue)
    assert {mention.name for mention in found} == {"Oslo Sundial"}


def test_an_ending_behind_another_word_than_a_place_is_a_name_of_its_own(catalogue):
    found = resolve_mentions("Kade Sundial … Sundial", [org(0, "Kade Sundial"), org(15, "Sundial")], catalogue)
    assert [mention.name for mention in found] == ["Kade Sundial", "Sundial"]


def test_a_lone_word_is_the_company_that_is_called_by_it(catalogue):
    found = resolve_mentions("Wexford … Wexford Holdings", [person(0, "Wexford"), org(10, "Wexford Holdings")], catalogue)
    assert [(mention.name, mention.type) for mention in found] == [("Wexford Holdings", "ORG")] * 2


def test_a_lone_surname_is_no_foundation_of_that_name(catalogue):
    found = resolve_mentions("Wexford … Wexford Foundation", [person(0, "Wexford"), org(10, "Wexford Foundation")], catalogue)
    assert [mention.name for mention in found] == ["Wexford", "Wexford Foundation"]


def test_a_surname_of_two_words_stands_for_its_bearer(catalogue):
    text = "Anna Van Dyke … Van Dyke"
    found = resolve_mentions(text, [person(0, "Anna Van Dyke"), person(16, "Van Dyke")], catalogue)
    assert [mention.name for mention in found] == ["Anna Van Dyke"] * 2


def test_several_of_a_product_are_that_product(catalogue):
    mentions = [
        Mention(at, at + len(name), name, "PRODUCT", "model") for at, name in ((0, "Kade Glider"), (14, "Kade Gliders"))
    ]
    found = resolve_mentions("Kade Glider … Kade Gliders", mentions, catalogue)
    assert {mention.name for mention in found} == {"Kade Glider"}


def test_a_short_form_of_an_organisation_follows_its_long_one(catalogue):
    mentions = [Mention(0, 14, "Brightloom Bay", "ORG", "model"), Mention(20, 30, "Brightloom", "ORG", "model")]
    assert [mention.name for mention in resolve_mentions("Brightloom Bay … Brightloom", mentions, catalogue)] == [
        "Brightloom Bay"
    ] * 2


def test_a_short_form_before_the_long_one_stands_for_itself(catalogue):
    mentions = [Mention(0, 10, "Brightloom", "ORG", "model"), Mention(13, 27, "Brightloom Bay", "ORG", "model")]
    assert [mention.name for mention in resolve_mentions("Brightloom … Brightloom Bay", mentions, catalogue)] == [
        "Brightloom",
        "Brightloom Bay",
    ]


def test_a_name_has_one_type_in_a_document_the_most_frequent(catalogue):
    mentions = [Mention(at, at + 10, "Brightloom", type_, "model") for at, type_ in ((0, "GPE"), (20, "ORG"), (40, "ORG"))]
    assert {mention.type for mention in resolve_mentions(" " * 60, mentions, catalogue)} == {"ORG"}


def test_the_catalogue_s_name_and_type_are_taken(mentions_of):
    (found,) = mentions_of("They use GPT4o at home.")
    assert (found.name, found.type) == ("GPT-4o", "PRODUCT")


def test_llama_3_1_and_llama_4_are_two_entities(mentions_of):
    found = mentions_of("The town bought Llama 3.1 in May. Llama 4 will follow in the autumn.")
    assert [mention.name for mention in found] == ["Llama 3.1", "Llama 4"]
    assert found[0].entity_id != found[1].entity_id


def test_an_unknown_name_stands_for_itself_without_its_article(catalogue):
    (found,) = resolve_mentions("the Brightloom", [Mention(0, 14, "the Brightloom", "ORG", "model")], catalogue)
    assert found.name == "Brightloom"


# Pronouns and roles


def referent(parsed_of, mentions_of, text: str, word: str, speakers=()) -> str | None:
    (block, *_) = parsed_of(text)
    token = next(token for token in reversed(block.doc) if token.text == word)
    found = Referents(text, mentions_of(text), speakers).of(token, block)
    return found.name if found else None


def test_he_is_the_last_person_who_did_something(parsed_of, mentions_of):
    assert referent(parsed_of, mentions_of, "Piet Olsen built the ferry for Anna Lindqvist. He sold it.", "He") == "Piet Olsen"


def test_an_unresolved_she_stays_without_an_entity(parsed_of, mentions_of):
    assert referent(parsed_of, mentions_of, "The ferry was late. She waited in Oslo.", "She") is None


def test_a_pronoun_behind_two_people_who_did_it_together_stays_open(parsed_of, mentions_of):
    assert referent(parsed_of, mentions_of, "Robin Lindqvist and Kim Olsen sailed home. He was tired.", "He") is None


def test_of_two_who_did_it_together_a_pronoun_is_the_one_that_it_fits(parsed_of, mentions_of):
    text = "Anna Lindqvist and Piet Olsen sailed home. He was tired."
    assert referent(parsed_of, mentions_of, text, "He") == "Piet Olsen"


def test_she_is_not_the_man_named_last(parsed_of, mentions_of):
    assert referent(parsed_of, mentions_of, "Robert Olsen left. She wept.", "She") is None
    assert referent(parsed_of, mentions_of, "Maria Berg left. Robert Olsen stayed. She wept.", "She") == "Maria Berg"


def test_a_pronoun_that_fits_two_of_whom_one_is_not_known_stays_open(parsed_of, mentions_of):
    assert referent(parsed_of, mentions_of, "Robin Berg thanked Maria Olsen. She wept.", "She") is None


def test_a_pronoun_behind_a_speaker_without_a_name_stays_open(parsed_of, mentions_of):
    text = "Piet Olsen left. A retired diplomat, who stayed, was sad. She wept."
    at = text.index("retired")
    assert referent(parsed_of, mentions_of, text, "She", [(at, at + len("retired diplomat"))]) is None


def test_a_person_two_paragraphs_back_is_out_of_reach(parsed_of, mentions_of):
    text = "Piet Olsen left. " + "The old ferry was late again. " * 50 + "He wept."
    assert referent(parsed_of, mentions_of, text, "He") is None


def test_the_company_is_the_organisation_named_before(parsed_of, mentions_of):
    assert referent(parsed_of, mentions_of, "OpenAI opened an office. The company hired forty people.", "company") == "OpenAI"


def test_a_company_is_not_the_one_named_before(parsed_of, mentions_of):
    assert referent(parsed_of, mentions_of, "OpenAI opened an office. A company hired forty people.", "company") is None


def test_a_company_with_words_of_its_own_is_another(parsed_of, mentions_of):
    assert referent(parsed_of, mentions_of, "OpenAI opened an office. The company behind the ferry closed.", "company") is None


def test_it_is_open_where_two_things_were_named(parsed_of, mentions_of):
    assert referent(parsed_of, mentions_of, "OpenAI sued Meta. It lost.", "It") is None


def test_it_is_the_one_thing_named(parsed_of, mentions_of):
    assert referent(parsed_of, mentions_of, "OpenAI grew fast. It hired forty people.", "It") == "OpenAI"


def test_a_head_word_of_no_name_in_a_span_of_another_s_is_not_that_other(catalogue):
    text = "Olsen’s lawyer"
    mention = person(0, "Olsen", name="Piet Olsen", entity_id="x")
    assert Referents(text, [mention], []).named(0, 14, (8, 14)) is None
    assert Referents(text, [mention], []).named(0, 14).name == "Piet Olsen"
