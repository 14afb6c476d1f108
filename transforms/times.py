"""Expressions of time in a text, with the days that they cover.

What an expression is. The span holds the words that name the time, with what narrows it (`late 2022`, `the end of July`),
with `since`, `until`, `by`, `before`, `after` and `through`, which move its bounds, and with both ends of a range
(`from 2019 to 2021`); `in`, `on`, `at` and `during` stay outside, but for set phrases (`in the past`, `at the time`). A
weekday, a date and a time of day that stand together are one expression. Lengths of time (`three years`) are quantities;
only what places them makes them a time (`three years ago`).

Bounds are inclusive days. A date, month, quarter, year, decade or century covers all its days. `early` is the first half,
`late` the second half, `mid` the middle half, `start of` and `end of` the first and last quarter. `since X` and `after X`
run from X's first day on, with no last day (`since` ends on the day of writing where that is known); `until X`, `by X` and
`through X` run up to X's last day, `before X` to the day before X. Seasons are those of the northern half of the earth.
Quarters are calendar quarters; a fiscal one is only bounded by two years. Figures such as 7/8/2024, which may put day or
month first, cover both readings.

Relative times (`last week`, `Monday`, `July`, `23 July` without a year) count from the day of writing. While that is
unknown they have no bounds, but for a range with one end that names its own days; times that count from another event (`the
next day`, `two weeks later`) never have any. A month or day without its year is the last one if that is at most eight
months ago, or eleven in a sentence in the past tense, else the coming one. A weekday is the last one, that day included; in
a sentence that looks ahead it is the last or the coming one. What counts as an expression of time follows TimeML (ISO
24617-1), without sets ("every Monday"); the conventions for bounds are this project's.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from transforms.anchors import anchors_of
from transforms.calendar_bounds import UNKNOWN, Bounds, Period, dated_bounds, part_of
from transforms.dates import read_month
from transforms.ids import content_id
from transforms.named_periods import read_decade_word, read_digits, read_quarter, read_short_decade
from transforms.recurring_times import read_holiday, read_noon, read_season, read_weekday
from transforms.relative_times import read_moment, read_unit
from transforms.spoken_numbers import fold_marks
from transforms.time_words import Place, Reader, TimeLexicon
from warehouse.tables import TIME_EXPRESSIONS

__all__ = ["TimeExpression", "TimeLexicon", "find_times", "times_of"]

_READERS: dict[str, Reader] = {
    "digit": read_digits, "short_decade": read_short_decade, "decade": read_decade_word, "quarter": read_quarter,
    "month": read_month, "weekday": read_weekday, "season": read_season, "holiday": read_holiday, "noon": read_noon,
    "unit": read_unit, "distant": read_unit, "moment": read_moment,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """An expression of time at `text[start:end]`. None for a bound that is open or unknown."""

    start: int
    end: int
    text: str
    earliest: date | None
    latest: date | None
    is_relative: bool


def find_times(text: str, written_on: date | None, lexicon: TimeLexicon) -> list[TimeExpression]:
    """Every expression of time, in order, without overlap. `written_on` resolves relative ones; None leaves them open."""
    folded = fold_marks(text)
    periods = _without_overlap(_anchored(folded, written_on, lexicon))
    if periods:
        periods = [_narrowed(folded, period, lexicon) for period in _together(folded, periods)]
        periods = _ranges(folded, periods)
        periods = _without_overlap(_directed(folded, period, written_on, lexicon) for period in periods)
    return [
        TimeExpression(found.start, found.end, text[found.start : found.end], *found.bounds, found.is_relative)
        for found in periods
        if found.grain != "weekday_short"
    ]


def _anchored(text: str, written_on: date | None, lexicon: TimeLexicon) -> Iterable[Period]:
    """What the readers find; each goes on where the last one ended."""
    position = 0
    for start in lexicon.trigger.starts(anchors_of(text)):
        match = lexicon.trigger.pattern.match(text, start) if start >= position else None
        if match is None:
            continue
        period = _READERS[str(match.lastgroup)](Place(text, start, lexicon, written_on))
        if period:
            yield period
        position = period.end if period else match.end()


def _without_overlap(periods: Iterable[Period]) -> list[Period]:
    """The longest of those that overlap; ties go to the first."""
    kept: list[Period] = []
    for period in sorted(periods, key=lambda found: (found.start - found.end, found.start)):
        if all(period.end <= other.start or other.end <= period.start for other in kept):
            kept.append(period)
    return sorted(kept, key=lambda found: found.start)


_GRAINS_OF_ONE_DAY = ("clock", "weekday_short", "weekday", "month", "day")
"""What may name one moment together; the later in this order tells more about the day."""
_WITHOUT_A_GAP = re.compile(r"\.?,?\s+(?:(?:on|at|of|the) |around |about )?|,\s*|\s+\(")


def _together(text: str, periods: list[Period]) -> list[Period]:
    """Weekday, date and time of day that stand together become one: "9 a.m. on Monday, July 22"."""
    joined = periods[:1]
    for period in periods[1:]:
        last, gap = joined[-1], text[joined[-1].end : period.start]
        grains = (last.grain, period.grain)
        fits = all(grain in _GRAINS_OF_ONE_DAY for grain in grains) and period.grain != last.grain and grains not in _NO_DAY
        if fits and _WITHOUT_A_GAP.fullmatch(gap):
            told = max((last, period), key=lambda found: _GRAINS_OF_ONE_DAY.index(found.grain))
            closes = "(" in gap and text[period.end : period.end + 1] == ")"
            joined[-1] = replace(told, start=last.start, end=period.end + closes)
        else:
            joined.append(period)
    return joined


_NO_DAY = (("day", "month"), ("month", "day"), ("month", "clock"), ("clock", "month"))
_BEFORE_WEEKDAY = re.compile(r"(?i)\b(?:early|late|earlier|later) $")
_THE = re.compile(r"(?i)\bthe $")


def _narrowed(text: str, period: Period, lexicon: TimeLexicon) -> Period:
    """The period with "early", "late", "the end of" before it; a day is not cut, but the word belongs to it."""
    before = text[max(0, period.start - 36) : period.start]
    if period.grain in ("day", "clock", "weekday", "moment"):
        early = _BEFORE_WEEKDAY.search(before) if period.grain == "weekday" else None
        return replace(period, start=period.start - len(early[0])) if early else period
    match = lexicon.patterns["part"].search(before)
    if match is None:
        return period
    bounds = part_of(period.bounds, lexicon.values["part"][match["part"].lower()])
    the = _THE.search(before[: match.start()])
    return replace(period, start=period.start - len(match[0]) - (len(the[0]) if the else 0), bounds=bounds)


_RANGE = re.compile(r"\s?[-–—]\s?|\s+(?:to|until|till|through)\s+(?:the )?")
_BETWEEN = re.compile(r"\s+and\s+(?:the )?")
_RANGE_LEAD = re.compile(r"(?i)\b(from|between) (?:the )?$")
_GRAINS_IN_A_RANGE = (
    frozenset({"day", "month", "weekday", "weekday_short", "moment"}),
    frozenset({"year", "month", "moment", "quarter", "season"}),
)


def _ranges(text: str, periods: list[Period]) -> list[Period]:
    """Two ends become one: "from 2019 to 2021", "between May and July 2024"."""
    found = periods[:1]
    for period in periods[1:]:
        first, gap = found[-1], text[found[-1].end : period.start]
        lead = _RANGE_LEAD.search(text[max(0, first.start - 12) : first.start])
        is_range = _RANGE.fullmatch(gap) or (lead and lead[1].lower() == "between" and _BETWEEN.fullmatch(gap))
        grains = {first.grain, period.grain}
        if is_range and (len(grains) == 1 or any(grains <= sorts for sorts in _GRAINS_IN_A_RANGE)):
            start = first.start - (len(lead[0]) if lead else 0)
            begin, is_relative = _begin(first, period)
            end = period.bounds[1]
            if grains == {"year"} and begin and end and begin > end and lead is None:  # a vote of 2011 to 1994
                found.pop()
                continue
            bounds: Bounds = UNKNOWN if begin and end and begin > end else (begin, end)
            found[-1] = Period(start, period.end, bounds, period.grain, is_relative)
        else:
            found.append(period)
    return found


def _begin(first: Period, second: Period) -> tuple[date | None, bool]:
    """First day of a range; an end without a year takes the other's, or the year before where it would come later."""
    limit = second.bounds[1]
    if first.yearless is None or second.yearless or limit is None:
        return first.bounds[0], first.is_relative or second.is_relative
    month, number = first.yearless
    year = limit.year if (month, number or 1) <= (limit.month, limit.day) else limit.year - 1
    return dated_bounds(year, month, number)[0], second.is_relative


