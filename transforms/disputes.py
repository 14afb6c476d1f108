"""Whether two claims may dispute each other: denial, opposite direction, figures that differ, competing superlatives.

A dispute is shown to people, so every rule asks first whether both claims can be true, and is silent when they can.
"""

from datetime import timedelta

from transforms.claim_features import STATES, ClaimFeatures
from transforms.common_ground import (
    BY_NAME,
    EVENT_WINDOW,
    STATE_WINDOW,
    are_parted_by_time,
    at_one_time,
    is_one_nearby,
    is_one_thing,
    is_specific,
    matter_share,
    of_one_matter,
    other_directions,
    says_more,
    subject_certainty,
    subject_name,
    within,
)
from transforms.corroboration import NAME_WEIGHT, Judgement, is_one_comparison, weighted_share
from transforms.denials import judge_denial
from transforms.figure_match import match_figures
from transforms.pointings import Pointing
from transforms.subjects import Subject
from transforms.terms import term_weight

LEAST_OF_A_THING = 4.0
"""Least weight of what two speakers take opposite stances on: a name, or two usual words."""
OF_POSITIONS = 0.8
"""Factor for opposite stances: who welcomes a plan may still want it otherwise."""

LEAST_OF_AN_EVENT = 3.0
"""Least weight of the words that tell one event from another of its kind: a place; an entity does as well."""
SURELY_ONE_EVENT = 6.0
"""Weight of such words from which each side may tell more of the event than the other."""
COUNT_WINDOW = timedelta(hours=12)
"""Counts that grow, or that an article gives in its own voice, are of one hour: a later one is news, no dispute."""
_GROWING = frozenset(("die", "died", "kill", "injure", "wound", "hurt", "infect", "miss", "evacuate", "rescue", "hospitalize"))

_LEAVES_ROOM = frozenset(("bound", "partial"))
"""Roles of words that leave room for another figure or another holder of the title."""
_LINKING = STATES | {"become", "get", "make", "prove", "find", "consider"}
"""Predicates behind which a direction is said of the subject or of what it brings about: `makes it harder`."""


def judge_dispute(ours: ClaimFeatures, theirs: ClaimFeatures) -> Judgement | None:
    """Say whether the claims may dispute each other, and what differs. None where both can be true, or where it is open.

    One voice disputes nothing: an article weighs two sides, or gives two parts of one figure; a speaker says something new.
    """
    if ours.speaker == theirs.speaker and (ours.speaker is not None or ours.document_id == theirs.document_id):
        return None
    if ours.held_stance or theirs.held_stance:
        return _judge_positions(ours, theirs)
    if ours.is_conditional or theirs.is_conditional or (ours.modality == "conditional") != (theirs.modality == "conditional"):
        return None
    if are_parted_by_time(ours, theirs) or _is_turned_round(ours) or _is_turned_round(theirs):
        return None
    has_more = ours.opening is not None or theirs.opening is not None
    return _judge(ours, theirs) or (_judge(ours.opening or ours, theirs.opening or theirs) if has_more else None)


def _judge(ours: ClaimFeatures, theirs: ClaimFeatures) -> Judgement | None:
    if ours.is_negated != theirs.is_negated:
        return judge_denial(theirs, ours) if ours.is_negated else judge_denial(ours, theirs)
    if ours.is_negated or ours.negators != theirs.negators or ours.modality != theirs.modality or ours.modality == "hedged":
        return None
    return (
        _judge_direction(ours, theirs)
        or _judge_swap(ours, theirs)
        or _judge_figures(ours, theirs)
        or _judge_counts(ours, theirs)
        or _judge_superlatives(ours, theirs)
    )


def _is_turned_round(claim: ClaimFeatures) -> bool:
    """Whether the verb stands before its subject: what is asked, or said behind `nor`, is not stated."""
    return bool(claim.words) and claim.words[0].role in ("generic", "hedge") and claim.words[0].term in claim.predicate


