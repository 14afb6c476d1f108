from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from flows.knowledge import reading
from flows.news import Settled
from flows.settle import settle
from transforms.ids import content_id
from transforms.names import entity_id_of
from warehouse.database import building
from warehouse.load import load_tables, read_table
from warehouse.tables import (
    ARTICLE_KEYS,
    CLAIM_CLUSTERS,
    CLAIM_TERMS,
    CLAIMS,
    DOCUMENT_RELATIONS,
    DOCUMENTS,
    ENTITIES,
    TABLES,
    Table,
)

FIRST, SECOND = datetime(2024, 7, 23), datetime(2024, 7, 24)
READ = ("documents", "sentences", "mentions", "claims", "claim_entities", "quantities", "time_expressions")
ARTICLE = (
    "The harbour board said that thirty ferries will cross the strait every day from the first of May, "
    "which pleased all the traders of the port."
)
LONGER = ARTICLE + " " + " ".join(f"Stall {number} sold lamp oil, rope and salted herring." for number in range(30))
BY_NAME = {table.name: table for table in TABLES}


def frames_of(**rows: list[dict[str, object]]) -> dict[str, pl.DataFrame]:
    return {name: BY_NAME[name].frame(rows.get(name, [])) for name in READ}


def read_of(document_id: str, page: str, **more: object) -> dict[str, pl.DataFrame]:
    return frames_of(
        documents=[document(document_id, page, **more)], sentences=[sentence(document_id)], claims=[claim(document_id)]
    )


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


