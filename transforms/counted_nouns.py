"""What a number counts: the noun phrase behind it, read from its words alone, without a parse.

"300 million monthly active users" counts users; "12 police officers" counts police officers. The unit is the head noun in the
singular, with the nouns before it and without adjectives, so that the same thing gets the same unit in every article.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

_MOST_MODIFIERS = 4
"""Longest run of words between number and head noun that is followed; beyond it the noun is as a rule another phrase's."""

_TOKEN = re.compile(r" +((?:[A-Z]\.){2,}|[^\W\d_](?:\w|[-'.&](?=\w))*)('(?!\w))?")
_ADJECTIVE_ENDING = re.compile(
    r"(?:[^aeiou]al|ial|ual|ous|ful|less|[a-z]{3}able|ible|ive|[^l]ic|ish|ly|ed|esque|worthy|-old|-based)$"
)
_OBJECT = re.compile(
    r" (?:[$€£¥~]?\d|(?:the|an?|this|that|his|her|its|their|our|my|your|no|him|them|us|me|it"
    r"|nothing|something|everything|anything|more than|less than|about|around|only|up to|at least)\b)"
)
"""What only a verb in -s has behind it, not a plural: its object."""
_NO_PLURAL_ENDING = ("ss", "us", "sis", "xis", "itis")
_PLURAL_ENDINGS = (
    (re.compile(r"([^aeiou])ies$"), r"\1y"),
    (re.compile(r"(sh|ch|ss|x|zz|o)es$"), r"\1"),
    (re.compile(r"s$"), ""),
)


@dataclass(frozen=True, slots=True)
class Noun:
    """A counted noun phrase that ends at `end`; `unit` is its head in the singular."""

    end: int
    unit: str


@dataclass(frozen=True, slots=True)
class CountWords:
    """Words that end, describe or head a counted noun phrase, by role. `irregular` and `spelling` give singulars."""

    boundaries: frozenset[str]
    adjectives: frozenset[str]
    singulars: frozenset[str]
    labels: frozenset[str]
    irregular: Mapping[str, str]
    spelling: Mapping[str, str]

    @classmethod
    def from_frame(cls, frame: pl.DataFrame) -> "CountWords":
        """Builds the words from a frame with columns word, role, lemma (seeds/lexicons/count_words.csv)."""
        roles: dict[str, dict[str, str]] = {}
        for word, role, lemma in frame.select("word", "role", "lemma").iter_rows():
            roles.setdefault(role, {})[word] = lemma or ""
        return cls(
            boundaries=frozenset(roles["boundary"]),
            adjectives=frozenset(roles["adjective"]),
            singulars=frozenset(roles["singular"]),
            labels=frozenset(roles["label"]),
            irregular=roles["plural"],
            spelling=roles["lemma"],
        )

    def is_plural(self, word: str) -> bool:
        """Whether the word reads as a plural noun: an irregular one, or one that ends in -s and is no known singular.

        A name in -is (Paris, Davis) is none.
        """
        lower = word.lower()
        if word in self.irregular or lower in self.irregular or lower in self.spelling:
            return True
        if (
            len(lower) < 3
            or "." in lower
            or not lower.endswith("s")
            or lower in self.singulars
            or lower.endswith(_NO_PLURAL_ENDING)
        ):
            return False
        return not (lower.endswith("is") and word != lower)

    def singular(self, word: str) -> str:
        """The singular of a noun: `agencies` gives `agency`. A word that is no plural comes back as it is."""
        for lemmas in (self.irregular, self.spelling):
            lemma = lemmas.get(word) or lemmas.get(word.lower())
            if lemma:
                return lemma
        if self.is_plural(word):
            for pattern, replacement in _PLURAL_ENDINGS:
                singular, changes = pattern.subn(replacement, word)
                if changes:
                    return singular
        return word

    def ends_phrase(self, word: str) -> bool:
        """Whether the word is no part of a noun phrase. One in capitals is a name: US, IT, WHO."""
        return word.lower() in self.boundaries and not (word.isupper() and len(word) > 1)

    def describes(self, word: str) -> bool:
        """Whether the word is an adjective or adverb before a noun, by list or by its ending; names never are."""
        return word in self.adjectives or (word.islower() and _ADJECTIVE_ENDING.search(word) is not None)


def plural_noun(text: str, position: int, words: CountWords) -> Noun | None:
    """The noun phrase that begins at `position` and is headed by a plural: what a number above one counts.

    A boundary word, punctuation or too many words before a plural mean that there is none. The text has folded marks.
    """
    modifiers: list[str] = []
    end = position
    while len(modifiers) <= _MOST_MODIFIERS and (token := _TOKEN.match(text, end)):
        word = token[1].removesuffix("'s")
        if word in ("and", "or") and modifiers and words.describes(modifiers[-1]):  # "large and small towns"
            following = _TOKEN.match(text, token.end())
            if following is None or not words.describes(following[1]):
                return None
        elif words.ends_phrase(word):
            return None
        elif words.is_plural(word):
            return _extended(text, token, modifiers, words)
        elif word != token[1] or token[2]:
            return None
        modifiers.append(word)
        end = token.end()
    return None


def _extended(text: str, token: re.Match[str], modifiers: list[str], words: CountWords) -> Noun:
    """The noun phrase up to its last plural: "two sales managers" counts managers, since no verb in -s follows a plural."""
    word = token[1].removesuffix("'s")
    end = token.start(1) + len(word)
    while word == token[1] and not token[2] and words.irregular.get(word, word) == word:
        following = _TOKEN.match(text, token.end())
        if following is None or not _goes_on(following[1], words):
            break
        modifiers = [*modifiers, word]
        token, word = following, following[1]
        end = token.end(1)
    return Noun(end, _unit(modifiers, words.singular(word), words))


def _goes_on(word: str, words: CountWords) -> bool:
    is_name = word != word.lower() or word.endswith("'s")
    return not is_name and words.is_plural(word) and word not in words.boundaries and word not in words.irregular


def singular_noun(text: str, position: int, words: CountWords) -> Noun | None:
    """The noun phrase at `position` up to a boundary word, punctuation, a plural or the end, four words long at most.

    Used behind ordinals and behind "one", where no plural marks the head. The text has folded marks.
    """
    found: list[str] = []
    end = position
    while (token := _TOKEN.match(text, end)) and not words.ends_phrase(token[1]):
        if token[1].endswith("'s"):
            return None
        if token[1].endswith("ed") and found and not words.describes(found[-1]):  # "the second debate changed little"
            break
        if found and words.is_plural(token[1]) and _OBJECT.match(text, token.end()):  # "the first item costs nothing"
            break
        found.append(token[1])
        end = token.end(1)
        if token[1] == "time" or (words.is_plural(token[1]) and not token[2]):
            break
        end = token.end()
    if not 0 < len(found) <= _MOST_MODIFIERS or words.describes(found[-1]):
        return None
    return Noun(end, _unit(found[:-1], words.singular(found[-1]), words))


def in_small_letters(unit: str) -> str:
    """A unit that stood in a headline, with capitals only where a word has several."""
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in unit.split(" "))


def _unit(modifiers: list[str], head: str, words: CountWords) -> str:
    """Head noun with the nouns directly before it: an adjective ends the unit to the left."""
    kept: list[str] = []
    for word in reversed(modifiers):
        if words.describes(word):
            break
        kept.insert(0, word)
    return " ".join([*kept, head])
