from datetime import datetime

import polars as pl
import pytest

from flows.knowledge import Known, all_known
from flows.models import seeds
from flows.news import Settled
from flows.settle import settle
from transforms.ids import content_id
from transforms.names import entity_id_of
from warehouse.database import building
from warehouse.load import load_tables
from warehouse.tables import TABLES

FIRST, SECOND = datetime(2024, 7, 23), datetime(2024, 7, 24)
READ = ("documents", "sentences", "mentions", "claims", "claim_entities", "quantities", "time_expressions")
ARTICLE = (
    "The harbour board said that thirty ferries will cross the strait every day from the first of May, "
    "which pleased all the traders of the port."
)
SEEDS = seeds()
BY_NAME = {table.name: table for table in TABLES}


def frames_of(**rows: list[dict[str, object]]) -> dict[str, pl.DataFrame]:
    return {name: BY_NAME[name].frame(rows.get(name, [])) for name in READ}


def document(document_id: str, page: str, **more: object) -> dict[str, object]:
    return {
        "document_id": document_id,
        "page_id": page,
        "page_key": f"{page}.html",
        "source_id": "s",
        "url": f"file:///{page}.html",
        "authors": [],
        "text": ARTICLE,
        "text_chars": len(ARTICLE),
        "word_count": 20,
        "content_hash": document_id,
        "raw_hash": document_id,
        "pipeline_version": "v1",
        "fetched_at": FIRST,
        "first_seen_at": FIRST,
        "last_seen_at": FIRST,
        "revision": 1,
        "is_current": True,
        "outcome": "kept",
        **more,
    }


def sentence(document_id: str, text: str = ARTICLE) -> dict[str, object]:
    return {
        "sentence_id": f"{document_id}-0",
        "document_id": document_id,
        "position": 0,
        "start_char": 0,
        "end_char": len(text),
        "text": text,
        "zone": "body",
    }


def claim(document_id: str, text: str = ARTICLE) -> dict[str, object]:
    return {
        "claim_id": content_id(document_id, "claim"),
        "document_id": document_id,
        "sentence_id": f"{document_id}-0",
        "start_char": 0,
        "end_char": len(text),
        "text": text,
        "resolved_text": text,
        "attribution": "author",
        "claim_type": "other",
        "modality": "asserted",
        "is_negated": False,
        "checkworthiness": 0.5,
    }


def mention(document_id: str, text: str, name: str, method: str = "model", number: int = 0) -> dict[str, object]:
    return {
        "mention_id": f"{document_id}-{text}-{number}",
        "document_id": document_id,
        "sentence_id": f"{document_id}-0",
        "entity_id": entity_id_of(name, "PERSON"),
        "start_char": 0,
        "end_char": len(text),
        "text": text,
        "type": "PERSON",
        "method": method,
    }


@pytest.fixture
def warehouse(tmp_path):
    path = tmp_path / "w.duckdb"

    def load(settled: Settled) -> Known:
        with building(path) as con:
            load_tables(con, settled.to_load(settled.frames), replaced_documents=settled.replaced)
        return all_known(path)

    load.nothing = all_known(path)  # type: ignore[attr-defined]
    return load


def test_every_claim_has_a_cluster_and_every_frame_the_declared_schema(warehouse):
    read = frames_of(documents=[document("d1", "p")], sentences=[sentence("d1")], claims=[claim("d1")])
    settled = settle(read, warehouse.nothing, SEEDS, FIRST)
    assert settled.frames["claims"]["cluster_id"].null_count() == 0
    assert {name: frame.schema for name, frame in settled.frames.items()} == {
        name: BY_NAME[name].schema for name in settled.frames
    }


def test_a_document_is_first_seen_when_its_run_began(warehouse):
    settled = settle(frames_of(documents=[document("d1", "p", first_seen_at=SECOND)]), warehouse.nothing, SEEDS, FIRST)
    assert settled.frames["documents"].select("first_seen_at", "last_seen_at").row(0) == (FIRST, FIRST)


def test_a_copy_keeps_its_sentences_and_loses_its_claims(warehouse):
    read = frames_of(
        documents=[document("d1", "p"), document("d2", "q")],
        sentences=[sentence("d1"), sentence("d2")],
        claims=[claim("d1"), claim("d2")],
    )
    frames = settle(read, warehouse.nothing, SEEDS, FIRST).frames
    assert frames["documents"].sort("document_id")["outcome"].to_list() == ["kept", "duplicate"]
    assert frames["claims"]["document_id"].to_list() == ["d1"]
    assert frames["sentences"].height == 2


def test_a_later_revision_takes_the_place_of_the_known_one(warehouse):
    first = frames_of(documents=[document("d1", "p")], sentences=[sentence("d1")])
    known = warehouse(settle(first, warehouse.nothing, SEEDS, FIRST))
    settled = settle(frames_of(documents=[document("d2", "p")], sentences=[sentence("d2")]), known, SEEDS, SECOND)
    assert settled.frames["documents"].select("revision", "is_current").row(0) == (2, True)
    assert settled.changes["superseded"].rows() == [("d1", False, None)]
    assert warehouse(settled).documents.select("document_id", "is_current").rows() == [("d1", False), ("d2", True)]


