"""What a whole warehouse comes to, against what its tables say: a row that is wrong fails its tally and no other."""

import polars as pl
import pytest

from expectations.tallied import TALLIED
from warehouse.database import Connection
from warehouse.tallies import TALLY, UNIQUE_KEY, tallies


@pytest.fixture
def agreed(loaded: Connection) -> Connection:
    """The small warehouse with counts that are those of its rows, and without what its runs are made to tell."""
    loaded.execute("DELETE FROM quarantine")
    loaded.execute("UPDATE runs SET quarantined = 0")
    loaded.execute("""
        UPDATE entities SET mention_count = m.n, document_count = m.d FROM (
            SELECT e.entity_id, count(d.document_id) AS n, count(DISTINCT d.document_id) AS d FROM entities AS e
            LEFT JOIN mentions AS m USING (entity_id) LEFT JOIN documents AS d ON d.document_id = m.document_id AND d.is_current
            GROUP BY ALL
        ) AS m WHERE m.entity_id = entities.entity_id
    """)
    loaded.execute("DELETE FROM document_relations WHERE relation <> 'revision_of'")
    loaded.execute("""
        UPDATE claim_clusters SET claim_count = m.n, document_count = m.d, site_count = m.s, speaker_count = m.v,
            first_published_at = m.first_at, last_published_at = m.last_at, text = m.text
        FROM (
            SELECT cluster_id, count(*) FILTER (is_current) AS n, count(DISTINCT document_id) FILTER (is_current) AS d,
                count(DISTINCT site) FILTER (is_current) AS s, min(published_at) AS first_at, max(published_at) AS last_at,
                count(DISTINCT coalesce(speaker_id, lower(speaker))) FILTER (is_current) AS v, min(c.text) AS text
            FROM claims AS c JOIN documents USING (document_id) GROUP BY ALL
        ) AS m WHERE m.cluster_id = claim_clusters.cluster_id
    """)
    return loaded


def failing(con: Connection) -> dict[tuple[str, str], list[str]]:
    found = tallies(con).filter(pl.col("failed") > 0)
    return {(table, name): keys for table, name, keys in found.select("table_name", "expectation", "failing_keys").rows()}


def left_out(con: Connection, name: str) -> int:
    return int(tallies(con).filter(pl.col("expectation") == name)["left_out"].sum())


def test_every_tally_has_a_check_and_every_check_a_tally(agreed: Connection) -> None:
    found = tallies(agreed)
    assert found.schema == TALLY
    assert {(table, name) for table, name in found.select("table_name", "expectation").rows()} == set(TALLIED)


def test_nothing_fails_where_all_agrees(agreed: Connection) -> None:
    assert failing(agreed) == {}
    assert tallies(agreed)["judged"].sum() > 0


def test_an_empty_warehouse_agrees_with_itself(con: Connection) -> None:
    assert failing(con) == {}


def test_a_key_that_stands_twice_is_found_wherever_its_rows_are(agreed: Connection) -> None:
    agreed.execute("INSERT INTO quality_results FROM quality_results WHERE run_id = 'run-1' AND column_name IS NULL")
    agreed.execute("INSERT INTO claims FROM claims WHERE claim_id = 'c-open'")
    found = tallies(agreed).filter((pl.col("expectation") == UNIQUE_KEY) & (pl.col("failed") > 0))
    assert found.select("table_name", "failed", "failing_keys").rows() == [
        ("claims", 2, ["c-open"]), ("quality_results", 2, ["run-1/claims/row_count/NULL/NULL"]),
    ]  # fmt: skip


CHANGES = {
    ("entities", "expect_counts_to_agree_with_mentions"): "UPDATE entities SET document_count = 9 WHERE entity_id = 'meta'",
    ("entities", "expect_entity_to_be_mentioned"):
        "INSERT INTO entities FROM (SELECT * REPLACE ('none' AS entity_id, 0 AS mention_count, 0 AS document_count) "
        "FROM entities LIMIT 1)",
    ("claim_clusters", "expect_counts_to_agree_with_claims"): "UPDATE claim_clusters SET speaker_count = 9",
    ("claim_clusters", "expect_counts_to_agree_with_articles"): "UPDATE claim_clusters SET site_count = 9",
    ("claim_clusters", "expect_publications_to_agree_with_articles"):
        "UPDATE claim_clusters SET last_published_at = '2001-01-01'",
    ("claim_clusters", "expect_text_to_be_that_of_a_claim"): "UPDATE claim_clusters SET text = 'nobody says so'",
    ("documents", "expect_revisions_to_count_from_one"): "UPDATE documents SET revision = 4 WHERE document_id = 'news'",
    ("documents", "expect_original_to_be_kept"): "UPDATE documents SET duplicate_of = document_id WHERE outcome <> 'kept'",
    ("claim_relations", "expect_pair_not_to_be_of_two_revisions"): "UPDATE documents SET page_id = 'one', revision = rank "
        "FROM (SELECT document_id AS id, rank() OVER (ORDER BY document_id) AS rank FROM documents) WHERE id = document_id",
    ("document_relations", "expect_relation_to_fit_pages"):
        "UPDATE document_relations SET relation = 'copy' WHERE relation = 'revision_of'",
    ("runs", "expect_quarantine_to_hold_what_was_held_back"): "UPDATE runs SET quarantined = 3 WHERE run_id = 'run-2'",
}  # fmt: skip


