from datetime import datetime

import pytest

from warehouse.database import Connection
from warehouse.migrate import views

Rows = list[tuple[object, ...]]


def rows(con: Connection, sql: str) -> Rows:
    return con.execute(f"{sql} ORDER BY ALL").fetchall()


OVER_TIME = {"edited_documents", "page_revisions", "claim_history", "vanished_claims", "sentence_changes", "grown_clusters"}
NOT_OF_DOCUMENTS = {"quality_trend", "cue_stances", "source_trend", "article_measures"}


@pytest.mark.parametrize("view", [view.name for view in views() if view.name not in OVER_TIME | NOT_OF_DOCUMENTS])
def test_a_view_shows_nothing_of_an_older_revision_or_of_a_page_that_was_not_kept(loaded: Connection, view: str) -> None:
    shown = {document for (document,) in rows(loaded, f"SELECT DISTINCT document_id FROM {view}")}
    assert shown <= {"news", "interview-2", "opinion"}
    loaded.execute("UPDATE documents SET outcome = 'gone'")
    assert rows(loaded, f"SELECT document_id FROM {view}") == []


def test_a_current_claim_stands_beside_its_sentence_and_its_article(loaded: Connection) -> None:
    assert rows(loaded, "SELECT text, sentence, section, title, site FROM current_claims WHERE claim_id = 'c-open'") == [
        (
            "Llama 3.1 is open source",
            "Llama 3.1 is open source, according to Meta.",
            "The path",
            "Meta ships its largest open model",
            "techpost.example",
        )
    ]


def test_the_holder_of_a_claim_is_its_speaker_else_the_site_that_says_it(loaded: Connection) -> None:
    found = "SELECT claim_id, holder, voice FROM current_claims WHERE claim_id IN ('c-open', 'c-size')"
    assert rows(loaded, found) == [("c-open", "Meta", "speaker"), ("c-size", "techpost.example", "article")]


@pytest.mark.parametrize("speaker", [None, "They", "it"])
def test_a_claim_of_somebody_without_a_name_has_no_holder(loaded: Connection, speaker: str | None) -> None:
    loaded.execute("UPDATE claims SET speaker = ?, speaker_id = NULL WHERE claim_id = 'c-open'", [speaker])
    assert rows(loaded, "SELECT holder, voice FROM current_claims WHERE claim_id = 'c-open'") == [(None, "unnamed")]


