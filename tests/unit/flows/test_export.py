import hashlib
import json
from contextlib import closing
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows import cli
from flows.claim_jsonld import CONTEXT
from flows.errors import WrongUse
from flows.export import Wanted, export
from tests.unit.warehouse.released import keep
from warehouse.database import building, open_readonly
from warehouse.export import claims_told
from warehouse.load import load_tables, read_table
from warehouse.migrate import migrations
from warehouse.tables import DOCUMENTS, QUANTITIES, SOURCES, TABLES
from warehouse.upgrade import bring_up_to_date

NOON = datetime(2026, 3, 1, 12, 0, 0, 250_000)
ODD = "a \"quoted\", two-line\ntext with a tab\t, NULL, '' and “marks” 𝛑"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small articles, and a page that is hard to write down."""
    path = tmp_path_factory.mktemp("export") / "w.duckdb"
    keep.rebuild(4, path)
    odd = {
        "document_id": "odd", "page_id": "p", "page_key": "", "source_id": "s", "url": "https://paper.example/1", "title": ODD,
        "canonical_url": "", "authors": ["A, B", 'C "D"', ""], "published_at": NOON, "text": "\r\n", "text_chars": 2,
        "word_count": 0, "content_hash": "NULL", "raw_hash": "\\N", "pipeline_version": "1e5", "fetched_at": NOON,
        "first_seen_at": NOON, "last_seen_at": NOON, "revision": 1, "is_current": True, "outcome": "too_short",
    }  # fmt: skip
    figure = {
        "quantity_id": "q", "document_id": "odd", "sentence_id": "", "start_char": 0, "end_char": 0, "text": "0.1",
        "value": 1e-300, "upper_value": 0.1 + 0.2, "kind": "count", "is_approximate": False,
    }  # fmt: skip
    source = {"source_id": "s", "kind": "feed", "location": "x", "title": "", "added_at": NOON}
    with building(path) as con:
        frames = {
            "documents": DOCUMENTS.frame([odd]),
            "quantities": QUANTITIES.frame([figure]),
            "sources": SOURCES.frame([source]),
        }
        load_tables(con, frames, replaced_documents=())
    return path


@pytest.fixture(scope="module")
def folder(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of it, exported."""
    folder = tmp_path_factory.mktemp("exported") / "export"
    export(warehouse, folder, Wanted())
    return folder


def table_of(warehouse: Path, table) -> pl.DataFrame:
    with closing(open_readonly(warehouse)) as con:
        return read_table(con, table)


