"""What comparison needs to know of one claim: its terms, its subject, its matter, its figures, its direction."""

from calendar import day_name, month_name
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from itertools import takewhile
from typing import Any

from transforms.figure_match import Figure, read_figures, read_times
from transforms.pointings import Pointing, held_stance_of, is_held, pointings_of
from transforms.statement_parts import (
    named_clause,
    numbers_in,
    opening_of,
    roles_of,
    superlatives_of,
    tense_of,
    times_named,
)
from transforms.subjects import CARRYING, Subject, read_subject
from transforms.terms import CompareLexicon, Word, read_words, term_weight

STATES = frozenset(("be", "have", "contain", "feature", "comprise", "cost", "boast", "remain", "presence"))
"""Predicates of a state; `presence` stands for include and contain."""

RUN, LETTERS = 4, 3
"""Words in a run of words, and letters in a run of letters."""

_CALENDAR = frozenset(name.casefold() for name in (*day_name, *month_name) if name)

_SENTENCE_END = ' .!?"”'


class ClaimFeatures:
    """One claim, taken apart; each part when it is first asked for, since most pairs are dismissed by a few of them."""

    def __init__(self, claim: Mapping[str, Any], lexicon: CompareLexicon) -> None:
        """`claim`: a row of the frame that `compare.relate_claims` takes."""
        self._claim, self._lexicon = claim, lexicon
        self.claim_id: str = claim["claim_id"]
        self.document_id: str = claim["document_id"]
        self.page_id: str = claim["page_id"]
        self.text: str = claim["text"]
        self.speaker: str | None = claim["speaker_id"] or claim["speaker"]
        self.published_at: datetime | None = claim["published_at"]
        self.modality: str = claim["modality"]
        self.is_negated: bool = claim["is_negated"]

    @cached_property
    def _all(self) -> tuple[Word, ...]:
        return read_words(self._claim["resolved_text"] or self.text, self._lexicon)

    @cached_property
    def _content(self) -> Mapping[Word, None]:
        """The words that carry matter, in order."""
        values = frozenset(figure.value for figure in self.figures)
        return dict.fromkeys(word for word in self._all if word.role in CARRYING and not _is_figure(word, values))

    @cached_property
    def _sides(self) -> tuple[list[Word], list[Word]]:
        return _split_at_than(self.words)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """All words up to a clause that explains."""
        return tuple(takewhile(lambda word: word.role != "clause_opener", self._all))

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Its figures, sorted."""
        return read_figures(self._claim["quantities"])

    @cached_property
    def times(self) -> tuple[tuple[date, date], ...]:
        """The periods that it names."""
        return read_times(self._claim["times"])

    @cached_property
    def entities(self) -> frozenset[str]:
        """Ids of the entities that it names."""
        return frozenset(self._claim["entity_ids"] or ())

    @cached_property
    def terms(self) -> Mapping[str, float]:
        """Weight of each word that carries matter."""
        return _weighted(self._content)

    @cached_property
    def wording(self) -> frozenset[str]:
        """Terms of all words."""
        return frozenset(word.term for word in self._all)

    @cached_property
    def spelled(self) -> str:
        """The letters of all terms, in order."""
        return " ".join(word.term for word in self._all)

    @cached_property
    def in_context(self) -> tuple[str, ...]:
        """Terms of the sentence around it, or its own where it is longer, in order."""
        sentence = read_words((self._claim["sentence"] or "").rstrip(_SENTENCE_END), self._lexicon)
        return tuple(word.term for word in max((self._all, sentence), key=len))

    @cached_property
    def context(self) -> Counter[str]:
        """How often each of these terms is there."""
        return Counter(self.in_context)

    @cached_property
    def runs(self) -> Counter[tuple[str, ...]]:
        """How often each run of `RUN` of them is there."""
        return _runs(self.in_context, RUN)

    @cached_property
    def letters(self) -> Counter[tuple[str, ...]]:
        """How often each run of `LETTERS` letters is in its words."""
        return _runs(self.spelled, LETTERS)

    @cached_property
    def core(self) -> tuple[str, ...]:
        """Its own terms up to a clause that explains."""
        return tuple(word.term for word in self.words)

    @cached_property
    def subject(self) -> Subject:
        """What it is about."""
        return read_subject(self._claim, self._content, self._lexicon)

    @cached_property
    def matter(self) -> Mapping[str, float]:
        """Weight of what is said of the subject, up to a clause that explains it."""
        subject, content = self.subject.terms, self._content
        return _weighted(word for word in self._sides[0] if word in content and word.term not in subject)

    @cached_property
    def other_side(self) -> frozenset[str]:
        """Terms after `than`."""
        return frozenset(word.term for word in self._sides[1] if word in self._content)

    @cached_property
    def predicate(self) -> frozenset[str]:
        """Terms of its predicate."""
        return _predicate_terms(self._claim["predicate"] or "", self._lexicon)

    @cached_property
    def tense(self) -> str:
        """Future, present, past, perfect, pluperfect or simple."""
        return tense_of(self._claim["predicate"] or "", self._lexicon)

    @cached_property
    def pointings(self) -> tuple[Pointing, ...]:
        """Directions that it takes."""
        return pointings_of(self.words, self._content, self._lexicon)

    @cached_property
    def held_stance(self) -> Pointing | None:
        """Direction of the words that hold a phrase ("opposes")."""
        return held_stance_of(self._claim, self.pointings, self._lexicon) if is_held(self._claim) else None

    @cached_property
    def negators(self) -> frozenset[str]:
        """Words that deny."""
        return frozenset(word.term for word in self.words if word.role == "negator")

    @cached_property
    def refusals(self) -> frozenset[str]:
        """Matters that it is against: refuses, bans, denies."""
        return frozenset(p.matter for p in self.pointings if p.kind == "stance" and p.sign < 0)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Numbers that are no figure: versions, years."""
        return frozenset(word.term for word in self._content if word.number is not None)

    @cached_property
    def superlatives(self) -> frozenset[str]:
        """Forms such as `largest`."""
        return superlatives_of(self._sides[0], self._lexicon)

    @cached_property
    def roles(self) -> frozenset[str]:
        """Parts that words of the statement play, such as `bound` (more than, at least) or `partial` (some, several)."""
        return roles_of(self.words)

    @cached_property
    def days(self) -> frozenset[str]:
        """Names of days and months, which the dates of `times` tell only where the day of writing is known."""
        return frozenset(
            word.term for word in self.words if word.role == "time" and word.surface.removesuffix("s") in _CALENDAR
        )

    @property
    def is_existential(self) -> bool:
        """Whether it says that there is something."""
        return [word.term for word in self._all[:2]] == ["there", "be"]

    @cached_property
    def is_conditional(self) -> bool:
        """Whether it names a condition."""
        return any(word.surface in ("if", "unless") for word in self._all)

    @cached_property
    def opening(self) -> "ClaimFeatures | None":
        """The same claim up to where it goes on to say something else."""
        claim = self._claim
        opening = opening_of(claim["resolved_text"] or claim["text"], claim["predicate"] or "", self._lexicon)
        if is_held(claim) and claim["is_negated"] and (claim["predicate"] or "").endswith("ing"):
            opening = claim["text"]  # "denied taking it": the denial is in the words that hold the phrase
        return _read_opening(claim, opening, self._lexicon) if opening else None

    @property
    def says_what_is(self) -> bool:
        """Whether it says what its subject is or has, not what it does: the predicate carries no matter of its own."""
        return bool(self.predicate) and self.predicate <= STATES


