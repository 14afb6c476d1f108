"""Whether two claims speak of one subject, one matter and one time: only then can they dispute each other."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from transforms.claim_features import ClaimFeatures
from transforms.corroboration import have_different_subjects, weighted_share
from transforms.figure_match import times_conflict
from transforms.pointings import Pointing
from transforms.subjects import Subject
from transforms.terms import term_weight

LARGEST_EXTRA = 1.0
"""Most weight of what one claim says of the matter beyond the other: what is so in Europe may be otherwise elsewhere. It is
lighter than any word that restricts."""
LEAST_COMMON_WEIGHT = 3.3
"""Least weight of what two articles share, subject and matter, where one usual word names the subject: "the company is
profitable" is said of thousands of companies."""
LEAST_NEARBY, LEAST_OF_A_KIND = 5.5, 2.4
"""The same where figures differ, and the word's own: `reform` and `dam` have it, `company` and `bank` do not."""
COMMON_POINTING_WEIGHT = 1.5
"""Weight of a direction there: whatever is, is said to be large, safe or profitable."""
NAMELESS_WINDOW = timedelta(days=14)
"""Two articles further apart than this mean another thing by such a word: another dam, another suspect."""
POINTING_WEIGHT = 2.0
"""Weight of a word that points a direction, beside terms: that of a usual word."""
STATE_WINDOW = timedelta(days=365)
"""Two articles further apart than this may both be right about a state: a company grows, a law changes."""
EVENT_WINDOW = timedelta(days=4)
"""The same for what happens: prices and counts of the day are news of the day."""
BY_SHORT_NAME, BY_HOLDER, BY_NAME, BY_ENTITY = 0.8, 0.85, 0.9, 1.0
"""How sure it is that two claims have one subject: by a shorter form of its name in the same article ("the dam"), by the
speaker whom a pronoun may mean, by its words, by its entity."""

_NO_NAMES = frozenset(("", "i", "we", "he", "she", "it", "they", "there", "this", "that"))


def subject_certainty(ours: ClaimFeatures, theirs: ClaimFeatures) -> float:
    """How sure it is that both speak of one subject; 0 where they do not, or of a part of it (`some models`).

    A subject narrowed by a degree or a direction (`the smallest model`) is another one.
    """
    a, b = ours.subject, theirs.subject
    if have_different_subjects(ours, theirs) or a.is_partial or b.is_partial:
        return 0.0
    if a.entity_id is not None and a.entity_id == b.entity_id:
        return BY_ENTITY if a.narrowing == b.narrowing else 0.0
    if a.signed and a.signed == b.signed:
        return BY_NAME
    if _may_stand_for(a, b) or _may_stand_for(b, a):
        return BY_HOLDER
    is_shortened = ours.document_id == theirs.document_id and (_is_short_for(a, b) or _is_short_for(b, a))
    return BY_SHORT_NAME if is_shortened else 0.0


def subject_name(ours: ClaimFeatures, theirs: ClaimFeatures) -> str:
    """The words for the common subject: of the first that names it; nothing where pronouns stand for it on both sides."""
    texts = (side.subject.text for side in (ours, theirs))
    return next((text for text in texts if text.casefold() not in _NO_NAMES), "")


def is_specific(ours: ClaimFeatures, theirs: ClaimFeatures, certainty: float) -> bool:
    """Whether what two articles share is more than one usual word and what is said of thousands of such things."""
    if ours.document_id == theirs.document_id or is_one_thing(ours, certainty):
        return True
    if not within(NAMELESS_WINDOW, ours, theirs):
        return False
    shared = ours.terms.keys() & theirs.terms.keys()
    matters = {pointing.matter for pointing in ours.pointings} & {pointing.matter for pointing in theirs.pointings}
    weight = sum(term_weight(term) for term in shared - matters) + COMMON_POINTING_WEIGHT * len(matters)
    return weight >= LEAST_COMMON_WEIGHT


def is_one_thing(claim: ClaimFeatures, certainty: float) -> bool:
    """Whether the subject is one thing wherever it is named so: "revenue" and "shares" are everybody's."""
    return certainty == BY_ENTITY or len(claim.subject.terms) > 1


