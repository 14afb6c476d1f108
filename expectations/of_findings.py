"""Checks of what is found in sentences, names, figures and times, beyond their columns' declarations."""

from datetime import date, timedelta
from math import inf

import polars as pl

from expectations.marks import beside_claim, beside_document, beside_sentence, lies_within, rowwise
from expectations.model import in_order, mostly_known, nearly_all, warning

FROM_KEPT = warning(
    name="expect_row_to_come_from_a_kept_document",
    columns=("document_id",),
    why="What a duplicate or a page that is no article says must not count again",
    mend="look for the step that sets the outcome after the document's rows were made",
    words="document {document_id} was not kept",
    holds=beside_document(pl.col("_outcome") == "kept"),
)

_IN_ARTICLE = (
    FROM_KEPT,
    warning(
        name="expect_row_to_come_from_the_article",
        columns=("sentence_id",),
        why="Nothing that is left out of an article, such as related stories and comments, may count as said by it",
        mend="look at how the zone of the sentence came about, and at the filter on zones",
        words="sentence {sentence_id} is boilerplate",
        holds=beside_sentence(pl.col("_zone") != "boilerplate"),
    ),
    warning(
        name="expect_row_to_lie_in_its_sentence",
        columns=("sentence_id", "start_char", "end_char"),
        why="Readers see a row in its sentence, with the span marked there",
        mend="look for offsets that count from the sentence instead of the text, or for a mixed-up sentence_id",
        words="{start_char} to {end_char} is not in sentence {sentence_id}",
        holds=beside_sentence(lies_within("start_char", "end_char")),
    ),
)

_IN_CLAIM = warning(
    name="expect_row_to_lie_in_its_claim",
    columns=("claim_id", "start_char", "end_char"),
    why="Queries on a claim's figures and times must not meet those of its neighbour",
    mend="look at how the smallest claim that holds the span is found",
    words="{start_char} to {end_char} is not in claim {claim_id}",
    holds=beside_claim(lies_within("start_char", "end_char")),
)

MENTION_CHECKS = (
    *_IN_ARTICLE,
    nearly_all(
        name="expect_name_to_be_short",
        columns=("text",),
        why="Of 23,100 real names the longest has 92 characters; a longer one is a sentence that was taken for a name",
        mend="look at the sentence that it stands in, and at what is in the catalogue",
        words="a name as long as this is none: {text}",
        holds=rowwise(pl.col("text").str.len_chars() <= 120),
    ),
    nearly_all(
        name="expect_name_to_hold_a_letter_or_digit",
        columns=("text",),
        why="Marks alone name nobody",
        mend="look at how the words of the sentence were cut",
        words="{text} names nobody",
        holds=rowwise(pl.col("text").str.contains(r"[\p{L}\p{N}]")),
    ),
)

_BOUNDS = {
    "count": (0, inf, "nothing is counted below nought"),
    "money": (-1e15, 1e15, "all the wealth of the world is about 5e14 US dollars"),
    "percent": (-100, 10_000, "nothing falls by more than all of it, and few things grow a hundredfold"),
    "ratio": (0, 1e9, "a ratio compares like with like"),
    "duration": (0, 1.4e10, "the universe is 13.8 billion years old"),
    "rank": (1, inf, "there is no place before the first"),
}

QUANTITY_CHECKS = (
    *_IN_ARTICLE,
    _IN_CLAIM,
    in_order(
        "value",
        "upper_value",
        severity="warning",
        name="expect_range_in_order",
        why="A range runs from its lower to its upper bound",
    ),
    nearly_all(
        name="expect_figure_within_reason",
        columns=("kind", "value"),
        why="A figure beyond these bounds is misread: " + "; ".join(f"{kind}: {why}" for kind, (_, _, why) in _BOUNDS.items()),
        mend="look at the figure in its sentence: at its unit, its sign, and at what was taken for its decimal mark",
        words="a {kind} of {value}",
        holds=rowwise(
            pl.coalesce(
                pl.when(pl.col("kind") == kind).then(
                    pl.col("value").is_between(low, high)
                )
                for kind, (low, high, _) in _BOUNDS.items()
            )
        ),
    ),
    nearly_all(
        name="expect_measure_to_have_a_unit",
        columns=("kind", "unit"),
        why="Sums, shares and durations can't be compared without their unit, and of 3,374 real ones each has it",
        mend="look at the figure in its sentence, and at the units that are known",
        words="a {kind} without a unit",
        holds=rowwise(pl.when(pl.col("kind").is_in(("money", "percent", "duration"))).then(pl.col("unit").is_not_null())),
    ),
    mostly_known(
        columns=("value",),
        why="Figures are compared by their value, and it is known of all of 7,221 real ones",
        words="its value is unknown",
        holds=rowwise(pl.col("value").is_not_null()),
        mostly=0.95,
    ),
)  # fmt: skip

TIME_CHECKS = (
    *_IN_ARTICLE,
    _IN_CLAIM,
    in_order(
        "earliest",
        "latest",
        severity="warning",
        name="expect_period_in_order",
        why="A period runs from its first day to its last",
    ),
    nearly_all(
        name="expect_time_within_history",
        columns=("earliest", "latest"),
        why="News tells of days between the year 1000 and 2200: others are misread, of figures or of years of another era",
        mend="look at the expression in its sentence",
        words="it means {earliest} to {latest}",
        holds=rowwise(
            (pl.col("earliest") >= date(1000, 1, 1)).fill_null(value=True)
            & (pl.col("latest") < date(2200, 1, 1)).fill_null(value=True)
        ),
    ),
    nearly_all(
        name="expect_relative_time_near_publication",
        columns=("is_relative", "earliest"),
        why="Who counts from the day of writing stays within a life's time: of 2,060 real ones none is 100 years off",
        mend="look at the expression in its sentence, and at the date of publication that it counts from",
        words="it counts from the day of writing, and means {earliest}",
        holds=beside_document(
            pl.when("is_relative").then(
                (pl.col("earliest") - pl.col("_published_at").dt.date()).abs() <= timedelta(days=36_525)
            )
        ),
    ),
)
