import shutil
from pathlib import Path

import pytest

from warehouse.database import open_readonly
from warehouse.load import read_table
from warehouse.tables import SOURCES, TABLES

TIMES = ("added_at", "first_seen_at", "last_seen_at")
"""What tells of runs, and not of pages."""


def contents(data: Path, table):
    con = open_readonly(data / "warehouse.duckdb")
    try:
        return read_table(con, table).drop(TIMES, strict=False).rows()
    finally:
        con.close()


@pytest.fixture
def without_warehouse(site_run, tmp_path):
    """What the first run left, but the warehouse and what was staged for it; the site's log is empty."""
    data = Path(shutil.copytree(site_run.data, tmp_path / "data"))
    (data / "warehouse.duckdb").unlink()
    shutil.rmtree(data / "staging", ignore_errors=True)
    site_run.site.forget()
    return data


def test_the_warehouse_is_built_anew_from_archive_files_alone_without_the_network(site_run, without_warehouse, build_at):
    for path in (without_warehouse / "archive").iterdir():
        if not path.name.endswith(".warc.gz"):
            path.unlink()
    build_at(without_warehouse, from_archive=True)
    assert site_run.site.log() == []
    for table in TABLES:
        # A source that never gave a page is in no archive, nor is the title of a feed.
        if table.written != "run" and table is not SOURCES:
            assert contents(without_warehouse, table) == contents(site_run.data, table), table.name
