"""Whether one claim denies the other: "X is open" against "X is not open", "X may not be", "X denies having done it"."""

from collections.abc import Sequence
from itertools import dropwhile, pairwise, takewhile

from transforms.claim_features import ClaimFeatures
from transforms.common_ground import (
    BY_NAME,
    NAMELESS_WINDOW,
    POINTING_WEIGHT,
    STATE_WINDOW,
    is_specific,
    says_more,
    subject_certainty,
    subject_name,
    within,
)
from transforms.corroboration import Judgement, weighted_share
from transforms.pointings import signed
from transforms.terms import Word, term_weight

AGREEING_SHARE = 0.6
"""Least share of the words of an assertion, which may say more, and its denial."""
HEDGED_DENIAL = 0.8
"""Factor for a denial that is hedged: `may not be` leaves it open."""

_OPENS_A_NAMING = frozenset(("a", "an", "the", "as"))
"""Words that stand between a name and what it is called: "Llama 3.1, an open model", "released Llama 3.1 as …"."""
_LEADS_ON = _OPENS_A_NAMING | {"one of"}
_WHOLLY = frozenset(("fully", "completely", "entirely", "totally"))
_FARTHEST_AS = 6
"""Most words from `which` to `as`: "Llama 3.1, which has been publicly released as …"."""


def judge_denial(assertion: ClaimFeatures, denial: ClaimFeatures) -> Judgement | None:
    """`X is open` against `X is not open`. A denial that says more than the assertion leaves it standing."""
    is_hedged = denial.modality == "hedged"
    if (
        assertion.modality == "hedged"
        or not (denial.negators or _is_denied_by_its_holder(denial))
        or "bound" in denial.roles
        or not _scopes(denial) <= _scopes(assertion) & _WHOLLY
        or not within(STATE_WINDOW, assertion, denial)
        or _is_of_another_day(assertion, denial)
    ):
        return None
    so = "may not be so" if is_hedged else "is not so"
    factor = HEDGED_DENIAL if is_hedged else 1.0
    if _names(assertion, denial):
        name = " ".join(word.surface for word in _denied_name(denial))
        reason = f"one calls {denial.subject.text} {name}, which the other says {so}"
        return Judgement("disputes", BY_NAME * factor, reason)
    if assertion.negators - {"without"} or _was_before(assertion, denial):
        return None
    certainty, share = _certainty(assertion, denial)
    if not share:
        return None
    subject = subject_name(assertion, denial)
    about = f" of {subject}" if subject else ""
    reason = f"one says{about} what the other says {so}; {share:.2f} of the weighted words about it are shared"
    return Judgement("disputes", certainty * share * factor, reason)


def _certainty(assertion: ClaimFeatures, denial: ClaimFeatures) -> tuple[float, float]:
    """How sure it is that both speak of one subject, and the share of what is said of it; 0 where they do not meet."""
    if not set(denial.figures) <= set(assertion.figures) or not denial.numbers <= assertion.numbers:
        return 0.0, 0.0
    is_whole = _denies_existence(assertion, denial) or _denies_a_name(assertion, denial) or _denies_all(assertion, denial)
    certainty = BY_NAME if is_whole else subject_certainty(assertion, denial)
    if not certainty or not (is_whole or _is_one_predicate(assertion, denial)):
        return 0.0, 0.0
    if not (is_whole or is_specific(assertion, denial, certainty)):
        return 0.0, 0.0
    asserted, denied = (_said(side, side.subject.terms if is_whole else frozenset()) for side in (assertion, denial))
    share = weighted_share(asserted, denied)
    return (certainty, share) if share >= AGREEING_SHARE and not says_more(denied, asserted) else (0.0, 0.0)


def _scopes(claim: ClaimFeatures) -> set[str]:
    """Words that, denied, leave the rest standing: "not fully" denies no more than "fully"."""
    return {word.term for word in claim.words if word.role == "scope"}


def _is_denied_by_its_holder(denial: ClaimFeatures) -> bool:
    """Whether the denial lies in the words that attribute it, "denied that she took it", and not in "hardly" or "not only"."""
    is_turned = "flipper" in denial.roles or any(word.surface.startswith("not ") for word in denial.words)
    return denial.speaker is not None and not is_turned


def _is_of_another_day(assertion: ClaimFeatures, denial: ClaimFeatures) -> bool:
    """Whether time may have passed between both: it was not so on Monday, it had not happened when the article was written."""
    if (denial.times or denial.days) and not (assertion.times or assertion.days):
        return True
    if denial.tense != "perfect" or denial.published_at is None or assertion.published_at is None:
        return False
    return denial.published_at.date() < assertion.published_at.date()


def _was_before(assertion: ClaimFeatures, denial: ClaimFeatures) -> bool:
    """Whether the assertion tells of a past that the denial leaves alone: "is not buying" it, "bought it in 2020".

    In reported speech a past may stand for a present.
    """
    if denial.tense != "present" or denial.times or assertion.tense == "present":
        return False
    if denial.published_at is None or not assertion.times:
        return bool(assertion.times) or (assertion.tense == "past" and assertion.speaker is None)
    return all(latest < (denial.published_at - NAMELESS_WINDOW).date() for _, latest in assertion.times)


