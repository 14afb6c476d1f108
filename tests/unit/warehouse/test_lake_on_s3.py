from contextlib import closing
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from warehouse.carry import carry
from warehouse.database import WarehouseError, building, open_readonly
from warehouse.lake import bytes_of, last_version
from warehouse.load import load_tables, read_table
from warehouse.tables import SOURCES, TABLES
from warehouse.tidy import tidy

NOW = datetime(2026, 1, 31)


def contents(place) -> dict[str, object]:
    with closing(open_readonly(place)) as con:
        return {table.name: read_table(con, table).to_dicts() for table in TABLES}


def add(lake, name: str) -> None:
    row = {"source_id": name, "kind": "file", "location": f"file:///{name}", "title": name, "added_at": NOW}
    with building(lake) as con:
        load_tables(con, {SOURCES.name: SOURCES.frame([row])}, replaced_documents=())


def sources_of(lake) -> list[str]:
    return [row["source_id"] for row in contents(lake)["sources"]]


def test_a_warehouse_that_moves_to_a_bucket_and_back_loses_nothing(small_warehouse_file, new_lake_on_s3, s3, tmp_path):
    lake, back = new_lake_on_s3(), tmp_path / "back.duckdb"
    rows = carry(small_warehouse_file, lake)
    assert carry(lake, back) == rows
    wanted = contents(small_warehouse_file)
    assert contents(lake) == wanted
    assert contents(back) == wanted
    assert any(name.endswith(".parquet") for name in s3.files())
    assert bytes_of(lake) > 0


def test_a_load_that_fails_leaves_a_bucket_as_it_was_and_one_that_is_tidied_keeps_its_rows(new_lake_on_s3, s3):
    lake = new_lake_on_s3()
    for name in ("one", "two", "three"):
        add(lake, name)
    with pytest.raises(RuntimeError), building(lake) as con:
        con.execute("DELETE FROM sources")
        raise RuntimeError
    assert sources_of(lake) == ["one", "three", "two"]

    first, before = last_version(lake) - 2, s3.files()
    tomorrow = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1)
    done = tidy(lake, timedelta(0), tomorrow, grace=timedelta(0))
    assert done.files < done.files_before
    assert len(set(before) - set(s3.files())) >= done.removed > 0
    assert sources_of(lake) == ["one", "three", "two"]
    with pytest.raises(WarehouseError, match="no longer kept"):
        open_readonly(lake.at(first))


def test_who_reads_a_bucket_reaches_no_other_folder_of_it(new_lake_on_s3):
    lake, other = new_lake_on_s3(), new_lake_on_s3()
    for each in (lake, other):
        add(each, "one")
    with closing(open_readonly(other)) as con:
        [(path,)] = con.execute("SELECT DISTINCT data_file FROM ducklake_list_files('warehouse', 'sources')").fetchall()
    with closing(open_readonly(lake)) as con, pytest.raises(duckdb.Error, match=r"disabled by configuration|Permission"):
        con.execute("SELECT * FROM read_parquet($path)", {"path": path})


@pytest.mark.parametrize(("name", "value"), [
    ("AWS_SECRET_ACCESS_KEY", "another"), ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
])  # fmt: skip
def test_a_bucket_that_can_not_be_reached_is_told_with_the_mend(new_lake_on_s3, monkeypatch, name, value):
    lake = new_lake_on_s3()
    add(lake, "one")
    monkeypatch.setenv(name, value)
    with pytest.raises(WarehouseError, match="See whether bucket, keys"):
        add(lake, "two")
