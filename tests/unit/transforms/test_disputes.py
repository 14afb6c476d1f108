from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

import seeds as shipped
from transforms.claim_features import ClaimFeatures, read_features
from transforms.common_ground import subject_certainty
from transforms.compare import COMPARED_CLAIMS
from transforms.denials import HEDGED_DENIAL
from transforms.disputes import judge_dispute
from transforms.terms import CompareLexicon

DAY, NEXT_WEEK, NEXT_MONTH, LATER = datetime(2024, 7, 1), datetime(2024, 7, 8), datetime(2024, 8, 8), datetime(2026, 7, 1)
DENIED = {"is_negated": True}
IN_2020 = [{"earliest": date(2020, 1, 1), "latest": date(2020, 12, 31)}]


@pytest.fixture(scope="module")
def read():
    """Reads features from a text with its predicate; the subject is what stands before it, other columns as given."""
    paths = (Path(shipped.__file__).parent / "lexicons").glob("compare_*.csv")
    lexicon = CompareLexicon.from_frames({path.stem: pl.read_csv(path) for path in paths})

    def features(text: str, predicate: str | None, **over) -> ClaimFeatures:
        row = {
            "text": text, "predicate": predicate, "subject": text.split(f" {predicate}", maxsplit=1)[0], "modality": "asserted",
            "is_negated": False, "document_id": text + str(over), "published_at": DAY, "quantities": [],
        }  # fmt: skip
        return read_features(dict.fromkeys(COMPARED_CLAIMS.names()) | row | over, lexicon)

    return features


@pytest.fixture(scope="module")
def disputes(read):
    """Whether two claims, each given as arguments of `read`, dispute each other, in either order."""

    def judged(ours: tuple, theirs: tuple) -> bool:
        a, b = (read(*side[:2], **(side[2] if len(side) > 2 else {})) for side in (ours, theirs))
        found, turned = judge_dispute(a, b), judge_dispute(b, a)
        assert (found is None) == (turned is None)
        return found is not None

    return judged


def figure(value: float, unit: str | None = "parameter", kind: str = "count") -> dict:
    return {"quantities": [{"value": value, "upper_value": None, "unit": unit, "kind": kind, "is_approximate": False}]}


OPEN, NOT_OPEN = ("Llama 3.1 is open source", "is"), ("Llama 3.1 is not open source", "is not", DENIED)
SAFER, RISKIER = ("Open models are safer", "are"), ("Open models are more dangerous", "are")
BEATS, TRAILS = ("Llama 3.1 outperforms GPT-4o", "outperforms"), ("Llama 3.1 trails GPT-4o", "trails")
BEATEN = ("GPT-4o outperforms Llama 3.1", "outperforms")
ROSE, FELL = ("Meta's shares rose", "rose"), ("Meta's shares fell", "fell")
LARGEST = ("Llama 3.1 is the largest model", "is", {"subject_id": "e1"})
LARGEST_TOO = ("GPT-4o is the largest model", "is", {"subject_id": "e2"})


def with_figure(text: str, predicate: str, value: float, unit: str = "parameter", **over) -> tuple:
    return text, predicate, figure(value, unit) | over


HAS_405, HAS_70 = (
    with_figure("Llama 3.1 has 405 billion parameters", "has", 405e9),
    with_figure("Llama 3.1 has 70 billion parameters", "has", 70e9),
)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (OPEN, NOT_OPEN),
        (SAFER, RISKIER),
        (BEATS, TRAILS),
        (BEATS, BEATEN),
        (ROSE, FELL),
        (LARGEST, LARGEST_TOO),
        (HAS_405, HAS_70),
    ],
)
def test_claims_that_cannot_both_be_true_dispute_each_other(disputes, ours, theirs):
    assert disputes(ours, theirs)


def test_the_other_side_of_a_comparison_takes_no_direction(disputes):
    assert disputes(("Llama 3.1 is safer than expensive rivals", "is"), ("Llama 3.1 is more dangerous", "is"))


