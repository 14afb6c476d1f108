"""A source is fresh by its own rhythm, and silent after the days that the owner allows."""

from collections.abc import Callable
from datetime import datetime, timedelta

import polars as pl
import pytest

from expectations.catalogue import find_check
from expectations.freshness import FRESHNESS_CHECKS, Freshness, judge_freshness, pauses
from expectations.gate import Verdict
from expectations.model import Check
from expectations.policy import Change, Policy
from expectations.source_history import HISTORY_CHECKS
from expectations.suites import Judge

START = datetime(2026, 1, 1, 7)
RHYTHM, SILENCE = "expect_source_to_keep_its_rhythm", "expect_source_not_to_be_silent"


def freshness(days: list[int], asked: float, *, kind: str = "feed", silent_days: float = 14) -> Freshness:
    """A source that brought something on these days, and was asked on the last one."""
    came = [{"source_id": "paper", "arrived_at": START + timedelta(days=day)} for day in days]
    looked = [{"source_id": "paper", "kind": kind, "asked_at": START + timedelta(days=asked)}]
    return Freshness(pl.DataFrame(came), pl.DataFrame(looked), silent_days)


def failing(judge: Judge, held: Freshness) -> set[str]:
    return {finding.check.name for finding in judge_freshness(judge, held) if not finding.success}


def judged(judge: Judge, held: Freshness) -> set[str]:
    return {finding.check.name for finding in judge_freshness(judge, held)}


def test_a_daily_source_may_pause_a_week_and_not_two(judge: Judge) -> None:
    daily = list(range(40))
    assert failing(judge, freshness(daily, 39 + 7)) == set()
    assert failing(judge, freshness(daily, 39 + 9)) == {RHYTHM}
    assert failing(judge, freshness(daily, 39 + 15)) == {RHYTHM, SILENCE}


def test_a_monthly_source_is_not_silent_after_two_weeks(judge: Judge) -> None:
    assert failing(judge, freshness([30 * month for month in range(12)], 330 + 60)) == set()


def test_few_pauses_allow_for_more_than_many() -> None:
    few, many = (pauses(freshness(list(range(days)), 50))["allowed"].item() for days in (6, 61))
    assert (round(few, 1), round(many, 1)) == (14.9, 7.3)


def test_a_pause_as_long_as_one_before_is_no_news(judge: Judge) -> None:
    with_holidays = [*range(30), *range(60, 90)]
    assert failing(judge, freshness(with_holidays, 89 + 31)) == set()


def test_many_runs_in_a_day_make_no_rhythm_of_hours() -> None:
    hourly = freshness([0, 0, 0, 0, 0, 0, 0, 0], 2)
    assert pauses(hourly)["allowed"].to_list() == [None]


@pytest.mark.parametrize("kind", ["feed", "sitemap"])
def test_a_feed_without_a_rhythm_is_silent_after_the_days_that_are_set(judge: Judge, kind: str) -> None:
    assert failing(judge, freshness([0], 15, kind=kind)) == {SILENCE}
    assert failing(judge, freshness([0], 15, kind=kind, silent_days=30)) == set()
    assert judged(judge, freshness([0], 15, kind=kind)) == {SILENCE}


@pytest.mark.parametrize("kind", ["file", "warc", "url"])
def test_a_folder_that_was_read_once_is_not_judged(judge: Judge, kind: str) -> None:
    assert judged(judge, freshness([0], 400, kind=kind)) == set()


def test_a_folder_that_was_filled_each_week_is_held_to_that(judge: Judge) -> None:
    weekly = [7 * week for week in range(8)]
    assert failing(judge, freshness(weekly, 49 + 14, kind="file")) == set()
    assert failing(judge, freshness(weekly, 49 + 90, kind="file")) == {RHYTHM, SILENCE}


def test_a_source_that_was_not_asked_since_is_not_silent(judge: Judge) -> None:
    assert failing(judge, freshness(list(range(40)), 39)) == set()


def test_a_finding_tells_since_when_and_how_long_is_allowed(judge: Judge) -> None:
    [rhythm, silence] = judge_freshness(judge, freshness(list(range(40)), 60))
    assert rhythm.observed == {"last_new_at": "2026-02-09T07:00:00", "days_since": 21.0, "days_allowed": 7.6}
    assert (silence.observed["days_allowed"], silence.source_id, silence.table) == (14.0, "paper", "sources")


def test_a_source_that_never_brought_anything_is_not_judged(judge: Judge) -> None:
    held = freshness([0], 400)
    assert judged(judge, Freshness(held.arrivals.clear(), held.asked, 14)) == set()


def test_counts_that_are_off_and_sources_that_are_silent_warn_and_hold_nothing_back_and_may_be_switched_off(
    frames: dict[str, pl.DataFrame], broken: Callable[..., dict[str, pl.DataFrame]], gate: Callable[..., Verdict]
) -> None:
    off = Policy(changes={("sources", RHYTHM): Change("it pauses as it likes", is_off=True)})
    more = broken(frames, "claim_clusters", 0, claim_count=5)
    verdict = gate(more, freshness=freshness(list(range(40)), 60), policy=off)
    of_sources = pl.col("source_id").is_not_null() | ~pl.col("success")
    told = verdict.quality_results.filter(of_sources).select("table_name", "expectation", "severity", "success", "source_id")
    assert set(told.rows()) == {
        ("claim_clusters", "expect_counts_to_agree_with_claims", "warning", False, None),
        ("sources", SILENCE, "warning", False, "paper"),
    }
    assert (verdict.passed, verdict.quarantined, verdict.frames["claim_clusters"].height) == (True, 0, 2)


@pytest.mark.parametrize("check", (*FRESHNESS_CHECKS, *HISTORY_CHECKS), ids=lambda check: check.name)
def test_a_check_of_sources_is_in_the_catalogue_with_why_and_mend(check: Check) -> None:
    assert find_check("sources", check.name, None) == check
    assert check.why and check.mend and not check.why.endswith(".") and not check.mend.endswith(".")
    assert check.severity != "critical"