def _judge_direction(ours: ClaimFeatures, theirs: ClaimFeatures) -> Judgement | None:
    """`safer` against `more dangerous`, `outperforms` against `trails`, of one subject and in one respect."""
    certainty = subject_certainty(ours, theirs)
    opposed = [(a, b) for a in ours.pointings for b in theirs.pointings if _are_opposed(a, b)]
    if not certainty or not opposed or "partial" in ours.roles | theirs.roles or not is_specific(ours, theirs, certainty):
        return None
    mine, yours = opposed[0]
    if not (_is_predicated(mine, ours) and _is_predicated(yours, theirs)):
        return None
    if other_directions(ours, mine) != other_directions(theirs, yours):
        return None
    if ours.other_side and theirs.other_side and not of_one_matter(_other_side(ours), _other_side(theirs)):
        return None
    if mine.kind == "change" and not (is_one_thing(ours, certainty) and at_one_time(ours, theirs)):
        return None
    if not of_one_matter(ours.matter, theirs.matter) or not within(STATE_WINDOW, ours, theirs):
        return None
    return _dispute(
        certainty * matter_share(ours, theirs),
        f"'{mine.words}' against '{yours.words}' of {subject_name(ours, theirs)} ({mine.matter})",
    )


def _judge_swap(ours: ClaimFeatures, theirs: ClaimFeatures) -> Judgement | None:
    """`A outperforms B` against `B outperforms A`: the same direction with the sides exchanged."""
    alike = [(a, b) for a in ours.pointings for b in theirs.pointings if is_one_comparison(a, b)]
    if len(alike) != 1 or "partial" in ours.roles | theirs.roles:
        return None
    mine, yours = alike[0]
    before, after = mine.before - mine.after, mine.after - mine.before  # "models" on both sides tell none from the other
    stay = before & (yours.before - yours.after) or after & (yours.after - yours.before)
    if stay or not before & (yours.after - yours.before) or not after & (yours.before - yours.after):
        return None
    said = [{word.term: side.terms[word.term] for word in side.words if word.term in side.terms} for side in (ours, theirs)]
    if not of_one_matter(*said) or not within(STATE_WINDOW, ours, theirs):
        return None
    return _dispute(
        BY_NAME * weighted_share(*said),
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
    if not (is_one_thing(ours, certainty) or is_one_nearby(ours, theirs)):
        return None
    share = matter_share(ours, theirs)
    is_one_matter = of_one_matter(ours.matter, theirs.matter) and other_directions(ours) == other_directions(theirs)
    if not is_one_matter or not at_one_time(ours, theirs):
        return None
    reason = (
        f"{mine[0]} against {yours[0]} for {subject_name(ours, theirs)}; {share:.2f} of the other weighted words are shared"
    )
    return _dispute(certainty * share, reason)


def _judge_counts(ours: ClaimFeatures, theirs: ClaimFeatures) -> Judgement | None:
    """`300 protesters were arrested in Lisbon` against `520 protesters`, told by two voices of one event."""
    differing = match_figures(ours.figures, theirs.figures).differing
    a, b = ours.subject, theirs.subject
    events = (ours.predicate & theirs.predicate) - STATES
    if len(differing) != 1 or not a.counted or a.counted != b.counted or not events or ours.speaker == theirs.speaker:
        return None
    if (ours.roles | theirs.roles) & _LEAVES_ROOM or any(len(figures) != 1 for figures in differing[0]):
        return None
    window = COUNT_WINDOW if events & _GROWING or None in (ours.speaker, theirs.speaker) else EVENT_WINDOW
    if ours.published_at is None or theirs.published_at is None or not within(window, ours, theirs):
        return None
    known = a.terms | b.terms | events
    mine, yours = ({term: weight for term, weight in side.matter.items() if term not in known} for side in (ours, theirs))
    is_told_apart = sum(weight for term, weight in mine.items() if term in yours) >= LEAST_OF_AN_EVENT
    if not is_told_apart and not ours.entities & theirs.entities:
        return None
    common = sum(weight for term, weight in mine.items() if term in yours)
    if common < SURELY_ONE_EVENT and says_more(mine, yours) and says_more(yours, mine):
        return None
    what = " ".join(sorted(events))
    return _dispute(BY_NAME * weighted_share(mine, yours), f"{differing[0][0][0]} against {differing[0][1][0]} ({what})")


def _judge_superlatives(ours: ClaimFeatures, theirs: ClaimFeatures) -> Judgement | None:
    """Two entities that each are said to be the largest of one kind."""
    a, b = ours.subject, theirs.subject
    if not ours.superlatives or ours.superlatives != theirs.superlatives or (ours.roles | theirs.roles) & _LEAVES_ROOM:
        return None
    if not (_is_named(a) and _is_named(b)) or a.entity_id == b.entity_id or a.terms & b.terms:
        return None
    is_one_kind = of_one_matter(ours.matter, theirs.matter) and other_directions(ours) == other_directions(theirs)
    if not is_one_kind or not ours.predicate & theirs.predicate & {"be", "become"} or not at_one_time(ours, theirs):
        return None
    return _dispute(matter_share(ours, theirs), f"'{min(ours.superlatives)}' is said of both {a.text} and {b.text}")


def _judge_positions(ours: ClaimFeatures, theirs: ClaimFeatures) -> Judgement | None:
    """`A supports the sale` against `B opposes the sale`, where each holds it: not the two reports, but the two positions.

    An article that says in its own voice who supports and who opposes a thing reports what is true at once, and no dispute.
    """
    mine, yours = ours.held_stance, theirs.held_stance
    if not mine or not yours or mine.sign == yours.sign or not within(STATE_WINDOW, ours, theirs):
        return None
    if any(side.is_negated or side.negators or side.roles & _LEAVES_ROOM for side in (ours, theirs)):
        return None
    things = [
        {term: term_weight(term.removesuffix("+1").removesuffix("-1")) for term in stance.after} for stance in (mine, yours)
    ]
    share = weighted_share(*things)
    if not of_one_matter(*things) or sum(things[0].values()) < LEAST_OF_A_THING:
        return None
    return _dispute(OF_POSITIONS * share, f"positions: '{mine.words}' against '{yours.words}' {theirs.text}")


def _weighed(terms: frozenset[str]) -> dict[str, float]:
    """Terms with their weights; one that points a direction keeps its side and weighs as its matter does."""
    return {term: term_weight(term.removesuffix("+1").removesuffix("-1")) for term in terms}


def _dispute(score: float, reason: str) -> Judgement:
    return Judgement("disputes", score, reason)


def _are_opposed(ours: Pointing, theirs: Pointing) -> bool:
    """Opposite sides of one matter, both graded or neither: `safer` leaves `dangerous` standing."""
    is_alike = ours.is_graded == theirs.is_graded or ours.kind == theirs.kind == "change"
    return ours.matter == theirs.matter and is_alike and ours.sign != theirs.sign and ours.kind != "reversal"


def _other_side(claim: ClaimFeatures) -> dict[str, float]:
    """What stands behind `than`, with where and in what the comparison holds."""
    return {term: claim.terms[term] for term in claim.other_side if term in claim.terms}


def _is_predicated(pointing: Pointing, claim: ClaimFeatures) -> bool:
    """Whether the direction is what the claim says of its subject, not an attribute of something else in it."""
    return pointing.matter in claim.predicate or (bool(claim.predicate) and claim.predicate <= _LINKING)


def _is_named(subject: Subject) -> bool:
    """Whether a name stands for the subject: an entity, or words with a capital letter that are rare or hold a number."""
    first = subject.text.split(" ", maxsplit=1)[0]
    is_rare = subject.head is not None and term_weight(subject.head) >= NAME_WEIGHT
    is_written_so = first[:1].isupper() and first not in ("The", "This", "That", "A", "An")
    return subject.entity_id is not None or (is_written_so and (is_rare or any(part.isdigit() for part in subject.text)))
