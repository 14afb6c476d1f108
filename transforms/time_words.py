"""Words of time, from the lexicon, the patterns built from them, and the place in a text where they are tried."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from transforms.anchors import DIGITS, AnchoredPattern
from transforms.calendar_bounds import Bounds, Period
from transforms.spoken_numbers import NumberWords, any_of

YEAR = r"(?:1\d|2[01])\d\d"
DASH = r"[-–—−]"


@dataclass(frozen=True, slots=True)
class TimeLexicon:
    """Words of time by role, number words, and compiled patterns.

    `trigger` finds where an expression of time can be anchored; the group that matched says which reader is to look there.
    """

    values: Mapping[str, Mapping[str, str]]
    numbers: NumberWords
    trigger: AnchoredPattern
    patterns: Mapping[str, re.Pattern[str]]

    @classmethod
    def from_frames(cls, frames: Mapping[str, pl.DataFrame]) -> "TimeLexicon":
        """Builds the lexicon from the frames `time_words` and `number_words` of seeds/lexicons, keyed by file stem."""
        values: dict[str, dict[str, str]] = {}
        for word, role, number, meaning in frames["time_words"].select("word", "role", "number", "meaning").iter_rows():
            values.setdefault(role, {})[word] = str(meaning or ("" if number is None else number))
        numbers = NumberWords.from_frame(frames["number_words"])
        sources = {**_dates(values, numbers), **_periods(values, numbers), **_around(values, numbers)}
        patterns = {name: re.compile(source) for name, source in sources.items()}
        roles = (
            "month",
            "month_short",
            "weekday",
            "weekday_short",
            "season",
            "unit",
            "units",
            "day_part",
            "holiday",
            "moment",
            "day",
            "decade",
        )
        phrases = [word for role in roles for word in values[role]] + [*numbers.values["ordinal"], *numbers.values["tens"]]
        trigger = AnchoredPattern.build(
            _trigger(values, numbers), [*DIGITS, "'", "Q", "H", "FY", "fiscal", "financial", "noon", "midnight", *phrases]
        )
        return cls(values, numbers, trigger, patterns)

    def month(self, name: str) -> int:
        """Number of the month that `name` spells or shortens."""
        return int(self.values["month"].get(name) or self.values["month_short"][name.rstrip(".")])

    def ordinal(self, written: str) -> int:
        """Number of an ordinal such as `21st`, `fourth` or `twenty-first`."""
        if written[0].isdigit():
            return int(re.sub(r"\D", "", written))
        parts = written.lower().split("-")
        return int(
            sum(self.numbers.values["tens"].get(part, 0) for part in parts[:-1]) + self.numbers.values["ordinal"][parts[-1]]
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a text where an expression of time may begin, and what is known to read it."""

    text: str
    start: int
    lexicon: TimeLexicon
    written_on: date | None

    def match(self, name: str) -> re.Match[str] | None:
        """The named pattern, matched from this place on."""
        return self.lexicon.patterns[name].match(self.text, self.start)

    def follows(self, name: str, end: int) -> bool:
        """Whether the named pattern matches at `end`."""
        return self.lexicon.patterns[name].match(self.text, end) is not None

    def behind(self, name: str, reach: int = 48) -> re.Match[str] | None:
        """The named pattern, ending at this place, looking `reach` characters back."""
        return self.lexicon.patterns[name].search(self.text[max(0, self.start - reach) : self.start])

    def before(self, reach: int = 24) -> str:
        """The characters before this place."""
        return self.text[max(0, self.start - reach) : self.start]

    @property
    def is_past(self) -> bool:
        """Whether the text tells what has been: in the past tense, and without a look ahead."""
        patterns = self.lexicon.patterns
        return patterns["ahead"].search(self.text) is None and patterns["past"].search(self.text) is not None

    def dated(self, end: int, bounds: Bounds, grain: str) -> Period:
        """A period that names its own days, from this place to `end`."""
        return Period(self.start, end, bounds, grain)

    def relative(self, end: int, bounds: Bounds, grain: str, *, lead: int = 0) -> Period:
        """A period that counts from the day of writing; `lead` characters before this place belong to it."""
        return Period(self.start - lead, end, bounds, grain, is_relative=True)


Reader = Callable[[Place], Period | None]

_Words = Mapping[str, Mapping[str, str]]


def _month(values: _Words) -> str:
    return rf"(?:{any_of(values['month'])}|{any_of(values['month_short'])}(?:\.|\b))"