@pytest.mark.parametrize(
    "ours", [OPEN, NOT_OPEN, SAFER, BEATS, ROSE, LARGEST, HAS_405, ("Llama 4 outperforms Llama 3.1", "outperforms")]
)
def test_no_claim_disputes_itself(disputes, ours):
    other = (*ours[:2], (ours[2] if len(ours) > 2 else {}) | {"document_id": "another"})
    assert not disputes(ours, other)


def with_columns(side: tuple, **over) -> tuple:
    return (*side[:2], (side[2] if len(side) > 2 else {}) | over)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(OPEN, NOT_OPEN), (SAFER, RISKIER), (BEATS, TRAILS), (BEATS, BEATEN), (LARGEST, LARGEST_TOO), (HAS_405, HAS_70)],
)
@pytest.mark.parametrize(
    ("ours_over", "theirs_over"),
    [
        ({}, {"published_at": LATER}),
        ({"modality": "conditional"}, {}),
        ({"modality": "hedged"}, {}),
        ({"modality": "hedged"}, {"modality": "hedged"}),
        ({"modality": "planned"}, {}),
        ({"document_id": "d"}, {"document_id": "d"}),
    ],
)
def test_other_times_and_moods_leave_both_standing(disputes, ours, theirs, ours_over, theirs_over):
    assert not disputes(with_columns(ours, **ours_over), with_columns(theirs, **theirs_over))


@pytest.mark.parametrize(("ours", "theirs"), [(OPEN, NOT_OPEN), (SAFER, RISKIER), (BEATS, TRAILS), (HAS_405, HAS_70)])
def test_another_entity_as_subject_is_another_matter(disputes, ours, theirs):
    assert not disputes(with_columns(ours, subject_id="e1"), with_columns(theirs, subject_id="e2"))


