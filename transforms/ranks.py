"""Ranks: first, second-largest, 9th place, No. 1, top 10. `top 10` is the range of ranks 1 to 10."""

import re
from collections.abc import Iterator
from dataclasses import replace

from transforms.counted_nouns import Noun, in_small_letters, plural_noun, singular_noun
from transforms.figures import Quantity, Reading

_LARGEST_NUMBERED = 200
"""`No. 1` ranks; `No. 4711` is a file."""


def find_ranks(reading: Reading) -> Iterator[Quantity]:
    """Every rank in the text, in order."""
    for match in reading.lexicon.rank.finditer(reading.text, reading.anchors):
        if match["ordinal"]:
            found = _ordinal(reading, match)
        elif match["top"]:
            found = _top(reading, match)
        else:
            found = _numbered(reading, match)
        if found:
            yield found


def _rank(reading: Reading, match: re.Match[str], value: float, noun: Noun | None) -> Quantity:
    end = noun.end if noun else match.end()
    unit = None if noun is None else in_small_letters(noun.unit) if reading.is_title else noun.unit
    return replace(reading.quantity(match.start(), end, value, "rank", unit), is_approximate=False)


_FEW = re.compile(r" (?:few|several|couple|half-dozen|handful)\b")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s)[\"'(]?$")
_EVERY = re.compile(r"(?i)\bevery $")
"""Every third child is one in three, and none of them comes third."""
_CAPITAL_FOLLOWS = re.compile(r"[ -][A-Z]")


def _ordinal(reading: Reading, match: re.Match[str]) -> Quantity | None:
    """A place in an order: with a superlative, or where the words around it let it count.

    Before a number it counts nothing itself: "the first three contests" are three contests.
    """
    text, after = reading.text, match.end()
    counts_more = any(number.start == after + 1 for number in reading.numbers) or _FEW.match(text, after)
    if (counts_more and not match["superlative"]) or _EVERY.search(reading.before(match.start())):
        return None
    value = float(reading.lexicon.times.ordinal(match["ordinal"].replace(" ", "-")))
    if match["superlative"]:
        return _rank(reading, match, value, singular_noun(text, after, reading.lexicon.nouns))
    if not reading.is_title and _is_name(reading, match):
        return None
    noun = _ranked_noun(reading, after)
    if reading.follows("not_ranked", after) or not _counts_a_place(reading, match, noun):
        return None
    return _rank(reading, match, value, noun)


def _is_name(reading: Reading, match: re.Match[str]) -> bool:
    """Whether an ordinal with a capital before or behind it belongs to a name: "First Amendment", "115th Congress"."""
    written = match["ordinal"]
    follows_capital = _CAPITAL_FOLLOWS.match(reading.text, match.end()) is not None
    if written[0].isdigit():
        return follows_capital
    starts = _SENTENCE_START.search(reading.before(match.start())) is not None
    return written[0].isupper() and (follows_capital or not starts)


_IN_THE = re.compile(r"\b[Ii]n the $")
_A_SECOND = re.compile(r"(?i)\b(?:a|per|every|each|split|any|one|half a|this|last|that) $")
_SECOND_CLOSES = re.compile(r"\s*(?:$|[.,;:)!?])| (?:to|as|and|or|of|that|at|in|when|before|later|ago)\b")
_PLACE_LEAD = re.compile(r"(?i)\b(?:the|an?|finished|finishing|came|placed|ranked|very|in|is|was) $")
_FIRST_CLOSES = re.compile(r" to\b|\s*$|[.,;:)]")
_FIRST_LEAD = re.compile(r"(?i)\b(?:in|is|was|the|came|finished|placed|ranked) $")


def _counts_a_place(reading: Reading, match: re.Match[str], noun: Noun | None) -> bool:
    """Whether the words around an ordinal let it count: not "first" as an adverb, not "a second" as a time."""
    before, written, after = reading.before(match.start()), match["ordinal"].lower(), match.end()
    if written == "first" and _IN_THE.search(before) and noun and noun.unit == "place":
        return False
    if written == "second" and _A_SECOND.search(before) and _SECOND_CLOSES.match(reading.text, after):
        return False
    if not reading.behind("rank_before", match.start()):
        return noun is not None and written[0].isdigit()
    if noun or written[0].isdigit():
        return True
    if written == "first" and not (_FIRST_CLOSES.match(reading.text, after) and _FIRST_LEAD.search(before)):
        return False
    return _PLACE_LEAD.search(before) is not None


_NO_NOUN = re.compile(r"(?:ed|ing|ly)$")


def _ranked_noun(reading: Reading, position: int) -> Noun | None:
    """The noun that is ranked; a participle or an adverb behind the ordinal is none."""
    noun = singular_noun(reading.text, position, reading.lexicon.nouns)
    return None if noun is None or _NO_NOUN.search(noun.unit) else noun


_NAME_BEFORE = re.compile(r"\b(?!(?:The|A|An|At|In|As|His|Her|Its|Their|Now|Still|Ranked|Seeded) )[A-Z][\w'.-]* $")
_ADDRESS_AFTER = re.compile(r" (?:Downing|[A-Z]\w+ (?:Street|Road|Avenue))|,? of \d")


def _numbered(reading: Reading, match: re.Match[str]) -> Quantity | None:
    """`No. 1`, `number one`; not a file behind its name ("Amendment No. 3"), not an address ("No. 10 Downing Street")."""
    if _NAME_BEFORE.search(reading.before(match.start(), 20)) or _ADDRESS_AFTER.match(reading.text, match.end()):
        return None
    spoken = match["spoken"]
    value = reading.lexicon.numbers.values["cardinal"][spoken] if spoken else float(match["place"])
    noun = singular_noun(reading.text, match.end(), reading.lexicon.nouns)
    return _rank(reading, match, value, noun) if value <= _LARGEST_NUMBERED else None


_TOP_SHARE = re.compile(r"[- ](?:percent|per cent|years|people)\b")
_ON_TOP = re.compile(r"(?i)\b(?:on|over) $")


def _top(reading: Reading, match: re.Match[str]) -> Quantity | None:
    """`top 10`: the ranks from 1 to 10."""
    if _TOP_SHARE.match(reading.text, match.end()) or _ON_TOP.search(reading.before(match.start())):
        return None
    written, values = match["top"], reading.lexicon.numbers.values
    words = {**values["cardinal"], **values["tens"], **values["hundred"]}
    last = float(written) if written.isdigit() else words[written]
    noun = plural_noun(reading.text, match.end(), reading.lexicon.nouns)
    return replace(_rank(reading, match, 1.0, noun), upper_value=last) if last > 1 else None