class Warehouse:
    """A warehouse that runs are settled against and loaded into, one after the other."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def settle(self, read: dict[str, pl.DataFrame], started_at: datetime = FIRST) -> Settled:
        with reading(self.path) as con:
            return settle(read, con, started_at)

    def load(self, settled: Settled) -> None:
        with building(self.path) as con:
            load_tables(con, settled.to_load(settled.frames), replaced_documents=settled.replaced)

    def run(self, read: dict[str, pl.DataFrame], started_at: datetime = FIRST) -> None:
        self.load(self.settle(read, started_at))

    def table(self, table: Table) -> pl.DataFrame:
        with reading(self.path) as con:
            return read_table(con, table)


@pytest.fixture
def warehouse(tmp_path):
    return Warehouse(tmp_path / "w.duckdb")


def test_every_claim_has_a_cluster_and_every_frame_the_declared_schema(warehouse):
    settled = warehouse.settle(frames_of(documents=[document("d1", "p")], sentences=[sentence("d1")], claims=[claim("d1")]))
    assert settled.frames["claims"]["cluster_id"].null_count() == 0
    assert {name: frame.schema for name, frame in settled.frames.items()} == {
        name: BY_NAME[name].schema for name in settled.frames
    }


def test_a_document_is_first_seen_when_its_run_began(warehouse):
    settled = warehouse.settle(frames_of(documents=[document("d1", "p", first_seen_at=SECOND)]))
    assert settled.frames["documents"].select("first_seen_at", "last_seen_at").row(0) == (FIRST, FIRST)


def test_a_copy_keeps_its_sentences_and_loses_its_claims(warehouse):
    read = frames_of(
        documents=[document("d1", "p"), document("d2", "q")],
        sentences=[sentence("d1"), sentence("d2")],
        claims=[claim("d1"), claim("d2")],
    )
    frames = warehouse.settle(read).frames
    assert frames["documents"].sort("document_id")["outcome"].to_list() == ["kept", "duplicate"]
    assert frames["claims"]["document_id"].to_list() == ["d1"]
    assert frames["sentences"].height == 2


def test_a_copy_of_a_known_article_is_a_duplicate(warehouse):
    warehouse.run(frames_of(documents=[document("d1", "p")], sentences=[sentence("d1")]))
    frames = warehouse.settle(frames_of(documents=[document("d2", "q")], sentences=[sentence("d2")]), SECOND).frames
    assert frames["documents"].select("outcome", "duplicate_of").row(0) == ("duplicate", "d1")


@pytest.mark.parametrize(("again", "raw_hash"), [("d1", "other bytes"), ("d1 anew", "d1")])
def test_an_original_that_is_read_again_does_not_become_a_copy_of_its_copy(warehouse, again, raw_hash):
    warehouse.run(read_of("d1", "p1"))
    warehouse.run(read_of("d2", "p2"), SECOND)
    warehouse.run(read_of(again, "p1", raw_hash=raw_hash, pipeline_version="v2"), SECOND)
    documents = warehouse.table(DOCUMENTS).sort("page_id").select("document_id", "outcome", "duplicate_of")
    assert documents.rows() == [(again, "kept", None), ("d2", "duplicate", again)]
    assert warehouse.table(CLAIMS)["document_id"].to_list() == [again]
    relations = warehouse.table(DOCUMENT_RELATIONS).select("document_id", "other_document_id", "relation")
    assert relations.rows() == [("d2", again, "copy")]


def test_a_later_revision_takes_the_place_of_the_known_one(warehouse):
    warehouse.run(frames_of(documents=[document("d1", "p")], sentences=[sentence("d1")]))
    settled = warehouse.settle(frames_of(documents=[document("d2", "p")], sentences=[sentence("d2")]), SECOND)
    assert settled.frames["documents"].select("revision", "is_current").row(0) == (2, True)
    assert settled.changes["superseded"].rows() == [("d1", False, None)]
    warehouse.load(settled)
    assert warehouse.table(DOCUMENTS).select("document_id", "is_current").rows() == [("d1", False), ("d2", True)]


def test_a_revision_that_a_clock_which_was_ahead_has_met_gives_way_at_true_time(warehouse):
    ahead = datetime(2031, 1, 1)
    warehouse.run(frames_of(documents=[document("d1", "p", fetched_at=ahead)]), ahead)
    warehouse.run(frames_of(documents=[document("d2", "p", fetched_at=SECOND)]), SECOND)
    assert warehouse.table(DOCUMENTS).select("document_id", "is_current").rows() == [("d1", False), ("d2", True)]


def test_a_known_revision_stays_current_when_the_new_one_is_held_back(warehouse):
    warehouse.run(frames_of(documents=[document("d1", "p")]))
    settled = warehouse.settle(frames_of(documents=[document("d2", "p")]), SECOND)
    passed = {**settled.frames, "documents": settled.frames["documents"].clear()}
    assert settled.to_load(passed)["superseded"].is_empty()


def test_a_page_that_is_gone_is_a_revision_of_what_was_read_at_its_address(warehouse):
    warehouse.run(frames_of(documents=[document("d1", "canonical", page_key="asked")]))
    gone = document("d2", "asked", page_key="asked", outcome="gone", outcome_reason="its server answered 404", text=None)
    warehouse.run(frames_of(documents=[gone]), SECOND)
    rows = warehouse.table(DOCUMENTS).select("page_id", "outcome", "revision", "is_current").sort("revision").rows()
    assert rows == [("canonical", "kept", 1, True), ("canonical", "gone", 2, False)]


def test_the_same_bytes_read_by_another_version_are_the_same_revision_under_its_new_id(warehouse):
    warehouse.run(frames_of(documents=[document("d1", "p", raw_hash="same")], sentences=[sentence("d1")], claims=[claim("d1")]))
    anew = document("d2", "p", raw_hash="same", pipeline_version="v2", fetched_at=SECOND)
    settled = warehouse.settle(frames_of(documents=[anew], sentences=[sentence("d2")]), SECOND)
    assert settled.replaced == ("d1",)
    columns = ("document_id", "revision", "is_current", "first_seen_at", "fetched_at")
    assert settled.frames["documents"].select(columns).row(0) == ("d2", 1, True, FIRST, FIRST)
    warehouse.load(settled)
    assert warehouse.table(DOCUMENTS)["document_id"].to_list() == ["d2"]
    for table in (CLAIMS, CLAIM_TERMS, CLAIM_CLUSTERS):
        assert warehouse.table(table).is_empty(), table.name


def test_a_copy_follows_its_original_to_the_originals_new_id(warehouse):
    first = frames_of(
        documents=[document("d1", "p", raw_hash="same"), document("d2", "q")],
        sentences=[sentence("d1"), sentence("d2")],
    )
    warehouse.run(first)
    again = frames_of(documents=[document("d3", "p", raw_hash="same", pipeline_version="v2")], sentences=[sentence("d3")])
    assert warehouse.settle(again, SECOND).changes["superseded"].rows() == [("d2", True, "d3")]


def test_the_same_statement_in_a_new_article_joins_the_known_cluster(warehouse):
    warehouse.run(frames_of(documents=[document("d1", "p")], sentences=[sentence("d1")], claims=[claim("d1")]))
    read = frames_of(documents=[document("d2", "q")], sentences=[sentence("d2", LONGER)], claims=[claim("d2")])
    settled = warehouse.settle(read, SECOND)
    assert settled.frames["claims"]["cluster_id"].to_list() == warehouse.table(CLAIMS)["cluster_id"].to_list()
    assert settled.frames["claim_relations"]["relation"].to_list() == ["same"]
    assert settled.frames["claim_clusters"]["document_count"].to_list() == [2]


def test_clusters_and_entities_that_no_news_touch_are_left_alone(warehouse):
    named = mention("d1", "Ottoline Brannigan", "Ottoline Brannigan")
    warehouse.run(
        frames_of(documents=[document("d1", "p")], sentences=[sentence("d1")], claims=[claim("d1")], mentions=[named])
    )
    other = "A museum of glass opened its doors to four hundred visitors in the old quarter on Sunday."
    settled = warehouse.settle(
        frames_of(documents=[document("d2", "q")], sentences=[sentence("d2", other)], claims=[claim("d2", other)]), SECOND
    )
    assert settled.frames["claim_clusters"]["text"].to_list() == [other]
    assert settled.frames["entities"].is_empty()
    warehouse.load(settled)
    assert warehouse.table(CLAIM_CLUSTERS).height == 2
    assert warehouse.table(ENTITIES)["name"].to_list() == ["Ottoline Brannigan"]


def test_a_warehouse_that_was_loaded_without_terms_and_keys_is_filled_up(warehouse):
    warehouse.run(frames_of(documents=[document("d1", "p")], sentences=[sentence("d1")], claims=[claim("d1")]))
    tables = {table: warehouse.table(table) for table in (CLAIM_TERMS, ARTICLE_KEYS)}
    with building(warehouse.path) as con:
        for table in tables:
            con.execute(f"DELETE FROM {table.name}")
    warehouse.run(frames_of(documents=[document("d2", "q", outcome="too_short", outcome_reason="short")]), SECOND)
    for table, rows in tables.items():
        assert warehouse.table(table).equals(rows)


def test_entities_are_named_by_a_form_that_their_id_stands_for_however_frequent_the_surname(warehouse):
    surnames = [mention("d1", "Brannigan", "Ottoline Brannigan", "short_form", number) for number in range(3)]
    mentions = [mention("d1", "Ottoline Brannigan", "Ottoline Brannigan"), *surnames]
    frames = warehouse.settle(frames_of(documents=[document("d1", "p")], sentences=[sentence("d1")], mentions=mentions)).frames
    assert frames["entities"].select("name", "mention_count").row(0) == ("Ottoline Brannigan", 4)
    assert frames["entity_aliases"]["alias"].to_list() == ["Brannigan", "Ottoline Brannigan"]


def test_an_entity_counts_known_and_new_mentions(warehouse):
    name = "Ottoline Brannigan"
    for at, page in enumerate("pq"):
        read = frames_of(
            documents=[document(f"d{at}", page)],
            sentences=[sentence(f"d{at}", LONGER if at else ARTICLE)],
            mentions=[mention(f"d{at}", name, name)],
        )
        settled = warehouse.settle(read)
        warehouse.load(settled)
    assert warehouse.table(ENTITIES).select("mention_count", "document_count").rows() == [(2, 2)]
    assert settled.references["mentions.entity_id"].to_list() == warehouse.table(ENTITIES)["entity_id"].to_list()


def test_where_nothing_is_new_nothing_is_compared(warehouse):
    settled = warehouse.settle(frames_of())
    assert (list(settled.frames), settled.references, settled.to_load(settled.frames)) == (["documents"], {}, settled.frames)
