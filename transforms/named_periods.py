"""Periods that name themselves: 2024, 2015-16, Q3 2024, fiscal 2024, the 1990s, the sixties, the 21st century.

Four digits are a year only where the words around them let them be one.
"""

import re

from transforms.calendar_bounds import UNKNOWN, Bounds, Period, months_bounds, years_bounds
from transforms.dates import read_figures
from transforms.time_words import Place

_FIRST_TOLD_YEAR, _LAST_TOLD_YEAR = 1900, 2040
"""Years that news tell of: four digits in this stretch are a year wherever one can stand."""

_FIRST_OPEN_DECADE = 30
"""`'30s` to `'90s` are of the twentieth century; the '00s, '10s and '20s may be of two centuries and stay open."""


def read_digits(place: Place) -> Period | None:
    """What begins with a digit: dates and times of day, quarters, centuries, decades, years."""
    for reader in (read_figures, _quarter, _century, _decade, _bare_decade, _year_range, _year):
        period = reader(place)
        if period:
            return period
    return None


def read_quarter(place: Place) -> Period | None:
    """A quarter, a fiscal year or a century, in letters."""
    return _quarter(place) or _fiscal(place) or _century(place)


def _quarter(place: Place) -> Period | None:
    """A quarter or half of a year; without a year its days are unknown, of a fiscal year it lies within two years."""
    match = place.match("quarter")
    if match is None:
        return None
    if match["short"]:  # 1Q24
        number = int(match["n2"])
        return place.dated(match.end(), months_bounds(2000 + int(match["short"]), number * 3 - 2, number * 3), "quarter")
    number = int(match["n"]) if match["n"] else place.lexicon.ordinal(match["ordinal"])
    if not 1 <= number <= (2 if match["half"] else 4):
        return None
    year = match["year"] or match["year2"]
    if year is None:
        return _relative_quarter(place, match.end(), number, is_half=match["half"] is not None)
    is_fiscal = match["fiscal"] or match["fiscal1"] or match["fiscal2"]
    length = 6 if match["half"] else 3
    if is_fiscal:
        bounds = years_bounds(int(year) - 1, int(year))
    else:
        bounds = months_bounds(int(year), (number - 1) * length + 1, number * length)
    return place.dated(match.end(), bounds, "quarter")


_OF_WHICH_YEAR = re.compile(r" of (last|this|next) year\b")


def _relative_quarter(place: Place, end: int, number: int, *, is_half: bool) -> Period:
    """A quarter or half without a year, of which the words behind it may say the year."""
    behind, length = _OF_WHICH_YEAR.match(place.text, end), 6 if is_half else 3
    if behind is None or place.written_on is None:
        return place.relative(behind.end() if behind else end, UNKNOWN, "quarter")
    year = place.written_on.year + {"last": -1, "this": 0, "next": 1}[behind[1]]
    return place.relative(behind.end(), months_bounds(year, (number - 1) * length + 1, number * length), "quarter")


def _fiscal(place: Place) -> Period | None:
    """A fiscal year: named after the year that it ends in, so it lies in that year and the one before."""
    match = place.match("fiscal")
    if match is None:
        return None
    first = int(match["year"] or f"20{match['short']}")
    last = _range_end(first, match["year2"]) if match["year2"] else first
    bounds: Bounds = years_bounds(first if match["year2"] else first - 1, last) if last else UNKNOWN
    return place.dated(match.end(), bounds, "year")


def _century(place: Place) -> Period | None:
    """A century, from the year in 00 to the next one, since both ways to count are in use; one before Christ has no days."""
    match = place.match("century")
    if match is None:
        return None
    number = place.lexicon.ordinal(match["ordinal"])
    bounds = UNKNOWN if match["bc"] else years_bounds(max(1, (number - 1) * 100), number * 100)
    return place.dated(match.end(), bounds, "century")


def _decade(place: Place) -> Period | None:
    """A decade; one that ends in 00 may be the century and covers it."""
    match = place.match("decade")
    if match is None:
        return None
    first = int(match["decade"])
    return place.dated(match.end(), years_bounds(first, first + (99 if first % 100 == 0 else 9)), "decade")


def read_short_decade(place: Place) -> Period | None:
    """`'90s`."""
    first = int(place.text[place.start + 1 : place.start + 3])
    return place.dated(
        place.start + 4, years_bounds(1900 + first, 1909 + first) if first >= _FIRST_OPEN_DECADE else UNKNOWN, "decade"
    )


_DECADE_LEAD = re.compile(r"(?i)(?<!\bhis )(?<!\bher )(?<!\btheir )(?<!\bmy )\b(?:the|early|mid|late|swinging|roaring)[ -]$")
_SCALES = re.compile(
    r"(?i)\b(?:temperatures?|highs?|lows?|degrees|percent|per cent|ratings?|approval|polls?|polling|points|mph|scores?|aged?)\b"
)
"""Words of what is measured in tens as well: in their company "the 70s" may be no decade."""


