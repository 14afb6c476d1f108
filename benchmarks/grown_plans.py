"""Which real article each grown one copies, in whose words, and which of its sentences restate or dispute what others say.

Article n is a copy of real article n modulo their number. What is drawn depends on the seed and on n alone, so that the first
articles are the same in every size, and those after the last can be made as the next day's.
"""

# ruff: noqa: S311   drawn from a seed, to be the same again
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from math import exp, log
from random import Random

from benchmarks.grown_skeletons import Numbers, Skeleton
from benchmarks.grown_words import FIGURE, WORD, exchanged, other_figure, other_word
from warehouse.tables import CLAIMS, QUANTITIES

RESTATED = 0.1
"""Share of the sentences with claims that say again, in almost the same words, what an earlier article says."""
DISPUTED = 0.15
"""Share of those of them with a figure that give another one."""
NEAR_COPIES, DUPLICATES, REVISED = 0.03, 0.01, 0.02
"""Shares of the articles that are copied from an earlier one with some sentences edited; copied to the letter; and edited."""
EDITED = 0.05
"""Share of the sentences of a near-copy or a revision that are worded otherwise."""
LOOKS_BACK = 40
"""Copies of the same real article among which an article finds one to restate or to copy."""
SEEN_AGAIN = timedelta(days=7)
REVISED_AFTER = timedelta(days=2)
FIRST = 0.1
CASTS, SITES, SOURCES = 4_000, 500, 40
"""Casts of names, and sites, are drawn by rank (Zipf), so that few stand in many articles and most in few."""


@dataclass(frozen=True, slots=True)
class Voice:
    """The words of one copy: what each piece becomes; its cast, and how far its days and years are moved."""

    texts: list[str]
    cast: int
    years: int


@dataclass(frozen=True, slots=True)
class Wording:
    """How one segment is worded: in the words of article `root`, some of them changed. `is_disputed`: in its figure."""

    root: int
    changed: Mapping[int, str] = field(default_factory=dict)
    is_disputed: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """One grown article: in the words of article `root`, but for segments that are worded otherwise.

    `copies` is the article that it is a copy of: a `duplicate` where it is one to the letter. `edits` are the segments that its
    second revision has otherwise; None where it has none.
    """

    number: int
    root: int
    wordings: Mapping[int, Wording]
    copies: int | None = None
    is_duplicate: bool = False
    edits: Mapping[int, Wording] | None = None

    def root_of(self, segment: int) -> int:
        """The article whose words the segment is in."""
        return self.wordings[segment].root if segment in self.wordings else self.root


class Plans:
    """Plans articles over a year of days that ends with `last`; `articles` are published over these days."""

    def __init__(self, found: Sequence[Skeleton], seed: int, articles: int, last: datetime, days: int) -> None:
        self._skeletons, self._seed, self._articles, self._last, self._days = found, seed, articles, last, days
        self._told = [tuple(sorted(set(each.columns[CLAIMS.name]["sentence_id"]))) for each in found]
        self._counted = [frozenset(each.columns[QUANTITIES.name]["sentence_id"]) for each in found]
        self.plan = lru_cache(maxsize=(LOOKS_BACK + 2) * len(found))(self._plan)
        self.voice = lru_cache(maxsize=(LOOKS_BACK + 2) * len(found))(self._voice)

    def skeleton(self, number: int) -> Skeleton:
        """The real article that it copies."""
        return self._skeletons[number % len(self._skeletons)]

    def met_at(self, number: int) -> datetime:
        """The start of the run that met it: one a day. What comes after the last article is met on the next day."""
        day = min(number * self._days // self._articles, self._days)
        return self._last - timedelta(days=self._days - 1 - day)

    def last_met_at(self, met_at: datetime) -> datetime:
        """The start of the last run that met a page which was first met then: later ones no longer find it in its feed."""
        return max(met_at, min(met_at + SEEN_AGAIN, self._last))

    def site(self, number: int) -> int:
        """The rank of its site."""
        return _ranked(Random(f"{self._seed} site {number}"), SITES)

    def _voice(self, number: int) -> Voice:
        random, skeleton = Random(f"{self._seed} voice {number}"), self.skeleton(number)
        published, cast = skeleton.document["published_at"], _ranked(random, CASTS)
        years = self.met_at(number).year - published.year if published else 0
        return Voice(exchanged(skeleton.pieces, random, cast, years), cast, years)

    def _plan(self, number: int) -> Plan:
        random = Random(f"{self._seed} plan {number}")
        kind, revised = random.random(), random.random()
        if not self.skeleton(number).is_kept:
            return Plan(number, number, {})
        earlier = self._earlier(number, random)
        if earlier is not None and kind < NEAR_COPIES + DUPLICATES:
            source = self.plan(earlier)
            if source.copies is None and source.edits is None:
                if kind < DUPLICATES:
                    return Plan(number, source.root, source.wordings, copies=earlier, is_duplicate=True)
                edits = self._edits(number, random, source)
                return Plan(number, source.root, {**source.wordings, **edits}, copies=earlier)
        wordings = {at: found for at in self._told[number % len(self._told)] if (found := self._restated(number, at, random))}
        plan = Plan(number, number, wordings)
        if revised >= REVISED or self.met_at(number) + REVISED_AFTER > self._last:
            return plan
        return replace(plan, edits=self._edits(number, random, plan))

    def _earlier(self, number: int, random: Random) -> int | None:
        """An earlier copy of the same real article; often the first one, so that some statements are made again and again."""
        copies = min(number // len(self._skeletons), LOOKS_BACK)
        return (
            number - len(self._skeletons) * (copies if random.random() < 0.1 else random.randint(1, copies)) if copies else None
        )

    def _restated(self, number: int, segment: int, random: Random) -> Wording | None:
        if random.random() >= RESTATED or (earlier := self._earlier(number, random)) is None:
            return None
        root = self.plan(earlier).root_of(segment)
        if segment in self._counted[number % len(self._counted)] and random.random() < DISPUTED:
            return Wording(root, self._changed(root, segment, random, FIGURE), is_disputed=True)
        return Wording(root, self._changed(root, segment, random, WORD))

    def _edits(self, number: int, random: Random, source: Plan) -> dict[int, Wording]:
        told = self._told[number % len(self._told)]
        edited = [at for at in told if random.random() < EDITED] or list(told[:1])
        return {
            at: Wording(root, self._changed(root, at, random, WORD))
            for at in edited
            for root in [self.said_first_of(source, at)]
        }

    @staticmethod
    def said_first_of(plan: Plan, segment: int) -> int:
        """The same, of an article that is being planned."""
        return plan.wordings[segment].root if segment in plan.wordings else plan.root

    def _changed(self, root: int, segment: int, random: Random, kind: int) -> dict[int, str]:
        """All figures of a segment, or one of its content words, exchanged once more."""
        skeleton, texts = self.skeleton(root), self.voice(root).texts
        numbers: Numbers = tuple(number for number in skeleton.segments[segment] if skeleton.pieces[number][0] == kind)
        if kind == FIGURE:
            return {number: other_figure(texts[number], random) for number in dict.fromkeys(numbers)}
        changed = random.choice(numbers) if numbers else None
        return {} if changed is None else {changed: other_word(texts[changed], random)}


def _ranked(random: Random, most: int) -> int:
    """A rank below `most`, each as often as its inverse says (Zipf)."""
    return min(int(exp(random.random() * log(most))), most) - 1
