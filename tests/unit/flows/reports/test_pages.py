"""All pages: they are whole, need no network, escape what articles say, and are written where something changed."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from flows.reports.pages import environment, refresh_pages, write_pages
from tests.unit.flows.reports.made_rows import (
    EVIL,
    FIRST,
    SECOND,
    Structure,
    claim,
    cluster,
    document,
    entity,
    figure,
    run,
    sentence,
    two_articles,
)
from warehouse.database import Connection

THIRD = SECOND + timedelta(days=1)

Load = Callable[..., None]
Reports = Callable[[], Path]


def _pages(folder: Path) -> dict[str, str]:
    found = {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*.html")}
    return {name: page for name, page in sorted(found.items()) if name != "quality.html"}


def _times(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_ino for path in folder.rglob("*") if path.is_file()}


def _with_entity(**tables: object) -> dict[str, object]:
    return {
        **tables,
        "entities": [entity("q5", "Q5")],
        "claim_entities": [{"claim_id": "c1", "entity_id": "q5", "role": "subject"}],
    }


def test_an_empty_warehouse_gives_pages_that_say_what_to_do(con: Connection, reports: Reports) -> None:
    assert "claimhouse run" in _pages(reports())["claims.html"]


def test_nothing_is_written_where_nothing_changed(load: Load, reports: Reports) -> None:
    load(**_with_entity(**two_articles()))
    before = _times(reports())
    assert _times(reports()) == before
    assert {Path(name).suffix for name in before} == {".html", ".css", ".js", ".json", ".lock"}


def test_only_what_shows_something_else_is_written(load: Load, con: Connection, reports: Reports) -> None:
    load(**_with_entity(**two_articles()))
    before = _times(reports())
    con.execute("UPDATE claims SET cue = 'insists' WHERE claim_id = 'c2'")
    after = _times(reports())
    assert {name for name in after if before.get(name) != after[name]} == {"articles/e.html", "manifest.json"}
    con.execute("UPDATE documents SET title = 'Anew' WHERE document_id = 'd'")
    last = _times(reports())
    # The other article names it beside what it repeats.
    assert {"articles/d.html", "articles/e.html", "entities/q5.html", "claims.html", "search/0.js"} <= {
        name for name in last if after.get(name) != last[name]
    }
    assert last["article.js"] == before["article.js"]


def test_one_article_more_that_says_what_many_say_changes_none_of_theirs(load: Load, con: Connection, reports: Reports) -> None:
    keys = [f"a{number:02}" for number in range(13)]
    _load_saying_the_same(load, keys)
    folder = reports()
    before = _times(folder)
    assert '6 of <a href="../statements/ca01.html">10 or more</a>' in (folder / "articles" / "a12.html").read_text("utf-8")
    assert "13 articles" in (folder / "statements" / "ca01.html").read_text("utf-8")

    # Of the same day, and its id would stand first among them.
    con.execute("DELETE FROM claim_clusters")
    _load_saying_the_same(load, ["a"], first_seen_at=SECOND, cluster_id="ca01", said_by=14)
    after = _times(reports())
    changed = {name for name in after if name.endswith(".html") and after[name] != before.get(name)}
    assert {name for name in changed if name.startswith("articles")} == {"articles/a.html"}
    assert "statements/ca01.html" in changed


def _load_saying_the_same(
    load: Load, keys: list[str], *, cluster_id: str = "ca01", said_by: int = 13, **columns: object
) -> None:
    text = "Q5 is fast."
    load(
        documents=[document(key, text, **columns) for key in keys],
        sentences=[sentence(f"s{key}", key, 0, text) for key in keys],
        claims=[claim(f"c{key}", key, f"s{key}", 0, text, cluster_id=cluster_id) for key in keys],
        claim_clusters=[cluster(cluster_id, text, said_by)], runs=[run(f"r{keys[0]}", FIRST)],
    )  # fmt: skip


def test_a_page_goes_with_what_it_is_about_and_others_files_stay(load: Load, con: Connection, reports: Reports) -> None:
    load(**_with_entity(**two_articles()))
    folder = reports()
    (folder / "articles" / "notes.txt").write_text("mine")
    (folder / "articles" / ".e.html.part").write_text("left by a run that was killed")
    con.execute("UPDATE documents SET is_current = false WHERE document_id = 'd'")
    reports()
    assert sorted(path.name for path in (folder / "articles").iterdir()) == ["e.html", "notes.txt"]
    assert list((folder / "entities").iterdir()) == []


def test_a_page_that_is_missing_or_was_never_remembered_is_written_again(load: Load, reports: Reports) -> None:
    load(**two_articles())
    folder = reports()
    (folder / "articles" / "d.html").unlink()
    (folder / "articles" / "e.html").write_text("of a run that was killed before it remembered what it wrote")
    (folder / "manifest.json").write_text("{")
    assert reports() == folder
    assert set(_pages(folder)) >= {"articles/d.html", "articles/e.html"}
    assert "Story e" in _pages(folder)["articles/e.html"]


def test_a_refresh_leaves_what_shows_claims_until_a_run_has_loaded_something(
    load: Load, con: Connection, tmp_path: Path
) -> None:
    load(**two_articles())
    write_pages(con, tmp_path)
    before = _times(tmp_path)
    con.execute("UPDATE claims SET cue = 'insists' WHERE claim_id = 'c2'")
    load(runs=[run("r3", THIRD, status="unchanged")])
    assert [path.name for path in refresh_pages(con, tmp_path)] == ["quality.html", "claims.html"]
    after = _times(tmp_path)
    assert {name for name in after if before.get(name) != after[name]} == {"quality.html"}
    load(runs=[run("r4", THIRD, status="released")])
    refresh_pages(con, tmp_path)
    assert _times(tmp_path)["articles/e.html"] != before["articles/e.html"]


@pytest.mark.parametrize("gone", ["articles/d.html", "claims.html", "manifest.json", "search/0.js"])
def test_a_refresh_writes_what_is_missing(load: Load, con: Connection, tmp_path: Path, gone: str) -> None:
    load(**two_articles())
    write_pages(con, tmp_path)
    (tmp_path / gone).unlink()
    refresh_pages(con, tmp_path)
    assert (tmp_path / gone).is_file()


def test_a_page_is_moved_into_place_and_the_manifest_last(
    load: Load, con: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(**two_articles())
    moved: list[str] = []
    replace = os.replace

    def watched(source: Path, target: Path) -> None:
        assert Path(source).read_text(encoding="utf-8").strip()[-1] in ">};})"
        moved.append(Path(target).name)
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    written = write_pages(con, tmp_path / "a" / "b")
    assert [path.name for path in written] == ["quality.html", "claims.html"]
    assert moved[-1] == "manifest.json" and {"claims.html", "d.html", "0.js"} <= set(moved)
    assert not list((tmp_path / "a").rglob("*.part"))


def test_the_same_warehouse_gives_the_same_pages(load: Load, con: Connection, tmp_path: Path) -> None:
    load(**two_articles())
    for name in ("one", "two"):
        write_pages(con, tmp_path / name)
    assert _pages(tmp_path / "one") == _pages(tmp_path / "two")


def test_the_connection_is_left_as_it_was(load: Load, con: Connection, reports: Reports) -> None:
    reports()
    assert con.execute("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'page!_%' ESCAPE '!'").fetchall() == []


def test_an_id_that_names_another_file_is_refused(load: Load, reports: Reports) -> None:
    load(documents=[document("../d", "Q5 is fast.")], runs=[run("r", FIRST)])
    with pytest.raises(ValueError, match="no page can be named after it"):
        reports()


def test_the_pages_load_nothing_but_from_their_folder(load: Load, reports: Reports) -> None:
    load(**_with_entity(**two_articles()))
    pages = _pages(reports())
    assert {name.split("/")[0] for name in pages} == {"claims.html", "articles", "entities", "lists"}
    for name, page in pages.items():
        root = "../" if "/" in name else ""
        structure = Structure(page)
        assert structure.all("img", "iframe", "object", "embed", "base") == []
        assert {attributes["src"] for attributes in structure.all("script")} <= {f"{root}search.js", f"{root}article.js"}
        assert {attributes["href"] for attributes in structure.all("link")} <= {"data:,", "../style.css"}
        assert "url(" not in page and "@import" not in page and " style=" not in page
        assert not [attribute for _, attributes in structure.elements for attribute in attributes if attribute.startswith("on")]
        policy = next(attributes["content"] for attributes in structure.all("meta") if "http-equiv" in attributes)
        assert policy.startswith("default-src 'none'") and "unsafe" not in policy and "form-action 'none'" in policy


def test_the_pages_are_whole_and_their_links_lead_somewhere(load: Load, reports: Reports) -> None:
    load(**_with_entity(**two_articles()))
    folder = reports()
    pages = _pages(folder)
    ids = {
        str((folder / name).resolve()): {attributes["id"] for _, attributes in Structure(page).elements if "id" in attributes}
        for name, page in pages.items()
    } | {str((folder / "quality.html").resolve()): set()}
    for name, page in pages.items():
        structure = Structure(page)
        assert structure.open == []
        assert structure.all("html") == [{"lang": "en"}]
        assert len(structure.all("h1")) == len(structure.all("main")) == len(structure.all("footer")) == 1
        assert all(attributes.get("scope") in {"row", "col"} for attributes in structure.all("th"))
        named = [attributes["id"] for _, attributes in structure.elements if "id" in attributes]
        assert len(named) == len(set(named))
        for href in (str(attributes["href"]) for attributes in structure.all("a")):
            path, _, part = href.partition("#")
            if not path.startswith("http"):
                path = path.partition("?")[0]
                target = str(((folder / name).parent / path).resolve()) if path else str((folder / name).resolve())
                assert target in ids
                assert not part or part in ids[target]


def test_what_articles_say_is_escaped_everywhere(load: Load, reports: Reports) -> None:
    said = {"attribution": "direct", "speaker": EVIL, "speaker_id": "e", "resolved_text": f"{EVIL}.", "cue": EVIL}
    keys = [f"d{at}" for at in range(9)]
    load(
        documents=[document(key, EVIL, title=EVIL, site=EVIL, language='en" onclick="x', authors=[EVIL]) for key in keys],
        sentences=[sentence(f"s{key}", key, 0, EVIL, zone="heading", section=EVIL) for key in keys],
        entities=[entity("e", EVIL, description=EVIL)], entity_aliases=[{"entity_id": "e", "alias": f"{EVIL}!"}],
        mentions=[
            {"mention_id": "m", "document_id": "d0", "sentence_id": "sd0", "entity_id": "e", "start_char": 2, "end_char": 8,
             "text": EVIL[2:8], "type": "ORG", "method": "model"},
        ],
        claim_clusters=[cluster("c", EVIL, 9)],
        claims=[claim(f"c{key}", key, f"s{key}", 0, EVIL, **{**said, "cluster_id": "c"}) for key in keys],
        claim_entities=[{"claim_id": "cd0", "entity_id": "e", "role": role} for role in ("subject", "speaker")],
        quantities=[
            figure(f"q{at}", EVIL, at, unit=EVIL, document_id="d0", claim_id="cd0", sentence_id="sd0") for at in range(3)
        ],
        claim_relations=[{"claim_id": "cd0", "other_claim_id": "cd1", "relation": "disputes", "score": 0.5, "reason": EVIL}],
        runs=[run("r", FIRST, flow_run_id=EVIL, code_version=EVIL, model_version=EVIL)],
    )  # fmt: skip
    folder = reports()
    for name, page in _pages(folder).items():
        structure = Structure(page)
        assert structure.open == []
        assert "<script>" not in page
        assert not [attributes for _, attributes in structure.elements if "onclick" in attributes]
        assert page.count("&lt;script&gt;alert") > 0 or name == "lists/articles-1.html"
    assert "<" not in (folder / "search" / "0.js").read_text()


def test_the_report_brings_neither_duckdb_nor_great_expectations_along() -> None:
    code = "import sys, flows.reports.pages; sys.exit(bool({'duckdb', 'great_expectations', 'prefect'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_row_tells_its_columns_its_methods_and_what_it_lacks() -> None:
    template = environment().from_string("{{ row.text }} {{ row.items()|length }} {{ row.other is defined }}")
    assert template.render(row={"text": "said", "items": "bought"}) == "said 2 False"
