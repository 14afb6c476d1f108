import json
import shutil

import pytest

from expectations.quarantine import FOLLOWED as WRITTEN
from flows import cli
from flows.errors import WrongUse
from flows.knowledge import documents_known
from flows.own_checks import policy_of
from flows.quarantine import Choice, drop, list_held
from flows.quarantine_show import show_held
from tests.unit.flows.gated import BREAD, FERRIES, LAMPS, SECOND, THIRD, Gated, QuickJudge, article, check
from warehouse.database import building, open_readonly
from warehouse.quarantined import FOLLOWED, Wanted, note_held

NO_FERRIES = check("sentences", "text", "NOT contains(text, 'ferries')", "expect_no_ferries")
NO_BREAD = check("claims", "text", "NOT contains(text, 'bread')", "expect_no_bread")


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Two runs that hold back the sentence of ferries with what follows it, and a claim about bread; nobody changes it."""
    gated = Gated(tmp_path_factory.mktemp("filled"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("expectations.gate.Judge", QuickJudge)
        gated.hold_back(NO_FERRIES, NO_BREAD)
        gated.run(article("a", FERRIES, LAMPS))
        gated.run(article("b", BREAD), article("a", FERRIES, LAMPS, raw_hash="other"), at=SECOND)
    return gated


@pytest.fixture
def gated(tmp_path, monkeypatch):
    monkeypatch.setattr("expectations.gate.Judge", QuickJudge)
    return Gated(tmp_path)


@pytest.fixture
def copied(filled, tmp_path):
    """A copy of it that a test may change."""
    shutil.copytree(filled.folder, tmp_path, dirs_exist_ok=True)
    return Gated(tmp_path)


def listed(gated, everything=False, **wanted):
    with open_readonly(gated.path) as con:
        return list_held(con, Wanted(**wanted), everything=everything)


def yes(_):
    return True


def test_rows_are_counted_by_table_and_check_and_listed_with_those_that_follow(filled):
    listing = listed(filled)
    assert listing.groups.select("table_name", "expectation", "rows", "followers").rows() == [
        ("claims", "expect_no_bread(text)", 1, 2),
        ("sentences", "expect_no_ferries(text)", 1, 5),
    ]
    assert listing.rows.select("id", "times", "followers", "reason").sort("id").rows() == [
        ("claims/b c0", 1, 2, f"text is ‘{BREAD[:78]}…"),
        ("sentences/a s0", 2, 5, f"text is ‘{FERRIES[:78]}…"),
    ]
    assert (listing.waiting, listing.done) == (9, 0)


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({"table": "sentences"}, {"sentences/a s0"}),
        ({"table": "claims"}, {"claims/a c0", "claims/b c0"}),
        ({"expectation": "expect_no_bread"}, {"claims/b c0"}),
        ({"expectation": "expect_no_bread(text)"}, {"claims/b c0"}),
        ({"expectation": "expect_no"}, set()),
        ({"document": "b"}, {"claims/b c0", "claim_entities/b c0/e loaf/subject", "claim_terms/b c0"}),
        ({"document": "file:///b.html", "table": "claim_terms"}, {"claim_terms/b c0"}),
        ({"run": "no such"}, set()),
    ],
)
def test_rows_are_listed_by_what_is_asked_for(filled, wanted, ids):
    assert {name.split("/")[0] for name in ids} == set(listed(filled, **wanted).rows["table_name"])
    assert len(ids) == listed(filled, **wanted).rows.height


def test_a_row_that_a_later_run_loaded_is_done(gated):
    gated.hold_back(NO_BREAD)
    gated.run(article("b", BREAD))
    gated.hold_back()
    gated.run(article("b", BREAD, pipeline_version="v2"), at=SECOND)
    assert (listed(gated).waiting, listed(gated).done) == (0, 3)
    assert set(listed(gated, everything=True).rows["state"]) == {"loaded"}
    with pytest.raises(WrongUse, match="claims/b c0 is no longer held back: it was loaded by a later run"):
        drop(gated.settings, Choice(("claims/b c0",)), agreed=yes)


def test_a_row_is_shown_with_what_is_wrong_its_article_and_its_sentence(filled):
    with open_readonly(filled.path) as con:
        shown = show_held(con, "claims/b", policy_of(filled.settings))
    [failed] = shown.failed
    assert (failed.expectation, failed.why, failed.mend) == ("expect_no_bread(text)", "The owner wants it so", "look at it")
    assert (shown.title, shown.url, shown.place) == ("About b", "file:///b.html", f"»{BREAD}«")
    assert shown.followers == "1 row of claim_entities, 1 row of claim_terms"
    assert shown.row["subject"] == "loaf"
    words = [" ".join(line) for line in shown.lines()]
    assert "State held back; first held back on" in "\n".join(words)
    assert any(line.endswith("speaker = NULL") for line in words)


def test_a_row_that_follows_another_is_shown_with_all_that_it_follows(filled):
    with open_readonly(filled.path) as con:
        shown = show_held(con, "claim_terms/a c0", policy_of(filled.settings))
    assert shown.follows == ("claims/a c0", "sentences/a s0")


def test_what_begins_like_several_rows_and_what_no_row_is_called_is_told(filled):
    with open_readonly(filled.path) as con:
        with pytest.raises(WrongUse, match=r"claims/ may be claims/a c0, or claims/b c0: type more of it"):
            show_held(con, "claims/", policy_of(filled.settings))
        with pytest.raises(WrongUse, match=r"No row held back is called claims/bc0. Near it are claims/b c0"):
            show_held(con, "claims/bc0", policy_of(filled.settings))
        with pytest.raises(WrongUse, match="There is no table `claim`: did you mean `claims`"):
            list_held(con, Wanted(table="claim"))


def test_ids_are_as_short_as_they_can_be(copied):
    keys = ["0123456789abcdef0123", "0123456789ffffff0123", "fedcba98765432100123"]
    with building(copied.path) as con:
        for key in keys:
            row = "run_id, 'runs', $key, 'expect_x', 'why', '{}', now(), NULL, NULL"
            con.execute(f"INSERT INTO quarantine SELECT {row} FROM runs LIMIT 1", {"key": key})
        note_held(con)
        ids = con.execute("SELECT id FROM held WHERE table_name = 'runs' ORDER BY row_key").pl()["id"].to_list()
    assert ids == ["runs/0123456789abcdef", "runs/0123456789ffffff", "runs/fedcba98"]


def test_dropped_rows_and_what_follows_them_stay_and_are_done(copied):
    asked = []
    words = drop(copied.settings, Choice(("sentences/a s0",)), agreed=lambda question: bool(asked.append(question)) or True)
    assert asked[0].startswith("Drop 1 row of sentences, and 1 row of mentions, 1 row of claims, ")
    assert words.startswith("Dropped 1 row of sentences, and ")
    assert (listed(copied).waiting, listed(copied).done) == (3, 6)
    counts = copied.ask("SELECT resolution, count(resolved_at) > 0 FROM quarantine GROUP BY ALL ORDER BY ALL")
    assert counts == [("dropped", True), (None, False)]


def test_nothing_is_dropped_without_a_yes(copied):
    with pytest.raises(WrongUse, match="Nothing was dropped"):
        drop(copied.settings, Choice(everything=True), agreed=lambda _: False)
    assert copied.ask("SELECT count(*) FROM quarantine WHERE resolution IS NOT NULL") == [(0,)]


def test_rows_have_to_be_named_in_one_way(copied):
    with pytest.raises(WrongUse, match="Name the rows"):
        drop(copied.settings, Choice(), agreed=yes)
    with pytest.raises(WrongUse, match="not both"):
        drop(copied.settings, Choice(("claims/a",), everything=True), agreed=yes)
    with pytest.raises(WrongUse, match="No row that is held back fits"):
        drop(copied.settings, Choice(wanted=Wanted(run="none")), agreed=yes)


def test_what_was_dropped_is_dropped_again_when_it_is_held_back_for_the_same_reason(gated):
    gated.hold_back(NO_BREAD)
    gated.run(article("b", BREAD))
    drop(gated.settings, Choice(everything=True), agreed=yes)
    gated.run(article("b", BREAD, pipeline_version="v2"), at=SECOND)
    assert listed(gated).waiting == 0
    gated.hold_back(check("claims", "attribution", "attribution = 'direct'"))
    gated.run(article("b", BREAD, pipeline_version="v3"), at=THIRD)
    assert listed(gated).rows["id"].to_list() == ["claims/b c0"]


def test_a_page_is_known_once_its_document_was_dropped_until_it_is_read_by_another_version(gated):
    gated.hold_back(check("documents", "title", "title <> 'About b'"))
    gated.run(article("a", LAMPS), article("b", BREAD))
    assert documents_known(gated.path)["document_id"].to_list() == ["a"]
    drop(gated.settings, Choice(("documents/b",)), agreed=yes)
    assert documents_known(gated.path).rows() == [("a", "file:///a.html", "a", "v1"), ("b", "file:///b.html", "b", "v1")]
    gated.hold_back()
    gated.run(article("b", BREAD, pipeline_version="v2"), at=SECOND)
    assert documents_known(gated.path).rows()[1] == ("b", "file:///b.html", "b", "v2")


def test_the_commands_print_what_was_asked_for(filled, capsys, monkeypatch):
    config = ("--config", str(filled.folder / "claimhouse.toml"))
    assert cli.main(["quarantine", "list", *config]) == 0
    out = capsys.readouterr().out
    assert "9 rows are held back." in out
    assert "sentences/a s0" in out
    assert cli.main(["quarantine", "list", "--all", "--limit", "2", *config]) == 0
    assert "7 more rows; --limit shows more" in capsys.readouterr().out
    assert cli.main(["quarantine", "show", "claims/b", "--json", *config]) == 0
    assert json.loads(capsys.readouterr().out)["failed"][0]["expectation"] == "expect_no_bread(text)"
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert cli.main(["quarantine", "drop", "--all", *config]) == 2
    assert "Nobody is there to ask: say so with --yes." in capsys.readouterr().err


def test_the_name_of_what_only_follows_is_the_gates():
    assert FOLLOWED == WRITTEN
