"""Times that count from the day of writing or from another event: yesterday, last week, three years ago, the past decade.

Without a day of writing they keep no bounds. Those that count from another event ("two weeks later", "the next day",
"that year") never have any.
"""

import re
from datetime import date

from transforms.calendar_bounds import UNKNOWN, Bounds, Period, around, moved, part_of, unit_bounds, window
from transforms.spoken_numbers import find_numbers
from transforms.time_words import Place

_DAY_PARTS = frozenset({"morning", "afternoon", "evening", "night"})
_SHORT_UNITS = frozenset({"minute", "hour", "second"})
_SHIFTS = {"last": -1, "this past": -1, "this": 0, "the current": 0, "next": 1, "this coming": 1, "the coming": 1}
_WORD = re.compile(r"[A-Za-z]+")


def read_unit(place: Place) -> Period | None:
    """What a unit of time is the anchor of: "last week", "three years ago", "the end of the month"."""
    word = _WORD.match(place.text, place.start)
    if word is None or place.text[word.end() : word.end() + 1] == "-":
        return None
    units, name = place.lexicon.values["units"], word[0].lower()
    unit = units.get(name, name)
    counted = _ago(place, word.end(), unit, is_plural=name in units) or _in_time(place, word.end(), unit)
    return counted or (_several(place, word.end(), unit) if name in units else _one(place, word.end(), unit))


_AFTERWARDS = re.compile(
    r" (?P<word>ago|from now|hence|earlier|later|prior|beforehand|before(?=[,.;:)]|$| (?:and|but|when|in|with)\b)"
    r"|after(?=[,.;:)]|$))(?![\w-])(?! than)"
)
_IN_TIME = re.compile(r"'s? time\b")
_LEADING_AND = re.compile(r"(?i)(?:(?:and|to|or|some)[ -]+)+")


def _ago(place: Place, end: int, unit: str, *, is_plural: bool) -> Period | None:
    """`three years ago`, `two weeks later`, `years ago`; only what counts from the day of writing has bounds."""
    after = _AFTERWARDS.match(place.text, end)
    before = place.behind("count_before") if after else None
    if after is None or (before is None and not (is_plural and after["word"] in ("ago", "later", "earlier"))):
        return None
    if before is None:
        return place.relative(after.end(), UNKNOWN, unit)
    direction = {"ago": -1, "from now": 1, "hence": 1}.get(after["word"])
    return _counted(place, before, after.end(), unit, direction)


def _in_time(place: Place, end: int, unit: str) -> Period | None:
    """`in two years' time`."""
    after = _IN_TIME.match(place.text, end)
    before = place.behind("count_before") if after else None
    return _counted(place, before, after.end(), unit, 1) if after and before else None


def _counted(place: Place, before: re.Match[str], end: int, unit: str, direction: int | None) -> Period:
    lead, count = len(before[0]), before["count"]
    joined = _LEADING_AND.match(count)  # "and two years ago" begins with the count
    if joined:
        lead, count = lead - joined.end(), count[joined.end() :]
    counts = _counts(place, count)
    bounds = UNKNOWN
    if place.written_on and direction and counts:
        edges = [around(place.written_on, unit, direction * number) for number in (min(counts), max(counts))]
        days = [edge for pair in edges for edge in pair if edge]
        bounds = (min(days), max(days)) if len(days) == 4 else UNKNOWN
    return place.relative(end, bounds, unit, lead=lead)


def _counts(place: Place, count: str) -> list[float]:
    """The numbers in a count: one, or the two ends of "two or three"; none for "several"."""
    named = {"a": 1.0, "an": 1.0, "half a": 0.5, "half an": 0.5}.get(count.lower().strip())
    return [number.value for number in find_numbers(count, place.lexicon.numbers)] if named is None else [named]


_SEVERAL = re.compile(
    r"(?i)(?<![\w-])(?:(?:the|these|those|this) )?"
    r"(?P<det>past|last|next|coming|previous|recent|following|preceding|most recent)"
    r"(?: (?P<count>few|several|couple of|couple|many|(?:[a-z]+-?)+|\d[\d,.]*))? $"
)
_OWNED = re.compile(r" of (?:his|her|the|its|their|our|my|your|a|an|[A-Z])")
_VAGUE_COUNTS = frozenset({"", "few", "several", "couple", "couple of", "many"})


def _several(place: Place, end: int, unit: str) -> Period | None:
    """`the past three years`, `recent months`; "the last years of his life" count from something else and are none."""
    before = _SEVERAL.search(place.before(48))
    if before is None or _OWNED.match(place.text, end):
        return None
    det, count = before["det"].lower(), (before["count"] or "").lower()
    known = [] if count in _VAGUE_COUNTS else _counts(place, count)
    if count not in _VAGUE_COUNTS and not known:
        return None
    bounds = UNKNOWN
    if place.written_on and det in ("past", "last", "recent", "most recent"):
        bounds = window(place.written_on, unit, -known[0]) if known else (None, place.written_on)
    elif place.written_on and det in ("next", "coming"):
        bounds = window(place.written_on, unit, known[0]) if known else (place.written_on, None)
    return place.relative(end, bounds, unit, lead=len(before[0]))


_SINGLE = re.compile(
    r"(?i)(?<![\w-])(?:(?P<when>earlier|later|early|late|sometime) )?(?P<det>this past|this coming|the current|"
    r"the (?:entire |whole )?(?:past|last)|the (?:very )?next|the (?:coming|previous|following|preceding|same)|"
    r"last|next|this|that) $"
)