@pytest.mark.parametrize(
    ("assertion", "denial"),
    [
        (("Zentra tried to buy Polaris Foods", "tried to buy"), ("Zentra did not buy Polaris Foods", "did not buy", DENIED)),
        (OPEN, ("Llama 3.1 is hardly open source", "is", DENIED)),
        (OPEN, ("Llama 3.1 is not yet open source", "is not", DENIED)),
        (OPEN, ("Llama 3.1 is not open source in Europe", "is not", DENIED)),
        (("Meta wants to sell access to Llama", "wants"), ("Meta does not sell access to Llama", "does not sell", DENIED)),
        (HAS_405, with_columns(with_figure("Llama 3.1 does not have 70 billion parameters", "does not have", 70e9), **DENIED)),
        (with_columns(OPEN, subject_id="e1"), ("Llama 2 is not open source", "is not", DENIED | {"subject_id": "e1"})),
        (("Llama 3.1 is open source software that universities and hospitals in poor countries can adapt", "is"), NOT_OPEN),
        (("Critics doubt that Llama 3.1 is open source", "doubt"), NOT_OPEN),
        (("Some models are open", "are"), ("Some models are not open", "are not", DENIED)),
    ],
)
def test_a_denial_that_the_assertion_survives_is_no_dispute(disputes, assertion, denial):
    assert not disputes(assertion, denial)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (("Open models are not safer", "are not", DENIED), ("Open models are not more dangerous", "are not", DENIED)),
        (("Llama 3.1 never outperforms GPT-4o", "outperforms"), TRAILS),
        (("Open models are safer than closed ones", "are"), ("Open models are more dangerous than knives", "are")),
        (("Open models are safer for children", "are"), ("Open models are more dangerous for companies", "are")),
        (("Open models are safer and cheaper", "are"), ("Open models are more dangerous and more expensive", "are")),
        (BEATS, ("Llama 3.1 trails GPT-4o on some tests", "trails")),
        (BEATS, ("Llama 3.1 sometimes trails GPT-4o", "trails", {"subject": "Llama 3.1"})),
        (("Llama 3.1 outperforms GPT 4", "outperforms"), ("Llama 3.1 trails GPT 3", "trails")),
        (("Meta's shares rose in small markets", "rose"), ("Meta's shares fell in large markets", "fell")),
        (ROSE, ("Meta's shares fell in large markets", "fell", {"subject": "Meta's shares"})),
        (ROSE, with_columns(FELL, times=[{"earliest": DAY.date(), "latest": DAY.date()}])),
        (ROSE, with_columns(FELL, published_at=NEXT_WEEK)),
        (ROSE, with_columns(FELL, published_at=None)),
        (("Shares rose", "rose"), ("Shares fell", "fell")),
        (("Meta hired engineers", "hired"), ("Meta fired engineers", "fired")),
        (SAFER, ("Open models are dangerous", "are")),
        (("The man plays a large flute", "plays"), ("The man plays a small flute", "plays")),
        (("Some models are safer", "are"), ("Some models are more dangerous", "are")),
        *(
            (
                with_columns(SAFER, subject=f"The {narrow} models", subject_id="e1"),
                with_columns(RISKIER, subject="The models", subject_id="e1"),
            )
            for narrow in ("small", "latest", "more popular")
        ),
    ],
)
def test_directions_that_both_can_hold_are_no_dispute(disputes, ours, theirs):
    assert not disputes(ours, theirs)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (
            ("Llama 3.1 outperforms GPT-4o on some tests", "outperforms"),
            ("GPT-4o outperforms Llama 3.1 on some tests", "outperforms"),
        ),
        (("Llama 3.1 sometimes outperforms GPT-4o", "outperforms"), ("GPT-4o sometimes outperforms Llama 3.1", "outperforms")),
        (("Llama 3.1 outperforms GPT-4o in algebra", "outperforms"), ("GPT-4o outperforms Llama 3.1 in poetry", "outperforms")),
    ],
)
def test_exchanged_sides_that_both_can_hold_are_no_dispute(disputes, ours, theirs):
    assert not disputes(ours, theirs)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (HAS_405, with_figure("Llama 3.1 has at least 70 billion parameters", "has", 70e9)),
        (HAS_405, with_figure("Llama 3.1 has 70 billion parameters in some versions", "has", 70e9)),
        (
            HAS_405,
            (
                "Llama 3.1 has 70 billion or 8 billion parameters",
                "has",
                {"quantities": figure(70e9)["quantities"] + figure(8e9)["quantities"]},
            ),
        ),
        (("Llama 3.1 has 405", "has", figure(405.0, None)), ("Llama 3.1 has 70", "has", figure(70.0, None))),
        (
            with_columns(HAS_405, subject_id="e1"),
            with_figure("Llama 2 has 70 billion parameters", "has", 70e9, subject_id="e1"),
        ),
        (
            with_figure("Meta ordered 350 chips for its new data centres in Ohio", "ordered", 350.0),
            with_figure("Meta installed 600 chips for its new data centres in Ohio", "installed", 600.0),
        ),
        (
            with_figure("Meta's revenue rose 5 percent on some weak days", "rose", 5.0),
            with_figure("Meta's revenue fell 7 percent", "fell", 7.0),
        ),
        (
            with_figure("Meta's revenue rose 5 percent in small markets", "rose", 5.0),
            with_figure("Meta's revenue rose 7 percent in large markets", "rose", 7.0),
        ),
        (with_figure("Revenue rose 5 percent", "rose", 5.0), with_figure("Revenue rose 7 percent", "rose", 7.0)),
        (
            with_figure("Meta's revenue rose 5 percent", "rose", 5.0),
            with_figure("Meta's revenue rose 7 percent", "rose", 7.0, published_at=NEXT_WEEK),
        ),
        (with_figure("Llama 3.1 has 405 billion parameters in its deepest layer", "has", 405e9), HAS_70),
    ],
)
def test_figures_that_both_can_hold_are_no_dispute(disputes, ours, theirs):
    assert not disputes(ours, theirs)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (LARGEST, ("GPT-4o is the largest closed model", "is", {"subject_id": "e2"})),
        (LARGEST, ("GPT-4o is the largest model of speech in Asia", "is", {"subject_id": "e2"})),
        (LARGEST, ("GPT-4o is the smallest model", "is", {"subject_id": "e2"})),
        (LARGEST, ("GPT-4o is a large model", "is", {"subject_id": "e2"})),
        (LARGEST, ("The new one from Paris is the largest model", "is")),
        (LARGEST, ("GPT-4o was the largest model in May", "was", {"subject_id": "e2", "published_at": LATER})),
        (
            ("Llama 3.1 is one of the largest models", "is", {"subject_id": "e1"}),
            ("GPT-4o is one of the largest models", "is", {"subject_id": "e2"}),
        ),
        (LARGEST, ("Llama 3.1 405B is the largest model", "is", {"subject_id": "e2"})),
        (
            ("Meta tested its largest model", "tested", {"subject_id": "e1"}),
            ("OpenAI tested its largest model", "tested", {"subject_id": "e2"}),
        ),
    ],
)
def test_titles_that_both_can_hold_are_no_dispute(disputes, ours, theirs):
    assert not disputes(ours, theirs)


