"""Grown articles as rows: those that reading their pages would give, and how they are known to hang together."""

from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import polars as pl

from benchmarks.grown_editions import Edition, Words, document_id_of
from benchmarks.grown_plans import REVISED_AFTER, Plans, Wording
from benchmarks.grown_plans import SOURCES as SOURCE_COUNT
from benchmarks.grown_skeletons import STATED, Columns, Skeleton, number_in
from benchmarks.grown_words import other_name
from transforms.ids import content_id
from transforms.names import entity_id_of
from warehouse.tables import (
    BATCH_TABLES,
    CLAIM_ENTITIES,
    CLAIM_RELATIONS,
    CLAIMS,
    DOCUMENT_RELATIONS,
    DOCUMENTS,
    MENTIONS,
    QUANTITIES,
    SENTENCES,
    TIME_EXPRESSIONS,
    Table,
)

_OF_SENTENCES = {"sentence": "text", "section": "section"}
"""Columns of claims that repeat one of their sentence's."""
SAME_SCORE, DISPUTED_SCORE, COPY_SCORE = 0.85, 0.6, 0.9
_TABLES = (*BATCH_TABLES, CLAIM_RELATIONS, DOCUMENT_RELATIONS)
_IN_IDS = {MENTIONS.name: "mention", CLAIMS.name: "claim", QUANTITIES.name: "quantity", TIME_EXPRESSIONS.name: "time"}


def source_of(rank: int) -> str:
    """The id of the source that gives the pages of the site of this rank."""
    return content_id("web", rank % SOURCE_COUNT)


def site_of(rank: int) -> str:
    """The name of the site of this rank."""
    return f"{other_name('newsroom', rank).lower()}{rank}.example"


