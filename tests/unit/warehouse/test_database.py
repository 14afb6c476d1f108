import errno
import hashlib
import os
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl
import pytest

from warehouse.database import (
    Connection,
    WarehouseError,
    WarehouseHeld,
    WarehouseMissing,
    WarehouseNotADatabase,
    WarehouseTooNew,
    building,
    in_memory,
    open_readonly,
)
from warehouse.transaction import transaction

ROOT = Path(__file__).parents[3]


@pytest.fixture
def path(empty_warehouse_file: Path, tmp_path: Path) -> Path:
    """A published warehouse."""
    return Path(shutil.copy(empty_warehouse_file, tmp_path / "warehouse.duckdb"))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def add_alias(con: Connection, alias: str) -> None:
    con.execute("INSERT INTO entity_aliases VALUES ('e', ?)", [alias])


def aliases(con: Connection) -> list[str]:
    return [alias for (alias,) in con.execute("SELECT alias FROM entity_aliases ORDER BY alias").fetchall()]


def names_beside(path: Path) -> list[str]:
    return sorted(name.name for name in path.parent.iterdir())


def other_file_system(*_: object) -> int:
    raise OSError(errno.EXDEV, "another file system")


@pytest.mark.parametrize("call", [None, other_file_system])
def test_a_file_that_can_share_nothing_is_copied_as_any_other(path, monkeypatch, call):
    monkeypatch.delattr(os, "copy_file_range", raising=False)
    if call:
        monkeypatch.setattr(os, "copy_file_range", call, raising=False)
    with building(path) as con:
        add_alias(con, "a")
    with building(path) as con:
        assert aliases(con) == ["a"]


