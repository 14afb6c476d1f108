"""Digits that are no quantity: numbers of list entries and versions, names, addresses, times of day, telephone numbers."""

import re
from collections.abc import Iterable

from transforms.counted_nouns import CountWords
from transforms.spoken_numbers import Number

Spans = list[tuple[int, int]]

_STREETS = "Street|St|Avenue|Ave|Road|Rd|Drive|Dr|Boulevard|Blvd|Lane|Way|Place|Square|Court|Parkway|Pkwy|Highway"
_NO_FIGURE = re.compile(
    r"(?m)^[ \t]*[(\[#]?\d{1,3}[.):\]](?=\s|$)"  # number of a list entry
    r"|(?:https?://|www\.)\S+|\S+@\S+\.\w+|[#@][A-Za-z_]\w*"  # web and mail addresses, tags
    r"|\b[\w-]+\.(?:com|org|net|co|io|gov|edu)\b\S*"
    r"|\+?\(?\d{1,4}\)?(?:[ .-]\(?\d{2,4}\)?){2,5}(?!\w|,\d)(?<!\d{4} \d{2})(?<=\d{4})"  # telephone numbers end on four digits
    r"|\(\d{3}\) ?\d{3}-\d{4}|\b1-[89]\d\d-[\w-]+"  # North American numbers, letters allowed
    r"|\b\d{3}-\d{4}\b|\b\d+(?:-\d+){2,}\b"  # local numbers, ISBN and other ids
    r"|\b\d{1,3}(?:\.\d+){2,}"  # versions with several points, IP addresses
    r"|\b911(?= (?:calls?|callers?|operators?|dispatch\w*|tapes?|emergency|system)\b)"  # fixed names, here and in the next line
    r"|\b(?:24/7|9/11|7/7|50/50|50-50|20/20|401\(k\)s?|403\(b\)s?)(?!\w)"
    r"|\b\d{1,2}[:.]\d{2}(?::\d{2})?(?: ?[ap]\.?m\b\.?|(?= ?[ECMP][SD]?T\b))|\b\d{1,3}:\d{2}(?:[:.]\d+)*\b"  # times, verses
    rf"|\b\d{{1,5}}(?:-\d+)? (?:[NSEW]\.? )?(?:[A-Z][\w.']+ ){{1,3}}(?:{_STREETS})\b"
    r"|\[\d+\]|§+ ?\d+(?:\.\d+)*"  # notes and paragraphs of laws
)
"""Sources: ITU-T E.123 and the North American Numbering Plan for telephone numbers; reading of news pages for the rest."""

_WORD_BEFORE = re.compile(r"([^\W_][\w.'&-]*) $")
_NUMBER_BEFORE = re.compile(r"(?<![\w.,-])\d[\d.,]*(?:,| and| or| to|-| to -|,? and) ?$")


def no_figure_spans(text: str) -> Spans:
    """Stretches in which no number is a quantity."""
    return [match.span() for match in _NO_FIGURE.finditer(text)]


def overlaps(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    """Whether a span shares a character with one of the others."""
    return any(start < other_end and other_start < end for other_start, other_end in spans)


def is_free(text: str, number: Number) -> bool:
    """Whether nothing glued to the number makes it part of a name, an id or a longer chain of figures."""
    before, after = text[max(0, number.start - 2) : number.start], text[number.end : number.end + 2]
    if number.form != "digits":
        return not (before.endswith("-") and before[:1].isalpha())
    return not _glued_before(before, number) and not _glued_after(after)


def _glued_before(before: str, number: Number) -> bool:
    glued = before[-1:]
    if glued.isalnum() or (glued and glued in "_@#/\\&=:*^|") or (glued in (".", ",") and before[0] != " "):
        return True
    if glued == "'" and (number.end - number.start == 2 or before[0].isalpha()):
        return True
    return glued in ("-", "–") and (before[0].isalpha() or before[0] in ")]")


def _glued_after(after: str) -> bool:
    if after[:1] == "(":
        return after[1:2].isalpha()
    is_unit = after[:1] == "/" and after[1:2].isalpha()
    return after[:1] in tuple("/:_=^\\.,") and after[1:2].isalnum() and not is_unit


def names_something(text: str, start: int, words: CountWords) -> bool:
    """Whether the word before a number makes it part of a name or a label: GPT 4, Boeing 737, page 12, type 2.

    A number joined to a labelled one is labelled as well: images 2 and 3.
    """
    before = text[max(0, start - 30) : start]
    joined = _NUMBER_BEFORE.search(before)
    if joined:
        return names_something(text, start - len(joined[0]), words)
    match = _WORD_BEFORE.search(before)
    if match is None:
        return False
    word = match[1]
    lower = word.lower().rstrip(".")
    if lower in words.labels:
        return True
    if word.endswith((".", "'s")):
        return False
    if word[-1].isdigit() or any(letter.isupper() for letter in word[1:]):
        return lower not in words.boundaries
    return word[0].isupper() and lower not in words.boundaries and lower not in words.adjectives