def test_events_of_one_day_dispute_each_other_whenever_they_are_told(disputes):
    wednesday = [{"earliest": DAY.date(), "latest": DAY.date()}]
    assert disputes(with_columns(ROSE, times=wednesday), with_columns(FELL, times=wednesday, published_at=NEXT_WEEK))


LICENSED = ("Llama 3.1 is not open source", "is not", DENIED | {"subject_id": "e1"})


@pytest.mark.parametrize(
    "naming",
    [
        ("It presents Llama 3.1 as one of the most advanced open-source models", "presents"),
        ("Llama 3.1, the biggest and most capable open-source model, came out", "came out"),
        ("Meta runs on Llama 3.1, which was publicly released as an open-source model", "runs"),
    ],
)
def test_a_name_given_in_passing_is_disputed_by_who_denies_it(disputes, naming):
    assert disputes(naming, LICENSED)


@pytest.mark.parametrize(
    "naming",
    [
        ("Meta plans to release Llama 3.1 as an open-source model", "plans to release", {"modality": "planned"}),
        ("Meta never released Llama 3.1 as an open-source model", "released"),
        ("Meta showed Llama 3.1 beside the open-source model of a rival", "showed"),
    ],
)
def test_a_name_that_is_only_planned_or_denied_or_anothers_is_no_dispute(disputes, naming):
    assert not disputes(naming, LICENSED)


def test_the_reason_tells_what_it_is_called(read):
    naming, denial = read("Meta showed its open-source model Llama 3.1", "showed"), read(*LICENSED[:2], **LICENSED[2])
    assert "calls Llama 3.1 open source, which the other says is not so" in judge_dispute(naming, denial).reason


def test_the_reason_names_the_subject_that_a_pronoun_stands_for(read):
    she = {"subject": "She", "subject_id": "e1", "resolved_text": "Paula Reyes resigned"}
    denial = read("Reyes did not resign", "did not resign", subject_id="e1", **DENIED)
    assert "one says of Reyes what" in judge_dispute(read("She resigned", "resigned", **she), denial).reason


def test_a_hedged_denial_weighs_less(read):
    firm = judge_dispute(read(*OPEN), read(*NOT_OPEN[:2], is_negated=True))
    hedged = judge_dispute(
        read(*OPEN), read("Llama 3.1 may not be open source", "may not be", is_negated=True, modality="hedged")
    )
    assert hedged.score == pytest.approx(HEDGED_DENIAL * firm.score)


