"""Whether two claims say the same: by their words, and by what words alone do not tell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, log

from transforms.claim_features import ClaimFeatures
from transforms.figure_match import FigureMatch, match_figures, times_conflict
from transforms.pointings import Pointing
from transforms.terms import HEAVIEST, term_weight

SAME_SCORE = 0.45
"""Score from which two claims say the same. The middle of what gives the best F1 and accuracy on the training pairs."""
LEAST_ODDS = log(SAME_SCORE / (1 - SAME_SCORE)) - 1e-9
"""Logarithm of its odds: below, nothing else needs to be looked at."""
INTERCEPT = -5.0
SENTENCE_WEIGHT = 9.0
"""For the part of the longer sentence's words that the other has: what else is told beside a claim tells claims apart."""
RUN_WEIGHT = -2.7
"""For the part of the shorter sentence's runs of four words that the other has: copied words with another word among them were
changed on purpose."""
LETTERS_WEIGHT = 2.4
"""For the part of the longer claim's letters, in threes, that the other has: "paraphrase" and "paraphrasing"."""
NUMBER_WEIGHT = -0.3
"""For each number, up to three, that one sentence alone gives."""
FIGURE_WEIGHT = 1.2
"""Where both give one figure of one unit, and a rare word with it: "Llama 3.1" and "405 billion parameters"."""
SUBJECT_WEIGHT = -1.0
"""Where no word of either subject is anywhere in the other's sentence."""
MODALITY_WEIGHT = -0.8
"""Where one speaks of what may or would be, and the other of what is."""
LEAST_SHARE = 0.35
"""Least share of the weighted words of the claims themselves, whatever their sentences share."""
LEAST_SHARED_WEIGHT = 4.0
"""Least weight of what the sentences share. "It is free" is the same words about anything."""
MATTER_WEIGHT, NAMED_WEIGHT = 12.0, 7.0
"""Weight of what the sentences share from which they are of one matter: of any words; with a rare word or a figure."""
ALONE_FACTOR = 0.68
"""Factor of the score where nothing says that both are of one matter: "booking can be a daunting task". Those who write of
other things in like words are many more among all articles than in the corpus."""
USUAL_WEIGHT = 1.2
"""Words up to this weight are in most sentences."""
NAME_WEIGHT = 3.5
"""Words this heavy, rarer than three in a million, are mostly names."""
FIRM = ("asserted", "planned")
"""Modalities that commit the speaker."""

DOUBTS = frozenset(("may", "might", "could", "perhaps", "possibly"))
"""Words that leave open what they stand with; what is "reportedly" so is told as it is by others."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A relation of two claims with its strength, 0 to 1, and what speaks for it, in words."""

    relation: str
    score: float
    reason: str


def judge_same(ours: ClaimFeatures, theirs: ClaimFeatures) -> Judgement | None:
    """Say whether both make the same statement; the score is a probability.

    None where they do not, or where it is open: figures of one unit that differ, other numbers, one denied and the other not,
    two different entities as subjects, opposite directions, sides exchanged, another scope of a comparison, times that do not
    overlap. The weights were chosen on the training half of the Microsoft Research Paraphrase Corpus and rounded by hand.
    """
    # What costs least and dismisses most comes first: of a run's pairs one in a hundred comes to the end.
    if ours.is_negated != theirs.is_negated or weighted_share(ours.terms, theirs.terms) < LEAST_SHARE:
        return None
    figures = match_figures(ours.figures, theirs.figures)
    if figures.differing:
        return None
    in_common = ours.context.keys() & theirs.context.keys()
    weights = (term_weight(term) for term in in_common)
    shared = sum(weight for weight in weights if weight > USUAL_WEIGHT) + HEAVIEST * len(figures.agreeing)
    if shared < LEAST_SHARED_WEIGHT:
        return None
    named = FIGURE_WEIGHT * (bool(figures.agreeing) and _share_a_name(ours, theirs))
    words = _shared_words(ours, theirs, in_common)
    if INTERCEPT + SENTENCE_WEIGHT * words + LETTERS_WEIGHT + named < LEAST_ODDS:
        return None
    if shared < MATTER_WEIGHT and not _say_one_thing(ours, theirs, figures):
        return None
    if (ours.document_id == theirs.document_id and ours.in_context == theirs.in_context) or _contradict(ours, theirs):
        return None  # the former are two parts of one sentence
    score = 1 / (1 + exp(-(_odds(ours, theirs, words) + named)))
    score *= 1.0 if _are_of_one_matter(ours, theirs, figures, shared) else ALONE_FACTOR
    if score < SAME_SCORE:
        return None
    return Judgement("same", score, _reason(ours, theirs, figures))


def _shared_words(ours: ClaimFeatures, theirs: ClaimFeatures, in_common: Iterable[str]) -> float:
    """The part of the longer sentence's words that the other has."""
    # "It is safer" and "it is safer because all can see it" say one thing, whatever the reason.
    if ours.core == theirs.core:
        return 1.0 if ours.core else 0.0
    words, other_words = ours.context, theirs.context
    both = sum(min(words[term], other_words[term]) for term in in_common)
    return both / max(len(ours.in_context), len(theirs.in_context), 1)


