import os
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from expectations.audit import Audit
from expectations.suites import Judge
from tests.unit.warehouse.released import keep
from warehouse import migrate
from warehouse.database import Connection, in_memory, open_readonly
from warehouse.parts import parts
from warehouse.tables import TABLES
from warehouse.upgrade import bring_up_to_date, what_is_older

ROOT = Path(__file__).parents[3]
FROM_OTHER_TABLES = {("claims", "sentence"), ("claims", "section")}
"""Columns that a migration fills with what the warehouse holds elsewhere."""
SCHEMA = "SELECT table_name, column_name, column_index, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"


@pytest.fixture(scope="module", params=keep.kept_versions())
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def old(version: int, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse as that version left it."""
    path = tmp_path_factory.mktemp("released") / "old.duckdb"
    keep.rebuild(version, path)
    return path


@pytest.fixture(scope="module")
def new(old: Path) -> Path:
    """The same, brought up to date."""
    path = old.with_name("new.duckdb")
    path.write_bytes(old.read_bytes())
    bring_up_to_date(path)
    return path


@pytest.fixture(scope="module")
def declared() -> list[tuple[object, ...]]:
    """The schema of a new warehouse."""
    with closing(in_memory()) as con:
        return con.execute(SCHEMA).fetchall()


@pytest.fixture
def con(new: Path):
    with closing(open_readonly(new)) as con:
        yield con


def test_a_warehouse_is_kept_of_every_released_schema() -> None:
    mend = "run `python tests/unit/warehouse/released/keep.py`, as the README beside it says"
    assert keep.kept_versions() == [migration.version for migration in migrate.migrations()], mend


def test_a_released_warehouse_comes_to_the_schema_of_a_new_one(con: Connection, declared: list[tuple[object, ...]]) -> None:
    assert con.execute(SCHEMA).fetchall() == declared


def test_no_row_of_a_released_warehouse_is_lost_or_changed(old: Path, new: Path, version: int) -> None:
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{old}' AS old (READ_ONLY); ATTACH '{new}' AS new (READ_ONLY)")
        sql = "SELECT table_name, list(column_name) FROM duckdb_columns() WHERE database_name = 'old' AND table_name IN "
        of_tables = "(SELECT table_name FROM duckdb_tables() WHERE database_name = 'old') GROUP BY ALL"
        rows = 0
        for table, columns in con.execute(sql + of_tables).fetchall():
            names = ", ".join(columns)
            before = con.execute(f"SELECT {names} FROM old.main.{table} ORDER BY ALL").fetchall()
            further = f"WHERE version <= {version}" if table == "schema_version" else ""
            after = con.execute(f"SELECT {names} FROM new.main.{table} {further} ORDER BY ALL").fetchall()
            assert after == before, table
            rows += len(before)
        assert rows > 100


def test_what_a_released_warehouse_does_not_know_is_null_and_no_guess(old: Path, con: Connection) -> None:
    with duckdb.connect(str(old), read_only=True) as before:
        known = set(before.execute("SELECT table_name, column_name FROM duckdb_columns()").fetchall())
    added = [(table.name, column) for table in TABLES for column in table.schema.names() if (table.name, column) not in known]
    for table, column in set(added) - FROM_OTHER_TABLES:
        assert con.execute(f"SELECT count({column}) FROM {table}").fetchone() == (0,), (table, column)


def test_claims_of_a_released_warehouse_stand_beside_their_sentences(con: Connection) -> None:
    sql = "SELECT c.sentence, c.section, s.text, s.section FROM claims AS c JOIN sentences AS s USING (sentence_id)"
    found = con.execute(sql).fetchall()
    assert found and all(row[:2] == row[2:] for row in found)


def test_every_view_of_a_released_warehouse_answers(con: Connection) -> None:
    for view in migrate.views():
        con.execute(f"FROM {view.name}").fetchall()
    assert con.execute("SELECT count(*) FROM quotes").fetchone() > (0,)


def test_the_audit_of_a_released_warehouse_finds_nothing_broken(con: Connection) -> None:
    audit = Audit(Judge(), datetime(2026, 11, 23))
    for part in parts(con):
        audit.add(part.frames, part.found)
    assert audit.broken == ()


def test_an_older_warehouse_is_told_until_it_is_up_to_date(old: Path, new: Path, version: int) -> None:
    with closing(open_readonly(old)) as con:
        told = what_is_older(con)
    with closing(open_readonly(new)) as con:
        assert what_is_older(con) is None
    newest = len(migrate.migrations())
    assert version == newest or f"version {version}, and this one writes {newest}" in str(told)


def test_what_is_up_to_date_is_left_alone(empty_warehouse_file: Path) -> None:
    before = empty_warehouse_file.stat()
    assert not bring_up_to_date(empty_warehouse_file)
    assert empty_warehouse_file.stat().st_ino == before.st_ino


def test_without_a_warehouse_there_is_nothing_to_bring_up_to_date(tmp_path: Path) -> None:
    assert not bring_up_to_date(tmp_path / "none.duckdb")


def test_views_that_were_changed_since_are_made_anew(
    empty_warehouse_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copy(empty_warehouse_file, tmp_path / "w.duckdb"))
    known = migrate.views()
    added = migrate.View(
        "latest_of_all", "A view that came later. One row: one.", "CREATE OR REPLACE VIEW latest_of_all AS SELECT 1"
    )
    monkeypatch.setattr(migrate, "views", lambda: [*known, added])
    with closing(open_readonly(path)) as con:
        assert "its views are older" in str(what_is_older(con))
    assert bring_up_to_date(path)
    with closing(open_readonly(path)) as con:
        assert con.execute("FROM latest_of_all").fetchall() == [(1,)]


def test_a_migration_that_fails_leaves_the_published_warehouse_to_the_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "w.duckdb"
    keep.rebuild(1, path)
    before = path.read_bytes()
    known = migrate.migrations()
    broken = migrate.Migration(len(known) + 1, "broken", "DROP TABLE quarantine; SELECT * FROM nowhere;")
    monkeypatch.setattr(migrate, "migrations", lambda: [*known, broken])
    with pytest.raises(Exception, match="nowhere"):
        bring_up_to_date(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir() if ".building" in file.name] == []


def test_a_warehouse_survives_a_process_that_is_killed_in_the_midst_of_a_migration(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    keep.rebuild(1, path)
    before = path.read_bytes()
    code = f"""
import os, signal
from pathlib import Path
from warehouse import migrate, upgrade
apply = migrate._apply
def killed(con, one):
    if one.version == 3:
        con.begin()
        con.execute(one.sql)
        os.kill(os.getpid(), signal.SIGKILL)
    apply(con, one)
migrate._apply = killed
upgrade.bring_up_to_date(Path({str(path)!r}))
"""
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert ran.returncode == -signal.SIGKILL
    assert path.read_bytes() == before
    assert bring_up_to_date(path)
    with closing(open_readonly(path)) as con:
        assert migrate.schema_version(con) == len(migrate.migrations())
