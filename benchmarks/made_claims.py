"""Made articles for measuring how comparison scales: as many claims as asked, in the tables that reading pages gives.

A claim says of a named body what it did, to what, where, and often with a figure. Topics, names and words are drawn by rank
(Zipf), so that a few topics and names stand in a tenth of all claims and most words in few: as the claims grow in number, new
words and names keep turning up and the crowded blocks grow. Words are those of wordfreq's list of English; names are made of
syllables. Every eighth claim restates one of the last 5,000: other words for the verb, another order, one word changed, and
sometimes another figure or a denial. All is drawn from one seed: the first 10,000 claims are the same in every size.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from wordfreq import top_n_list

from transforms.ids import content_id
from transforms.names import entity_id_of
from warehouse.tables import BATCH_TABLES

CLAIMS_PER_ARTICLE = 15
RESTATED = 0.12
LOOKS_BACK = 5_000

_TOPICS, _TOPIC_WORDS, _TOPIC_NAMES, _NAMES = 400, 250, 30, 40_000
_SYLLABLES = ("bar", "cor", "dal", "fen", "gri", "hol", "jas", "kel", "lum", "mor", "nev", "ost", "pra", "quin", "ros", "sil",
              "tam", "ul", "ver", "wyn", "yar", "zeb")  # fmt: skip
_BODIES = ("Institute", "Council", "Holdings", "Labs", "Group", "Union", "Agency", "University", "Bank", "Ministry")
_VERBS = (
    ("raised", "lifted"), ("cut", "reduced"), ("bought", "acquired"), ("opened", "launched"), ("approved", "backed"),
    ("rejected", "refused"), ("built", "constructed"), ("sold", "shed"), ("delayed", "postponed"), ("funded", "financed"),
)  # fmt: skip
_FIGURES = (
    (" by {} percent", "percent", "percent"), (" for {} million dollars", "USD", "money"),
    (" with {} employees", "employee", "count"),
)  # fmt: skip
_START = datetime(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a claim says, before it has words: numbers are ranks of names and words."""

    number: int
    names: tuple[int, int]
    verb: int
    words: tuple[str, ...]
    figure: tuple[int, int] | None = None
    is_negated: bool = False
    wording: int = 0