def test_a_known_revision_stays_current_when_the_new_one_is_held_back(warehouse):
    known = warehouse(settle(frames_of(documents=[document("d1", "p")]), warehouse.nothing, SEEDS, FIRST))
    settled = settle(frames_of(documents=[document("d2", "p")]), known, SEEDS, SECOND)
    passed = {**settled.frames, "documents": settled.frames["documents"].clear()}
    assert settled.to_load(passed)["superseded"].is_empty()


def test_the_same_bytes_read_by_another_version_are_the_same_revision_under_its_new_id(warehouse):
    first = frames_of(documents=[document("d1", "p", raw_hash="same")], sentences=[sentence("d1")], claims=[claim("d1")])
    known = warehouse(settle(first, warehouse.nothing, SEEDS, FIRST))
    anew = document("d2", "p", raw_hash="same", pipeline_version="v2", fetched_at=SECOND)
    again = frames_of(documents=[anew], sentences=[sentence("d2")])
    settled = settle(again, known, SEEDS, SECOND)
    assert settled.replaced == ("d1",)
    columns = ("document_id", "revision", "is_current", "first_seen_at", "fetched_at")
    assert settled.frames["documents"].select(columns).row(0) == ("d2", 1, True, FIRST, FIRST)
    assert settled.known.claims.is_empty()
    assert warehouse(settled).documents["document_id"].to_list() == ["d2"]


def test_a_copy_follows_its_original_to_the_originals_new_id(warehouse):
    first = frames_of(
        documents=[document("d1", "p", raw_hash="same"), document("d2", "q")],
        sentences=[sentence("d1"), sentence("d2")],
    )
    known = warehouse(settle(first, warehouse.nothing, SEEDS, FIRST))
    again = frames_of(documents=[document("d3", "p", raw_hash="same", pipeline_version="v2")], sentences=[sentence("d3")])
    assert settle(again, known, SEEDS, SECOND).changes["superseded"].rows() == [("d2", True, "d3")]


def test_the_same_statement_in_a_new_article_joins_the_known_cluster(warehouse):
    longer = ARTICLE + " " + " ".join(f"Stall {number} sold lamp oil, rope and salted herring." for number in range(30))
    first = frames_of(documents=[document("d1", "p")], sentences=[sentence("d1")], claims=[claim("d1")])
    known = warehouse(settle(first, warehouse.nothing, SEEDS, FIRST))
    read = frames_of(documents=[document("d2", "q")], sentences=[sentence("d2", longer)], claims=[claim("d2")])
    settled = settle(read, known, SEEDS, SECOND)
    assert settled.frames["claims"]["cluster_id"].to_list() == known.claims["cluster_id"].to_list()
    assert settled.frames["claim_relations"]["relation"].to_list() == ["same"]
    assert settled.frames["claim_clusters"]["document_count"].to_list() == [2]


def test_entities_are_named_by_a_form_that_their_id_stands_for_however_frequent_the_surname(warehouse):
    surnames = [mention("d1", "Brannigan", "Ottoline Brannigan", "short_form", number) for number in range(3)]
    mentions = [mention("d1", "Ottoline Brannigan", "Ottoline Brannigan"), *surnames]
    read = frames_of(documents=[document("d1", "p")], sentences=[sentence("d1")], mentions=mentions)
    frames = settle(read, warehouse.nothing, SEEDS, FIRST).frames
    assert frames["entities"].select("name", "mention_count").row(0) == ("Ottoline Brannigan", 4)
    assert frames["entity_aliases"]["alias"].to_list() == ["Brannigan", "Ottoline Brannigan"]


def test_entities_of_known_documents_stay_when_others_are_loaded(warehouse):
    named = mention("d1", "Ottoline Brannigan", "Ottoline Brannigan")
    first = frames_of(documents=[document("d1", "p")], sentences=[sentence("d1")], mentions=[named])
    known = warehouse(settle(first, warehouse.nothing, SEEDS, FIRST))
    settled = settle(
        frames_of(documents=[document("d2", "q", outcome="too_short", outcome_reason="short")]), known, SEEDS, SECOND
    )
    assert settled.frames["entities"]["name"].to_list() == ["Ottoline Brannigan"]
    assert settled.references()["mentions.entity_id"].to_list() == settled.frames["entities"]["entity_id"].to_list()


def test_where_nothing_is_new_nothing_is_compared(warehouse):
    settled = settle(frames_of(), warehouse.nothing, SEEDS, FIRST)
    assert (list(settled.frames), settled.references(), settled.to_load(settled.frames)) == (["documents"], {}, settled.frames)
