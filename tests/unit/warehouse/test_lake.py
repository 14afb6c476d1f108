import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.postgres import Postgres
from warehouse import lake as lakes
from warehouse import migrate
from warehouse.database import (
    WarehouseChanged,
    WarehouseError,
    WarehouseHeld,
    WarehouseMissing,
    building,
    is_there,
    open_readonly,
    trial,
)
from warehouse.export import columns_of
from warehouse.lake import exclusive, last_version
from warehouse.load import load_tables, read_table
from warehouse.migrate import is_current, views
from warehouse.place import Lake
from warehouse.tables import RUNS, SOURCES, TABLES
from warehouse.tidy import tidy
from warehouse.upgrade import bring_up_to_date

Frames = dict[str, pl.DataFrame]
NOW = datetime(2026, 1, 31)


@pytest.fixture(scope="module")
def small(ready_lake: Callable[[], Lake], small_warehouse_file: Path) -> Lake:
    """The small warehouse as a lake; no test writes to it."""
    lake = ready_lake()
    with closing(open_readonly(small_warehouse_file)) as con:
        frames = {table.name: read_table(con, table) for table in TABLES}
    with building(lake) as con:
        load_tables(con, frames, replaced_documents=[])
    return lake


@pytest.fixture(scope="module")
def written(ready_lake: Callable[[], Lake]) -> Lake:
    """An empty lake that tests write to, each one source of its own."""
    return ready_lake()


def source(name: str) -> Frames:
    row = {"source_id": name, "kind": "file", "location": f"file:///{name}", "title": name, "added_at": NOW}
    return {SOURCES.name: SOURCES.frame([row])}


def sources_of(lake: Lake) -> set[str]:
    with closing(open_readonly(lake)) as con:
        return {name for (name,) in con.execute("SELECT source_id FROM sources").fetchall()}


def add(lake: Lake, name: str) -> None:
    with building(lake) as con:
        load_tables(con, source(name), replaced_documents=[])


def test_every_table_comes_out_of_a_lake_as_it_went_in(small, small_warehouse_file):
    with closing(open_readonly(small)) as of_lake, closing(open_readonly(small_warehouse_file)) as of_file:
        for table in TABLES:
            assert read_table(of_lake, table).equals(read_table(of_file, table)), table.name


def test_every_view_answers_on_a_lake_as_it_does_on_a_file(small, small_warehouse_file):
    with closing(open_readonly(small)) as of_lake, closing(open_readonly(small_warehouse_file)) as of_file:
        for view in views():
            sql = f"SELECT * FROM {view.name} ORDER BY ALL"
            assert of_lake.execute(sql).pl().equals(of_file.execute(sql).pl()), view.name


def test_tables_their_columns_and_views_are_commented_in_a_lake(small):
    with closing(open_readonly(small)) as con:
        assert is_current(con)
        sql = "SELECT comment FROM {} WHERE database_name = 'warehouse'"
        for of_what in ("duckdb_tables()", "duckdb_views()"):
            assert all(comment for (comment,) in con.execute(sql.format(of_what)).fetchall())
        told = con.execute(sql.format("duckdb_columns()") + " AND table_name = 'claims'").fetchall()
        assert all(comment for (comment,) in told)


def test_a_reader_shows_the_lake_as_it_was_when_it_was_opened(written):
    with closing(open_readonly(written)) as con:
        add(written, "came later")
        assert ("came later",) not in con.execute("SELECT source_id FROM sources").fetchall()
    assert "came later" in sources_of(written)


def test_what_a_block_writes_is_undone_as_a_whole_when_it_fails(written):
    before = last_version(written)
    with pytest.raises(ZeroDivisionError), building(written) as con:
        load_tables(con, source("half"), replaced_documents=[])
        load_tables(con, source("other half"), replaced_documents=[])
        raise ZeroDivisionError
    assert last_version(written) == before


def test_two_loads_of_a_block_are_one_snapshot(written):
    before = last_version(written)
    with building(written) as con:
        load_tables(con, source("first of two"), replaced_documents=[])
        load_tables(con, source("second of two"), replaced_documents=[])
    assert last_version(written) == before + 1


