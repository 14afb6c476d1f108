"""Numbers as they are written: 405,000, 2 1/2, 3.5 million, twenty-five thousand, half a dozen, hundreds of billions.

A number here is a value at a place, before anything is said about what it counts. A bare letter behind digits (405B)
is left outside the span, because only its surroundings tell whether it is a magnitude.

Magnitudes without a number are ranges, after two conventions: a magnitude alone reaches up to the next one in use
(`thousands` is 1e3 to 1e6), and a multiple of ten before it up to the next such multiple (`tens of millions` is 1e7 to 1e8,
`hundreds of billions` 1e11 to 1e12). `dozens` is 24 to 100, `several hundred` and `a few hundred` 200 to 1000.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from transforms.anchors import DIGITS, Anchor, AnchoredPattern, anchors_of

Form = Literal["digits", "words", "vague"]

_FOLDED_MARKS = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "\u00a0": " ", "\u2009": " ", "\u202f": " "}
)

_SIMPLE_FRACTIONS = frozenset(
    {(1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (1, 5), (2, 5), (3, 5), (4, 5), (1, 8), (3, 8), (5, 8), (7, 8)}
)
"""Fractions with a stroke that are read as such; any other pair may be a date (9/11) or a name (24/7)."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number at `text[start:end]`. `upper` closes a range; `scale` is the magnitude word's share in the value, else 1."""

    start: int
    end: int
    value: float
    upper: float | None
    scale: float
    form: Form
    is_vague: bool = False


@dataclass(frozen=True, slots=True)
class NumberWords:
    """Number words by role, and the pattern that finds where a number begins."""

    values: Mapping[str, Mapping[str, float]]
    uppers: Mapping[str, float]
    roles: Mapping[str, str]
    pattern: AnchoredPattern
    lead: re.Pattern[str]
    magnitude: re.Pattern[str]
    spoken: re.Pattern[str]

    @classmethod
    def from_frame(cls, frame: pl.DataFrame) -> "NumberWords":
        """Builds the words from a frame with columns word, role, value, upper (seeds/lexicons/number_words.csv)."""
        values: dict[str, dict[str, float]] = {}
        uppers: dict[str, float] = {}
        for word, role, value, upper in frame.select("word", "role", "value", "upper").iter_rows():
            values.setdefault(role, {})[word] = float(value)
            if upper is not None:
                uppers[word] = float(upper)
        spoken = {word: role for role in ("cardinal", "tens", "hundred", "magnitude", "dozen") for word in values[role]}
        one_word = any_of(spoken)
        vague = any_of(values["vague"])
        digits = r"(?:\d{1,3}(?:,\d{2,3})*,\d{3}(?!\d)|\d+)(?:\.\d+)?|\.\d+"
        vulgar = "[" + "".join(values["vulgar"]) + "]"
        scales = any_of(values["magnitude"], values["suffix"], ["hundred", "dozen"])
        source = (
            rf"(?P<digits>(?<![.\d])(?:{digits}))"
            rf"(?:(?P<vulgar>\s?{vulgar})|[ -](?P<mixed>\d/\d)(?![\d/])|/(?P<part>\d)(?![\d/]))?|(?P<alone>{vulgar})"
            rf"|\b(?i:(?P<vague>{vague}(?: +(?:of +)?{vague})*)|(?P<word>{one_word}(?:(?: and |[ -]){one_word})*))\b"
        )
        return cls(
            values=values,
            uppers=uppers,
            roles=spoken,
            pattern=AnchoredPattern.build(source, [*DIGITS, ".", *values["vulgar"], *values["vague"], *spoken]),
            lead=re.compile(rf"\b(?i:{any_of(values['lead'])})[ -]$"),
            magnitude=re.compile(rf"(?P<half>[ -]and[ -]a[ -](?:half|quarter))?(?:[ -]?(?i:(?P<scale>{scales}))\b)?"),
            spoken=re.compile(r"[A-Za-z]+"),
        )


