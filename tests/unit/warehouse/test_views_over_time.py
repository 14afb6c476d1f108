"""The small warehouse has one page in two revisions: "costs a third" of the first became "costs about 50 percent"."""

from datetime import datetime

import pytest

from warehouse.database import Connection

Rows = list[tuple[object, ...]]
FIRST_RUN, SECOND_RUN = datetime(2024, 7, 24, 6, 0), datetime(2024, 7, 25, 6, 0)


def rows(con: Connection, sql: str) -> Rows:
    return con.execute(f"{sql} ORDER BY ALL").fetchall()


def test_a_revision_stands_beside_the_one_before_it_and_the_run_that_met_it(loaded: Connection) -> None:
    assert rows(
        loaded,
        """
        SELECT document_id, previous_document_id, place, run_id FROM page_revisions WHERE page_id IN ('p-interview', 'p-news')
    """,
    ) == [("interview-1", None, 1, "run-1"), ("interview-2", "interview-1", 2, "run-2"), ("news", None, 1, "run-1")]


def test_the_current_revision_follows_one_that_was_read_after_it(loaded: Connection) -> None:
    loaded.execute("UPDATE documents SET revision = 3 WHERE document_id = 'interview-1'")
    assert rows(loaded, "SELECT document_id, previous_revision FROM page_revisions WHERE page_id = 'p-interview'") == [
        ("interview-1", None),
        ("interview-2", 3),
    ]


def test_a_page_that_was_never_kept_has_no_revisions(loaded: Connection) -> None:
    assert rows(loaded, "SELECT page_id FROM page_revisions WHERE outcome <> 'kept'") == []


def test_a_revision_of_a_time_without_a_run_is_shown_without_one(loaded: Connection) -> None:
    loaded.execute("DELETE FROM runs WHERE run_id = 'run-2'")
    assert rows(loaded, "SELECT run_id FROM page_revisions WHERE document_id = 'interview-2'") == [(None,)]


def test_a_statement_that_an_edit_left_alone_has_one_history(loaded: Connection) -> None:
    assert rows(
        loaded,
        """
        SELECT text, is_current, first_seen_at, first_revision, last_revision, revision_count, vanished_at, run_id, claim_id
        FROM claim_history WHERE page_id = 'p-interview' AND cluster_id = 'c-size'
    """,
    ) == [("The model has 405 billion parameters", True, FIRST_RUN, 1, 2, 2, None, "run-1", "c-size-2")]


def test_a_statement_that_an_edit_took_out_tells_since_when_it_is_gone(loaded: Connection) -> None:
    assert rows(
        loaded,
        """
        SELECT is_current, last_revision, vanished_at, vanished_revision, vanished_run_id, vanished_document_id
        FROM claim_history WHERE cluster_id = 'c-third'
    """,
    ) == [(False, 1, SECOND_RUN, 2, "run-2", "interview-2")]