def test_who_settled_against_a_snapshot_learns_that_another_was_published(written):
    settled = written.at(last_version(written))
    add(written, "won")
    with pytest.raises(WarehouseChanged), building(settled):
        pytest.fail("it was let in")
    with building(written.at(last_version(written))) as con:
        load_tables(con, source("settled anew"), replaced_documents=[])
    assert {"won", "settled anew"} <= sources_of(written)


def test_a_program_that_knows_no_lock_makes_a_load_fail_and_nothing_is_lost(written):
    with pytest.raises(WarehouseChanged, match="another program"), building(written) as con:
        load_tables(con, source("ours"), replaced_documents=[])
        with lakes.maintaining(written) as other:
            other.execute("INSERT INTO entity_aliases VALUES ('e', 'theirs')")
    assert "ours" not in sources_of(written)


def test_a_writer_waits_for_another_and_tells_when_that_takes_too_long(written, monkeypatch):
    script = "import sys; from warehouse.lake import *; from warehouse.place import Lake\n"
    script += "with exclusive(Lake.of(sys.argv[1])):\n    print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", script, str(written)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout and other.stdout.readline() == "held\n"
        monkeypatch.setattr(lakes, "WAIT_SECONDS", 0.3)
        with pytest.raises(WarehouseHeld, match="by another run"), building(written):
            pytest.fail("it was let in")
        monkeypatch.setattr(lakes, "WAIT_SECONDS", 30)
        other.kill()
    add(written, "after the other was killed")


def test_who_holds_the_lock_may_publish(written):
    with exclusive(written):
        add(written, "under the lock")
    assert "under the lock" in sources_of(written)


def test_a_trial_shows_the_lake_and_leaves_nothing(written):
    with building(written) as con, trial(con, written) as tried:
        load_tables(tried, source("tried"), replaced_documents=[])
        assert ("tried",) in tried.execute("SELECT source_id FROM sources").fetchall()
    assert "tried" not in sources_of(written)


def test_a_lake_is_asked_as_it_was_at_a_time(written):
    add(written, "earlier")
    between = datetime.now(UTC).replace(tzinfo=None)
    add(written, "later")
    then = sources_of(written.as_of(between))
    assert "earlier" in then
    assert "later" not in then


def test_a_time_before_the_lake_is_told_with_its_first(written):
    with pytest.raises(WarehouseMissing, match="its history begins at 20"):
        open_readonly(written.as_of(datetime(2001, 1, 1)))


def test_tidying_up_merges_files_and_forgets_the_past_and_no_row(ready_lake):
    lake = ready_lake()
    for number in range(3):
        add(lake, f"source {number}")
    first, rows = last_version(lake) - 2, sources_of(lake)
    now = datetime.now(UTC).replace(tzinfo=None)
    done = tidy(lake, timedelta(0), now + timedelta(days=1), grace=timedelta(0))
    assert done.files < done.files_before
    assert done.removed > 0
    assert sources_of(lake) == rows
    with pytest.raises(WarehouseMissing, match="no longer kept"):
        open_readonly(lake.at(first))


@pytest.fixture
def reader(small: Lake) -> Iterator[duckdb.DuckDBPyConnection]:
    con = open_readonly(small)
    yield con
    con.close()


@pytest.mark.parametrize("sql", [
    "INSERT INTO entity_aliases VALUES ('e', 'a')", "DROP TABLE claims", "COMMENT ON TABLE claims IS 'x'",
    "COPY claims TO '/tmp/claims.csv'", "FROM read_text('/etc/hostname')", "FROM 'https://example.org/x.parquet'",
    "ATTACH '/tmp/other.duckdb'", "SET allowed_directories = ['/']", "SET enable_external_access = true",
])  # fmt: skip
def test_a_reader_changes_nothing_and_opens_nothing_else(reader, sql):
    with pytest.raises(duckdb.Error):
        reader.execute(sql)


def test_a_lake_that_is_not_there_is_missing_and_is_made_by_who_writes(new_lake):
    lake = new_lake()
    assert not is_there(lake)
    with pytest.raises(WarehouseMissing, match="claimhouse run"):
        open_readonly(lake)
    with building(lake):
        pass
    assert is_there(lake)