def test_an_entity_is_a_surer_subject_than_words(read):
    by_entity = subject_certainty(read(*OPEN, subject_id="e1"), read("The model is cheap", "is", subject_id="e1"))
    by_words = subject_certainty(read(*OPEN), read("Llama 3.1 is cheap", "is"))
    assert (by_entity, by_words) == (1.0, 0.9)


def test_what_one_speaker_says_elsewhere_is_news_and_no_dispute(disputes):
    speaker = {"speaker": "Lena Fischer"}
    assert not disputes(with_columns(OPEN, **speaker), with_columns(NOT_OPEN, **speaker))


def test_two_pronouns_are_no_common_subject(disputes):
    assert not disputes(("It is open", "is"), ("It is not open", "is not", DENIED))


def held(speaker: str, cue: str, text: str, **over) -> tuple:
    predicate = over.pop("predicate", None)
    return text, predicate, {"subject": None, "speaker": speaker, "resolved_text": f"{speaker} {cue} {text}"} | over


MINE = {"subject": "The Torvale mine"}
HEDGED = DENIED | {"modality": "hedged"}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        # It only asks whether the name fits, or the name is given in passing.
        (OPEN, ("Llama 3.1 does not qualify as open source", "does not qualify", DENIED)),
        (OPEN, ("Llama 3.1 may not meet the definition of open source", "may not meet", HEDGED)),
        (
            ("Meta released Llama 3.1 as a new open-source model for all", "released"),
            ("Llama 3.1 is not open source", "is not", DENIED | {"subject_id": "e1"}),
        ),
        (
            ("Meta showed its open-source model Llama 3.1 in Paris", "showed"),
            ("Llama 3.1 may not meet the criteria for being open source", "may not meet", HEDGED | {"subject_id": "e1"}),
        ),
        # Who denies it stands outside the statement, or is its subject.
        (("The senator took the money", "took"), ("The senator took the money", "took", DENIED | {"speaker": "her lawyer"})),
        (
            ("The army shelled the hospital", "shelled"),
            ("it did not shell the hospital", "did not shell", DENIED | {"subject": "it", "speaker": "The army"}),
        ),
        (("Llama 3.1 is open source without limits", "is"), NOT_OPEN),
        (
            ("the plane was fully serviced", "was fully serviced"),
            ("The plane was not fully serviced", "was not fully serviced", DENIED),
        ),
        (
            ("Eric Stone accepted free flights", "accepted", {"subject_id": "e1"}),
            held("the mayor", "denied", "accepting free flights", **DENIED, predicate="accepting", speaker_id="e1"),
        ),
        (with_columns(OPEN, published_at=None), NOT_OPEN),
        (("Reyes resigned", "resigned", {"published_at": None}), ("Reyes has not resigned", "has not resigned", DENIED)),
        # None at all, against some.
        (("Two fire exits were locked", "were locked"), ("No fire exit was locked", "was locked", DENIED)),
        (
            ("There is evidence of fraud in Osterby", "is", {"subject": "There"}),
            ("There is no evidence of fraud in Osterby", "is", DENIED | {"subject": "There"}),
        ),
        (
            with_figure("Zentra flooded four mines", "flooded", 4.0, "mine"),
            ("Zentra did not flood any mines", "did not flood", DENIED),
        ),
        (("Open models are safer than closed models", "are"), ("Closed models are safer than open models", "are")),
        (
            ("The tax would hurt small farms", "would hurt", {"modality": "conditional"}),
            ("The tax would not hurt small farms", "would not hurt", DENIED | {"modality": "conditional"}),
        ),
        (("Coffee prices raised the mood", "raised"), ("Coffee prices lowered the mood", "lowered")),
        (
            ("Eva Tomm was the first woman on Mount Osk", "was", {"subject_id": "e1"}),
            ("Lina Berg was the first woman on Mount Osk", "was", {"subject_id": "e2"}),
        ),
        (
            ("Aquila is the most capable open model", "is", {"subject_id": "e1"}),
            ("Qwen 2 is the most capable open model", "is"),
        ),
        (
            ("Mount Osk is the tallest mountain on earth", "is", {"subject_id": "e1"}),
            ("Chimborazo is the tallest mountain on earth", "is"),
        ),
        # A statement goes on to say something else.
        (
            ("Polaris Foods is profitable", "is"),
            ("Polaris Foods is not profitable, the union said; it lost millions", "is", DENIED),
        ),
        (
            with_figure("Polaris Foods has 12 mills and employs 8,500 people", "has", 12.0, "mill"),
            with_figure("Polaris Foods has 14 mills", "has", 14.0, "mill"),
        ),
        (
            with_figure("The Torvale mine, the worst since 1994, killed 46 miners", "killed", 46.0, "miner", **MINE),
            with_figure("The Torvale mine killed 61 miners", "killed", 61.0, "miner"),
        ),
        # What is called so is said to be so.
        (
            ("The school reform is fair", "is"),
            held("the unions", "called", "the school reform unfair"),
        ),
    ],
)
def test_a_dispute_may_be_put_in_many_forms(disputes, ours, theirs):
    assert disputes(ours, theirs)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        # Who denies hardly, or denies that it is the only one, denies nothing.
        (OPEN, ("Llama 3.1 is not only open source", "is not", DENIED | {"speaker": "critics"})),
        (
            ("The army shelled the hospital", "shelled"),
            ("it did not shell the hospital", "did not shell", DENIED | {"subject": "it"}),
        ),
        (("Two fire exits were locked", "were locked"), ("No fire door was locked", "was locked", DENIED)),
        (
            ("Meta released Llama 3.1 to open new markets", "released"),
            ("Llama 3.1 is not open source", "is not", DENIED | {"subject_id": "e1"}),
        ),
        (
            ("Meta released Llama 3.1 as a closed model", "released"),
            ("Llama 3.1 is not open source", "is not", DENIED | {"subject_id": "e1"}),
        ),
        (("Llama 3.1 met the deadline", "met"), ("Llama 3.1 does not qualify as open source", "does not qualify", DENIED)),
        # What is said of thousands of companies, and of one at another time.
        (("The man is old", "is"), ("The man is not old", "is not", DENIED)),
        (("The company is profitable", "is"), ("The company is not profitable", "is not", DENIED)),
        (("The dam is safe", "is"), ("The dam is not safe", "is not", DENIED | {"published_at": NEXT_MONTH})),
        (
            ("was Dean asked that question", "was asked", {"subject": "Dean"}),
            ("Dean was not asked that question", "was", DENIED),
        ),
        (
            with_figure("Zentra has 12 mills", "has", 12.0, "mill"),
            with_columns(with_figure("Zentra does not have more than 12 mills", "does not have", 12.0, "mill"), **DENIED),
        ),
        (("Zentra sold shops and no mills", "sold"), ("Zentra did not sell mills", "did not sell", DENIED)),
        (("Meta showed its new Llama 3.1", "showed"), ("Llama 3.1 is not new", "is not", DENIED | {"subject_id": "e1"})),
        (held("the ministry", "wants", "the school reform fair"), ("The school reform is unfair", "is")),
        # Another time by its tense, its weekday, its date, or the day of writing.
        (("Reyes has resigned", "has resigned"), ("Reyes will not resign", "will not resign", DENIED)),
        (
            (
                "Zentra bought Polaris Foods",
                "bought",
                {"times": [{"earliest": date(2020, 1, 1), "latest": date(2020, 12, 31)}]},
            ),
            ("Zentra is not buying Nordfrost", "is not buying", DENIED),
        ),
        (("Reyes resigned", "resigned"), ("Reyes had not resigned", "had not resigned", DENIED)),
        (
            ("Reyes has resigned", "has resigned", {"published_at": NEXT_WEEK}),
            ("Reyes has not resigned", "has not resigned", DENIED),
        ),
        (("The museum is open on Sundays", "is"), ("The museum is not open on Mondays", "is not", DENIED)),
        (("The museum is open", "is"), ("The museum is not open on Mondays", "is not", DENIED)),
        (
            ("Holm conceded defeat", "conceded", {"times": [{"earliest": NEXT_WEEK.date(), "latest": NEXT_WEEK.date()}]}),
            ("Holm did not concede defeat", "did not concede", DENIED),
        ),
        (
            with_columns(ROSE, times=[{"earliest": day.date(), "latest": day.date()} for day in (DAY, NEXT_WEEK)]),
            with_columns(FELL, times=[{"earliest": DAY.date(), "latest": DAY.date()}]),
        ),
        (
            ("Meta plans to sell its stores", "plans to sell", {"modality": "planned"}),
            ("Meta has not sold its stores", "has not sold", DENIED),
        ),
        (
            ("Zentra is hiring", "is hiring", {"speaker": "it"}),
            ("Zentra was not hiring", "was not hiring", DENIED | {"times": IN_2020}),
        ),
        (("Zentra hired engineers", "hired"), ("Zentra is not hiring engineers", "is not hiring", DENIED)),
        (
            ("Aquila is more accurate than Gemini on law exams", "is", {"subject_id": "e1"}),
            ("Aquila is less accurate than Gemini on medical exams", "is", {"subject_id": "e1"}),
        ),
        *(
            (("Meta's model is safer" + rest, "is"), ("Meta's model is more dangerous", "is"))
            for rest in (", in Europe", ", partly in Europe", ", mostly Europeans think")
        ),
        # A condition, a limit, a part, more than the opening says.
        (
            ("The tax would hurt small farms if it came", "would hurt", {"modality": "conditional"}),
            ("The tax would not hurt small farms", "would not hurt", DENIED | {"modality": "conditional"}),
        ),
        (HAS_405, with_figure("Llama 3.1 has up to 70 billion parameters", "has", 70e9)),
        (
            ("Meta's model is safer, but only for children", "is", {"subject": "Meta's model"}),
            ("Meta's model is more dangerous, in most tests", "is", {"subject": "Meta's model"}),
        ),
        (
            ("Most models in Paris are safer", "are", {"subject_id": "e1"}),
            ("Most models in Paris are more dangerous", "are", {"subject_id": "e2"}),
        ),
        (
            ("The girl in blue lowers her arm", "lowers"),
            ("The girl in blue raises her arm", "raises", {"published_at": NEXT_WEEK}),
        ),
    ],
)
def test_what_looks_like_a_dispute_may_be_none(disputes, ours, theirs):
    assert not disputes(ours, theirs)


