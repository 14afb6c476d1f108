"""Rules that need more than one column or one table: computed for all rows at once with Polars, one boolean a row.

A rule is a Polars expression over the row's own columns and, with `_` before their names, those of what stands beside it. It
gives null where it says nothing about a row.
"""

from datetime import timedelta

import polars as pl

from expectations.model import Holds, World
from warehouse.tables import Span


def rowwise(rule: pl.Expr) -> Holds:
    """A rule on the row's own columns or, by window functions, on the rows of its table."""
    return lambda frame, _: _judged(frame, rule)


def beside_document(rule: pl.Expr) -> Holds:
    """A rule on the row and its document's `_text`, `_outcome`, `_page_id` and `_published_at`."""
    return lambda frame, world: _judged(_beside(frame, world.documents, "document_id"), rule)


def beside_sentence(rule: pl.Expr) -> Holds:
    """A rule on the row and its sentence's `_document_id`, `_start_char`, `_end_char` and `_zone`."""
    return lambda frame, world: _judged(_beside(frame, world.sentences, "sentence_id"), rule)


def beside_claim(rule: pl.Expr) -> Holds:
    """A rule on the row and its claim's `_document_id`, `_start_char`, `_end_char` `_speaker_id`, `_subject_id` …."""
    return lambda frame, world: _judged(_beside(frame, world.claims, "claim_id"), rule)


def beside_number_of(table: str, key: str, rule: pl.Expr) -> Holds:
    """A rule on the row and `_number`: how many rows of the other table bear its key. Null where that table is not at hand."""

    def holds(frame: pl.DataFrame, world: World) -> pl.Series:
        if not world.has(table):
            return _unjudged(frame)
        counted = world.frames[table].group_by(key).agg(_number=pl.len())
        return _judged(_beside(frame, counted, key).with_columns(pl.col("_number").fill_null(0)), rule)

    return holds


def refers_to_a_known_row(column: str, reference: str) -> Holds:
    """Whether the value is a key that this run makes or that the warehouse holds; null where there is no value."""
    return lambda frame, world: _judged(frame, pl.col(column).is_in(world.keys(reference).implode()))


def not_after_the_run(column: str, *, grace: timedelta) -> Holds:
    """Whether a moment lies at most `grace` after the time of the check."""
    return lambda frame, world: _judged(frame, pl.col(column) <= pl.lit(world.checked_at + grace, dtype=pl.Datetime("us")))


def all_or_none(columns: tuple[str, ...]) -> pl.Expr:
    """Whether the columns are known together or missing together."""
    missing = pl.sum_horizontal(pl.col(column).is_null() for column in columns)
    return (missing == 0) | (missing == len(columns))


def reproduces_text(span: Span, text: str) -> pl.Expr:
    """Whether the span, in code points, cuts the column's very text out of the document's."""
    start, length = pl.col(span.start), pl.col(span.end) - pl.col(span.start)
    cut = pl.col("_text").str.slice(start.clip(0), length.clip(0))
    # A slice that runs over the end of a text is cut short without a word: hence the length beside the words.
    return _where_present(span, (start >= 0) & (cut == pl.col(text)) & (pl.col(text).str.len_chars() == length))


def lies_in_text(span: Span) -> pl.Expr:
    """Whether the span ends within the document's text."""
    return _where_present(span, pl.col(span.end) <= pl.col("_text").str.len_chars())


def lies_within(start: str, end: str) -> pl.Expr:
    """Whether the row's span lies within what stands beside it, in the same document."""
    inside = (pl.col(start) >= pl.col("_start_char")) & (pl.col(end) <= pl.col("_end_char"))
    return inside & (pl.col("document_id") == pl.col("_document_id"))


def _where_present(span: Span, rule: pl.Expr) -> pl.Expr:
    """Null where the row has no span; False where the text is not at hand, since what was not checked has not passed."""
    present = pl.col(span.start).is_not_null() & pl.col(span.end).is_not_null()
    return pl.when(present).then(rule.fill_null(value=False))


def _beside(frame: pl.DataFrame, other: pl.DataFrame, key: str) -> pl.DataFrame:
    """Each row beside what it refers to, nulls where this run has no such row: that is a matter for the reference's check."""
    return frame.join(other, on=key, how="left", maintain_order="left")


def _unjudged(frame: pl.DataFrame) -> pl.Series:
    return pl.repeat(None, frame.height, dtype=pl.Boolean, eager=True)


def _judged(frame: pl.DataFrame, rule: pl.Expr) -> pl.Series:
    return frame.select(rule.alias("holds")).get_column("holds")
