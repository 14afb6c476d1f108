import shutil
from pathlib import Path

import pytest

from warehouse.tables import CLAIMS, TABLES

ARTICLES = Path(__file__).parents[2] / "seeds" / "articles"
FERRIES = (
    "The harbour board said that thirty ferries will cross the strait every day from May. Traders in the port were pleased. "
    * 2
)
CHANGING = {"runs", "quality_results"}
"""Tables that every run adds to."""
PLACES_AND_TIMES = ("url", "location", "added_at", "fetched_at", "first_seen_at", "last_seen_at")


def rows(ran, table, without=()) -> list[tuple[object, ...]]:
    columns = [name for name in table.schema.names() if name not in without]
    return ran.ask(f"SELECT {', '.join(columns)} FROM {table.name} ORDER BY {', '.join(table.key)}").rows()


def test_every_page_ends_in_one_document_with_one_outcome(samples):
    pages = sum(1 for path in ARTICLES.iterdir() if path.is_file())
    assert samples.ask("SELECT count(*) FROM documents").item() == pages
    assert sum(samples.summary.outcomes.values()) == pages
    assert samples.summary.outcomes["kept"] >= 6


def test_every_table_of_the_data_is_filled(samples):
    counts = {table.name: samples.ask(f"SELECT count(*) FROM {table.name}").item() for table in TABLES}
    assert [name for name, count in counts.items() if not count and name not in ("quarantine", "claim_relations")] == []


def test_every_span_reproduces_its_text(samples):
    for table in ("sentences", "mentions", "claims", "quantities", "time_expressions"):
        wrong = samples.ask(f"""
            SELECT t.text, substring(d.text, t.start_char + 1, t.end_char - t.start_char) FROM {table} AS t
            JOIN documents AS d USING (document_id)
            WHERE t.text IS DISTINCT FROM substring(d.text, t.start_char + 1, t.end_char - t.start_char)
        """)
        assert wrong.rows() == [], table


def test_no_claim_and_no_name_comes_from_what_is_left_out_of_an_article(samples):
    for table in ("claims", "mentions"):
        assert (
            samples.ask(f"SELECT count(*) FROM {table} JOIN sentences USING (sentence_id) WHERE zone = 'boilerplate'").item()
            == 0
        )


def test_a_copy_on_another_site_is_a_duplicate_without_claims_of_its_own(samples):
    [copy] = samples.ask("SELECT document_id FROM documents WHERE outcome = 'duplicate'")["document_id"].to_list()
    assert samples.ask(f"SELECT count(*) FROM claims WHERE document_id = '{copy}'").item() == 0
    assert samples.ask(f"SELECT count(*) FROM sentences WHERE document_id = '{copy}'").item() > 0


def test_a_revised_page_has_two_revisions_and_the_later_one_is_current(samples):
    revisions = samples.ask("""
        SELECT revision, is_current FROM documents
        WHERE page_id IN (SELECT page_id FROM documents GROUP BY 1 HAVING count(*) > 1) ORDER BY revision
    """)
    assert revisions.rows() == [(1, False), (2, True)]


def test_the_run_and_its_checks_are_on_record(samples):
    [(status, pages, flow_run)] = samples.ask("SELECT status, pages, flow_run_id IS NOT NULL FROM runs").rows()
    assert (status, pages, flow_run) == ("loaded", samples.summary.pages, True)
    assert samples.ask("SELECT count(*) FROM quality_results").item() == samples.summary.checks > 100


def test_the_summary_counts_as_many_disputes_as_the_view_shows_and_none_of_an_earlier_revision(samples):
    of_all_revisions = samples.ask("SELECT count(*) FROM claim_relations WHERE relation = 'disputes'").item()
    assert 0 < samples.summary.totals["possible disputes"] == samples.ask("FROM disputes").height < of_all_revisions


def test_the_pages_about_the_warehouse_are_written(samples):
    assert [path.name for path in samples.summary.reports] == ["claims.html", "quality.html"]


def test_staging_is_empty_after_a_load(samples):
    assert list((samples.data / "staging").iterdir()) == []


def test_a_second_run_changes_nothing_but_what_tells_of_the_run(samples, copy_of_samples, run_flow):
    again = run_flow(copy_of_samples, ARTICLES)
    assert again.summary.status == "unchanged"
    for table in TABLES:
        if table.name not in CHANGING:
            assert rows(again, table, ("last_seen_at",)) == rows(samples, table, ("last_seen_at",)), table.name
    assert again.ask("SELECT count(DISTINCT last_seen_at) FROM documents").item() == 1
    assert again.ask("SELECT status FROM runs ORDER BY started_at")["status"].to_list() == ["loaded", "unchanged"]


def test_the_same_articles_in_another_place_give_the_same_rows(samples, run_flow, tmp_path):
    elsewhere = shutil.copytree(ARTICLES, tmp_path / "somewhere" / ARTICLES.name)
    moved = run_flow(tmp_path / "data", elsewhere, settings="[run]\nworkers = 1\nbatch_pages = 4\n")
    for table in TABLES:
        if table.written != "run":
            assert rows(moved, table, PLACES_AND_TIMES) == rows(samples, table, PLACES_AND_TIMES), table.name


def test_only_what_is_new_is_read_and_what_was_there_stays(samples, copy_of_samples, run_flow, tmp_path):
    page = tmp_path / "more" / "ferries.html"
    page.parent.mkdir()
    page.write_text(f"<html><title>Ferries</title><article><p>{FERRIES}</p></article></html>", encoding="utf-8")
    grown = run_flow(copy_of_samples, ARTICLES, page.parent)
    assert grown.summary.outcomes == {"kept": 1}
    assert grown.ask("SELECT documents FROM runs ORDER BY started_at DESC LIMIT 1").item() == 1
    before = set(rows(samples, CLAIMS, ("cluster_id",)))
    assert before < set(rows(grown, CLAIMS, ("cluster_id",)))
    assert grown.ask("SELECT DISTINCT site FROM new_claims").rows() == [(None,)]


@pytest.mark.parametrize("name", [table.name for table in TABLES if table.written == "document"])
def test_the_warehouse_repeats_no_key(samples, name):
    [table] = [table for table in TABLES if table.name == name]
    assert samples.ask(f"SELECT {', '.join(table.key)} FROM {name} GROUP BY ALL HAVING count(*) > 1").is_empty()