class Maker:
    """Draws statements one after the other."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        listed = [word for word in top_n_list("en", 20_000) if word.isalpha() and len(word) > 3][500:]
        self._words = np.array(listed)
        topics = np.random.default_rng(0)  # topics and names are the same for every seed
        self._topics = [topics.permutation(len(listed))[:_TOPIC_WORDS] for _ in range(_TOPICS)]
        self._cast = [self._ranked(topics, _NAMES, _TOPIC_NAMES) for _ in range(_TOPICS)]

    @staticmethod
    def _ranked(random: np.random.Generator, most: int, size: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """So many ranks below `most`, each as often as its inverse says (Zipf)."""
        ranks: np.ndarray[tuple[int], np.dtype[np.int64]] = np.exp(random.random(size) * np.log(most)).astype(np.int64)
        return np.minimum(ranks, most) - 1

    def statements(
        self, first: int, count: int, before: list[Statement], restated: float = RESTATED
    ) -> Iterator[tuple[Statement, int]]:
        """Statements, each with the number of the one that it says again, else its own; `before` takes the new ones."""
        for number in range(first, first + count):
            if before and self._random.random() < restated:
                source = before[int(self._random.integers(max(0, len(before) - LOOKS_BACK), len(before)))]
                statement = self._restated(source, number)
                is_same = (statement.figure, statement.is_negated) == (source.figure, source.is_negated)
                yield statement, source.number if is_same else number
                continue
            statement = self._new(number)
            before.append(statement)
            yield statement, number

    def _new(self, number: int) -> Statement:
        random = self._random
        [topic] = self._ranked(random, _TOPICS, 1)
        own = self._topics[topic][self._ranked(random, _TOPIC_WORDS, 3)]
        shared = self._ranked(random, len(self._words), 2)
        names = self._cast[topic][self._ranked(random, _TOPIC_NAMES, 2)]
        figure = (int(random.integers(len(_FIGURES))), int(random.integers(2, 900))) if random.random() < 0.4 else None
        words = tuple(str(word) for word in self._words[[*own, *shared]])
        return Statement(number, (int(names[0]), int(names[1])), int(random.integers(len(_VERBS))), words, figure)

    def _restated(self, source: Statement, number: int) -> Statement:
        kind, words = self._random.random(), list(source.words)
        words[int(self._random.integers(len(words)))] = str(self._words[self._ranked(self._random, len(self._words), 1)[0]])
        changed = replace(source, number=number, words=tuple(words), wording=1 + int(self._random.integers(2)))
        if kind < 0.2 and source.figure:
            return replace(changed, figure=(source.figure[0], source.figure[1] + 7))
        return replace(changed, is_negated=True) if kind > 0.9 else changed


class Articles:
    """Statements printed as articles: the rows that reading the pages would give, every claim a sentence of its own."""

    def __init__(self, first: int = 0) -> None:
        self._article = first
        self._rows: dict[str, list[dict[str, object]]] = {table.name: [] for table in BATCH_TABLES}

    def add(self, statements: list[Statement]) -> list[str]:
        """Print one article; the ids of its claims."""
        document_id = content_id("made", self._article)
        published = _START + timedelta(minutes=self._article)
        claim_ids: list[str] = []
        texts: list[str] = []
        at = 0
        for position, statement in enumerate(statements):
            text = printed(statement)
            claim_ids.append(self._add_claim(document_id, position, (at, at + len(text), text), statement))
            texts.append(text)
            at += len(text) + 1
        text = "\n".join(texts)
        self._rows["documents"].append({
            "document_id": document_id, "page_id": f"p{document_id}", "page_key": f"{self._article}.html", "source_id": "made",
            "url": f"https://site{self._article % 300}.example/{self._article}", "site": f"site{self._article % 300}.example",
            "authors": [], "published_at": published, "language": "en", "text": text, "text_chars": len(text),
            "word_count": len(text.split()), "content_hash": document_id, "raw_hash": document_id, "pipeline_version": "made",
            "fetched_at": published, "first_seen_at": published, "last_seen_at": published, "revision": 1, "is_current": True,
            "outcome": "kept",
        })  # fmt: skip
        self._article += 1
        return claim_ids

    def take(self) -> dict[str, pl.DataFrame]:
        """The rows of the articles since the last call."""
        frames = {table.name: table.frame(self._rows[table.name]) for table in BATCH_TABLES}
        self._rows = {name: [] for name in self._rows}
        return frames

    def _add_claim(self, document_id: str, position: int, place: tuple[int, int, str], statement: Statement) -> str:
        at, end, text = place
        sentence_id, claim_id = content_id(document_id, "s", position), content_id(document_id, at, end)
        where = {"document_id": document_id, "sentence_id": sentence_id}
        span = {"start_char": at, "end_char": end, "text": text}
        names = [name_of(rank) for rank in dict.fromkeys(statement.names)]
        entities = [entity_id_of(name, "ORG") for name in names]
        self._rows["sentences"].append({**where, **span, "position": position, "zone": "body"})
        self._rows["claims"].append({
            **where, **span, "claim_id": claim_id, "resolved_text": text, "attribution": "author", "claim_type": "event",
            "modality": "asserted", "is_negated": statement.is_negated, "subject": names[0], "subject_id": entities[0],
            "predicate": f"has {_VERBS[statement.verb][statement.wording > 0]}", "object": " ".join(statement.words[:2]),
            "checkworthiness": 0.5,
        })  # fmt: skip
        for name, entity_id, role in zip(names, entities, ("subject", "mentioned"), strict=False):
            start = at + text.index(name)
            found = {"start_char": start, "end_char": start + len(name), "text": name, "type": "ORG", "method": "model"}
            self._rows["mentions"].append({**where, **found, "mention_id": content_id(claim_id, name), "entity_id": entity_id})
            self._rows["claim_entities"].append({"claim_id": claim_id, "entity_id": entity_id, "role": role})
        if statement.figure:
            words, unit, kind = figure_of(*statement.figure)
            value = statement.figure[1] * (1e6 if kind == "money" else 1.0)
            start = at + text.index(words)
            self._rows["quantities"].append({
                **where, "claim_id": claim_id, "quantity_id": content_id(claim_id, "q"), "start_char": start,
                "end_char": start + len(words), "text": words, "value": value, "unit": unit, "kind": kind,
                "is_approximate": False,
            })  # fmt: skip
        return claim_id


def name_of(rank: int) -> str:
    """The name of that rank: three syllables and what kind of body it is."""
    many = len(_SYLLABLES)
    stem = "".join(_SYLLABLES[rank // many**place % many] for place in range(3))
    return f"{stem.capitalize()} {_BODIES[rank // many**3 * 2 + rank % 2]}"


def figure_of(kind: int, value: int) -> tuple[str, str, str]:
    """The words of a figure without the preposition, its unit and its kind."""
    phrase, unit, named = _FIGURES[kind]
    return phrase.format(value).split(" ", 2)[2], unit, named


def printed(statement: Statement) -> str:
    """The sentence that makes the statement."""
    subject, other = (name_of(rank) for rank in statement.names)
    one, two, three, four, five = statement.words
    verb = f"has {'not ' * statement.is_negated}{_VERBS[statement.verb][statement.wording > 0]}"
    figure = _FIGURES[statement.figure[0]][0].format(statement.figure[1]) if statement.figure else ""
    return (
        f"{subject} {verb} the {one} {two} of {other}{figure} after a {three} {four} {five}.",
        f"{subject} {verb} the {one} {two} of {other} after the {three} {four} {five}{figure}.",
        f"After a {three} {four} {five}, {subject} {verb} the {one} {two} of {other}{figure}.",
    )[statement.wording]
