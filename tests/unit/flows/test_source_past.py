"""What the flows tell the gate and the audit of the past of sources."""

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.fetch.collect import ledger_path
from flows.fetch.ledger import Ledger
from flows.fetch.sources import Looked
from flows.settings import Settings
from flows.source_past import freshness_of_all, past_of_sources
from warehouse.database import building, open_readonly
from warehouse.load import load_tables
from warehouse.tables import CLAIMS, DOCUMENTS, SENTENCES, SOURCES

BEFORE, NOW = datetime(2026, 3, 1, 3, 0), datetime(2026, 3, 20, 3, 0)
Frames = dict[str, pl.DataFrame]


def frames(document_id: str, at: datetime, source_id: str = "folder") -> Frames:
    """One article of one sentence that one run met."""
    document = {
        "document_id": document_id, "page_id": document_id, "page_key": document_id, "source_id": source_id, "url": "file:///a",
        "authors": [], "text": "It is so.", "text_chars": 9, "word_count": 3, "content_hash": "c", "raw_hash": "r",
        "pipeline_version": "1", "fetched_at": at, "first_seen_at": at, "last_seen_at": at, "revision": 1, "is_current": True,
        "outcome": "kept",
    }  # fmt: skip
    sentence = {
        "sentence_id": document_id, "document_id": document_id, "position": 0, "start_char": 0, "end_char": 9,
        "text": "It is so.", "zone": "body",
    }  # fmt: skip
    return {
        "documents": DOCUMENTS.frame([document]), "sentences": SENTENCES.frame([sentence]), "claims": CLAIMS.frame(),
    }  # fmt: skip


def sources(kind: str = "file") -> pl.DataFrame:
    return SOURCES.frame([{"source_id": "folder", "kind": kind, "location": "file:///folder", "added_at": NOW}])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Of a warehouse in which one page of one folder is."""
    settings = Settings(data_dir=tmp_path)
    with building(settings.place) as con:
        load_tables(con, {"sources": sources(), **frames("d1", BEFORE)}, replaced_documents=())
    return settings


def test_articles_at_hand_stand_beside_those_that_were_loaded_of_their_source(settings):
    history, _ = past_of_sources(frames("d2", NOW), sources(), settings, NOW)
    assert (history.now["document_id"].to_list(), history.past["document_id"].to_list()) == (["d2"], ["d1"])
    assert history.now.schema == history.past.schema
    other, _ = past_of_sources(frames("d2", NOW, "another"), sources(), settings, NOW)
    assert other.past.is_empty()


def test_what_an_earlier_part_of_the_run_has_loaded_is_at_hand_and_no_past(settings):
    with building(settings.place) as con:
        load_tables(con, frames("d2", NOW), replaced_documents=())
    history, _ = past_of_sources(frames("d3", NOW), sources(), settings, NOW)
    assert (history.now["document_id"].to_list(), history.past["document_id"].to_list()) == (["d3", "d2"], ["d1"])


def test_where_nothing_is_new_there_is_no_history_and_a_source_may_be_silent_all_the_same(settings):
    history, freshness = past_of_sources({"documents": DOCUMENTS.frame()}, sources("feed"), settings, NOW)
    assert history is None
    assert freshness.asked.rows() == [("folder", "feed", NOW)]
    assert freshness.arrivals.rows() == [("folder", BEFORE)]
    assert freshness.silent_days == settings.fetch.silent_days


def test_a_page_at_hand_is_an_arrival(settings):
    _, freshness = past_of_sources(frames("d2", NOW), sources(), settings, NOW)
    assert freshness.arrivals["arrived_at"].max() == NOW


def test_a_run_into_no_warehouse_has_no_past(tmp_path):
    history, freshness = past_of_sources(frames("d2", NOW), sources(), Settings(data_dir=tmp_path), NOW)
    assert history.past.is_empty()
    assert freshness.arrivals.height == 1


def test_a_source_on_the_web_was_asked_when_the_ledger_says_so(settings):
    ledger_path(settings).parent.mkdir(parents=True, exist_ok=True)
    asked = NOW - timedelta(days=2)
    with Ledger(ledger_path(settings)) as ledger:
        ledger.note_source("folder", Looked("read", "https://paper.example/feed", "feed", named=1), at=asked, new=0)
    _, freshness = past_of_sources(frames("d2", NOW), sources(), settings, NOW)
    assert freshness.asked["asked_at"].to_list() == [asked]


def test_the_audit_takes_a_source_as_asked_when_a_page_of_it_was_last_met(settings):
    con = open_readonly(settings.place)
    freshness = freshness_of_all(con, settings)
    con.close()
    assert freshness.asked.rows() == [("folder", "file", BEFORE)]
    assert freshness.arrivals.rows() == [("folder", BEFORE)]
