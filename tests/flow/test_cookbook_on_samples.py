"""The cookbook's questions, asked of the sample articles as two runs met them: some pages, then all of them."""

import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ARTICLES = ROOT / "seeds" / "articles"
MET_LATER = ("04-opinion-column.html", "05-tabloid.html", "09-news-report-revised.html", "12-broken-markup-and-encoding.html")
RECIPES = dict(
    re.findall(r"^### ([^\n]+)\n\n[^\n]+\n\n```sql\n(.+?)```", (ROOT / "docs" / "cookbook.md").read_text(), re.M | re.S)
)
FINDS_NOTHING = {
    "Which disputes are about a figure?",
    "Which articles give different figures for an entity in much the same words?",
    "What is disputed about one entity?",
    "Which claims look ahead of their article?",
    "What failed most recently?",
    "Which rows were held back, and why?",
    "Which claims were copied, and from where?",
    "Does every span reproduce its text?",
}
"""Queries that may find nothing in the sample articles; every other one must find rows."""


@pytest.fixture(scope="module")
def two_runs(run_flow, tmp_path_factory):
    """The warehouse after two runs. The second one meets the revision of a page that the first one met."""
    data, articles = tmp_path_factory.mktemp("two-runs"), tmp_path_factory.mktemp("articles")
    for path in ARTICLES.iterdir():
        if path.name not in MET_LATER:
            shutil.copy(path, articles)
    run_flow(data, articles)
    for name in MET_LATER:
        shutil.copy(ARTICLES / name, articles)
    return run_flow(data, articles)


@pytest.mark.parametrize("heading", [heading for heading in RECIPES if heading not in FINDS_NOTHING])
def test_a_query_of_the_cookbook_finds_rows_in_the_sample_articles(two_runs, heading: str):
    assert two_runs.ask(RECIPES[heading]).height > 0


def test_every_query_that_may_find_nothing_is_in_the_cookbook():
    assert set(RECIPES) >= FINDS_NOTHING


def test_those_who_call_the_model_open_source_stand_against_those_who_deny_it(two_runs):
    found = two_runs.ask(RECIPES["Which sources call something open source, and who disputes it?"])
    stands = {(row["holder"], row["position"]) for row in found.to_dicts()}
    assert {("Meta Platforms", "says that it is"), ("Some critics", "says that it is not")} <= stands


def test_an_edit_shows_the_figure_that_vanished_beside_the_new_one(two_runs):
    [vanished] = two_runs.ask("SELECT text, replacement, previous_title FROM vanished_claims").to_dicts()
    assert ("1.3 million downloads" in vanished["text"], "1.1 million downloads" in vanished["replacement"]) == (True, True)
    added = two_runs.ask("SELECT sentence FROM sentence_changes WHERE change = 'added' AND counterpart IS NULL")
    assert added.rows() == [("Modelmeter said on Monday that its first count had included repeated downloads.",)]


def test_what_the_second_run_brought_is_new_since_the_first(two_runs):
    since_first = two_runs.ask("""
        SELECT count(*) FROM claim_history WHERE is_current AND first_seen_at > (SELECT min(started_at) FROM runs)
    """)
    assert since_first.item() == two_runs.ask("SELECT count(DISTINCT (page_id, cluster_id)) FROM new_claims").item() > 20


def test_a_statement_grew_by_an_article_of_the_second_run(two_runs):
    grown = two_runs.ask("SELECT statement, documents_before, urls FROM grown_clusters").to_dicts()
    later = tuple(MET_LATER)
    assert grown and all(row["documents_before"] > 0 and all(url.endswith(later) for url in row["urls"]) for row in grown)
