from pathlib import Path
from random import Random

import polars as pl
import pytest

from benchmarks.grown import ask, figures_of, questions, write
from benchmarks.grown_warehouse import Grower, grow
from benchmarks.grown_words import FIGURE, KEPT, NAME, WORD, YEAR, exchanged, other_word
from tests.unit.warehouse.conftest import small_warehouse_file  # noqa: F401   a fixture
from warehouse.database import Connection, open_readonly
from warehouse.tables import TABLES
from warehouse.tallies import tallies

CLAIMS = 700


@pytest.fixture(scope="module")
def grown_file(small_warehouse_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    path = tmp_path_factory.mktemp("grown") / "warehouse.duckdb"
    grow(small_warehouse_file, path, CLAIMS)
    return path


@pytest.fixture(scope="module")
def grown(grown_file: Path):
    con = open_readonly(grown_file)
    yield con
    con.close()


def asked(con: Connection, sql: str) -> list[tuple]:
    return con.execute(sql).fetchall()


def test_as_many_claims_grow_as_were_asked_for(grown):
    [[claims]] = asked(grown, "SELECT count(*) FROM claims")
    assert CLAIMS * 0.9 < claims < CLAIMS * 1.1


def test_keys_are_unique_and_counts_agree(grown):
    found = tallies(grown)
    assert found.filter(pl.col("failed") > 0).is_empty(), found
    assert set(found["table_name"]) >= {table.name for table in TABLES}


@pytest.mark.parametrize("table", [table for table in TABLES if table.spans], ids=lambda table: table.name)
def test_every_span_holds_its_text(grown, table):
    for span in table.spans:
        if span.text:
            wrong = asked(
                grown,
                f"""
                SELECT t.{span.text} FROM {table.name} AS t JOIN documents AS d USING (document_id)
                WHERE t.{span.text} <> d.text[t.{span.start} + 1 : t.{span.end}]
            """,
            )
            assert not wrong


def test_every_reference_leads_to_a_row(grown):
    for table in TABLES:
        for column in table.columns:
            if column.references:
                other, key = column.references.split(".")
                sql = f"SELECT {column.name} FROM {table.name} WHERE {column.name} NOT IN (SELECT {key} FROM {other})"
                assert not asked(grown, sql), (table.name, column.name)


def test_copies_of_one_article_differ(grown):
    [[pages, texts]] = asked(
        grown, "SELECT count(DISTINCT page_id), count(DISTINCT text) FROM documents WHERE outcome = 'kept'"
    )
    assert texts > 0.9 * pages


def test_some_articles_are_copied_edited_restated_and_disputed(grown):
    relations = dict(asked(grown, "SELECT relation, count(*) FROM document_relations GROUP BY relation"))
    assert relations.keys() == {"copy", "near_copy", "revision_of"}
    assert dict(asked(grown, "SELECT relation, count(*) FROM claim_relations GROUP BY relation")).keys() == {"same", "disputes"}
    assert asked(grown, "SELECT max(document_count) >= 3 FROM claim_clusters") == [(True,)]
    assert asked(grown, "SELECT count(*) > 0 FROM edited_documents WHERE claims_gained + claims_lost > 0") == [(True,)]


def test_articles_stand_on_the_days_of_a_year(grown):
    [[first, last, runs]] = asked(
        grown, "SELECT min(published_at), max(published_at), (SELECT count(*) FROM runs) FROM documents"
    )
    assert 350 < (last - first).days <= 366
    assert runs > 100


def test_the_same_rows_grow_again(small_warehouse_file, grown):  # noqa: F811
    again = Grower(small_warehouse_file, CLAIMS).read(50, 10)["claims"]
    known = grown.execute("FROM claims").pl()
    assert again.join(known, on=["claim_id", "text"], how="anti").is_empty()


def test_the_articles_of_the_next_day_are_new(small_warehouse_file, grown):  # noqa: F811
    read = Grower(small_warehouse_file, CLAIMS).next_day(5)
    [[last]] = asked(grown, "SELECT max(first_seen_at) FROM documents")
    assert read["documents"]["first_seen_at"].min() > last
    assert "claim_relations" not in read
    assert read["claims"].join(grown.execute("FROM claims").pl(), on="claim_id", how="semi").is_empty()


def test_what_an_article_names_is_named_as_in_the_others_of_its_cast():
    pieces = [(NAME, "Reyes"), (KEPT, " of "), (WORD, "gardens"), (FIGURE, "405"), (YEAR, "2024")]
    one, two = (exchanged(pieces, Random(seed), cast=3, years=2) for seed in (1, 2))
    assert one[0] == two[0] != "Reyes"
    assert [len(text) for text in one] == [len(text) for _, text in pieces]
    assert (one[1], one[4]) == (" of ", "2026")
    assert one[3].isdecimal()


def test_a_word_gives_way_to_one_of_its_length_ending_and_case():
    other = other_word("Gardens", Random(1))
    assert (len(other), other[-1], other[0].isupper()) == (7, "s", True)


def test_questions_are_the_cookbooks_and_every_view():
    asked_for = dict(questions())
    assert "view current_claims" in asked_for
    assert asked_for["Who speaks most, and in how many places?"].startswith("SELECT")


def test_the_slowest_question_comes_first_and_those_over_a_second_are_counted(grown_file: Path):
    found = ask(grown_file, rounds=1)
    assert [row[1] for row in found] == sorted((row[1] for row in found), reverse=True)
    slowest, slow = figures_of("questions", [("one", 2.5, 3.0), ("two", 1.5, 1.0), ("three", 0.5, 0.5)], CLAIMS)
    assert (slowest.value, slow.value) == (2.5, 2)


def test_pages_are_written_and_their_largest_file_is_told(grown_file: Path, tmp_path: Path):
    [written, looked, left, largest, peak] = write(grown_file, tmp_path)
    assert [written[0], looked[0], left[0], peak[0]] == [
        "pages written",
        "pages looked through",
        "pages left",
        "peak memory in GB",
    ]
    [figure] = figures_of("pages", [written, looked, left, largest, peak], CLAIMS)
    assert 1_000 < figure.value < 5_000_000


def test_a_day_is_told_as_times_an_empty_warehouse():
    rows = [(f"{step}, {place}", seconds, 0.0) for place, times in (("empty", 1), ("grown", 2)) for step, seconds in
            (("settle", 2.0 * times), ("check", 1.0), ("load", 1.0 * times))]  # fmt: skip
    settling, checking = figures_of("day", rows, CLAIMS)
    assert (settling.value, checking.value) == (2.0, 1.0)
