"""Checks of the tables that tell of runs, beyond their columns' declarations. The audit makes them: a row of these is written
after the gate has closed. Nothing is held back for them, since what a run tells of itself must not be lost."""

import json

import polars as pl

from expectations.marks import all_or_none, rowwise
from expectations.model import BY_NAME, Check, Holds, in_order, info
from warehouse.tables import QUALITY_RESULTS, QUARANTINE, Table


def _is_json(column: str) -> Holds:
    """Whether the text is an object in JSON (RFC 8259); null where there is none."""

    def judged(text: str) -> bool:
        try:
            return isinstance(json.loads(text), dict)
        except ValueError:
            return False

    return lambda frame, _: frame.get_column(column).map_elements(judged, return_dtype=pl.Boolean)


def _names_a_table(table: Table) -> Check:
    return info(
        name="expect_table_to_be_one_of_the_warehouse",
        columns=("table_name",),
        why=f"Pages and queries join {table.name} with the tables by their names",
        mend="look at whether the table was renamed, and rename it here in a migration",
        words="there is no table {table_name}",
        rule="ExpectColumnValuesToBeInSet",
        arguments={"value_set": list(BY_NAME)},
    )


RUN_CHECKS = (
    in_order(
        "started_at",
        "finished_at",
        severity="info",
        name="expect_run_to_end_after_it_began",
        why="A run that ends before it began tells of a clock that was set back, and the order of runs is wrong since",
    ),
    info(
        name="expect_no_more_documents_than_pages",
        columns=("pages", "documents"),
        why="Each page that is found ends in one document at most",
        mend="look at how the two are counted",
        words="{documents} documents from {pages} pages",
        holds=rowwise(pl.col("documents") <= pl.col("pages")),
    ),
    info(
        name="expect_nothing_loaded_by_a_run_that_loaded_nothing",
        columns=("status", "documents", "claims"),
        why="A run that was stopped, changed nothing or only audited has loaded neither documents nor claims",
        mend="look at how the status of the run is set",
        words="it was {status}, and loaded {documents} documents and {claims} claims",
        holds=rowwise((pl.col("status") == "loaded") | ((pl.col("documents") == 0) & (pl.col("claims") == 0))),
    ),
    info(
        name="expect_claims_to_come_with_documents",
        columns=("documents", "claims"),
        why="Claims are loaded with the documents that make them",
        mend="look at how the two are counted",
        words="{claims} claims without a document",
        holds=rowwise((pl.col("documents") > 0) | (pl.col("claims") == 0)),
    ),
)

QUALITY_RESULT_CHECKS = (
    _names_a_table(QUALITY_RESULTS),
    info(
        name="expect_observation_in_json",
        columns=("observed_value",),
        why="The pages read from it which rows failed",
        mend="look at what the check put down as observed",
        words="observed_value is {observed_value}",
        holds=_is_json("observed_value"),
    ),
    info(
        name="expect_count_and_share_together",
        columns=("unexpected_count", "unexpected_percent"),
        why="How many rows failed and which share they are say the same of them",
        mend="look at how the result is put down",
        words="{unexpected_count} rows are {unexpected_percent} percent",
        holds=rowwise(all_or_none(("unexpected_count", "unexpected_percent"))),
    ),
)

QUARANTINE_CHECKS = (
    _names_a_table(QUARANTINE),
    info(
        name="expect_row_in_json",
        columns=("row",),
        why="A row that is held back is kept whole, so that it can be released",
        mend="look at how rows are put into words",
        words="the row is {row}",
        holds=_is_json("row"),
    ),
    info(
        name="expect_reason_in_words",
        columns=("reason",),
        why="Whoever works off the quarantine must see what is wrong with a row",
        mend="give the check words that say what was wrong",
        words="there is no reason",
        holds=rowwise(pl.col("reason").str.strip_chars() != ""),
    ),
    info(
        name="expect_resolution_to_have_a_time",
        columns=("resolution", "resolved_at"),
        why="What became of a row and when is told together",
        mend="work rows off with `claimhouse quarantine`, which sets both",
        words="resolution is {resolution}, at {resolved_at}",
        holds=rowwise(all_or_none(("resolution", "resolved_at"))),
    ),
    in_order(
        "quarantined_at",
        "resolved_at",
        severity="info",
        name="expect_row_to_be_held_back_before_it_is_resolved",
        why="A row that is worked off before it was held back tells of a clock that was set back",
    ),
)