def _is_one_predicate(assertion: ClaimFeatures, denial: ClaimFeatures) -> bool:
    """Whether the predicates share a word, or one says that a thing is so and the other that it does not qualify as it.

    Who tried to buy has not bought.
    """
    if assertion.predicate & denial.predicate:
        return not _is_short_of_it(assertion, denial)
    return "be" in assertion.predicate and bool(_criteria(denial) & denial.predicate)


def _is_short_of_it(assertion: ClaimFeatures, denial: ClaimFeatures) -> bool:
    """Whether a verb before `to` stands between the assertion and what the other denies: tried to buy, agreed to join."""
    others = assertion.predicate - denial.predicate
    return any(word.term in others and after.surface == "to" for word, after in pairwise(assertion.words))


def _criteria(claim: ClaimFeatures) -> set[str]:
    """Words that only ask whether a name fits: meet the definition of, qualify as."""
    return {word.term for word in claim.words if word.role == "criterion"}


def _denies_existence(assertion: ClaimFeatures, denial: ClaimFeatures) -> bool:
    """`There is no A doing B` denies `An A is doing B`: the denial holds the subject in what it says."""
    if not denial.is_existential:
        return False
    named = assertion.subject.terms
    return assertion.is_existential if not named else named <= denial.terms.keys()


def _denies_all(assertion: ClaimFeatures, denial: ClaimFeatures) -> bool:
    """`No exit was locked` denies `Two exits were locked`, and so does who denies that any was."""
    is_none = denial.subject.text.casefold().startswith(("no ", "any ")) and bool(denial.subject.counted)
    counted = assertion.subject.counted or assertion.subject.signed
    is_one_event = bool(assertion.predicate & denial.predicate) and within(NAMELESS_WINDOW, assertion, denial)
    return is_none and denial.subject.counted == counted and is_one_event


def _denies_a_name(assertion: ClaimFeatures, denial: ClaimFeatures) -> bool:
    """`X is not Y` denies what `A calls X Y` implies: the assertion names the denial's subject behind its verb."""
    is_named = bool(denial.subject.terms) and denial.subject.terms <= assertion.matter.keys()
    return "name" in assertion.predicate and is_named


def _said(claim: ClaimFeatures, subject: frozenset[str]) -> dict[str, float]:
    """What is said up to an explaining clause, with these words of the subject; directions with their side."""
    criteria = _criteria(claim) if _criteria(claim) & claim.predicate else set()
    said = {
        term: weight
        for term, weight in claim.terms.items()
        if (term in claim.matter or term in subject) and term not in criteria
    }
    return said | {f"{pointing.matter}{pointing.sign:+d}": POINTING_WEIGHT for pointing in claim.pointings}


def _names(assertion: ClaimFeatures, denial: ClaimFeatures) -> bool:
    """Whether the assertion calls the denial's subject in passing what the denial says it is not.

    "… released Llama 3.1 as an open model", "Llama 3.1, a new open model", "its open model Llama 3.1".
    """
    name = denial.subject.terms
    if not name or not denial.subject.entity_id or not ("be" in denial.predicate or _criteria(denial) & denial.predicate):
        return False
    denied = set(map(signed, _denied_name(denial)))
    if sum(term_weight(term) for term in denied) < POINTING_WEIGHT:
        return False
    words = assertion.words
    places = (at for at in range(len(words)) if {word.term for word in words[at : at + len(name)]} == name)
    return any(denied <= _called(words[:at], words[at + len(name) :]) and _is_said_so(assertion, at) for at in places)


def _denied_name(denial: ClaimFeatures) -> list[Word]:
    """What a denial says that its subject is not."""
    criteria = _criteria(denial)
    return [word for word in denial.words if word.term in denial.matter and word.term not in criteria]


def _is_said_so(assertion: ClaimFeatures, at: int) -> bool:
    """Whether a naming at a place is neither denied nor only planned."""
    return assertion.modality == "asserted" and not any(word.role == "negator" for word in assertion.words[:at])


def _called(before: Sequence[Word], after: Sequence[Word]) -> set[str]:
    """What the words around a name call it: those right before it, and those that `a`, `the` or `as` begins behind it."""
    epithets = takewhile(lambda word: word.role is None, reversed(before))
    if after and after[0].surface in ("which", "that"):
        after = list(dropwhile(lambda word: word.surface != "as", after[:_FARTHEST_AS])) + list(after[_FARTHEST_AS:])
    is_opened = bool(after) and after[0].surface in _OPENS_A_NAMING
    behind = dropwhile(lambda word: word.surface in _LEADS_ON, after) if is_opened else ()
    apposed = takewhile(lambda word: word.role in (None, "rank", "degree") or word.surface == "and", behind)
    return {signed(word) for word in (*epithets, *apposed)}
