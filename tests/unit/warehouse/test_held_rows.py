from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from expectations.words import row_json
from warehouse.held_rows import frame_of
from warehouse.tables import DOCUMENTS, TABLES, Table

_VALUES: dict[object, st.SearchStrategy[object]] = {
    pl.String: st.text(st.characters(codec="utf-8")),
    pl.Boolean: st.booleans(),
    pl.Int32: st.integers(-(2**31), 2**31 - 1),
    pl.Int64: st.integers(-(2**63), 2**63 - 1),
    pl.UInt32: st.integers(0, 2**32 - 1),
    pl.UInt64: st.integers(0, 2**64 - 1),
    pl.Float32: st.floats(width=32),
    pl.Float64: st.floats(),
    pl.Date: st.dates(date(1, 1, 1), date(9999, 12, 31)),
    pl.Datetime("us"): st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999)),
}


def values(kind: object) -> st.SearchStrategy[object]:
    if isinstance(kind, pl.List):
        return st.none() | st.lists(values(kind.inner), max_size=3)
    return st.none() | next(found for known, found in _VALUES.items() if kind == known)


def rows(table: Table) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({name: values(kind) for name, kind in table.schema.items()})


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_a_row_of_any_table_is_read_back_from_its_json_as_it_was(table, data):
    frame = table.frame(data.draw(st.lists(rows(table), max_size=3)))
    assert_frame_equal(frame_of(table, [row_json(row) for row in frame.iter_rows(named=True)]), frame, check_exact=True)


def test_a_column_that_an_older_row_lacks_is_null_and_one_that_is_gone_is_left_out():
    frame = frame_of(DOCUMENTS, ['{"document_id": "d", "gone": 1}'])
    assert frame.schema == DOCUMENTS.schema
    assert frame.select("document_id", "published_on").rows() == [("d", None)]
