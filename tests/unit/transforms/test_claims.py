import pytest


def texts(claims) -> list[str]:
    return [claim["text"] for claim in claims]


def test_the_article_s_own_sentence_is_a_claim_without_a_speaker(claims_of):
    (claim,) = claims_of("The old ferry sank in the harbour.")
    assert (claim["text"], claim["attribution"], claim["speaker"], claim["cue"]) == (
        "The old ferry sank in the harbour",
        "author",
        None,
        None,
    )


def test_two_joined_clauses_are_two_claims(claims_of):
    assert texts(claims_of("The old ferry sank yesterday, but nobody was badly hurt.")) == [
        "The old ferry sank yesterday",
        "nobody was badly hurt",
    ]


def test_two_verbs_of_one_subject_are_one_claim(claims_of):
    assert texts(claims_of("The old ferry crosses the river and tows the barges.")) == [
        "The old ferry crosses the river and tows the barges"
    ]


def test_an_attributed_statement_is_a_claim_and_its_frame_is_none(claims_of):
    (claim,) = claims_of("Anna Lindqvist said on Monday that the old ferry sank.")
    assert (claim["text"], claim["attribution"], claim["speaker"], claim["cue"]) == (
        "the old ferry sank",
        "indirect",
        "Anna Lindqvist",
        "said",
    )


def test_a_frame_with_the_speaker_behind_it_is_no_claim_of_the_article(claims_of):
    assert {
        claim["attribution"] for claim in claims_of("“The ferry is old and slow,” said Anna Lindqvist, the head of the port.")
    } == {"direct"}


@pytest.mark.parametrize(
    "text",
    [
        "The old ferry sank in the harbour, Anna Lindqvist said, because the pilot slept.",
        "The old ferry sank in the harbour, as Anna Lindqvist said.",
        "The old ferry, Anna Lindqvist said, sank in the harbour.",
    ],
)
def test_a_statement_around_its_cue_is_not_the_article_s(claims_of, text):
    assert [claim["attribution"] for claim in claims_of(text)] == ["indirect"]


def test_what_stands_beside_a_report_is_the_article_s_own(claims_of):
    found = claims_of("The pilot said the ferry was unsafe, and the council closed the pier.")
    assert [(claim["text"], claim["attribution"]) for claim in found] == [
        ("the ferry was unsafe", "indirect"),
        ("the council closed the pier", "author"),
    ]


def test_whoever_denies_a_statement_does_not_hold_it(claims_of):
    held = [
        claim for claim in claims_of("Anna Lindqvist denied that the ferry was unsafe.") if claim["attribution"] != "author"
    ]
    assert all(claim["is_negated"] for claim in held)


def test_a_silence_is_the_article_s_claim(claims_of):
    (claim,) = claims_of("The council did not say whether the pier would close.")
    assert (claim["attribution"], claim["is_negated"]) == ("author", True)


@pytest.mark.parametrize(
    "text",
    [
        "Is the old ferry safe in winter?",
        "“Is the old ferry safe in winter?” Anna Lindqvist asked.",
        "Harbour News: Is the ferry safe?\nHarbour News: Is the pier safe?",
        "Buy your tickets at the pier now.",
        "You can buy your tickets at the pier.",
        "Let us hope that the ferry returns.",
        "Here are the five things to know:",
        "Here are the five best boats.",
        "Five old boats in the harbour.",
        "It sank.",
        "We hope to see the ferry again.",
        "Thanks for reading this story to the end.",
        "This post explains how the old ferry works.",
    ],
)
def test_a_question_a_call_or_a_fragment_states_nothing(claims_of, text):
    assert texts(claims_of(text)) == []


def test_what_an_addressee_did_is_stated_and_what_anybody_may_do_is_not(claims_of):
    assert texts(claims_of("You voted against the ferry in March. You may turn it off at night.")) == [
        "You voted against the ferry in March"
    ]


def test_a_subject_that_hangs_on_the_auxiliary_is_one(claims_of):
    (claim,) = claims_of("We have never in the history of our town been in a situation where the river froze.")
    assert claim["subject"] == "We"


def test_a_plural_s_verb_in_the_form_of_an_infinitive_states(claims_of):
    assert texts(claims_of("Most of the boats in the harbour, old and new, burn oil.")) == [
        "Most of the boats in the harbour, old and new, burn oil"
    ]


