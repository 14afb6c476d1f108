"""What a quantity is, the words that all readers of quantities share, and a text in the course of being read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from transforms.anchors import DIGITS, Anchor, AnchoredPattern, anchors_of
from transforms.counted_nouns import CountWords
from transforms.measures import Measures
from transforms.not_figures import Spans, no_figure_spans
from transforms.spoken_numbers import Number, NumberWords, any_of, find_numbers, fold_marks
from transforms.time_words import TimeLexicon

_APPROXIMATION_REACH = 32
"""How far before a number its approximation is looked for: the longest phrase of the lexicon with an article."""

_TITLE_SHARE = 0.7
"""Share of long words with a capital from which a line is a title, where capitals say nothing about names."""

_LONG_WORD = re.compile(r"[A-Za-z][\w'-]{3,}")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure at `text[start:end]`, with its unit. `upper_value` closes a range; None for a single or an open one."""

    start: int
    end: int
    text: str
    value: float | None
    upper_value: float | None
    unit: str | None
    kind: str
    is_approximate: bool


@dataclass(frozen=True, slots=True)
class QuantityLexicon:
    """All words that quantities are read with. `values` holds figure words by role, each with its number, else 0."""

    numbers: NumberWords
    nouns: CountWords
    measures: Measures
    times: TimeLexicon
    values: Mapping[str, Mapping[str, float]]
    patterns: Mapping[str, re.Pattern[str]]
    rank: AnchoredPattern
    multiple: AnchoredPattern
    fraction: AnchoredPattern

    @classmethod
    def from_frames(cls, frames: Mapping[str, pl.DataFrame]) -> "QuantityLexicon":
        """Builds the lexicon from the frames of seeds/lexicons, keyed by file stem."""
        values: dict[str, dict[str, float]] = {}
        for phrase, role, value in frames["figure_words"].select("phrase", "role", "value").iter_rows():
            values.setdefault(role, {})[phrase] = float(value or 0)
        numbers = NumberWords.from_frame(frames["number_words"])
        sources = {**_amount_sources(values), **_ratio_sources(values), **_rank_sources(values)}
        return cls(
            numbers=numbers,
            nouns=CountWords.from_frame(frames["count_words"]),
            measures=Measures.from_frames(frames["units"], frames["currencies"], values["between_number_and_unit"]),
            times=TimeLexicon.from_frames(frames),
            values=values,
            patterns={name: re.compile(source) for name, source in sources.items()},
            rank=_rank_pattern(values, numbers),
            multiple=_multiple_pattern(values),
            fraction=_fraction_pattern(numbers),
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """A text with folded marks in the course of being read: its numbers, the stretches where no figure is, and its times."""

    text: str
    lexicon: QuantityLexicon
    anchors: Sequence[Anchor]
    words: frozenset[str]
    numbers: Sequence[Number]
    barred: Spans
    times: Spans
    is_title: bool

    @classmethod
    def of(cls, text: str, lexicon: QuantityLexicon, times: Spans) -> "Reading":
        """The reading of a text of which the expressions of time are known."""
        folded = fold_marks(text)
        anchors = anchors_of(folded)
        numbers = find_numbers(folded, lexicon.numbers, anchors)
        long = _LONG_WORD.findall(folded) if numbers else []
        is_title = len(long) >= 3 and sum(word[0].isupper() for word in long) >= _TITLE_SHARE * len(long)
        words = frozenset(word for word, _ in anchors)
        barred = [] if words.isdisjoint(DIGITS) else no_figure_spans(folded)
        return cls(folded, lexicon, anchors, words, numbers, barred, times, is_title)

    def before(self, start: int, reach: int = _APPROXIMATION_REACH) -> str:
        """The characters before a place."""
        return self.text[max(0, start - reach) : start]

    def behind(self, name: str, start: int, reach: int = _APPROXIMATION_REACH) -> bool:
        """Whether the named pattern ends at `start`."""
        return self.lexicon.patterns[name].search(self.before(start, reach)) is not None

    def follows(self, name: str, end: int) -> bool:
        """Whether the named pattern begins at `end`."""
        return self.lexicon.patterns[name].match(self.text, end) is not None

    def is_approximate(self, start: int, *ends: int) -> bool:
        """Whether the words around a figure say that it is about, nearly, more than or up to what it states."""
        before = self.lexicon.patterns["approximate_before"].search(self.before(start))
        if before and not self.lexicon.patterns["over_a"].match(before[0]):
            return True
        return any(self.follows("approximate_after", end) for end in ends)

    def quantity(self, start: int, end: int, value: float, kind: str, unit: str | None = None) -> Quantity:
        """A quantity with one value. Its text is the folded one; `find_quantities` puts the printed one in its place."""
        exact = float(f"{value:.15g}")  # 3.3 * 1e6 is 3300000.0000000005 else
        return Quantity(start, end, self.text[start:end], exact, None, unit, kind, self.is_approximate(start, end))


_Values = Mapping[str, Mapping[str, float]]


def _amount_sources(values: _Values) -> dict[str, str]:
    temporal_lead = "".join(
        rf"(?<!\b{word} )" for word in ("for", "in", "of", "after", "well", "just", "little", "slightly", "is", "was")
    )
    return {
        "approximate_before": rf"(?:(?<![\w-])(?i:{any_of(values['approximate_before'])}) (?:an? )?|[~≈∼>≥≤<]\s?)$",
        "approximate_after": rf"(?: ?\+|(?: |-|, ){any_of(values['approximate_after'])}\b)",
        "over_a": r"(?i)(?:over|under|above|below) an? ",
        "lasts_over": rf"(?i){temporal_lead}\b(?:over|under) $",
        "stands_between": rf"(?: ?\+|[ -]{any_of(values['stands_between'])}\b)",
        "only": rf"(?i)\b{any_of(values['only'])} $",
        "change_from": (
            rf"(?i)\b{any_of(values['change_verb'])}\b[^.;:]{{0,90}}\b(?:from|by) "
            r"(?:about |around |roughly |nearly |almost |just |more than |an? )?$"
        ),
        "counted_bare": rf" {any_of(values['counted_bare'])}\b",
        "counts_bare": rf"(?i)\b{any_of(values['counts_bare'])} $",
    }


def _ratio_sources(values: _Values) -> dict[str, str]:
    comparative = rf"(?!{any_of(values['no_comparative'])}\b)[a-z]{{3,}}er"
    return {
        "compared": rf" (?:{any_of(values['compared'])}|{comparative})\b(?! in\b| when\b| last\b| this\b| past\b)",
        "times": (
            rf"[ -]times(?= (?:{any_of(values['compared'])}|{comparative})\b(?! (?:he|she|it|they|I|we|past|last|day|other)\b))"
        ),
        "no_share": rf"[- ](?:{any_of(values['no_share'])})\b|[%:/$-]|,\d|\.\d",
        "not_halved": rf"(?i)(?:\b{any_of(values['not_halved'])} |-)$",
    }


def _rank_sources(values: _Values) -> dict[str, str]:
    return {
        "not_ranked": rf"[ -](?:{any_of(values['not_ranked'])})\b",
        "rank_before": rf"(?:(?<!\w)(?i:{any_of(values['rank_before'])})|'s?) (?:[a-z]+(?:ly)? )?$",
    }


def _multiple_pattern(values: _Values) -> AnchoredPattern:
    roles = ("multiple", "share", "change")
    groups = "|".join(rf"(?P<{role}>{any_of(values[role])})" for role in roles)
    return AnchoredPattern.build(rf"\b(?i:{groups})\b(?!-)", [word for role in roles for word in values[role]])


def _fraction_pattern(numbers: NumberWords) -> AnchoredPattern:
    tops = ["a", "an", *(word for word, value in numbers.values["cardinal"].items() if 0 < value < 10)]
    parts = any_of(numbers.values["part"])
    return AnchoredPattern.build(rf"\b(?i:(?P<top>{any_of(tops)})(?P<join>[ -])(?P<part>{parts}))\b(?!-\w|')", tops)


def _rank_pattern(values: _Values, numbers: NumberWords) -> AnchoredPattern:
    ordinals, tens = any_of(numbers.values["ordinal"]), any_of(numbers.values["tens"])
    counts = any_of([word for word, value in numbers.values["cardinal"].items() if value > 1], ["twenty", "fifty", "hundred"])
    superlative = rf"[ -](?:{any_of(values['superlative'])}|[a-z]+iest)|-(?:place|placed|ranked|seeded)"
    source = (
        rf"(?<![\w.,$#&/-])(?:(?P<ordinal>(?i:(?:{tens}[ -])?{ordinals})|\d{{1,3}}(?:,\d{{3}})*(?:st|nd|rd|th))"
        rf"(?P<superlative>{superlative})?(?![\w']|-)|(?:[Nn]o\.? ?|#)(?P<place>[1-9]\d{{0,2}})(?![\d,.]\d|\w)"
        r"|[Nn]umber[ -](?P<spoken>one|two|three|four|five)\b"
        rf"|[Tt]op[ -](?P<top>\d{{1,4}}|{counts})(?![\w%,.]*\d|[%\w]))"
    )
    return AnchoredPattern.build(
        source, [*DIGITS, "#", "no", "number", "top", *numbers.values["ordinal"], *numbers.values["tens"]]
    )