def test_a_shorter_name_in_the_same_article_is_the_same_thing(disputes):
    harms, harmless = ("The Helmar dam harms the river", "harms"), ("The dam does not harm the river", "does not harm", DENIED)
    place = {"document_id": "d1"}
    assert disputes(with_columns(harms, **place, speaker="activists"), with_columns(harmless, **place))
    assert not disputes(harms, harmless)


def counted(text: str, value: float, **over) -> tuple:
    return with_figure(text, "were arrested", value, "protester", **over)


POLICE, UNION = {"speaker": "police"}, {"speaker": "the union"}


def test_two_voices_may_count_an_event_otherwise(disputes):
    ours = counted("300 protesters were arrested in downtown Lisbon", 300.0, **POLICE)
    theirs = counted("520 protesters were arrested in downtown Lisbon", 520.0, **UNION)
    assert disputes(ours, theirs)
    assert not disputes(ours, with_columns(theirs, **POLICE))
    assert not disputes(ours, with_columns(theirs, published_at=NEXT_WEEK))
    assert not disputes(ours, counted("At least 520 protesters were arrested in downtown Lisbon", 520.0, **UNION))
    assert not disputes(ours, counted("520 protesters were arrested in a park in Kestria", 520.0, **UNION))
    assert not disputes(
        counted("300 protesters were arrested", 300.0, **POLICE), counted("9 protesters were arrested", 9.0, **UNION)
    )


