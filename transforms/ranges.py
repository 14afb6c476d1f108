"""Two amounts as the ends of one range: 10-15 people, between 3 and 5 million, $5 to $10, two or three years."""

import re
from collections.abc import Iterator
from dataclasses import replace

from transforms.amounts import LETTER, Amount, is_named, measured, read_amount, with_letter
from transforms.figures import Quantity, Reading
from transforms.not_figures import is_free, overlaps
from transforms.spoken_numbers import Number

_LONGEST_GAP = 30
"""Characters between the numbers of a range: a unit and the words that join them."""

_DASH = re.compile(r" ?[-–—−] ?|-to-")
_OR = re.compile(r" or (?:(?:even|maybe|perhaps|possibly|more likely) )?")
_BETWEEN = re.compile(r"(?i)\bbetween (?:about |around |roughly )?$")
_BY = re.compile(r"(?i)\bby (?:about |around |roughly |an estimated )?$")
_FACTOR_OF_BY = 4
"""`by 5 to 7 percent` is a range; `by 14,000 to 249,000` is a change and what it led to."""
_HEDGE = re.compile(r"(?:about|around|nearly|roughly|almost|as (?:much|many) as|more than|up to|perhaps|maybe|even) $")
_ONE_BEHIND_THE_OTHER = re.compile(r"\d[-–—]$")
_FACTOR_OF_OR = 2
"""`two or three`, `10 or 20`: "or" joins numbers up to this far apart into a range."""


def find_amounts(reading: Reading) -> Iterator[Quantity]:
    """Amounts at the numbers of the text, ranges joined, in order."""
    numbers, index = reading.numbers, 0
    while index < len(numbers):
        joined = _range(reading, numbers[index], numbers[index + 1]) if index + 1 < len(numbers) else None
        is_second_half = _ONE_BEHIND_THE_OTHER.search(reading.before(numbers[index].start, 2))  # of a score or an id
        amount = joined or (None if is_second_half else read_amount(reading, numbers[index]))
        if amount:
            yield _quantity(reading, amount)
        index += 2 if joined else 1


def _quantity(reading: Reading, amount: Amount) -> Quantity:
    found = reading.quantity(amount.start, amount.end, amount.value, amount.kind, amount.unit)
    is_approximate = amount.is_vague or reading.is_approximate(amount.start, amount.number.end, amount.end)
    if amount.kind == "duration" and reading.behind("lasts_over", amount.start):  # "over five years" is during them
        is_approximate = amount.is_vague
    upper = None if amount.upper is None else float(f"{amount.upper:.15g}")
    return replace(found, upper_value=upper, is_approximate=is_approximate)


def _range(reading: Reading, first: Number, second: Number) -> Amount | None:
    if second.start - first.end > _LONGEST_GAP or overlaps(first.start, first.end, reading.barred + reading.times):
        return None
    if not is_free(reading.text[: first.end], first):
        return None
    upper = read_amount(reading, second) or _bare_money(reading, first, second)
    lower = _lower_end(reading, first, upper) if upper else None
    if upper is None or lower is None or not _joins(reading, lower, upper):
        return None
    low, high = lower.value, upper.upper if upper.upper is not None else upper.value
    if lower.number.scale == 1 and 0 < low < 1000 and low * upper.number.scale < high:  # "3 to 5 million"
        low *= upper.number.scale
    if low >= high:
        return None
    is_vague = lower.is_vague or upper.is_vague
    return replace(upper, start=lower.start, value=low, upper=high, number=replace(upper.number, is_vague=is_vague))


def _bare_money(reading: Reading, first: Number, second: Number) -> Amount | None:
    """The upper end of `$5-10 million`, where the sign stands at the lower one only."""
    sign = reading.lexicon.measures.currency_before(reading.text, first.start)
    if sign is None or not is_free(reading.text, second) or overlaps(second.start, second.end, reading.barred):
        return None
    second = with_letter(second, LETTER.match(reading.text, second.end), reading)
    return measured(second, second.start, second.end, sign)


def _lower_end(reading: Reading, first: Number, upper: Amount) -> Amount | None:
    """The first number with its own sign or unit, which must be the second's, or without any."""
    measures, text = reading.lexicon.measures, reading.text
    first = with_letter(first, LETTER.match(text, first.end), reading)
    sign = measures.currency_before(text, first.start)
    if sign:
        return measured(first, sign.edge, first.end, sign) if sign.unit == upper.unit else None
    measure = measures.measure_after(text, first.end, first.scale)
    if measure and measure.edge <= upper.start:
        return measured(first, first.start, measure.edge, measure) if measure.unit == upper.unit else None
    if upper.kind == "count" and first.form == "digits" and is_named(reading, first.start):
        return None
    factor = upper.value / upper.number.value if upper.kind == "money" and upper.number.value else 1.0  # cents
    return Amount(first.start, first.end, first.value * factor, first.upper, None, upper.kind, first)


def _joins(reading: Reading, lower: Amount, upper: Amount) -> bool:
    """Whether the words between two amounts make a range of them; a score (52-48) is none, nor is a change (from 3 to 5)."""
    join = _HEDGE.sub("", reading.text[lower.end : upper.start])
    if _DASH.fullmatch(join):
        return upper.unit is not None or upper.number.scale > 1
    if join == " to ":
        return _rises_by(reading, lower, upper) or not reading.behind("change_from", lower.start, 120)
    if join == " and ":
        return _BETWEEN.search(reading.before(lower.start)) is not None
    if _OR.fullmatch(join):
        is_near = upper.value <= _FACTOR_OF_OR * lower.value * max(1.0, upper.number.scale / lower.number.scale)
        return lower.is_vague == upper.is_vague and (lower.is_vague or is_near)
    return False


def _rises_by(reading: Reading, lower: Amount, upper: Amount) -> bool:
    """Whether both numbers say by how much: "by 5 to 7 percent", with one unit for both."""
    shares_unit = lower.unit is None and upper.unit is not None and upper.value <= _FACTOR_OF_BY * lower.value
    return shares_unit and _BY.search(reading.before(lower.start)) is not None
