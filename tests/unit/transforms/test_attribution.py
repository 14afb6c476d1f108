import pytest

FREEZE = "the harbour will freeze by January"
UPPER = "The harbour will freeze by January"


def words(found) -> list[tuple[str, str | None]]:
    return [(said.words, said.speaker) for said in found]


# Direct speech


@pytest.mark.parametrize(
    "text",
    [
        "“The harbour will freeze,” Anna Lindqvist said.",
        "“The harbour will freeze,” said Anna Lindqvist.",
        "Anna Lindqvist said, “The harbour will freeze.”",
        "Anna Lindqvist said: “The harbour will freeze.”",
        "'The harbour will freeze,' said Anna Lindqvist.",
        "“The harbour will freeze,” Anna Lindqvist, the head of the port, said on Monday.",
        "“The harbour will freeze,” said Anna Lindqvist, who runs the port.",
        "Anna Lindqvist told the council on Monday: “The harbour will freeze.”",
    ],
)
def test_a_quotation_with_its_cue_before_or_behind_it_is_direct(attributions_of, text):
    (said,) = attributions_of(text)
    assert (said.words.rstrip("."), said.kind, said.speaker) == ("The harbour will freeze", "direct", "Anna Lindqvist")
    assert said.cue in ("said", "told")


def test_a_quotation_around_its_cue_has_the_speaker_outside_the_marks(attributions_of):
    found = attributions_of("“The harbour,” said Anna Lindqvist, “will freeze by January.”")
    assert {said.speaker for said in found} == {"Anna Lindqvist"}


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("“The harbour will freeze,” Anna Lindqvist said. “The ferries will stop.”", "The ferries will stop."),
        ("“The harbour will freeze,” said Anna Lindqvist, “and the ferries will stop.”", "and the ferries will stop."),
    ],
)
def test_two_statements_around_one_cue_are_two_of_one_speaker(attributions_of, text, second):
    found = attributions_of(text)
    assert words(found) == [("The harbour will freeze", "Anna Lindqvist"), (second, "Anna Lindqvist")]


@pytest.mark.parametrize(
    "text",
    [
        "“The harbour of this old town,” said Anna Lindqvist, “will freeze by January.”",
        "“The harbour will freeze,” Anna Lindqvist said, “in every winter like this.”",
    ],
)
def test_one_statement_around_its_cue_is_one(attributions_of, text):
    (said,) = attributions_of(text)
    assert (said.words, said.speaker) == (text[1:-1], "Anna Lindqvist")


def test_a_paragraph_that_ends_in_a_colon_names_who_speaks_in_the_next(attributions_of):
    found = attributions_of("Late on Monday the council issued a statement:\n“The harbour will freeze by January.”")
    assert words(found) == [("The harbour will freeze by January.", "the council")]


@pytest.mark.parametrize("between", ["\n— ", " — ", "\n- "])
def test_a_dash_and_a_name_below_or_behind_a_quotation_sign_it(attributions_of, between):
    found = attributions_of(f"“The harbour will freeze by January.”{between}Anna Lindqvist, head of the port")
    assert words(found) == [("The harbour will freeze by January.", "Anna Lindqvist")]


def test_a_dash_that_goes_on_with_a_sentence_signs_nothing(attributions_of):
    assert attributions_of("“The harbour will freeze by January.” — Anna Lindqvist has read it in a book.") == []


def test_what_somebody_puts_so_is_a_quotation_but_what_is_put_somewhere_is_not(attributions_of):
    found = attributions_of("As Anna Lindqvist puts it, “the harbour freezes when it likes.”")
    assert words(found) == [("the harbour freezes when it likes.", "Anna Lindqvist")]
    assert attributions_of("Anna Lindqvist put up a sign, “the harbour freezes when it likes.”") == []


def test_a_colon_before_words_without_marks_names_no_speaker(attributions_of):
    assert attributions_of("On Monday Anna Lindqvist added:\nThe harbour will freeze by January.") == []


def test_a_second_quotation_inherits_the_speaker_of_the_first(attributions_of):
    found = attributions_of(
        "“The harbour will freeze,” Anna Lindqvist said.\n“The ferries will stop too, and the fish will be dear.”"
    )
    assert words(found)[1] == ("The ferries will stop too, and the fish will be dear.", "Anna Lindqvist")


def test_a_quotation_over_two_paragraphs_has_one_speaker(attributions_of):
    found = attributions_of(
        "“The harbour will freeze,” Anna Lindqvist said. “It did so last year.\n“The ferries will stop too. Fish will be dear.”"
    )
    assert [said.speaker for said in found] == ["Anna Lindqvist"] * 3


