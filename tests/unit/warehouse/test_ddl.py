import polars as pl
import pytest

from warehouse.ddl import column_comment, comments, create_table, sql_type
from warehouse.tables import Column, Table

THINGS = Table(
    name="things",
    grain="one thing",
    key=("thing_id",),
    doc="What there is.",
    columns=(Column("thing_id", pl.String, "Id."), Column("weight", pl.Float64, "It's heavy.", unit="kg", nullable=True)),
)


def test_a_column_that_may_not_be_null_says_so() -> None:
    assert create_table(THINGS) == "CREATE TABLE things (\n    thing_id VARCHAR NOT NULL,\n    weight   DOUBLE\n);"


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (pl.String, "VARCHAR"),
        (pl.Boolean(), "BOOLEAN"),
        (pl.Int32, "INTEGER"),
        (pl.Int64, "BIGINT"),
        (pl.Float32, "FLOAT"),
        (pl.Float64, "DOUBLE"),
        (pl.Date, "DATE"),
        (pl.Datetime("us"), "TIMESTAMP"),
        (pl.List(pl.String), "VARCHAR[]"),
    ],
)
def test_every_declared_type_has_an_sql_type(declared: pl.DataType, expected: str) -> None:
    assert sql_type(Column("a", declared, "A.")) == expected


def test_a_moment_with_a_zone_is_refused() -> None:
    with pytest.raises(TypeError, match=r"read_at is declared as Datetime.*UTC.* without an SQL type"):
        sql_type(Column("read_at", pl.Datetime("us", "UTC"), "When."))


def test_a_comment_gives_unit_values_bounds_and_reference() -> None:
    column = Column("a", pl.Int32, "A.", unit="words", values=("x", "y"), between=(0, 1), references="claims.claim_id")
    assert column_comment(column) == "A. Unit: words. One of: x, y. From 0 to 1. Refers to claims.claim_id."


@pytest.mark.parametrize(("between", "expected"), [((0, None), "A. At least 0."), ((None, 9.5), "A. At most 9.5.")])
def test_an_open_bound_is_told_from_one_side(between: tuple[float | None, float | None], expected: str) -> None:
    assert column_comment(Column("a", pl.Int32, "A.", between=between)) == expected


def test_comments_tell_grain_and_key_and_double_their_quotation_marks() -> None:
    assert comments(THINGS) == [
        "COMMENT ON TABLE things IS 'What there is. One row: one thing. Key: thing_id.';",
        "COMMENT ON COLUMN things.thing_id IS 'Id.';",
        "COMMENT ON COLUMN things.weight IS 'It''s heavy. Unit: kg.';",
    ]
