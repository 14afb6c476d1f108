from dataclasses import replace

import polars as pl
import pytest

from expectations.marks import rowwise
from expectations.model import BY_NAME, info
from expectations.policy import Change, Policy
from expectations.row_checks import row_checks

DOCUMENTS = BY_NAME["documents"]
AHEAD = "expect_publication_not_to_lie_ahead"
KNOWN = "expect_column_values_to_be_mostly_known"
SPEAKS = info(
    name="expect_a_speaker", columns=("speaker",), why="we want to know", mend="look at the cue", words="nobody says {text}",
    holds=rowwise(pl.col("speaker").is_not_null()),
)  # fmt: skip
NOBODY = "nobody says ‘Critics doubt it.’"
OWN = info(name="expect_short_titles", columns=("title",), why="long ones are odd", mend="look at them")


def named(policy: Policy, name: str) -> list:
    return [check for check in policy.checks(DOCUMENTS) if check.name == name]


def titles(checks: list) -> list[str]:
    return [check.title for check in checks]


def test_without_a_word_of_the_owner_the_checks_are_those_that_come_along():
    assert titles(Policy().checks(DOCUMENTS)) == titles(row_checks(DOCUMENTS))


def test_own_checks_come_after_those_that_come_along():
    policy = Policy(own={"documents": (OWN,)})
    assert titles(policy.checks(DOCUMENTS)) == titles([*row_checks(DOCUMENTS), OWN])
    assert titles(policy.checks(BY_NAME["claims"])) == titles(row_checks(BY_NAME["claims"]))


def test_a_change_sets_what_it_names_and_leaves_the_rest():
    [before] = named(Policy(), AHEAD)
    [stricter] = named(Policy(changes={("documents", AHEAD): Change("why", severity="warning")}), AHEAD)
    assert (stricter.severity, stricter.mostly, stricter.why) == ("warning", before.mostly, before.why)
    [looser] = named(Policy(changes={("documents", AHEAD): Change("why", mostly=0.5)}), AHEAD)
    assert (looser.severity, looser.mostly) == (before.severity, 0.5)


def test_a_check_that_is_off_is_not_made():
    assert named(Policy(changes={("documents", AHEAD): Change("why", is_off=True)}), AHEAD) == []


def test_a_change_by_name_is_of_every_check_that_bears_it_and_one_by_title_goes_before():
    by_title = f"{KNOWN}(title)"
    policy = Policy(
        changes={("documents", KNOWN): Change("all", is_off=True), ("documents", by_title): Change("one", mostly=0.5)}
    )
    assert [(check.title, check.mostly) for check in named(policy, KNOWN)] == [(by_title, 0.5)]


def test_a_change_is_of_its_table_alone():
    assert len(named(Policy(changes={("claims", AHEAD): Change("why", is_off=True)}), AHEAD)) == 1


def test_a_check_is_found_as_it_is_made_now():
    policy = Policy(own={"documents": (OWN,)}, changes={("documents", AHEAD): Change("why", severity="warning")})
    assert policy.find("documents", OWN.name, "title") is OWN
    assert policy.find("documents", OWN.name, "url") is None
    found = policy.find("documents", AHEAD, "published_at")
    assert found is not None
    assert found.severity == "warning"
    assert policy.find("documents", "expect_nothing", None) is None


@pytest.mark.parametrize(
    ("severity", "passes", "held"),
    [
        ("info", True, []),
        ("warning", True, ["nobody says ‘Critics doubt it.’"]),
        ("critical", False, ["nobody says ‘Critics doubt it.’"]),
    ],
)
def test_an_own_check_is_noted_holds_rows_back_or_stops_the_load_by_its_severity(gate, frames, severity, passes, held):
    claims = {name: frames[name] for name in ("sources", "documents", "sentences", "entities", "claim_clusters", "claims")}
    verdict = gate(claims, policy=Policy(own={"claims": (replace(SPEAKS, severity=severity),)}))
    assert verdict.passed is passes
    assert verdict.quarantine.filter(pl.col("expectation") == "expect_a_speaker(speaker)")["reason"].to_list() == held
    [result] = verdict.quality_results.filter(pl.col("expectation") == "expect_a_speaker").to_dicts()
    assert (result["severity"], result["success"], result["unexpected_count"]) == (severity, False, 1)


def test_a_check_that_is_off_has_no_result(gate, frames):
    verdict = gate({"sources": frames["sources"], "documents": frames["documents"]},
                   policy=Policy(changes={("documents", AHEAD): Change("why", is_off=True)}))  # fmt: skip
    assert AHEAD not in verdict.quality_results["expectation"].to_list()
