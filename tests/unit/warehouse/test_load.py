from datetime import datetime, timedelta

import duckdb
import polars as pl
import pytest

from warehouse.database import Connection
from warehouse.load import load_tables, read_table, touch_documents
from warehouse.tables import (
    CLAIM_CLUSTERS,
    CLAIM_RELATIONS,
    CLAIMS,
    DOCUMENT_RELATIONS,
    DOCUMENTS,
    ENTITIES,
    MENTIONS,
    QUANTITIES,
    RUNS,
    SENTENCES,
    SOURCES,
    TABLES,
)

LATER = datetime(2024, 8, 1, 6, 0)
Frames = dict[str, pl.DataFrame]


def column(con: Connection, sql: str) -> list[object]:
    return [value for (value,) in con.execute(sql).fetchall()]


def changed(frame: pl.DataFrame, **values: object) -> pl.DataFrame:
    return frame.with_columns(pl.lit(value).cast(frame.schema[name]).alias(name) for name, value in values.items())


# What goes in comes out


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_comes_out_as_it_went_in(loaded: Connection, frames: Frames, table) -> None:
    out = read_table(loaded, table)
    assert out.schema == table.schema
    assert out.equals(frames[table.name].sort(table.key, nulls_last=True))


def test_loading_the_same_twice_changes_nothing(loaded: Connection, frames: Frames) -> None:
    before = {table.name: read_table(loaded, table) for table in TABLES}
    load_tables(loaded, frames, replaced_documents=frames["documents"]["document_id"].to_list())
    load_tables(loaded, frames, replaced_documents=[])
    assert all(read_table(loaded, table).equals(before[table.name]) for table in TABLES)


def test_a_failure_in_the_last_table_undoes_the_first(loaded: Connection, frames: Frames) -> None:
    more = {
        "entities": frames["entities"].clear(),
        "runs": changed(frames["runs"], run_id="new"),
        "quarantine": changed(frames["quarantine"], reason=None),
    }
    with pytest.raises(duckdb.ConstraintException, match=r"quarantine\.reason"):
        load_tables(loaded, more, replaced_documents=["news"])
    assert read_table(loaded, ENTITIES).height == 5
    assert "new" not in column(loaded, "SELECT run_id FROM runs")
    assert column(loaded, "SELECT count(*) FROM claims WHERE document_id = 'news'") == [4]


def test_a_frame_of_an_unknown_name_is_refused(con: Connection, frames: Frames) -> None:
    with pytest.raises(ValueError, match="frame 'rumours' is no table of the warehouse; there are sources, documents"):
        load_tables(con, {"rumours": frames["claims"]}, replaced_documents=[])


def test_a_frame_of_another_schema_is_refused_with_what_differs(con: Connection, frames: Frames) -> None:
    wrong = frames["claims"].with_columns(pl.col("start_char").cast(pl.Int64))
    with pytest.raises(ValueError, match=r"frame claims is not in the declared schema .*start_char.*Int32.*start_char.*Int64"):
        load_tables(con, {"claims": wrong}, replaced_documents=[])


# Replacing documents


def test_a_replaced_document_loses_all_its_rows_and_no_other_does(loaded: Connection) -> None:
    load_tables(loaded, {}, replaced_documents=["news"])
    for table in (DOCUMENTS, SENTENCES, MENTIONS, CLAIMS, QUANTITIES):
        found = column(loaded, f"SELECT DISTINCT document_id FROM {table.name}")
        assert "news" not in found
        assert {"interview-2", "opinion"} <= set(found) or table is QUANTITIES
    left = "SELECT DISTINCT claim_id FROM claim_entities WHERE claim_id IN ('c-size', 'c-size-2')"
    assert column(loaded, left) == ["c-size-2"]


def test_relations_of_a_replaced_document_go_from_either_side(loaded: Connection) -> None:
    load_tables(loaded, {}, replaced_documents=["news"])
    assert read_table(loaded, CLAIM_RELATIONS).height == 0
    assert column(loaded, "SELECT document_id FROM document_relations") == ["interview-2"]
    load_tables(loaded, {}, replaced_documents=["interview-2"])
    assert read_table(loaded, DOCUMENT_RELATIONS).height == 0


def test_a_replaced_document_takes_its_new_rows_and_keeps_when_it_was_first_met(loaded: Connection, frames: Frames) -> None:
    news = {name: frame.filter(document_id="news") for name, frame in frames.items() if "document_id" in frame.columns}
    news["documents"] = changed(news["documents"], first_seen_at=LATER, fetched_at=LATER, last_seen_at=LATER, title="Anew")
    news["claims"] = news["claims"].filter(claim_id="c-size")
    load_tables(loaded, news, replaced_documents=["news"])
    seen = read_table(loaded, DOCUMENTS).row(by_predicate=pl.col("document_id") == "news", named=True)
    first = datetime(2024, 7, 24, 6, 0)
    assert (seen["title"], seen["first_seen_at"], seen["fetched_at"], seen["last_seen_at"]) == ("Anew", first, first, LATER)
    assert column(loaded, "SELECT claim_id FROM claims WHERE document_id = 'news'") == ["c-size"]


def test_an_earlier_first_meeting_replaces_a_later_one(loaded: Connection, frames: Frames) -> None:
    earlier = datetime(2024, 1, 1)
    load_tables(loaded, {"documents": changed(frames["documents"], first_seen_at=earlier)}, replaced_documents=[])
    assert column(loaded, "SELECT DISTINCT first_seen_at FROM documents") == [earlier]


