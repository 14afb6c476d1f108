"""A run of more pages than are loaded at a time."""

import json
import shutil
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from flows.errors import GateStopped
from tests.unit.flows.gated import check
from transforms import compare
from warehouse.database import open_readonly
from warehouse.load import read_table
from warehouse.tables import TABLES

ARTICLES = Path(__file__).parents[2] / "seeds" / "articles"
TIMES = ("added_at", "fetched_at", "first_seen_at", "last_seen_at")
IN_PARTS = "[run]\nworkers = 1\nbatch_pages = 1\npart_pages = 4\n"


def rows(warehouse: Path, table) -> list[tuple[object, ...]]:
    """The rows, with a cluster named by its first claim: which of its claims came first decides on its id."""
    with closing(open_readonly(warehouse)) as con:
        frame = read_table(con, table).drop(TIMES, strict=False)
        if "cluster_id" in frame.columns:
            first = dict(con.execute("SELECT cluster_id, min(claim_id) FROM claims GROUP BY cluster_id").fetchall())
            frame = frame.with_columns(pl.col("cluster_id").replace(first)).sort(table.key)
        return frame.rows()


def assert_same(warehouse: Path, other: Path) -> None:
    for table in TABLES:
        if table.written != "run":
            assert rows(warehouse, table) == rows(other, table), table.name


def test_a_run_in_parts_leaves_what_one_in_one_part_does_and_is_told_as_one(run_flow, samples, tmp_path, monkeypatch):
    monkeypatch.setattr(compare, "PAIRS_AT_ONCE", 50)
    ran = run_flow(tmp_path, ARTICLES, settings=IN_PARTS)
    assert_same(ran.warehouse, samples.warehouse)
    assert json.loads(ran.summary.as_json())["outcomes"] == samples.summary.outcomes
    assert ran.ask("SELECT run_id, status, documents, claims, words, reading_seconds > 0 FROM runs").rows() == [
        (ran.summary.run_id, *samples.ask("SELECT status, documents, claims, words, true FROM runs").row(0))
    ]
    counted = "SELECT expectation, observed_value FROM quality_results WHERE expectation LIKE '%one_outcome'"
    assert ran.ask(counted).equals(samples.ask(counted))
    known = run_flow(tmp_path, ARTICLES, settings=IN_PARTS).summary
    assert (known.status, known.outcomes) == ("unchanged", {})


def test_a_part_that_the_gate_stops_takes_nothing_from_those_before_it_and_is_told_apart(run_flow, samples, tmp_path):
    last = samples.ask("SELECT title FROM documents WHERE page_key LIKE '10%'").item()  # of the third of four parts
    held = check("documents", "title", f"title IS DISTINCT FROM '{last}'").replace('"warning"', '"critical"')
    (tmp_path / "checks.toml").write_text(held, encoding="utf-8")
    gate = f'{IN_PARTS}[gate]\nchecks = "checks.toml"\n'
    with pytest.raises(GateStopped) as stopped:
        run_flow(tmp_path, ARTICLES, settings=gate)
    summary = stopped.value.summary
    assert (summary.loaded_before, summary.left, summary.status) == (7, 2, "stopped")

    con = open_readonly(tmp_path / "warehouse.duckdb")
    told = con.execute("SELECT run_id, status, documents FROM runs ORDER BY status").pl()
    assert told.select("status", "documents").rows() == [("loaded", 7), ("stopped", 0)]
    assert told["run_id"].to_list()[1] == summary.run_id
    failed = con.execute("SELECT DISTINCT run_id FROM quality_results WHERE NOT success").pl()
    assert failed["run_id"].to_list() == [summary.run_id]
    assert con.execute("SELECT count(*) FROM documents").fetchone() == (7,)
    con.close()

    again = run_flow(tmp_path, ARTICLES, settings=IN_PARTS)
    assert again.summary.resumed > 0
    assert_same(again.warehouse, samples.warehouse)


def test_a_page_that_lies_in_two_parts_under_two_names_is_one_document(run_flow, tmp_path):
    pages = tmp_path / "pages"
    pages.mkdir()
    for name in ("a.html", "b.html", "c.html"):
        shutil.copy(ARTICLES / "01-news-report.html", pages / name)
    ran = run_flow(tmp_path / "data", pages, settings="[run]\nworkers = 1\nbatch_pages = 1\npart_pages = 1\n")
    whole = run_flow(tmp_path / "whole", pages, settings="[run]\nworkers = 1\n")
    shown = "SELECT page_key, outcome, document_id FROM documents ORDER BY ALL"
    assert ran.ask(shown).equals(whole.ask(shown))
    assert ran.ask("SELECT count(*) FROM documents").item() == 1
