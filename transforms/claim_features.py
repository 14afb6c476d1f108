"""What comparison needs to know of one claim: its terms, its subject, its matter, its figures, its direction."""

from calendar import day_name, month_name
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile
from typing import Any

from transforms.figure_match import Figure, read_figures, read_times
from transforms.statement_parts import (
    named_clause,
    numbers_in,
    opening_of,
    roles_of,
    superlatives_of,
    tense_of,
    times_named,
    without_numbers,
)
from transforms.terms import CompareLexicon, Word, read_words, split_words, term_weight

STATES = frozenset(("be", "have", "contain", "feature", "comprise", "cost", "boast", "remain", "presence"))
"""Predicates of a state; `presence` stands for include and contain."""

_CARRYING = frozenset((None, "criterion", "rank"))
"""Roles of words that carry matter: none, and those that a rule of their own asks for."""
_OPEN_PRONOUNS = frozenset(("i", "we", "he", "she", "it", "they"))
_CALENDAR = frozenset(name.casefold() for name in (*day_name, *month_name) if name)

_SENTENCE_END = ' .!?"”'
_BREAKS_A_NAME = ("link", "bound", "clause_opener", "than")


@dataclass(frozen=True, slots=True)
class Pointing:
    """A word that points one way on a matter: `sign` 1 or -1; `is_graded` where it says more or less, not simply so.

    `before` and `after` hold the terms on either side of it, with their direction: the sides of a comparison, whatever the
    parse made of them.
    """

    matter: str
    sign: int
    kind: str
    is_graded: bool
    words: str
    before: frozenset[str]
    after: frozenset[str]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a claim is about. `terms` is empty where an open pronoun says it; `signed` tells `open` from `closed`.

    `narrowing`: words that pick one of several things of a name: directions, degrees, superlatives. `holder_id` and
    `holder_terms`: the speaker, where an open pronoun or nothing stands for the subject: "the army said it did not".
    `counted`: its terms without the number, where it gives one ("300 protesters", "no exit"). `is_definite`: `the` opens it.
    """

    entity_id: str | None
    text: str
    head: str | None
    terms: frozenset[str]
    signed: frozenset[str]
    narrowing: frozenset[str]
    is_partial: bool
    holder_id: str | None
    holder_terms: frozenset[str]
    counted: frozenset[str]
    is_definite: bool


@dataclass(frozen=True, slots=True)
class ClaimFeatures:
    """One claim, taken apart.

    `terms`: weight of each word that carries matter. `wording`: terms of all words, `spelled` their letters in order, `context`
    the terms of the sentence around it, or its own where it is longer, in order; `core` its own up to a clause that explains.
    `matter`: weight of what is said of the subject, up to a clause that explains it. `other_side`: terms after `than`.
    `negators`: words that deny. `refusals`: matters that it is against: refuses, bans, denies. `numbers`: those that are no
    figure: versions, years. `superlatives`: forms such as `largest`. `roles`: parts that words of the statement play, such
    as `bound` (more than, at least) or `partial` (some, several). `words`: all words up to a clause that explains. `tense`:
    future, present, past, perfect, pluperfect or simple. `days`: names of days and months, which the dates of
    `times` tell only where the day of writing is known. `held_stance`: direction of the words that hold a phrase ("opposes").
    `is_conditional`: it names a condition. `entities`: ids of those that it names. `opening`: the same claim up to where it
    goes on to say something else.
    """

    claim_id: str
    document_id: str
    page_id: str
    text: str
    speaker: str | None
    published_at: datetime | None
    modality: str
    is_negated: bool
    terms: Mapping[str, float]
    wording: frozenset[str]
    spelled: str
    context: tuple[str, ...]
    core: tuple[str, ...]
    negators: frozenset[str]
    refusals: frozenset[str]
    subject: Subject
    matter: Mapping[str, float]
    other_side: frozenset[str]
    predicate: frozenset[str]
    pointings: tuple[Pointing, ...]
    numbers: frozenset[str]
    figures: tuple[Figure, ...]
    superlatives: frozenset[str]
    roles: frozenset[str]
    is_existential: bool
    times: tuple[tuple[date, date], ...]
    words: tuple[Word, ...]
    tense: str
    days: frozenset[str]
    held_stance: Pointing | None
    is_conditional: bool
    entities: frozenset[str]
    opening: "ClaimFeatures | None"

    @property
    def says_what_is(self) -> bool:
        """Whether it says what its subject is or has, not what it does: the predicate carries no matter of its own."""
        return bool(self.predicate) and self.predicate <= STATES


def read_features(claim: Mapping[str, Any], lexicon: CompareLexicon) -> ClaimFeatures:
    """Take apart one row of the frame that `compare.relate_claims` takes."""
    is_held = bool(claim["speaker"]) and not claim["subject"]
    if is_held and (called := named_clause(claim["text"], claim["resolved_text"] or "", lexicon)):
        claim = {**claim, "subject": called[0], "resolved_text": called[1], "predicate": "is"}
    whole = claim["resolved_text"] or claim["text"]
    opening = opening_of(whole, claim["predicate"] or "", lexicon)
    if is_held and claim["is_negated"] and (claim["predicate"] or "").endswith("ing"):
        opening = claim["text"]  # "denied taking it": the denial is in the words that hold the phrase
    return _read(claim, lexicon, _read_opening(claim, opening, lexicon) if opening else None)


def _read_opening(claim: Mapping[str, Any], opening: str, lexicon: CompareLexicon) -> ClaimFeatures:
    """Only the figures that the opening gives are its own, and the times that the rest does not name alone."""
    numbers = numbers_in(read_words(opening, lexicon))
    figures = [row for row in claim["quantities"] or () if row["value"] in numbers]
    times = times_named(claim["times"] or (), opening, claim["resolved_text"] or claim["text"])
    part = {**claim, "text": opening, "resolved_text": opening, "quantities": figures, "times": times}
    return _read(part, lexicon, None)


def _read(claim: Mapping[str, Any], lexicon: CompareLexicon, opening: ClaimFeatures | None) -> ClaimFeatures:
    words = read_words(claim["resolved_text"] or claim["text"], lexicon)
    sentence = read_words((claim["sentence"] or "").rstrip(_SENTENCE_END), lexicon)
    figures = read_figures(claim["quantities"])
    values = frozenset(figure.value for figure in figures)
    content = dict.fromkeys(word for word in words if word.role in _CARRYING and not _is_figure(word, values))
    subject = _read_subject(claim, content, lexicon)
    core = list(takewhile(lambda word: word.role != "clause_opener", words))
    said, other_side = _split_at_than(core)
    pointings = _pointings(core, content, lexicon)
    matter = [word for word in said if word in content and word.term not in subject.terms]
    return ClaimFeatures(
        claim_id=claim["claim_id"],
        document_id=claim["document_id"],
        page_id=claim["page_id"],
        text=claim["text"],
        speaker=claim["speaker_id"] or claim["speaker"],
        published_at=claim["published_at"],
        modality=claim["modality"],
        is_negated=claim["is_negated"],
        terms=_weighted(content),
        wording=frozenset(word.term for word in words),
        spelled=" ".join(word.term for word in words),
        context=max((tuple(word.term for word in said) for said in (words, sentence)), key=len),
        core=tuple(word.term for word in core),
        negators=frozenset(word.term for word in core if word.role == "negator"),
        refusals=frozenset(p.matter for p in pointings if p.kind == "stance" and p.sign < 0),
        subject=subject,
        matter=_weighted(matter),
        other_side=frozenset(word.term for word in other_side if word in content),
        predicate=_predicate_terms(claim["predicate"] or "", lexicon),
        pointings=pointings,
        numbers=frozenset(word.term for word in content if word.number is not None),
        figures=figures,
        superlatives=superlatives_of(said, lexicon),
        roles=roles_of(core),
        is_existential=[word.term for word in words[:2]] == ["there", "be"],
        times=read_times(claim["times"]),
        words=tuple(core),
        tense=tense_of(claim["predicate"] or "", lexicon),
        days=frozenset(word.term for word in core if word.role == "time" and word.surface.removesuffix("s") in _CALENDAR),
        held_stance=_held_stance(claim, pointings, lexicon),
        is_conditional=any(word.surface in ("if", "unless") for word in words),
        entities=frozenset(claim["entity_ids"] or ()),
        opening=opening,
    )


def content_terms(text: str, values: Iterable[float], lexicon: CompareLexicon) -> dict[str, float]:
    """Weight of each term of a text that carries matter; numbers that are among the claim's figures are left out."""
    known = frozenset(values)
    return _weighted(word for word in read_words(text, lexicon) if word.role in _CARRYING and not _is_figure(word, known))