def test_what_a_thing_is_like_is_not_cut_off_as_a_statement(claims_of):
    text = "It can be compared to the old ferries, and like those boats is built of wood from the north."
    assert not [claim for claim in texts(claims_of(text)) if claim.startswith("like")]


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("Because it turns out the town does not need to buy all the boats.", "it turns out"),
        ("If the town fails to find better boats than the harbour’s old ferries.", "the town"),
        ("There are ideas that need a pilot and that lack existing groups to run them.", "that lack"),
    ],
)
def test_a_reason_a_condition_or_a_relative_clause_alone_states_nothing(claims_of, text, fragment):
    assert not [claim for claim in texts(claims_of(text)) if fragment in claim]


def test_brackets_around_a_whole_remark_are_no_part_of_it(claims_of):
    assert texts(claims_of("(The town never sold the old ferry to anyone.)")) == ["The town never sold the old ferry to anyone"]


def test_no_claim_ends_inside_a_bracket(claims_of):
    text = "The ferry (a boat that the town needs - nobody sold the pier, it seems) sails on Monday."
    assert all(claim.count("(") == claim.count(")") for claim in texts(claims_of(text)))


def test_a_figure_that_says_which_things_are_meant_makes_no_statement_of_quantity(claims_of):
    [known, told] = claims_of("The two sides have lost a source of pressure. The ferry lost two of its engines at sea.")
    assert (known["claim_type"], told["claim_type"]) == ("event", "quantity")


def test_a_sentence_that_quotes_a_question_may_still_state(claims_of):
    assert texts(claims_of("The sign that asked “Who owns the river?” fell down.")) != []


def test_a_label_in_front_is_no_part_of_a_claim(claims_of):
    assert texts(claims_of("Key point: The old ferry carries 400 people.")) == ["The old ferry carries 400 people"]


def test_a_label_of_a_list_item_is_no_part_of_a_claim(claims_of):
    assert texts(claims_of("Why it matters: The old pier is made of wood.", "list")) == ["The old pier is made of wood"]


@pytest.mark.parametrize("zone", ["heading", "title", "caption"])
def test_a_heading_a_title_or_a_caption_gives_no_claim(claims_of, zone):
    assert claims_of("The old ferry sank in the harbour.", zone) == []


def test_scare_quotes_stay_inside_the_article_s_claim(claims_of):
    assert texts(claims_of("The so-called “ice shield” protects the harbour.")) == [
        "The so-called “ice shield” protects the harbour"
    ]


def test_a_lone_bracket_is_not_left_at_a_claim_s_edge(claims_of):
    found = texts(claims_of("The old ferry sank yesterday (and the old pilot swam home)."))
    assert found == ["The old ferry sank yesterday", "the old pilot swam home"]


def test_a_quotation_gives_no_second_claim_of_the_article(claims_of):
    found = claims_of("“The ferry is old and slow,” said Anna Lindqvist. “Nobody wants to repair it.”")
    assert [claim["attribution"] for claim in found] == ["direct", "direct"]


def test_the_first_person_is_the_article_s_own_claim(claims_of):
    (claim,) = claims_of("I think the ferry is too slow for the river.")
    assert (claim["attribution"], claim["speaker"]) == ("author", None)


def test_a_claim_of_a_noun_s_content_leaves_the_sentence_its_own(claims_of):
    found = claims_of("The mayor’s claim that the harbour never freezes annoyed the old pilots.")
    assert ("the harbour never freezes", "indirect") in [(claim["text"], claim["attribution"]) for claim in found]


def test_claims_come_in_the_order_of_the_text(claims_of):
    starts = [
        claim["start_char"]
        for claim in claims_of("The pier is old. “The ferry is older,” said Olsen. The river is the oldest of all.")
    ]
    assert len(starts) == 3
    assert starts == sorted(starts)


# Statements that stand alone


def resolved(claims) -> list[str]:
    return [claim["resolved_text"] for claim in claims]


def test_a_pronoun_is_replaced_by_the_name_it_stands_for(claims_of):
    assert resolved(claims_of("Piet Olsen built the ferry. He sold it to the town."))[1] == "Piet Olsen sold it to the town"


def test_a_possessive_pronoun_becomes_a_possessive_name(claims_of):
    assert resolved(claims_of("Piet Olsen said that his brother had built the ferry.")) == [
        "Piet Olsen's brother had built the ferry"
    ]


def test_a_name_that_ends_in_s_takes_an_apostrophe_alone(claims_of):
    assert resolved(claims_of("Piet Jones said that his brother had built the ferry.")) == [
        "Piet Jones' brother had built the ferry"
    ]


def test_a_role_is_replaced_with_its_article(claims_of):
    assert resolved(claims_of("OpenAI opened an office. The company hired forty people."))[1] == "OpenAI hired forty people"


