"""Whether two claims may dispute each other: denial, opposite direction, figures that differ, competing superlatives.

A dispute is shown to people, so every rule asks first whether both claims can be true, and is silent when they can.
"""

from collections.abc import Mapping
from datetime import timedelta

from transforms.claim_features import STATES, ClaimFeatures, Pointing
from transforms.corroboration import Judgement, have_different_subjects, is_one_comparison, shared_part, weighted_share
from transforms.figure_match import match_figures, times_conflict

LARGEST_EXTRA = 1.0
"""Most weight of what one claim says of the matter beyond the other: what is so in Europe may be otherwise elsewhere. It is
lighter than any word that restricts."""
AGREEING_SHARE = 0.6
"""Least share of the words of an assertion, which may say more, and its denial; and of the sides after `than`."""
STATE_WINDOW = timedelta(days=365)
"""Two articles further apart than this may both be right about a state: a company grows, a law changes."""
EVENT_WINDOW = timedelta(days=4)
"""The same for what happens: prices and counts of the day are news of the day."""
POINTING_WEIGHT = 2.0
"""Weight of a word that points a direction, beside terms: that of a usual word."""
HEDGED_DENIAL = 0.8
"""Factor for a denial that is hedged: `may not be` leaves it open."""
BY_NAME, BY_ENTITY = 0.9, 1.0
"""How sure it is that two claims have one subject: by its words, by the entity that they stand for."""

_LEAVES_ROOM = frozenset(("bound", "partial"))
"""Roles of words that leave room for another figure or another holder of the title."""


def judge_dispute(ours: ClaimFeatures, theirs: ClaimFeatures) -> Judgement | None:
    """Say whether the claims may dispute each other, and what differs. None where both can be true, or where it is open.

    One voice in one article disputes nothing: it weighs two sides, or gives two parts of one figure.
    """
    if ours.document_id == theirs.document_id and ours.speaker == theirs.speaker:
        return None
    if "conditional" in (ours.modality, theirs.modality) or times_conflict(ours.times, theirs.times):
        return None
    if ours.is_negated != theirs.is_negated:
        return _judge_denial(theirs, ours) if ours.is_negated else _judge_denial(ours, theirs)
    if ours.is_negated or ours.negators != theirs.negators or ours.modality != theirs.modality or ours.modality == "hedged":
        return None
    return (
        _judge_direction(ours, theirs)
        or _judge_swap(ours, theirs)
        or _judge_figures(ours, theirs)
        or _judge_superlatives(ours, theirs)
    )


def subject_certainty(ours: ClaimFeatures, theirs: ClaimFeatures) -> float:
    """How sure it is that both speak of one subject; 0 where they do not, or of a part of it (`some models`).

    A subject narrowed by a degree or a direction (`the smallest model`) is another one.
    """
    a, b = ours.subject, theirs.subject
    if have_different_subjects(ours, theirs) or a.is_partial or b.is_partial:
        return 0.0
    if a.entity_id is not None and a.entity_id == b.entity_id:
        return BY_ENTITY if a.narrowing == b.narrowing else 0.0
    return BY_NAME if a.signed and a.signed == b.signed else 0.0


def _judge_denial(assertion: ClaimFeatures, denial: ClaimFeatures) -> Judgement | None:
    """`X is open` against `X is not open`. A denial that says more than the assertion leaves it standing."""
    is_hedged = denial.modality == "hedged"
    if (
        assertion.negators
        or not denial.negators
        or assertion.modality == "hedged"
        or not (is_hedged or denial.modality == assertion.modality)
    ):
        return None
    if denial.roles & {"scope", "bound"} or denial.figures != assertion.figures or not denial.numbers <= assertion.numbers:
        return None
    is_whole = _denies_existence(assertion, denial) or _denies_a_name(assertion, denial)
    certainty = BY_NAME if is_whole else subject_certainty(assertion, denial)
    if not certainty or not _within(STATE_WINDOW, assertion, denial):
        return None
    if not (is_whole or assertion.predicate & denial.predicate):
        return None
    asserted, denied = (_said(side, side.subject.terms if is_whole else frozenset()) for side in (assertion, denial))
    share = weighted_share(asserted, denied)
    if _says_more(denied, asserted) or share < AGREEING_SHARE:
        return None
    about = f" of {assertion.subject.text}" if assertion.subject.text else ""
    so = "may not be so" if is_hedged else "is not so"
    return _dispute(
        certainty * share * (HEDGED_DENIAL if is_hedged else 1.0),
        f"one says{about} what the other says {so}; {share:.2f} of the weighted words about it are shared",
    )


