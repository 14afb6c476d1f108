"""One parsed document to mentions, claims with their attribution and entities, quantities and time expressions."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING

import polars as pl

from transforms.attribution import find_attributions
from transforms.checkworthiness import Holdings, word_classes
from transforms.claim_types import claim_type
from transforms.claims import Found, find_claims
from transforms.ids import content_id
from transforms.mentions import Mention, find_mentions
from transforms.parse import Parsed
from transforms.quantities import quantities_of
from transforms.resolve import Referent, Referents, resolve_mentions
from transforms.resolved_text import resolved_text
from transforms.statements import Statement
from transforms.times import times_of
from warehouse.tables import CLAIM_ENTITIES, CLAIMS, MENTIONS, READ_ZONES

if TYPE_CHECKING:
    from spacy.tokens import Span

    from transforms.read import Reader

Row = dict[str, object]

_KNOWN = re.compile(r"\b(?:the|these|those|its|their|his|her|our|my|your)\s+\Z", re.I)


@dataclass(frozen=True, slots=True)
class _Inside:
    """What stands in a stretch of text: the mentions, the kinds of the figures, how many expressions of time.

    `told_kinds` leaves out figures that only say which things are meant ("the two sides").
    """

    mentions: Sequence[Mention]
    figure_kinds: Sequence[str]
    told_kinds: frozenset[str]
    times: int


@dataclass(frozen=True)
class _Document:
    """What is known of a document when its claims are put together."""

    document_id: str
    text: str
    mentions: Sequence[Mention]
    referents: Referents
    figures: Sequence[tuple[int, int, str]]
    moments: Sequence[tuple[int, int]]
    sentence_starts: Sequence[int]
    sentence_ids: Sequence[str]

    def within(self, start: int, end: int) -> _Inside:
        """What stands in a stretch of text; mentions, figures and moments are in the order of their places."""
        mentions = self.mentions[slice(*(bisect_left(self.mentions, at, key=attrgetter("start")) for at in (start, end)))]
        figures = self.figures[slice(*(bisect_left(self.figures, at, key=itemgetter(0)) for at in (start, end)))]
        moments = self.moments[slice(*(bisect_left(self.moments, at, key=itemgetter(0)) for at in (start, end)))]
        return _Inside(
            [mention for mention in mentions if mention.end <= end],
            [kind for _, last, kind in figures if last <= end],
            frozenset(kind for first, last, kind in figures if last <= end and not (kind == "count" and self._is_known(first))),
            sum(last <= end for _, last in moments),
        )

    def _is_known(self, place: int) -> bool:
        """Whether the words in front say that it is known which things are counted, in a number that is spelled out."""
        return self.text[place].isalpha() and _KNOWN.search(self.text, max(0, place - 8), place) is not None

    def sentence_at(self, place: int) -> str:
        """The sentence that holds a place."""
        return self.sentence_ids[max(0, bisect_right(self.sentence_starts, place) - 1)]


def annotate(document: Row, sentences: pl.DataFrame, parsed: Sequence[Parsed], reader: Reader) -> dict[str, pl.DataFrame]:
    """Tables of one kept document: mentions, claims, claim_entities, quantities and time_expressions, ordered by place."""
    document_id, text = str(document["document_id"]), str(document["text"])
    read = sentences.filter(pl.col("zone").is_in(READ_ZONES))
    written_on = document.get("published_on")  # "yesterday" counts from the day at the place
    dated = read.hstack([pl.Series("written_on", [written_on] * read.height, dtype=pl.Date)])
    times = times_of(dated, reader.figures.times)
    quantities = quantities_of(read, times, reader.figures)
    mentions = resolve_mentions(_article(text, parsed), find_mentions(text, parsed, reader.catalogue), reader.catalogue)
    attributions = find_attributions(text, parsed, reader.cues, reader.attribution)
    speakers = [attribution.head for attribution in attributions if attribution.head]
    known = _Document(
        document_id, text, mentions, Referents(text, mentions, speakers),
        figures=list(zip(*(quantities[name].to_list() for name in ("start_char", "end_char", "kind")), strict=True)),
        moments=list(zip(times["start_char"].to_list(), times["end_char"].to_list(), strict=True)),
        sentence_starts=sentences["start_char"].to_list(), sentence_ids=sentences["sentence_id"].to_list(),
    )  # fmt: skip
    rows: list[Row] = []
    links: list[Row] = []
    classes: dict[int, list[str]] = {}
    for found in find_claims(text, parsed, attributions):
        block = found.block
        if block.start not in classes:
            classes[block.start] = word_classes(block.doc, reader.worth.known)
        row = _claim_row(found, known, classes[block.start], reader)
        rows.append(row)
        links += _entity_rows(row, known)
    claims = CLAIMS.frame(rows)
    return {
        "mentions": MENTIONS.frame([_mention_row(mention, known) for mention in mentions]),
        "claims": claims,
        "claim_entities": CLAIM_ENTITIES.frame(list({tuple(link.values()): link for link in links}.values())),
        "quantities": _in_claims(quantities, claims),
        "time_expressions": _in_claims(times, claims),
    }


def _article(text: str, parsed: Sequence[Parsed]) -> str:
    """A text of the same length that holds the article alone, so that no name is looked for in boilerplate."""
    pieces: list[str] = []
    at = 0
    for block in parsed:
        last = block.doc[-1]
        end = block.start + last.idx + len(last.text_with_ws)
        pieces += [" " * (block.start - at), text[block.start : end]]
        at = end
    return "".join([*pieces, " " * (len(text) - at)])


def _mention_row(mention: Mention, known: _Document) -> Row:
    return {
        "mention_id": content_id(known.document_id, "mention", mention.start, mention.end),
        "document_id": known.document_id,
        "sentence_id": known.sentence_at(mention.start),
        "entity_id": mention.entity_id,
        "start_char": mention.start,
        "end_char": mention.end,
        "text": mention.text,
        "type": mention.type,
        "method": mention.method,
        "score": None,
    }


def _claim_row(found: Found, known: _Document, classes: Sequence[str], reader: Reader) -> Row:
    attribution = found.attribution
    statement = Statement.of(found.span, reader.claim_words, found.root)
    inside = known.within(found.start, found.end)
    kind = claim_type(found.span, statement, reader.claim_words, inside.told_kinds)
    speaker = _speaker(found, known) if attribution else None
    subject = _referent(statement.subject, found.block, known)
    object_ = _referent(statement.object, found.block, known)
    model = reader.worth
    holdings = Holdings(kind, statement, inside.figure_kinds, [mention.type for mention in inside.mentions], inside.times)
    return {
        "claim_id": content_id(known.document_id, "claim", found.start, found.end),
        "document_id": known.document_id,
        "sentence_id": known.sentence_at(found.start),
        "start_char": found.start,
        "end_char": found.end,
        "text": known.text[found.start : found.end],
        "resolved_text": resolved_text(found, known.text, known.referents, speaker),
        "attribution": attribution.kind if attribution else "author",
        **_attribution_columns(found, known, speaker),
        "claim_type": kind,
        "modality": statement.modality,
        "is_negated": statement.is_negated != (attribution is not None and attribution.is_denied),
        "subject": _printed(statement.subject, found.block, known),
        "predicate": _printed(statement.predicate, found.block, known),
        "object": _printed(statement.object, found.block, known),
        "subject_id": subject.entity_id if subject else None,
        "object_id": object_.entity_id if object_ else None,
        "checkworthiness": model.probability(model.features(found.span, classes, holdings)),
        "cluster_id": None,
    }


def _attribution_columns(found: Found, known: _Document, speaker: Referent | None) -> Row:
    attribution = found.attribution
    if attribution is None:
        return {}
    (speaker_start, speaker_end), (cue_start, cue_end) = attribution.speaker or (None, None), attribution.cue or (None, None)
    words = known.text[speaker_start:speaker_end] if attribution.speaker else None
    return {
        "speaker": speaker.name if speaker else " ".join(words.split()) if words else None,
        "speaker_id": speaker.entity_id if speaker else None,
        "speaker_start_char": speaker_start,
        "speaker_end_char": speaker_end,
        "cue": known.text[cue_start:cue_end] if attribution.cue else None,
        "cue_start_char": cue_start,
        "cue_end_char": cue_end,
    }


def _speaker(found: Found, known: _Document) -> Referent | None:
    """Who holds an attributed claim: the entity that the speaker's head word names, or that its pronoun or role stands for.

    The words may stand in another block than the claim: a quotation inherits its speaker.
    """
    attribution = found.attribution
    if attribution is None or attribution.head is None or attribution.speaker is None:
        return None
    named = known.referents.named(*attribution.speaker, attribution.head)
    if named:
        return named
    head = found.block.doc.char_span(*(place - found.block.start for place in attribution.head), alignment_mode="expand")
    if head is not None and known.text[slice(*attribution.head)] == known.text[slice(*found.block.place(head.root))]:
        return known.referents.antecedent(head.root, attribution.head[0])
    return None


def _referent(span: Span | None, block: Parsed, known: _Document) -> Referent | None:
    """The entity that a part of a statement is, not one that it merely mentions."""
    return known.referents.of(span.root, block) if span is not None else None


def _printed(span: Span | None, block: Parsed, known: _Document) -> str | None:
    if span is None:
        return None
    start, end = block.place(span)
    return " ".join(known.text[start:end].split()) or None


def _entity_rows(row: Row, known: _Document) -> list[Row]:
    """The entities of one claim, each in its roles; `mentioned` where it has no other."""
    roles = [(row[f"{role}_id"], role) for role in ("subject", "object", "speaker") if row.get(f"{role}_id")]
    placed = {entity_id for entity_id, role in roles if role != "speaker"}
    start, end = row["start_char"], row["end_char"]
    assert isinstance(start, int) and isinstance(end, int)
    inside = {mention.entity_id for mention in known.within(start, end).mentions if mention.entity_id}
    roles += [(entity_id, "mentioned") for entity_id in sorted(inside - placed)]
    return [{"claim_id": row["claim_id"], "entity_id": entity_id, "role": role} for entity_id, role in roles]


def _in_claims(frame: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """The frame with the smallest claim that holds each span."""
    # Lists of a small frame's columns: a query for its rows would take longer than all the rest of it.
    spans = sorted(zip(*(claims[name].to_list() for name in ("start_char", "end_char", "claim_id")), strict=True))
    reaches = list(accumulate((last for _, last, _ in spans), max))
    ids = []
    for start, end in zip(frame["start_char"].to_list(), frame["end_char"].to_list(), strict=True):
        holding = []
        at = bisect_right(spans, start, key=itemgetter(0)) - 1
        while at >= 0 and reaches[at] >= end:  # no claim further in front reaches as far
            first, last, claim_id = spans[at]
            holding += [(last - first, first, claim_id)] if end <= last else []
            at -= 1
        ids.append(min(holding)[2] if holding else None)
    return frame.clone().replace_column(frame.get_column_index("claim_id"), pl.Series("claim_id", ids, dtype=pl.String))
