"""A small run in which everything holds: two pages of one article, one page that could not be read, four claims."""

from collections.abc import Callable
from datetime import date, datetime

import polars as pl
import pytest

from expectations.gate import GateContext, Verdict, check
from expectations.model import BY_NAME, Check, World
from expectations.suites import Finding, Judge, judge_rows

NOW = datetime(2026, 11, 22, 9, 0)
TEXT = (
    "Maker ships Q5 👾\nQ5 “has 405 billion parameters”, Ada Byron said on Monday. Critics doubt it.\nRead also: a star wept."
)
SENTENCES = {
    "s0": ("title", "Maker ships Q5 👾"),
    "s1": ("body", "Q5 “has 405 billion parameters”, Ada Byron said on Monday."),
    "s2": ("body", "Critics doubt it."),
    "s3": ("boilerplate", "Read also: a star wept."),
}

Frames = dict[str, pl.DataFrame]
Row = dict[str, object]


def span(words: str) -> Row:
    start = TEXT.index(words)
    return {"start_char": start, "end_char": start + len(words), "text": words}


def document(document_id: str, **columns: object) -> Row:
    return {
        "document_id": document_id, "page_id": f"page-{document_id}", "source_id": "here",
        "page_key": f"{document_id}.html", "url": f"file:///{document_id}.html",
        "site": "Daily", "title": "Maker ships Q5", "authors": ["A. Writer"], "published_at": datetime(2026, 11, 20),
        "language": "en", "text": TEXT, "text_chars": len(TEXT), "word_count": 14, "content_hash": f"c-{document_id}",
        "raw_hash": f"r-{document_id}", "pipeline_version": "1", "fetched_at": NOW, "first_seen_at": NOW, "last_seen_at": NOW,
        "revision": 1, "is_current": True, "outcome": "kept", **columns,
    }  # fmt: skip


def claim(claim_id: str, sentence_id: str, words: str, **columns: object) -> Row:
    return {
        "claim_id": claim_id, "document_id": "d1", "sentence_id": sentence_id, **span(words), "resolved_text": words,
        "attribution": "author", "claim_type": "other", "modality": "asserted", "is_negated": False, "checkworthiness": 0.5,
        "cluster_id": claim_id, **columns,
    }  # fmt: skip


def _part(name: str, row: Row, place: Row) -> Row:
    return {f"{name}_start_char": place["start_char"], f"{name}_end_char": place["end_char"], **row}