def _ordinal(numbers: NumberWords) -> str:
    return rf"(?:\d{{1,2}}(?:st|nd|rd|th)|(?i:(?:twenty-)?{any_of(numbers.values['ordinal'])}))"


def _trigger(values: _Words, numbers: NumberWords) -> str:
    months, weekdays = _month(values), any_of(values["weekday"], values["weekday_short"])
    quarter = rf"(?i:fiscal|financial year|{_ordinal(numbers)}[ -](?:fiscal[ -])?(?:quarter|century))"
    units = any_of(values["unit"], values["units"], values["day_part"])
    return (
        r"(?:(?<![\w.,/:$£€#@–—-])|(?<=[a-z]-)|(?<=\w—))(?P<digit>\d)|(?P<short_decade>(?<!\w)'\d0s)\b|\b(?:"
        rf"(?P<month>{months})|(?P<weekday>{weekdays})\b|(?P<quarter>[QH][1-4]|FY|{quarter})(?![a-z])"
        rf"|(?P<season>(?i:{any_of(values['season'])}))\b|(?P<unit>{units})\b|(?P<holiday>{any_of(values['holiday'])})\b"
        rf"|(?P<moment>(?i:{any_of(values['moment'], values['day'])}))\b(?!-)|(?P<decade>(?i:{any_of(values['decade'])}))\b"
        rf"|(?P<distant>{any_of([word.capitalize() for word in values['units']])}) (?=ago|later)|(?P<noon>noon|midnight)\b)"
    )


def _dates(values: _Words, numbers: NumberWords) -> dict[str, str]:
    month, clear_year = _month(values), rf"(?P<year>{YEAR})(?![\d%]|,\d|[.]\d)"
    day = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?![\d%]|[.,:]\d|[-–]\w*[a-z])"
    ends = r"(?=\s*(?:[,.;:)]|$|\s(?:in|at|of|by|for|and|on|to|as|with|when|from|the|is|was)\b))"
    zones = r"(?:[ECMP][SD]?T|GMT|BST|UTC|CES?T|(?i:local time|eastern(?: time)?|central time|pacific(?: time)?))"
    return {
        "iso": (
            r"(?P<year>\d{4})-(?P<month>0\d|1[0-2])-(?P<day>[0-3]\d)"
            r"(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\w-])"
        ),
        "numeric": r"(?P<a>\d{1,2})(?P<sep>[/.-])(?P<b>\d{1,2})(?P=sep)(?P<year>\d{4}|\d\d)(?![\w/.-]*[\w/-])",
        "year_first": r"(?P<year>(?:19|20)\d\d)[/.](?P<month>0?[1-9]|1[0-2])[/.](?P<day>[0-3]?\d)(?![\w/])",
        "day_month": rf"(?P<day>{day})(?:\s?{DASH}\s?(?P<day2>{day}))?(?: of|,)? (?P<month>{month})(?:,? {clear_year})?(?!\w)",
        "month_day": (
            rf"(?P<month>{month})\s*(?:the )?(?P<day>{day})"
            rf"(?:(?:\s?{DASH}\s?|\s(?:to|through|and|or|&)\s(?={day}{ends}))(?P<day2>{day}))?"
            rf"(?:(?:,| of)?\s*{clear_year})?(?!\w)"
        ),
        "month_year": rf"(?P<month>{month})(?:,| of| in)?[ -]{clear_year}(?![:]\d|[-–]\d{{2}}\b)(?!\w)",
        "month": rf"(?P<month>{month})(?![\w-]*\d)(?P<of_year> (?:of )?(?P<det>last|next|this|that) year)?",
        "of_month": rf"(?P<month>{any_of(values['month'])})(?:,? {clear_year})?(?!\w)",
        "ordinal_of": rf"(?<!\w)(?:the )?(?P<ordinal>{_ordinal(numbers)}) of $",
        "month_joined": rf"\b{any_of(values['month'])}(?: and | to | through | or |, | until )$",
        "joins_month": rf"(?: and | to | through | or |, | until ){any_of(values['month'])}\b",
        "clock": (
            r"(?:1[0-2]|0?[1-9])(?:[:.][0-5]\d){0,2}\s?(?:[ap]\.m\.?|[AP]\.M\.?|[ap]m\b|[AP]M\b)"
            rf"(?:,? \(?{zones}\b\)?)?"
        ),
    }


