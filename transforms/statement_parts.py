"""Parts of a statement's wording that decide whether another can be true beside it: its opening, its limits, its tense."""

import re
from calendar import day_name, month_name
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from transforms.terms import CompareLexicon, Word, base_form, read_words, split_words

_FUTURE = frozenset(("will", "shall", "ll"))
_PRESENT = frozenset(("is", "are", "am", "do", "does"))
_SMALL_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty"
).split()
_LIMITS = (("up", "to"), ("as", "many", "as"), ("as", "much", "as"), ("as", "few", "as"), ("close", "to"), ("than",))
"""Words right before a number that make it a limit; single words are in `compare_words`."""
_AUXILIARY = "is|are|was|were|has|have|had|will|would|can|could|may|might|does|did"
_BREAK = re.compile(rf"[,;:](?!\d)|[()–—]| and (?=(?:{_AUXILIARY})\b|[a-z]+ (?:about |some |nearly )?[$€£]?\d)")
"""Where a statement goes on to say something else: at a mark, or at `and` before another verb or figure."""
_ASIDE = re.compile(r"(?P<subject>[^,;:()–—]+), (?:which|who|whose|where|the|a|an|one)\b[^,;]*,(?= )")
_RESTRICTS = frozenset(("partial", "scope", "bound", "negator", "rank"))
_GOES_ON = frozenset(("which", "who", "whose", "as", "that"))


def opening_of(text: str, predicate: str, lexicon: CompareLexicon) -> str | None:
    """A statement up to its first break; None where it has none, or where what follows may take back what was said.

    "Turnout was 71 percent, the highest since 1990" says two things. "It is safe, but only for adults" says one. What stands
    between two commas before the verb is left out: "the dam, which opened in May, cost …".
    """
    aside = _ASIDE.match(text)
    if aside is not None and not set(split_words(predicate)) & set(split_words(aside["subject"])):
        without = without_aside(text)
        return opening_of(without, predicate, lexicon) or without
    found = _BREAK.search(text)
    if found is None:
        return None
    opening, rest = text[: found.start()], read_words(text[found.end() :], lexicon)
    said = split_words(opening)
    verbs = split_words(predicate)
    if not rest or not verbs or verbs[-1] not in said:
        return None
    first = rest[0]
    if first.surface in ("but", "except") or (first.role == "link" and first.surface not in _GOES_ON):
        return None
    if first.role == "clause_opener" or any(word.role in _RESTRICTS for word in rest):
        return None
    return opening


def without_aside(text: str) -> str:
    """A statement without what stands between its first two commas, where that explains what stands before them."""
    aside = _ASIDE.match(text)
    return text if aside is None else aside["subject"] + text[aside.end() :]


def named_clause(text: str, resolved: str, lexicon: CompareLexicon) -> tuple[str, str] | None:
    """Subject and clause of what a thing is called: "called the reform unfair" says that the reform is unfair.

    None where the words before the phrase in `resolved` name nothing, or where the name's beginning is not told.
    """
    lead = split_words(resolved)[: -len(split_words(text))] if text else []
    if not any(word.term == "name" for word in read_words(" ".join(lead), lexicon)):
        return None
    words = text.split()
    for at in range(1, len(words)):
        is_quality = any(word.direction is not None for word in read_words(words[at], lexicon))
        if (is_quality and at == len(words) - 1) or words[at] in ("a", "an"):
            subject = " ".join(words[:at])
            return subject, f"{subject} is {' '.join(words[at:])}"
    return None


def numbers_in(words: Sequence[Word]) -> frozenset[float]:
    """Values of the numbers among words, in digits or spelled, up to twenty."""
    spelled = {float(_SMALL_NUMBERS.index(word.surface)) for word in words if word.surface in _SMALL_NUMBERS}
    return frozenset({word.number for word in words if word.number is not None} | spelled)


def without_numbers(words: Sequence[Word]) -> list[Word]:
    """The words that are no number."""
    return [word for word in words if word.number is None and word.surface not in _SMALL_NUMBERS]


def roles_of(words: Sequence[Word]) -> frozenset[str]:
    """Parts that the words of a statement play; `up to 400` has a bound, and `some 400` names no part."""
    roles = {word.role for at, word in enumerate(words) if word.role is not None and not _rounds(words, at)}
    return frozenset(roles | {"bound"}) if _has_limit(words) else frozenset(roles)


def tense_of(predicate: str, lexicon: CompareLexicon) -> str:
    """`future`, `present`, `past`, `perfect`, `pluperfect` or `simple`, by the auxiliaries of a predicate or its form."""
    words = split_words(predicate)
    is_to_come = words[:1] == ["to"] or (words[:1] and words[0] in ("is", "are") and words[1:2] == ["to"])
    if is_to_come or not _FUTURE.isdisjoint(words):
        return "future"
    if words[:1] and words[0] in _PRESENT:
        return "present"
    has_more = len([word for word in words if word not in ("not", "never")]) > 1
    if has_more and words[0] == "had":
        return "pluperfect"
    if has_more and words[0] in ("has", "have", "ve"):
        return "perfect"
    is_inflected = bool(words) and (lexicon.lemmas.get(words[0]) or base_form(words[0])) != words[0]
    return "past" if (is_inflected and not words[0].endswith(("s", "ing"))) or words[:1] == ["was"] else "simple"


def times_named(rows: Sequence[Mapping[str, Any]], part: str, whole: str) -> list[Mapping[str, Any]]:
    """Rows of `times` without those whose year, month or weekday only the rest of a statement names."""
    kept, rest = set(split_words(part)), set(split_words(whole))
    return [row for row in rows if not any(name in rest and name not in kept for name in _names_of(row["earliest"]))]


def _names_of(day: date | None) -> tuple[str, ...]:
    return () if day is None else (str(day.year), month_name[day.month].casefold(), day_name[day.weekday()].casefold())


def superlatives_of(words: Sequence[Word], lexicon: CompareLexicon) -> frozenset[str]:
    """`largest`, `first`, `the most capable`; "most models" are many, and no title."""
    found = {word.surface for word in words if word.surface in lexicon.superlatives or word.role == "rank"}
    for before, most, word in zip(words, words[1:], words[2:], strict=False):
        if before.surface == "the" and most.surface == "most" and word.role is None:
            found.add(f"most {word.surface}")
    return frozenset(found)


def _rounds(words: Sequence[Word], at: int) -> bool:
    return words[at].surface == "some" and at + 1 < len(words) and words[at + 1].number is not None


def _has_limit(words: Sequence[Word]) -> bool:
    surfaces = [word.surface for word in words]
    places = [at for at, word in enumerate(words) if word.number is not None or word.surface in _SMALL_NUMBERS]
    return any(tuple(surfaces[max(0, at - len(limit)) : at]) == limit for at in places for limit in _LIMITS)
