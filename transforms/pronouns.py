"""Whether a text calls a person he or she: by forms of address, by words for men and women, by first names, by its pronouns.

Evidence counts in this order; where that of one kind speaks for both, the person has no pronoun and stays open.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from operator import itemgetter

from transforms.name_words import NameWords
from transforms.names import bare_name

HE = frozenset(("he", "him", "his", "himself"))
SHE = frozenset(("she", "her", "hers", "herself"))

Place = tuple[int, int, str]
"""Start and end of a person's name in the text, and the person's full name."""

_PRONOUN = re.compile(r"\b(?:(he|him|his|himself)|(?:she|hers?|herself))\b", re.I)
_QUOTED = re.compile(r"[\"“][^\"“”\n]*[\"”]")
_LAST_WORD = re.compile(r"([^\W\d_][\w-]*)\.? $")
_OWN_RELATION = re.compile(r"(?:\b(?:his|her|their|my|our)|['’]s?) (?:[\w-]+ )?([^\W\d_][\w-]*), $", re.I)
_APPOSITION = re.compile(
    r", (?:(?:the|an?) )?(?:[\w.]+['’]s? )?((?:(?!(?:an?|the|his|her|their|and|or|with|who|whose)\b)[\w-]+(?: |\b)){1,3})"
)
_WORD = re.compile(r"[^\W\d_][\w-]*")
_SENTENCE_END = re.compile(r"[.!?][\"'”’)]*\s")
_REACH_CHARS = 1200
"""How far a pronoun looks back: as far as in `resolve`."""


def pronouns_of(text: str, people: Sequence[Place], words: NameWords) -> dict[str, str]:
    """`he` or `she` for each full name of whom the text or the first name tells it. `people` come in the order of the text."""
    votes: dict[str, list[set[str]]] = {}
    for start, end, name in people:
        addressed, related, called, _ = votes.setdefault(name, [set(), set(), set(), set()])
        addressed |= _by_title(text, start, end, words)
        related |= _by_role(text, start, end, words)
        called |= {pronoun for pronoun in (words.first_names.get(_first_name(name)),) if pronoun}
    for name, pronoun in _by_pronouns(text, people, words):
        votes[name][3].add(pronoun)
    told = {name: next((kind for kind in kinds if kind), set[str]()) for name, kinds in votes.items()}
    return {name: next(iter(found)) for name, found in told.items() if len(found) == 1}


def _first_name(name: str) -> str:
    words = bare_name(name).split()
    return words[0].lower() if len(words) > 1 else ""


def _by_title(text: str, start: int, end: int, words: NameWords) -> set[str]:
    """What a form of address says, before a name or as its first word."""
    before = _LAST_WORD.search(text[max(0, start - 24) : start])
    first, _, rest = text[start:end].partition(" ")
    forms = [before[1] if before else "", first if rest else ""]
    return {words.titles[form] for form in (form.lower().rstrip(".") for form in forms) if form in words.titles}


def _by_role(text: str, start: int, end: int, words: NameWords) -> set[str]:
    """What a word for a man or a woman says: "actress Ann Lee", "her husband, Bo Lee", "Ann Lee, a spokeswoman"."""
    lead = text[max(0, start - 48) : start]
    before = _LAST_WORD.search(lead) or _OWN_RELATION.search(lead)
    found = {words.roles.get(before[1].lower())} if before else set()
    behind = _APPOSITION.match(text, end)
    if behind and not text.startswith(("'", "’"), behind.end()):
        found |= {words.roles.get(word.lower()) for word in behind[1].split()}
    return {pronoun for pronoun in found if pronoun}


def _by_pronouns(text: str, people: Sequence[Place], words: NameWords) -> Iterator[tuple[str, str]]:
    """What the text's own pronouns say of the only person named before them, in the same sentence."""
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    for match in _PRONOUN.finditer(text):
        pronoun, at = ("he" if match[1] else "she"), match.start()
        first, last = (bisect_left(people, place, key=itemgetter(0)) for place in (at - _REACH_CHARS, at))
        near = people[first:last]
        if len({name for *_, name in near}) != 1 or _is_inside(at, quoted):
            continue
        between = text[near[-1][1] : at]
        others = {words.roles.get(word.lower()) for word in _WORD.findall(between)}
        if not _SENTENCE_END.search(between) and "\n" not in between and pronoun not in others:
            yield near[-1][2], pronoun


def _is_inside(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a place lies in one of the spans, which come in order and do not overlap."""
    before = bisect_right(spans, at, key=itemgetter(0))
    return before > 0 and at < spans[before - 1][1]