def _judge_direction(ours: ClaimFeatures, theirs: ClaimFeatures) -> Judgement | None:
    """`safer` against `more dangerous`, `outperforms` against `trails`, of one subject and in one respect."""
    certainty = subject_certainty(ours, theirs)
    opposed = [(a, b) for a in ours.pointings for b in theirs.pointings if _are_opposed(a, b)]
    if not certainty or not opposed or "partial" in ours.roles | theirs.roles:
        return None
    mine, yours = opposed[0]
    if not (_is_predicated(mine, ours) and _is_predicated(yours, theirs)) or _others(ours, mine) != _others(theirs, yours):
        return None
    if ours.other_side and theirs.other_side and shared_part(ours.other_side, theirs.other_side) < AGREEING_SHARE:
        return None
    if mine.kind == "change" and not (_is_one_thing(ours, certainty) and _at_one_time(ours, theirs)):
        return None
    if not _of_one_matter(ours.matter, theirs.matter) or not _within(STATE_WINDOW, ours, theirs):
        return None
    return _dispute(
        certainty * _matter_share(ours, theirs),
        f"'{mine.words}' against '{yours.words}' of {ours.subject.text} ({mine.matter})",
    )


def _judge_swap(ours: ClaimFeatures, theirs: ClaimFeatures) -> Judgement | None:
    """`A outperforms B` against `B outperforms A`: the same direction with the sides exchanged."""
    alike = [(a, b) for a in ours.pointings for b in theirs.pointings if is_one_comparison(a, b)]
    if len(alike) != 1 or "partial" in ours.roles | theirs.roles:
        return None
    mine, yours = alike[0]
    stay = mine.before & yours.before or mine.after & yours.after
    if stay or not mine.before & yours.after or not mine.after & yours.before:
        return None
    if not _of_one_matter(ours.terms, theirs.terms) or not _within(STATE_WINDOW, ours, theirs):
        return None
    return _dispute(
        BY_NAME * weighted_share(ours.terms, theirs.terms),
        f"the sides of '{mine.words}' are exchanged: '{ours.text}' against '{theirs.text}'",
    )


def _judge_figures(ours: ClaimFeatures, theirs: ClaimFeatures) -> Judgement | None:
    """Another number for the same measure of the same subject. Limits and parts (`over 400`, `some`) leave room for both."""
    differing = match_figures(ours.figures, theirs.figures).differing
    certainty = subject_certainty(ours, theirs)
    if len(differing) != 1 or not certainty or (ours.roles | theirs.roles) & _LEAVES_ROOM:
        return None
    mine, yours = differing[0]
    if len(mine) != 1 or len(yours) != 1 or mine[0].unit is None or ours.numbers != theirs.numbers:
        return None  # several figures of one unit are parts or cases, and it is open which meets which
    if not _is_one_thing(ours, certainty):
        return None
    share = _matter_share(ours, theirs)
    is_one_matter = _of_one_matter(ours.matter, theirs.matter) and _others(ours) == _others(theirs)
    if not is_one_matter or not _at_one_time(ours, theirs):
        return None
    reason = f"{mine[0]} against {yours[0]} for {ours.subject.text}; {share:.2f} of the other weighted words are shared"
    return _dispute(certainty * share, reason)


def _judge_superlatives(ours: ClaimFeatures, theirs: ClaimFeatures) -> Judgement | None:
    """Two entities that each are said to be the largest of one kind."""
    a, b = ours.subject, theirs.subject
    if not ours.superlatives or ours.superlatives != theirs.superlatives or (ours.roles | theirs.roles) & _LEAVES_ROOM:
        return None
    if a.entity_id is None or b.entity_id is None or a.entity_id == b.entity_id or a.terms & b.terms:
        return None
    is_one_kind = _of_one_matter(ours.matter, theirs.matter) and _others(ours) == _others(theirs)
    if not is_one_kind or "be" not in ours.predicate & theirs.predicate or not _at_one_time(ours, theirs):
        return None
    return _dispute(_matter_share(ours, theirs), f"'{min(ours.superlatives)}' is said of both {a.text} and {b.text}")


