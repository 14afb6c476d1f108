import polars as pl
import pytest

from flows.errors import WrongUse
from flows.quarantine import Choice, list_held
from flows.quarantine_release import NothingReleased, Released, release
from tests.unit.flows.gated import BREAD, FERRIES, FIRST, LAMPS, SECOND, THIRD, Gated, QuickJudge, article, check
from warehouse.database import building, open_readonly
from warehouse.load import read_table
from warehouse.quarantined import Wanted
from warehouse.tables import CLAIMS, DOCUMENTS, ENTITIES, MENTIONS, QUANTITIES, TABLES

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
        {"sources"},
        {"documents", "entities"},
        {"sentences", "claim_clusters", "document_relations"},
        {"mentions", "claims", "claim_entities", "quantities", "claim_relations"},
    ],
    ids=", ".join,
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


def test_what_fails_again_says_why_and_stays(gated):
    gated.hold_back(check("claims", "text", "NOT contains(text, 'ferries')"))
    gated.run(article("a", FERRIES))
    before = contents(gated)
    with pytest.raises(NothingReleased, match=r"claims/a c0: text is .The harbour board") as refused:
        released(gated, "claims/a c0")
    assert refused.value.exit_code == 1
    assert contents(gated)["claims"].equals(before["claims"])
    assert gated.ask("SELECT count(*), count(resolution) FROM quarantine WHERE table_name = 'claims'") == [(1, 0)]
    assert gated.ask("SELECT status FROM runs") == [("loaded",)]


def test_what_passes_is_loaded_without_what_fails(gated):
    gated.hold_back(check("documents", "title", "title IS NULL"))
    gated.run(article("a", FERRIES, LAMPS))
    gated.hold_back(check("claims", "text", "NOT contains(text, 'ferries')"))
    came = released(gated)
    assert gated.table(CLAIMS)["claim_id"].to_list() == ["a c1"]
    assert next(iter(came.refused)) == ("claims", "a c0")
    assert waiting(gated) == ["claims/a c0"]
    gated.hold_back()
    released(gated, "claims/a c0")
    assert gated.table(CLAIMS)["claim_id"].to_list() == ["a c0", "a c1"]


def test_a_row_that_follows_another_comes_with_that_alone(gated):
    gated.hold_back(check("sentences", "position", "position <> 0"))
    gated.run(article("a", FERRIES, LAMPS))
    gated.hold_back()
    with pytest.raises(NothingReleased, match="it follows sentences/a s0, which is held back: release that"):
        released(gated, "claims/a c0")
    assert released(gated, "sentences/a s0").rows.filter(table_name="claims")["row_key"].to_list() == ["a c0"]


def test_a_release_is_a_run_of_its_own_that_meets_no_page(gated):
    gated.hold_back(check("documents", "title", "title IS NULL"))
    gated.run(article("a", FERRIES))
    gated.hold_back()
    gated.run(article("b", BREAD), at=SECOND)
    came = released(gated)
    assert gated.ask(f"SELECT status, pages, documents, claims, quarantined FROM runs WHERE run_id = '{came.run_id}'") == [
        ("released", 0, 1, 1, 0)
    ]
    assert gated.ask(f"SELECT count(*) > 100 FROM quality_results WHERE run_id = '{came.run_id}'") == [(True,)]
    times = gated.ask("SELECT first_seen_at, last_seen_at FROM documents ORDER BY document_id")
    assert times == [(FIRST, FIRST), (SECOND, SECOND)]
    assert gated.ask("SELECT DISTINCT resolution, resolved_at IS NULL FROM quarantine") == [("released", False)]


def test_a_page_keeps_its_later_revision_as_the_current_one(gated):
    gated.hold_back(check("documents", "document_id", "document_id <> 'later'"))
    gated.run(article("first", FERRIES, page_id="p"))
    gated.run(article("later", LAMPS, page_id="p", published_at=SECOND), at=SECOND)
    gated.hold_back()
    gated.run(article("last", BREAD, page_id="p", published_at=THIRD), at=THIRD)
    released(gated)
    rows = gated.table(DOCUMENTS).sort("published_at").select("document_id", "revision", "is_current").rows()
    assert rows == [("first", 1, False), ("later", 3, False), ("last", 2, True)]


def test_rows_that_are_loaded_stay_though_they_fail_the_checks_of_today(gated):
    gated.hold_back(check("claims", "text", "NOT contains(text, 'ferries')"))
    gated.run(article("a", FERRIES, LAMPS))
    gated.hold_back(check("claims", "text", "NOT contains(text, 'lamps')"))
    released(gated)
    assert gated.table(CLAIMS)["claim_id"].to_list() == ["a c0", "a c1"]


def test_a_value_set_by_hand_is_loaded_and_what_it_was_is_kept(gated):
    gated.hold_back(check("quantities", "unit", "unit = 'vessel'"))
    gated.run(article("a", FERRIES))
    released(gated, "quantities/a q0", changes=("unit=vessel", "upper_value=40"))
    assert gated.table(QUANTITIES).select("unit", "upper_value").rows() == [("vessel", 40.0)]
    told = gated.ask("SELECT expectation, reason, row ->> 'unit', resolution FROM quarantine ORDER BY expectation")
    assert told == [
        ("changed_by_hand(unit)", "unit was ‘ferry’, and was set to ‘vessel’ by hand", "vessel", "released"),
        ("changed_by_hand(upper_value)", "upper_value was NULL, and was set to 40.0 by hand", "vessel", "released"),
        ("expect_what_the_owner_wants(unit)", "unit is ‘ferry’", "ferry", "released"),
    ]
    assert gated.ask("SELECT DISTINCT status FROM quarantine JOIN runs USING (run_id)") == [("loaded",)]


def test_values_are_set_in_rows_of_one_table(gated):
    gated.hold_back(check("quantities", "unit", "unit = 'vessel'"), check("claims", "text", "text IS NULL"))
    gated.run(article("a", FERRIES))
    with pytest.raises(WrongUse, match="one table; these are of claims, quantities"):
        released(gated, changes=("unit=vessel",))


def test_of_a_run_that_was_stopped_nothing_can_be_released(gated):
    gated.hold_back(check("claims", "text", "text IS NULL"))
    gated.run(article("a", FERRIES))
    with building(gated.path) as con:
        con.execute("UPDATE runs SET status = 'stopped'")
    with pytest.raises(WrongUse, match=r"was stopped.*repeat that `claimhouse run`"):
        released(gated)


def test_a_document_is_released_as_it_was_read_last(gated):
    gated.hold_back(check("documents", "title", "title IS NULL"))
    gated.run(article("a", FERRIES, LAMPS))
    again = article("a", FERRIES, LAMPS, pipeline_version="v2")
    again["claims"] = again["claims"][:1]
    again["claim_entities"], again["quantities"] = again["claim_entities"][:1], again["quantities"][:1]
    gated.run(again, at=SECOND)
    gated.hold_back()
    released(gated)
    assert gated.table(CLAIMS)["claim_id"].to_list() == ["a c0"]
    assert waiting(gated) == []


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