def test_who_tells_more_of_one_event_still_counts_it_otherwise(disputes):
    def march(text: str, value: float, **over) -> tuple:
        return with_figure(text, "marched", value, "person", **over)

    place = "marched through Lisbon against the pension reform"
    ours = march(f"20,000 people {place} of a hated government", 2e4, **POLICE)
    assert disputes(ours, march(f"90,000 people {place} and sang loudly", 9e4, **UNION))
    assert not disputes(ours, march("90,000 people marched through Lisbon and sang loudly", 9e4, **UNION))


def test_what_is_said_of_thousands_may_be_disputed_in_one_article(disputes):
    place = {"document_id": "d1"}
    profitable, denial = ("The company is profitable", "is", place), ("The company is not profitable", "is not", DENIED | place)
    assert disputes(profitable, with_columns(denial, **UNION))
    ours, theirs = saving("The company", "will save", 3.0, **place), saving("The company", "will save", 1.8, **place)
    assert disputes(ours, with_columns(theirs, **UNION))


def saving(subject: str, verb: str, value: float, **over) -> tuple:
    return with_figure(f"{subject} {verb} {value} billion euros a year", verb, value * 1e9, "EUR", **over)


def test_a_thing_without_a_name_is_one_in_the_news_of_the_same_days(disputes):
    ours, theirs = saving("The reform", "will save", 3.0), saving("The reform", "will save", 1.8)
    assert disputes(ours, theirs)
    assert not disputes(ours, with_columns(theirs, published_at=NEXT_WEEK))
    assert not disputes(saving("Reform", "will save", 3.0), saving("Reform", "will save", 1.8))
    assert not disputes(saving("The company", "will save", 3.0), saving("The company", "will save", 1.8))


