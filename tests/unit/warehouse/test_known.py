from datetime import datetime

import polars as pl
import pytest

from warehouse.database import Connection
from warehouse.known import (
    article_text,
    articles_met,
    as_it_will_be,
    claims_around,
    copies_around,
    documents_beside,
    known_claims,
    readings,
    staged_claims,
)
from warehouse.load import load_tables, read_table
from warehouse.tables import ARTICLE_KEYS, CLAIM_ENTITIES, CLAIMS, DOCUMENTS, TABLES

Frames = dict[str, pl.DataFrame]


def column(con: Connection, sql: str) -> list[object]:
    return [value for (value,) in con.execute(sql).fetchall()]


def changed(frame: pl.DataFrame, **values: object) -> pl.DataFrame:
    return frame.with_columns(pl.lit(value).cast(frame.schema[name]).alias(name) for name, value in values.items())


def ids(*names: str) -> pl.Series:
    return pl.Series("id", names, dtype=pl.String)


def all_claims(con: Connection) -> pl.DataFrame:
    return known_claims(con, read_table(con, CLAIMS)["claim_id"])


def every_article(con: Connection) -> pl.DataFrame:
    return article_text(con, ids("copy", "interview-1", "interview-2", "news", "opinion"))


def new_document(**values: object) -> pl.DataFrame:
    row = {"document_id": "new", "page_id": "p-new", "url": "https://new.example/", "raw_hash": "new"}
    return DOCUMENTS.frame([row | values])


@pytest.mark.parametrize("shared", [("document_id",), ("page_id",), ("url", "raw_hash")])
def test_documents_beside_new_ones_share_the_id_the_page_or_the_address_and_the_bytes(
    loaded: Connection, frames: Frames, shared: tuple[str, ...]
) -> None:
    same = frames["documents"].filter(document_id="opinion").select(shared).row(0, named=True)
    found = documents_beside(loaded, new_document(**same))
    assert found.equals(frames["documents"].filter(document_id="opinion").drop("text"))


def test_the_duplicates_of_a_document_beside_new_ones_come_with_it(loaded: Connection) -> None:
    found = documents_beside(loaded, new_document(document_id="news"))
    assert found.select("document_id", "duplicate_of").rows() == [("copy", "news"), ("news", None)]


def test_nothing_stands_beside_a_document_of_a_new_page(loaded: Connection) -> None:
    assert documents_beside(loaded, new_document()).is_empty()


def test_readings_tell_of_every_document_which_bytes_were_read_where(loaded: Connection, frames: Frames) -> None:
    columns = ("document_id", "url", "raw_hash", "pipeline_version")
    assert readings(loaded).equals(frames["documents"].select(columns).sort("document_id"))


def test_the_warehouse_is_shown_without_what_gives_way_and_as_it_was_afterwards(loaded: Connection) -> None:
    before = {table: read_table(loaded, table) for table in TABLES}
    changed = pl.DataFrame({"document_id": ["opinion"], "is_current": [False]})
    with as_it_will_be(loaded, ids("news"), changed):
        shown = {table: read_table(loaded, table) for table in TABLES}
        assert dict(shown[DOCUMENTS].select("document_id", "is_current").iter_rows())["opinion"] is False
    load_tables(loaded, {"superseded": changed}, replaced_documents=["news"])
    for table in TABLES:
        assert shown[table].equals(read_table(loaded, table)), table.name
    assert not shown[CLAIMS].equals(before[CLAIMS])


def test_article_text_is_the_body_lists_and_headings_in_order(loaded: Connection, frames: Frames) -> None:
    load_tables(loaded, {"sentences": frames["sentences"].reverse()}, replaced_documents=[])
    texts = every_article(loaded)
    assert texts.columns == ["document_id", "page_id", "revision", "published_at", "url", "site", "is_copy", "text"]
    assert texts.filter(document_id="interview-2")["revision"].item() == 2
    assert texts["document_id"].to_list() == ["copy", "interview-1", "interview-2", "news", "opinion"]
    assert texts.filter(document_id="opinion")["text"].item() == (
        "The licence\nSome critics say that Llama 3.1 is not truly open source.\n"
        'Stella Biderman called the release "a real gift to research" but named its limits.\nMeta will release Llama 4 in 2025.'
    )


def test_article_text_of_asked_documents_is_of_these_alone(loaded: Connection) -> None:
    assert article_text(loaded, ids("news", "index"))["document_id"].to_list() == ["news"]
    assert article_text(loaded, ids()).height == 0


def test_known_claims_carry_figures_times_and_entities_but_not_the_speaker(loaded: Connection) -> None:
    known = {row["claim_id"]: row for row in all_claims(loaded).iter_rows(named=True)}
    assert known["c-half"]["entity_ids"] == ["gpt4o", "llama31"]
    assert known["c-half"]["quantities"] == [
        {"value": 50.0, "upper_value": None, "unit": "percent", "kind": "percent", "is_approximate": True}
    ]
    assert known["c-next"]["times"] == [{"earliest": datetime(2025, 1, 1).date(), "latest": datetime(2025, 12, 31).date()}]
    assert (known["c-gift"]["entity_ids"], known["c-gift"]["quantities"], known["c-gift"]["times"]) == ([], [], [])


