"""Checks of documents and sentences beyond their columns' declarations."""

from datetime import timedelta

import polars as pl

from expectations.marks import beside_number_of, not_after_the_run, rowwise
from expectations.model import Check, in_order, info, mostly_known, warning

_A_DAY = timedelta(days=1)
"""Pages that give a local date without a zone are up to 14 hours ahead of UTC."""

_KEPT = pl.col("outcome") == "kept"

DOCUMENT_CHECKS = (
    warning(
        name="expect_text_chars_to_count_text",
        columns=("text_chars", "text"),
        why="Shares and lengths are reckoned from the count, without reading the text",
        mend="count code points, not bytes, of the text that is stored, and 0 where there is none",
        words="text_chars is {text_chars}, which is not the length of the text",
        holds=rowwise(pl.col("text_chars") == pl.col("text").fill_null("").str.len_chars()),
    ),
    warning(
        name="expect_kept_document_to_have_words",
        columns=("outcome", "text", "word_count"),
        why="A kept page without words is a page that was read wrongly",
        mend="look at its raw page, and at the outcome that too little text should have led to",
        words="it is kept, and has {word_count} words",
        holds=rowwise(pl.when(_KEPT).then(pl.col("text").is_not_null() & (pl.col("word_count") > 0))),
    ),
    warning(
        name="expect_kept_document_to_have_sentences",
        columns=("document_id", "outcome"),
        why="What a kept page says is found in its sentences: one without any was cut into pieces wrongly",
        mend="look for what became of the blocks of its text",
        words="it is kept, and has no sentence",
        holds=beside_number_of("sentences", "document_id", pl.when(_KEPT).then(pl.col("_number") > 0)),
    ),
    info(
        name="expect_outcome_to_have_a_reason",
        columns=("outcome", "outcome_reason"),
        why="Whoever misses a page wants to know why it was left out",
        mend="give the reason in words where the outcome is set, and none for a kept page",
        words="outcome is {outcome}, and its reason {outcome_reason}",
        holds=rowwise(pl.col("outcome_reason").is_null() == _KEPT),
    ),
    warning(
        name="expect_duplicate_to_name_its_original",
        columns=("outcome", "duplicate_of"),
        why="The claims of a duplicate are found only through the document that it repeats",
        mend="set outcome and duplicate_of together",
        words="outcome is {outcome}, and duplicate_of {duplicate_of}",
        holds=rowwise((pl.col("outcome") == "duplicate") == pl.col("duplicate_of").is_not_null()),
    ),
    Check(
        name="expect_page_to_have_one_current_revision",
        columns=("page_id", "is_current"),
        severity="critical",
        why="The views show current revisions, and two of one page would count all its claims twice",
        mend="look at the order of the revisions of the page",
        words="page {page_id} has another current revision",
        holds=rowwise(pl.when("is_current").then(pl.col("is_current").sum().over("page_id") == 1)),
    ),
    in_order(
        "first_seen_at",
        "last_seen_at",
        severity="warning",
        name="expect_seen_times_in_order",
        why="What is new and what is gone is told by when a page was first and last seen",
    ),
    info(
        name="expect_publication_not_to_lie_ahead",
        columns=("published_at",),
        why="A date beyond the day of the run is a slip of the page or of the reading, and upsets every timeline",
        mend="compare the page's own date with what was read from it",
        words="published_at is {published_at}, after the run",
        holds=not_after_the_run("published_at", grace=_A_DAY),
    ),
    mostly_known(
        columns=("published_at",),
        why="Where fewer than half of the kept pages are dated, first and last publication of a claim say little",
        words="no date of publication",
        holds=rowwise(pl.when(_KEPT).then(pl.col("published_at").is_not_null())),
        mostly=0.5,
    ),
    mostly_known(
        columns=("title",),
        why="Nearly every article has a headline, so a gap above a tenth means that it is not found",
        words="no headline",
        holds=rowwise(pl.when(_KEPT).then(pl.col("title").is_not_null())),
        mostly=0.9,
    ),
)

SENTENCE_CHECKS = (
    warning(
        name="expect_position_to_be_single_in_document",
        columns=("document_id", "position"),
        why="The position puts a document's sentences in reading order",
        mend="number the sentences once all zones of a document are together",
        words="another sentence of the document has position {position}",
        holds=rowwise(pl.struct("document_id", "position").is_unique()),
    ),
    warning(
        name="expect_sentences_not_to_overlap",
        columns=("document_id", "start_char", "end_char"),
        why="Words that stand in two sentences would be counted, and claimed, twice",
        mend="look at how the sentence before it in reading order was cut",
        words="it starts at {start_char}, before the sentence above it has ended",
        holds=rowwise(pl.col("start_char") >= pl.col("end_char").shift(1).over("document_id", order_by="position")),
    ),
)
