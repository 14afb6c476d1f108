"""Whether two claims say the same: by their words, and by what words alone do not tell."""

from collections.abc import Mapping
from dataclasses import dataclass

from transforms.claim_features import ClaimFeatures, Pointing
from transforms.figure_match import FigureMatch, match_figures, times_conflict
from transforms.terms import HEAVIEST, term_weight

SAME_SCORE = 0.54
"""Score from which two claims say the same. From 0.48 to 0.54 the accuracy on the training half of the Microsoft Research
Paraphrase Corpus is flat: the most precise end of it."""
WORDING_WEIGHT = 2
"""How often the plain share of all words counts for each time that the weighted share of content words does; from there too."""
FIGURE_ALONE_PENALTY = 0.05
"""Taken off for each unit in which only one side gives a figure: barely half of such pairs there are paraphrases."""
MODALITY_PENALTY = 0.05
"""Taken off where one side speaks of a plan and the other of a fact."""
LEAST_SHARED_WEIGHT = 4.0
"""Least weight of the shared words. "It is free" is the same words about anything; one rare word or two usual ones suffice."""
LEAST_COMMON_WEIGHT = 6.0
"""Weight of shared words beside the subjects that makes up for whatever else is said: two rare words or three usual ones."""
OTHER_SUBJECT_PENALTY = OTHER_PREDICATE_PENALTY = 0.05
"""Taken off where the words of one side's subject are nowhere in the other claim, and where the predicates share no word."""
NAME_WEIGHT = 3.5
"""Words this heavy, rarer than three in a million, are mostly names."""
FIRM = ("asserted", "planned")
"""Modalities that commit the speaker."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A relation of two claims with its strength, 0 to 1, and what speaks for it, in words."""

    relation: str
    score: float
    reason: str


def judge_same(ours: ClaimFeatures, theirs: ClaimFeatures) -> Judgement | None:
    """Say whether both make the same statement.

    None where they do not, or where it is open: figures of one unit that differ, other numbers, one denied and the other
    not, one firm and the other hedged, two different entities as subjects, opposite directions, sides exchanged, another
    scope of a comparison, times that do not overlap.
    """
    figures = match_figures(ours.figures, theirs.figures)
    if figures.differing or _contradict(ours, theirs):
        return None
    share, wording = weighted_share(ours.terms, theirs.terms), shared_part(ours.wording, theirs.wording)
    score = (share + WORDING_WEIGHT * wording) / (1 + WORDING_WEIGHT) - _penalty(ours, theirs, figures)
    if score < SAME_SCORE or not _say_enough(ours, theirs, figures):
        return None
    return Judgement("same", score, _reason(ours, theirs, figures, share))


def have_different_subjects(ours: ClaimFeatures, theirs: ClaimFeatures) -> bool:
    """Whether the subjects are known to differ: two entities, or one name in two directions (`open` and `closed models`)."""
    a, b = ours.subject, theirs.subject
    if a.entity_id is not None and b.entity_id is not None and a.entity_id != b.entity_id:
        return True
    return a.terms == b.terms and a.signed != b.signed


def is_one_comparison(ours: Pointing, theirs: Pointing) -> bool:
    """Whether both compare two sides, on one matter and in one direction."""
    both_compare = ours.kind == "comparison" or (ours.is_graded and theirs.is_graded)
    return both_compare and (ours.matter, ours.sign) == (theirs.matter, theirs.sign)


def weighted_share(ours: Mapping[str, float], theirs: Mapping[str, float]) -> float:
    """Twice the weight of the shared terms over the weight of both; 0 where both are empty."""
    total = sum(ours.values()) + sum(theirs.values())
    return 2 * sum(weight for term, weight in ours.items() if term in theirs) / total if total else 0.0


def shared_part(ours: frozenset[str], theirs: frozenset[str]) -> float:
    """Twice the shared elements over the elements of both (Dice); 0 where both are empty."""
    total = len(ours) + len(theirs)
    return 2 * len(ours & theirs) / total if total else 0.0


def _contradict(ours: ClaimFeatures, theirs: ClaimFeatures) -> bool:
    return (
        ours.is_negated != theirs.is_negated
        or bool(ours.negators) != bool(theirs.negators)
        or bool(ours.refusals) != bool(theirs.refusals)
        or (ours.modality in FIRM) != (theirs.modality in FIRM)
        or have_different_subjects(ours, theirs)
        or (_names_another(ours, theirs) and _names_another(theirs, ours))
        or _point_apart(ours, theirs)
        or _exchange_sides(ours, theirs)
        or _compare_otherwise(ours, theirs)
        or bool(ours.numbers - theirs.numbers and theirs.numbers - ours.numbers)
        or times_conflict(ours.times, theirs.times)
    )