class Press:
    """Prints articles one after the other."""

    def __init__(self, plans: Plans, pipeline_version: str) -> None:
        self._plans, self._version = plans, pipeline_version
        self._rows: dict[str, Columns] = {table.name: {name: [] for name in table.schema} for table in _TABLES}
        self._entity_ids: dict[tuple[str, int], str] = {}

    def add(self, number: int) -> None:
        """Print the article, in its revisions."""
        plan, skeleton = self._plans.plan(number), self._plans.skeleton(number)
        self._edition(Edition(plan, skeleton, plan.wordings, 1, plan.edits is None))
        if plan.edits is not None:
            self._edition(Edition(plan, skeleton, {**plan.wordings, **plan.edits}, 2, is_current=True))
            self._relate_documents(document_id_of(number, 2), document_id_of(number), "revision_of")

    def take(self) -> dict[str, pl.DataFrame]:
        """The rows of the articles since the last call: tables of the reading, and relations."""
        frames = {table.name: pl.DataFrame(self._rows[table.name], table.schema) for table in _TABLES}
        self._rows = {name: {column: [] for column in columns} for name, columns in self._rows.items()}
        return frames

    def _edition(self, edition: Edition) -> None:
        words = Words(self._plans, edition)
        text = words.text()
        self._document(edition, words, text)
        self._extend(SENTENCES, edition, text)
        if edition.plan.is_duplicate:
            return
        for table in (MENTIONS, QUANTITIES, TIME_EXPRESSIONS, CLAIMS):
            self._extend(table, edition, text)
        self._mentions(edition, words)
        self._figures(edition, text)
        self._times(edition, words)
        self._claims(edition, words)
        if edition.revision == 1:
            self._relate(edition)

    def _extend(self, table: Table, edition: Edition, text: str) -> None:
        """Add the table's rows as they were, with the ids and the texts of this article; what else changes is set after."""
        rows, columns = self._rows[table.name], edition.skeleton.columns[table.name]
        key = table.key[0]
        document_id, starts, ends = edition.document_id, columns["start_char"], columns["end_char"]
        count = len(starts)
        for column, values in columns.items():
            if column == key and table is SENTENCES:
                rows[key] += [_sentence_id(document_id, place) for place in range(count)]
            elif column == key:
                rows[key] += [content_id(document_id, _IN_IDS[table.name], *span) for span in zip(starts, ends, strict=True)]
            elif column == "document_id":
                rows[column] += [document_id] * count
            elif column == "text":
                rows[column] += [text[start:end] for start, end in zip(starts, ends, strict=True)]
            elif table is CLAIMS and column in _OF_SENTENCES:
                told = self._rows[SENTENCES.name][_OF_SENTENCES[column]][-len(edition.skeleton.segments) :]
                rows[column] += [told[place] for place in columns["sentence_id"]]
            elif column == "section":
                rows[column] += [None if at is None else text[starts[at] : ends[at]] for at in values]
            elif column == "sentence_id":
                rows[column] += [_sentence_id(document_id, place) for place in values]
            elif column == "claim_id":
                rows[column] += [None if place is None else _claim_id(edition, place) for place in values]
            else:
                rows[column] += values

    def _document(self, edition: Edition, words: Words, text: str) -> None:
        plan, was, number = edition.plan, edition.skeleton.document, edition.plan.number
        rank = self._plans.site(number)
        url, site = f"https://{site_of(rank)}/{number}", site_of(rank) if was["site"] else None
        met = self._plans.met_at(number) + (REVISED_AFTER if edition.revision > 1 else timedelta())
        is_last = edition.revision > 1 or plan.edits is None
        last_met = self._plans.last_met_at(met) if is_last else met + REVISED_AFTER - timedelta(days=1)
        published, modified = words.moved(was["published_at"]), words.moved(was["modified_at"])
        row: dict[str, Any] = {
            **was, "document_id": edition.document_id, "page_id": content_id("page", number), "page_key": url, "url": url,
            "source_id": source_of(rank), "canonical_url": url if was["canonical_url"] else None, "site": site,
            "title": words.of(edition.skeleton.title),
            "authors": [words.of(author) or "" for author in edition.skeleton.authors],
            "published_at": published, "published_on": words.moved(was["published_on"]), "text": text if was["text"] else None,
            "modified_at": None if published is None or modified is None else min(modified, met),
            "content_hash": content_id("content", number, edition.revision),
            "raw_hash": sha256(f"{url} {edition.revision}".encode()).hexdigest(), "pipeline_version": self._version,
            "fetched_at": met, "first_seen_at": met, "last_seen_at": last_met, "revision": edition.revision,
            "is_current": edition.is_current,
        }  # fmt: skip
        if plan.copies is not None:
            original = document_id_of(plan.copies)
            self._relate_documents(edition.document_id, original, "copy" if plan.is_duplicate else "near_copy")
            if plan.is_duplicate:
                reason = "the same words as another document"
                row |= {"outcome": "duplicate", "duplicate_of": original, "outcome_reason": reason}
        for name, values in self._rows[DOCUMENTS.name].items():
            values.append(row[name])

    def _mentions(self, edition: Edition, words: Words) -> None:
        columns = edition.skeleton.columns[MENTIONS.name]
        found = [
            self._entity_id(edition, entity_id, words, segment)
            for entity_id, segment in zip(columns["entity_id"], columns["sentence_id"], strict=True)
        ]
        _replace_last(self._rows[MENTIONS.name]["entity_id"], found)
        words.named = set(found)

    def _figures(self, edition: Edition, text: str) -> None:
        columns = edition.skeleton.columns[QUANTITIES.name]
        values = list(columns["value"])
        for place in edition.skeleton.scaled:
            was = number_in(columns["text"][place])
            now = number_in(text[columns["start_char"][place] : columns["end_char"][place]])
            if was and now:
                values[place] = float(f"{values[place] / was * now:.12g}")
        _replace_last(self._rows[QUANTITIES.name]["value"], values)

    def _times(self, edition: Edition, words: Words) -> None:
        columns = edition.skeleton.columns[TIME_EXPRESSIONS.name]
        places = range(len(columns["earliest"]))
        for name in ("earliest", "latest"):
            moved = [
                words.moved(columns[name][place])
                if columns["is_relative"][place]
                else _years_later(columns[name][place], words.years(columns["sentence_id"][place]))
                for place in places
            ]
            _replace_last(self._rows[TIME_EXPRESSIONS.name][name], moved)

    def _claims(self, edition: Edition, words: Words) -> None:
        rows, columns = self._rows[CLAIMS.name], edition.skeleton.columns[CLAIMS.name]
        segments = columns["sentence_id"]
        count = len(segments)
        for name in STATED:
            stated = edition.skeleton.stated[name]
            found = [words.of(numbers, segment) for numbers, segment in zip(stated, segments, strict=True)]
            if name == "resolved_text" and count:
                found = [own or same for own, same in zip(found, rows["text"][-count:], strict=True)]
            _replace_last(rows[name], found)
        for name in ("speaker_id", "subject_id", "object_id"):
            ids = [self._named(edition, entity_id, words, at) for entity_id, at in zip(columns[name], segments, strict=True)]
            _replace_last(rows[name], ids)
        _replace_last(rows["cluster_id"], [None] * count)
        links = dict.fromkeys(
            (_claim_id(edition, place), self._named(edition, entity_id, words, segments[place]), role)
            for place, entity_id, role in edition.skeleton.roles
        )
        for link in links:
            if link[1]:
                self._append(CLAIM_ENTITIES.name, link)

    def _relate(self, edition: Edition) -> None:
        """What its claims restate and dispute; and those of one article that say the same."""
        segments, own = edition.skeleton.columns[CLAIMS.name]["sentence_id"], edition.plan.number
        for place, segment in enumerate(segments):
            wording = edition.wordings.get(segment)
            root = wording.root if wording else edition.plan.root
            if root != own:
                claims = (_claim_id(edition, place), _claim_id_of(edition.skeleton, place, document_id_of(root)))
                self._relate_claims(*claims, wording)
        for one, two, score, reason in edition.skeleton.paired:
            if not {segments[one], segments[two]} & edition.wordings.keys():
                pair = sorted((_claim_id(edition, one), _claim_id(edition, two)))
                self._append(CLAIM_RELATIONS.name, (*pair, "same", score, reason))

    def _relate_claims(self, claim_id: str, other: str, wording: Wording | None) -> None:
        disputed = wording is not None and wording.is_disputed
        how = ("disputes", DISPUTED_SCORE, "they give other figures") if disputed else ("same", SAME_SCORE, "made again")
        self._append(CLAIM_RELATIONS.name, (min(claim_id, other), max(claim_id, other), *how))

    def _relate_documents(self, later: str, earlier: str, relation: str) -> None:
        self._append(DOCUMENT_RELATIONS.name, (later, earlier, relation, 1.0 if relation == "copy" else COPY_SCORE))

    def _append(self, name: str, row: tuple[object, ...]) -> None:
        for values, value in zip(self._rows[name].values(), row, strict=True):
            values.append(value)

    def _named(self, edition: Edition, entity_id: str | None, words: Words, segment: int) -> str | None:
        """The entity that a claim names. One that another sentence mentions has that one's name; else it is left open."""
        ids = (self._entity_id(edition, entity_id, words, at) for at in (segment, -1))
        return next((found for found in ids if found in words.named), None)

    def _entity_id(self, edition: Edition, entity_id: str | None, words: Words, segment: int) -> str | None:
        if entity_id is None or (entity := edition.skeleton.entities[entity_id]).is_listed:
            return entity_id
        place = entity_id, words.cast(segment)
        if place not in self._entity_ids:
            self._entity_ids[place] = entity_id_of(words.of(entity.name, segment) or "", entity.type)
        return self._entity_ids[place]


def _sentence_id(document_id: str, place: int) -> str:
    return content_id(document_id, "sentence", place)


def _claim_id(edition: Edition, place: int) -> str:
    return _claim_id_of(edition.skeleton, place, edition.document_id)


def _claim_id_of(skeleton: Skeleton, place: int, document_id: str) -> str:
    claims = skeleton.columns[CLAIMS.name]
    return content_id(document_id, "claim", claims["start_char"][place], claims["end_char"][place])


def _replace_last(values: list[Any], new: list[Any]) -> None:
    if new:
        values[-len(new) :] = new


def _years_later(day: date | None, years: int) -> date | None:
    if day is None:
        return None
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if is_leap_day else day.day)
