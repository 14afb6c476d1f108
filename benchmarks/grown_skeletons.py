"""Real articles taken apart: the pieces of their text, and the rows of every table that come from it, ready to be copied."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from benchmarks.grown_words import FIGURE, KEPT, NAME, YEAR, Piece, is_of_name, kept_words, kind_of, tokens
from warehouse.database import Connection
from warehouse.tables import CLAIMS, MENTIONS, QUANTITIES, SENTENCES, TIME_EXPRESSIONS, Table

Row = dict[str, Any]
Columns = dict[str, list[Any]]
Numbers = tuple[int, ...]
"""Pieces of a text, by their numbers in the article's vocabulary."""

STATED = ("resolved_text", "subject", "predicate", "object", "speaker")
"""Columns of claims that are written in the article's words, beside their spans."""
_PLACED = (SENTENCES, MENTIONS, CLAIMS, QUANTITIES, TIME_EXPRESSIONS)
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_PAIRS = """
    SELECT r.claim_id, r.other_claim_id, r.score, r.reason FROM claim_relations AS r
    JOIN claims AS a ON a.claim_id = r.claim_id JOIN claims AS b ON b.claim_id = r.other_claim_id
    WHERE r.relation = 'same' AND a.document_id = $document_id AND b.document_id = $document_id ORDER BY ALL
"""
_ROLES = """
    SELECT claim_id, entity_id, role FROM claim_entities JOIN claims USING (claim_id)
    WHERE document_id = $document_id ORDER BY ALL
"""


@dataclass(frozen=True, slots=True, eq=False)
class Entity:
    """Who or what is named: its name as pieces of the article. What the catalogue lists keeps its id and its name."""

    entity_id: str
    type: str
    name: Numbers
    is_listed: bool


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """One article.

    `segments` are its text from one sentence's start to the next one's. `columns` has the rows of each table as lists, sorted
    by place; instead of a sentence_id, or a section, stands the sentence's place, and instead of a claim_id that of the claim.
    `stated` is what claims are written in, as pieces, None where nothing stands or, of resolved_text, where it is the claim's
    text. `scaled` are the places of figures whose value follows from the digits in their text. `paired` are the places of
    claims of the article that were judged to say the same, with score and reason.
    """

    document: Row
    pieces: tuple[Piece, ...]
    segments: tuple[Numbers, ...]
    columns: Mapping[str, Columns]
    title: Numbers | None
    authors: tuple[Numbers, ...]
    stated: Mapping[str, tuple[Numbers | None, ...]]
    entities: Mapping[str, Entity]
    roles: tuple[tuple[int, str, str], ...]
    scaled: frozenset[int]
    paired: tuple[tuple[int, int, float, str], ...]

    @property
    def is_kept(self) -> bool:
        """Whether it is an article at all."""
        return bool(self.document["outcome"] == "kept")


class _Encoder:
    """Gives the pieces of one article their numbers."""

    def __init__(self, names: frozenset[str], kept: frozenset[str]) -> None:
        self._names, self._kept = names, kept
        self._numbers: dict[Piece, int] = {}
        self._kinds: dict[str, int] = {}

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return tuple(self._numbers)

    def placed(self, text: str, marks: Sequence[int]) -> Numbers:
        """The pieces of a part of the text; `marks` has for each of its characters the kind of what lies there, or -1."""

        def kind(start: int, token: str) -> int:
            found = kind_of(token, marks[start], self._names, self._kept)
            return found if found == KEPT else self._kinds.setdefault(token, found)

        return self._cut(text, [(start, end, kind(start, token)) for start, end, token in tokens(text)])

    def words(self, text: str) -> Numbers:
        """The pieces of words that have no place in the text: each of the kind that it has there first."""
        kinds, found = self._kinds, tokens(text)
        places = [(start, end, kinds.get(token, kind_of(token, -1, self._names, self._kept))) for start, end, token in found]
        return self._cut(text, places)

    def name(self, text: str) -> Numbers:
        """The pieces of an entity's name: the same for every article that names it."""
        return self._cut(text, [(start, end, NAME if is_of_name(token) else KEPT) for start, end, token in tokens(text)])

    def whole(self, text: str) -> Numbers:
        """A text that stays."""
        return self._cut(text, [])

    def _cut(self, text: str, places: Sequence[tuple[int, int, int]]) -> Numbers:
        pieces: list[Piece] = []
        at = 0
        for start, end, kind in places:
            if kind != KEPT:
                pieces += [(KEPT, text[at:start]), (kind, text[start:end])]
                at = end
        pieces.append((KEPT, text[at:]))
        return tuple(self._numbers.setdefault(piece, len(self._numbers)) for piece in pieces if piece[1])


def skeletons(con: Connection) -> Iterator[Skeleton]:
    """Every current article of a warehouse that is no duplicate, in the order of their ids."""
    [(cues,)] = con.execute("SELECT coalesce(list(DISTINCT cue), []) FROM claims WHERE cue NOTNULL").fetchall()
    kept = kept_words(cues)
    entities = {row["entity_id"]: row for row in _rows(con, "FROM entities")}
    for document in _rows(con, "FROM documents WHERE is_current AND outcome <> 'duplicate' ORDER BY document_id"):
        yield _skeleton(con, document, entities, kept)