def any_of(*groups: Mapping[str, object] | list[str]) -> str:
    """An alternation of the literal words, longest first, so that a word never hides a longer one."""
    words = {word for group in groups for word in group}
    return (
        "(?:"
        + "|".join(re.escape(word).replace(r"\ ", " ") for word in sorted(words, key=lambda word: (-len(word), word)))
        + ")"
    )


def fold_marks(text: str) -> str:
    """The text with one kind of apostrophe, quotation mark, hyphen and space, character for character: spans stay true."""
    return text if text.isascii() else text.translate(_FOLDED_MARKS)


def find_numbers(text: str, words: NumberWords, anchors: Sequence[Anchor] | None = None) -> list[Number]:
    """Every number in the text, in order, without overlap. Spans are code points; `anchors` are the text's, where known.

    Whether a number stands for a quantity at all (and not for a version, a date, a name) is not judged here.
    """
    found: list[Number] = []
    position = 0
    for start in words.pattern.starts(anchors_of(text) if anchors is None else anchors):
        match = words.pattern.pattern.match(text, start) if start >= position else None
        number = _read(text, match, words) if match else None
        if number:
            found.append(number)
        if match:
            position = number.end if number else match.end()
    return found


def _read(text: str, match: re.Match[str], words: NumberWords) -> Number | None:
    if match["vague"]:
        return _vague(match, words) if _is_amount(text, match) else None
    if match["word"]:
        return _spoken(text, match, words)
    return _digits(text, match, words)


def _digits(text: str, match: re.Match[str], words: NumberWords) -> Number | None:
    if match["alone"]:
        value, end = words.values["vulgar"][match["alone"]], match.end()
    else:
        value, end = float(match["digits"].replace(",", "")), match.end("digits")
        if match["vulgar"]:
            value, end = value + words.values["vulgar"][match["vulgar"].strip()], match.end()
        elif match["mixed"]:
            top, bottom = int(match["mixed"][0]), int(match["mixed"][2])
            if (top, bottom) in _SIMPLE_FRACTIONS:
                value, end = value + top / bottom, match.end()
        elif match["part"]:
            if (value, int(match["part"])) not in _SIMPLE_FRACTIONS:
                return None
            value, end = value / int(match["part"]), match.end()
    return _scaled(text, Number(match.start(), end, value, None, 1.0, "digits"), words)


def _scaled(text: str, number: Number, words: NumberWords) -> Number:
    """The number with what multiplies it: "and a half", "million", "bn"."""
    tail = words.magnitude.match(text, number.end)
    if tail is None or tail.end() == number.end:
        return number
    value = number.value
    if tail["half"]:
        value += 0.5 if tail["half"].endswith("half") else 0.25
    scale = 1.0
    if tail["scale"]:
        word = tail["scale"].lower()
        scale = next(
            words.values[role][word] for role in ("magnitude", "suffix", "hundred", "dozen") if word in words.values[role]
        )
        following = words.magnitude.match(text, tail.end())  # 5 hundred thousand
        if (
            following
            and following["scale"]
            and not following["half"]
            and following["scale"].lower() in words.values["magnitude"]
        ):
            scale *= words.values["magnitude"][following["scale"].lower()]
            tail = following
    return Number(number.start, tail.end(), value * scale, None, scale, number.form)


_NOUNS_TOO = frozenset({"scores", "tens"})
_OF_WORD = re.compile(r" of [A-Za-z]")
_BEFORE_SCORES = re.compile(
    r"(?:^|[.,;:(\"—–-]\s?|\b(?:and|or|with|by|to|for|in|of|the|from|on|at|are|were|was|have|had|has|killed|killing|injured|as|that|when|"
    r"after|among|over|left|drew|took|including) )$"
)


