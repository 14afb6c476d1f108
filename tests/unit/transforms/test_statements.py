import polars as pl
import pytest

from transforms.claim_types import claim_type
from transforms.statements import ClaimWords, Statement, is_negated, modality


@pytest.fixture(scope="module")
def claim_words(seeds):
    return ClaimWords.from_frame(seeds["claim_words"])


@pytest.fixture(scope="module")
def span_of(nlp):
    return lambda text: nlp(text)[: -1 if text.endswith(".") else None]


def denies(span) -> bool:
    return is_negated(span, span.root)


def firmness(span, claim_words) -> str:
    return modality(span, span.root, claim_words)


@pytest.fixture(scope="module")
def type_of(span_of, claim_words):
    def kind(text: str, figure_kinds: frozenset[str] = frozenset()) -> str:
        span = span_of(text)
        return claim_type(span, Statement.of(span, claim_words, span.root), claim_words, figure_kinds)

    return kind


@pytest.fixture(scope="module")
def parts_of(span_of, claim_words):
    def parts(text: str) -> tuple[str | None, ...]:
        span = span_of(text)
        statement = Statement.of(span, claim_words, span.root)
        return tuple(
            part.text if part is not None else None for part in (statement.subject, statement.predicate, statement.object)
        )

    return parts


def test_words_of_a_kind_are_found_as_lemma_and_as_printed(nlp):
    words = ClaimWords.from_frame(pl.DataFrame({"kind": ["hedge", "cause"], "form": ["seem", "caused"]}))
    tokens = list(nlp("It seemed that ice caused it."))
    assert (words.has("hedge", tokens), words.has("cause", tokens), words.has("hedge", tokens[3:])) == (True, True, False)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("The old ferry crossed the river.", ("The old ferry", "crossed", "the river")),
        ("The ferry, which is old, has not crossed the river.", ("The ferry", "has not crossed", "the river")),
        ("The council does not intend to sell the ferry.", ("The council", "does not intend to sell", "the ferry")),
        ("The ferry is old and slow.", ("The ferry", "is", "old and slow")),
        ("The ferry is a boat that crosses a river.", ("The ferry", "is", "a boat")),
        ("The council gave up the ferry.", ("The council", "gave up", "the ferry")),
        ("The mayor wrote to her because the ferry leaks.", ("The mayor", "wrote", "to her")),
        ("Keeping old boats is hard.", ("Keeping old boats", "is", "hard")),
        ("It is smart to sell the ferry.", ("It", "is", "smart")),
        ("The mayor has thought for years that the ferry leaks.", ("The mayor", "has thought", "that the ferry leaks")),
        ("The ferry was built by Olsen.", ("The ferry", "was built", "by Olsen")),
        ("The ferry is expected to return to the river.", ("The ferry", "is expected to return", "to the river")),
        ("The owner of the ferry sleeps.", ("The owner of the ferry", "sleeps", None)),
        ("the old ferry", (None, None, None)),
    ],
)
def test_a_statement_has_a_subject_a_predicate_and_an_object(parts_of, text, parts):
    assert parts_of(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "The harbour has not frozen.",
        "The harbour didn't freeze.",
        "The harbour never freezes.",
        "Nobody on the pier owns a boat.",
        "No boat crossed the river.",
        "None of the boats crossed the river.",
        "The town has no boat.",
        "Neither boat crossed the river.",
        "Nothing crossed the river.",
    ],
)
def test_a_denied_statement_is_negated(span_of, text):
    assert denies(span_of(text))


@pytest.mark.parametrize(
    "text",
    [
        "The ferry not only crosses the river but also tows barges.",
        "Not just the ferry sank.",
        "The town is not without a boat.",
        "The pilot could not help laughing at the ferry.",
    ],
)
def test_not_only_denies_nothing(span_of, text):
    assert not denies(span_of(text))