def good_frames() -> Frames:
    said = {
        "attribution": "direct", "speaker": "Ada Byron", "speaker_id": "ada", "subject": "Q5", "subject_id": "q5",
        **_part("speaker", {}, span("Ada Byron")), **_part("cue", {"cue": "said"}, span("said")),
    }  # fmt: skip
    place = {"document_id": "d1", "sentence_id": "s1"}
    clusters = [
        {"cluster_id": name, "text": name, "claim_count": 1, "document_count": 1, "site_count": 1, "speaker_count": speakers}
        for name, speakers in (("c1", 1), ("c2", 0))
    ]
    entities = [
        {"entity_id": key, "name": name, "type": kind, "wikidata_id": item, "mention_count": count, "document_count": count}
        for key, name, kind, item, count in (("ada", "Ada Byron", "PERSON", "Q7259", 1), ("q5", "Q5", "PRODUCT", None, 0))
    ]
    mention = {**place, "method": "model", "score": 0.9}
    rows: dict[str, list[Row]] = {
        "sources": [{"source_id": "here", "kind": "file", "location": "file:///", "added_at": NOW}],
        "documents": [
            document("d1"),
            document("d2", outcome="duplicate", duplicate_of="d1", outcome_reason="the same words as d1"),
            document("d3", outcome="unreadable", outcome_reason="no text", text=None, text_chars=0, word_count=0),
        ],
        "sentences": [
            {"sentence_id": key, "document_id": "d1", "position": position, **span(words), "zone": zone}
            for position, (key, (zone, words)) in enumerate(SENTENCES.items())
        ],
        "entities": entities,
        "entity_aliases": [{"entity_id": "ada", "alias": "Byron"}, {"entity_id": "q5", "alias": "Q5"}],
        "mentions": [
            {"mention_id": "m1", **mention, **span("Ada Byron"), "entity_id": "ada", "type": "PERSON"},
            {"mention_id": "m2", **mention, **span("Monday"), "type": "OTHER", "score": None},
        ],
        "claim_clusters": clusters,
        "claims": [
            claim("c1", "s1", "has 405 billion parameters", **said),
            claim("c2", "s2", "Critics doubt it."),
        ],
        "claim_entities": [
            {"claim_id": "c1", "entity_id": "ada", "role": "speaker"},
            {"claim_id": "c1", "entity_id": "q5", "role": "subject"},
        ],
        "quantities": [
            {"quantity_id": "n1", **place, "claim_id": "c1", **span("405 billion parameters"), "value": 405e9,
             "unit": "parameter", "kind": "count", "is_approximate": False},
        ],
        "time_expressions": [
            {"time_id": "t1", **place, **span("Monday"), "earliest": date(2026, 11, 16), "latest": date(2026, 11, 16),
             "is_relative": True},
        ],
        "claim_relations": [
            {"claim_id": "c1", "other_claim_id": "c2", "relation": "disputes", "score": 0.6, "reason": "doubt"},
        ],
        "document_relations": [{"document_id": "d2", "other_document_id": "d1", "relation": "copy", "score": 1.0}],
        "claim_terms": [
            {"claim_id": "c1", "document_id": "d1", "terms": [3, 5], "weights": [2.5, 1.0], "entities": [7], "place": 3},
            {"claim_id": "c2", "document_id": "d1", "terms": [], "weights": [], "entities": [], "place": 0},
        ],
        "article_keys": [{"document_id": "d1", "keys": [11, 13]}, {"document_id": "d2", "keys": [11, 13]}],
    }  # fmt: skip
    return {name: BY_NAME[name].frame(found) for name, found in rows.items()}


@pytest.fixture
def frames() -> Frames:
    return good_frames()


@pytest.fixture
def told() -> Frames:
    """What a run tells of itself: its row, one check that failed, one row that was held back."""
    place = {"run_id": "run-1", "table_name": "claims"}
    rows: dict[str, list[Row]] = {
        "runs": [
            {"run_id": "run-1", "started_at": NOW, "finished_at": NOW, "status": "loaded", "pages": 3, "documents": 3,
             "claims": 2, "quarantined": 1, "code_version": "1", "model_version": "1", "words": 14, "reading_seconds": 1.5},
        ],
        "quality_results": [
            {**place, "expectation": "expect_it", "column_name": "text", "severity": "warning", "success": False,
             "observed_value": '{"rows": 3}', "unexpected_count": 1, "unexpected_percent": 33.3, "checked_at": NOW},
        ],
        "quarantine": [
            {**place, "row_key": "c9", "expectation": "expect_it(text)", "reason": "it is odd", "row": '{"claim_id": "c9"}',
             "quarantined_at": NOW},
        ],
    }  # fmt: skip
    return {name: BY_NAME[name].frame(found) for name, found in rows.items()}


@pytest.fixture
def broken() -> Callable[..., Frames]:
    """Gives the frames with other values in one row of one table."""

    def set_values(frames: Frames, table: str, row: int, /, **columns: object) -> Frames:
        frame = frames[table]
        rows = frame.to_dicts()
        rows[row].update(columns)
        return {**frames, table: pl.DataFrame(rows, schema=frame.schema, orient="row")}

    return set_values


@pytest.fixture(scope="session")
def judge() -> Judge:
    return Judge()


@pytest.fixture
def judged(judge: Judge) -> Callable[[Frames, str, list[Check]], list[Finding]]:
    """Has some checks of one of the frames judged, the others being the world around it."""

    def findings(frames: Frames, table: str, checks: list[Check]) -> list[Finding]:
        world = World(frames, known={}, loaded_texts=None, checked_at=NOW)
        return judge_rows(judge, BY_NAME[table], frames[table], checks, world)

    return findings


@pytest.fixture
def gate() -> Callable[..., Verdict]:
    def run(frames: Frames, **context: object) -> Verdict:
        return check(frames, context=GateContext(run_id="run-1", checked_at=NOW, **context))

    return run