def test_a_new_lake_takes_no_folder_that_holds_other_files(new_lake):
    lake = new_lake()
    (Path(lake.data) / "letter.txt").write_text("Dear Anna")
    with pytest.raises(WarehouseError, match="holds other files"), building(lake):
        pass


def test_files_in_another_folder_than_the_catalogue_names_are_refused(small, tmp_path):
    moved = Lake(small.catalog, str(tmp_path))
    with pytest.raises(WarehouseError, match="keeps its files in"):
        open_readonly(moved)
    with closing(open_readonly(Lake(small.catalog))) as con:  # who reads need not name it
        assert con.execute("SELECT count(*) FROM claims").fetchone() != (0,)


def test_a_catalogue_that_does_not_answer_is_told_with_the_mend():
    with pytest.raises(WarehouseError, match="Start PostgreSQL"):
        open_readonly(Lake.of("ducklake:postgresql://127.0.0.1:9/press?data=/shared"))


def test_a_database_that_is_not_there_is_told_with_the_mend(postgres: Postgres):
    with pytest.raises(WarehouseError, match="createdb"):
        open_readonly(Lake.of(f"ducklake:{postgres.address('nowhere')}?data=/shared"))


def test_a_password_comes_from_the_environment_and_what_lacks_it_is_told(postgres: Postgres, small, monkeypatch):
    name = small.catalog.rpartition("/")[2]
    shy = Lake(postgres.address(name, "shy"))
    monkeypatch.setenv("PGPASSFILE", "/nowhere")
    with pytest.raises(WarehouseError, match="PGPASSFILE"):
        open_readonly(shy)
    monkeypatch.setenv("PGPASSWORD", "tell nobody")
    with pytest.raises(WarehouseError, match="GRANT"):  # it is let in, and may read nothing yet
        open_readonly(shy)


def test_a_role_that_may_only_read_reads_and_is_told_that_it_may_not_write(postgres: Postgres, small):
    name = small.catalog.rpartition("/")[2]
    postgres.sql(name, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    lake = Lake(postgres.address(name, "reader"), small.data)
    with closing(open_readonly(lake)) as con:
        assert con.execute("SELECT count(*) FROM quotes").fetchone() != (0,)
    with pytest.raises(WarehouseError, match="GRANT"), building(lake) as con:
        load_tables(con, source("mine"), replaced_documents=[])


def test_runs_stand_in_the_order_in_which_they_came(small, frames):
    with closing(open_readonly(small)) as con:
        order = [run for (run,) in con.execute("SELECT run_id FROM runs ORDER BY rowid").fetchall()]
    assert order == frames[RUNS.name]["run_id"].to_list()


def test_a_new_lake_is_there_with_all_of_its_schema_or_not_at_all(new_lake):
    lake = new_lake()
    with building(lake):
        pass
    with closing(open_readonly(lake)) as con:
        snapshots = con.execute("SELECT snapshot_id, schema_version FROM ducklake_snapshots('warehouse')").fetchall()
    made = min(number for number, schema in snapshots if schema > 0)
    with closing(open_readonly(lake.at(made))) as con:
        assert is_current(con)


def test_a_lake_that_an_earlier_claimhouse_made_is_brought_up_to_date_in_one_step(new_lake, monkeypatch):
    lake = new_lake()
    first = migrate.migrations()[:2]
    with monkeypatch.context() as earlier:
        earlier.setattr(migrate, "migrations", lambda: first)
        earlier.setattr(migrate, "TABLES", ())
        earlier.setattr(migrate, "views", list)
        with building(lake):
            pass
    before = last_version(lake)
    assert bring_up_to_date(lake)
    assert last_version(lake) == before + 1
    assert not bring_up_to_date(lake)
    with closing(open_readonly(lake)) as con:
        assert con.execute("SELECT count(*) FROM quotes").fetchone() == (0,)


def test_what_columns_of_views_mean_is_told_of_a_lake_too(small, small_warehouse_file):
    with closing(open_readonly(small)) as of_lake, closing(open_readonly(small_warehouse_file)) as of_file:
        assert columns_of(of_lake)["quotes"] == columns_of(of_file)["quotes"]