def _bare_decade(place: Place) -> Period | None:
    """`the 90s`: the sixties to nineties only, for lower ones are more often ages, temperatures or shares."""
    match = place.match("bare_decade")
    if match is None or not _DECADE_LEAD.search(place.before()) or _SCALES.search(place.text):
        return None
    first = 1900 + int(match["tens"])
    return place.dated(match.end(), years_bounds(first, first + 9), "decade")


def read_decade_word(place: Place) -> Period | None:
    """`the sixties`; not ages ("in her sixties"), not temperatures."""
    match = place.match("decade_word")
    if match is None or not _DECADE_LEAD.search(place.before()) or _SCALES.search(place.text):
        return None
    first = place.lexicon.values["decade"][match[0].lower()]
    return place.dated(match.end(), years_bounds(int(first), int(first) + 9) if first else UNKNOWN, "decade")


def _year_range(place: Place) -> Period | None:
    match = place.match("year_range")
    if match is None:
        return None
    first = int(match["year"])
    last = _range_end(first, match["year2"])
    return place.dated(match.end(), years_bounds(first, last), "year") if last else None


def _range_end(first: int, written: str) -> int | None:
    """The last year of `2015-16`, None where it does not come after the first."""
    last = int(written) if len(written) == 4 else first // 100 * 100 + int(written)
    return last if first < last else None


def _year(place: Place) -> Period | None:
    """Four digits as a year."""
    match = place.match("year")
    if match is None or place.follows("no_year", match.end()) or _is_measured(place, match.end()):
        return None
    year = int(match["year"])
    is_year = (
        _is_told(place, match.end(), year) if _FIRST_TOLD_YEAR <= year <= _LAST_TOLD_YEAR else _is_old(place, match.end(), year)
    )
    return place.dated(match.end(), years_bounds(year, year), "year") if is_year else None


_OF = re.compile(r"(?i)\bof $")
"""A year to come needs more than "of" before it: "a batch of 2048"."""
_HAS = re.compile(r"(?i)\b(?:has|have|had) (?:about |around |only |over |some )?$")
_AT = re.compile(r"(?i)\bat $")
_MEASURE_ENDS = re.compile(r"\s*(?:$|[.,;:)](?!\d)| (?:on|in|and|but|when|after|as|by|out of|points?)\b)")


def _is_measured(place: Place, end: int) -> bool:
    """Whether four digits say how much: "a score of 2072", "the index closed at 2015", "it has 2023 sensors"."""
    before = place.before()
    closes_at = _AT.search(before) is not None and _MEASURE_ENDS.match(place.text, end) is not None
    counts = _HAS.search(before) is not None and _PLURAL_FOLLOWS.match(place.text, end) is not None
    return closes_at or counts or place.behind("measured") is not None


_HYPHENATED = re.compile(r"(?i)\b(?:mid|early|late|pre|post)-$")
_OPENS = re.compile(r"(?:[.!?:;—–(\"']|^)\s*$|,\s$")
_LIST_NUMBER = re.compile(r"[.)]\s")
_PLAIN_WORD = re.compile(r"(?<![\w-])[a-z]+,? $")
_COUNTING_WORD = re.compile(r"\b(?:about|nearly|than|over|least|some|almost|room|page|flight|no)\s$")
_PLURAL_FOLLOWS = re.compile(r" [a-z]+s\b")
_WORD_FOLLOWS = re.compile(
    r" (?!(?:to|and|until|when|the|in|by|with|that|as|after|he|she|it|they|was|were|for|at|on|but)\b)[a-z]"
)


def _is_told(place: Place, end: int, year: int) -> bool:
    """Whether four digits between 1900 and 2040 are a year: a round number before a plural is a count."""
    before = place.before()
    if before.endswith("-"):
        return bool(_HYPHENATED.search(before))
    if place.behind("before_year"):
        return year % 100 != 0 or not _PLURAL_FOLLOWS.match(place.text, end)
    if _OPENS.search(before):
        return bool(before.strip()) or not _LIST_NUMBER.match(place.text, end)
    return bool(_PLAIN_WORD.search(before) and not _COUNTING_WORD.search(before))


def _is_old(place: Place, end: int, year: int) -> bool:
    """Whether other four digits are a year: behind "in" and its like, or before a noun in the singular ("an 1853 law")."""
    if place.behind("before_old_year"):
        is_amount = year > _LAST_TOLD_YEAR and _OF.search(place.before()) is not None
        return not is_amount and not _WORD_FOLLOWS.match(place.text, end)
    describes = re.search(r"(?<!\w)(?:[Tt]he|[Aa]n?|his|her|its|their|'s) $", place.before(8)) is not None
    return describes and 1500 <= year < _FIRST_TOLD_YEAR and year % 100 != 0 and not _PLURAL_FOLLOWS.match(place.text, end)
