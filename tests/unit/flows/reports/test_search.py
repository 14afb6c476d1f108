"""What the search is given: all claims, in scripts that can do no harm, each document always in the same one."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.reports import search
from tests.unit.flows.reports.made_rows import FIRST, claim, cluster, document, one_claim, run, sentence, two_articles
from warehouse.database import Connection
from warehouse.tables import TABLES

Load = Callable[..., None]
Reports = Callable[[], Path]


def _told(script: str) -> tuple[int, list[str], list[str], list[str]]:
    match = re.fullmatch(r"claimhouseClaims\((\d+), (\".*\"), (\".*\"), (\".*\")\);\n", script)
    assert match
    number, *lines = match.groups()
    documents, claims, words = (json.loads(each).split("\n") for each in lines)
    return int(number), documents, claims, words


def test_a_file_tells_documents_claims_and_words(load: Load, reports: Reports) -> None:
    load(**two_articles())
    number, documents, claims, words = _told((reports() / "search" / "0.js").read_text())
    assert number == 0
    assert documents == ["d\t2026-11-20\td.example\tStory d", "e\t2026-11-20\te.example\tStory e"]
    # Voice, kind (other is the last), and 1 disputed + 2 repeated.
    assert claims == ["c1\t0\ta83", "c2\t1\ti82", "c3\t1\ta81"]
    assert words == [",d.example\tQ5 is fast.,", ",Ada\tQ5 is fast,", ",e.example\tIt is not.,"]


def test_no_sign_can_end_the_script_or_a_line(load: Load, reports: Reports) -> None:
    text = "</script>\u2028\u2029\t\n\x00“é👩 ]]><!--"
    load(**one_claim(text, 0, text, attribution="direct", speaker="A\tB\nC"))
    script = (reports() / "search" / "0.js").read_text()
    assert script.isascii() and "<" not in script
    _, _, claims, words = _told(script)
    assert len(claims) == len(words) == 1
    assert words[0].split("\t") == [",A B C", "</script> \x00“é👩 ]]><!--,"]


def test_a_claim_without_an_end_is_searched_by_its_beginning(load: Load, reports: Reports) -> None:
    text = "x" * 50_000
    load(**one_claim(text, 0, text))
    assert (reports() / "search" / "0.js").stat().st_size < 2_000


def test_only_the_file_of_a_changed_document_changes(
    load: Load, con: Connection, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "CLAIMS_A_FILE", 10)
    keys = [f"d{at}" for at in range(64)]
    load(
        documents=[document(key, "Q5 is fast.") for key in keys],
        sentences=[sentence(f"s{key}", key, 0, "Q5 is fast.") for key in keys],
        claims=[claim(f"c{key}", key, f"s{key}", 0, "Q5 is fast.") for key in keys],
        claim_clusters=[cluster(f"c{key}", "Q5 is fast.", 1) for key in keys], runs=[run("r", FIRST)],
    )  # fmt: skip
    folder = reports()
    before = {path.name: path.read_text() for path in (folder / "search").iterdir()}
    assert set(before) == {"new.js", *(f"{number}.js" for number in range(8))}
    assert 'data-files="8"' in (folder / "claims.html").read_text()
    assert sum(len(_told(script)[2]) for name, script in before.items() if name != "new.js") == 64
    con.execute("UPDATE documents SET title = 'Anew' WHERE document_id = 'd7'")
    after = {path.name: path.read_text() for path in (reports() / "search").iterdir()}
    [changed] = [name for name in after if after[name] != before[name]]
    assert "Anew" in after[changed]


def test_the_kinds_of_claims_are_those_of_the_table() -> None:
    [claims] = [table for table in TABLES if table.name == "claims"]
    [kinds] = [column.values for column in claims.columns if column.name == "claim_type"]
    assert tuple(kinds) == search.KINDS


def test_a_warehouse_without_claims_has_a_file_that_tells_none(reports: Reports) -> None:
    assert (reports() / "search" / "0.js").read_text() == 'claimhouseClaims(0, "", "", "");\n'


def test_what_is_new_stands_in_a_file_of_its_own_and_changes_no_other(load: Load, con: Connection, reports: Reports) -> None:
    load(**two_articles())
    before = {path.name: path.read_text() for path in (reports() / "search").iterdir()}
    assert before["new.js"] == 'claimhouseNew("c2\\nc3");\n'
    con.execute("UPDATE documents SET first_seen_at = (SELECT min(first_seen_at) FROM documents)")
    after = {path.name: path.read_text() for path in (reports() / "search").iterdir()}
    assert after == {**before, "new.js": 'claimhouseNew("");\n'}