def test_a_paragraph_between_two_quotations_ends_the_inheritance(attributions_of):
    found = attributions_of(
        "“The harbour will freeze,” Anna Lindqvist said.\nThe night was cold.\n“The ferries will stop, and fish will be dear.”"
    )
    assert words(found) == [("The harbour will freeze", "Anna Lindqvist")]


def test_a_heading_ends_the_inheritance(nlp, cues, attribution):
    from transforms.attribution import find_attributions
    from transforms.blocks import Block
    from transforms.parse import parse_blocks

    text = "“The harbour will freeze,” Anna Lindqvist said.\nNo more fish\n“The ferries will stop too, and fish will be dear.”"
    blocks = [Block(0, 47, "body"), Block(48, 60, "heading"), Block(61, len(text), "body")]
    assert len(find_attributions(text, parse_blocks(text, blocks, nlp), cues, attribution)) == 1


def test_a_quotation_of_another_speaker_inherits_nothing(attributions_of):
    found = attributions_of("“The harbour will freeze,” Anna Lindqvist said.\n“It never freezes,” said Piet Olsen.")
    assert [said.speaker for said in found] == ["Anna Lindqvist", "Piet Olsen"]


def test_a_common_noun_behind_the_cue_speaks(attributions_of):
    assert words(attributions_of("“The harbour will freeze,” said the old pilot.")) == [
        ("The harbour will freeze", "the old pilot")
    ]


def test_a_pronoun_speaks_in_its_own_words(attributions_of):
    assert words(attributions_of("“The harbour will freeze,” she said.")) == [("The harbour will freeze", "she")]


def test_a_name_before_a_colon_speaks_the_words_between_the_marks(attributions_of):
    (said,) = attributions_of("Anna Lindqvist: “The harbour will freeze by January.”")
    assert (said.words, said.kind, said.speaker) == ("The harbour will freeze by January.", "direct", "Anna Lindqvist")


def test_a_new_sentence_s_cue_does_not_reach_back_to_a_finished_quotation(attributions_of):
    found = attributions_of("A sign read: “The harbour is closed to everybody.” Piet Olsen said that nobody cared.")
    assert ("nobody cared", "Piet Olsen") in words(found)
    assert "Piet Olsen" not in {said.speaker for said in found if "closed" in said.words}


def test_two_speakers_in_one_sentence_keep_their_words_apart(attributions_of):
    found = attributions_of("“The ice is thin,” he said, and “the boats are old,” she added.")
    assert words(found) == [("The ice is thin", "he"), ("the boats are old", "she")]


@pytest.mark.parametrize(
    "text",
    [
        "The harbour has a so-called “ice shield” against the cold.",
        "Her book “The Harbour Is Frozen” sold well in the town.",
        "The town's “green winter” plan is under way.",
        "Protesters carried the slogan “Free the ferry” through the town.",
    ],
)
def test_a_scare_quote_a_title_or_a_slogan_is_no_quotation(attributions_of, text):
    assert attributions_of(text) == []


# Interviews


def test_the_name_of_a_person_before_a_colon_opens_an_answer(attributions_of):
    found = attributions_of("Anna Lindqvist: The harbour will freeze by January.")
    assert found == [("The harbour will freeze by January.", "direct", "Anna Lindqvist", ":")]


def test_initials_that_return_before_a_colon_are_a_side_of_an_interview(attributions_of):
    found = attributions_of("HN: The ferry is old.\nAnna Lindqvist: It is.\nHN: The pier is older.")
    assert [said.speaker for said in found] == ["HN", "Anna Lindqvist", "HN"]


def test_initials_before_one_colon_alone_are_a_label(attributions_of):
    assert attributions_of("NB: The ferry is old.") == []


@pytest.mark.parametrize(
    "text", ["Key point: The ferry is old.", "Warning: The pier is closed.", "The reason: The ferry is old."]
)
def test_a_label_that_is_no_name_speaks_nothing(attributions_of, text):
    assert attributions_of(text) == []


