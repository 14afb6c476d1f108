"""How a run asks the warehouse."""

import duckdb
import pytest

from flows.knowledge import MOST_MB, reading
from warehouse.database import building

_SET = "SELECT current_setting('temp_directory'), current_setting('memory_limit')"


@pytest.fixture
def place(tmp_path):
    with building(tmp_path / "warehouse.duckdb"):
        pass
    return tmp_path / "warehouse.duckdb"


def test_conditions_of_others_may_be_asked_as_they_reach_no_file(place):
    with reading(place) as con:
        assert con.execute(_SET).fetchone()[0] == ""
        with pytest.raises(duckdb.Error, match="disabled by configuration"):
            con.execute(f"FROM read_blob('{place}')")


def test_settling_takes_a_bounded_part_of_the_memory_and_goes_on_on_the_disk(place):
    with reading(place, is_bounded=True) as con:
        spilled_to, limit = con.execute(_SET).fetchone()
    assert spilled_to == f"{place}.tmp"
    assert float(limit.removesuffix(" MiB")) == pytest.approx(MOST_MB * 1e6 / 2**20, abs=0.1)


def test_where_there_is_no_warehouse_yet_nothing_is_known(tmp_path):
    with reading(tmp_path / "none.duckdb", is_bounded=True) as con:
        assert con.execute("SELECT count(*) FROM claims").fetchone() == (0,)
