"""Amounts: a number with what it counts or measures.

Read in this order: money by its sign; money by its name, percentages, lengths of time and other measures; counted nouns ("405
billion parameters", "a 12-member panel"); last a number alone, where nothing speaks for a name. Ranges are joined in `ranges`.
"""

import re
from dataclasses import dataclass, replace

from transforms.counted_nouns import Noun, in_small_letters, plural_noun, singular_noun
from transforms.figures import Reading
from transforms.measures import Measure
from transforms.not_figures import is_free, names_something, overlaps
from transforms.spoken_numbers import Number

_LARGEST_PRONOUN = 20
"""Number words up to here stand for things named before ("the two agreed") and alone are no figure."""

_LONGEST_PLAIN_DIGITS = 5
"""Digits without grouping beyond this are an id, where no unit follows."""

LETTER = re.compile(r"([kKmMbBtT])(?!\w)")
_SPACED_LETTER = re.compile(r" ?([kKmMbBtT])(?![\w'])")
_LETTERS_ALONE = "kKB"
"""Letters that are a magnitude even where nothing counted follows: a bare 100m may be metres."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit, over one span; its value is that of the number in the unit."""

    start: int
    end: int
    value: float
    upper: float | None
    unit: str | None
    kind: str
    number: Number

    @property
    def is_vague(self) -> bool:
        """Whether it is a magnitude without a number."""
        return self.number.is_vague


def measured(number: Number, start: int, end: int, measure: Measure) -> Amount:
    """The amount of a number in a unit or currency."""
    upper = None if number.upper is None else number.upper * measure.factor
    return Amount(start, end, number.value * measure.factor, upper, measure.unit, measure.kind, number)


def with_letter(number: Number, letter: re.Match[str] | None, reading: Reading) -> Number:
    """The number with a letter behind it as its magnitude."""
    if letter is None or number.scale != 1 or number.form != "digits":
        return number
    scale = reading.lexicon.numbers.values["letter"][letter[1]]
    return replace(number, end=letter.end(), value=number.value * scale, scale=scale)


def read_amount(reading: Reading, number: Number) -> Amount | None:
    """The amount that a number is part of, or None where it is no quantity."""
    if overlaps(number.start, number.end, reading.barred) or overlaps(number.start, number.end, reading.times):
        return None
    if not is_free(reading.text, number):
        return None
    return _money(reading, number) or _measure(reading, number) or _count(reading, number)


def is_named(reading: Reading, start: int) -> bool:
    """Whether the word before makes a number part of a name; a weekday or a month before it does not."""
    if any(end in (start, start - 1) for _, end in reading.times):
        return False
    return names_something(reading.text, start, reading.lexicon.nouns)


def _money(reading: Reading, number: Number) -> Amount | None:
    """Money with its sign or code before the number: $3.5 million, US$2bn, EUR 40m."""
    measures = reading.lexicon.measures
    sign = measures.currency_before(reading.text, number.start)
    if sign is None:
        return None
    number = with_letter(number, _SPACED_LETTER.match(reading.text, number.end), reading)
    named = measures.measure_after(reading.text, number.end, number.scale)  # "$5 million dollars"
    end = named.edge if named and named.unit == sign.unit and named.factor == 1 else number.end
    return _signed(reading, measured(number, sign.edge, end, sign))


def _measure(reading: Reading, number: Number) -> Amount | None:
    """Money by name, percentages, lengths of time, other measures: 40 million euros, 5 %, three years, 20 km."""
    measures, text = reading.lexicon.measures, reading.text
    measure = measures.measure_after(text, number.end, number.scale)
    if measure is None and number.form == "vague" and text.startswith(" of ", number.end):
        measure = measures.measure_after(text, number.end + len(" of"), number.scale)
    if measure is None:
        number = with_letter(number, LETTER.match(text, number.end), reading)
        measure = measures.measure_after(text, number.end, number.scale) if number.scale > 1 else None
    if measure is None or not _is_measured(reading, number, measure):
        return None
    return _signed(reading, measured(number, number.start, measure.edge, measure))


