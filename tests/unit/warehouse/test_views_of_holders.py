import pytest

from warehouse.database import Connection

Rows = list[tuple[object, ...]]


def rows(con: Connection, sql: str) -> Rows:
    return con.execute(f"{sql} ORDER BY ALL").fetchall()


def test_each_speaker_and_each_site_holds_a_statement_once(loaded: Connection) -> None:
    assert rows(
        loaded,
        """
        SELECT holder, voice, document_count, claim_count, holder_count, sites
        FROM statement_holders WHERE cluster_id = 'c-size'
    """,
    ) == [
        ("Meta", "speaker", 1, 1, 2, ["dailywire.example"]),
        ("techpost.example", "article", 1, 1, 2, ["techpost.example"]),
    ]


def test_a_speaker_whom_two_articles_quote_is_one_holder(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET cluster_id = 'c-size' WHERE claim_id = 'c-open'")
    assert rows(
        loaded,
        """
        SELECT holder, document_count, claim_count, sites FROM statement_holders
        WHERE cluster_id = 'c-size' AND holder = 'Meta'
    """,
    ) == [("Meta", 2, 2, ["dailywire.example", "techpost.example"])]


def test_two_articles_of_one_site_are_one_holder(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET cluster_id = 'c-size' WHERE claim_id = 'c-next'")
    loaded.execute("UPDATE documents SET site = 'techpost.example'")
    assert rows(
        loaded,
        """
        SELECT document_count, holder_count FROM statement_holders WHERE cluster_id = 'c-size' AND voice = 'article'
    """,
    ) == [(2, 2)]


def test_two_articles_whose_site_is_not_known_are_two_holders(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET cluster_id = 'c-size' WHERE claim_id = 'c-next'")
    loaded.execute("UPDATE documents SET site = NULL")
    assert rows(loaded, "SELECT holder FROM statement_holders WHERE cluster_id = 'c-size' AND voice = 'article'") == [
        ("Meta ships its largest open model",),
        ("Open, with strings attached",),
    ]


def test_a_near_copy_adds_no_holder(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET cluster_id = 'c-size' WHERE claim_id = 'c-next'")
    held = "SELECT holder FROM statement_holders WHERE cluster_id = 'c-size' AND voice = 'article'"
    assert rows(loaded, held) == [("columns.example",), ("techpost.example",)]
    loaded.execute("INSERT INTO document_relations VALUES ('opinion', 'news', 'near_copy', 0.9)")
    assert rows(loaded, held) == [("techpost.example",)]


def test_a_copied_claim_stands_beside_its_original(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET cluster_id = 'c-size' WHERE claim_id = 'c-next'")
    loaded.execute("INSERT INTO document_relations VALUES ('opinion', 'news', 'near_copy', 0.9)")
    found = "SELECT claim_id, original_claim_id, site, original_site, original_text FROM copied_claims"
    size = "Llama 3.1 has 405 billion parameters."
    assert rows(loaded, found) == [("c-next", "c-size", "columns.example", "techpost.example", size)]
    assert rows(loaded, "SELECT claim_id FROM corroborated_claims WHERE is_copied") == [("c-next",)]


def test_what_a_near_copy_repeats_is_not_listed_as_of_a_single_source(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET cluster_id = 'c-release' WHERE claim_id = 'c-next'")
    alone = "SELECT claim_id FROM single_source_claims WHERE cluster_id = 'c-release'"
    assert rows(loaded, alone) == [("c-next",), ("c-release",)]
    loaded.execute("INSERT INTO document_relations VALUES ('opinion', 'news', 'near_copy', 0.9)")
    assert rows(loaded, alone) == [("c-release",)]


def test_a_claim_of_two_originals_was_copied_from_the_first(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET cluster_id = 'c-size' WHERE claim_id = 'c-next'")
    loaded.execute("""
        INSERT INTO document_relations
        VALUES ('opinion', 'news', 'near_copy', 0.9), ('opinion', 'interview-2', 'near_copy', 0.9)
    """)
    assert rows(loaded, "SELECT original_document_id FROM copied_claims") == [("news",)]


def test_what_a_near_copy_adds_of_its_own_has_its_own_holder(loaded: Connection) -> None:
    loaded.execute("INSERT INTO document_relations VALUES ('opinion', 'news', 'near_copy', 0.9)")
    assert rows(loaded, "SELECT holder FROM statement_holders WHERE cluster_id = 'c-next'") == [("columns.example",)]


def test_a_copy_of_a_page_that_is_gone_speaks_for_itself(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET cluster_id = 'c-size' WHERE claim_id = 'c-next'")
    loaded.execute("INSERT INTO document_relations VALUES ('opinion', 'news', 'near_copy', 0.9)")
    loaded.execute("UPDATE documents SET outcome = 'gone' WHERE document_id = 'news'")
    held = "SELECT holder FROM statement_holders WHERE cluster_id = 'c-size' AND voice = 'article'"
    assert rows(loaded, held) == [("columns.example",)]


def test_a_copy_of_a_revision_that_was_edited_speaks_for_itself(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET cluster_id = 'c-third' WHERE claim_id = 'c-next'")
    loaded.execute("INSERT INTO document_relations VALUES ('opinion', 'interview-1', 'near_copy', 0.9)")
    assert rows(loaded, "SELECT holder FROM statement_holders WHERE cluster_id = 'c-third'") == [("columns.example",)]


def test_the_first_holder_is_the_one_published_first(loaded: Connection) -> None:
    found = "SELECT holder, is_first FROM statement_holders WHERE cluster_id = 'c-size'"
    assert rows(loaded, found) == [("Meta", False), ("techpost.example", True)]
    loaded.execute("UPDATE documents SET published_at = NULL")
    assert rows(loaded, found) == [("Meta", False), ("techpost.example", False)]


def test_of_several_claims_of_a_holder_the_earliest_is_shown(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET cluster_id = 'c-size' WHERE claim_id = 'c-open'")
    found = "SELECT text, url FROM statement_holders WHERE cluster_id = 'c-size' AND holder = 'Meta'"
    assert rows(loaded, found) == [("Llama 3.1 is open source", "file:///articles/p-news.html")]


def test_a_claim_of_somebody_without_a_name_has_no_holder(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET speaker = 'they', speaker_id = NULL WHERE claim_id = 'c-size-2'")
    assert rows(loaded, "SELECT holder FROM statement_holders WHERE cluster_id = 'c-size'") == [("techpost.example",)]


@pytest.mark.parametrize(("speaker", "holders"), [("meta", 1), ("zuckerberg", 2)])
def test_documents_that_quote_one_speaker_are_corroborated_by_one_voice(loaded: Connection, speaker: str, holders: int) -> None:
    loaded.execute(
        "UPDATE claims SET attribution = 'indirect', speaker = 'Whoever', speaker_id = ? WHERE claim_id = 'c-size'", [speaker]
    )
    assert rows(loaded, "SELECT DISTINCT document_count, holder_count FROM corroborated_claims") == [(2, holders)]


def test_a_corroborated_claim_without_any_named_holder_has_none(loaded: Connection) -> None:
    loaded.execute("UPDATE claims SET attribution = 'indirect', speaker = NULL, speaker_id = NULL WHERE cluster_id = 'c-size'")
    assert rows(loaded, "SELECT DISTINCT holder_count FROM corroborated_claims") == [(0,)]