def _skeleton(con: Connection, document: Row, entities: Mapping[str, Row], kept: frozenset[str]) -> Skeleton:
    text, key = document["text"] or "", {"document_id": document["document_id"]}
    columns = {table.name: _columns(con, table, key) for table in _PLACED}
    listed = {entity_id for entity_id, entity in entities.items() if entity["wikidata_id"]}
    marks, names, kept_names = _marks(len(text), columns, listed)
    encoder = _Encoder(names, kept | kept_names)
    claims, figures = columns[CLAIMS.name], columns[QUANTITIES.name]
    place_of = {claim_id: place for place, claim_id in enumerate(claims["claim_id"])}
    roles = tuple((place_of[row["claim_id"]], row["entity_id"], row["role"]) for row in _rows(con, _ROLES, key))
    paired = tuple((place_of[one], place_of[two], score, why) for one, two, score, why in con.execute(_PAIRS, key).fetchall())
    starts = [0, *columns[SENTENCES.name]["start_char"][1:], len(text)]
    segments = tuple(encoder.placed(text[start:end], marks[start:end]) for start, end in pairwise(starts))
    met = {*columns[MENTIONS.name]["entity_id"], *(entity_id for _, entity_id, _ in roles),
           *(value for name in ("speaker_id", "subject_id", "object_id") for value in claims[name])} - {None}  # fmt: skip
    return Skeleton(
        document=document,
        segments=segments,
        columns=_by_place(columns, place_of),
        title=encoder.words(document["title"]) if document["title"] else None,
        authors=tuple(map(encoder.words, document["authors"])),
        stated={name: tuple(_stated(encoder, name, claims, listed)) for name in STATED},
        entities={
            key: Entity(key, entities[key]["type"], encoder.name(entities[key]["name"]), key in listed) for key in sorted(met)
        },
        roles=roles,
        scaled=frozenset(_scaled(figures)),
        paired=paired,
        pieces=encoder.pieces,
    )


def _stated(encoder: _Encoder, name: str, claims: Columns, listed: set[str]) -> Iterator[Numbers | None]:
    for value, text, speaker_id in zip(claims[name], claims["text"], claims["speaker_id"], strict=True):
        if value is None or (name == "resolved_text" and value == text):
            yield None
        else:
            yield encoder.whole(value) if name == "speaker" and speaker_id in listed else encoder.words(value)


def _marks(chars: int, columns: Mapping[str, Columns], listed: set[str]) -> tuple[list[int], frozenset[str], frozenset[str]]:
    """The kind of what lies at each character, -1 for nothing; words of names; and words of listed names, in small letters."""
    marks = [-1] * chars
    for table, kind in ((QUANTITIES, FIGURE), (TIME_EXPRESSIONS, YEAR)):
        for start, end in zip(columns[table.name]["start_char"], columns[table.name]["end_char"], strict=True):
            marks[start:end] = [kind] * (end - start)
    names, kept = set[str](), set[str]()
    mentions = columns[MENTIONS.name]
    for start, text, entity_id in zip(mentions["start_char"], mentions["text"], mentions["entity_id"], strict=True):
        for at, end, token in tokens(text):
            if entity_id in listed or not is_of_name(token):
                marks[start + at : start + end] = [KEPT] * (end - at)
                kept.add(token.lower())
            else:
                names.add(token)
    claims = columns[CLAIMS.name]
    for start, end in zip(claims["cue_start_char"], claims["cue_end_char"], strict=True):
        if start is not None:
            marks[start:end] = [KEPT] * (end - start)
    return marks, frozenset(names), frozenset(kept)


def number_in(text: str) -> float | None:
    """The number that a text gives in digits; None where it gives none, or several, or noughts alone."""
    found = _NUMBER.findall(text)
    return float(found[0].replace(",", "")) or None if len(found) == 1 else None


def _scaled(figures: Columns) -> Iterator[int]:
    rows = zip(figures["text"], figures["value"], figures["upper_value"], strict=True)
    for place, (text, value, upper) in enumerate(rows):
        if upper is None and value and number_in(text):
            yield place


def _by_place(columns: Mapping[str, Columns], place_of: Mapping[str, int]) -> dict[str, Columns]:
    """The columns with places instead of ids."""
    sentences = {sentence_id: place for place, sentence_id in enumerate(columns[SENTENCES.name]["sentence_id"])}
    headings: dict[str, int] = {}
    rows = columns[SENTENCES.name]
    for place, (text, zone, section) in enumerate(zip(rows["text"], rows["zone"], list(rows["section"]), strict=True)):
        rows["section"][place] = headings.get(section) if section else None
        if zone == "heading":
            headings[text] = place
    for name, table in columns.items():
        table["sentence_id"] = [sentences[sentence_id] for sentence_id in table["sentence_id"]]
        if "claim_id" in table and name != CLAIMS.name:
            table["claim_id"] = [place_of.get(claim_id) for claim_id in table["claim_id"]]
    return dict(columns)


def _columns(con: Connection, table: Table, key: Row) -> Columns:
    found = con.execute(
        f"FROM {table.name} WHERE document_id = $document_id ORDER BY start_char, end_char, {table.key[0]}", key
    )
    return found.pl().select(table.schema.names()).to_dict(as_series=False)


def _rows(con: Connection, sql: str, key: Row | None = None) -> list[Row]:
    return con.execute(sql, key or {}).pl().to_dicts()
