"""Ratios: half as much, twice, three times as many, a third of, two-thirds, doubled, 10x, tenfold, 2:1, one in five.

The value is the factor or the share: twice as much is 2, half 0.5, one in five 0.2. "Three times more" is read as three times.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from transforms.figures import Quantity, Reading
from transforms.not_figures import is_free
from transforms.spoken_numbers import Number

_LARGEST_UNEVEN_CROSS = 100
"""`150x` and `32x` are factors; `777x` is a name."""


def find_ratios(reading: Reading) -> Iterator[Quantity]:
    """Every ratio in the text; where spans overlap, the fuller reading comes first."""
    yield from _pairs(reading)
    yield from _multiplied(reading)
    yield from _fractions(reading)
    yield from _words(reading)


def _ratio(reading: Reading, start: int, end: int, value: float) -> Quantity:
    return reading.quantity(start, end, float(f"{value:.6g}"), "ratio")


_AS_MUCH = re.compile(r" as (?:much|many)\b")
_FOLD = re.compile(r"[- ]?fold\b")
_CROSS = re.compile(r"[x×](?!\w)")
_FACTOR_OF = re.compile(r"(?i)\ba factor of (?:about |around |roughly |almost |nearly )?$")
_LOWER_FACTOR = re.compile(r"(?<![\w.,-])(\d{1,4}(?:\.\d+)?)[-–]$")


def _multiplied(reading: Reading) -> Iterator[Quantity]:
    """`three times as many`, `10-fold`, `2-3x`, `a factor of four`."""
    text = reading.text
    for number in reading.numbers:
        factor = _FACTOR_OF.search(reading.before(number.start)) if not number.is_vague else None
        if factor and not text.startswith((" to ", "-"), number.end):
            yield _ratio(reading, number.start - len(factor[0]), number.end, number.value)
            continue
        if number.is_vague or number.value <= 1 or not is_free(text, number):
            continue
        found = reading.lexicon.patterns["times"].match(text, number.end) or _FOLD.match(text, number.end)
        is_even = number.value < _LARGEST_UNEVEN_CROSS or number.value % 10 == 0
        if found is None and number.form == "digits" and is_even:
            found = _CROSS.match(text, number.end)
        if found is None:
            continue
        much = _AS_MUCH.match(text, found.end())
        ratio = _ratio(reading, number.start, much.end() if much else found.end(), number.value)
        lower = _LOWER_FACTOR.search(reading.before(number.start, 8))
        if lower and float(lower[1]) < number.value:
            start = number.start - len(lower[0])
            ratio = replace(ratio, start=start, text=text[start : ratio.end], value=float(lower[1]), upper_value=number.value)
        yield ratio


_OF_ALL = re.compile(r" (?:of every|in every|out of every|out of|in|of) ")
_ODDS = re.compile(r"(?i)\b(?:odds|ratio|outnumber\w*|outspen[dt]|margin|outsold|by)\b")
_ODDS_FOLLOW = re.compile(r" (?:odds|ratio|margin|favou?rites?|majority|advantage)\b")
_COLON = re.compile(r"(?<![\d:.])(\d{1,3}):([1-9]\d?)(?![\d:]|[.]\d| ?[ap]\.?m)")
_COLON_LEAD = re.compile(r"\b(?:a|of|by|was|is|at|than|to|about|roughly|nearly|almost|least|over) $")


def _pairs(reading: Reading) -> Iterator[Quantity]:
    """Two numbers that make a share or a proportion: `one in five`, `nine out of 10`, `2:1`, `ten-to-one`."""
    text = reading.text
    for first, second in zip(reading.numbers, reading.numbers[1:], strict=False):
        gap = text[first.end : second.start]
        if not second.value or len(gap) > len(" out of every "):
            continue
        if _OF_ALL.fullmatch(gap):
            is_ratio = _is_share(reading, gap.strip(), first, second)
        elif gap == " to ":
            named = _ODDS.search(reading.before(first.start, 50)) or _ODDS_FOLLOW.match(text, second.end)
            is_ratio = second.value == 1 and first.value > 1 and bool(named)
        else:
            is_ratio = gap == "-to-" and not text.startswith("-", second.end) and first.value != second.value
        if is_ratio:
            yield _ratio(reading, first.start, second.end, first.value / second.value)
    for match in _COLON.finditer(text) if ":" in text else ():
        is_named = _ODDS_FOLLOW.match(text, match.end())
        if is_named or (len(match[2]) == 1 and _COLON_LEAD.search(reading.before(match.start()))):
            yield _ratio(reading, match.start(), match.end(), int(match[1]) / int(match[2]))


_NO_SHARE_LEAD = re.compile(r"(?i)(?:[$€£#]|\b(?:no|number|page|chapter|phase|top|the) )$")


def _is_share(reading: Reading, join: str, first: Number, second: Number) -> bool:
    """Whether "A in B" is a share: A below B, both whole, B neither a year nor a length of time nor counted apart."""
    is_whole = first.scale == 1 and first.value % 1 == 0 == second.value % 1
    if first.is_vague or second.is_vague or not is_whole or not 0 < first.value < second.value:
        return False
    if not (is_free(reading.text, first) and is_free(reading.text, second)) or _NO_SHARE_LEAD.search(
        reading.before(first.start)
    ):
        return False
    if join == "of":  # "eight of 10 voters"; "three of five seats" are three
        return second.value in (10, 100)
    if join == "out of" or (join == "in" and first.value == 1 and second.value >= 1000 and second.value % 100 == 0):
        return True
    is_duration = reading.lexicon.measures.measure_after(reading.text, second.end, second.scale) is not None
    return second.value <= 100 and not is_duration and not reading.follows("no_share", second.end)


_STROKE = re.compile(r"(?<![\w./-])(?:(?P<top>[1-9])/(?P<bottom>[2-9])|(?P<vulgar>[½⅓⅔¼¾])) (?=of\b)")


_COMPARED = re.compile(
    r" (?:as (?:much|many)|more|less|fewer|cheaper|dearer|faster|slower|quicker|higher|lower|larger|smaller|bigger|longer"
    r"|shorter|heavier|lighter|older|younger|stronger|weaker)\b"
)


def _fractions(reading: Reading) -> Iterator[Quantity]:
    """`two-thirds`, `a third of`, `a third cheaper`; "a third" alone is a place in an order."""
    text, values = reading.text, reading.lexicon.numbers.values
    for match in reading.lexicon.fraction.finditer(text, reading.anchors):
        top, part = match["top"].lower(), match["part"].lower()
        value = values["cardinal"].get(top, 1.0)
        follows_of = text.startswith(" of ", match.end()) and not text.startswith(" of a ", match.end())
        measures = follows_of or _COMPARED.match(text, match.end()) is not None
        agrees = part.endswith("s") != (value == 1) and values["part"][part] > 2
        is_clear = value > 1 or (top == "one" and match["join"] == "-")
        if agrees and (is_clear or (measures and match["join"] == " ")):
            yield _ratio(reading, match.start(), match.end(), value / values["part"][part])
    for match in _STROKE.finditer(text) if reading.numbers else ():
        value = values["vulgar"][match["vulgar"]] if match["vulgar"] else int(match["top"]) / int(match["bottom"])
        if value < 1:
            yield _ratio(reading, match.start(), match.end() - 1, value)


_NO_CHANGE_AFTER = re.compile(r" (?:down|over|up|back|as|dip|check)\b|-")


def _words(reading: Reading) -> Iterator[Quantity]:
    """`twice as much`, `half of`, `double the`, `doubled`, `tenfold`; "arrested twice" counts times."""
    values = reading.lexicon.values
    for match in reading.lexicon.multiple.finditer(reading.text, reading.anchors):
        word, end = match[0].lower(), match.end()
        if match["multiple"]:
            value = values["multiple"][word]
            if reading.follows("compared", end):
                much = _AS_MUCH.match(reading.text, end)
                yield _ratio(reading, match.start(), much.end() if much else end, value)
            elif not _THINKS.search(reading.before(match.start())):
                yield reading.quantity(match.start(), end, value, "count", "time")
        elif match["change"]:
            if not _NO_CHANGE_AFTER.match(reading.text, end):
                yield _ratio(reading, match.start(), end, values["change"][word])
        else:
            tail = _half_end(reading, match) if word == "half" else _double_end(reading, match)
            if tail is not None:
                yield _ratio(reading, match.start(), tail, values["share"][word])


_THINKS = re.compile(r"(?i)\bth(?:ink|inks|inking|ought) $")
_HALF_OF = re.compile(r"(?= as [a-z]+ as| (?:of|the|its|their|his|her|our|my|your|that|what|those|these|all)\b)")
_HALF_A = re.compile(r"[- ](?:an? |time\b|hour|million|billion|dozen|brother|sister|century|mile|staff)|-")
_HALF_LEAD = re.compile(
    r"(?i)\b(?:than|about|nearly|almost|roughly|over|only|just|by|in|under|at least|approximately|to|around|up to|fully) $"
)
_HALF_CLOSES = re.compile(
    r"\s*(?:[.,;:)]|$| (?:in|from|by|since|to|over|between|as|and|were|are|said|have|had|that|who|on|at|for|with)\b)"
)


def _half_end(reading: Reading, match: re.Match[str]) -> int | None:
    """Where "half" ends as a ratio, None where it is none: "the second half", "half an hour", "half-brother"."""
    text, end = reading.text, match.end()
    if reading.behind("not_halved", match.start()) or _HALF_A.match(text, end):
        return None
    much = _AS_MUCH.match(text, end)
    if much:
        return much.end()
    stands_alone = _HALF_LEAD.search(reading.before(match.start())) and _HALF_CLOSES.match(text, end)
    return end if stands_alone or _HALF_OF.match(text, end) else None


_DOUBLE_OF = re.compile(r"(?= as [a-z]+ as| (?:the|that|what|its|their|his|her|our)\b)")
_DOUBLE_LEAD = re.compile(
    r"(?i)\b(?:to|will|would|could|can|may|might|must|should|more than|nearly|almost|roughly|about|over|least) $"
)


def _double_end(reading: Reading, match: re.Match[str]) -> int | None:
    """Where "double" or "triple" ends as a ratio: before what is doubled, or as a verb; None in "double standard"."""
    end = match.end()
    much = _AS_MUCH.match(reading.text, end)
    if much:
        return much.end()
    is_verb = _DOUBLE_LEAD.search(reading.before(match.start())) and not _NO_CHANGE_AFTER.match(reading.text, end)
    return end if is_verb or _DOUBLE_OF.match(reading.text, end) else None