def is_one_nearby(ours: ClaimFeatures, theirs: ClaimFeatures) -> bool:
    """Whether a thing without a name is one: in one article, or in news of the same days where no usual word says it.

    "The reform will save 3 billion a year" is of one reform, "the company sold 200 shops" of any company.
    """
    if ours.document_id == theirs.document_id:
        return True
    is_definite = ours.subject.is_definite and theirs.subject.is_definite
    if not is_definite or not within(EVENT_WINDOW, ours, theirs) or None in (ours.published_at, theirs.published_at):
        return False
    weight = sum(term_weight(term) for term in ours.terms.keys() & theirs.terms.keys())
    return weight >= LEAST_NEARBY and sum(map(term_weight, ours.subject.terms)) >= LEAST_OF_A_KIND


def says_more(ours: Mapping[str, float], theirs: Mapping[str, float]) -> bool:
    """Whether one side says of the matter what the other does not."""
    return sum(weight for term, weight in ours.items() if term not in theirs) > LARGEST_EXTRA


def of_one_matter(ours: Mapping[str, float], theirs: Mapping[str, float]) -> bool:
    """Whether neither side narrows the matter by words that the other has not."""
    return not says_more(ours, theirs) and not says_more(theirs, ours)


def matter_share(ours: ClaimFeatures, theirs: ClaimFeatures) -> float:
    """Share of the words about the matter; 1 where neither has any beside what is disputed."""
    return weighted_share(ours.matter, theirs.matter) if ours.matter or theirs.matter else 1.0


def other_directions(claim: ClaimFeatures, disputed: Pointing | None = None) -> set[tuple[str, int]]:
    """Directions that a claim takes beside the disputed one."""
    return {(pointing.matter, pointing.sign) for pointing in claim.pointings if pointing is not disputed}


def are_parted_by_time(ours: ClaimFeatures, theirs: ClaimFeatures) -> bool:
    """Whether the claims are known to speak of two times: dates or weekdays that do not meet, what is to come and what is.

    What happened after an article was written does not dispute it.
    """
    if times_conflict(ours.times, theirs.times) or (ours.days and theirs.days and ours.days.isdisjoint(theirs.days)):
        return True
    if _is_to_come(ours) != _is_to_come(theirs) or "pluperfect" in (ours.tense, theirs.tense):
        return True
    return _came_after(ours, theirs) or _came_after(theirs, ours)


def at_one_time(ours: ClaimFeatures, theirs: ClaimFeatures) -> bool:
    """Whether both speak of one time: a state within a year, an event within days. An undated event is open."""
    is_state = ours.says_what_is and theirs.says_what_is  # "is falling" and "was closed" are none
    if bool(ours.times) != bool(theirs.times) and not is_state:
        return False
    if not (_all_meet(ours.times, theirs.times) and _all_meet(theirs.times, ours.times)):
        return False  # "rose on Wednesday, after the fall of Monday" is not of Monday
    if ours.times or is_state:
        return within(STATE_WINDOW, ours, theirs)  # times that do not overlap were ruled out before
    are_dated = ours.published_at is not None and theirs.published_at is not None
    return are_dated and within(EVENT_WINDOW, ours, theirs)


def within(window: timedelta, ours: ClaimFeatures, theirs: ClaimFeatures) -> bool:
    """Whether the articles were published within a window of each other; one without a date is taken to be."""
    if ours.published_at is None or theirs.published_at is None:
        return True
    return abs(ours.published_at - theirs.published_at) <= window


def _all_meet(ours: Sequence[tuple[date, date]], theirs: Sequence[tuple[date, date]]) -> bool:
    """Whether every time of one side overlaps one of the other; so where either names none."""
    return not theirs or all(any(a[0] <= b[1] and b[0] <= a[1] for b in theirs) for a in ours)


def _may_stand_for(pronoun: Subject, named: Subject) -> bool:
    """Whether the speaker whom an open pronoun may mean is what the other claim is about: "it did not", the army said."""
    if pronoun.holder_id is not None and pronoun.holder_id == named.entity_id:
        return True
    return bool(pronoun.holder_terms) and pronoun.holder_terms == named.terms


def _is_short_for(short: Subject, full: Subject) -> bool:
    """Whether one names in short what the other names in full: "the dam", "the Helmar dam"."""
    is_part = bool(short.terms) and short.signed < full.signed and short.head is not None and short.head == full.head
    return is_part and short.is_definite and short.narrowing == full.narrowing


def _is_to_come(claim: ClaimFeatures) -> bool:
    return claim.tense == "future" or claim.modality == "planned"


def _came_after(ours: ClaimFeatures, theirs: ClaimFeatures) -> bool:
    """Whether all that one claim speaks of came after the other was published, which does not look ahead."""
    if not ours.times or theirs.published_at is None or _is_to_come(theirs):
        return False
    return all(earliest > theirs.published_at.date() for earliest, _ in ours.times)
