import shutil
from contextlib import closing

from flows.backup import back_up
from flows.restore import plan_restore, restore
from flows.settings import load_settings
from tests.unit.warehouse.released import keep
from warehouse.database import open_readonly
from warehouse.load import read_table
from warehouse.tables import TABLES

TIMES = ("added_at", "fetched_at", "first_seen_at", "last_seen_at")


def contents(warehouse):
    with closing(open_readonly(warehouse)) as con:
        tables = [table for table in TABLES if table.written != "run"]
        return {table.name: read_table(con, table).drop(TIMES, strict=False).rows() for table in tables}


def test_a_run_goes_on_from_what_was_restored_and_reads_nothing_twice(run_flow, tmp_path):
    pages, data = tmp_path / "pages", tmp_path / "data"
    shutil.copytree(keep.HERE / "pages", pages)
    run_flow(data, pages)
    config = data / "claimhouse.toml"
    back_up(load_settings(config), tmp_path / "backup", config=config)
    shutil.copytree(keep.HERE / "revised", pages, dirs_exist_ok=True)
    undisturbed = contents(run_flow(data, pages).warehouse)

    restore(plan_restore(tmp_path / "backup", config=config))
    again = run_flow(data, pages)
    assert sum(again.summary.outcomes.values()) == 1  # the revised page; what the backup knew is not read again
    assert contents(again.warehouse) == undisturbed