# Reported speech


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        (f"Anna Lindqvist said that {FREEZE}.", "said"),
        (f"Anna Lindqvist said {FREEZE}.", "said"),
        (f"{UPPER}, Anna Lindqvist said.", "said"),
        (f"Anna Lindqvist told reporters on Monday that {FREEZE}.", "told"),
        (f"Anna Lindqvist has warned that {FREEZE}.", "has warned"),
        (f"According to Anna Lindqvist, {FREEZE}.", "According to"),
        (f"{UPPER}, according to Anna Lindqvist.", "according to"),
        (f"As Anna Lindqvist said, {FREEZE}.", "said"),
        (f"{UPPER}, as Anna Lindqvist said.", "said"),
        (f"Anna Lindqvist’s claim that {FREEZE} surprised the pilots.", "claim"),
        (f"Anna Lindqvist made the claim that {FREEZE}.", "claim"),
    ],
)
def test_a_reported_clause_is_held_by_its_speaker(attributions_of, text, cue):
    (said,) = attributions_of(text)
    assert (said.words.lower(), said.kind, said.speaker, said.cue) == (FREEZE.lower(), "indirect", "Anna Lindqvist", cue)


@pytest.mark.parametrize(
    "text",
    [
        "The harbour, Anna Lindqvist said, will freeze by January.",
        "The harbour, according to Anna Lindqvist, will freeze by January.",
        "The harbour will freeze, Anna Lindqvist said, because the winter is cold.",
        "The harbour will freeze, according to Anna Lindqvist, before the new year begins.",
    ],
)
def test_a_clause_around_its_cue_is_held_whole(attributions_of, text):
    (said,) = attributions_of(text)
    assert said.speaker == "Anna Lindqvist"
    assert said.words.startswith("The harbour")
    assert text.endswith(f"{said.words}.")


def test_a_reported_clause_with_quoted_words_is_mixed_and_keeps_the_marks(attributions_of):
    (said,) = attributions_of("The mayor said that the harbour was “a bathtub with ships in it” this winter.")
    assert (said.words, said.kind, said.speaker) == (
        "the harbour was “a bathtub with ships in it” this winter",
        "mixed",
        "The mayor",
    )


def test_quoted_words_at_the_end_of_a_reported_clause_keep_both_marks(attributions_of):
    (said,) = attributions_of("The mayor said that the harbour was “a bathtub with ships.”")
    assert (said.words, said.kind) == ("the harbour was “a bathtub with ships.”", "mixed")


def test_a_report_inside_a_report_is_attributed_to_each_speaker(attributions_of):
    found = attributions_of("Anna Lindqvist said that the mayor had told her that the harbour would freeze.")
    assert words(found) == [
        ("the mayor had told her that the harbour would freeze", "Anna Lindqvist"),
        ("the harbour would freeze", "the mayor"),
    ]


def test_a_second_cue_without_a_subject_is_the_first_one_s(attributions_of):
    found = attributions_of("“The ice is thin,” Olsen said, adding that the boats were old.")
    assert words(found) == [("The ice is thin", "Olsen"), ("the boats were old", "Olsen")]


def test_a_joined_cue_shares_its_speaker(attributions_of):
    found = attributions_of("Anna Lindqvist raised her hand and said that the harbour would freeze.")
    assert words(found) == [("the harbour would freeze", "Anna Lindqvist")]


def test_the_owner_of_a_letter_speaks_in_it(attributions_of):
    assert words(attributions_of("Olsen’s letter argues that the harbour will freeze.")) == [
        ("the harbour will freeze", "Olsen")
    ]


def test_a_study_speaks_through_what_it_shows(attributions_of):
    assert words(attributions_of("The study shows that the harbour freezes every ten years.")) == [
        ("the harbour freezes every ten years", "The study")
    ]


def test_unnamed_critics_speak(attributions_of):
    assert words(attributions_of("Some critics say the mayor wastes money on ice.")) == [
        ("the mayor wastes money on ice", "Some critics")
    ]


def test_what_a_warning_is_of_is_its_content(attributions_of):
    (said,) = attributions_of("Anna Lindqvist warned of floods in the lower town.")
    assert (said.words, said.speaker, said.cue) == ("floods in the lower town", "Anna Lindqvist", "warned of")


@pytest.mark.parametrize("withheld", ["say that the harbour would freeze", "comment on the floods in the lower town"])
def test_what_is_not_said_is_not_attributed(attributions_of, withheld):
    assert attributions_of(f"Anna Lindqvist declined to {withheld}.") == []


def test_a_speaker_is_named_without_the_clause_about_him(attributions_of):
    (said,) = attributions_of("Piet Olsen, who owns two boats, said that the harbour would freeze.")
    assert said.speaker == "Piet Olsen"


def test_a_speaker_s_role_belongs_to_the_name(attributions_of):
    (said,) = attributions_of("A spokesman for the port said that the harbour would freeze.")
    assert said.speaker == "A spokesman for the port"


