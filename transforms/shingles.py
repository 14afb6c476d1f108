"""A text as a set of hashed runs of words, by which passages that two texts share are found and counted."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

SHINGLE_WORDS = 5
"""Words in a shingle. Two articles on one event share names and phrases of three words, seldom runs of five."""
KEY_WORDS, KEY_WINDOW = 8, 16
"""Words in the runs that keys are made of, and how many such runs there are to one key at least. Two texts that share a passage
of `KEY_WORDS + KEY_WINDOW - 1` words share a key, however long they are (Schleimer, Wilkerson and Aiken, Winnowing, 2003)."""

_WORD = re.compile(r"\w+")
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""Odd and without pattern: 2 ** 64 over the golden ratio (Knuth, The Art of Computer Programming, 6.4)."""
_SHIFT = np.uint64(29)

Hashes = np.ndarray[tuple[int], np.dtype[np.uint64]]
NOTHING: Hashes = np.empty(0, dtype=np.uint64)


def fold_words(text: str) -> list[str]:
    """Words without case, accents and typographic variants: what is left is the same in a copy."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        for mark in filter(unicodedata.combining, set(text)):
            text = text.replace(mark, "")
    return _WORD.findall(text.casefold())


@lru_cache(maxsize=1 << 16)
def _checksum(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass"))


def runs_of(words: Sequence[str], size: int) -> Hashes:
    """A hash of each run of so many words, in the text's order; the same on every machine."""
    checksums = np.fromiter(map(_checksum, words), np.uint64, len(words))
    runs = np.zeros(max(0, len(words) - size + 1), dtype=np.uint64)
    for start in range(size):
        runs = (runs ^ checksums[start : start + len(runs)]) * _FACTOR  # keeps the lower 64 bits
        runs ^= runs >> _SHIFT
    return runs


def distinct[Number: np.generic](numbers: NDArray[Number]) -> NDArray[Number]:
    """The numbers sorted, each once. `numpy.unique` hashes them first, which takes a hundred times as long for a million."""
    ordered = np.sort(numbers, axis=None)
    is_first = np.ones(ordered.size, np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    return ordered[is_first]


def shingle(words: Sequence[str]) -> Hashes:
    """Hashes of all runs of `SHINGLE_WORDS` words, sorted, each once."""
    return distinct(runs_of(words, SHINGLE_WORDS))


def passage_keys(words: Sequence[str]) -> Hashes:
    """Of each `KEY_WINDOW` neighbouring runs the one with the least hash, sorted, each once: a passage keeps its keys wherever
    it stands."""
    runs = runs_of(words, KEY_WORDS)
    return distinct(sliding_window_view(runs, min(KEY_WINDOW, len(runs))).min(axis=1)) if len(runs) else runs


def containment(ours: Hashes, theirs: Hashes) -> float:
    """Share of the smaller set that is in the other (Broder, On the resemblance and containment of documents, 1997)."""
    smaller = min(len(ours), len(theirs))
    return len(np.intersect1d(ours, theirs, assume_unique=True)) / smaller if smaller else 0.0


def figures_beside(ours: Sequence[str], theirs: Sequence[str]) -> tuple[int, int]:
    """How many different figures of ours stand among the same words in theirs: as they are, and replaced by another.

    What theirs has in its place must be missing in ours: the items of one list repeat their words around other figures too.
    """
    our_runs, their_runs = runs_of(ours, SHINGLE_WORDS), runs_of(theirs, SHINGLE_WORDS)
    is_kept = np.isin(our_runs, their_runs)
    their_changed = runs_of(_masked(theirs), SHINGLE_WORDS)[~np.isin(their_runs, our_runs)]
    is_changed = ~is_kept & np.isin(runs_of(_masked(ours), SHINGLE_WORDS), their_changed)
    kept, changed = set[str](), set[str]()
    for at in (at for at, word in enumerate(ours) if _is_figure(word)):
        around = slice(max(0, at - SHINGLE_WORDS + 1), at + 1)
        if is_kept[around].any():
            kept.add(ours[at])
        elif is_changed[around].any():
            changed.add(ours[at])
    return len(kept), len(changed)


def _is_figure(word: str) -> bool:
    return any(char.isdigit() for char in word)


def _masked(words: Sequence[str]) -> list[str]:
    return ["0" if _is_figure(word) else word for word in words]
