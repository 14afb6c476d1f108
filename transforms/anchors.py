"""Where in a text a pattern can begin at all: a word list is looked up by word, much faster than a pattern tries each place."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_ANCHOR = re.compile(r"[a-z]+|(?<![0-9])[0-9]|[.'#\u00bc-\u00be\u2150-\u215e]")
_FIRST_WORD = re.compile(r"[a-z]+|[^\w\s]|[0-9\u00bc-\u00be\u2150-\u215e]")
DIGITS = tuple("0123456789")
"""What a pattern can begin at that begins at any run of digits."""

Anchor = tuple[str, int]
"""A word in small letters, the first of a run of digits or a single mark, and its place."""


def anchors_of(text: str) -> list[Anchor]:
    """Every place where a pattern of figures or times may begin, in order."""
    small = text.lower()
    if len(small) != len(text):  # a few letters, such as the dotted capital I, grow: places would move
        small = "".join(letter.lower() if letter.isascii() else letter for letter in text)
    return [(found[0], found.start()) for found in _ANCHOR.finditer(small)]


@dataclass(frozen=True, slots=True)
class AnchoredPattern:
    """A pattern with the anchors that it can begin at."""

    pattern: re.Pattern[str]
    firsts: frozenset[str]

    @classmethod
    def build(cls, source: str, phrases: Iterable[str]) -> "AnchoredPattern":
        """Builds it from the pattern's source and phrases of which one begins wherever the pattern does."""
        firsts = (_FIRST_WORD.match(phrase.lower()) for phrase in phrases)
        return cls(re.compile(source), frozenset(match[0] for match in firsts if match))

    def starts(self, anchors: Sequence[Anchor]) -> list[int]:
        """Places where the pattern is worth a try."""
        firsts = self.firsts
        return [start for word, start in anchors if word in firsts]

    def finditer(self, text: str, anchors: Sequence[Anchor]) -> Iterator[re.Match[str]]:
        """Matches in order, without overlap."""
        position = 0
        for start in self.starts(anchors):
            match = self.pattern.match(text, start) if start >= position else None
            if match:
                yield match
                position = match.end()
