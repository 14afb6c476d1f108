"""The pages of Great Expectations. All that imports it is in this one module, since that takes seconds."""

import re

import polars as pl
import pytest

from flows.check_rules import rules
from flows.reports.data_docs import write_data_docs
from flows.settings import Gate, Settings
from tests.unit.expectations.conftest import good_frames
from warehouse.database import building
from warehouse.load import load_tables

CHECKS = """
[[check]]
table = "claims"
name = "expect_a_speaker"
columns = ["speaker"]
severity = "warning"
condition = "speaker IS NOT NULL"
why = "We <b>want</b> to know who speaks for $5"
mend = "look at the cue"

[[check]]
table = "entity_aliases"
name = "expect_no_alias"
severity = "info"
condition = "false"
why = "It fails"
mend = "look at it"

[[check]]
table = "documents"
name = "expect_a_later_change"
columns = ["modified_at", "published_at"]
severity = "info"
rule = "ExpectColumnPairValuesAToBeGreaterThanB"
why = "An article is changed after it was published"
mend = "look at it"
"""
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A data folder beside which nothing is, with Data Docs of a small warehouse in which an alias is a script."""
    folder = tmp_path_factory.mktemp("docs")
    frames = good_frames()
    frames["entity_aliases"] = frames["entity_aliases"].with_columns(alias=pl.lit(SCRIPT))
    data = folder / "data"
    with building(data / "warehouse.duckdb") as con:
        load_tables(con, frames, replaced_documents=())
    (folder / "checks.toml").write_text(CHECKS, encoding="utf-8")
    stray = data / "reports" / "data_docs" / "stray.html"
    stray.parent.mkdir(parents=True)
    stray.write_text("of an earlier time", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_data_docs(Settings(data_dir=data, gate=Gate(checks=folder / "checks.toml")))
    return folder


@pytest.fixture(scope="module")
def pages(folder):
    """The text of every page by its path in the site."""
    site = folder / "data" / "reports" / "data_docs"
    return {page.relative_to(site).as_posix(): page.read_text(encoding="utf-8") for page in site.rglob("*.html")}


def of_run(pages: dict[str, str], table: str) -> str:
    """What was found in the table, in words, without tags."""
    [page] = [text for path, text in pages.items() if path.startswith(f"validations/{table}/")]
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_each_table_has_a_page_of_its_suite_and_one_of_what_was_found(pages):
    for table in ("sources", "documents", "claims", "article_keys"):
        assert f"expectations/{table}.html" in pages
        assert "expect_key_to_be_unique" in of_run(pages, table)
        assert f"expectations/{table}.html" in pages["index.html"]


def test_a_check_says_its_severity_why_it_stands_and_what_to_do(pages):
    words = (
        "expect_no_speaker_where_the_article_speaks(attribution, speaker) · warning. speaker is NULL where the article itself"
    )
    assert words in of_run(pages, "claims")
    assert words in " ".join(pages["expectations/claims.html"].split())


def test_own_checks_are_among_them_with_the_keys_of_rows_that_fail(pages):
    found = of_run(pages, "claims")
    assert "expect_a_speaker(speaker) · warning. We &lt;b&gt;want&lt;/b&gt; to know who speaks for &#36;5" in found
    assert re.search(r"1 unexpected values found\. *50% of 2 total rows", found)
    assert "c2" in found
    assert "expect_a_later_change(modified_at, published_at)" in of_run(pages, "documents")


def test_the_links_between_the_pages_lead_somewhere(folder):
    site = folder / "data" / "reports" / "data_docs"
    for page in site.rglob("*.html"):
        for target in re.findall(r'href="([^"#]+)"', page.read_text(encoding="utf-8")):
            assert (page.parent / target).is_file(), (page, target)


def test_no_page_loads_anything_or_runs_a_script(pages):
    for text in pages.values():
        assert "http://" not in text
        assert "https://" not in text
        assert "src=" not in text
        assert "<script" not in text


def test_what_comes_from_an_article_stays_text(pages):
    assert SCRIPT not in "".join(pages.values())
    assert "&lt;script&gt;alert(1)" in of_run(pages, "entity_aliases")


def test_nothing_is_written_beside_the_site_which_is_replaced_as_a_whole(folder, pages):
    assert "stray.html" not in pages
    assert sorted(path.name for path in folder.iterdir()) == ["checks.toml", "data"]
    assert sorted(path.name for path in (folder / "data" / "reports").iterdir()) == ["data_docs"]


def test_every_rule_that_a_check_may_name_judges_row_by_row():
    from great_expectations import expectations
    from great_expectations.expectations.expectation import (
        ColumnMapExpectation,
        ColumnPairMapExpectation,
        MulticolumnMapExpectation,
    )

    by_row = (ColumnMapExpectation, ColumnPairMapExpectation, MulticolumnMapExpectation)
    assert [rule for rule in rules() if not issubclass(getattr(expectations, rule), by_row)] == []