def run_python(code: str, *arguments: Path, stdin: int | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        text=True,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


# What a reader finds


def test_a_missing_warehouse_names_the_command_that_builds_one(tmp_path: Path) -> None:
    with pytest.raises(WarehouseMissing, match=r"there is no warehouse at .*none\.duckdb\. Build one with `claimhouse run`"):
        open_readonly(tmp_path / "none.duckdb")


@pytest.mark.parametrize("content", [b"", b"not a database at all", b"\x00" * 5000], ids=["empty", "text", "zeros"])
def test_a_file_that_is_no_duckdb_is_refused_by_readers_and_writers_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(content)
    with pytest.raises(WarehouseNotADatabase, match="is no DuckDB database"):
        open_readonly(path)
    with pytest.raises(WarehouseNotADatabase, match="is no DuckDB database"), building(path):
        pass
    assert path.read_bytes() == content


def test_an_sqlite_file_is_refused_without_fetching_an_extension(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    sqlite3.connect(path).execute("CREATE TABLE claims (a)").connection.close()
    with pytest.raises(WarehouseNotADatabase, match="is no DuckDB database"):
        open_readonly(path)


def test_a_truncated_warehouse_is_called_damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(WarehouseNotADatabase, match="or a damaged one"):
        open_readonly(path)


def test_a_folder_is_no_warehouse(tmp_path: Path) -> None:
    with pytest.raises(WarehouseNotADatabase, match=r"is a folder\. Name a file"):
        open_readonly(tmp_path)


def test_a_duckdb_file_of_somebody_else_is_neither_read_nor_built_on(tmp_path: Path) -> None:
    path = tmp_path / "sales.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE orders (a INTEGER)")
    before = digest(path)
    with pytest.raises(WarehouseNotADatabase, match=r"sales\.duckdb: .*no Claimhouse warehouse: it has tables \(orders"):
        open_readonly(path)
    with pytest.raises(WarehouseNotADatabase, match="no Claimhouse warehouse"), building(path):
        pass
    assert digest(path) == before


def test_an_empty_duckdb_file_can_be_built_on_but_not_read(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    duckdb.connect(str(path)).close()
    with pytest.raises(WarehouseNotADatabase, match=r"empty DuckDB database\. Fill it"):
        open_readonly(path)
    with building(path) as con:
        add_alias(con, "first")
    assert aliases(open_readonly(path)) == ["first"]


def test_a_warehouse_of_a_newer_claimhouse_is_refused_with_the_mend(path: Path) -> None:
    with duckdb.connect(str(path)) as con:
        con.execute("INSERT INTO schema_version VALUES (99, 'to_come', now()::TIMESTAMP)")
    before = digest(path)
    with pytest.raises(WarehouseTooNew, match=r"version 99, and this one knows .*make setup"):
        open_readonly(path)
    with pytest.raises(WarehouseTooNew, match="version 99"), building(path):
        pass
    assert digest(path) == before


def test_a_warehouse_of_a_newer_duckdb_is_refused_with_the_mend(path: Path) -> None:
    header = bytearray(path.read_bytes())
    header[12:20] = struct.pack("<Q", 999)  # the storage version, after the checksum and the magic bytes
    checksum = 5381
    for (word,) in struct.iter_unpack("<Q", header[8:4096]):
        checksum ^= word * 0xBF58476D1CE4E5B9 % 2**64
    header[:8] = struct.pack("<Q", checksum)
    path.write_bytes(header)
    with pytest.raises(WarehouseTooNew, match="a newer DuckDB than Claimhouse uses wrote"):
        open_readonly(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open every file")
def test_a_file_without_permission_says_so(path: Path) -> None:
    path.chmod(0)
    with pytest.raises(WarehouseError, match="may not be opened"):
        open_readonly(path)


def test_a_warehouse_held_by_another_process_names_the_process(path: Path) -> None:
    code = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with run_python(code, path, stdin=subprocess.PIPE) as holder:
        assert holder.stdout and holder.stdin
        holder.stdout.readline()
        with pytest.raises(WarehouseHeld, match=rf"\(PID {holder.pid}\)\. Close it there"):
            open_readonly(path)
        with pytest.raises(WarehouseHeld, match="is open for writing"), building(path):
            pass
        holder.stdin.close()
    open_readonly(path).close()


# What a reader may do


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO entity_aliases VALUES ('e', 'a')",
        "CREATE TABLE mine (a INTEGER)",
        "DROP VIEW quotes",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM read_parquet('https://example.org/x.parquet')",
        "ATTACH '/tmp/other.duckdb'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "EXPORT DATABASE '/tmp/export'",
        "COPY claims TO '/tmp/claims.csv'",
        "COPY (SELECT 1) TO '/dev/stdout'",
        "CALL enable_logging(storage = 'file', storage_path = '/tmp/log')",
        "SET enable_external_access = true",
        "SET disabled_filesystems = ''",
        "SET lock_configuration = false",
        "SET temp_directory = '/tmp'",
    ],
)
def test_a_reader_can_write_nothing_and_reach_no_other_file_or_network(path: Path, sql: str) -> None:
    con, before = open_readonly(path), digest(path)
    with pytest.raises(duckdb.Error):
        con.execute(sql)
    assert con.execute("SELECT count(*) FROM claims").fetchone() == (0,)
    assert (digest(path), names_beside(path)) == (before, ["warehouse.duckdb"])


def test_a_reader_cannot_overwrite_the_warehouse_through_copy(path: Path) -> None:
    before = digest(path)
    con = open_readonly(path)
    for target in (path, f"{path}.wal", f"{path}.tmp/x"):
        with pytest.raises(duckdb.Error, match="disabled by configuration"):
            con.execute(f"COPY (SELECT 1) TO '{target}' (FORMAT csv, USE_TMP_FILE false)")
    with pytest.raises(duckdb.Error, match="disabled by configuration"):
        con.execute(f"SELECT * FROM read_blob('{path}')")
    assert (digest(path), names_beside(path)) == (before, ["warehouse.duckdb"])


def test_a_reader_spills_nothing_and_fetches_no_extension(path: Path) -> None:
    settings = (
        open_readonly(path)
        .execute("""
        SELECT name, value FROM duckdb_settings() WHERE name IN (
            'temp_directory', 'enable_external_access', 'autoinstall_known_extensions', 'autoload_known_extensions',
            'allow_community_extensions'
        )
    """)
        .fetchall()
    )
    assert dict(settings) == {
        "temp_directory": "",
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
    }


def test_what_needs_more_memory_than_a_reader_may_take_goes_on_on_the_disk_where_that_is_asked_for(path: Path) -> None:
    much = "SELECT count(*) FROM (SELECT DISTINCT repeat(n::text, 10) FROM range(400_000) AS r(n))"
    with closing(open_readonly(path, most_mb=40)) as con, pytest.raises(duckdb.OutOfMemoryException):
        con.execute(much)
    with closing(open_readonly(path, most_mb=40, spills=True)) as con:
        assert con.execute(much).fetchone() == (400_000,)
        with pytest.raises(duckdb.Error, match="read-only"):
            con.execute("DELETE FROM claims")
    assert names_beside(path) == ["warehouse.duckdb"]


def test_a_query_does_not_reach_the_variables_of_the_program(path: Path) -> None:
    secrets = pl.DataFrame({"a": [1]})
    with pytest.raises(duckdb.CatalogException, match="secrets does not exist"):
        open_readonly(path).execute("SELECT * FROM secrets")
    with pytest.raises(duckdb.CatalogException, match="secrets does not exist"), building(path) as con:
        con.execute("INSERT INTO entity_aliases SELECT a, a FROM secrets")
    assert secrets.height == 1


def test_readers_share_the_file(path: Path) -> None:
    with open_readonly(path) as ours:
        code = """
import sys
from pathlib import Path
from warehouse.database import open_readonly
open_readonly(Path(sys.argv[1]))
"""
        with run_python(code, path) as other:
            assert other.wait() == 0
        assert aliases(ours) == []


# Building and publishing


def test_a_first_build_makes_the_folder_and_the_whole_schema(tmp_path: Path) -> None:
    path = tmp_path / "new" / "data" / "warehouse.duckdb"
    with building(path) as con:
        add_alias(con, "first")
        assert not path.exists()
    assert aliases(open_readonly(path)) == ["first"]
    assert names_beside(path) == ["warehouse.duckdb", "warehouse.duckdb.lock"]


def test_a_published_warehouse_opens_in_plain_duckdb(path: Path) -> None:
    with building(path) as con:
        add_alias(con, "first")
    with duckdb.connect(str(path), read_only=True) as plain:
        assert plain.execute("SELECT alias FROM entity_aliases").fetchall() == [("first",)]
        assert plain.execute("SELECT count(*) FROM quotes").fetchone() == (0,)


def test_a_build_starts_from_what_was_published(path: Path) -> None:
    for alias in ("first", "second"):
        with building(path) as con:
            add_alias(con, alias)
    assert aliases(open_readonly(path)) == ["first", "second"]


def test_a_reader_keeps_its_snapshot_through_a_publish_and_the_next_one_sees_the_new(path: Path) -> None:
    old = open_readonly(path)
    with building(path) as con:
        add_alias(con, "first")
        assert aliases(open_readonly(path)) == []
    new = open_readonly(path)
    assert (aliases(old), aliases(new)) == ([], ["first"])


def test_an_exception_leaves_the_published_file_as_it_was_to_the_byte(path: Path) -> None:
    before = digest(path)
    with pytest.raises(KeyError, match="of the caller"), building(path) as con:
        add_alias(con, "lost")
        raise KeyError("of the caller")
    assert digest(path) == before
    assert names_beside(path) == ["warehouse.duckdb", "warehouse.duckdb.lock"]


def test_an_interrupted_first_build_leaves_no_warehouse(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with pytest.raises(KeyboardInterrupt), building(path):
        raise KeyboardInterrupt
    assert names_beside(path) == ["warehouse.duckdb.lock"]


def test_an_open_transaction_is_not_published(path: Path) -> None:
    before = digest(path)
    with pytest.raises(duckdb.TransactionException), building(path) as con:
        con.begin()
        add_alias(con, "lost")
    assert digest(path) == before


def test_a_cursor_that_was_left_open_is_closed_with_the_build(path: Path) -> None:
    with building(path) as con:
        cursor = con.cursor()
    with pytest.raises(duckdb.ConnectionException, match="closed"):
        cursor.execute("INSERT INTO warehouse.entity_aliases VALUES ('e', 'stray')")
    code = "import sys, duckdb; duckdb.connect(sys.argv[1]).execute('SELECT 1')"
    with run_python(code, path) as other:
        assert other.wait() == 0, "the file is still locked"


def test_the_leftovers_of_a_killed_build_are_removed_by_the_next(path: Path) -> None:
    before = digest(path)
    code = """
import os, signal, sys
from pathlib import Path
from warehouse.database import building
with building(Path(sys.argv[1])) as con:
    con.execute("INSERT INTO entity_aliases VALUES ('e', 'lost')")
    Path(sys.argv[1] + ".building.tmp").mkdir()
    os.kill(os.getpid(), signal.SIGKILL)
"""
    with run_python(code, path) as killed:
        assert killed.wait() == -signal.SIGKILL
    assert "warehouse.duckdb.building" in names_beside(path)
    assert digest(path) == before
    with building(path) as con:
        add_alias(con, "next")
    assert aliases(open_readonly(path)) == ["next"]
    assert names_beside(path) == ["warehouse.duckdb", "warehouse.duckdb.lock"]


def test_a_second_writer_is_refused_while_the_first_builds(path: Path) -> None:
    code = """
import sys
from pathlib import Path
from warehouse.database import building
with building(Path(sys.argv[1])):
    print("building", flush=True)
    sys.stdin.read()
"""
    with run_python(code, path, stdin=subprocess.PIPE) as first:
        assert first.stdout and first.stdin
        first.stdout.readline()
        with pytest.raises(WarehouseHeld, match="is being built by another run"), building(path):
            pass
        assert "warehouse.duckdb.building" in names_beside(path), "the first writer's copy is gone"
        open_readonly(path).close()
        first.stdin.close()
    with building(path):
        pass


def test_a_full_disk_says_so_and_leaves_the_published_file(path: Path) -> None:
    before = digest(path)
    code = """
import resource, sys
from pathlib import Path
from warehouse.database import WarehouseError, building
resource.setrlimit(resource.RLIMIT_FSIZE, (8_000_000, 8_000_000))
try:
    with building(Path(sys.argv[1])) as con:
        con.execute("INSERT INTO entity_aliases SELECT md5(range::VARCHAR), md5((-range)::VARCHAR) FROM range(1_000_000)")
except WarehouseError as error:
    print(error)
"""
    with run_python(code, path) as limited:
        said, problems = limited.communicate()
    assert "the disk is full" in said and "Make room" in said, problems
    assert digest(path) == before
    assert names_beside(path) == ["warehouse.duckdb", "warehouse.duckdb.lock"]


def test_a_disk_too_full_for_the_copy_says_so_and_leaves_the_published_file(path: Path) -> None:
    before = digest(path)
    code = """
import resource, sys
from pathlib import Path
from warehouse.database import WarehouseError, building
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    with building(Path(sys.argv[1])) as con:
        print("no copy was made")
except WarehouseError as error:
    print(error)
"""
    with run_python(code, path) as limited:
        said, problems = limited.communicate()
    assert said.startswith("the disk is full"), problems
    assert (digest(path), names_beside(path)) == (before, ["warehouse.duckdb", "warehouse.duckdb.lock"])


def test_what_another_program_left_in_a_write_ahead_log_is_kept_and_not_replayed_twice(path: Path) -> None:
    code = """
import duckdb, os, sys
con = duckdb.connect(sys.argv[1])
con.execute("INSERT INTO entity_aliases VALUES ('e', 'theirs')")
os._exit(9)
"""
    with run_python(code, path) as crashed:
        crashed.wait()
    assert "warehouse.duckdb.wal" in names_beside(path)
    assert aliases(open_readonly(path)) == ["theirs"]
    with building(path) as con:
        add_alias(con, "ours")
    assert "warehouse.duckdb.wal" not in names_beside(path)
    assert aliases(open_readonly(path)) == ["ours", "theirs"]


def test_a_symbolic_link_stays_and_what_it_leads_to_is_replaced(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.duckdb"
    link.symlink_to(path)
    with building(link) as con:
        add_alias(con, "first")
    assert link.is_symlink()
    assert aliases(open_readonly(path)) == ["first"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with (
        pytest.raises(WarehouseError, match=r"cannot be used: .*name another file with --warehouse FILE"),
        building(tmp_path / "file" / "warehouse.duckdb"),
    ):
        pass


def test_what_went_wrong_is_told_also_where_it_has_undone_the_transaction_itself() -> None:
    with in_memory() as con, pytest.raises(ValueError, match="the disk is full"), transaction(con):
        con.rollback()  # as a commit does that finds no room
        raise ValueError("the disk is full")