def _periods(values: _Words, numbers: NumberWords) -> dict[str, str]:
    ordinal = _ordinal(numbers)
    return {
        "quarter": (
            rf"(?P<n2>[1-4])Q'?(?P<short>\d\d)(?!\w)"
            rf"|(?:(?P<half>H)|Q)(?P<n>[1-4])(?:(?: of| in|-)?(?P<fiscal>(?: fiscal| FY)?) ?(?P<year>{YEAR}))?(?!\w)"
            rf"|(?P<ordinal>{ordinal})[ -](?P<fiscal1>fiscal[ -])?quarter"
            rf"(?:,? (?:of )?(?P<fiscal2>fiscal |FY ?)?(?P<year2>{YEAR}))?(?!\w)"
        ),
        "fiscal": (
            rf"(?:FY|(?i:fiscal(?:[ -]year)?|financial year)) ?(?P<year>{YEAR})"
            rf"(?:\s?[/–-](?P<year2>{YEAR}|\d\d)(?!\d))?(?!\w)|FY ?'?(?P<short>\d\d)(?![\w/.-])"
        ),
        "century": rf"(?P<ordinal>{ordinal})[ -]century(?P<bc>,? B\.?C\.?(?:E\.?)?)?",
        "decade": r"(?P<decade>(?:1\d|20)\d0)'?s(?!\w)",
        "bare_decade": r"(?P<tens>[6-9]0)'?s(?!\w)",
        "decade_word": rf"(?i:{any_of(values['decade'])})\b",
        "year_range": rf"(?P<year>{YEAR})(?:\s?{DASH}\s?|/)(?P<year2>{YEAR}|\d\d)(?![\w%/-]|[.,]\d)",
        "year": rf"(?P<year>{YEAR})(?![\w%°$€£/@]|[.,:]\d|-\d)",
        "no_year": rf"[ -]+(?:(?:of the|more|other|new|different|young|local|additional) )?{any_of(values['no_year'])}\b",
        "before_year": rf"(?:(?<!\w)(?i:{any_of(values['before_year'])}) |'s? |[(\[])$",
        "measured": (
            rf"(?i:\b(?:{any_of(values['measured'])})s?"
            r"(?: (?:of|is|was|to|at|reached|hit|stood at|rose to|fell to))? (?:about |around |only |just )?"
            rf"|\b{any_of(values['amounts_to'])} (?:a |an )?(?:about |around |only |just |nearly |almost )?)$"
        ),
        "before_old_year": rf"(?<!\w)(?i:{any_of(values['before_old_year'])}) $",
        "season": (
            rf"(?P<season>(?i:{any_of(values['season'])}))\b(?:(?: of|,)? (?:(?P<year>{YEAR})|'(?P<short>\d\d))(?![\w%-]))?"
        ),
        "weekday": rf"(?P<name>{any_of(values['weekday'], values['weekday_short'])})\b(?:[ -]{any_of(values['day_part'])}\b)?",
        "holiday": rf"(?P<name>{any_of(values['holiday'])})\b(?:,? (?:of )?(?P<year>{YEAR}))?(?! [A-Z])",
        "named_before": rf"\b{any_of(values['named_day_before'])} $",
        "named_after": rf" {any_of(values['named_day_after'])}\b",
        "moment": rf"(?P<word>(?i:{any_of(values['moment'], values['day'])}))\b(?: {any_of(values['day_part'])}\b)?",
    }


def _around(values: _Words, numbers: NumberWords) -> dict[str, str]:
    spoken = any_of(*(numbers.values[role] for role in ("cardinal", "tens", "hundred", "magnitude", "dozen")))
    piece = rf"(?:{spoken}|and a half|and|to|or|\d[\d,.]*)"
    count = rf"(?:an?|half an?|several|many|a few|few|(?:a )?couple(?: of)?|some|{piece}(?:[ -]+{piece})*)"
    next_noun = rf" (?!{any_of(values['after_bound'])}\b)[a-z]"
    return {
        "count_before": rf"(?i:(?<![\w-])(?P<count>{count}))[ -]$",
        "part": rf"(?i:\b(?P<part>{any_of(values['part'])}))[ -](?P<the>the )?$",
        "bound": rf"(?i:\b(?P<bound>{any_of(values['bound'])}) (?:the )?)$",
        "describes": rf"'|-|{next_noun}",
        "past": r"\b(?:was|were|had|did|said|went|came|fell|rose|took|won|lost|made|began|held|met|[a-z]{2,}ed)\b",
        "ahead": rf"(?i:\b{any_of(values['ahead'])}\b|'ll\b)",
    }
