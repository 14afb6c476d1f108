"""Which document is which revision of its page, and which of them is current."""

from datetime import datetime

import polars as pl

from transforms.ids import content_id
from warehouse.tables import DOCUMENTS, TIMESTAMP

UNREAD = ("unreadable", "gone")
"""Outcomes that say nothing about the page's text: such a revision takes no other's place.

A page that is `gone` keeps what it said as its current revision: what was claimed stays claimed. That it is no longer there
is a revision beside it, with the reason in `outcome_reason`; of a page that was never read it is the only one, and so current.
"""
_COLUMNS = (
    "document_id", "page_id", "url", "outcome", "published_at", "modified_at", "fetched_at", "first_seen_at", "revision",
)  # fmt: skip


def join_pages(new: pl.DataFrame, pages: pl.DataFrame) -> pl.DataFrame:
    """The new documents, those that could not be read as revisions of the page that was read from the same place before.

    They don't tell which address is their canonical one. `pages` has source_id, page_key and page_id, one row a place.
    """
    unread = new.filter(pl.col("outcome").is_in(UNREAD)).drop("page_id").join(pages, on=["source_id", "page_key"])
    if unread.is_empty():
        return new
    ids = [content_id("document", *row) for row in unread.select("page_id", "content_hash").iter_rows()]
    moved = unread.select(new.columns).with_columns(before="document_id", document_id=pl.Series(ids, dtype=pl.String))
    rest = new.join(moved, left_on="document_id", right_on="before", how="anti")
    return pl.concat([rest, moved.drop("before")]).unique("document_id", keep="first", maintain_order=True)


def met_before(known: pl.DataFrame, new: pl.DataFrame, *, started_at: datetime) -> pl.DataFrame:
    """The known documents; those that a clock which was ahead has dated later than this run count as met just before it.

    Else what the page says now would be taken for older than what it said then, until that date has come. Theirs are the times
    that make an order of revisions, `fetched_at` and `first_seen_at`; among themselves they keep it.
    """
    start, instant = pl.lit(started_at, TIMESTAMP), pl.duration(microseconds=1)
    is_ahead = pl.max_horizontal("fetched_at", "first_seen_at") > start
    if known.filter(is_ahead).is_empty():
        return known
    first_new = new.group_by("page_id").agg(first_new=pl.min_horizontal(pl.col("fetched_at").min(), start))
    limits = {"fetched_at": pl.coalesce("first_new", start), "first_seen_at": start}
    shifted = {
        name: pl.col(name) - pl.when(is_ahead).then(name).max().over("page_id") + limit - instant
        for name, limit in limits.items()
    }
    return (
        known.join(first_new, on="page_id", how="left", maintain_order="left")
        .with_columns(
            pl.when(is_ahead & (pl.col(name) > limits[name])).then(earlier).otherwise(name).alias(name)
            for name, earlier in shifted.items()
        )
        .select(known.columns)
    )


def settle_revisions(new: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The new documents with `revision`, `is_current` and `first_seen_at` settled: rows of `documents`, sorted by document_id.

    `known` has the columns of `warehouse.known.documents_beside`. A document met again, with the same id, keeps its revision
    and the time it was first seen. The revisions of a page on the web follow each other by when they were fetched, which is
    what tells what it says now; those of files, and fetched at one time, by date of change, else of publication; where one of
    them has no date, by the run that met them; ties by address. Known revisions keep their numbers, new ones count on.
    """
    first_met = known.select("document_id", known_first_seen_at="first_seen_at")
    return (
        new.drop("revision", "is_current")
        .join(_ranked(new, known), on="document_id")
        .join(first_met, on="document_id", how="left")
        .with_columns(first_seen_at=pl.min_horizontal("first_seen_at", "known_first_seen_at"))
        .select(DOCUMENTS.schema.names())
        .cast(DOCUMENTS.schema)
        .sort("document_id")
    )


def superseded(new: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Known documents that were current and no longer are: `document_id` and `is_current`, false; sorted."""
    passed = _ranked(new, known).filter(~pl.col("is_current"))
    were_current = known.filter("is_current").join(passed, on="document_id", how="semi")
    return were_current.select("document_id", is_current=pl.lit(value=False)).sort("document_id")


def _ranked(new: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """`document_id`, `revision` and `is_current` of every document of the pages that the new ones belong to."""
    ordered = _in_order(new, known)
    place, is_new = pl.int_range(pl.len()).over("page_id"), ~pl.col("is_known")
    is_read = ~pl.col("outcome").is_in(UNREAD)
    # An unread revision is current only where its page was never read.
    latest = pl.when(is_read | ~is_read.any().over("page_id")).then(place).max().over("page_id")
    known_so_far = pl.when("is_known").then("revision").max().over("page_id").fill_null(0)  # 0: no revision is known yet
    counted_on = known_so_far + is_new.cum_sum().over("page_id")
    return ordered.select(
        "document_id",
        revision=pl.when("is_known").then("revision").otherwise(counted_on).cast(pl.Int32),
        is_current=place == latest,
    )


def _in_order(new: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    earlier = known.join(new, on="page_id", how="semi").select(_COLUMNS, is_known=pl.lit(value=True))
    later = new.join(known, on="document_id", how="anti").select(_COLUMNS, is_known=pl.lit(value=False))
    documents = pl.concat([earlier, later])
    changed_at = pl.coalesce("modified_at", "published_at")
    are_dated = changed_at.is_not_null().all().over("page_id")
    # A file was read when a run came to it, which says nothing of when it was written.
    are_fetched = pl.col("url").str.contains("^https?://").all().over("page_id")
    return documents.with_columns(
        captured_at=pl.when(are_fetched).then("fetched_at"), changed_at=pl.when(are_dated).then(changed_at)
    ).sort("page_id", "captured_at", "changed_at", "first_seen_at", "url", "document_id")
