"""Whether each source still brings something new, held against its own rhythm and against the days that the owner allows.

A source has a rhythm where it has brought pages on `LEAST_PAUSES` + 1 days. How long a pause may be by chance is that of the
next of independent events of which m pauses are known, which lasts more than t with probability (1 + t / sum of these)^-m: the
predictive distribution of the exponential one (Gelman et al., Bayesian Data Analysis, 3rd ed., 2013, section 2.6). A folder
that was read once, or a list of addresses, has none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from expectations.model import info, warning
from expectations.suites import Finding, Judge

LEAST_PAUSES = 5
LAST_PAUSES = 60
"""Eight to twelve weeks of a daily source: longer ago it may have been another one."""
ONE_IN = 1_000
"""A pause that chance makes one in so many times is told."""
ASKED_FOR_NEWS = ("feed", "sitemap")
"""Kinds of sources from which something new is to come whether or not they have a rhythm yet."""

IN_RHYTHM = info(
    name="expect_source_to_keep_its_rhythm",
    columns=(),
    why="A source that pauses longer than it ever did, and than chance explains, may have moved, or names its news elsewhere",
    mend="look whether the source has news that it does not name, with `claimhouse sources check`",
    arguments={"column": "in_rhythm", "value_set": [True]},
)
NOT_SILENT = warning(
    name="expect_source_not_to_be_silent",
    columns=(),
    why="A source without a new page for longer than silent_days, and than it ever paused, has most likely moved or ended",
    mend="look whether it has moved, mend its address in [[sources]], or set silent_days under [fetch] in claimhouse.toml",
    arguments={"column": "not_silent", "value_set": [True]},
)
FRESHNESS_CHECKS = (IN_RHYTHM, NOT_SILENT)


@dataclass(frozen=True, slots=True)
class Freshness:
    """When sources brought something, and when they were last asked.

    `arrivals`: source_id and arrived_at, any number of rows a source. `asked`: source_id, kind and asked_at, one row a source
    that is to be judged; one that was not asked since is not silent.
    """

    arrivals: pl.DataFrame
    asked: pl.DataFrame
    silent_days: float


def judge_freshness(judge: Judge, freshness: Freshness) -> Iterator[Finding]:
    """One finding for each source and check, for those sources that the check says something about."""
    sources = pauses(freshness)
    for check, column in ((IN_RHYTHM, "in_rhythm"), (NOT_SILENT, "not_silent")):
        told = sources.filter(pl.col(column).is_not_null())
        if told.is_empty():
            continue
        [finding] = judge.judge("sources", told.select(column), [check])
        failed = set(finding.failed or ())
        for number, row in enumerate(told.iter_rows(named=True)):
            observed = {
                "last_new_at": row["last_at"].isoformat(),
                "days_since": round(row["days"], 1),
                "days_allowed": round(row["limit"] if column == "not_silent" else row["allowed"], 1),
            }
            holds = number not in failed and finding.error is None
            yield Finding("sources", check, holds, observed, source_id=row["source_id"], error=finding.error)


def pauses(freshness: Freshness) -> pl.DataFrame:
    """One row a source that was asked and has ever brought anything: `days` since then, and what is allowed.

    `allowed` is null without a rhythm. `in_rhythm` and `not_silent` are null where nothing can be said.
    """
    days = freshness.arrivals.select("source_id", day=pl.col("arrived_at").dt.date()).unique().sort("source_id", "day")
    gaps = days.with_columns(pause=pl.col("day").diff().over("source_id").dt.total_days()).drop_nulls("pause")
    rhythm = (
        gaps.group_by("source_id", maintain_order=True)
        .agg(pl.col("pause").tail(LAST_PAUSES))
        .with_columns(number=pl.col("pause").list.len(), total=pl.col("pause").list.sum(), longest=pl.col("pause").list.max())
        .filter(pl.col("number") >= LEAST_PAUSES)
        .select(
            "source_id",
            allowed=pl.max_horizontal(pl.col("total") * (pl.lit(float(ONE_IN)).pow(1 / pl.col("number")) - 1), "longest").cast(
                pl.Float64
            ),
        )
    )
    last = freshness.arrivals.group_by("source_id").agg(last_at=pl.col("arrived_at").max())
    since = (pl.col("asked_at") - pl.col("last_at")) / timedelta(days=1)
    is_due = pl.col("kind").is_in(ASKED_FOR_NEWS) | pl.col("allowed").is_not_null()
    return (
        freshness.asked.join(last, on="source_id")
        .join(rhythm, on="source_id", how="left")
        .with_columns(days=since, limit=pl.max_horizontal("allowed", pl.lit(freshness.silent_days)))
        .with_columns(
            in_rhythm=pl.col("days") <= pl.col("allowed"), not_silent=pl.when(is_due).then(pl.col("days") <= pl.col("limit"))
        )
        .sort("source_id")
    )