def _weighted(words: Iterable[Word]) -> dict[str, float]:
    return {word.term: term_weight(word.term) for word in words}


def _is_figure(word: Word, values: frozenset[float]) -> bool:
    number = word.number
    return number is not None and any(abs(number - value) <= 1e-9 * max(1.0, abs(value)) for value in values)


def _split_at_than(words: Sequence[Word]) -> tuple[list[Word], list[Word]]:
    for at, word in enumerate(words):
        if word.role == "than":
            return list(words[:at]), list(words[at + 1 :])
    return list(words), []


def _read_subject(claim: Mapping[str, Any], statement: Iterable[Word], lexicon: CompareLexicon) -> Subject:
    text = claim["subject"] or ""
    words = read_words(text, lexicon)
    content = [word for word in words if word.role in _CARRYING]
    if words and not content:
        # A pronoun: the words that resolving it has put into the statement name the subject.
        printed = {word.term for word in read_words(claim["text"], lexicon)}
        words = tuple(word for word in statement if word.term not in printed)
        content = list(words)
    before_link = [word for word in takewhile(lambda word: word.role not in _BREAKS_A_NAME, words) if word.role in _CARRYING]
    is_open = not content and claim["subject_id"] is None and (not text or text.casefold() in _OPEN_PRONOUNS)
    holder = read_words(claim["speaker"] or "", lexicon) if is_open else []
    return Subject(
        entity_id=claim["subject_id"],
        text=text,
        head=before_link[-1].term if before_link else None,
        terms=frozenset(word.term for word in content),
        signed=frozenset(map(signed, content)),
        narrowing=frozenset(
            word.surface
            for word in words
            if word.direction is not None or word.role in ("degree", "flipper") or lexicon.grades(word.surface)
        ),
        is_partial=any(word.role == "partial" for word in words),
        holder_id=claim["speaker_id"] if is_open else None,
        holder_terms=frozenset(word.term for word in holder if word.role in _CARRYING),
        counted=_counted(words),
        is_definite=text.casefold().startswith("the "),
    )