def test_a_toll_that_has_risen_is_news_and_no_dispute(disputes):
    def toll(value: int, **over) -> tuple:
        return with_figure(f"{value} people were killed in Ashbourne, Kestria", "were killed", float(value), "person", **over)

    assert disputes(toll(14, **POLICE), toll(17, **UNION))
    assert not disputes(toll(14, **POLICE), toll(17, **UNION, published_at=DAY + timedelta(days=1)))


SALE = "the sale of Polaris Foods"


def test_opposite_stances_are_held_by_speakers_and_reported_by_articles(disputes):
    supports, opposes = held("the ministry", "supports", SALE), held("the union", "opposes", SALE)
    assert disputes(supports, opposes)
    assert not disputes(supports, held("the ministry", "opposes", SALE))
    assert not disputes(supports, held("the union", "supports", SALE))
    assert not disputes(supports, held("the union", "opposes", "some parts of the sale of Polaris Foods"))
    assert not disputes(supports, held("the union", "opposes", "the sale of Zentra mills"))
    assert not disputes(supports, held("the union", "opposes", SALE, **DENIED))
    assert not disputes(supports, (f"The union opposes {SALE}", "opposes"))
    assert not disputes((f"The ministry supports {SALE}", "supports"), (f"The union opposes {SALE}", "opposes"))


def test_times_that_only_an_aside_names_part_no_events(disputes):
    since, friday = ({"earliest": day, "latest": day} for day in (date(1994, 1, 1), DAY.date()))
    ours = with_figure(
        "The Torvale mine, the worst since 1994, killed 46 miners", "killed", 46.0, "miner", times=[since, friday], **MINE
    )
    theirs = with_figure("The Torvale mine killed 61 miners", "killed", 61.0, "miner", times=[friday])
    assert disputes(ours, theirs)
    assert not disputes(with_columns(ours, times=[since | {"latest": date(1995, 1, 1)}, since]), theirs)