@pytest.mark.parametrize("tally", CHANGES, ids=".".join)
def test_what_does_not_agree_fails(agreed: Connection, tally: tuple[str, str]) -> None:
    agreed.execute(CHANGES[tally])
    assert tally in failing(agreed)


def test_every_tally_but_that_of_keys_is_broken_by_some_change() -> None:
    assert {tally for tally in TALLIED if tally[1] != UNIQUE_KEY} == set(CHANGES)


def test_a_copy_of_a_copy_counts_as_one_article_with_the_site_that_had_it_first(agreed: Connection) -> None:
    agreed.execute("""
        INSERT INTO document_relations
        SELECT a.document_id, b.document_id, 'near_copy', 0.9 FROM documents AS a JOIN documents AS b
        ON (a.document_id, b.document_id) IN (('news', 'opinion'), ('opinion', 'interview-2'))
    """)
    agreed.execute("UPDATE claims SET cluster_id = (SELECT min(cluster_id) FROM claims)")
    agreed.execute("DELETE FROM claim_clusters WHERE cluster_id <> (SELECT min(cluster_id) FROM claims)")
    agreed.execute("UPDATE claim_clusters SET document_count = 1, site_count = 1")
    assert ("claim_clusters", "expect_counts_to_agree_with_articles") not in failing(agreed)


HOLD = """INSERT INTO quarantine (run_id, table_name, row_key, expectation, reason, "row", quarantined_at)
    SELECT 'run-2', '{table}', 'held', 'expect_it', 'odd', {row}, TIMESTAMP '2026-01-01'"""


@pytest.mark.parametrize(
    ("table", "row", "tally"),
    [
        ("mentions", """'{"entity_id": "meta"}'""", ("entities", "expect_counts_to_agree_with_mentions")),
        ("claims", """json_object('cluster_id', (SELECT min(cluster_id) FROM claim_clusters))""",
         ("claim_clusters", "expect_counts_to_agree_with_claims")),
    ],
)  # fmt: skip
def test_a_count_that_a_row_held_back_is_missing_from_is_left_out_until_it_is_released(
    agreed: Connection, table: str, row: str, tally: tuple[str, str]
) -> None:
    agreed.execute("UPDATE entities SET mention_count = mention_count + 1 WHERE entity_id = 'meta'")
    agreed.execute("UPDATE claim_clusters SET claim_count = claim_count + 1 "
                   "WHERE cluster_id = (SELECT min(cluster_id) FROM claim_clusters)")  # fmt: skip
    assert tally in failing(agreed)
    agreed.execute(HOLD.format(table=table, row=row))
    assert tally not in failing(agreed)
    assert left_out(agreed, tally[1]) == 1
    agreed.execute("UPDATE quarantine SET resolution = 'released'")
    assert tally in failing(agreed)


def test_what_a_stopped_run_kept_of_its_rows_explains_no_count(agreed: Connection) -> None:
    agreed.execute("UPDATE entities SET mention_count = mention_count + 1 WHERE entity_id = 'meta'")
    agreed.execute(HOLD.format(table="mentions", row="""'{"entity_id": "meta"}'"""))
    agreed.execute("UPDATE runs SET status = 'stopped'")
    assert ("entities", "expect_counts_to_agree_with_mentions") in failing(agreed)


def test_where_a_revision_was_held_back_the_counts_around_its_page_are_left_out(agreed: Connection) -> None:
    agreed.execute("UPDATE entities SET mention_count = 0, document_count = 0")
    agreed.execute("UPDATE claim_clusters SET claim_count = 0, document_count = 0, site_count = 0, speaker_count = 0")
    for [page] in agreed.execute("SELECT DISTINCT page_id FROM documents").fetchall():
        agreed.execute(HOLD.format(table="documents", row=f"""'{{"page_id": "{page}"}}'"""))
    assert {name for _, name in failing(agreed)} <= {"expect_quarantine_to_hold_what_was_held_back", UNIQUE_KEY}