_ONWARD = re.compile(r" (?:on|onwards?|forward)\b")
_FROM = re.compile(r"(?i)\bfrom $")
_END_OF = re.compile(r"(?i)(?:the )?(?:very )?(?:end|close) of\b")


def _directed(text: str, period: Period, written_on: date | None, lexicon: TimeLexicon) -> Period:
    """The period with "since", "until", "by", "before", "after" before it, or "on" behind "from 2019"."""
    first, last = period.bounds
    before = text[max(0, period.start - 24) : period.start]
    onward = _ONWARD.match(text, period.end) if _FROM.search(before) else None
    if onward:
        return replace(period, start=period.start - len("from "), end=onward.end(), bounds=(first, None))
    match = lexicon.patterns["bound"].search(before)
    if match is None or period.grain == "moment" or lexicon.patterns["describes"].match(text, period.end):
        return period
    word = match["bound"].lower()
    direction = lexicon.values["bound"][word]
    bounds: Bounds = (None, last)
    if direction == "from":
        is_known = word == "since" and first and written_on and written_on >= first
        bounds = (first, written_on if is_known else None)
    elif direction == "before" and not _END_OF.match(text, period.start):  # "before the end of May" has all of May
        bounds = (None, first - timedelta(days=1) if first and first > date.min else None)
    return replace(period, start=period.start - len(match[0]), bounds=bounds)


def times_of(sentences: pl.DataFrame, lexicon: TimeLexicon) -> pl.DataFrame:
    """TIME_EXPRESSIONS rows of sentences (document_id, sentence_id, start_char, text, written_on), `claim_id` null.

    `written_on` is the day of writing, null where unknown. Rows come in the order of the sentences.
    """
    rows: list[dict[str, object]] = []
    columns = [sentences[name].to_list() for name in ("document_id", "sentence_id", "start_char", "text", "written_on")]
    for document_id, sentence_id, offset, text, written_on in zip(*columns, strict=True):
        for found in find_times(text, written_on, lexicon):
            start, end = offset + found.start, offset + found.end
            row = {"start_char": start, "end_char": end, "text": found.text, "earliest": found.earliest, "latest": found.latest}
            ids = {
                "time_id": content_id(document_id, "time", start, end),
                "document_id": document_id,
                "sentence_id": sentence_id,
            }
            rows.append({**ids, **row, "is_relative": found.is_relative})
    return TIME_EXPRESSIONS.frame(rows)