def test_a_document_row_alone_is_changed_without_its_other_rows(loaded: Connection, frames: Frames) -> None:
    anew = changed(frames["documents"].filter(document_id="news"), title="Anew")
    load_tables(loaded, {"documents": anew}, replaced_documents=[])
    assert column(loaded, "SELECT title FROM documents WHERE document_id = 'news'") == ["Anew"]
    assert column(loaded, "SELECT count(*) FROM claims WHERE document_id = 'news'") == [4]


# The other kinds of tables


def test_a_source_keeps_the_day_it_was_added_and_takes_its_new_title(loaded: Connection, frames: Frames) -> None:
    load_tables(loaded, {"sources": changed(frames["sources"], added_at=LATER, title="Renamed")}, replaced_documents=[])
    assert read_table(loaded, SOURCES).select("added_at", "title").rows() == [(datetime(2024, 7, 24, 6, 0), "Renamed")]


def test_former_rows_give_way_to_those_of_the_load(loaded: Connection, frames: Frames) -> None:
    size, path = (frames["claim_clusters"].filter(cluster_id=name) for name in ("c-size", "c-path"))
    former = pl.concat([size, path]).select("cluster_id")
    before = read_table(loaded, CLAIM_CLUSTERS).height
    load_tables(loaded, {"claim_clusters": changed(size, text="New."), "former_clusters": former}, replaced_documents=[])
    after = read_table(loaded, CLAIM_CLUSTERS)
    assert after.height == before - 1
    assert after.filter(cluster_id="c-size")["text"].to_list() == ["New."]


def test_a_former_entity_takes_its_aliases_with_it(loaded: Connection) -> None:
    load_tables(loaded, {"former_entities": pl.DataFrame({"entity_id": ["meta"]})}, replaced_documents=[])
    assert column(loaded, "SELECT entity_id FROM entities WHERE entity_id = 'meta'") == []
    assert column(loaded, "SELECT alias FROM entity_aliases WHERE entity_id = 'meta'") == []


def test_former_rows_are_named_by_their_key_alone(loaded: Connection) -> None:
    with pytest.raises(ValueError, match="it needs cluster_id alone"):
        load_tables(loaded, {"former_clusters": pl.DataFrame({"claim_id": ["c-size"]})}, replaced_documents=[])


def test_a_run_is_added_to_those_before_and_a_repeated_load_of_it_is_not(loaded: Connection, frames: Frames) -> None:
    new = {
        "runs": changed(frames["runs"].head(1), run_id="run-4"),
        "quality_results": changed(frames["quality_results"].head(3), run_id="run-4"),
    }
    for _ in range(2):
        load_tables(loaded, new, replaced_documents=[])
    assert read_table(loaded, RUNS)["run_id"].to_list() == ["run-1", "run-2", "run-3", "run-4"]
    assert column(loaded, "SELECT count(*) FROM quality_results WHERE run_id = 'run-4'") == [3]


def test_claims_move_to_another_cluster(loaded: Connection) -> None:
    moves = pl.DataFrame({"claim_id": ["c-open"], "cluster_id": ["c-release"]})
    load_tables(loaded, {"cluster_moves": moves}, replaced_documents=[])
    assert column(loaded, "SELECT claim_id FROM claims WHERE cluster_id = 'c-release' ORDER BY ALL") == ["c-open", "c-release"]


def test_a_superseded_document_is_no_longer_current(loaded: Connection) -> None:
    load_tables(loaded, {"superseded": pl.DataFrame({"document_id": ["news"], "is_current": [False]})}, replaced_documents=[])
    assert column(loaded, "SELECT document_id FROM documents WHERE NOT is_current ORDER BY ALL") == ["interview-1", "news"]


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"document_id": ["news"]}),
        pl.DataFrame({"is_current": [False]}),
        pl.DataFrame({"document_id": ["news"], "is_current": ["no"]}),
        pl.DataFrame({"document_id": ["news"], "colour": ["red"]}),
    ],
    ids=["nothing to set", "no key", "wrong type", "unknown column"],
)
def test_a_change_that_fits_no_column_is_refused(loaded: Connection, frame: pl.DataFrame) -> None:
    with pytest.raises(ValueError, match=r"frame superseded is .*; it needs document_id and columns of documents"):
        load_tables(loaded, {"superseded": frame}, replaced_documents=[])


# Documents met again


def test_a_document_met_again_is_touched_and_nothing_else(loaded: Connection) -> None:
    before = read_table(loaded, DOCUMENTS)
    touch_documents(loaded, ["news"], LATER)
    touch_documents(loaded, ["news"], LATER - timedelta(days=300))
    after = read_table(loaded, DOCUMENTS)
    assert after.filter(document_id="news")["last_seen_at"].item() == LATER
    assert after.filter(pl.col("document_id") != "news").equals(before.filter(pl.col("document_id") != "news"))
    assert after.drop("last_seen_at").equals(before.drop("last_seen_at"))


@pytest.mark.parametrize("beside", [(), ("sentences",)], ids=["known", "new"])
def test_a_claim_is_loaded_with_its_sentence_and_the_heading_above_it(loaded: Connection, frames: Frames, beside) -> None:
    bare = frames["claims"].with_columns(pl.lit(None, pl.String).alias(name) for name in ("sentence", "section"))
    load_tables(loaded, {"claims": bare, **{name: frames[name] for name in beside}}, replaced_documents=[])
    assert read_table(loaded, CLAIMS).equals(frames["claims"].sort("claim_id"))
