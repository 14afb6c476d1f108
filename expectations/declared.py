"""Checks that follow from a table's declaration: key, nulls, allowed values, bounds, references, spans."""

from collections.abc import Iterator
from functools import partial

import polars as pl

from expectations.marks import all_or_none, beside_document, lies_in_text, refers_to_a_known_row, reproduces_text, rowwise
from expectations.model import Check
from warehouse.tables import Column, Span, Table

SHAPE_CHECKS = (
    Check(
        name="expect_table_columns_to_match_ordered_list",
        columns=(),
        severity="critical",
        why="People's SQL and the load rely on the declared columns in the declared order",
        mend="have the step that makes the table end with `.select(TABLE.schema.names())`",
        rule="ExpectColumnPairValuesToBeEqual",
        arguments={"column_A": "found_name", "column_B": "declared_name"},
    ),
    Check(
        name="expect_column_types_to_match_declaration",
        columns=(),
        severity="critical",
        why="A column of another type would be cast silently on its way into the warehouse",
        mend="have the step that makes the table end with `.cast(TABLE.schema)`",
        rule="ExpectColumnPairValuesToBeEqual",
        arguments={"column_A": "found_type", "column_B": "declared_type", "ignore_row_if": "either_value_is_missing"},
    ),
)
"""Checks of a frame that has a row for each column found or declared."""


def declared_checks(table: Table) -> list[Check]:
    """Every row-level check that the declaration itself implies, in the order of its columns."""
    checks = [_unique_key(table)]
    for column in table.columns:
        checks.extend(_column_checks(table, column))
    for span in table.spans:
        checks.extend(_span_checks(table, span))
    return checks


def _unique_key(table: Table) -> Check:
    return Check(
        name="expect_key_to_be_unique",
        columns=table.key,
        severity="critical",
        why=f"One row of {table.name} is {table.grain}, and every count and join relies on that",
        mend="look for rows that were made twice, or for parts that are missing from what the key is a hash of",
        words="another row has the same key",
        holds=rowwise(pl.struct(table.key).is_unique()),
    )


def _column_checks(table: Table, column: Column) -> Iterator[Check]:
    mend = f"mend the step that makes {table.name}, or the declaration in warehouse/tables"
    row_level = partial(Check, columns=(column.name,), severity="warning")
    if not column.nullable:
        is_key = column.name in table.key
        yield Check(
            name="expect_column_values_to_not_be_null",
            columns=(column.name,),
            severity="critical" if is_key else "warning",
            why=f"{table.name}.{column.name} is declared to be known in every row",
            mend=mend,
            words=f"{column.name} is missing",
            rule="ExpectColumnValuesToNotBeNull",
        )
    if column.values:
        yield row_level(
            name="expect_column_values_to_be_in_set",
            why=f"Queries on {table.name}.{column.name} name its values, and would silently miss any other",
            mend=mend,
            words=f"{column.name} is {{{column.name}}}, none of {', '.join(column.values)}",
            arguments={"value_set": list(column.values)},
        )
    if column.between:
        low, high = column.between
        yield row_level(
            name="expect_column_values_to_be_between",
            why=f"{table.name}.{column.name} means nothing beyond its bounds",
            mend=mend,
            words=f"{column.name} is {{{column.name}}}, not {_bounds(low, high)}",
            rule="ExpectColumnValuesToBeBetween",
            arguments={"min_value": low, "max_value": high},
        )
    if column.type in (pl.Float32, pl.Float64):
        yield row_level(
            name="expect_column_values_to_be_finite",
            why=f"One NaN or infinity in {table.name}.{column.name} spoils every sum and mean over it",
            mend="write NULL where the number is unknown",
            words=f"{column.name} is {{{column.name}}}, which is no number",
            holds=rowwise(pl.col(column.name).is_finite()),
        )
    if column.references:
        yield row_level(
            name="expect_column_values_to_refer_to_a_known_row",
            why=f"A join from {table.name} to {column.references} would silently lose the row",
            mend=f"look for what became of the row that {column.name} names, or write NULL where it is open and may be",
            words=f"{column.name} is {{{column.name}}}, which {column.references} does not hold",
            holds=refers_to_a_known_row(column.name, column.references),
        )


def _bounds(low: float | None, high: float | None) -> str:
    if high is None:
        return f"at least {low:g}"
    return f"at most {high:g}" if low is None else f"between {low:g} and {high:g}"


def _span_checks(table: Table, span: Span) -> Iterator[Check]:
    bounds = (span.start, span.end)
    row_level = partial(Check, severity="warning", mend="look for offsets that were counted in another text, or in bytes")
    yield row_level(
        name="expect_span_to_start_before_it_ends",
        columns=bounds,
        why="A span is start inclusive and end exclusive, so an empty or reversed one marks nothing",
        words=f"the span runs from {{{span.start}}} to {{{span.end}}}",
        rule="ExpectColumnPairValuesAToBeGreaterThanB",
        arguments={"column_A": span.end, "column_B": span.start, "ignore_row_if": "either_value_is_missing"},
    )
    if table.column(span.start).nullable:
        parts = bounds if span.text is None else (*bounds, span.text)
        yield row_level(
            name="expect_span_to_be_whole_or_absent",
            columns=parts,
            why="Half a span can be neither shown nor checked",
            words=", ".join(f"{part} is {{{part}}}" for part in parts),
            holds=rowwise(all_or_none(parts)),
        )
    if span.text is None:
        yield row_level(
            name="expect_span_to_lie_in_the_text",
            columns=bounds,
            why="A span points into documents.text, and beyond its end there is nothing to show",
            words=f"the span ends at {{{span.end}}}, beyond the document's text",
            holds=beside_document(lies_in_text(span)),
        )
    else:
        yield row_level(
            name="expect_span_to_reproduce_text",
            columns=(*bounds, span.text),
            why="A reader who follows a span back to the article must find the very words that the row holds",
            words=f"the document's text from {{{span.start}}} to {{{span.end}}} is not {{{span.text}}}",
            holds=beside_document(reproduces_text(span, span.text)),
        )
