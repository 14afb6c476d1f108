"""Checks of a whole warehouse, whose rows are too many to hold: they are counted in it, and the counts are judged here."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from expectations.declared import declared_checks
from expectations.model import BY_NAME, PAIR, Check, info, warning
from expectations.of_entities import CLAIM_RELATION_CHECKS, CLAIMS_ADD_UP, MENTIONS_ADD_UP
from expectations.of_keys import DOCUMENT_RELATION_CHECKS
from expectations.of_pages import PAGE_CHECKS
from expectations.suites import Finding, Judge

if TYPE_CHECKING:
    from expectations.policy import Policy  # which looks checks up here

_COUNTED_ANEW = "see in quarantine whether rows of it were held back; if none was, look at what is counted anew"

TALLIED: dict[tuple[str, str], Check] = {
    **{(name, "expect_key_to_be_unique"): declared_checks(table)[0] for name, table in BY_NAME.items()},
    ("entities", MENTIONS_ADD_UP.name): MENTIONS_ADD_UP,
    ("claim_clusters", CLAIMS_ADD_UP.name): CLAIMS_ADD_UP,
    **{
        (table, check.name): check
        for table, checks in (
            ("documents", PAGE_CHECKS),
            ("claim_relations", CLAIM_RELATION_CHECKS),
            ("document_relations", DOCUMENT_RELATION_CHECKS),
        )
        for check in checks
        if check.name
        in ("expect_original_to_be_kept", "expect_pair_not_to_be_of_two_revisions", "expect_relation_to_fit_pages")
    },
    ("entities", "expect_entity_to_be_mentioned"): info(
        name="expect_entity_to_be_mentioned",
        columns=("entity_id",),
        why="An entity that no article mentions is left over from one that is gone",
        mend="look at which run took the last mention of it out",
    ),
    ("claim_clusters", "expect_counts_to_agree_with_articles"): warning(
        name="expect_counts_to_agree_with_articles",
        columns=("cluster_id", "document_count", "site_count"),
        why="How many articles and sites say something is told by these counts, in which copies count once",
        mend=_COUNTED_ANEW,
        holds_back=False,
    ),
    ("claim_clusters", "expect_publications_to_agree_with_articles"): warning(
        name="expect_publications_to_agree_with_articles",
        columns=("cluster_id", "first_published_at", "last_published_at"),
        why="Who said something first is told by these times, which must be those of the articles that say it",
        mend=_COUNTED_ANEW,
        holds_back=False,
    ),
    ("claim_clusters", "expect_text_to_be_that_of_a_claim"): info(
        name="expect_text_to_be_that_of_a_claim",
        columns=("cluster_id", "text"),
        why="A statement is shown in the words of one of its claims, so there must be such a claim",
        mend="look at which run took the claim out, and whether its cluster was settled anew",
    ),
    ("documents", "expect_revisions_to_count_from_one"): info(
        name="expect_revisions_to_count_from_one",
        columns=("page_id", "revision"),
        why="The revisions of a page follow each other by their numbers: a gap is one that is missing",
        mend="see whether a newer version gave a revision to another page; if not, look at how revisions are numbered",
    ),
    ("runs", "expect_quarantine_to_hold_what_was_held_back"): info(
        name="expect_quarantine_to_hold_what_was_held_back",
        columns=("run_id", "quarantined"),
        why="Every row that a run held back is kept, so that it can be released",
        mend="look at what took rows out of quarantine: they are worked off, not deleted",
    ),
}
"""By table and name. Those that the gate makes too are made over all rows here, where it sees those of a run or a part."""


def judge_tallies(judge: Judge, found: pl.DataFrame, policy: "Policy") -> Iterator[Finding]:
    """One finding a tally. `found` is as `warehouse.tallies.tallies` gives it; a tally that nobody asks for is no finding."""
    for table, name, judged, failed, left_out, keys in found.iter_rows():
        check = policy.adjusted(table, TALLIED[table, name])
        if check is None:
            continue
        suffices = pl.DataFrame({"allowed": [int(judged * (1 - check.mostly))], "failed": [failed]})
        rule = replace(check, holds=None, rule=PAIR, arguments={"column_A": "allowed", "column_B": "failed", "or_equal": True})
        [finding] = judge.judge(table, suffices, [replace(rule, columns=("allowed", "failed"), mostly=1.0)])
        observed = {"failing_keys": keys} if keys else {}
        yield Finding(
            table, check, finding.success, {**observed, **({"beside_rows_held_back": left_out} if left_out else {})},
            judged=judged, counted=failed, error=finding.error,
            example=f"row {keys[0]}: {check.words or check.title}" if keys else None,
        )  # fmt: skip