def _odds(ours: ClaimFeatures, theirs: ClaimFeatures, words: float) -> float:
    """Logarithm of the odds that both say the same, by how far words, runs of words, letters and numbers agree."""
    are_one = ours.core == theirs.core
    runs, other_runs = ours.runs, theirs.runs
    letters, other_letters = ours.letters, theirs.letters
    numbers = 0 if are_one else sum(term[0].isdigit() for term in ours.context.keys() ^ theirs.context.keys())
    return (
        INTERCEPT
        + SENTENCE_WEIGHT * words
        + RUN_WEIGHT * (not are_one and ours.in_context != theirs.in_context)
        * (runs & other_runs).total() / max(1, min(runs.total(), other_runs.total()))
        + LETTERS_WEIGHT * (letters & other_letters).total() / max(letters.total(), other_letters.total(), 1)
        + NUMBER_WEIGHT * min(numbers, 3)
        + SUBJECT_WEIGHT * _have_other_subjects(ours, theirs)
        + MODALITY_WEIGHT * ((ours.modality in FIRM) != (theirs.modality in FIRM))
    )  # fmt: skip


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
        bool(ours.negators | ours.refusals) != bool(theirs.negators | theirs.refusals)
        or (
            (ours.modality in FIRM) != (theirs.modality in FIRM)
            and bool(DOUBTS & ours.wording) != bool(DOUBTS & theirs.wording)
        )
        or (have_different_subjects(ours, theirs) and ours.subject.terms.isdisjoint(theirs.subject.terms))
        or (_names_another(ours, theirs) and _names_another(theirs, ours))
        or (_point_apart(ours, theirs) and ours.negators == theirs.negators)
        or _exchange_sides(ours, theirs)
        or _compare_otherwise(ours, theirs)
        or bool(ours.numbers - theirs.numbers and theirs.numbers - ours.numbers)
        or times_conflict(ours.times, theirs.times)
    )


def _have_other_subjects(ours: ClaimFeatures, theirs: ClaimFeatures) -> bool:
    a, b = ours.subject.terms, theirs.subject.terms
    return bool(a and b) and a.isdisjoint(theirs.context) and b.isdisjoint(ours.context)


def _names_another(ours: ClaimFeatures, theirs: ClaimFeatures) -> bool:
    """Whether the subject has a name that the other claim has not: "a spokesman for Neumann" and "for Kotak" decline alike."""
    return any(term not in theirs.context and term_weight(term) >= NAME_WEIGHT for term in ours.subject.terms)


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


def _say_one_thing(ours: ClaimFeatures, theirs: ClaimFeatures, figures: FigureMatch) -> bool:
    """Whether they share most of what the briefer says beside the subjects: to expect rain is not to expect snow."""
    named = ours.subject.terms | theirs.subject.terms
    a, b = ({term: weight for term, weight in side.terms.items() if term not in named} for side in (ours, theirs))
    agreeing = HEAVIEST * len(figures.agreeing)
    common = sum(weight for term, weight in a.items() if term in b) + agreeing
    return not (a or b) or 2 * common > min(sum(a.values()), sum(b.values())) + agreeing


def _are_of_one_matter(ours: ClaimFeatures, theirs: ClaimFeatures, figures: FigureMatch, shared: float) -> bool:
    """Whether what the sentences share tells of one matter: much, or less with a rare word, a figure or the subject."""
    is_one_subject = ours.subject.entity_id is not None and ours.subject.entity_id == theirs.subject.entity_id
    is_named = is_one_subject or bool(figures.agreeing) or _share_a_name(ours, theirs)
    return shared >= MATTER_WEIGHT or (shared >= NAMED_WEIGHT and is_named)


def _share_a_name(ours: ClaimFeatures, theirs: ClaimFeatures) -> bool:
    return any(weight >= NAME_WEIGHT for term, weight in ours.terms.items() if term in theirs.terms)


def _reason(ours: ClaimFeatures, theirs: ClaimFeatures, figures: FigureMatch) -> str:
    parts = []
    if figures.agreeing:
        given = " and ".join(str(a) if str(a) == str(b) else f"{a} (the other: {b})" for a, b in figures.agreeing)
        is_one_subject = ours.subject.terms and ours.subject.terms == theirs.subject.terms
        parts.append(f"both give {given}" + (f" for {ours.subject.text}" if is_one_subject else ""))
    if ours.is_negated:
        parts.append("both deny it")
    if ours.modality not in FIRM and theirs.modality not in FIRM:
        parts.append("both make it conditional" if ours.modality == theirs.modality == "conditional" else "both hedge it")
    share = weighted_share(ours.terms, theirs.terms)
    parts.append(f"{share:.2f} of the weighted words are shared")
    return "; ".join(parts)
