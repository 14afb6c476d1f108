import pytest

from transforms.held_phrases import find_phrases
from transforms.quotes import find_quotes


@pytest.fixture(scope="module")
def phrases_of(parsed_of, cues):
    def phrases(text: str) -> list[tuple[str, str, str, str | None]]:
        (block,) = parsed_of(text)
        found = find_phrases(block, find_quotes(text), cues)
        return [(p.cue.text, p.relation, p.content.text, p.speaker.text if p.speaker else None) for p in found]

    return phrases


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Olsen fears that the harbour will freeze.", ("fears", "ccomp", "the harbour will freeze", "Olsen")),
        ("Olsen wants to close the old harbour.", ("wants", "xcomp", "to close the old harbour", "Olsen")),
        ("Olsen opposes the sale of the ferry.", ("opposes", "dobj", "the sale of the ferry", "Olsen")),
        ("Olsen warned of a long hard winter.", ("warned", "prep:of", "a long hard winter", "Olsen")),
        ("Olsen's promise to repair the quay was broken.", ("promise", "acl", "to repair the quay", "Olsen")),
        ("Olsen is sure that the harbour will freeze.", ("sure", "ccomp", "the harbour will freeze", "Olsen")),
        ("Olsen carried the nets of the old ferry.", ("carried", "dobj", "the nets of the old ferry", "Olsen")),
    ],
)
def test_what_a_word_governs_is_a_phrase_that_it_may_hold(phrases_of, text, phrase):
    assert phrase in phrases_of(text)


def test_an_object_stands_alone_and_with_what_is_said_of_it(phrases_of):
    found = [
        words for cue, _, words, _ in phrases_of("The council accused the old owners of hiding the cost.") if cue == "accused"
    ]
    assert found == ["the old owners", "hiding the cost", "the old owners of hiding the cost"]


def test_a_noun_of_thought_is_part_of_the_cue_that_it_is_the_object_of(parsed_of, cues):
    (block,) = parsed_of("Olsen expressed concern about the price of fish.")
    (phrase,) = [p for p in find_phrases(block, (), cues) if p.cue.text == "expressed"]
    assert (phrase.last.text, phrase.content.text) == ("concern", "the price of fish")


@pytest.mark.parametrize(
    "text",
    [
        "Olsen opposes the sale.",
        "Olsen does not oppose the sale of the ferry.",
        "Olsen is not sure that the harbour will freeze.",
        "Olsen asked whether the harbour would freeze.",
        "“We oppose the sale of the ferry.”",
    ],
)
def test_short_denied_asked_and_quoted_phrases_are_none(phrases_of, text):
    assert [phrase for phrase in phrases_of(text) if phrase[0] in ("opposes", "oppose", "sure", "asked")] == []