def read_features(claim: Mapping[str, Any], lexicon: CompareLexicon) -> ClaimFeatures:
    """Take apart one row of the frame that `compare.relate_claims` takes."""
    if called := what_it_is_called(claim, lexicon):
        claim = {**claim, "subject": called[0], "resolved_text": called[1], "predicate": "is"}
    return ClaimFeatures(claim, lexicon)


def what_it_is_called(claim: Mapping[str, Any], lexicon: CompareLexicon) -> tuple[str, str] | None:
    """Subject and clause where a held phrase says what its subject is called."""
    return named_clause(claim["text"], claim["resolved_text"] or "", lexicon) if is_held(claim) else None


def _read_opening(claim: Mapping[str, Any], opening: str, lexicon: CompareLexicon) -> ClaimFeatures:
    """Only the figures that the opening gives are its own, and the times that the rest does not name alone."""
    numbers = numbers_in(read_words(opening, lexicon))
    figures = [row for row in claim["quantities"] or () if row["value"] in numbers]
    times = times_named(claim["times"] or (), opening, claim["resolved_text"] or claim["text"])
    part = {**claim, "text": opening, "resolved_text": opening, "quantities": figures, "times": times}
    features = ClaimFeatures(part, lexicon)
    features.opening = None  # it is one
    return features


def _runs[T](parts: Sequence[T], length: int) -> Counter[tuple[T, ...]]:
    return Counter(zip(*(parts[at:] for at in range(length)), strict=False))


def content_terms(text: str, values: Iterable[float], lexicon: CompareLexicon) -> dict[str, float]:
    """Weight of each term of a text that carries matter; numbers that are among the claim's figures are left out."""
    known = frozenset(values)
    return _weighted(word for word in read_words(text, lexicon) if word.role in CARRYING and not _is_figure(word, known))


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


def _predicate_terms(text: str, lexicon: CompareLexicon) -> frozenset[str]:
    return frozenset(word.term for word in read_words(text, lexicon) if word.role in (*CARRYING, "generic", "time"))
