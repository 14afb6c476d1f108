"""What runs one after the other come to is what one run over everything comes to."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import polars as pl
import pytest

from benchmarks.made_claims import Articles, Maker, Statement
from flows.knowledge import reading
from flows.settle import settle
from warehouse.database import building
from warehouse.load import load_tables, read_table
from warehouse.tables import (
    ARTICLE_KEYS,
    CLAIM_RELATIONS,
    CLAIM_TERMS,
    DOCUMENT_RELATIONS,
    ENTITIES,
    ENTITY_ALIASES,
    TABLES,
)

Frames = dict[str, pl.DataFrame]
START = datetime(2026, 2, 1)
CLAIMS_MADE, IN_AN_ARTICLE = 240, 8


@pytest.fixture(scope="module")
def articles() -> Frames:
    """Thirty made articles, half of whose claims restate another; the sixth is printed again by another page."""
    articles, before = Articles(), list[Statement]()
    made = [statement for statement, _ in Maker(3).statements(0, CLAIMS_MADE, before, restated=0.5)]
    parts = [made[at : at + IN_AN_ARTICLE] for at in range(0, CLAIMS_MADE, IN_AN_ARTICLE)]
    for part in (*parts, parts[5]):
        articles.add(part)
    return articles.take()


def settled_in(path: Path, runs: list[Frames]) -> Path:
    for number, read in enumerate(runs):
        with reading(path) as con:
            settled = settle(read, con, START + timedelta(days=number))
        with building(path) as con:
            load_tables(con, settled.to_load(settled.frames), replaced_documents=settled.replaced)
    return path


def of_documents(frames: Frames, ids: pl.Series) -> Frames:
    kept = ids.to_frame("document_id")
    chosen = {name: rows.join(kept, on="document_id", how="semi") for name, rows in frames.items() if name != "claim_entities"}
    return {**chosen, "claim_entities": frames["claim_entities"].join(chosen["claims"], on="claim_id", how="semi")}


def in_runs(frames: Frames, *, runs: int, seed: int) -> list[Frames]:
    """The articles dealt to so many runs; the copy comes in the last one, since the first of two is the original."""
    ids = frames["documents"].sort("published_at")["document_id"]
    dealt = Random(seed).choices(range(runs), k=len(ids) - 1)
    return [of_documents(frames, ids.filter(pl.Series([*dealt, runs - 1]) == number)) for number in range(runs)]


def tables_of(path: Path) -> Frames:
    with reading(path) as con:
        return {table.name: read_table(con, table) for table in TABLES}


def assert_the_same(found: Frames, wanted: Frames) -> None:
    """Every row is the same, but for the times of runs and the ids of clusters, which keep the name of whoever came first."""
    for table in (CLAIM_RELATIONS, DOCUMENT_RELATIONS, CLAIM_TERMS, ARTICLE_KEYS, ENTITIES, ENTITY_ALIASES):
        assert found[table.name].equals(wanted[table.name]), table.name
    assert grouped(found["claims"]) == grouped(wanted["claims"])
    for frames in (found, wanted):
        assert set(frames["claims"]["cluster_id"]) == set(frames["claim_clusters"]["cluster_id"])
    summaries = [frames["claim_clusters"].drop("cluster_id") for frames in (found, wanted)]
    assert summaries[0].sort(pl.all()).equals(summaries[1].sort(pl.all()))


def grouped(claims: pl.DataFrame) -> set[frozenset[str]]:
    return {frozenset(members) for (members,) in claims.group_by("cluster_id").agg("claim_id").select("claim_id").iter_rows()}


@pytest.fixture(scope="module")
def whole(articles: Frames, tmp_path_factory: pytest.TempPathFactory) -> Frames:
    return tables_of(settled_in(tmp_path_factory.mktemp("whole") / "w.duckdb", [articles]))


@pytest.mark.parametrize(("runs", "seed"), [(2, 0), (5, 2)])
def test_any_split_into_runs_gives_the_rows_of_one_run(
    articles: Frames, whole: Frames, tmp_path: Path, runs: int, seed: int
) -> None:
    assert whole["claim_relations"].height > 40
    assert whole["claim_clusters"]["document_count"].max() > 2
    assert_the_same(tables_of(settled_in(tmp_path / "w.duckdb", in_runs(articles, runs=runs, seed=seed))), whole)


def test_documents_that_are_read_anew_leave_what_a_first_run_without_their_old_rows_gives(
    articles: Frames, tmp_path: Path
) -> None:
    ids = articles["documents"].sort("published_at")["document_id"]
    again = of_documents(articles, ids[7:13])
    kept = again["claims"].filter(pl.col("start_char") > 0)  # the first claim of each is found no more
    again |= {
        "documents": again["documents"].with_columns(pipeline_version=pl.lit("later")),
        "claims": kept,
        **{name: again[name].join(kept, on="claim_id", how="semi") for name in ("claim_entities", "quantities")},
    }
    others = of_documents(articles, ids.filter(~ids.is_in(ids[7:13].implode())))
    first = tables_of(settled_in(tmp_path / "first.duckdb", [{name: pl.concat([others[name], again[name]]) for name in again}]))
    anew = tables_of(settled_in(tmp_path / "anew.duckdb", [articles, again]))
    assert anew["claims"].height == first["claims"].height < articles["claims"].height
    assert_the_same(anew, first)


def test_a_cluster_keeps_its_id_while_it_grows(articles: Frames, tmp_path: Path) -> None:
    parts = in_runs(articles, runs=4, seed=5)
    path = settled_in(tmp_path / "w.duckdb", parts[:1])
    for part in parts[1:]:
        before = tables_of(path)["claims"]
        after = tables_of(settled_in(path, [part]))["claims"]
        both = before.join(after, on="claim_id", suffix="_after")
        moved = both.filter(pl.col("cluster_id") != pl.col("cluster_id_after"))
        # Only clusters that merge give up an id: whoever moved left none behind.
        assert not set(moved["cluster_id"]) & set(after["cluster_id"])
    assert after["cluster_id"].n_unique() < after.height


def test_the_same_run_again_changes_no_row(articles: Frames, tmp_path: Path) -> None:
    path = settled_in(tmp_path / "w.duckdb", [articles])
    before = tables_of(path)
    assert_the_same(tables_of(settled_in(path, [articles])), before)
