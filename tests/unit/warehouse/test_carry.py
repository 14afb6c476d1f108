from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from warehouse.carry import NotCarried, carry
from warehouse.database import WarehouseError, is_there, open_readonly
from warehouse.load import read_table
from warehouse.tables import TABLES

OWN = """
    CREATE TABLE my_notes (note_id INTEGER NOT NULL, note VARCHAR, seen TIMESTAMPTZ, tags STRUCT(a INTEGER, b VARCHAR)[]);
    INSERT INTO my_notes VALUES (1, 'it''s', '2026-01-31 09:00:00+01', [{'a': 1, 'b': 'x'}]), (2, NULL, NULL, NULL);
    COMMENT ON TABLE my_notes IS 'Anna''s own.';
    COMMENT ON COLUMN my_notes.note IS 'In her words.';
    CREATE VIEW a_view AS SELECT * FROM my_view;
    CREATE VIEW my_view AS SELECT note, count(*) AS notes FROM my_notes GROUP BY ALL;
"""


@pytest.fixture
def source(small_warehouse_file: Path, tmp_path: Path) -> Path:
    """The small warehouse with tables and views that a person added."""
    path = tmp_path / "source.duckdb"
    path.write_bytes(small_warehouse_file.read_bytes())
    with duckdb.connect(path) as con:
        first, second, third, fourth, later, earlier = [each for each in OWN.strip().split(";\n") if each.strip()]
        for sql in (first, second, third, fourth, earlier, later):
            con.execute(sql)
    return path


def contents(place) -> dict[str, object]:
    with closing(open_readonly(place)) as con:
        own = con.execute("SELECT * FROM my_notes ORDER BY note_id").fetchall(), con.execute("SELECT * FROM a_view").fetchall()
        told = con.execute("SELECT comment FROM duckdb_columns() WHERE table_name = 'my_notes' ORDER BY column_name").fetchall()
        history = con.execute("SELECT * FROM schema_version ORDER BY ALL").fetchall()
        runs = con.execute("SELECT run_id FROM runs ORDER BY rowid").fetchall()
        frames = {table.name: read_table(con, table).to_dicts() for table in TABLES}
        return {**frames, "own": own, "comments": told, "history": history, "runs": runs}


def test_a_warehouse_that_moves_to_a_lake_and_back_loses_nothing(source, new_lake, tmp_path):
    lake, back = new_lake(), tmp_path / "back.duckdb"
    rows = carry(source, lake)
    assert rows["my_notes"] == 2
    assert carry(lake, back) == rows
    wanted = contents(source)
    assert contents(lake) == wanted
    assert contents(back) == wanted


def test_a_place_that_holds_a_warehouse_is_left_alone(source, tmp_path, small_warehouse_file):
    target = tmp_path / "there.duckdb"
    target.write_bytes(small_warehouse_file.read_bytes())
    with pytest.raises(WarehouseError, match="there is a warehouse in"):
        carry(source, target)
    assert target.read_bytes() == small_warehouse_file.read_bytes()


def test_an_empty_lake_is_filled_and_one_with_rows_is_not(source, small_warehouse_file, ready_lake):
    lake = ready_lake()
    assert carry(small_warehouse_file, lake)["claims"] > 0
    with pytest.raises(WarehouseError, match="there is a warehouse in"):
        carry(source, lake)


@pytest.mark.parametrize("made", [
    "CREATE SCHEMA mine", "CREATE MACRO twice(x) AS 2 * x", "CREATE SEQUENCE ids", "CREATE TYPE mood AS ENUM ('sad')",
])  # fmt: skip
def test_what_can_not_be_taken_along_is_named_and_nothing_is_made(source, tmp_path, made):
    with duckdb.connect(source) as con:
        con.execute(made)
    target = tmp_path / "target.duckdb"
    with pytest.raises(NotCarried, match=made.split()[1].lower()):
        carry(source, target)
    assert not is_there(target)


def test_rows_that_arrive_otherwise_are_found_and_nothing_is_made(source, tmp_path, monkeypatch):
    from warehouse import carry as carrying

    copy = carrying._copy

    def careless(con, table):
        copy(con, table)
        if table.name == "claims":
            con.execute("UPDATE claims SET checkworthiness = checkworthiness / 2")

    monkeypatch.setattr(carrying, "_copy", careless)
    target = tmp_path / "target.duckdb"
    with pytest.raises(NotCarried, match="rows of claims"):
        carry(source, target)
    assert not is_there(target)
