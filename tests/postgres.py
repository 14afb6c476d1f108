"""A PostgreSQL of the tests' own, from Debian's packages, and lakes whose catalogues are databases of it."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from warehouse.database import building
from warehouse.place import Lake

_OWNER = "claimhouse"
_RULES = """\
local all all trust
host all shy 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
"""


@dataclass(frozen=True)
class Postgres:
    """A server on this machine. Everybody may log in, but for the role `shy`, which has a password."""

    binaries: Path
    folder: Path
    port: int

    def run(self, command: str, *arguments: str) -> str:
        """Run one of its programs. It refuses to be root's, who may be who runs the tests."""
        who = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        done = subprocess.run([*who, self.binaries / command, *arguments], check=False, cwd="/", capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def sql(self, database: str, sql: str) -> str:
        return self.run("psql", *self._here, "-v", "ON_ERROR_STOP=1", "-qAt", "-d", database, "-c", sql)

    def new_database(self, name: str, *options: str) -> str:
        self.run("createdb", *self._here, *options, name)
        return name

    def address(self, database: str, user: str = _OWNER) -> str:
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-l", f"{self.folder}/log", "-o", options, "-w", "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "-w", "stop")

    @property
    def _here(self) -> tuple[str, ...]:
        return "-h", "127.0.0.1", "-p", str(self.port), "-U", _OWNER


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server that is gone with the tests; without Debian's `postgresql` the test is skipped."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("there is no PostgreSQL on this machine: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="claimhouse-postgres-"))
    server = Postgres(binaries, folder, free_port())
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    try:
        server.run("initdb", "-D", f"{folder}/data", "-A", "trust", "-U", _OWNER, "--no-sync", "-E", "UTF8", "--locale=C")
        (folder / "data" / "pg_hba.conf").write_text(_RULES, encoding="utf-8")
        server.start()
        server.sql("postgres", "CREATE ROLE shy LOGIN PASSWORD 'tell nobody'; CREATE ROLE reader LOGIN")
        yield server
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


_numbers = count(1)


@pytest.fixture(scope="session")
def new_lake(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Lake]:
    """A lake that is not made yet: an empty database, and a folder."""

    def make() -> Lake:
        name = postgres.new_database(f"lake{next(_numbers)}")
        return Lake.of(f"ducklake:{postgres.address(name)}?data={tmp_path_factory.mktemp(name)}")

    return make


@pytest.fixture(scope="session")
def ready_lake(
    postgres: Postgres, new_lake: Callable[[], Lake], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Lake]:
    """A lake without a row: copied from one that was made, which takes a tenth of the time of making one."""
    made = new_lake()
    with building(made):
        pass
    template = made.catalog.rpartition("/")[2]

    def copy() -> Lake:
        name = f"lake{next(_numbers)}"
        folder = shutil.copytree(str(made.data), tmp_path_factory.mktemp(name), dirs_exist_ok=True)
        postgres.new_database(name, "--template", template)
        postgres.sql(name, f"UPDATE ducklake_metadata SET value = '{folder}/' WHERE key = 'data_path'")
        return Lake(postgres.address(name), str(folder))

    return copy


def _binaries() -> Path | None:
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    return next((path for path in reversed(versions) if (path / "initdb").exists() and (path / "psql").exists()), None)


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])