def _one(place: Place, end: int, unit: str) -> Period | None:
    """`last week`, `later this year`, `the past decade`, `this morning`, `the next day`, `the end of the month`."""
    part = _PART_OF_THE.search(place.before(40))
    if part:
        return _part_of_current(place, part, end, unit)
    before = _SINGLE.search(place.before(40))
    if before is None:
        return None
    det = re.sub(r"(?:very|entire|whole) ", "", before["det"].lower())
    if not _can_stand(det, unit, of_follows=place.text.startswith(" of ", end)):
        return None
    bounds = UNKNOWN if place.written_on is None else _unit_of(place.written_on, det, unit)
    if before["when"] and place.written_on:
        bounds = _narrowed(bounds, before["when"].lower(), place.written_on)
    return place.relative(end, bounds, unit, lead=len(before[0]))


def _can_stand(det: str, unit: str, *, of_follows: bool) -> bool:
    """Whether the words are a time at all: "last minute", "this day", "the last day of" are none."""
    if of_follows and det in ("last", "next", "the past", "the last", "the next"):
        return False
    if unit in _SHORT_UNITS:  # "the last minute" is an idiom
        return det == "the past" or (unit == "hour" and det in ("the last", "the next"))
    if unit == "day":
        return det not in ("last", "this", "the last", "this past", "this coming", "the current", "the coming")
    if unit in _DAY_PARTS:
        return det in ("this", "that", "the next", "the previous", "the following", "the same") or (
            det == "last" and unit != "morning"
        )
    return True


def _unit_of(written_on: date, det: str, unit: str) -> Bounds:
    """The days of one unit; a quarter may be a company's own and has none."""
    if unit == "quarter" or det == "that" or unit in _SHORT_UNITS or (unit == "day" and det != "the past"):
        return UNKNOWN
    if det in _SHIFTS:
        return unit_bounds(written_on, unit, _SHIFTS[det])
    if unit in _DAY_PARTS:
        return UNKNOWN
    return {
        "the past": window(written_on, unit, -1),
        "the last": window(written_on, unit, -1),
        "the next": window(written_on, unit, 1),
    }.get(det, UNKNOWN)


def _narrowed(bounds: Bounds, when: str, written_on: date) -> Bounds:
    """`earlier this year` ends on the day of writing, `later this year` begins on it; `early` and `late` are halves."""
    first, last = bounds
    if first is None or last is None:
        return bounds
    if when == "earlier" and first <= written_on:
        return first, min(last, written_on)
    if when == "later" and written_on <= last:
        return max(first, written_on), last
    return part_of(bounds, when) if when in ("early", "late") else bounds


_PART_OF_THE = re.compile(
    r"(?i)\b(?:the )?(?:very )?(?P<part>end|start|beginning|middle|close|rest|remainder|course|turn|first half|second half|"
    r"earlier|later|early|late|later on|half-?way through) (?:of|in) the (?:same )?$"
)
_PARTS = {
    "end": "end", "close": "end", "start": "start", "beginning": "start", "middle": "mid", "rest": "whole",
    "first half": "early", "earlier": "early", "early": "early",
    "second half": "late", "late": "late", "later": "late", "later on": "late",
}  # fmt: skip


def _part_of_current(place: Place, part: re.Match[str], end: int, unit: str) -> Period | None:
    """`the end of the year`: of the year of writing. `at the end of the day` is an idiom."""
    name = part["part"].lower()
    if unit in _SHORT_UNITS or (unit == "day" and _PARTS.get(name) not in ("early", "late")):
        return None
    bounds = UNKNOWN
    if place.written_on and unit != "quarter" and name != "turn":
        bounds = unit_bounds(place.written_on, unit, 0)
        if unit != "day" and unit not in _DAY_PARTS:
            bounds = part_of(bounds, _PARTS.get(name, "whole"))
    return place.relative(end, bounds, unit, lead=len(part[0]))


_NO_TIME_AFTER_NOW = re.compile(r" (?:that|and (?:then|again))\b|[- ]?(?:famous|infamous|defunct)|-")
_PROGRAMME_AFTER = re.compile(r" (?:[A-Z]|show\b|programme\b)|'s [A-Z][a-z]")
_PROGRAMME_BEFORE = re.compile(r"\b(?:USA|The|New|on|NBC's|ABC's) $")
_MEANS_TODAY = frozenset({"now", "right now", "at the moment", "at present", "currently", "presently"})


def read_moment(place: Place) -> Period | None:
    """Words that are a time by themselves: yesterday, tonight, now, recently."""
    match = place.match("moment")
    if match is None:
        return None
    word, end = match["word"].lower(), match.end("word")
    days = place.lexicon.values["day"]
    if word in days:
        if _is_programme(place, word, end) or re.search(r"(?i)\ba (?:better |brighter )?$", place.before(12)):
            return None
        found = moved(place.written_on, int(days[word])) if place.written_on else None
        return place.relative(end if word == "tonight" else match.end(), (found, found), "day")
    if word == "now" and not _tells_time(place, end):
        return None
    today = place.written_on if word in _MEANS_TODAY else None
    return place.relative(end, (today, today), "moment")


def _is_programme(place: Place, word: str, end: int) -> bool:
    """Whether the word is the name of a broadcast or a paper: "the Today show", "USA Today"."""
    if place.text[place.start].islower() or word == "yesterday":
        return False
    return bool(_PROGRAMME_AFTER.match(place.text, end) or _PROGRAMME_BEFORE.search(place.before(7)))


def _tells_time(place: Place, end: int) -> bool:
    """`now` as a time: not "now that", not "now and then", not a filler that opens a sentence."""
    if _NO_TIME_AFTER_NOW.match(place.text, end):
        return False
    return not (place.text[place.start].isupper() and place.text[end : end + 1] == ",")
