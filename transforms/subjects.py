"""What a claim is about: the words of its subject, taken apart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from transforms.pointings import signed
from transforms.statement_parts import numbers_in, without_numbers
from transforms.terms import CompareLexicon, Word, read_words

CARRYING = frozenset((None, "criterion", "rank"))
"""Roles of words that carry matter: none, and those that a rule of their own asks for."""
_OPEN_PRONOUNS = frozenset(("i", "we", "he", "she", "it", "they"))
_BREAKS_A_NAME = ("link", "bound", "clause_opener", "than")


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


def read_subject(claim: Mapping[str, Any], statement: Iterable[Word], lexicon: CompareLexicon) -> Subject:
    """What a claim is about; `statement` holds the words of it that carry matter, with what its pronouns stand for."""
    text = claim["subject"] or ""
    words = read_words(text, lexicon)
    content = [word for word in words if word.role in CARRYING]
    if words and not content:
        # A pronoun: the words that resolving it has put into the statement name the subject.
        printed = {word.term for word in read_words(claim["text"], lexicon)}
        words = tuple(word for word in statement if word.term not in printed)
        content = list(words)
    before_link = [word for word in takewhile(lambda word: word.role not in _BREAKS_A_NAME, words) if word.role in CARRYING]
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
        holder_terms=frozenset(word.term for word in holder if word.role in CARRYING),
        counted=_counted(words),
        is_definite=text.casefold().startswith("the "),
    )


def _counted(words: Sequence[Word]) -> frozenset[str]:
    """Terms of what a number or `no` counts; empty where nothing is counted."""
    if not numbers_in(words) and not any(word.surface in ("no", "any") for word in words[:1]):
        return frozenset()
    return frozenset(signed(word) for word in without_numbers(words) if word.role in CARRYING)
