"""Bytes on the disk that are not what was written there."""

from contextlib import closing
from pathlib import Path

import pytest

from flows.cli import main
from flows.failures import exit_code_of
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
