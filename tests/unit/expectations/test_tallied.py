"""What was counted over all rows is judged like any check, and takes the place of what a part told."""

from datetime import datetime

import polars as pl
import pytest

from expectations.audit import Audit
from expectations.catalogue import find_check
from expectations.freshness import Freshness
from expectations.policy import Change, Policy
from expectations.suites import Judge
from expectations.tallied import TALLIED, judge_tallies

NOW = datetime(2026, 11, 22, 9, 0)
SCHEMA = {
    "table_name": pl.String, "expectation": pl.String, "judged": pl.Int64, "failed": pl.Int64, "left_out": pl.Int64,
    "failing_keys": pl.List(pl.String),
}  # fmt: skip
KEYS = ("claims", "expect_key_to_be_unique")
COUNTS = ("claim_clusters", "expect_counts_to_agree_with_articles")


def counted(name: tuple[str, str], failed: int = 0, *, judged: int = 100, left_out: int = 0) -> pl.DataFrame:
    return pl.DataFrame([(*name, judged, failed, left_out, ["k1"] if failed else [])], SCHEMA, orient="row")


@pytest.mark.parametrize(("failed", "success"), [(0, True), (1, False)])
def test_a_tally_holds_where_nothing_fails(judge: Judge, failed: int, success: bool) -> None:
    [finding] = judge_tallies(judge, counted(COUNTS, failed), Policy())
    assert (finding.success, finding.failed_count, finding.failed_percent, finding.judged) == (success, failed, failed, 100)


def test_a_tally_over_nothing_holds(judge: Judge) -> None:
    [finding] = judge_tallies(judge, counted(COUNTS, judged=0), Policy())
    assert (finding.success, finding.failed_percent) == (True, 0)


def test_what_was_left_out_for_rows_held_back_is_told(judge: Judge) -> None:
    [finding] = judge_tallies(judge, counted(COUNTS, 1, left_out=7), Policy())
    assert finding.observed == {"failing_keys": ["k1"], "beside_rows_held_back": 7}


def test_an_owner_may_let_some_fail_or_have_none_counted(judge: Judge) -> None:
    enough = Policy(changes={COUNTS: Change("a few are known", mostly=0.95)})
    [finding] = judge_tallies(judge, counted(COUNTS, 5), enough)
    assert finding.success
    assert list(judge_tallies(judge, counted(COUNTS, 5), Policy(changes={COUNTS: Change("no", is_off=True)}))) == []


def test_a_key_that_repeats_across_parts_breaks_the_audit(judge: Judge, frames: dict[str, pl.DataFrame]) -> None:
    audit = Audit(judge, NOW)
    audit.add({"claim_terms": frames["claim_terms"]}, {})
    audit.add_tallies(counted(("claim_terms", "expect_key_to_be_unique"), 2))
    rows = audit.quality_results("run-1").filter(pl.col("expectation") == "expect_key_to_be_unique")
    assert rows.select("success", "unexpected_count", "unexpected_percent").rows() == [(False, 2, 2.0)]
    [words] = [words for words in audit.broken if "expect_key_to_be_unique" in words]
    assert "k1" in words and "fails in 2 of 100 rows" in words


def test_an_audit_holds_sources_to_their_rhythm(judge: Judge) -> None:
    arrivals = pl.DataFrame({"source_id": ["s"], "arrived_at": [datetime(2026, 1, 1)]})
    asked = pl.DataFrame({"source_id": ["s"], "kind": ["feed"], "asked_at": [NOW]})
    audit = Audit(judge, NOW)
    audit.add_freshness(Freshness(arrivals, asked, 14))
    rows = audit.quality_results("run-1").select("table_name", "success", "source_id", "severity").rows()
    assert rows == [("sources", False, "s", "warning")]
    assert audit.broken == ()


def test_an_audit_is_made_by_the_owners_policy(judge: Judge, frames: dict[str, pl.DataFrame]) -> None:
    off = Policy(changes={("sources", "expect_location_to_be_an_address"): Change("ours are names", is_off=True)})
    audit = Audit(judge, NOW, off)
    audit.add({"sources": frames["sources"]}, {})
    assert "expect_location_to_be_an_address" not in set(audit.quality_results("run-1")["expectation"])


def test_every_tally_is_in_the_catalogue_with_why_and_mend() -> None:
    for (table, name), check in TALLIED.items():
        assert find_check(table, name, check.column_name) == check
        assert check.why and check.mend and not check.why.endswith(".") and not check.mend.endswith(".")
