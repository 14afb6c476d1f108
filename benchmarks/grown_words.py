"""Words exchanged for others of the same length and about the same frequency, so that every span keeps its place.

A text becomes pieces: what stays (marks, function words, cues, units, words of time, what the catalogue lists), and what is
exchanged. A content word gives way to one of wordfreq's list of English with the same length, ending and magnitude of rank; a
word of a name to one made of consonants and vowels; a figure to one of as many digits; a year moves with the publication.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import cycle
from math import log2
from random import Random

from spacy.lang.en.stop_words import STOP_WORDS
from wordfreq import top_n_list

EXCHANGED = 0.8
"""Share of the content words of an article that are exchanged, each wherever it stands: two copies of one article then share
few runs of five words, and are no near-copies of each other."""
SHORTEST = 4
"""Letters of the shortest content word."""
YEAR_DIGITS = 4
KEPT, WORD, NAME, FIGURE, YEAR = range(5)

_LISTED = 60_000
_TOKEN = re.compile(r"[^\W_]+")
_ENDINGS = ("ing", "ed", "ly", "es", "s")
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"

Piece = tuple[int, str]
"""Kind and text."""


@cache
def _ranks() -> dict[str, int]:
    words = (word for word in top_n_list("en", _LISTED) if word.isascii() and word.isalpha())
    return {word: rank for rank, word in enumerate(words) if len(word) >= SHORTEST and word not in STOP_WORDS}


def _band(word: str) -> tuple[int, str, int]:
    """Words of one band may stand for each other."""
    ending = next((ending for ending in _ENDINGS if word.endswith(ending)), "")
    return len(word), ending, int(log2(_ranks().get(word, _LISTED) + 1_000))


@cache
def _bands() -> dict[tuple[int, str, int], tuple[str, ...]]:
    found: dict[tuple[int, str, int], list[str]] = {}
    for word in _ranks():
        found.setdefault(_band(word), []).append(word)
    return {band: tuple(words) for band, words in found.items()}


@lru_cache(maxsize=1 << 16)
def _others(word: str) -> tuple[str, ...]:
    return _bands().get(_band(word), (word,))


def other_word(word: str, random: Random) -> str:
    """A word for the word, in its letters' case."""
    others = _others(word.lower())
    other = others[int(random.random() * len(others))]
    return other if word.islower() else other.capitalize() if word.istitle() else other.upper()


@lru_cache(maxsize=1 << 18)
def other_name(word: str, cast: int) -> str:
    """A word for a word of a name: the same for all articles with one cast, and for all its cases."""
    digest = blake2b(f"{cast} {word.lower()}".encode(), digest_size=len(word)).digest()
    turns = cycle((_CONSONANTS, _VOWELS) if digest[0] % 3 else (_VOWELS, _CONSONANTS))
    made = "".join(letters[digit % len(letters)] for letters, digit in zip(turns, digest, strict=False))
    return made.upper() if word.isupper() else made.capitalize()


def other_figure(digits: str, random: Random) -> str:
    """As many digits, the first of them no 0 where it was none; noughts alone stay."""
    if not digits.strip("0"):
        return digits
    first = digits[0] if digits[0] == "0" else str(random.randint(1, 9))
    return first + "".join(random.choice("0123456789") for _ in digits[1:])


def exchanged(pieces: Iterable[Piece], random: Random, cast: int, years: int) -> list[str]:
    """What each of an article's pieces becomes in a copy: names are the cast's, and years so many later."""
    texts: list[str] = []
    for kind, text in pieces:
        if kind == WORD:
            texts.append(other_word(text, random) if random.random() < EXCHANGED else text)
        elif kind == NAME:
            texts.append(other_name(text, cast))
        elif kind == FIGURE:
            texts.append(other_figure(text, random))
        else:
            texts.append(f"{int(text) + years:04}" if kind == YEAR else text)
    return texts


def tokens(text: str) -> list[tuple[int, int, str]]:
    """Start, end and text of each run of letters and digits."""
    return [(*found.span(), found.group()) for found in _TOKEN.finditer(text)]


def kind_of(token: str, lies_in: int, names: frozenset[str], kept: frozenset[str]) -> int:
    """The kind of a token: by what it lies in, a figure, a time or what is kept; where that is nothing (-1), by its letters."""
    if lies_in in (FIGURE, YEAR):
        is_exchanged = token.isascii() and token.isdecimal() and (lies_in == FIGURE or len(token) == YEAR_DIGITS)
        return lies_in if is_exchanged else KEPT
    if lies_in == KEPT:
        return KEPT
    if token in names:
        return NAME
    is_word = len(token) >= SHORTEST and token.isascii() and token.isalpha() and token.lower() not in kept
    return WORD if is_word and (token.islower() or token.istitle() or token.isupper()) else KEPT


def is_of_name(token: str) -> bool:
    """Whether a token of a mention is exchanged: it begins with a capital, and is more than an initial."""
    return len(token) > 1 and token.isascii() and token.isalpha() and token[0].isupper()


def kept_words(cues: Sequence[str]) -> frozenset[str]:
    """Words that carry grammar or attribution, in small letters."""
    return frozenset(STOP_WORDS) | {token.lower() for cue in cues for _, _, token in tokens(cue)}
