"""Words of a statement as weighted terms: base forms, synonyms under one name, opposites under one matter.

A term's weight depends on how rare it is in English at large, never on the articles at hand: the judgement of a pair
of claims must not change because other claims arrive.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl
from wordfreq import freq_to_zipf, get_frequency_dict, zipf_frequency

ZIPF_CEILING = 7.0
"""A word of this Zipf frequency (`of`, `and`) weighs nothing; each step down, ten times rarer, adds one."""
LIGHTEST, HEAVIEST = 0.5, 4.0
"""Bounds of a term's weight. Rarer than one word in a million weighs no more: a name must not outweigh what is said of it."""

_MOST_WORDS, _LEXICONS = 200_000, 4
"""Words that are remembered, and lexicons under which: a process has one."""

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

    def __hash__(self) -> int:
        """Words that are equal have one surface: to hash the other parts takes most of the time of a set of words."""
        return hash(self.surface)


@dataclass(frozen=True, eq=False)
class CompareLexicon:
    """The word lists that comparison rests on; phrases are kept as listed and in base forms.

    `lemmas`: irregular form → base form. `comparatives`, `superlatives`: forms that compare. `roles`: word → part it plays in
    a statement. `concepts`: phrase → the name that its synonyms share. `directions`: phrase → matter and side. `longest`: first
    word → words of the longest phrase that begins with it; `seconds`: first word → all that such phrases have in second place.
    """

    lemmas: Mapping[str, str]
    comparatives: frozenset[str]
    superlatives: frozenset[str]
    roles: Mapping[str, str]
    concepts: Mapping[tuple[str, ...], str]
    directions: Mapping[tuple[str, ...], Direction]
    longest: Mapping[str, int]
    seconds: Mapping[str, frozenset[str]]

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
        seconds: dict[str, frozenset[str]] = {}
        for phrase in (*concepts, *directions):
            longest[phrase[0]] = max(longest.get(phrase[0], 0), len(phrase))
            seconds[phrase[0]] = seconds.get(phrase[0], frozenset()) | frozenset(phrase[1:2])
        return cls(lemmas, comparatives, superlatives, roles, concepts, directions, longest, seconds)

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


@lru_cache(maxsize=60_000)  # of 25,000 claims, and of the sentences around them, each is asked for several times
def read_words(text: str, lexicon: CompareLexicon) -> tuple[Word, ...]:
    """The words of a text in order, phrases of the lexicons as one word each, longest first."""
    surfaces = split_words(text)
    alone = list(map(_words_alone(lexicon).__getitem__, surfaces))
    plain = [one.word for one in alone]
    words: list[Word] = []
    free = 0  # most words stand for themselves: what lies between the others is taken over as it is
    for at in [place for place, one in enumerate(alone) if one.may_lead_on]:
        if at < free:
            continue
        words += plain[free:at]
        length, word = _leading_on(at, surfaces, alone, lexicon)
        words.append(word)
        free = at + length
    return (*words, *plain[free:])


def marks_of(text: str, lexicon: CompareLexicon) -> frozenset[str]:
    """Matters on which words of a text may point a way, and superlatives that it may hold.

    Those of all that it may open with are among them: such a part may end within a phrase, which then is another.
    """
    surfaces = [word.surface for word in read_words(text, lexicon)]
    return frozenset().union(*filter(None, map(_marks_of_words(lexicon).__getitem__, surfaces)))


def _marks_within(phrase: str, lexicon: CompareLexicon) -> frozenset[str]:
    surfaces = phrase.split()
    found = frozenset[str]()
    for at in range(len(surfaces)):
        printed, bases = _phrases_from(at, surfaces, lexicon)
        found = found.union(*(_marks(printed[:to], bases[:to], lexicon) for to in range(1, len(printed) + 1)))
        found |= _marks((surfaces[at],), (_base(surfaces[at], lexicon),), lexicon)
    return found


@dataclass(frozen=True, slots=True)
class _Alone:
    """A word by itself: what it is where no longer phrase begins with it, its base form, and what a phrase may go on with.

    Most words `may_lead_on` to nothing: no phrase begins with them, and they are no number.
    """

    word: Word
    base: str
    seconds: frozenset[str]
    number: re.Match[str] | None
    may_lead_on: bool


def _alone(surface: str, lexicon: CompareLexicon) -> _Alone:
    base = _base(surface, lexicon)
    seconds = lexicon.seconds.get(surface, frozenset()) | lexicon.seconds.get(base, frozenset())
    _, word = _phrase_at(0, [surface], lexicon)
    number = None if word.number is None else _NUMBER.fullmatch(surface)
    return _Alone(word, base, seconds, number, bool(seconds) or number is not None)


class _Remembered[T](dict[str, T]):
    """What a function makes of words, by word: a look here takes a third of what a cached function takes."""

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> T:
        if len(self) >= _MOST_WORDS:
            self.clear()
        made = self[word] = self._make(word)
        return made


@lru_cache(maxsize=_LEXICONS)
def _words_alone(lexicon: CompareLexicon) -> Mapping[str, _Alone]:
    return _Remembered(lambda surface: _alone(surface, lexicon))


@lru_cache(maxsize=_LEXICONS)
def _marks_of_words(lexicon: CompareLexicon) -> Mapping[str, frozenset[str]]:
    return _Remembered(lambda phrase: _marks_within(phrase, lexicon))


def _marks(said: tuple[str, ...], phrase: tuple[str, ...], lexicon: CompareLexicon) -> frozenset[str]:
    """The matter that a phrase points a way on, and the phrase where it stands for a superlative or a rank."""
    directions = (lexicon.directions.get(said), lexicon.directions.get(phrase))
    roles = {lexicon.roles.get(name) for name in (said[0], phrase[0], lexicon.concepts.get(phrase, ""))}
    is_first = "rank" in roles or said[0] in lexicon.superlatives or said[0] == "most"
    return frozenset(found.matter for found in directions if found) | frozenset([" ".join(said)] * is_first)


def _leading_on(at: int, surfaces: Sequence[str], alone: Sequence[_Alone], lexicon: CompareLexicon) -> tuple[int, Word]:
    """The phrase, number or word that begins here, and how many words it takes."""
    one = alone[at]
    if at + 1 < len(surfaces) and (surfaces[at + 1] in one.seconds or alone[at + 1].base in one.seconds):
        return _phrase_at(at, surfaces, lexicon)
    return (1, one.word) if one.number is None else _number_at(at, surfaces, one.number)


@lru_cache(maxsize=200_000)
def _base(surface: str, lexicon: CompareLexicon) -> str:
    return lexicon.lemmas.get(surface) or base_form(surface)


def _phrases_from(at: int, surfaces: Sequence[str], lexicon: CompareLexicon) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """As many words from a place on as a phrase may have, as they are printed and in base forms."""
    surface, base = surfaces[at], _base(surfaces[at], lexicon)
    longest = max(lexicon.longest.get(surface, 0), lexicon.longest.get(base, 0))
    printed = tuple(surfaces[at : at + longest])
    return printed, tuple(_base(word, lexicon) for word in printed)


def _phrase_at(at: int, surfaces: Sequence[str], lexicon: CompareLexicon) -> tuple[int, Word]:
    surface, base = surfaces[at], _base(surfaces[at], lexicon)
    printed, bases = _phrases_from(at, surfaces, lexicon)
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
