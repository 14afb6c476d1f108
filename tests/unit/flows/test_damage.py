"""A disk that is damaged, and one that is full."""

import sqlite3
from collections import namedtuple
from contextlib import closing
from pathlib import Path

import pytest

from flows import failures
from flows.cli import main
from flows.errors import WrongUse
from flows.failures import exit_code_of
from flows.fetch import ledger_schema
from warehouse.database import SqlError, building, open_readonly


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A warehouse that opens, and has other bytes in the middle of a table."""
    path = tmp_path / "warehouse.duckdb"
    with building(path) as con:
        con.execute("INSERT INTO entity_aliases SELECT md5(range::VARCHAR), md5((-range)::VARCHAR) FROM range(100_000)")
    raw = bytearray(path.read_bytes())
    raw[1_000_000:1_000_100] = bytes(255 - byte for byte in raw[1_000_000:1_000_100])
    path.write_bytes(raw)
    open_readonly(path).close()
    return path


def test_a_question_that_meets_damaged_bytes_names_the_mend(damaged, capsys):
    assert main(["query", "SELECT max(entity_id), max(alias) FROM entity_aliases", "--warehouse", str(damaged)]) == 2
    said = capsys.readouterr().err
    assert "damaged on the disk" in said
    assert "claimhouse restore" in said


def test_damage_that_a_run_meets_is_no_unexpected_error(damaged, capsys):
    with closing(open_readonly(damaged)) as con, pytest.raises(SqlError) as met:
        con.execute("SELECT max(entity_id), max(alias) FROM entity_aliases").fetchall()
    assert exit_code_of(met.value) == 2
    assert "claimhouse restore" in capsys.readouterr().err


Usage = namedtuple("Usage", "free")


def test_a_ledger_without_room_is_told_as_a_full_disk_also_where_sqlite_only_speaks_of_input_and_output(tmp_path, monkeypatch):
    def full(_: object) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
        raise error

    monkeypatch.setattr(ledger_schema, "_version", full)
    with pytest.raises(WrongUse, match="Mend its permissions"):
        ledger_schema.opened(tmp_path / "ledger.sqlite3")
    monkeypatch.setattr(ledger_schema.shutil, "disk_usage", lambda _: Usage(4096))
    with pytest.raises(WrongUse, match=r"The disk is full: there is no room for .*ledger\.sqlite3\. Make room"):
        ledger_schema.opened(tmp_path / "ledger.sqlite3")


def test_a_database_that_sqlite_has_no_room_for_is_a_full_disk_and_the_fullest_folder_is_named(in_folder, monkeypatch, capsys):
    monkeypatch.setattr(failures, "gettempdir", lambda: str(in_folder))
    monkeypatch.setattr(failures, "disk_usage", lambda folder: Usage(4_200_000 if folder == in_folder else 10**12))
    assert exit_code_of(sqlite3.OperationalError("database or disk is full")) == 2
    assert f"The disk is full: {in_folder} has 4.2 MB left." in capsys.readouterr().err