def test_a_pronoun_that_was_resolved_names_its_speaker(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET speaker = 'It' WHERE claim_id = 'c-open'")
    assert rows(loaded, "SELECT voice FROM current_claims WHERE claim_id = 'c-open'") == [("speaker",)]


def test_an_article_without_site_and_title_is_held_by_its_file(loaded: Connection) -> None:
    loaded.execute("UPDATE documents SET site = NULL, title = NULL")
    assert rows(loaded, "SELECT holder FROM current_claims WHERE claim_id = 'c-size'") == [("p-news.html",)]


@pytest.mark.parametrize(
    "view",
    [
        "current_claims",
        "quotes",
        "numeric_claims",
        "corroborated_claims",
        "single_source_claims",
        "disputes",
        "new_claims",
        "speaker_positions",
        "entity_mentions",
        "edited_documents",
        "page_revisions",
        "claim_history",
        "vanished_claims",
        "sentence_changes",
    ],
)
def test_the_day_of_publication_at_the_place_stands_beside_its_time(loaded: Connection, view: str) -> None:
    loaded.execute("UPDATE documents SET published_on = DATE '2024-07-22'")
    found = f"SELECT DISTINCT published_on::VARCHAR FROM {view} WHERE published_at IS NOT NULL"
    assert rows(loaded, found) == [("2024-07-22",)]


def test_a_quote_gives_the_words_between_the_marks_and_who_said_them(loaded: Connection) -> None:
    assert rows(loaded, "SELECT speaker, quote, quoted_words, attribution FROM quotes") == [
        ("Mark Zuckerberg", "Open source AI is the path forward,", ["Open source AI is the path forward,"], "direct"),
        ("Stella Biderman", 'the release "a real gift to research"', ["a real gift to research"], "mixed"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("it is “a gift” and “ a start,”", ["a gift", "a start,"]),
        ('it is "a gift" and "a start"', ["a gift", "a start"]),
        ("es sei „ein Geschenk“", ["ein Geschenk"]),
        ("it is «un cadeau»", ["un cadeau"]),
        ("it is a gift", []),
    ],
)
def test_quoted_words_of_a_mixed_claim_are_those_between_marks_of_any_kind(
    loaded: Connection,
    text: str,
    words: list[str],
) -> None:
    loaded.execute("UPDATE claims SET text = ? WHERE claim_id = 'c-gift'", [text])
    assert rows(loaded, "SELECT quoted_words FROM quotes WHERE claim_id = 'c-gift'") == [(words,)]


def test_a_numeric_claim_has_one_row_for_each_of_its_figures(loaded: Connection) -> None:
    found = "SELECT figure, value, unit, kind, speaker, site FROM numeric_claims"
    assert rows(loaded, found) == [
        ("405 billion parameters", 405e9, "parameter", "count", "Meta", "dailywire.example"),
        ("405 billion parameters", 405e9, "parameter", "count", None, "techpost.example"),
        ("about 50 percent", 50.0, "percent", "percent", "Mark Zuckerberg", "dailywire.example"),
    ]
    loaded.execute("UPDATE quantities SET claim_id = NULL")
    assert rows(loaded, found) == []


def test_a_claim_of_two_documents_is_corroborated_and_stands_beside_the_shared_wording(loaded: Connection) -> None:
    assert rows(loaded, "SELECT statement, document_count, text, site FROM corroborated_claims") == [
        ("Llama 3.1 has 405 billion parameters.", 2, "Llama 3.1 has 405 billion parameters.", "techpost.example"),
        ("Llama 3.1 has 405 billion parameters.", 2, "The model has 405 billion parameters", "dailywire.example"),
    ]


def test_a_claim_that_only_copies_repeat_has_a_single_source(loaded: Connection) -> None:
    loaded.execute("UPDATE claim_clusters SET document_count = 1, claim_count = 2 WHERE cluster_id = 'c-size'")
    assert rows(loaded, "SELECT claim_id FROM corroborated_claims") == []
    assert rows(loaded, "SELECT claim_id FROM single_source_claims WHERE cluster_id = 'c-size'") == [("c-size",), ("c-size-2",)]


def test_a_claim_is_either_corroborated_or_of_a_single_source(loaded: Connection) -> None:
    both = "SELECT claim_id FROM corroborated_claims UNION ALL SELECT claim_id FROM single_source_claims"
    assert rows(loaded, both) == rows(loaded, "SELECT claim_id FROM current_claims")


def test_a_dispute_shows_both_sides_in_one_row_with_the_reason(loaded: Connection) -> None:
    assert rows(
        loaded,
        """
        SELECT text, speaker, title, site, other_text, other_speaker, other_title, other_site, reason,
            round(score, 1)::VARCHAR
        FROM disputes
    """,
    ) == [
        (
            "Llama 3.1 is not truly open source",
            "Some critics",
            "Open, with strings attached",
            "columns.example",
            "Llama 3.1 is open source",
            "Meta",
            "Meta ships its largest open model",
            "techpost.example",
            "one denies what the other says",
            "0.8",
        )
    ]


def test_claims_that_say_the_same_dispute_nothing(loaded: Connection) -> None:
    loaded.execute("DELETE FROM claim_relations WHERE relation = 'disputes'")
    assert rows(loaded, "SELECT claim_id FROM disputes") == []


def test_a_dispute_with_an_older_revision_is_over(loaded: Connection) -> None:
    loaded.execute("UPDATE documents SET is_current = false WHERE document_id = 'opinion'")
    assert rows(loaded, "SELECT claim_id FROM disputes") == []


def test_speakers_stand_on_both_sides_of_a_disputed_matter(loaded: Connection) -> None:
    assert rows(loaded, "SELECT entity, matter, side, holder, voice, quotation FROM speaker_positions WHERE is_disputed") == [
        ("Llama 3.1", "Llama 3.1 is open source", "disputes", "Some critics", "speaker", "Llama 3.1 is not truly open source"),
        ("Llama 3.1", "Llama 3.1 is open source", "states", "Meta", "speaker", "Llama 3.1 is open source"),
    ]


def test_an_article_in_its_own_voice_stands_there_by_its_site_else_its_title(loaded: Connection) -> None:
    found = "SELECT DISTINCT holder, voice FROM speaker_positions WHERE claim_id = 'c-size'"
    assert rows(loaded, found) == [("techpost.example", "article")]
    loaded.execute("UPDATE documents SET site = NULL WHERE document_id = 'news'")
    assert rows(loaded, found) == [("Meta ships its largest open model", "article")]


def test_what_is_reported_of_nobody_is_nobody_s_position(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET speaker = NULL, speaker_id = NULL WHERE claim_id = 'c-open'")
    assert rows(loaded, "SELECT entity FROM speaker_positions WHERE claim_id = 'c-open'") == []


def test_a_speaker_is_no_entity_that_the_claim_is_about(loaded: Connection) -> None:
    assert rows(loaded, "SELECT entity FROM speaker_positions WHERE claim_id = 'c-open'") == [("Llama 3.1",)]


def test_statements_that_dispute_each_other_in_turn_are_one_matter(loaded: Connection) -> None:
    # c-release – c-half – c-next – c-size: a chain, whose best supported statement is the last
    loaded.execute("DELETE FROM claim_relations")
    for pair in (["c-half", "c-release"], ["c-half", "c-next"], ["c-next", "c-size"]):
        loaded.execute("INSERT INTO claim_relations VALUES (?, ?, 'disputes', 0.5, 'of the test')", pair)
    assert rows(loaded, "SELECT DISTINCT cluster_id, matter_id, side FROM speaker_positions WHERE is_disputed") == [
        ("c-half", "c-size", "other"),
        ("c-next", "c-size", "disputes"),
        ("c-release", "c-size", "other"),
        ("c-size", "c-size", "states"),
    ]


def test_a_denial_is_no_matter_however_many_documents_make_it(loaded: Connection) -> None:
    found = "SELECT DISTINCT matter_id FROM speaker_positions WHERE is_disputed"
    loaded.execute("UPDATE claim_clusters SET document_count = 5 WHERE cluster_id = 'c-closed'")
    assert rows(loaded, found) == [("c-open",)]
    loaded.execute("UPDATE claims SET is_negated = false WHERE claim_id = 'c-closed'")
    assert rows(loaded, found) == [("c-closed",)]


def test_two_disputes_that_do_not_meet_are_two_matters(loaded: Connection) -> None:
    loaded.execute("INSERT INTO claim_relations VALUES ('c-half', 'c-size', 'disputes', 0.5, 'of the test')")
    matters = rows(loaded, "SELECT DISTINCT matter_id FROM speaker_positions WHERE is_disputed")
    assert matters == [("c-open",), ("c-size",)]


def test_a_matter_is_about_every_entity_that_one_of_its_statements_is_about(loaded: Connection) -> None:
    loaded.execute("DELETE FROM claim_entities WHERE claim_id = 'c-closed'")
    assert rows(loaded, "SELECT entity, entity_role, holder FROM speaker_positions WHERE is_disputed") == [
        ("Llama 3.1", "subject", "Meta"),
        ("Llama 3.1", None, "Some critics"),
    ]


def test_an_entity_that_one_statement_only_mentions_is_none_of_the_matter_s(loaded: Connection) -> None:
    loaded.execute("DELETE FROM claim_entities WHERE claim_id = 'c-closed'")
    loaded.execute("UPDATE claim_entities SET role = 'mentioned' WHERE claim_id = 'c-open' AND role = 'subject'")
    assert rows(loaded, "SELECT entity, holder FROM speaker_positions WHERE is_disputed") == [
        ("Llama 3.1", "Meta"),
        (None, "Some critics"),
    ]


def test_a_position_on_no_known_entity_stays(loaded: Connection) -> None:
    assert rows(loaded, "SELECT entity, holder FROM speaker_positions WHERE claim_id = 'c-path'") == [(None, "Mark Zuckerberg")]


def test_what_an_article_reports_and_nobody_takes_up_is_no_position(loaded: Connection) -> None:
    found = "SELECT DISTINCT claim_id FROM speaker_positions WHERE claim_id = 'c-release'"
    assert rows(loaded, found) == []
    loaded.execute("UPDATE claims SET claim_type = 'opinion' WHERE claim_id = 'c-release'")
    assert rows(loaded, found) == [("c-release",)]


def test_one_speaker_in_two_articles_is_one_holder_of_a_matter(loaded: Connection) -> None:
    found = "SELECT DISTINCT holder_count FROM speaker_positions WHERE cluster_id = 'c-size'"
    assert rows(loaded, found) == [(2,)]
    loaded.execute("""
        UPDATE claims SET attribution = 'indirect', speaker = 'Meta Platforms', speaker_id = 'meta' WHERE claim_id = 'c-size'
    """)
    assert rows(loaded, found) == [(1,)]


@pytest.mark.parametrize(
    ("cue", "stance"),
    [
        ("said", "asserts"),
        ("opposes", "opposes"),
        ("was critical of", "opposes"),
        ("has expressed concern about", "opposes"),
        ("concern", "asserts"),
        ("warned", "asserts"),
        ("warned against", "opposes"),
        ("denied", "denies"),
        ("denies", "denies"),
        ("endorsed", "supports"),
        ("is backing", "supports"),
        ("called for", "supports"),
        ("called", "asserts"),
        ("does not support", "opposes"),
        ("refused to endorse", "opposes"),
        ("didn’t deny", "asserts"),
        ("came out against", "opposes"),
        (None, "asserts"),
    ],
)
def test_the_cue_says_where_a_speaker_stands(loaded: Connection, cue: str | None, stance: str) -> None:
    loaded.execute("UPDATE claims SET cue = ? WHERE claim_id = 'c-open'", [cue])
    assert rows(loaded, "SELECT stance FROM speaker_positions WHERE claim_id = 'c-open'") == [(stance,)]


def test_words_between_marks_are_asserted_whatever_the_verb_is(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET cue = 'urged' WHERE claim_id = 'c-path'")
    assert rows(loaded, "SELECT stance FROM speaker_positions WHERE claim_id = 'c-path'") == [("asserts",)]


@pytest.mark.parametrize(
    ("modality", "is_negated", "stance"),
    [
        ("asserted", True, "denies"),
        ("hedged", True, "hedges"),
        ("conditional", False, "hedges"),
        ("asserted", False, "asserts"),
    ],
)
def test_a_statement_against_the_matter_denies_it_where_it_is_negated(
    loaded: Connection,
    modality: str,
    is_negated: bool,
    stance: str,
) -> None:
    loaded.execute("UPDATE claims SET modality = ?, is_negated = ? WHERE claim_id = 'c-closed'", [modality, is_negated])
    found = "SELECT stance, reason FROM speaker_positions WHERE claim_id = 'c-closed'"
    assert rows(loaded, found) == [(stance, "one denies what the other says")]


def test_a_negative_statement_that_nobody_disputes_is_asserted(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET is_negated = true WHERE claim_id = 'c-path'")
    assert rows(loaded, "SELECT stance FROM speaker_positions WHERE claim_id = 'c-path'") == [("asserts",)]


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("deny", {"deny", "denies", "denied", "denying"}),
        ("oppose", {"oppose", "opposes", "opposed", "opposing"}),
        ("back", {"back", "backs", "backed", "backing"}),
        ("come", {"come", "comes", "coming", "came"}),
    ],
)
def test_a_word_of_stance_is_known_in_its_forms(loaded: Connection, word: str, forms: set[str]) -> None:
    assert forms <= {form for (form,) in rows(loaded, f"SELECT form FROM cue_stances WHERE word = '{word}'")}


def test_an_undisputed_statement_is_a_matter_of_its_own(loaded: Connection) -> None:
    assert rows(loaded, "SELECT DISTINCT matter_id, side, is_disputed FROM speaker_positions WHERE cluster_id = 'c-size'") == [
        ("c-size", "states", False)
    ]


def test_a_mention_of_an_open_name_is_shown_without_an_entity(loaded: Connection) -> None:
    loaded.execute("UPDATE mentions SET entity_id = NULL WHERE entity_id = 'biderman'")
    found = rows(loaded, "SELECT entity, mention, mention_type, zone FROM entity_mentions WHERE mention = 'Stella Biderman'")
    assert found == [(None, "Stella Biderman", "PERSON", "list")]


def test_a_mention_stands_beside_its_entity_and_sentence(loaded: Connection) -> None:
    assert rows(loaded, "SELECT mention, sentence FROM entity_mentions WHERE entity = 'GPT-4o'") == [
        ("GPT-4o", "Mark Zuckerberg said that running Llama 3.1 costs about 50 percent of GPT-4o.")
    ]


def test_new_claims_are_of_the_latest_run_that_loaded_and_not_of_an_earlier_revision(loaded: Connection) -> None:
    found = rows(loaded, "SELECT claim_id, run_id FROM new_claims")
    assert found == [("c-closed", "run-2"), ("c-gift", "run-2"), ("c-half", "run-2"), ("c-next", "run-2")]


def test_after_a_run_that_loaded_only_old_documents_no_claim_is_new(loaded: Connection) -> None:
    loaded.execute("UPDATE runs SET status = 'loaded' WHERE run_id = 'run-3'")
    assert rows(loaded, "SELECT claim_id FROM new_claims") == []


def test_a_new_claim_that_an_earlier_document_made_is_no_new_statement(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET cluster_id = 'c-size' WHERE claim_id = 'c-next'")
    assert rows(loaded, "SELECT claim_id, is_new_statement FROM new_claims WHERE claim_id IN ('c-next', 'c-gift')") == [
        ("c-gift", True),
        ("c-next", False),
    ]


def test_an_edited_document_shows_the_claims_that_came_and_went(loaded: Connection) -> None:
    assert rows(
        loaded,
        """
        SELECT title, previous_title, revision, previous_revision, claims_gained, claims_lost, gained, lost
        FROM edited_documents
    """,
    ) == [
        (
            "Zuckerberg on open models (corrected)",
            "Zuckerberg on open models",
            2,
            1,
            1,
            1,
            ["running Llama 3.1 costs about 50 percent of GPT-4o"],
            ["running Llama 3.1 costs a third of GPT-4o"],
        )
    ]


def test_an_edit_that_leaves_the_claims_alone_shows_none(loaded: Connection) -> None:
    loaded.execute("DELETE FROM claims WHERE document_id LIKE 'interview%'")
    assert rows(loaded, "SELECT claims_gained, claims_lost, gained, lost FROM edited_documents") == [(0, 0, [], [])]


def test_a_revision_that_was_not_kept_is_passed_over(loaded: Connection) -> None:
    loaded.execute("UPDATE documents SET revision = 3 WHERE document_id = 'interview-2'")
    loaded.execute("""
        UPDATE documents SET page_id = 'p-interview', revision = 2, is_current = false WHERE document_id = 'index'
    """)
    assert rows(loaded, "SELECT revision, previous_revision FROM edited_documents") == [(3, 1)]
    loaded.execute("UPDATE documents SET outcome = 'kept' WHERE document_id = 'index'")
    assert rows(loaded, "SELECT revision, previous_revision FROM edited_documents") == [(3, 2)]


def test_the_quality_trend_has_each_table_of_each_run_beside_the_run_before(loaded: Connection) -> None:
    assert rows(
        loaded,
        """
        SELECT started_at, table_name, checks, failed, failed_critical, failed_warning, passed_percent, previous_passed_percent,
            unexpected_count, quarantined
        FROM quality_trend
    """,
    ) == [
        (datetime(2024, 7, 24, 6, 0), "claims", 3, 0, 0, 0, 100.0, None, 0, 0),
        (datetime(2024, 7, 25, 6, 0), "claims", 3, 1, 0, 1, 66.7, 100.0, 1, 1),
        (datetime(2024, 7, 26, 6, 0), "claims", 3, 0, 0, 0, 100.0, 66.7, 0, 0),
    ]


def test_a_row_that_two_expectations_held_back_counts_once(loaded: Connection) -> None:
    loaded.execute("INSERT INTO quarantine SELECT * REPLACE ('another' AS expectation) FROM quarantine")
    assert rows(loaded, "SELECT quarantined FROM quality_trend WHERE run_id = 'run-2'") == [(1,)]
