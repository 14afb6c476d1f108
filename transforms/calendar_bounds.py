"""First and last days of the periods that words name. Bounds are inclusive days; a day that no calendar holds is None."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta

Bounds = tuple[date | None, date | None]
"""First and last day; None where it is open or unknown."""

UNKNOWN: Bounds = (None, None)

_SEASON_EDGES = {1: ((3, 1), (6, 21)), 2: ((6, 1), (9, 23)), 3: ((9, 1), (12, 22)), 4: ((12, 1), (3, 20))}
"""Meteorological first day, astronomical last day: the widest that a season is taken to be north of the equator."""

_MONTHS_IN = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200, "millennium": 12000}
_DAYS_IN = {"day": 1, "night": 1, "week": 7, "weekend": 7, "fortnight": 14}
_DAYS_IN_A_MONTH = 30.44


@dataclass(frozen=True, slots=True)
class Period:
    """An expression at `text[start:end]` and the days it covers.

    `grain` is the calendar unit that it names. `yearless` is set where only the year is missing: (month, day or None).
    """

    start: int
    end: int
    bounds: Bounds
    grain: str
    is_relative: bool = False
    yearless: tuple[int, int | None] | None = None

    def spanning(self, start: int, end: int) -> "Period":
        """The same period over another span."""
        return replace(self, start=start, end=end)


def day(year: int, month: int, number: int) -> date | None:
    """That day, or None where the calendar has none."""
    try:
        return date(year, month, number)
    except ValueError:
        return None


def month_bounds(year: int, month: int) -> Bounds:
    """First and last day of a month."""
    if not 1 <= year <= 9999:
        return UNKNOWN
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def months_bounds(year: int, first: int, last: int) -> Bounds:
    """First day of one month to the last day of another of the same year."""
    return month_bounds(year, first)[0], month_bounds(year, last)[1]


def years_bounds(first: int, last: int) -> Bounds:
    """First day of one year to the last day of another."""
    if not 1 <= first <= last <= 9999:
        return UNKNOWN
    return date(first, 1, 1), date(last, 12, 31)


def season_bounds(year: int, season: int) -> Bounds:
    """A season, 1 spring to 4 winter. `winter 2023` may begin or end in 2023 and covers both."""
    first, last = _SEASON_EDGES[season]
    if season == 4:
        return day(year, 1, 1), day(year + 1, *last)
    return day(year, *first), day(year, *last)


def unit_bounds(moment: date, unit: str, shift: int) -> Bounds:
    """The calendar unit that holds `moment`, moved by `shift` of them.

    Weeks run from Sunday to the Sunday after, since countries differ on their first day.
    """
    if unit in ("week", "fortnight"):
        monday = moment - timedelta(days=moment.weekday()) + timedelta(weeks=shift)
        return monday - timedelta(days=1), monday + timedelta(days=6)
    if unit == "weekend":
        saturday = moment - timedelta(days=moment.weekday()) + timedelta(days=5, weeks=shift)
        return saturday, saturday + timedelta(days=1)
    if unit == "month":
        months = moment.year * 12 + moment.month - 1 + shift
        return month_bounds(months // 12, months % 12 + 1)
    if unit == "year":
        return years_bounds(moment.year + shift, moment.year + shift)
    if unit == "decade":
        first = (moment.year // 10 + shift) * 10
        return years_bounds(first, first + 9)
    if unit == "century":
        first = ((moment.year - 1) // 100 + shift) * 100
        return years_bounds(first, first + 100)
    if unit in ("day", "night", "morning", "afternoon", "evening"):
        found = moved(moment, shift)
        return found, found
    return UNKNOWN


def moved(moment: date, days: float) -> date | None:
    """The day so many days on, None outside the calendar."""
    try:
        return moment + timedelta(days=round(days))
    except OverflowError:
        return None


def _moved_by(moment: date, unit: str, count: float) -> date | None:
    """The day `count` units on; parts of a month in days, the end of a shorter month for a day that it lacks."""
    if unit in _DAYS_IN:
        return moved(moment, count * _DAYS_IN[unit])
    months = count * _MONTHS_IN[unit]
    total = moment.year * 12 + moment.month - 1 + int(months)
    last = month_bounds(total // 12, total % 12 + 1)[1]
    return moved(last.replace(day=min(moment.day, last.day)), (months - int(months)) * _DAYS_IN_A_MONTH) if last else None


def around(moment: date, unit: str, count: float) -> Bounds:
    """`count` units on (before, where negative), half a unit to either side; a day is exact, less than a day unknown.

    Less than one unit has half of itself to either side: half a century ago is 25 to 75 years ago.
    """
    if unit not in _DAYS_IN and unit not in _MONTHS_IN:
        return UNKNOWN
    slack = 0.0 if unit in ("day", "night") else min(0.5, abs(count) / 2)
    first, last = _moved_by(moment, unit, count - slack), _moved_by(moment, unit, count + slack)
    return (first, last) if first and last else UNKNOWN


def window(moment: date, unit: str, count: float) -> Bounds:
    """The `count` units up to `moment` where `count` is negative, from it on where it is positive."""
    edge = _moved_by(moment, unit, count) if unit in _DAYS_IN or unit in _MONTHS_IN else moment
    return (edge, moment) if count < 0 else (moment, edge)


_SHARES = {
    "early": (0.0, 0.5),
    "mid": (0.25, 0.75),
    "late": (0.5, 1.0),
    "start": (0.0, 0.25),
    "end": (0.75, 1.0),
    "whole": (0.0, 1.0),
}


def part_of(bounds: Bounds, part: str) -> Bounds:
    """`early`: first half, `mid`: middle half, `late`: second half, `start`: first quarter, `end`: last quarter, `whole`.

    A year or more is cut between months, less than that between days.
    """
    first, last = bounds
    if first is None or last is None:
        return bounds
    begin, stop = _SHARES[part]
    months = round(((last - first).days + 1) / _DAYS_IN_A_MONTH)
    if months < 12:
        days = (last - first).days + 1
        return moved(first, int(days * begin)), moved(first, max(int(days * stop), 1) - 1)
    after = _moved_by(first, "month", round(months * stop))
    return _moved_by(first, "month", round(months * begin)), last if part in (
        "late",
        "end",
        "whole",
    ) or after is None else moved(after, -1)


_LONGEST_LOOK_BACK = timedelta(days=245)
"""Eight months. News mostly look back: a month or day without its year is the last one, unless that is longer ago."""
_LONGEST_IN_THE_PAST = timedelta(days=340)
"""Eleven months: so far back a sentence in the past tense looks that does not look ahead."""


def yearless_bounds(month: int, number: int | None, written_on: date | None, *, is_past: bool = False) -> Bounds:
    """A month, or a day of it, of the eight months before the day of writing, else the coming one; unknown without that day.

    `is_past`: whether the sentence tells what has been; then it is one of the eleven months before.
    """
    if written_on is None or not 1 < written_on.year < 9999:
        return UNKNOWN
    passed = (month, number or 1) <= (written_on.month, written_on.day)
    last_year = written_on.year if passed else written_on.year - 1
    last = dated_bounds(last_year, month, number)
    if last[0] and written_on - last[0] <= (_LONGEST_IN_THE_PAST if is_past else _LONGEST_LOOK_BACK):
        return last
    return dated_bounds(last_year + 1, month, number)


def dated_bounds(year: int, month: int, number: int | None) -> Bounds:
    """A month of a year, or one day of it."""
    return month_bounds(year, month) if number is None else (day(year, month, number), day(year, month, number))
