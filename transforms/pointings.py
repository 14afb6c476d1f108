"""Which way a claim points on a matter: `safer`, `outperforms`, `opposes`."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from transforms.terms import CompareLexicon, Word, read_words, split_words


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


def held_stance_of(claim: Mapping[str, Any], pointings: Sequence[Pointing], lexicon: CompareLexicon) -> Pointing | None:
    """The stance in the words that stand before a held phrase in `resolved_text`, where it is the first direction there."""
    if not pointings:
        return None
    words, resolved = split_words(claim["text"]), split_words(claim["resolved_text"] or "")
    lead = len(resolved) - len(words)
    if lead <= 0 or resolved[lead:] != words:
        return None
    printed = {word.surface for word in read_words(" ".join(resolved[:lead]), lexicon) if word.direction is not None}
    first = pointings[0]
    return first if first.matter == "stance" and first.words in printed else None


def pointings_of(words: Sequence[Word], content: Container[Word], lexicon: CompareLexicon) -> tuple[Pointing, ...]:
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


def is_held(claim: Mapping[str, Any]) -> bool:
    """Whether a claim is a phrase that a speaker holds, without a subject of its own: "(opposes) the sale"."""
    return bool(claim["speaker"]) and not claim["subject"]


def signed(word: Word) -> str:
    """The term of a word with the side that it takes: `openness+1`."""
    return f"{word.term}{word.direction.sign:+d}" if word.direction else word.term
