"""How a run asks the warehouse."""

import duckdb
import pytest

from flows.knowledge import MOST_MB, in_bounded_memory, reading
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


def test_a_bounded_connection_takes_no_more_and_goes_on_on_the_disk(place):
    spilled_to, limit = in_bounded_memory(place, lambda con: con.execute(_SET).fetchone())
    assert spilled_to == f"{place}.tmp"
    assert _megabytes(limit) == pytest.approx(MOST_MB, abs=0.1)


def test_work_that_needs_more_than_the_bound_is_done_again_with_more(place):
    limits = []

    def work(con) -> int:
        limits.append(_megabytes(con.execute(_SET).fetchone()[1]))
        # A list can't go on on the disk.
        [[length]] = con.execute("SELECT len(list(range)) FROM range(5_000_000)").fetchall()
        return length

    assert in_bounded_memory(place, work, most_mb=10) == 5_000_000
    assert limits[:2] == pytest.approx([10, 20], abs=0.1)
    assert limits[2] > 400


def test_where_there_is_no_warehouse_yet_nothing_is_known(tmp_path):
    place = tmp_path / "none.duckdb"
    with reading(place) as con:
        assert con.execute("SELECT count(*) FROM claims").fetchone() == (0,)
    assert in_bounded_memory(place, lambda con: con.execute("SELECT count(*) FROM claims").fetchone()) == (0,)


def _megabytes(limit: str) -> float:
    number, unit = limit.split()
    return float(number) * {"MiB": 2**20, "GiB": 2**30}[unit] / 1e6