def _dispute(score: float, reason: str) -> Judgement:
    return Judgement("disputes", score, reason)


def _denies_existence(assertion: ClaimFeatures, denial: ClaimFeatures) -> bool:
    """`There is no A doing B` denies `An A is doing B`: the denial holds the subject in what it says."""
    return denial.is_existential and bool(assertion.subject.terms) and assertion.subject.terms <= denial.terms.keys()


def _denies_a_name(assertion: ClaimFeatures, denial: ClaimFeatures) -> bool:
    """`X is not Y` denies what `A calls X Y` implies: the assertion names the denial's subject behind its verb."""
    is_named = bool(denial.subject.terms) and denial.subject.terms <= assertion.matter.keys()
    return "name" in assertion.predicate and is_named


def _said(claim: ClaimFeatures, subject: frozenset[str]) -> dict[str, float]:
    """What is said up to an explaining clause, with these words of the subject; directions with their side."""
    said = {term: weight for term, weight in claim.terms.items() if term in claim.matter or term in subject}
    return said | {f"{pointing.matter}{pointing.sign:+d}": POINTING_WEIGHT for pointing in claim.pointings}


def _says_more(ours: Mapping[str, float], theirs: Mapping[str, float]) -> bool:
    return sum(weight for term, weight in ours.items() if term not in theirs) > LARGEST_EXTRA


def _of_one_matter(ours: Mapping[str, float], theirs: Mapping[str, float]) -> bool:
    """Whether neither side narrows the matter by words that the other has not."""
    return not _says_more(ours, theirs) and not _says_more(theirs, ours)


def _matter_share(ours: ClaimFeatures, theirs: ClaimFeatures) -> float:
    """Share of the words about the matter; 1 where neither has any beside what is disputed."""
    return weighted_share(ours.matter, theirs.matter) if ours.matter or theirs.matter else 1.0


def _are_opposed(ours: Pointing, theirs: Pointing) -> bool:
    """Opposite sides of one matter, both graded or neither: `safer` leaves `dangerous` standing."""
    is_one_matter = ours.matter == theirs.matter and ours.is_graded == theirs.is_graded
    return is_one_matter and ours.sign != theirs.sign and ours.kind != "reversal"


def _is_predicated(pointing: Pointing, claim: ClaimFeatures) -> bool:
    """Whether the direction is what the claim says of its subject, not an attribute of something else in it."""
    return pointing.matter in claim.predicate or claim.says_what_is


def _others(claim: ClaimFeatures, disputed: Pointing | None = None) -> set[tuple[str, int]]:
    return {(pointing.matter, pointing.sign) for pointing in claim.pointings if pointing is not disputed}


def _is_one_thing(claim: ClaimFeatures, certainty: float) -> bool:
    """Whether the subject is one thing wherever it is named so: "revenue" and "shares" are everybody's."""
    return certainty == BY_ENTITY or len(claim.subject.terms) > 1


def _at_one_time(ours: ClaimFeatures, theirs: ClaimFeatures) -> bool:
    """Whether both speak of one time: a state within a year, an event within days. An undated event is open."""
    if bool(ours.times) != bool(theirs.times) and not ours.predicate & theirs.predicate & STATES:
        return False
    if ours.times or ours.predicate & theirs.predicate & STATES:
        return _within(STATE_WINDOW, ours, theirs)  # times that do not overlap were ruled out before
    are_dated = ours.published_at is not None and theirs.published_at is not None
    return are_dated and _within(EVENT_WINDOW, ours, theirs)


def _within(window: timedelta, ours: ClaimFeatures, theirs: ClaimFeatures) -> bool:
    """Whether the articles were published within a window of each other; one without a date is taken to be."""
    if ours.published_at is None or theirs.published_at is None:
        return True
    return abs(ours.published_at - theirs.published_at) <= window