def _counted(words: Sequence[Word]) -> frozenset[str]:
    """Terms of what a number or `no` counts; empty where nothing is counted."""
    if not numbers_in(words) and not any(word.surface in ("no", "any") for word in words[:1]):
        return frozenset()
    return frozenset(signed(word) for word in without_numbers(words) if word.role in _CARRYING)


def _predicate_terms(text: str, lexicon: CompareLexicon) -> frozenset[str]:
    return frozenset(word.term for word in read_words(text, lexicon) if word.role in (*_CARRYING, "generic", "time"))


def _held_stance(claim: Mapping[str, Any], pointings: Sequence[Pointing], lexicon: CompareLexicon) -> Pointing | None:
    """The stance in the words that stand before a held phrase in `resolved_text`, where it is the first direction there."""
    if not claim["speaker"] or claim["subject"] or not pointings:
        return None
    words, resolved = split_words(claim["text"]), split_words(claim["resolved_text"] or "")
    lead = len(resolved) - len(words)
    if lead <= 0 or resolved[lead:] != words:
        return None
    printed = {word.surface for word in read_words(" ".join(resolved[:lead]), lexicon) if word.direction is not None}
    first = pointings[0]
    return first if first.matter == "stance" and first.words in printed else None


def _pointings(words: Sequence[Word], content: Container[Word], lexicon: CompareLexicon) -> tuple[Pointing, ...]:
    """Directions that the claim takes before `than`; `less` before such a word, or `by` after it, turns it round."""
    found = []
    for at, word in enumerate(words):
        if word.role == "than":
            break
        if word.direction is None:
            continue
        marker = words[at - 1] if at and words[at - 1].role in ("flipper", "degree") else None
        is_passive = word.direction.kind == "comparison" and at + 1 < len(words) and words[at + 1].surface == "by"
        is_turned = is_passive or (marker is not None and marker.role == "flipper")
        found.append(
            Pointing(
                matter=word.term,
                sign=-word.direction.sign if is_turned else word.direction.sign,
                kind=word.direction.kind,
                is_graded=marker is not None or word.surface in lexicon.comparatives,
                words=f"{marker.surface} {word.surface}" if marker is not None else word.surface,
                before=frozenset(signed(other) for other in words[:at] if other in content),
                after=frozenset(signed(other) for other in words[at + 1 :] if other in content),
            )
        )
    return tuple(found)


def signed(word: Word) -> str:
    """The term of a word with the side that it takes: `openness+1`."""
    return f"{word.term}{word.direction.sign:+d}" if word.direction else word.term
