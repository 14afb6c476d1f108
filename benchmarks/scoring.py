"""Scores from counts, spans and ranks. Nothing here knows what is measured."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

Span = tuple[int, int]

_WORD = re.compile(r"\w+")


def share(part: float, whole: float) -> float:
    """part / whole; 0 where there is no whole."""
    return part / whole if whole else 0.0


def f1(precision: float, recall: float) -> float:
    """Harmonic mean; 0 where both are 0."""
    return share(2 * precision * recall, precision + recall)


def f1_of(right: int, given: int, wanted: int) -> float:
    """F1 from how many are right, how many were given, how many there are."""
    return f1(share(right, given), share(right, wanted))


def shingles(text: str, size: int) -> Counter[tuple[str, ...]]:
    """Every run of so many words, in lower case, as a multiset; a shorter text is one shingle."""
    words = _WORD.findall(text.lower())
    if not words:
        return Counter()
    return Counter(tuple(words[at : at + size]) for at in range(max(1, len(words) - size + 1)))


def shingle_overlap(text: str, gold: str, size: int) -> tuple[float, float]:
    """Precision and recall of a text's shingles. Of an empty text both are 0, unless the gold is empty too: then both are 1."""
    ours, theirs = shingles(text, size), shingles(gold, size)
    if not ours and not theirs:
        return 1.0, 1.0
    shared = (ours & theirs).total()
    return share(shared, ours.total()), share(shared, theirs.total())


def shared_share(ours: Sequence[Span], theirs: Sequence[Span]) -> float:
    """Characters in both over characters in either (intersection over union); the spans of a side may overlap."""
    a = {at for start, end in ours for at in range(start, end)}
    b = {at for start, end in theirs for at in range(start, end)}
    return share(len(a & b), len(a | b))


def overlaps(ours: Span | None, theirs: Iterable[Span]) -> bool:
    """Whether a span shares a character with one of the others."""
    return ours is not None and any(ours[0] < end and start < ours[1] for start, end in theirs)


def match_one_to_one(ours: Sequence[Span], theirs: Sequence[Sequence[Span]]) -> list[tuple[int, int, float]]:
    """Pairs (our index, their index, shared share), each index once at most: the best pair first, ties by index."""
    pairs = [
        (shared_share([span], spans), i, j)
        for i, span in enumerate(ours)
        for j, spans in enumerate(theirs)
        if overlaps(span, spans)
    ]
    taken_i: set[int] = set()
    taken_j: set[int] = set()
    matched = []
    for score, i, j in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if i not in taken_i and j not in taken_j:
            taken_i.add(i)
            taken_j.add(j)
            matched.append((i, j, score))
    return matched


def average_precision(scores: Sequence[float], positive: Sequence[bool]) -> float:
    """Sum of precision times gain in recall at every distinct score, from the highest down: equal scores are one step."""
    ranked = sorted(zip(scores, positive, strict=True), key=lambda pair: -pair[0])
    total, seen, right, area = sum(positive), 0, 0, 0.0
    for _, group in groupby(ranked, key=lambda pair: pair[0]):
        step = [is_positive for _, is_positive in group]
        seen += len(step)
        right += sum(step)
        area += share(sum(step), total) * right / seen
    return area
