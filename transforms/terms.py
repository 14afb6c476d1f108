"""Words of a statement as weighted terms: base forms, synonyms under one name, opposites under one matter.

A term's weight depends on how rare it is in English at large, never on the articles at hand: the judgement of a pair
of claims must not change because other claims arrive.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl
from wordfreq import freq_to_zipf, get_frequency_dict, zipf_frequency

ZIPF_CEILING = 7.0
"""A word of this Zipf frequency (`of`, `and`) weighs nothing; each step down, ten times rarer, adds one."""
LIGHTEST, HEAVIEST = 0.5, 4.0
"""Bounds of a term's weight. Rarer than one word in a million weighs no more: a name must not outweigh what is said of it."""

_WORD = re.compile(r"(?:[a-z]\.){2,}|\d+(?:[.,]\d+)*[a-z]*|[^\W\d_]+(?:'[^\W\d_]+)*")
_MARKS = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'"})
_MAGNITUDES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9, "trillion": 1e12}
_NUMBER = re.compile(r"(\d+(?:,\d{3})*(?:\.\d+)?)(k|m|mn|bn|s|st|nd|rd|th)?")


@dataclass(frozen=True, slots=True)
class Direction:
    """Which way a word points on a matter: `sign` is 1 or -1, `kind` is comparison, change, quality, stance or reversal.

    A reversal undoes an act (`hire`, `fire`): both can have happened, one after the other.
    """

    matter: str
    sign: int
    kind: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase of a statement: `term` is its name for comparison, `role` is set for words that carry no matter."""

    surface: str
    term: str
    role: str | None = None
    direction: Direction | None = None
    number: float | None = None


@dataclass(frozen=True, eq=False)
class CompareLexicon:
    """The word lists that comparison rests on; phrases are kept as listed and in base forms.

    `lemmas`: irregular form → base form. `comparatives`, `superlatives`: forms that compare. `roles`: word → part it plays in
    a statement. `concepts`: phrase → the name that its synonyms share. `directions`: phrase → matter and side. `longest`: first
    word → words of the longest phrase that begins with it.
    """

    lemmas: Mapping[str, str]
    comparatives: frozenset[str]
    superlatives: frozenset[str]
    roles: Mapping[str, str]
    concepts: Mapping[tuple[str, ...], str]
    directions: Mapping[tuple[str, ...], Direction]
    longest: Mapping[str, int]

    @classmethod
    def from_frames(cls, frames: Mapping[str, pl.DataFrame]) -> "CompareLexicon":
        """Build from the frames `compare_forms`, `compare_words`, `compare_synonyms`, `compare_directions`.

        Raises KeyError naming the frame or column that is missing. Of two rows for one phrase the first counts.
        """
        forms = frames["compare_forms"]
        lemmas: dict[str, str] = dict(forms.select("form", "lemma").iter_rows())
        comparatives, superlatives = (
            frozenset(forms.filter(pl.col("reason").str.ends_with(degree))["form"]) for degree in ("comparative", "superlative")
        )
        synonyms = frames["compare_synonyms"].select("phrase", "concept").iter_rows()
        pointers = frames["compare_directions"].select("phrase", "matter", "direction", "kind").iter_rows()
        concepts: dict[tuple[str, ...], str] = _by_phrase(synonyms, lemmas)
        directions = _by_phrase(((phrase, Direction(*rest)) for phrase, *rest in pointers), lemmas)
        roles = dict(frames["compare_words"].select("word", "role").iter_rows())
        longest: dict[str, int] = {}
        for phrase in (*concepts, *directions):
            longest[phrase[0]] = max(longest.get(phrase[0], 0), len(phrase))
        return cls(lemmas, comparatives, superlatives, roles, concepts, directions, longest)

    def grades(self, word: str) -> bool:
        """Whether a form is a comparative or a superlative."""
        return word in self.comparatives or word in self.superlatives


def _by_phrase[T](rows: Iterable[tuple[str, T]], lemmas: Mapping[str, str]) -> dict[tuple[str, ...], T]:
    """Phrase → what it stands for, as listed and in base forms; a listed form counts before a base form (`closed`: `close`)."""
    listed: dict[tuple[str, ...], T] = {}
    inflected: dict[tuple[str, ...], T] = {}
    for phrase, meaning in rows:
        words = split_words(phrase)
        listed.setdefault(tuple(words), meaning)
        inflected.setdefault(tuple(lemmas.get(word) or base_form(word) for word in words), meaning)
    return inflected | listed


def split_words(text: str) -> list[str]:
    """Words and numbers in lower case; `-` parts compounds, `n't` becomes `not`, possessive endings go."""
    folded = (text if text.isascii() else text.translate(_MARKS)).casefold().replace("cannot", "can not")
    if "'" not in folded:
        return _WORD.findall(folded)
    words = []
    for word in _WORD.findall(folded.replace("can't", "can not").replace("won't", "will not").replace("n't", " not")):
        stem, _, ending = word.partition("'")
        words.append(stem)
        if ending not in ("", "s"):
            words.append(ending)
    return words


@lru_cache(maxsize=200_000)
def base_form(word: str) -> str:
    """The base form of a regularly inflected English word: the most frequent candidate, if it is about as frequent."""
    candidates = [c for c in _shorter_forms(word) if len(c) > 2 and re.search("[aeiouy]", c)]
    if not candidates:
        return word
    best = max(candidates, key=lambda c: (_zipf(c), c))
    # A rare candidate is an accident of spelling (`texas`: `texa`); one and a half steps rarer than the form is still usual.
    return best if _zipf(best) >= max(2.0, _zipf(word) - 1.5) else word


def _shorter_forms(word: str) -> list[str]:
    if word.endswith("ies") and len(word) > 4:
        return [word[:-3] + "y", word[:-1]]
    if word.endswith("ied") and len(word) > 4:
        return [word[:-3] + "y", word[:-1]]
    if word.endswith(("ches", "shes", "sses", "xes", "zes", "oes")):
        return [word[:-2], word[:-1]]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return [word[:-1]]
    for suffix in ("ing", "ed"):
        if word.endswith(suffix) and len(word) > len(suffix) + 2:
            stem = word[: -len(suffix)]
            undoubled = [stem[:-1]] if stem[-1] == stem[-2] and stem[-1] not in "lsz" else []
            return [stem, stem + "e", *undoubled] + ([stem[:-1]] if stem.endswith("ll") else [])
    return []


@lru_cache(maxsize=200_000)
def term_weight(term: str) -> float:
    """How much a shared term says: 0.5 for the commonest words, 4.0 for rare ones and names."""
    if term[0].isdigit():
        return 2.0  # wordfreq gives digits by their shape only; a number that is no figure is a version, a model or a year
    return min(HEAVIEST, max(LIGHTEST, ZIPF_CEILING - _zipf(term)))


def _zipf(word: str) -> float:
    """Zipf frequency of a word of English; 0 for one that is not listed."""
    if not (word.isascii() and word.isalpha()):
        return float(zipf_frequency(word, "en"))
    # One plain word needs none of the splitting and folding that takes most of `zipf_frequency`.
    frequency = get_frequency_dict("en", "best").get(word, 0.0)
    return round(freq_to_zipf(frequency), 2) if frequency else 0.0


@lru_cache(maxsize=20_000)
def read_words(text: str, lexicon: CompareLexicon) -> tuple[Word, ...]:
    """The words of a text in order, phrases of the lexicons as one word each, longest first."""
    surfaces = split_words(text)
    words: list[Word] = []
    at = 0
    while at < len(surfaces):
        length, word = 1, _single(surfaces[at], lexicon)
        if word is None:
            length, word = _phrase_at(at, surfaces, lexicon)
        words.append(word)
        at += length
    return tuple(words)


@lru_cache(maxsize=200_000)
def _single(surface: str, lexicon: CompareLexicon) -> Word | None:
    """A word by itself; None where it is a number or a phrase may begin with it."""
    base = _base(surface, lexicon)
    if surface in lexicon.longest or base in lexicon.longest or surface[0].isdigit():
        return None
    return Word(surface, base, role=lexicon.roles.get(surface) or lexicon.roles.get(base))


@lru_cache(maxsize=200_000)
def _base(surface: str, lexicon: CompareLexicon) -> str:
    return lexicon.lemmas.get(surface) or base_form(surface)


def _phrase_at(at: int, surfaces: Sequence[str], lexicon: CompareLexicon) -> tuple[int, Word]:
    surface, base = surfaces[at], _base(surfaces[at], lexicon)
    longest = max(lexicon.longest.get(surface, 0), lexicon.longest.get(base, 0))
    printed = tuple(surfaces[at : at + longest])
    bases = (base, *(_base(word, lexicon) for word in printed[1:])) if longest else ()
    for length in range(len(printed), 0, -1):
        if length == 1 and surface in lexicon.roles:
            break  # "least" is no form of "little"
        said, phrase = printed[:length], bases[:length]
        if direction := lexicon.directions.get(said) or lexicon.directions.get(phrase):
            return length, Word(" ".join(said), direction.matter, direction=direction)
        if concept := lexicon.concepts.get(phrase):
            return length, Word(" ".join(said), concept, role=lexicon.roles.get(concept))
    if number := _NUMBER.fullmatch(surface):
        return _number_at(at, surfaces, number)
    return 1, Word(surface, base, role=lexicon.roles.get(surface) or lexicon.roles.get(base))


def _number_at(at: int, surfaces: Sequence[str], number: re.Match[str]) -> tuple[int, Word]:
    digits = number[1].replace(",", "")
    if (number[2] or "") in _MAGNITUDES:
        return 1, Word(surfaces[at], digits, number=float(digits) * _MAGNITUDES[number[2]])
    if at + 1 < len(surfaces) and surfaces[at + 1] in _MAGNITUDES:
        return 2, Word(" ".join(surfaces[at : at + 2]), digits, number=float(digits) * _MAGNITUDES[surfaces[at + 1]])
    return 1, Word(surfaces[at], digits, number=float(digits))
