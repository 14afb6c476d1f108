import shutil
from pathlib import Path

import polars as pl
import pytest

from flows.errors import WrongUse
from flows.quarantine import Choice, list_held
from flows.quarantine_release import NothingReleased, Released, release
from tests.unit.flows.gated import BREAD, FERRIES, FIRST, LAMPS, SECOND, THIRD, Gated, QuickJudge, article, check
from warehouse.database import building, open_readonly
from warehouse.load import read_table
from warehouse.quarantined import Wanted
from warehouse.tables import CLAIMS, DOCUMENTS, ENTITIES, MENTIONS, TABLES

RUN_TIMES = ("added_at", "first_seen_at", "last_seen_at")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("expectations.gate.Judge", QuickJudge)


@pytest.fixture
def gated(tmp_path) -> Gated:
    return Gated(tmp_path)


def released(gated: Gated, *ids: str, changes: tuple[str, ...] = (), **wanted: str) -> Released:
    choice = Choice(ids, Wanted(**wanted), everything=not ids and not wanted)
    return release(gated.settings, choice, changes)


def contents(gated: Gated) -> dict[str, pl.DataFrame]:
    with open_readonly(gated.path) as con:
        return {table.name: read_table(con, table).drop(RUN_TIMES, strict=False) for table in TABLES if table.written != "run"}


def waiting(gated: Gated) -> list[str]:
    with open_readonly(gated.path) as con:
        return sorted(list_held(con, Wanted()).rows["id"])