def test_a_role_keeps_its_possessive(claims_of):
    assert (
        resolved(claims_of("OpenAI opened an office. The company’s new building is made of glass."))[1]
        == "OpenAI’s new building is made of glass"
    )


def test_a_first_person_in_quoted_words_is_glossed_once(claims_of):
    assert resolved(claims_of("“I built the ferry and I sold it,” said Piet Olsen.")) == [
        "I [Piet Olsen] built the ferry and I sold it"
    ]


def test_a_contraction_is_glossed_behind_its_verb(claims_of):
    assert resolved(claims_of("“I’ve built the ferry,” said Piet Olsen.")) == ["I’ve [Piet Olsen] built the ferry"]


def test_other_pronouns_in_quoted_words_stay(claims_of):
    assert (
        resolved(claims_of("Anna Lindqvist met Piet Olsen. “He built the ferry himself,” she said."))[1]
        == "He built the ferry himself"
    )


def test_a_pronoun_without_a_likely_referent_stays(claims_of):
    assert resolved(claims_of("The ferry was late. She waited for it in the rain."))[-1] == "She waited for it in the rain"


def test_what_the_article_says_inside_a_quotation_is_left_out_where_it_stands_alone(claims_of):
    text = "“The harbour of this old town,” said Anna Lindqvist, the head of the port, “will freeze by January.”"
    assert resolved(claims_of(text)) == ["The harbour of this old town will freeze by January."]


def test_a_line_break_inside_a_statement_becomes_a_space_when_it_stands_alone(reader, nlp):
    from datetime import datetime

    from transforms.read import Page, read_pages

    wrapped = (
        "The old ferry across the river sank in the harbour of the\n"
        "town on a cold morning in the winter, and nobody was hurt.\n"
        "The pilot had gone home to his family, and the second boat\n"
        "lay without an engine in the yard of the old council.\n"
    )
    claims = read_pages([Page("a.txt", "file:///a.txt", "s", wrapped.encode(), datetime(2024, 1, 1))], reader)["claims"]
    assert any("\n" in text for text in claims["text"])
    assert not any("\n" in text for text in claims["resolved_text"])


def test_a_verb_s_subject_is_not_its_object(claims_of):
    found = claims_of("Volkswagen builds a car. The car is new. Volkswagen has equipped it with touch panels.")
    assert resolved(found)[-1] == "Volkswagen has equipped it with touch panels"


def test_he_may_be_the_unnamed_man_of_the_sentence(claims_of):
    found = claims_of("Piet Olsen owns the ferry. A sailor pleaded guilty to charges that he sank the ferry.")
    assert "he sank" in resolved(found)[1]


def test_he_is_whoever_is_named_after_what_the_sentence_is_about(claims_of):
    [claim] = claims_of("A row over the ferry offers Piet Olsen some advantages: it allows him to sell the pier.")
    assert "allows Piet Olsen to sell" in claim["resolved_text"]


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        ("Anna Lindqvist opposes the sale of the ferry.", "Anna Lindqvist opposes the sale of the ferry"),
        ("Anna Lindqvist runs the port. She plans to sell the old ferry.", "Anna Lindqvist plans to sell the old ferry"),
        ("Anna Lindqvist's promise to sell the ferry was kept.", "Anna Lindqvist's promise to sell the ferry"),
        (
            "Anna Lindqvist expressed concern about the price of fish.",
            "Anna Lindqvist expressed concern about the price of fish",
        ),
    ],
)
def test_a_phrase_stands_alone_behind_who_holds_it_and_how(claims_of, text, resolved):
    (claim,) = [claim for claim in claims_of(text) if claim["attribution"] == "indirect"]
    assert claim["resolved_text"] == resolved


@pytest.mark.parametrize(
    "text",
    [
        "For the whole of last year, high-speed lines increased by 45 percent.",
        "Many schools around the world struggle with noise.",
        "The delay allowed for heavy rain to fall on the pier.",
        "The US sold the old ferry to the town.",
    ],
)
def test_a_sentence_whose_verb_or_subject_is_misread_is_still_a_claim(claims_of, text):
    (claim,) = claims_of(text)
    assert claim["text"] == text.rstrip(".")


def test_a_company_with_an_apposition_announces(claims_of):
    (claim,) = claims_of("The parent of the port, The Quay Company, announced on Monday that it was closing the pier.")
    assert (claim["text"], claim["cue"]) == ("it was closing the pier", "announced")


@pytest.mark.parametrize(
    "text", ["Old boats in the harbour of Oslo.", "The old ferries, painted red.", "Long queues at the pier."]
)
def test_a_phrase_with_a_full_stop_is_no_claim(claims_of, text):
    assert claims_of(text) == []