def _penalty(ours: ClaimFeatures, theirs: ClaimFeatures, figures: FigureMatch) -> float:
    a, b = ours.subject.terms, theirs.subject.terms
    has_other_subject = bool(a and b) and (a.isdisjoint(theirs.terms) or b.isdisjoint(ours.terms))
    return (
        FIGURE_ALONE_PENALTY * figures.alone
        + MODALITY_PENALTY * (ours.modality != theirs.modality)
        + OTHER_SUBJECT_PENALTY * has_other_subject
        + OTHER_PREDICATE_PENALTY * ours.predicate.isdisjoint(theirs.predicate)
    )


def _names_another(ours: ClaimFeatures, theirs: ClaimFeatures) -> bool:
    """Whether the subject has a name that the other claim has not: "a spokesman for Neumann" and "for Kotak" decline alike."""
    return any(term not in theirs.terms and term_weight(term) >= NAME_WEIGHT for term in ours.subject.terms)


def _point_apart(ours: ClaimFeatures, theirs: ClaimFeatures) -> bool:
    """Whether on a matter that both speak of, neither says what the other does: `safer` is not `dangerous`, and not `safe`."""
    matters = {pointing.matter for pointing in ours.pointings} & {pointing.matter for pointing in theirs.pointings}
    return any(_sides(ours, matter).isdisjoint(_sides(theirs, matter)) for matter in matters)


def _sides(claim: ClaimFeatures, matter: str) -> set[tuple[int, bool]]:
    return {(pointing.sign, pointing.is_graded) for pointing in claim.pointings if pointing.matter == matter}


def _exchange_sides(ours: ClaimFeatures, theirs: ClaimFeatures) -> bool:
    """Whether one comparison has the sides of the other exchanged: what stands before it there stands after it here."""
    return any(
        len(a.before & b.after) + len(a.after & b.before) > len(a.before & b.before) + len(a.after & b.after)
        for a in ours.pointings
        for b in theirs.pointings
        if is_one_comparison(a, b)
    )


def _compare_otherwise(ours: ClaimFeatures, theirs: ClaimFeatures) -> bool:
    """Whether a comparison holds for more on one side: on some tests and on all, the largest and the largest open model."""
    if any(is_one_comparison(a, b) for a in ours.pointings for b in theirs.pointings):
        return ("partial" in ours.roles) != ("partial" in theirs.roles)
    if not (ours.superlatives | theirs.superlatives) or not (ours.says_what_is and theirs.says_what_is):
        return False
    fields = [{(pointing.matter, pointing.sign) for pointing in side.pointings} for side in (ours, theirs)]
    return ours.superlatives != theirs.superlatives or fields[0] != fields[1]


def _say_enough(ours: ClaimFeatures, theirs: ClaimFeatures, figures: FigureMatch) -> bool:
    """Whether they share enough, and one of them most of what it says beside the subjects.

    To expect rain is not to expect snow. A figure that agrees weighs as the heaviest term does.
    """
    agreeing = dict.fromkeys((f"figure {at}" for at in range(len(figures.agreeing))), HEAVIEST)
    named = ours.subject.terms | theirs.subject.terms
    a, b = ({term: weight for term, weight in side.terms.items() if term not in named} | agreeing for side in (ours, theirs))
    shared = sum(weight for term, weight in ours.terms.items() if term in theirs.terms) + sum(agreeing.values())
    common = sum(weight for term, weight in a.items() if term in b)
    says_one_thing = not (a or b) or common >= LEAST_COMMON_WEIGHT or 2 * common > min(sum(a.values()), sum(b.values()))
    return shared >= LEAST_SHARED_WEIGHT and says_one_thing


def _reason(ours: ClaimFeatures, theirs: ClaimFeatures, figures: FigureMatch, share: float) -> str:
    parts = []
    if figures.agreeing:
        given = " and ".join(str(a) if str(a) == str(b) else f"{a} (the other: {b})" for a, b in figures.agreeing)
        is_one_subject = ours.subject.terms and ours.subject.terms == theirs.subject.terms
        parts.append(f"both give {given}" + (f" for {ours.subject.text}" if is_one_subject else ""))
    if ours.is_negated:
        parts.append("both deny it")
    if ours.modality not in FIRM:
        parts.append("both make it conditional" if ours.modality == theirs.modality == "conditional" else "both hedge it")
    parts.append(f"{share:.2f} of the weighted words are shared")
    return "; ".join(parts)