def nodes(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "jsonld" / "claims.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_parquet_read_by_polars_is_the_table_exactly(warehouse, folder, table):
    read = pl.read_parquet(folder / "parquet" / f"{table.name}.parquet").sort(table.key)
    kept = table_of(warehouse, table).sort(table.key)
    assert read.schema == table.schema
    assert read.equals(kept)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_csv_read_by_duckdb_is_the_table_exactly(warehouse, folder, table):
    manifest = json.loads((folder / "manifest.json").read_text())
    [file] = [file for file in manifest["files"] if file["path"] == f"csv/{table.name}.csv"]
    types = {column["name"]: column["type"] for column in file["columns"]}
    flat = {name: "VARCHAR" if kind.endswith("[]") else kind for name, kind in types.items()}
    shown = ", ".join(f"from_json({name}, '[\"{kind[:-2]}\"]')::{kind} AS {name}" if kind.endswith("[]") else name
                      for name, kind in types.items())  # fmt: skip
    with duckdb.connect() as con:
        csv = f"read_csv('{folder / file['path']}', columns = {flat}, header = true, nullstr = '', allow_quoted_nulls = false)"
        con.execute(f"CREATE TABLE read AS SELECT {shown} FROM {csv}")
        con.execute(f"ATTACH '{warehouse}' AS kept (READ_ONLY)")
        assert con.execute("FROM read ORDER BY ALL").fetchall() == con.execute(
            f"FROM kept.main.{table.name} ORDER BY ALL"
        ).fetchall()  # fmt: skip


def test_the_manifest_tells_rows_columns_bytes_and_hashes_of_every_file(warehouse, folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"manifest.json"}
    assert {file["path"] for file in manifest["files"]} == there
    for file in manifest["files"]:
        content = (folder / file["path"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    rows = {file["path"]: file["rows"] for file in manifest["files"]}
    assert rows["csv/documents.csv"] == rows["parquet/documents.parquet"] == table_of(warehouse, DOCUMENTS).height
    assert manifest["schema_version"] == len(migrations())
    [authors] = [column for file in manifest["files"] for column in file["columns"] if column["name"] == "authors"][:1]
    assert authors["type"] == "VARCHAR[]"
    assert "byline" in authors["doc"]


def test_every_claim_that_stands_is_a_node_with_its_article_and_its_words(warehouse, folder):
    found = {node["identifier"]: node for node in nodes(folder)}
    with closing(open_readonly(warehouse)) as con:
        claims = con.execute("SELECT claim_id, text, title, site, start_char, end_char FROM current_claims").fetchall()
    assert len(found) == len(claims) > 10
    for claim_id, text, title, site, start, end in claims:
        node = found[claim_id]
        assert (node["@type"], node["text"]) == ("Claim", text)
        assert (node["appearance"]["headline"], node["appearance"]["publisher"]["name"]) == (title, site)
        place, quote = node["annotation"]["target"]["selector"]
        assert (place["start"], place["end"], quote["exact"]) == (start, end, text)


def test_the_words_around_a_claim_are_those_of_its_text(warehouse, folder):
    texts = dict(table_of(warehouse, DOCUMENTS).select("document_id", "text").iter_rows())
    checked = 0
    for node in nodes(folder):
        place, quote = node["annotation"]["target"]["selector"]
        text = texts[node["annotation"]["target"]["source"].removeprefix("document:")]
        assert text[: place["start"]].endswith(quote.get("prefix", ""))
        assert text[place["end"] :].startswith(quote.get("suffix", ""))
        checked += "prefix" in quote
    assert checked


def test_the_author_is_who_is_said_to_hold_it_else_who_wrote_the_article(warehouse, folder):
    with closing(open_readonly(warehouse)) as con:
        voices = con.execute("SELECT claim_id, voice, holder, authors FROM current_claims").fetchall()
    found = {node["identifier"]: node for node in nodes(folder)}
    assert {voice for _, voice, _, _ in voices} >= {"speaker", "article"}
    for claim_id, voice, holder, authors in voices:
        author = found[claim_id].get("author")
        if voice == "speaker":
            assert author["name"] == holder
        elif voice == "article":
            assert [one["name"] for one in author] == authors
        else:
            assert author is None


def test_a_file_of_this_machine_is_no_address(folder):
    assert all("url" not in node["appearance"] for node in nodes(folder))


def test_no_property_is_empty_and_each_of_ours_is_in_the_context(folder):
    known = CONTEXT["@context"]
    assert json.loads((folder / "jsonld" / "claims.context.jsonld").read_text()) == CONTEXT
    schema_org = set(
        """
        identifier text description inLanguage datePublished author about mentions appearance exampleOfWork name headline
        dateModified version publisher
    """.split()
    )  # all else needs a term of its own

    def look(value: object) -> None:
        assert value not in (None, "", [])
        if isinstance(value, dict):
            for name, inner in value.items():
                assert name.startswith("@") or name in known or name in schema_org, name
                if name in ("@id", "source", "@type") and ":" in str(inner):
                    assert str(inner).split(":")[0] in (*known, "http", "https"), inner
                look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)

    for node in nodes(folder):
        look(node)


def test_claims_looked_up_a_few_at_a_time_are_the_same_in_the_same_order(warehouse):
    with closing(open_readonly(warehouse)) as con:
        at_once = pl.concat(claims_told(con))
        few = pl.concat(claims_told(con, rows=3))
        assert few.equals(at_once)
        assert con.execute("SELECT count(*) FROM claims").fetchone() > (at_once.height,)  # nothing shadows the table any more


def test_only_what_is_asked_for_is_written_views_too(warehouse, tmp_path):
    export(warehouse, tmp_path / "e", Wanted("csv", ("quotes",)))
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["manifest.json", "quotes.csv"]


def test_a_table_that_is_not_there_is_told_with_those_that_are(warehouse, tmp_path):
    with pytest.raises(WrongUse, match=r"no table or view claimz; it has .*claims"):
        export(warehouse, tmp_path / "e", Wanted("csv", ("claimz",)))
    assert not (tmp_path / "e").exists()


def test_an_earlier_export_gives_way_as_a_whole(warehouse, tmp_path):
    export(warehouse, tmp_path / "e", Wanted("csv", ("runs", "sources")))
    export(warehouse, tmp_path / "e", Wanted("csv", ("runs",)))
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["manifest.json", "runs.csv"]


@pytest.mark.parametrize("ours", [False, True])
def test_a_folder_with_other_things_is_left_alone(warehouse, tmp_path, ours):
    if ours:
        export(warehouse, tmp_path / "e", Wanted("csv", ("runs",)))
    (tmp_path / "e").mkdir(exist_ok=True)
    (tmp_path / "e" / "thesis.odt").write_text("mine")
    with pytest.raises(WrongUse, match="holds"):
        export(warehouse, tmp_path / "e", Wanted("csv", ("sources",)))
    assert (tmp_path / "e" / "thesis.odt").read_text() == "mine"
    assert not (tmp_path / "e" / "csv" / "sources.csv").exists()


def test_an_export_that_fails_leaves_the_earlier_one(warehouse, tmp_path, monkeypatch):
    export(warehouse, tmp_path / "e", Wanted("csv", ("runs",)))
    monkeypatch.setattr("flows.export._write_csv", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(warehouse, tmp_path / "e", Wanted("csv", ("sources",)))
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["manifest.json", "runs.csv"]


def test_the_command_brings_an_older_warehouse_up_to_date_and_names_its_files(in_folder, capsys):
    keep.rebuild(2, in_folder / "old.duckdb")
    assert cli.main(["export", "e", "--format", "csv", "--table", "claim_terms", "--warehouse", "old.duckdb"]) == 0
    assert capsys.readouterr().out.startswith("e/csv/claim_terms.csv: 0 rows")
    assert not bring_up_to_date(in_folder / "old.duckdb")
