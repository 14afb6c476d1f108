"""Lengths and ages that no number next to its unit gives: half an hour, hour-long, 5-foot-11, aged 52, in her sixties."""

import re
from collections.abc import Iterator
from dataclasses import replace

from transforms.figures import Quantity, Reading
from transforms.not_figures import is_free
from transforms.spoken_numbers import Number

_OLDEST = 120
"""Ages end here: the oldest person on record died at 122."""

_UNIT = (
    r"(?P<unit>second|minute|hour|day|week|month|year|decade|century|mile|inch|acre|percent|percentage point|pound|ton|pint)"
)
_WITH_VALUES = (
    (re.compile(rf"\b[Hh]alf(?: an? |-an-|-a-|-){_UNIT}\b(?!ly)"), 0.5),
    (re.compile(rf"\b[Aa]n? {_UNIT} and a half\b(?! (?:million|billion|thousand))"), 1.5),
    (
        re.compile(
            r"(?<![\w-])(?P<unit>minute|hour|day|week|month|year|decade|century)(?:-long|(?<!minute)(?<!century)long)\b"
        ),
        1.0,
    ),
)
_TENS = r"(?P<digits>'?[2-9]0s)|(?P<word>teens|twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties)"
_IN_DECADE = re.compile(
    rf"\bin (?:his|her|their|my|your|our) (?:(?:very )?(?:early|mid|late)[ -](?:to[ -](?:mid|late)[ -])?)?(?P<age>{_TENS})\b"
)


_OWNERS = frozenset({"his", "her", "their", "my", "your", "our"})


_HEIGHT = re.compile(r"\b(?P<feet>[3-8])[ -](?:foot|feet|ft)[ -](?P<inches>1[01]|\d)(?!\d)(?:[ -]inch(?:es)?\b)?")


def find_lengths(reading: Reading) -> Iterator[Quantity]:
    """Lengths and ages that are written without a number next to its unit."""
    for pattern, value in _WITH_VALUES if "half" in reading.text or "Half" in reading.text or "long" in reading.text else ():
        for match in pattern.finditer(reading.text):
            unit, kind = reading.lexicon.measures.units[match["unit"]]
            yield reading.quantity(match.start(), match.end(), value, kind, unit)
    for match in _HEIGHT.finditer(reading.text) if reading.numbers else ():
        yield reading.quantity(match.start(), match.end(), int(match["feet"]) + int(match["inches"]) / 12, "count", "foot")
    for match in _IN_DECADE.finditer(reading.text) if not _OWNERS.isdisjoint(reading.words) else ():
        first, last = _decade_of_life(reading, match)
        found = reading.quantity(match.start("age"), match.end(), first, "duration", "year")
        yield replace(found, upper_value=last, is_approximate=True)
    for number in reading.numbers:
        if _is_age(reading.text, number):
            yield reading.quantity(number.start, number.end, number.value, "duration", "year")


def _decade_of_life(reading: Reading, match: re.Match[str]) -> tuple[float, float]:
    """First and last year of an age such as "in her sixties"; the teens are 13 to 19."""
    word = match["word"]
    if word == "teens":
        return 13.0, 19.0
    first = (
        reading.lexicon.numbers.values["tens"][word.removesuffix("ies") + "y"] if word else float(match["digits"].strip("'s"))
    )
    return first, first + 9


_AGE_LEAD = re.compile(
    r"(?i)\b(?:aged?|turned|turning|turns|s?he(?: is| was|'s)|who (?:is|was)) (?:about |around |just |only |now |nearly )?$"
)
_AGE_CLOSES = re.compile(r"\s*(?:$|[.,;:)!?—–]|and\b|or\b|to\b|when\b|in\b|from\b|who\b|this\b|last\b)")
_OR_OLDER = re.compile(r" (?:and|or) (?:older|over|up|under|younger|above)\b")
_GROUP_BEFORE = re.compile(r"(?<!\w)[a-z]+(?:s|en|ple|one) $")
_PERSON_BEFORE = re.compile(r"(?:[A-Z][\w'.-]*[a-z]\)?|\b(?:man|woman|boy|girl|son|daughter|[SsJj]r\.?|II+)), (?:then |now )?$")
_APPOSITION_CLOSES = re.compile(r",(?! \d| and \d)|\.?\s*$")


def _is_age(text: str, number: Number) -> bool:
    """`aged 52`, `adults 65 and older`, and the number between commas behind a person: `John Smith, 52, said`."""
    if number.form != "digits" or not 0 < number.value <= _OLDEST or number.value % 1 or not is_free(text, number):
        return False
    before = text[max(0, number.start - 24) : number.start]
    if _AGE_LEAD.search(before):
        return _AGE_CLOSES.match(text, number.end) is not None
    if _OR_OLDER.match(text, number.end):
        return _GROUP_BEFORE.search(before) is not None
    return bool(_APPOSITION_CLOSES.match(text, number.end) and _PERSON_BEFORE.search(before))