def begun(path_factory, *checks: str) -> Gated:
    """A first run that these checks hold rows back in."""
    gated = Gated(path_factory.mktemp("begun"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("expectations.gate.Judge", QuickJudge)
        gated.hold_back(*checks)
        gated.run(article("a", FERRIES, LAMPS))
        gated.hold_back()
    return gated


def copied(gated: Gated, folder: Path) -> Gated:
    shutil.copytree(gated.folder, folder, dirs_exist_ok=True)
    return Gated(folder)


@pytest.fixture(scope="module")
def a_document_held(tmp_path_factory) -> Gated:
    return begun(tmp_path_factory, check("documents", "title", "title IS NULL"))


@pytest.fixture(scope="module")
def a_claim_held(tmp_path_factory) -> Gated:
    return begun(tmp_path_factory, NO_FERRIES)


@pytest.fixture
def without_document(a_document_held, tmp_path) -> Gated:
    """A warehouse that the only article was kept from, and no checks any more."""
    return copied(a_document_held, tmp_path)


@pytest.fixture
def without_claim(a_claim_held, tmp_path) -> Gated:
    """A warehouse that the first claim of an article was kept from, and no checks any more."""
    return copied(a_claim_held, tmp_path)


NO_FERRIES = check("claims", "text", "NOT contains(text, 'ferries')")
ARTICLES = (article("a", FERRIES, LAMPS), article("b", FERRIES, BREAD), article("copy of a", FERRIES, LAMPS))
LATER = article("c", BREAD, LAMPS, published_at=SECOND)
HELD_BACK = {
    ("sources", "title", "title IS NULL"),
    ("documents", "title", "title <> 'About a'"),
    ("entities", "name", "name <> 'harbour'"),
    ("sentences", "position", "position <> 1"),
    ("claim_clusters", "text", "NOT contains(text, 'ferries')"),
    ("document_relations", "relation", "relation <> 'copy'"),
    ("mentions", "text", "text <> 'harbour'"),
    ("claims", "text", "NOT contains(text, 'ferries')"),
    ("claim_entities", "entity_id", "entity_id <> 'e all'"),
    ("quantities", "text", "text <> 'harbour'"),
    ("claim_relations", "relation", "relation <> 'same'"),
}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> dict[str, pl.DataFrame]:
    """What runs come to that hold nothing back."""
    whole = Gated(tmp_path_factory.mktemp("whole"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("expectations.gate.Judge", QuickJudge)
        whole.run(*ARTICLES)
        whole.run(LATER, at=SECOND)
    return contents(whole)


@pytest.mark.parametrize(
    "tables",
    [
        {"sources", "documents", "entities"},
        {table for table, *_ in HELD_BACK} - {"sources", "documents", "entities"},
    ],
    ids=("of documents", "in documents"),
)
def test_released_rows_leave_what_there_would_be_had_none_been_held_back(gated, undisturbed, tables):
    gated.hold_back(*(check(*row) for row in HELD_BACK if row[0] in tables))
    gated.run(*ARTICLES)
    held = {
        name for (name,) in gated.ask("SELECT DISTINCT table_name FROM quarantine WHERE NOT starts_with(reason, 'claim_id')")
    }
    assert tables <= held
    gated.hold_back()
    gated.run(LATER, at=SECOND)
    released(gated)
    for name, frame in contents(gated).items():
        assert frame.equals(undisturbed[name]), name
    assert waiting(gated) == []


def test_what_fails_again_says_why_and_stays(without_claim):
    without_claim.hold_back(NO_FERRIES)
    with pytest.raises(NothingReleased, match=r"claims/a c0: text is .The harbour board") as refused:
        released(without_claim, "claims/a c0")
    assert refused.value.exit_code == 1
    assert without_claim.table(CLAIMS)["claim_id"].to_list() == ["a c1"]
    assert without_claim.ask("SELECT count(*), count(resolution) FROM quarantine WHERE table_name = 'claims'") == [(1, 0)]
    assert without_claim.ask("SELECT status FROM runs") == [("loaded",)]


def test_what_passes_is_loaded_without_what_fails(without_document):
    without_document.hold_back(NO_FERRIES)
    came = released(without_document)
    assert without_document.table(CLAIMS)["claim_id"].to_list() == ["a c1"]
    assert next(iter(came.refused)) == ("claims", "a c0")
    assert waiting(without_document) == ["claims/a c0"]
    without_document.hold_back()
    released(without_document, "claims/a c0")
    assert without_document.table(CLAIMS)["claim_id"].to_list() == ["a c0", "a c1"]


def test_a_row_that_follows_another_comes_with_that_alone(without_document):
    with pytest.raises(NothingReleased, match="it follows documents/a, which is held back: release that"):
        released(without_document, "sentences/a s0")
    assert released(without_document, "documents/a").rows.filter(table_name="claims")["row_key"].to_list() == ["a c0", "a c1"]


def test_a_release_is_a_run_of_its_own_that_meets_no_page(without_document):
    without_document.run(article("b", BREAD), at=SECOND)
    came = released(without_document)
    counts = f"SELECT status, pages, documents, claims, quarantined FROM runs WHERE run_id = '{came.run_id}'"
    assert without_document.ask(counts) == [("released", 0, 1, 2, 0)]
    checked = f"SELECT count(*) > 100 FROM quality_results WHERE run_id = '{came.run_id}'"
    assert without_document.ask(checked) == [(True,)]
    times = without_document.ask("SELECT first_seen_at, last_seen_at FROM documents ORDER BY document_id")
    assert times == [(FIRST, FIRST), (SECOND, SECOND)]
    assert without_document.ask("SELECT DISTINCT resolution, resolved_at IS NULL FROM quarantine") == [("released", False)]


def test_a_page_keeps_its_later_revision_as_the_current_one(gated):
    gated.hold_back(check("documents", "document_id", "document_id <> 'later'"))
    gated.run(article("first", FERRIES, page_id="p"))
    gated.run(article("later", LAMPS, page_id="p", published_at=SECOND), at=SECOND)
    gated.hold_back()
    gated.run(article("last", BREAD, page_id="p", published_at=THIRD), at=THIRD)
    released(gated)
    rows = gated.table(DOCUMENTS).sort("published_at").select("document_id", "revision", "is_current").rows()
    assert rows == [("first", 1, False), ("later", 3, False), ("last", 2, True)]


def test_rows_that_are_loaded_stay_though_they_fail_the_checks_of_today(without_claim):
    without_claim.hold_back(check("claims", "text", "NOT contains(text, 'lamps')"))
    released(without_claim)
    assert without_claim.table(CLAIMS)["claim_id"].to_list() == ["a c0", "a c1"]


def test_a_value_set_by_hand_is_loaded_and_what_it_was_is_kept(without_claim):
    without_claim.hold_back(check("claims", "subject", "subject = 'board'"))
    released(without_claim, "claims/a c0", changes=("subject=board", "predicate=will cross"))
    assert without_claim.table(CLAIMS).select("subject", "predicate").row(0) == ("board", "will cross")
    told = without_claim.ask("""
        SELECT expectation, reason, row ->> 'subject', resolution FROM quarantine
        WHERE table_name = 'claims' ORDER BY expectation
    """)
    assert told == [
        ("changed_by_hand(predicate)", "predicate was NULL, and was set to ‘will cross’ by hand", "board", "released"),
        ("changed_by_hand(subject)", "subject was ‘harbour’, and was set to ‘board’ by hand", "board", "released"),
        ("expect_what_the_owner_wants(text)", f"text is ‘{FERRIES[:78]}…", "harbour", "released"),
    ]
    assert without_claim.ask("SELECT DISTINCT status FROM quarantine JOIN runs USING (run_id)") == [("loaded",)]


def test_values_are_set_in_rows_of_one_table(without_claim):
    with pytest.raises(WrongUse, match="one table; these are of claim_terms, claims"):
        released(without_claim, "claims/a c0", "claim_terms/a c0", changes=("subject=board",))


def test_of_a_run_that_was_stopped_nothing_can_be_released(without_claim):
    with building(without_claim.path) as con:
        con.execute("UPDATE runs SET status = 'stopped'")
    with pytest.raises(WrongUse, match=r"was stopped.*repeat that `claimhouse run`"):
        released(without_claim)


def test_a_document_is_released_as_it_was_read_last(without_document):
    again = article("a", FERRIES, LAMPS, pipeline_version="v2")
    again |= {name: again[name][:1] for name in ("claims", "claim_entities", "quantities")}
    without_document.hold_back(check("documents", "title", "title IS NULL"))
    without_document.run(again, at=SECOND)
    without_document.hold_back()
    released(without_document)
    assert without_document.table(CLAIMS)["claim_id"].to_list() == ["a c0"]
    assert waiting(without_document) == []


def test_an_entity_that_fails_again_takes_only_itself_and_its_links_along(gated):
    no_harbour = check("entities", "name", "name <> 'harbour'")
    gated.hold_back(check("documents", "title", "title IS NULL"), no_harbour)
    gated.run(article("a", FERRIES, LAMPS))
    gated.hold_back(no_harbour)
    released(gated)
    assert gated.table(ENTITIES)["name"].to_list() == ["all"]
    assert gated.table(MENTIONS)["entity_id"].to_list() == [None, "e all"]
    gated.hold_back()
    released(gated)
    assert gated.table(MENTIONS)["entity_id"].to_list() == ["e harbour", "e all"]
