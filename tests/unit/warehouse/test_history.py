"""What pages came to, by the same definitions for those at hand and those that are loaded."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from warehouse.database import Connection
from warehouse.history import arrivals, measures_of_run, past_measures, staged_measures

Frames = dict[str, pl.DataFrame]
NEVER = datetime(1, 1, 1)


def measures(con: Connection) -> pl.DataFrame:
    return con.execute("FROM article_measures ORDER BY document_id").pl()


def repeat(loaded: Connection, pages: int) -> None:
    """Make the articles of so many pages say the same, in one run."""
    loaded.execute("UPDATE documents SET first_seen_at = TIMESTAMP '2026-01-01', outcome = 'kept', is_current = true")
    with_body = "SELECT DISTINCT page_id FROM documents JOIN sentences USING (document_id) WHERE zone = 'body' ORDER BY page_id"
    chosen = [page for [page] in loaded.execute(with_body).fetchall()][:pages]
    loaded.execute(
        "UPDATE sentences SET text = 'Home News Sport' WHERE zone IN ('body', 'list') AND document_id IN "
        "(SELECT document_id FROM documents WHERE page_id IN (SELECT unnest($pages)))",
        {"pages": chosen},
    )


def test_frames_come_to_the_same_as_when_they_are_loaded(frames: Frames, loaded: Connection) -> None:
    assert staged_measures(frames).sort("document_id").equals(measures(loaded))


def test_the_past_of_a_source_comes_to_the_same_as_the_view(loaded: Connection) -> None:
    found = past_measures(loaded, pl.Series(["s-articles"]), runs=10, articles=100, but=NEVER)
    assert found.sort("document_id").equals(measures(loaded))
    assert past_measures(loaded, pl.Series(["another"]), runs=10, articles=100, but=NEVER).is_empty()
    assert measures(loaded).height > 0  # the connection shows all of it again


def test_only_the_last_runs_count_and_of_each_only_so_many_articles(loaded: Connection) -> None:
    last = past_measures(loaded, pl.Series(["s-articles"]), runs=1, articles=100, but=NEVER)
    assert last["first_seen_at"].unique().to_list() == [measures(loaded)["first_seen_at"].max()]
    some = past_measures(loaded, pl.Series(["s-articles"]), runs=10, articles=1, but=NEVER)
    assert some.height == measures(loaded)["first_seen_at"].n_unique()


def test_what_one_run_has_loaded_is_none_of_its_past_and_no_more_is_taken_of_it_than_asked(loaded: Connection) -> None:
    at = measures(loaded)["first_seen_at"].max()
    of_it = measures(loaded).filter(pl.col("first_seen_at") == at)
    assert (
        measures_of_run(loaded, pl.Series(["s-articles"]), at, articles=100)["document_id"].sort().equals(of_it["document_id"])
    )
    assert measures_of_run(loaded, pl.Series(["s-articles"]), at, articles=1).height == 1
    past = past_measures(loaded, pl.Series(["s-articles"]), runs=10, articles=100, but=at)
    assert set(past["document_id"]) == set(measures(loaded)["document_id"]) - set(of_it["document_id"])


@pytest.mark.parametrize(("pages", "is_furniture"), [(2, False), (3, True)])
def test_what_three_pages_have_in_the_same_words_is_furniture(loaded: Connection, pages: int, is_furniture: bool) -> None:
    repeat(loaded, pages)
    assert (measures(loaded)["repeated_chars"].sum() > 0) == is_furniture


def test_what_pages_of_other_sources_or_runs_have_too_is_no_furniture(loaded: Connection) -> None:
    repeat(loaded, 9)
    loaded.execute("UPDATE documents SET source_id = page_id")
    assert measures(loaded)["repeated_chars"].sum() == 0
    loaded.execute("UPDATE documents SET source_id = 's', first_seen_at = first_seen_at + to_days((hash(page_id) % 9999)::INT)")
    assert measures(loaded)["repeated_chars"].sum() == 0


@pytest.mark.parametrize(
    ("text", "unended"),
    [
        ("It is so.", 0),
        ("It is “so.”", 0),
        ("It is so…", 0),
        ("Read on:", 0),
        ("Home", 1),
        ("More news »", 1),
        ("It is so. Home", 1),
    ],
)
def test_a_sentence_ends_with_a_mark_and_a_label_does_not(loaded: Connection, text: str, unended: int) -> None:
    loaded.execute("UPDATE sentences SET text = $text WHERE zone = 'body'", {"text": text})
    found = measures(loaded).filter(pl.col("body_sentence_count") > 0)
    assert (found["unended_count"] / found["body_sentence_count"]).unique().to_list() == [unended]


def test_what_only_articles_have_is_unknown_of_other_pages(loaded: Connection) -> None:
    loaded.execute("UPDATE documents SET outcome = 'not_an_article' WHERE document_id = 'news'")
    [row] = measures(loaded).filter(pl.col("document_id") == "news").to_dicts()
    assert (row["claim_count"], row["sentence_count"], row["has_title"]) == (None, None, True)


def test_a_source_has_one_row_for_each_run_that_met_pages_of_it(loaded: Connection) -> None:
    trend = loaded.execute("FROM source_trend ORDER BY first_seen_at").pl()
    assert trend["pages"].sum() == loaded.execute("SELECT count(*) FROM documents").fetchall()[0][0]
    assert trend.select("source", "run_id").rows() == [("Articles", "run-1"), ("Articles", "run-2")]


def test_the_shares_of_a_source_are_of_its_articles(loaded: Connection) -> None:
    loaded.execute("UPDATE documents SET first_seen_at = TIMESTAMP '2026-01-01', outcome = 'kept', authors = []")
    loaded.execute("UPDATE documents SET outcome = 'not_an_article', title = NULL WHERE document_id = 'news'")
    [row] = loaded.execute("FROM source_trend").pl().to_dicts()
    [[untitled]] = loaded.execute("SELECT count(*) FROM documents WHERE title IS NULL AND outcome = 'kept'").fetchall()
    assert (row["pages"], row["kept"], row["run_id"]) == (row["kept"] + 1, row["kept"], None)
    assert row["left_out_percent"] == round(100 / row["pages"], 1)
    assert row["unsigned_percent"] == 100.0
    assert row["untitled_percent"] == round(100 * untitled / row["kept"], 1)
    claims, attributed, words = loaded.execute("""
        SELECT count(*), count(*) FILTER (attribution <> 'author'),
            (SELECT sum(word_count) FROM documents WHERE outcome = 'kept')
        FROM claims WHERE document_id <> 'news'
    """).fetchall()[0]
    assert row["claims_per_article"] == round(claims / row["kept"], 1)
    assert row["claims_per_100_words"] == round(100 * claims / words, 2)
    assert row["attributed_percent"] == round(100 * attributed / claims, 1)


def test_a_source_arrives_when_it_brings_what_nobody_had_met(loaded: Connection) -> None:
    found = arrivals(loaded)
    runs = loaded.execute("SELECT DISTINCT first_seen_at FROM documents ORDER BY 1").pl()["first_seen_at"]
    assert found["arrived_at"].to_list() == runs.to_list()
    assert found["seen_at"].max() == loaded.execute("SELECT max(last_seen_at) FROM documents").pl().item()
    assert isinstance(found["arrived_at"][0], datetime) and found["seen_at"].max() >= runs.max() - timedelta(0)