_BEFORE_ONE_DAY = re.compile(r"(?i)\b(?:only|just|least|than|within|about|in|after|for|over|under|of|last|lasted|took|takes) $")


def _is_measured(reading: Reading, number: Number, measure: Measure) -> bool:
    """Whether number and unit belong together: not in "one day", a name ("Windows 11 minutes"), "1080p"."""
    if measure.written == "suffix" and measure.unit == "GBP" and measure.factor < 1:
        return number.value < 100 and number.form == "digits"
    if measure.kind not in ("count", "duration"):
        return True
    if number.form == "digits" and number.scale == 1 and is_named(reading, number.start):
        return False
    if number.value == 0 and reading.text[number.start : measure.edge].lower().endswith("day"):  # a "zero day" is a flaw
        return False
    is_pronoun = reading.text[number.start : number.end].lower() == "one" and measure.unit in (
        "day",
        "night",
        "minute",
        "second",
        "weekend",
    )
    return not is_pronoun or _BEFORE_ONE_DAY.search(reading.before(number.start)) is not None


_MINUS = re.compile(r"(?<!or )\bminus $")


def _signed(reading: Reading, amount: Amount) -> Amount:
    """The amount with a minus sign that stands free before it, or the word; "plus or minus" is none."""
    if _MINUS.search(reading.before(amount.start, 9)):
        return replace(amount, start=amount.start - len("minus "), value=-amount.value)
    before = reading.before(amount.start, 2)
    if amount.number.form == "digits" and before[-1:] in ("-", "−") and not before[:-1].isalnum():
        return replace(amount, start=amount.start - 1, value=-amount.value)
    return amount


def _count(reading: Reading, number: Number) -> Amount | None:
    """What is counted: a noun behind the number, or nothing named where the number stands alone."""
    text = reading.text
    letter = LETTER.match(text, number.end) if number.form == "digits" else None
    if letter is None and text[number.end : number.end + 1].isalnum():
        return None
    number = with_letter(number, letter, reading)
    if _is_name(reading, number, has_letter=letter is not None):
        return None
    noun = _noun(reading, number)
    shared = _SHARED_UNIT.match(text, number.end) if noun is None else None
    if shared:
        shared_unit, kind = ("year", "duration") if shared["age"] else ("percent", "percent")
        return _signed(reading, Amount(number.start, number.end, number.value, None, shared_unit, kind, number))
    if noun is None and not (_stands_alone(reading, number) and (letter is None or letter[1] in _LETTERS_ALONE)):
        return None
    end = noun.end if noun else number.end
    unit = None if noun is None else in_small_letters(noun.unit) if reading.is_title else noun.unit
    return _signed(reading, Amount(number.start, end, number.value, number.upper, unit, "count", number))


_SHARED_UNIT = re.compile(
    r" (?:to|or|and|from|versus|against|compared with) \d[\d.]*(?:%| percent\b| per cent\b|(?P<age> years old\b))"
)
"""`ahead by 50 to 48 percent`, `27 and 29 years old`: the unit stands at the second number only."""

_SENTENCE_START = re.compile(r"(?:^|[.!?:;\"'(\[—–…•*-])\s*$")


def _is_name(reading: Reading, number: Number, *, has_letter: bool) -> bool:
    """Whether the number is part of a name: "Llama 3", "Big Four", "Llama 405B"."""
    if number.form == "digits":
        return (number.scale == 1 or has_letter) and is_named(reading, number.start)
    if reading.is_title or reading.text[number.start].islower():
        return False
    return _SENTENCE_START.search(reading.before(number.start, 4)) is None