@pytest.mark.parametrize(
    "text",
    [
        "Anna Lindqvist did not say that the harbour would freeze.",
        "Anna Lindqvist never said that the harbour would freeze.",
        "She does not expect that everyone will agree.",
    ],
)
def test_a_negated_cue_attributes_nothing(attributions_of, text):
    assert attributions_of(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "I think that the harbour will freeze.",
        "We believe the harbour will freeze.",
        "My colleagues and I said that the harbour would freeze.",
    ],
)
def test_the_first_person_is_the_article_s_own_voice(attributions_of, text):
    assert attributions_of(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "The ice shows that winter has come.",
        "This means that the harbour will freeze.",
        "You might think that the harbour will freeze.",
    ],
)
def test_what_cannot_speak_says_nothing(attributions_of, text):
    assert attributions_of(text) == []


def test_what_is_said_by_nobody_has_no_speaker(attributions_of):
    assert words(attributions_of("It is said that the harbour never freezes.")) == [("the harbour never freezes", None)]


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("The mayor is confident that the harbour will freeze.", "the harbour will freeze"),
        ("Anna Lindqvist called the plan a threat to every ferry.", "the plan a threat to every ferry"),
        ("Anna Lindqvist described the new plan as a threat to every ferry.", "the new plan as a threat to every ferry"),
        ("The council blamed the owners for the loss of the ferry.", "the owners for the loss of the ferry"),
        ("The council accused the owners of hiding the cost of the ferry.", "the owners of hiding the cost of the ferry"),
        ("The owners declined to sell the ferry to the town.", "to sell the ferry to the town"),
        ("Anna Lindqvist spoke about the cost of a frozen harbour.", "the cost of a frozen harbour"),
    ],
)
def test_what_is_held_may_be_more_than_a_clause_behind_its_verb(attributions_of, text, held):
    (said,) = attributions_of(text)
    assert said.words == held


@pytest.mark.parametrize(
    "text",
    [
        "The mayor is not confident that the harbour will freeze.",
        "Anna Lindqvist spoke to the owners of the old ferry.",
        "Anna Lindqvist called the owners of the old ferry.",
    ],
)
def test_what_is_done_or_not_held_is_no_statement(attributions_of, text):
    assert attributions_of(text) == []


def test_who_issued_a_statement_speaks_in_it(attributions_of):
    (said,) = attributions_of("The council issued a statement saying the harbour would freeze.")
    assert (said.words, said.speaker) == ("the harbour would freeze", "The council")


def test_a_gerund_has_the_subject_of_its_sentence(attributions_of):
    (said,) = attributions_of("Anna Lindqvist calmed the crews by saying the harbour would freeze late.")
    assert (said.words, said.speaker) == ("the harbour would freeze late", "Anna Lindqvist")


def test_whether_something_is_so_is_not_said(attributions_of):
    assert attributions_of("She asked whether the harbour would freeze.") == []


def test_a_passive_cue_is_its_agent_s(attributions_of):
    found = attributions_of("The council was told by Anna Lindqvist that the harbour would freeze.")
    assert words(found) == [("the harbour would freeze", "Anna Lindqvist")]


def test_nothing_is_attributed_in_a_heading(attributions_of):
    assert attributions_of("“The harbour will freeze,” Anna Lindqvist said.", zone="heading") == []


def test_a_list_item_may_quote(attributions_of):
    assert len(attributions_of("“The harbour will freeze,” Anna Lindqvist said.", zone="list")) == 1


def test_attributions_come_in_the_order_of_the_text(parsed_of, cues, attribution):
    from transforms.attribution import find_attributions

    text = "Olsen said that the ice was thin. “The boats are old,” said Anna Lindqvist. According to Olsen, the pier is new."
    starts = [a.start for a in find_attributions(text, parsed_of(text), cues, attribution)]
    assert len(starts) == 3
    assert starts == sorted(starts)


def test_an_empty_article_says_nothing(attributions_of):
    assert attributions_of("") == []


def test_according_to_somebody_at_the_end_is_all_of_the_sentence(attributions_of):
    (said,) = attributions_of("The harbour froze for nine days when the wind turned, according to the harbour office.")
    assert (said.words, said.speaker) == ("The harbour froze for nine days when the wind turned", "the harbour office")


def test_a_cue_holds_one_phrase(attributions_of):
    found = attributions_of("Anna Lindqvist praised the work of the pilots to keep the harbour open.")
    assert len(found) == 1
