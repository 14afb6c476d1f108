"""A source is held against its own last runs: what matters, is beyond its ups and downs, and is no chance, is told."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import polars as pl
import pytest

from expectations.gate import Verdict
from expectations.source_history import LEAST_NOW, LEAST_RUNS, MEASURES, History, changes_of, judge_sources
from expectations.suites import Finding, Judge

FIRST = datetime(2026, 1, 1)
USUAL: dict[str, object] = {
    "source_id": "paper", "outcome": "kept", "word_count": 400, "claim_count": 20, "attributed_count": 8, "sentence_count": 60,
    "boilerplate_count": 30, "body_sentence_count": 25, "unended_count": 1, "read_chars": 2500, "repeated_chars": 0,
    "has_date": True, "has_title": True, "has_author": True,
}  # fmt: skip
NAMES = {measure.check.name: measure for measure in MEASURES}


def articles(count: int, *, run: int = 0, **changed: object) -> pl.DataFrame:
    """So many articles of one run, a little longer and shorter than usual."""
    rows = []
    for number in range(count):
        uneven = 100 + 7 * ((number * 5 + run) % 11 - 5)
        counted = {name: int(str(USUAL[name])) * uneven // 100 for name in ("word_count", "claim_count", "attributed_count")}
        rows.append({**USUAL, **counted, "first_seen_at": FIRST + timedelta(days=run), **changed})
    return pl.DataFrame(rows)


def past(runs: int = 6, each: int = 15, **changed: object) -> pl.DataFrame:
    return pl.concat([articles(each, run=run, **changed) for run in range(runs)])


def told(judge: Judge, now: pl.DataFrame, before: pl.DataFrame) -> set[str]:
    return {finding.check.name for finding in judge_sources(judge, History(now, before)) if not finding.success}


def of(judge: Judge, name: str, now: pl.DataFrame, before: pl.DataFrame) -> Iterator[Finding]:
    return (finding for finding in judge_sources(judge, History(now, before)) if finding.check.name == name)


def test_a_source_that_gives_what_it_always_gave_is_judged_by_every_measure_and_fails_none(judge: Judge) -> None:
    found = list(judge_sources(judge, History(articles(20, run=9), past())))
    assert {finding.check.name for finding in found} == {*NAMES, "expect_articles_without_navigation"}
    assert all(finding.success and finding.source_id == "paper" for finding in found)


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("expect_source_to_give_articles_as_before", {"outcome": "not_an_article"}),
        ("expect_length_of_articles_as_before", {"word_count": 150, "claim_count": 8, "attributed_count": 3}),
        ("expect_length_of_articles_as_before", {"word_count": 1500, "claim_count": 75, "attributed_count": 30}),
        ("expect_dates_of_articles_as_before", {"has_date": False}),
        ("expect_headlines_of_articles_as_before", {"has_title": False}),
        ("expect_bylines_of_articles_as_before", {"has_author": False}),
        ("expect_boilerplate_as_before", {"boilerplate_count": 3}),
        ("expect_sentences_to_end_as_before", {"unended_count": 15}),
        ("expect_repeated_text_as_before", {"repeated_chars": 600}),
        ("expect_claims_for_length_as_before", {"word_count": 400, "claim_count": 8, "attributed_count": 3}),
        ("expect_attributed_claims_as_before", {"claim_count": 20, "attributed_count": 2}),
    ],
)
def test_a_change_of_one_measure_is_told_of_that_measure(judge: Judge, name: str, changed: dict[str, object]) -> None:
    assert told(judge, articles(20, run=9, **changed), past()) == {name}


def test_a_finding_tells_what_it_is_now_and_what_it_used_to_be(judge: Judge) -> None:
    [finding] = of(judge, "expect_dates_of_articles_as_before", articles(20, has_date=False), past())
    assert (finding.observed["value"], finding.observed["median"], finding.observed["runs"]) == (1.0, 0.0, 6)
    assert (finding.observed["articles"], finding.table, finding.check.severity) == (20, "documents", "warning")


@pytest.mark.parametrize(("now", "runs", "each"), [(LEAST_NOW - 1, 6, 15), (20, LEAST_RUNS - 1, 15), (20, 6, 3)])
def test_of_a_source_with_few_articles_or_few_runs_nothing_is_said(judge: Judge, now: int, runs: int, each: int) -> None:
    found = of(judge, "expect_dates_of_articles_as_before", articles(now, has_date=False), past(runs, each))
    assert list(found) == []


def test_a_third_more_is_no_change_that_matters(judge: Judge) -> None:
    assert told(judge, articles(40, word_count=560, claim_count=27, attributed_count=11), past()) == set()


def test_a_share_that_doubles_from_little_to_little_is_no_change_that_matters(judge: Judge) -> None:
    assert told(judge, articles(40, unended_count=3), past()) == set()


def test_what_the_runs_of_a_source_differ_in_by_themselves_is_not_told(judge: Judge) -> None:
    ups_and_downs = [articles(15, run=run, word_count=words) for run, words in enumerate((150, 900, 160, 850, 170, 800))]
    changes = changes_of(
        NAMES["expect_length_of_articles_as_before"], History(articles(20, word_count=1000), pl.concat(ups_and_downs))
    )
    assert changes["holds"].to_list() == [True]


def test_what_chance_may_have_made_is_not_told(judge: Judge) -> None:
    # Two long ones of twelve double the mean, which is no change of the source.
    now = pl.concat([articles(10, run=9), articles(2, run=9, word_count=6000, claim_count=300)])
    [finding] = of(judge, "expect_length_of_articles_as_before", now, past())
    assert (finding.success, finding.observed["value"] > 2 * 400) == (True, True)


def test_an_odd_run_among_the_last_does_not_hide_the_next_one(judge: Judge) -> None:
    before = pl.concat([past(9), articles(15, run=9, has_date=False)])
    assert told(judge, articles(20, run=10, has_date=False), before) == {"expect_dates_of_articles_as_before"}


def test_each_source_is_held_against_itself(judge: Judge) -> None:
    other = {"source_id": "agency", "word_count": 100, "claim_count": 5, "attributed_count": 2}
    now, before = pl.concat([articles(20), articles(20, **other)]), pl.concat([past(), past(**other)])
    assert told(judge, now, before) == set()
    swapped = now.with_columns(source_id=pl.col("source_id").replace({"agency": "paper", "paper": "agency"}))
    found = of(judge, "expect_length_of_articles_as_before", swapped, before)
    assert {finding.source_id: finding.success for finding in found} == {"agency": False, "paper": False}


@pytest.mark.parametrize(("repeated", "count", "fails"), [(700, 12, True), (600, 12, False), (700, 11, False)])
def test_menus_in_most_pages_are_told_in_the_first_run_of_a_source(
    judge: Judge, repeated: int, count: int, fails: bool
) -> None:
    first = articles(count, repeated_chars=repeated)
    assert told(judge, first, first.clear()) == ({"expect_articles_without_navigation"} if fails else set())


def test_a_change_warns_and_holds_nothing_back(frames: dict[str, pl.DataFrame], gate: Callable[..., Verdict]) -> None:
    verdict = gate(frames, history=History(articles(20, has_date=False), past()))
    failed = verdict.quality_results.filter(~pl.col("success"))
    assert failed.select("expectation", "source_id", "severity").rows() == [
        ("expect_dates_of_articles_as_before", "paper", "warning")
    ]
    assert (verdict.passed, verdict.quarantined, set(verdict.frames)) == (True, 0, set(frames))