def test_a_statement_in_other_words_has_not_vanished(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET cluster_id = 'c-third' WHERE claim_id = 'c-half'")
    assert rows(loaded, "SELECT is_current, wordings FROM claim_history WHERE cluster_id = 'c-third'") == [
        (True, ["running Llama 3.1 costs a third of GPT-4o", "running Llama 3.1 costs about 50 percent of GPT-4o"])
    ]
    assert rows(loaded, "SELECT text FROM vanished_claims") == []


def test_what_is_new_since_a_run_is_what_was_first_seen_after_it(loaded: Connection) -> None:
    since = "SELECT claim_id FROM claim_history WHERE first_seen_at > (SELECT started_at FROM runs WHERE run_id = ?)"
    assert loaded.execute(f"{since} ORDER BY 1", ["run-1"]).fetchall() == [("c-closed",), ("c-gift",), ("c-half",), ("c-next",)]
    assert loaded.execute(since, ["run-2"]).fetchall() == []


def test_a_statement_that_another_page_made_before_is_older_than_the_page(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET cluster_id = 'c-size' WHERE claim_id = 'c-next'")
    found = "SELECT first_seen_at, statement_first_seen_at FROM claim_history WHERE claim_id = 'c-next'"
    assert rows(loaded, found) == [(SECOND_RUN, FIRST_RUN)]


def test_a_vanished_claim_stands_beside_the_one_in_its_place(loaded: Connection) -> None:
    assert rows(
        loaded,
        """
        SELECT text, replacement, speaker, sentence, reason, document_count, last_revision, vanished_revision
        FROM vanished_claims
    """,
    ) == [
        (
            "running Llama 3.1 costs a third of GPT-4o",
            "running Llama 3.1 costs about 50 percent of GPT-4o",
            "Mark Zuckerberg",
            "Mark Zuckerberg said that running Llama 3.1 costs a third of GPT-4o.",
            "edited",
            0,
            1,
            2,
        )
    ]


def test_a_claim_that_stood_there_already_replaces_nothing(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET text = 'running Llama 3.1 costs a third of GPT-4' WHERE cluster_id = 'c-size'")
    assert rows(loaded, "SELECT replacement FROM vanished_claims") == [("running Llama 3.1 costs about 50 percent of GPT-4o",)]


def test_a_claim_with_few_words_in_common_replaces_nothing(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET text = 'Meta has sold the business' WHERE claim_id = 'c-half'")
    assert rows(loaded, "SELECT replacement, replacement_share FROM vanished_claims") == [(None, None)]


def test_of_several_claims_alike_the_one_most_alike_replaces(loaded: Connection) -> None:
    loaded.execute("""
        UPDATE claims SET text = 'running Llama 3.1 costs a third of GPT-4 now', cluster_id = 'c-next'
        WHERE claim_id = 'c-size-2'
    """)
    assert rows(loaded, "SELECT replacement FROM vanished_claims WHERE cluster_id = 'c-third'") == [
        ("running Llama 3.1 costs a third of GPT-4 now",)
    ]


def test_a_revision_that_was_not_kept_states_and_changes_nothing(loaded: Connection) -> None:
    loaded.execute("UPDATE documents SET outcome = 'gone' WHERE document_id = 'interview-2'")
    assert rows(loaded, "SELECT cluster_id, is_current FROM claim_history WHERE page_id = 'p-interview'") == [
        ("c-size", False),
        ("c-third", False),
    ]
    assert rows(loaded, "SELECT sentence FROM sentence_changes") == []
    assert rows(loaded, "SELECT url FROM edited_documents") == []


def test_claims_of_a_page_that_is_gone_have_vanished_with_it(loaded: Connection) -> None:
    loaded.execute("""
        UPDATE documents SET outcome = 'gone', revision = 2, page_id = 'p-news' WHERE document_id = 'index';
        UPDATE documents SET is_current = false WHERE document_id = 'news';
    """)
    assert rows(loaded, "SELECT claim_id, reason, vanished_document_id FROM vanished_claims WHERE page_id = 'p-news'") == [
        (claim, "gone", "index") for claim in ("c-open", "c-path", "c-release", "c-size")
    ]


def test_a_claim_that_came_back_has_not_vanished(loaded: Connection) -> None:
    loaded.execute("""
        UPDATE documents SET page_id = 'p-interview', revision = 3, is_current = true WHERE document_id = 'opinion';
        UPDATE documents SET is_current = false WHERE document_id = 'interview-2';
        UPDATE claims SET cluster_id = 'c-third' WHERE claim_id = 'c-next';
    """)
    assert rows(loaded, "SELECT cluster_id FROM vanished_claims") == [("c-half",), ("c-size",)]


def test_a_statement_grows_by_the_pages_that_a_later_run_met(loaded: Connection) -> None:
    assert rows(loaded, "SELECT cluster_id FROM grown_clusters") == []
    loaded.execute("UPDATE claims SET cluster_id = 'c-size' WHERE claim_id = 'c-next'")
    assert rows(
        loaded,
        """
        SELECT statement, grew_at, run_id, first_seen_at, documents_before, documents_added, holders, sites, urls, document_ids
        FROM grown_clusters
    """,
    ) == [
        (
            "Llama 3.1 has 405 billion parameters.",
            SECOND_RUN,
            "run-2",
            FIRST_RUN,
            2,
            1,
            ["columns.example"],
            ["columns.example"],
            ["file:///articles/p-opinion.html"],
            ["opinion"],
        )
    ]


def test_an_edited_page_that_made_a_statement_before_is_no_growth(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET cluster_id = 'c-size' WHERE claim_id = 'c-half'")
    assert rows(loaded, "SELECT cluster_id FROM grown_clusters") == []


@pytest.mark.parametrize("relation", ["copy", "near_copy"])
def test_a_copy_is_no_growth(loaded: Connection, relation: str) -> None:
    loaded.execute("UPDATE claims SET cluster_id = 'c-size' WHERE claim_id = 'c-next'")
    loaded.execute("INSERT INTO document_relations VALUES ('opinion', 'news', ?, 0.9)", [relation])
    assert rows(loaded, "SELECT cluster_id FROM grown_clusters") == []


def test_sentences_that_came_and_went_stand_beside_their_counterparts(loaded: Connection) -> None:
    now = "Mark Zuckerberg said that running Llama 3.1 costs about 50 percent of GPT-4o."
    then = "Mark Zuckerberg said that running Llama 3.1 costs a third of GPT-4o."
    titles = ("Zuckerberg on open models (corrected)", "Zuckerberg on open models")
    assert rows(
        loaded,
        """
        SELECT change, sentence, counterpart, zone, previous_revision, revision, run_id FROM sentence_changes
    """,
    ) == [
        ("added", now, then, "body", 1, 2, "run-2"),
        ("added", *titles, "title", 1, 2, "run-2"),
        ("removed", then, now, "body", 1, 2, "run-2"),
        ("removed", *reversed(titles), "title", 1, 2, "run-2"),
    ]


def test_a_sentence_without_a_counterpart_came_anew(loaded: Connection) -> None:
    loaded.execute("""
        UPDATE sentences SET text = 'Nothing like it stood there.' WHERE document_id = 'interview-2' AND zone = 'body'
    """)
    found = "SELECT counterpart FROM sentence_changes WHERE change = 'added' AND zone = 'body'"
    assert rows(loaded, found) == [(None,), (None,)]


def test_what_changes_in_menus_is_no_change_of_the_text(loaded: Connection) -> None:
    loaded.execute("UPDATE sentences SET zone = 'boilerplate' WHERE document_id LIKE 'interview%'")
    assert rows(loaded, "SELECT sentence FROM sentence_changes") == []


def test_an_edited_document_counts_the_sentences_that_came_and_went(loaded: Connection) -> None:
    assert rows(loaded, "SELECT sentences_added, sentences_removed FROM edited_documents") == [(2, 2)]


def test_the_latest_run_is_the_one_that_was_loaded_last_whatever_the_clock_said_before(loaded: Connection) -> None:
    before = rows(loaded, "SELECT claim_id, is_new_statement FROM new_claims")
    assert before
    ahead = "TIMESTAMP '2031-01-01'"
    loaded.execute(f"UPDATE documents SET first_seen_at = {ahead} WHERE first_seen_at = ?", [FIRST_RUN])
    loaded.execute(f"UPDATE runs SET started_at = {ahead} WHERE run_id = 'run-1'")
    assert rows(loaded, "SELECT claim_id, is_new_statement FROM new_claims") == before
    passed = "SELECT status, previous_passed_percent IS NULL FROM quality_trend WHERE run_id = 'run-1'"
    assert rows(loaded, passed) == [("loaded", True)]
