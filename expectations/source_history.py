"""Each source held against its own last runs: half the claims, no dates any more, navigation where articles were.

A change is told where three things come together, so that neither chance nor a source's usual ups and downs alarm:

- it matters: the mean of the articles at hand is at most half or at least twice the median of the last runs' means, and a share
  has moved by as many points as its measure says;
- it is beyond what the runs differ in: its modified z-score among them is above 3.5 (Iglewicz and Hoaglin, How to detect and
  handle outliers, 1993);
- it is more than chance explains: the articles at hand and those of the last runs differ by more than 5 standard errors in
  the rank-sum test, corrected for ties (Mann and Whitney 1947; Lehmann, Nonparametrics, 1975, section 1.4). An error is as
  large as the last runs differ among each other, where that is more (McCullagh and Nelder, Generalized linear models, 1989,
  section 4.5: overdispersion).

Of 12,000 runs drawn from 392 real articles of 331 sites (5 or 10 last runs, 8 to 60 articles in each) none alarmed in vain in
any of the ten measures; of 10,000 in which every article came two or three times over, as if each told of one event, 36.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import polars as pl

from expectations.model import Check, warning
from expectations.suites import Finding, Judge

LAST_RUNS = 10
"""Runs of a source that it is held against: enough for a median, and few enough that a change which is there to stay becomes
the new measure."""
LEAST_RUNS = 5
"""Fewer runs don't tell how much the runs of a source differ by themselves."""
LEAST_IN_RUN = 5
"""The mean of fewer articles says little of the run that brought them."""
LEAST_PAST = 20
LEAST_NOW = 12
"""Beside 100 past articles, the rank-sum test of n articles comes to no more than the root of 300n / (n + 101): nine of them
cannot reach 5 however far off all are, and twelve can where most are."""
MANY_TIMES = 2.0
STANDARD_ERRORS = 5.0
MODIFIED_Z = 3.5
_MAD_TO_SIGMA = 0.6745
"""The median absolute deviation of a normal distribution, in standard deviations."""
MOST_REPEATED = 0.25
"""A newsletter's pitch, terms and a line on the author are up to a tenth of a short article; a quarter is furniture."""

_IS_KEPT = pl.col("outcome") == "kept"