_COMPOUND = re.compile(r"-([a-z]{3,})(?![\w']|-(?:to|on|and|in|up|off)\b)")
_OF_THE = re.compile(r" of (?:the|these|those|its|their|his|her|our|my|your|all|such)(?= )")
_OF = re.compile(r" (?:more )?of(?= )")


def _noun(reading: Reading, number: Number) -> Noun | None:
    """The counted noun: in the singular for one, in the plural else."""
    text, words = reading.text, reading.lexicon.nouns
    between = reading.lexicon.patterns["stands_between"].match(text, number.end)
    position = between.end() if between else number.end
    compound = _COMPOUND.match(text, position)
    if compound:
        word = compound[1]
        unfit = (
            word in reading.lexicon.values["no_compound"]
            or word in words.boundaries
            or words.describes(word)
            or words.is_plural(word)
        )
        return None if unfit or number.value in (0, 1) else Noun(compound.end(1), word)
    if text[number.start : number.end].lower() == "one":
        return _noun_of_one(reading, number, position)
    if number.value == 1 and number.form == "digits":
        return singular_noun(text, position, words)
    of = _OF_THE.match(text, position) or (_OF.match(text, position) if number.is_vague or number.value == 12 else None)
    position = of.end() if of else position
    inner = (other for other in reading.numbers if of and other.form == "words" and other.start == position + 1)
    whole = next(inner, None)  # "two of the six people"
    return plural_noun(text, whole.end if whole and text.startswith(" ", whole.end) else position, words)


_THE_ONLY = re.compile(r"(?i)\bthe only $")
_PERSON = re.compile(r" person\b")


def _noun_of_one(reading: Reading, number: Number, position: int) -> Noun | None:
    """What "one" counts where it is no pronoun: "only one seat", "one person"; never "one thing", "the only one"."""
    counts = reading.behind("only", number.start) or _PERSON.match(reading.text, position)
    if not counts or _THE_ONLY.search(reading.before(number.start)):
        return None
    noun = singular_noun(reading.text, position, reading.lexicon.nouns)
    if noun and reading.lexicon.nouns.is_plural(reading.text[: noun.end].rpartition(" ")[2]):  # "one positive jobs report"
        return None
    return None if noun is None or noun.unit in reading.lexicon.values["no_one"] else noun


_WORD_BEFORE = re.compile(r"(?<![\w-])(?:[a-z]+|[A-Z][a-z]+),? $")
_CLOSED = re.compile(r"\s*$|[.,;:!?)\]\"—–…](?!\d)|'(?!s)| [—–-] | \(| (?P<word>[a-z]+)\b")
_POINTS_BACK = re.compile(r"(?i)\b(?:the|these|those) $")
_NOT_ALONE = re.compile(r"-|'s\b| (?:percent|one)\b|,? \d")


def _stands_alone(reading: Reading, number: Number) -> bool:
    """Whether a number without a unit is a figure: large or vague, or in digits behind a word."""
    text = reading.text
    closed = _CLOSED.match(text, number.end)
    if closed is None or _NOT_ALONE.match(text, number.end):
        return False
    if number.form == "vague" or (number.form == "words" and number.value > _LARGEST_PRONOUN):
        return True
    if number.form == "words":
        counts = reading.follows("counted_bare", number.end) or reading.behind("counts_bare", number.start)
        return number.value > 1 and counts and not _POINTS_BACK.search(reading.before(number.start, 8))
    is_plain = number.scale == 1 and text[number.start : number.end].isdigit()
    if is_plain and (
        number.end - number.start > _LONGEST_PLAIN_DIGITS or (closed["word"] and not _ends_phrase(reading, closed["word"]))
    ):
        return False
    return _WORD_BEFORE.search(reading.before(number.start, 20)) is not None


def _ends_phrase(reading: Reading, word: str) -> bool:
    """Whether a number before this word is not the first part of a name: "the 777 programme"."""
    nouns = reading.lexicon.nouns
    return nouns.ends_phrase(word) or nouns.describes(word)
