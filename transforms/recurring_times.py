"""Times that come again: weekdays, seasons, holidays, noon and midnight. The day of writing says which one is meant."""

import re
from datetime import timedelta

from transforms.calendar_bounds import UNKNOWN, Bounds, Period, day, season_bounds, yearless_bounds
from transforms.dates import full_year
from transforms.time_words import Place

_SHIFTS = {"last": -1, "this": 0, "next": 1}
_WEEKDAY_LEAD = re.compile(r"(?i)\b(?:(?P<det>last|next|this)(?: past| coming)?|every|each) $")
_DATE_FOLLOWS = re.compile(r"\.?,? (?:\d|[A-Z][a-z]{2})")


def read_weekday(place: Place) -> Period | None:
    """A weekday: the last one, or the last and the coming one where the sentence looks ahead. "Every Monday" is none."""
    match = place.match("weekday")
    if match is None or place.behind("named_before", 16) or place.follows("named_after", match.end("name")):
        return None
    values = place.lexicon.values
    is_short = match["name"] in values["weekday_short"]
    lead = _WEEKDAY_LEAD.search(place.before(14))
    if (lead and lead["det"] is None) or (is_short and not _DATE_FOLLOWS.match(place.text, match.end("name"))):
        return None
    number = int(values["weekday_short" if is_short else "weekday"][match["name"]])
    bounds = _weekday_bounds(place, number, lead["det"].lower() if lead else "")
    return place.relative(match.end(), bounds, "weekday_short" if is_short else "weekday", lead=len(lead[0]) if lead else 0)


def _weekday_bounds(place: Place, number: int, det: str) -> Bounds:
    """`last Monday` lies before the day of writing; `next Monday` is the coming one or, as some use it, the one after."""
    if place.written_on is None:
        return UNKNOWN
    week = timedelta(days=7)
    past = place.written_on - timedelta(days=(place.written_on.weekday() - number) % 7)
    if det == "last":
        return (past, past) if past < place.written_on else (past - week, past - week)
    if det == "next":
        return past + week, past + week + week
    looks_ahead = det == "this" or place.lexicon.patterns["ahead"].search(place.text)
    return past, past + week if looks_ahead else past


_SEASON_LEAD = re.compile(
    r"(?i)\b(?:(?P<det>last|next|this)(?: past| coming)?"
    r"|(?P<the>(?:in|by|during|over|until|since|through|before|after|of) the(?: (?:early|late|mid))?)) $"
)
_OF_SOMETHING = re.compile(r" of (?!\d|last|this|next)|[-\w]")


def read_season(place: Place) -> Period | None:
    """A season of a year, or of this, the last or the next year; "in the summer" is a time without known days."""
    match = place.match("season")
    if match is None:
        return None
    season, year = int(place.lexicon.values["season"][match["season"].lower()]), match["year"]
    if year or match["short"]:
        return place.dated(match.end(), season_bounds(int(year) if year else full_year(int(match["short"])), season), "season")
    lead = _SEASON_LEAD.search(place.before())
    if lead is None or match["season"][0].isupper() or _OF_SOMETHING.match(place.text, match.end()):
        return None
    if lead["the"]:
        return place.relative(match.end(), UNKNOWN, "season")
    bounds = UNKNOWN
    if place.written_on:
        bounds = season_bounds(place.written_on.year + _SHIFTS[lead["det"].lower()], season)
    return place.relative(match.end(), bounds, "season", lead=len(lead[0]))


_HOLIDAY_LEAD = re.compile(r"(?i)\b(?:at|on|by|before|after|until|since|over|around|during|for|this|(?P<det>last|next)) $")


def read_holiday(place: Place) -> Period | None:
    """A holiday of a year, or behind a preposition the closest one; those without a fixed date have no days."""
    match = place.match("holiday")
    lead = _HOLIDAY_LEAD.search(place.before(10))
    if match is None or (not match["year"] and (lead is None or place.follows("describes", match.end()))):
        return None
    fixed = place.lexicon.values["holiday"][match["name"]]
    month, number = divmod(int(fixed or 0), 100)
    if match["year"]:
        found = day(int(match["year"]), month, number) if fixed else None
        return place.dated(match.end(), (found, found), "day")
    bounds = yearless_bounds(month, number, place.written_on) if fixed and lead and not lead["det"] else UNKNOWN
    return place.relative(match.end(), bounds, "day", lead=len(lead[0]) if lead and lead["det"] else 0)


_NOON_LEAD = re.compile(r"\b(?:at|by|until|before|after|around|past|from|since) $")


def read_noon(place: Place) -> Period | None:
    """Noon or midnight as a time of day, behind a preposition."""
    if not _NOON_LEAD.search(place.before(8)):
        return None
    return place.relative(
        place.start + len("noon" if place.text.startswith("noon", place.start) else "midnight"), UNKNOWN, "clock"
    )
