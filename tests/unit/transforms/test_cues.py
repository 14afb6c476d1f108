import polars as pl
import pytest

from transforms.cues import (
    CueLexicon,
    clause_span,
    cue_span,
    speaker_span,
    subject_of,
)
from transforms.speakers import is_holder, is_ours, may_speak, owner_of


@pytest.fixture(scope="module")
def token_of(nlp):
    def token(text: str, word: str):
        return next(token for token in nlp(text) if token.text == word)

    return token


def test_a_lexicon_keeps_verbs_with_their_frames_apart_from_nouns_and_adjectives():
    rows = [
        ("say", "verb", "cq", None), ("talk", "verb", "p", "about of"), ("claim", "verb", "cqx", None),
        ("claim", "noun", None, None), ("sure", "adjective", None, None),
    ]  # fmt: skip
    lexicon = CueLexicon.from_frame(pl.DataFrame(rows, schema=["lemma", "kind", "frames", "prepositions"], orient="row"))
    assert lexicon.verbs == {"say": "cq", "talk": "p", "claim": "cqx"}
    assert lexicon.prepositions == {"talk": frozenset({"about", "of"})}
    assert (lexicon.nouns, lexicon.adjectives) == (frozenset({"claim"}), frozenset({"sure"}))


def test_only_a_verb_is_a_cue(cues, token_of):
    assert cues.frames(token_of("She claims that it froze.", "claims")) != ""
    assert cues.frames(token_of("Her claims are false.", "claims")) == ""


@pytest.mark.parametrize(
    ("text", "verb", "subject"),
    [
        ("Anna Lindqvist said that it froze.", "said", "Lindqvist"),
        ("Anna raised her hand and said that it froze.", "said", "Anna"),
        ("Anna wants to say that it froze.", "say", "Anna"),
        ("The pilot who said that it froze left.", "said", "pilot"),
        ("The plan was praised by Anna.", "praised", "Anna"),
    ],
)
def test_who_says_what_a_verb_says(token_of, text, verb, subject):
    assert subject_of(token_of(text, verb)).text == subject


def test_a_passive_without_an_agent_is_said_by_nobody(token_of):
    assert subject_of(token_of("The plan was praised.", "praised")) is None


@pytest.mark.parametrize(
    ("case", "speaks"),
    [
        (("It says that it froze.", "It", "cq"), True),
        (("The study shows that it froze.", "study", "cs"), True),
        (("The ice shows that it froze.", "ice", "cs"), False),
        (("The sign says that it froze.", "sign", "cq"), True),
        (("The pilot suggests that it froze.", "pilot", "cqs"), True),
        (("The ferry suggests that it froze.", "ferry", "cqs"), False),
        (("The engineer suggests that it froze.", "engineer", "cqs"), True),
        (("The tests reveal that it froze.", "tests", "cqs"), True),
    ],
)
def test_who_can_speak_depends_on_what_the_cue_asks(token_of, cues, case, speaks):
    text, word, frames = case
    assert may_speak(token_of(text, word), frames, cues) is speaks


@pytest.mark.parametrize(
    ("text", "word", "holds"),
    [
        ("The critics hope so.", "critics", True),
        ("She hopes so.", "She", True),
        ("The government hopes so.", "government", True),
        ("The computer waits.", "computer", False),
        ("It waits.", "It", False),
    ],
)
def test_only_people_and_organisations_hold_an_attitude(token_of, cues, text, word, holds):
    assert is_holder(token_of(text, word), cues) is holds


def test_nobody_holds_nothing(cues):
    assert not is_holder(None, cues)


@pytest.mark.parametrize(
    ("text", "word", "owner"),
    [
        ("Anna Lindqvist’s letter says so.", "letter", "Lindqvist"),
        ("The analyst Anna Lindqvist says so.", "Lindqvist", "Lindqvist"),
        ("The town’s engineer says so.", "engineer", "engineer"),
        ("The letter says so.", "letter", "letter"),
    ],
)
def test_words_belong_to_the_owner_of_a_thing_but_to_a_person_himself(token_of, cues, text, word, owner):
    assert owner_of(token_of(text.replace("’", "'"), word), cues).text == owner


@pytest.mark.parametrize(
    ("text", "word", "first"),
    [("We say so.", "We", True), ("Our tests say so.", "tests", True), ("Her tests say so.", "tests", False)],
)
def test_the_writer_s_own_words_are_first_person(token_of, cues, text, word, first):
    assert is_ours(token_of(text, word), cues) is first


@pytest.mark.parametrize(
    ("text", "word", "name"),
    [
        ("The old pilot of the ferry said so.", "pilot", "The old pilot of the ferry"),
        ("Anna Lindqvist, the pilot, said so.", "Lindqvist", "Anna Lindqvist"),
        ("Two pilots who own boats said so.", "pilots", "Two pilots"),
        ("Anna and Piet said so.", "Anna", "Anna and Piet"),
    ],
)
def test_a_speaker_is_a_noun_phrase_without_what_is_told_about_it(token_of, text, word, name):
    assert speaker_span(token_of(text, word)).text == name


@pytest.mark.parametrize(
    ("text", "verb", "cue"),
    [
        ("She has said that it froze.", "said", "has said"),
        ("She pointed out that it froze.", "pointed", "pointed out"),
        ("She said that it froze.", "said", "said"),
    ],
)
def test_a_cue_has_its_auxiliaries_and_particle(token_of, text, verb, cue):
    assert cue_span(token_of(text, verb)).text == cue


def test_a_clause_is_without_its_that_and_the_marks_around_it(token_of):
    assert clause_span(token_of("She said that, in the end, the river froze.", "froze")).text == "in the end, the river froze"


def test_a_clause_is_without_the_cue_that_hangs_on_it(token_of):
    token = token_of("According to Anna, the river froze.", "According")
    assert clause_span(token.head, without=token).text == "the river froze"