@pytest.mark.parametrize(
    "text",
    [
        "The pilot who never sleeps owns a boat.",
        "The town knows that the ferry does not float.",
        "The ferry floats with no engine.",
    ],
)
def test_a_negation_below_the_main_clause_denies_that_part_alone(span_of, text):
    assert not denies(span_of(text))


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("The ferry sank.", "asserted"),
        ("The ferry may sink.", "hedged"),
        ("The ferry probably sank.", "hedged"),
        ("The ferry seems to sink.", "hedged"),
        ("The ferry is likely to sink.", "hedged"),
        ("The ferry would sink.", "conditional"),
        ("The ferry will sink if the ice breaks.", "conditional"),
        ("The ferry will sink unless the pilot wakes.", "conditional"),
        ("The council plans to close the harbour.", "planned"),
        ("The council does not intend to sell the ferry.", "planned"),
        ("The council wants a ferry.", "asserted"),
        ("The pilot who may sleep owns a boat.", "asserted"),
        ("The pilot would usually sleep on the ferry.", "asserted"),
        ("The pilot could not help laughing at the ferry.", "asserted"),
        ("The mayor could not be reached on Monday.", "asserted"),
        ("The ferry may not float.", "hedged"),
        ("The ferry is expected to return.", "hedged"),
        ("The ferry is believed to have sunk.", "hedged"),
        ("The council expects to close the harbour.", "planned"),
    ],
)
def test_how_firmly_a_statement_is_put(span_of, claim_words, text, how):
    assert firmness(span_of(text), claim_words) == how


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The harbour is the largest port in the north.", "superlative"),
        ("The harbour is the most expensive port.", "superlative"),
        ("It was the first ferry on the river.", "superlative"),
        ("The new ferry is faster than the old one.", "comparison"),
        ("The new ferry outperforms the old one.", "comparison"),
        ("The new ferry is as fast as the old one.", "comparison"),
        ("The ferry will return to the river.", "prediction"),
        ("The council plans to close the harbour.", "prediction"),
        ("The ferry is expected to return.", "prediction"),
        ("The ferry sank because the pilot slept.", "causal"),
        ("The ice caused the accident.", "causal"),
        ("The mayor should resign.", "opinion"),
        ("The plan is important.", "opinion"),
        ("A ferry is a boat that crosses a river.", "definition"),
        ("“Ferry” means a boat.", "definition"),
        ("The council closed the harbour.", "event"),
        ("The council has closed the harbour.", "event"),
        ("The river flows past the town.", "other"),
        ("The pier is made of wood.", "other"),
        ("The ferry knows its best days, at least here.", "other"),
        ("The ferry as well as the pier belongs to the town.", "other"),
        ("Most old boats belong to the town.", "other"),
        ("The harbour has the most expensive pier.", "superlative"),
        ("Rival towns own the pier.", "other"),
        ("The storm led to an accident.", "causal"),
        ("The mayor leads the council.", "other"),
        ("The pier is closed due to the storm.", "causal"),
        ("The bill is due on Monday.", "other"),
        ("There is a boat on the river.", "other"),
        ("This means that the pier stays closed.", "other"),
        ("The mayor referred to the ferry.", "event"),
        ("The mayor's plan is a risk for the town.", "other"),
        ("Keeping old boats afloat is a challenge.", "other"),
    ],
)
def test_what_kind_a_statement_is(type_of, text, kind):
    assert type_of(text) == kind


@pytest.mark.parametrize("kind", ["count", "money", "percent", "ratio"])
def test_a_statement_with_a_figure_is_one_of_quantity(type_of, kind):
    assert type_of("The ferry carries 400 people.", frozenset({kind})) == "quantity"


def test_a_rank_alone_makes_no_quantity(type_of):
    assert type_of("The ferry carries people.", frozenset({"rank"})) == "other"


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("Olsen said that the port would close in May.", "asserted"),
        ("Olsen says that the port would close.", "conditional"),
        ("Olsen said that the port would close if the ice held.", "conditional"),
    ],
)
def test_a_will_that_was_reported_in_the_past_is_no_condition(claims_of, text, modality):
    (claim,) = claims_of(text)
    assert claim["modality"] == modality


def test_what_somebody_plans_is_planned_where_it_is_held(claims_of):
    (held,) = [claim for claim in claims_of("Olsen plans to sell the old ferry.") if claim["attribution"] == "indirect"]
    assert held["modality"] == "planned"