@dataclass(frozen=True, slots=True)
class History:
    """Rows of the view `article_measures`: of the pages at hand, and of those that last runs met of the same sources."""

    now: pl.DataFrame
    past: pl.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What is measured of each article, `value`, and which change of its mean is told. `least` bounds the change of a share."""

    table: str
    check: Check
    value: pl.Expr
    told: Literal["both", "rise"] = "both"
    least: float | None = None


def _check(name: str, why: str, mend: str) -> Check:
    return warning(name=name, columns=(), why=why, mend=mend, arguments={"column": name, "value_set": [True]})


def _lacks(column: str, what: str, name: str) -> Measure:
    check = _check(
        name,
        f"A source whose articles suddenly lack {what} has most likely changed its pages, and they are read wrongly since",
        f"open some of its new pages, see whether they still print {what}, and report a page that does as misread",
    )
    return Measure(table="documents", check=check, value=pl.when(_IS_KEPT).then(~pl.col(column)), told="rise", least=0.2)


def _share(part: str, whole: str) -> pl.Expr:
    return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole))


MEASURES = (
    Measure(
        table="documents",
        check=_check(
            "expect_source_to_give_articles_as_before",
            "A source whose pages suddenly are no articles, or can't be read, has moved, is blocked, or prints other pages",
            "see in documents.outcome_reason what became of its new pages, and open some of them",
        ),
        value=~pl.col("outcome").is_in(("kept", "duplicate")),
        told="rise",
        least=0.3,
    ),
    Measure(
        table="documents",
        check=_check(
            "expect_length_of_articles_as_before",
            "Articles that are suddenly half or twice as long have most likely lost text, or gained what is none of it",
            "open some of its new pages beside their text, and look for a wall before the text or for lists of other stories",
        ),
        value=pl.when(_IS_KEPT).then(pl.col("word_count")),
    ),
    _lacks("has_date", "a date", "expect_dates_of_articles_as_before"),
    _lacks("has_title", "a headline", "expect_headlines_of_articles_as_before"),
    _lacks("has_author", "a byline", "expect_bylines_of_articles_as_before"),
    Measure(
        table="sentences",
        check=_check(
            "expect_boilerplate_as_before",
            "Where far less of a page is left out, or far more, what is article and what is not is told apart in another way",
            "open some of its new pages, and see in sentences.zone which parts of them were taken for what",
        ),
        value=_share("boilerplate_count", "sentence_count"),
        least=0.2,
    ),
    Measure(
        table="sentences",
        check=_check(
            "expect_sentences_to_end_as_before",
            "Labels, links and menus end without a mark: where many more sentences do, navigation is taken for text",
            "look at the sentences of zone body without a final mark in its new pages",
        ),
        value=_share("unended_count", "body_sentence_count"),
        told="rise",
        least=0.15,
    ),
    Measure(
        table="sentences",
        check=_check(
            "expect_repeated_text_as_before",
            "What many articles of a source have in the same words is its furniture, not what they say",
            "look at the sentences that most of its new pages share, and report them as text that is none",
        ),
        value=_share("repeated_chars", "read_chars"),
        told="rise",
        least=0.1,
    ),
    Measure(
        table="claims",
        check=_check(
            "expect_claims_for_length_as_before",
            "A source that suddenly gives half or twice the claims for its length is read in another way, or writes in one",
            "open some of its new pages beside their claims, and look for text that was lost or is no prose",
        ),
        value=pl.when(pl.col("word_count") > 0).then(100 * pl.col("claim_count") / pl.col("word_count")),
    ),
    Measure(
        table="claims",
        check=_check(
            "expect_attributed_claims_as_before",
            "Where far fewer claims are said of somebody, quotation marks or verbs of saying are no longer found",
            "open some of its new pages, and look for another kind of quotation marks or another layout of interviews",
        ),
        value=_share("attributed_count", "claim_count"),
        least=0.1,
    ),
)
NO_NAVIGATION = _check(
    "expect_articles_without_navigation",
    "Where a quarter of what is read of a source stands in the same words in several of its pages, menus are taken for text",
    "look at the sentences that its pages share, and report them as text that is none, or leave the source out",
)
HISTORY_CHECKS = (*(measure.check for measure in MEASURES), NO_NAVIGATION)


def judge_sources(judge: Judge, history: History) -> Iterator[Finding]:
    """What each source that can be judged came to, measure by measure: one finding a source. Nothing is held back for it."""
    for measure in MEASURES:
        changes = changes_of(measure, history)
        yield from _findings(judge, measure.table, measure.check, changes)
    yield from _findings(judge, "sentences", NO_NAVIGATION, repeated_share(history.now))


def changes_of(measure: Measure, history: History) -> pl.DataFrame:
    """One row a source with enough articles: `articles`, `value`, `median`, `runs`, `standard_errors`, `holds`, …."""
    columns = ("source_id", "first_seen_at", measure.value.cast(pl.Float64).alias("value"))
    now, past = (frame.select(columns).drop_nulls("value") for frame in (history.now, history.past))
    means = past.group_by("source_id", "first_seen_at").agg(pl.col("value").mean(), articles=pl.len())
    runs = means.filter(pl.col("articles") >= LEAST_IN_RUN)
    before = runs.group_by("source_id").agg(
        median=pl.col("value").median(),
        mad=(pl.col("value") - pl.col("value").median()).abs().median(),
        runs=pl.len(),
        past=pl.col("articles").sum(),
    )
    found = now.group_by("source_id").agg(pl.col("value").mean(), articles=pl.len())
    enough = (pl.col("articles") >= LEAST_NOW) & (pl.col("runs") >= LEAST_RUNS) & (pl.col("past") >= LEAST_PAST)
    compared = found.join(before, on="source_id").filter(enough).join(_standard_errors(now, past), on="source_id")
    is_change = _matters(measure) & _is_beyond_the_runs() & (pl.col("standard_errors").abs() > STANDARD_ERRORS)
    return compared.sort("source_id").with_columns(holds=~is_change)


def _matters(measure: Measure) -> pl.Expr:
    value, median = pl.col("value"), pl.col("median")
    rises, falls = value >= MANY_TIMES * median, value <= median / MANY_TIMES
    if measure.least is not None:
        # Of what a share leaves over, half as much is as great a change as twice the share.
        rises = (rises | (1 - value <= (1 - median) / MANY_TIMES)) & (value - median >= measure.least)
        falls = (falls | (1 - value >= MANY_TIMES * (1 - median))) & (median - value >= measure.least)
    return rises if measure.told == "rise" else (rises | falls) & (value != median)


def _is_beyond_the_runs() -> pl.Expr:
    """Whether the modified z-score is above 3.5; where all runs are alike, any other value is."""
    return _MAD_TO_SIGMA * (pl.col("value") - pl.col("median")).abs() > MODIFIED_Z * pl.col("mad")


def _standard_errors(now: pl.DataFrame, past: pl.DataFrame) -> pl.DataFrame:
    """source_id and `standard_errors`: by how many the articles at hand rank off what chance gives beside the past ones.

    Where past runs differ among each other by more than chance, as when each is full of one event, an error is larger by that.
    The run that differs most is left out: one odd run must not hide the next.
    """
    both = pl.concat([past.with_columns(group=pl.lit(value=False)), now.with_columns(group=pl.lit(value=True))])
    spread = (
        _rank_sums(past.with_columns(group=pl.col("first_seen_at")))
        .group_by("source_id")
        .agg(spread=(pl.col("errors") ** 2).sort().head(pl.len() - 1).mean().sqrt().clip(1))
    )
    at_hand = _rank_sums(both).filter("group").join(spread, on="source_id")
    return at_hand.select("source_id", standard_errors=pl.col("errors") / pl.col("spread"))


def _rank_sums(values: pl.DataFrame) -> pl.DataFrame:
    """source_id, `group` and `errors`: by how many standard errors the rank sum of each group is off; 0 where all are tied."""
    ranked = values.with_columns(
        rank=pl.col("value").rank("average").over("source_id"),
        tied=pl.len().over("source_id", "value").cast(pl.Float64),
        size=pl.len().over("source_id").cast(pl.Float64),
    )
    ties = (pl.col("tied") ** 2 - 1).sum().over("source_id")  # each of t tied articles adds its part of t³ - t
    sums = (
        ranked.with_columns(ties=ties)
        .group_by("source_id", "group")
        .agg(pl.col("rank").sum(), pl.col("size", "ties").first(), n=pl.len().cast(pl.Float64))
    )
    n, size = pl.col("n"), pl.col("size")
    variance = n * (size - n) / 12 * (size + 1 - pl.col("ties") / (size * (size - 1)))
    errors = (pl.col("rank") - n * (size + 1) / 2) / variance.sqrt()
    return sums.select("source_id", "group", errors=pl.when(variance > 0).then(errors).otherwise(0.0))


def repeated_share(now: pl.DataFrame) -> pl.DataFrame:
    """One row a source with enough articles: how much of what is read of it stands in several of its pages."""
    kept = now.filter(_IS_KEPT & (pl.col("read_chars") > 0))
    found = kept.group_by("source_id").agg(value=pl.col("repeated_chars").sum() / pl.col("read_chars").sum(), articles=pl.len())
    enough = found.filter(pl.col("articles") >= LEAST_NOW).sort("source_id")
    return enough.with_columns(holds=pl.col("value") <= MOST_REPEATED)


def _findings(judge: Judge, table: str, check: Check, sources: pl.DataFrame) -> Iterator[Finding]:
    if sources.is_empty():
        return
    [finding] = judge.judge(table, sources.select(pl.col("holds").alias(check.name)), [check])
    failed = set(finding.failed or ())
    for number, row in enumerate(sources.drop("holds").iter_rows(named=True)):
        observed = {name: round(found, 3) if isinstance(found, float) else found for name, found in row.items()}
        source_id = str(observed.pop("source_id"))
        yield Finding(
            table, check, number not in failed and finding.error is None, observed, source_id=source_id, error=finding.error
        )