def _is_amount(text: str, match: re.Match[str]) -> bool:
    """Whether `scores` and `tens` are amounts: "scores of people", but not "test scores" nor "scores of 120"."""
    if match["vague"].lower() not in _NOUNS_TOO:
        return True
    if not _OF_WORD.match(text, match.end()):
        return False
    return (
        match["vague"].lower() == "tens" or _BEFORE_SCORES.search(text[max(0, match.start() - 12) : match.start()]) is not None
    )


def _vague(match: re.Match[str], words: NumberWords) -> Number:
    """`hundreds of billions`: at least a hundred billion, less than a thousand billion."""
    parts = [part for part in match["vague"].lower().split() if part != "of"]
    value = upper = 1.0
    for part in parts:
        value *= words.values["vague"][part]
    scale = value / words.values["vague"][parts[0]]
    upper = words.uppers[parts[0]] * scale
    return Number(match.start(), match.end(), value, upper, value, "vague", is_vague=True)


@dataclass(slots=True)
class _Sum:
    """A number in words while it is read: `total` holds finished magnitudes, `current` what the next one multiplies."""

    total: float = 0.0
    current: float = 0.0
    scale: float = 1.0
    last_magnitude: float = float("inf")
    last_role: str = ""

    def takes(self, role: str, value: float) -> bool:
        """Adds the next word, unless it begins another number ("two three", "five hundred hundred")."""
        if role in ("cardinal", "tens"):
            is_unit = role == "cardinal" and value in range(1, 10) and self.last_role == "tens"
            if self.last_role == "cardinal" or not (is_unit or self.current % 100 == 0):
                return False
            self.current += value
        elif role == "magnitude":
            if value >= self.last_magnitude or self.last_role == "magnitude":
                return False
            self.total += max(self.current, 1) * value
            self.current, self.scale, self.last_magnitude = 0.0, value, value
        else:
            if self.current >= 100:
                return False
            self.current, self.scale = max(self.current, 1) * value, max(self.scale, value)
        self.last_role = role
        return True


_BETWEEN = re.compile(r"(?i)\bbetween $")


def _spoken(text: str, match: re.Match[str], words: NumberWords) -> Number:
    """A number in words, as many of them as make one number; the rest is left for the next search."""
    found = list(words.spoken.finditer(text, match.start(), match.end()))
    spoken = [word[0].lower() for word in found]
    joins_hundreds = not _BETWEEN.search(text[max(0, match.start() - 8) : match.start()])
    read, end = _Sum(), match.start()
    for index, word in enumerate(spoken):
        if word == "and":
            if not (joins_hundreds and _continues(spoken, index, words)):
                break
        elif read.takes(words.roles[word], words.values[words.roles[word]][word]):
            end = found[index].end()
        else:
            break
    number = Number(match.start(), end, read.total + read.current, None, read.scale, "words")
    if words.roles[spoken[0]] in ("hundred", "magnitude", "dozen"):
        return _led(text, number, words)
    return number if read.scale > 1 else _scaled(text, number, words)


def _continues(spoken: list[str], index: int, words: NumberWords) -> bool:
    """Whether the "and" at `index` goes on with one number ("one hundred and five") and does not begin another."""
    following = spoken[index + 1 : index + 4]
    if words.roles[spoken[index - 1]] not in ("hundred", "magnitude") or words.roles.get(following[0]) not in (
        "cardinal",
        "tens",
    ):
        return False
    return not any(words.roles.get(word) in ("hundred", "magnitude", "dozen") for word in following[1:])


def _led(text: str, number: Number, words: NumberWords) -> Number:
    """The number with what stands before a bare magnitude: "a million", "half a dozen", "several hundred"."""
    lead = words.lead.search(text[max(0, number.start - 16) : number.start])
    if lead is None:
        return number
    word = lead.group()[:-1].lower()
    factor, upper = words.values["lead"][word], words.uppers.get(word)
    start = number.start - len(lead.group())
    return Number(
        start,
        number.end,
        number.value * factor,
        None if upper is None else number.value * upper,
        number.scale,
        "words",
        is_vague=upper is not None,
    )