def test_a_known_claim_comes_with_the_sentence_that_it_stands_in(loaded: Connection) -> None:
    assert known_claims(loaded, ids("c-open"))["sentence"].to_list() == ["Llama 3.1 is open source, according to Meta."]


def test_a_figure_counts_for_every_claim_whose_span_holds_it(loaded: Connection) -> None:
    loaded.execute("UPDATE quantities SET claim_id = NULL WHERE quantity_id = 'q-c-size'")
    assert all_claims(loaded).filter(claim_id="c-size")["quantities"].item().to_list()[0]["unit"] == "parameter"


def test_known_claims_tell_older_revisions_from_current_ones(loaded: Connection) -> None:
    known = all_claims(loaded)
    assert known["claim_id"].is_sorted()
    assert known.filter(~pl.col("is_current"))["claim_id"].to_list() == ["c-size-1", "c-third"]


def test_claims_of_documents_that_were_not_kept_are_not_compared(loaded: Connection) -> None:
    loaded.execute("UPDATE documents SET outcome = 'gone' WHERE document_id = 'news'")
    assert "c-size" not in all_claims(loaded)["claim_id"].to_list()


def test_staged_claims_are_what_the_warehouse_knows_of_them_once_loaded(loaded: Connection, frames: Frames) -> None:
    assert staged_claims(frames).equals(all_claims(loaded))
    open_clusters = frames | {"claims": changed(frames["claims"], cluster_id=None)}
    assert staged_claims(open_clusters)["cluster_id"].null_count() == frames["claims"].height


def test_an_empty_warehouse_knows_nothing_in_the_right_types(con: Connection) -> None:
    known = all_claims(con)
    assert known.height == 0
    assert known.schema["entity_ids"] == pl.List(pl.String)
    assert known.schema["times"] == pl.List(pl.Struct({"earliest": pl.Date, "latest": pl.Date}))
    assert read_table(con, CLAIM_ENTITIES).schema == CLAIM_ENTITIES.schema


# What hangs together


def test_around_a_claim_stand_its_cluster_and_what_was_judged_the_same(loaded: Connection) -> None:
    assert claims_around(loaded, ids("c-size")).to_list() == ["c-size", "c-size-1", "c-size-2"]
    loaded.execute("INSERT INTO claim_relations VALUES ('c-gift', 'c-size-2', 'same', 0.5, 'weak')")
    for start in ("c-size", "c-gift"):
        assert claims_around(loaded, ids(start)).to_list() == ["c-gift", "c-size", "c-size-1", "c-size-2"]


def test_around_a_claim_stands_the_same_claim_of_another_revision(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET cluster_id = claim_id")
    loaded.execute("DELETE FROM claim_relations")
    loaded.execute("UPDATE claims SET text = 'The model has 405 billion parameters!' WHERE claim_id = 'c-size-2'")
    assert claims_around(loaded, ids("c-size-1")).to_list() == ["c-size-1", "c-size-2"]


def test_copies_hang_together_through_others_and_revisions_do_not(loaded: Connection) -> None:
    loaded.execute("DELETE FROM document_relations")
    rows = [("a", "b", "copy"), ("c", "b", "near_copy"), ("c", "d", "revision_of")]
    loaded.executemany("INSERT INTO document_relations VALUES (?, ?, ?, 1)", rows)
    assert copies_around(loaded, ids("a")).to_list() == ["a", "b", "c"]


def test_known_articles_are_met_by_a_key_or_by_their_page_and_of_a_crowd_the_first_published(loaded: Connection) -> None:
    loaded.execute("DELETE FROM article_keys")
    loaded.execute("INSERT INTO article_keys SELECT document_id, [7, 9] FROM documents WHERE outcome = 'kept'")
    asked = ARTICLE_KEYS.frame([{"document_id": "new", "keys": [7, 8]}]).with_columns(site=pl.lit(None, pl.String))
    kept = column(loaded, "SELECT document_id FROM documents WHERE outcome = 'kept' ORDER BY published_at, url, document_id")
    assert articles_met(loaded, asked, ids(), most=9, least_share=0.5).to_list() == sorted(kept)
    assert articles_met(loaded, asked, ids(), most=1, least_share=0.5).to_list() == kept[:1]
    assert articles_met(loaded, asked.clear(), ids("p-opinion"), most=9, least_share=0.5).to_list() == ["opinion"]


def test_known_articles_of_another_site_are_met_where_they_share_enough_keys_with_the_shorter(loaded: Connection) -> None:
    loaded.execute("DELETE FROM article_keys")
    loaded.execute("INSERT INTO article_keys SELECT document_id, [7, 9, 11, 13] FROM documents WHERE document_id = 'opinion'")
    [[site]] = loaded.execute("SELECT site FROM documents WHERE document_id = 'opinion'").fetchall()

    def met(keys: list[int], site: str) -> list[str]:
        asked = pl.DataFrame({"document_id": ["new"], "site": [site], "keys": [keys]}, schema_overrides=ARTICLE_KEYS.schema)
        return articles_met(loaded, asked, ids(), most=9, least_share=0.5).to_list()

    assert met([7, 8, 10, 12], "elsewhere.example") == []
    assert met([7, 9, 10, 12, 14, 16, 18, 20], "elsewhere.example") == ["opinion"]
    assert met([7, 8], "elsewhere.example") == ["opinion"]
    assert met([7, 8, 10, 12], site) == ["opinion"]
