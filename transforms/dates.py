"""Dates: 23 July 2024, July 23-25, 2024-07-23, 7/23/2024, July 2024, a month alone, a time of day.

Each reader looks at one place in the text and says what stands there, or None.
"""

import re
from datetime import timedelta

from transforms.calendar_bounds import UNKNOWN, Bounds, Period, day, month_bounds, yearless_bounds
from transforms.time_words import Place

_TWO_DIGIT_PIVOT = 50
"""Two-digit years below it are of this century. POSIX strptime pivots at 69, but news dates rarely lie fifty years ahead."""

_LEAP_YEAR = 2024
"""A leap year holds every day that a year can have."""


def full_year(short: int) -> int:
    """The year that two digits stand for."""
    return short + (2000 if short < _TWO_DIGIT_PIVOT else 1900)


def read_figures(place: Place) -> Period | None:
    """A date or a time of day that begins with a digit."""
    for reader in (_iso, _numeric, _year_first, _clock, _day_month):
        period = reader(place)
        if period:
            return period
    return None


def _iso(place: Place) -> Period | None:
    match = place.match("iso")
    return _one_day(place, match) if match else None


def _year_first(place: Place) -> Period | None:
    match = place.match("year_first")
    return _one_day(place, match) if match else None


def _one_day(place: Place, match: re.Match[str]) -> Period | None:
    found = day(int(match["year"]), int(match["month"]), int(match["day"]))
    return place.dated(match.end(), (found, found), "day") if found else None


def _numeric(place: Place) -> Period | None:
    """Day and month in figures. Where both orders are dates, the bounds hold both; with points the day comes first."""
    match = place.match("numeric")
    if match is None or (match["sep"] != "/" and len(match["year"]) == 2):
        return None
    a, b, year = int(match["a"]), int(match["b"]), int(match["year"])
    if len(match["year"]) == 2:
        year = full_year(year)
    orders = ((b, a),) if match["sep"] == "." else ((a, b), (b, a))
    days = sorted(found for month, number in orders if (found := day(year, month, number)))
    return place.dated(match.end(), (days[0], days[-1]), "day") if days else None


def _clock(place: Place) -> Period | None:
    """A time of day: which day it is on, the text does not say here."""
    match = place.match("clock")
    return place.relative(match.end(), UNKNOWN, "clock") if match else None


def _day_month(place: Place) -> Period | None:
    match = place.match("day_month")
    return _days(place, match, _number(match["day"]), match["day2"]) if match else None


def read_month(place: Place) -> Period | None:
    """What a month's name anchors: a day, a run of days, the month of a year, the month alone."""
    return _ordinal_of(place) or _month_day(place) or _month_year(place) or _month_alone(place)


def _ordinal_of(place: Place) -> Period | None:
    """`the fourth of July`."""
    before, match = place.behind("ordinal_of", 24), place.match("of_month")
    if before is None or match is None:
        return None
    period = _days(place, match, place.lexicon.ordinal(before["ordinal"]), None)
    return period.spanning(place.start - len(before[0]), match.end()) if period else None


def _month_day(place: Place) -> Period | None:
    match = place.match("month_day")
    return _days(place, match, _number(match["day"]), match["day2"]) if match else None


def _number(written: str) -> int:
    return int(re.sub(r"\D", "", written))


def _days(place: Place, match: re.Match[str], first: int, second: str | None) -> Period | None:
    """A day of a month, or a run of days; relative where the year is missing."""
    last = _number(second) if second else first
    month = place.lexicon.month(match["month"])
    if last < first:
        return None
    if match["year"]:
        begin, end = day(int(match["year"]), month, first), day(int(match["year"]), month, last)
        return place.dated(match.end(), (begin, end), "day") if begin and end else None
    if day(_LEAP_YEAR, month, first) is None or day(_LEAP_YEAR, month, last) is None:
        return None
    begin, end = yearless_bounds(month, first, place.written_on, is_past=place.is_past)
    if begin:
        end = begin + timedelta(days=last - first)
    return Period(place.start, match.end(), (begin, end), "day", is_relative=True, yearless=(month, first))


def _month_year(place: Place) -> Period | None:
    match = place.match("month_year")
    if match is None:
        return None
    return place.dated(match.end(), month_bounds(int(match["year"]), place.lexicon.month(match["month"])), "month")


_CALLS_FOR_MONTH = re.compile(
    r"(?i)\b(?:in|since|until|till|last|next|this|this past|this coming|early|late|mid|through|during|before|each|every|"
    r"between|(?:month|end|middle|beginning|start|close|half) of|by (?:early|late|mid))[ -]$"
)
_NAME_BEFORE = re.compile(r"[A-Z][\w'.-]*[a-z] $")
_NAME_AFTER = re.compile(r" [A-Z]\w")


def _month_alone(place: Place) -> Period | None:
    """A month without day or year; a name that means other things needs a word before it that calls for a time."""
    match = place.match("month")
    if match is None:
        return None
    name, values = match["month"], place.lexicon.values
    is_after_name = _NAME_BEFORE.search(place.before()) is not None
    is_joined = place.behind("month_joined", 24) is not None or place.follows("joins_month", match.end())
    called = _CALLS_FOR_MONTH.search(place.before()) is not None or (is_joined and not is_after_name)
    if name.endswith(".") or name in values["month_short"]:
        fits = called and name not in values["weekday_short"]
    elif name in values["month_or_name"]:
        fits = called and not _NAME_AFTER.match(place.text, match.end())
    else:
        fits = called or not is_after_name
    return _month_period(place, match) if fits else None


def _month_period(place: Place, match: re.Match[str]) -> Period:
    """The month in the year that its surroundings name ("last July", "July of last year"), else in the closest one."""
    month, moment = place.lexicon.month(match["month"]), place.written_on
    if match["of_year"]:
        shift = {"last": -1, "this": 0, "next": 1}.get(match["det"])
        bounds: Bounds = UNKNOWN if moment is None or shift is None else month_bounds(moment.year + shift, month)
        return place.relative(match.end(), bounds, "month")
    det = re.search(r"(?i)\b(last|next|this)(?: past| coming)? $", place.before(14))
    if det is None:
        bounds = yearless_bounds(month, None, moment, is_past=place.is_past)
        return Period(place.start, match.end(), bounds, "month", is_relative=True, yearless=(month, None))
    bounds = UNKNOWN
    if moment:
        shift = {"last": -1 if month >= moment.month else 0, "next": 1 if month <= moment.month else 0, "this": 0}[
            det[1].lower()
        ]
        bounds = month_bounds(moment.year + shift, month)
    return place.relative(match.end(), bounds, "month", lead=len(det[0]))
