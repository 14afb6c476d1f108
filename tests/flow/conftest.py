"""One Prefect server for all flow tests, and one run over the sample articles that most of them look at."""

import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from filelock import FileLock

from flows.summary import Summary
from tests.site.fixtures import build_at, site, site_run  # noqa: F401  # fixtures that several modules share
from warehouse.database import open_readonly

ARTICLES = Path(__file__).parents[2] / "seeds" / "articles"


@dataclass(frozen=True)
class Ran:
    """A run, and the warehouse that it left."""

    summary: Summary
    data: Path

    @property
    def warehouse(self) -> Path:
        return self.data / "warehouse.duckdb"

    def ask(self, sql: str) -> pl.DataFrame:
        con = open_readonly(self.warehouse)
        try:
            return con.execute(sql).pl()
        finally:
            con.close()


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[str]:
    from prefect.settings import PREFECT_API_URL
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=90):
        address = PREFECT_API_URL.value()
        assert address
        yield address


@pytest.fixture(scope="session")
def run_flow(prefect_server: str) -> Callable[..., Ran]:
    """Run the main flow in this process."""

    def run(data: Path, *inputs: Path, settings: str = "") -> Ran:
        from flows.build import build

        data.mkdir(parents=True, exist_ok=True)
        config = data / "claimhouse.toml"
        config.write_text(f'data_dir = "."\n{settings}', encoding="utf-8")
        return Ran(build([str(path) for path in inputs], None, str(config)), data)

    return run


@pytest.fixture(scope="session")
def samples(run_flow, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The sample articles, read into a warehouse of their own that no test changes: one for all processes that run tests."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) / "samples"
    with FileLock(folder.with_suffix(".lock")):
        told = folder.with_suffix(".pickle")
        if not told.exists():
            told.write_bytes(pickle.dumps(run_flow(folder, ARTICLES)))
        ran: Ran = pickle.loads(told.read_bytes())
        return ran


@pytest.fixture
def copy_of_samples(samples: Ran, tmp_path: Path) -> Path:
    """A data folder that holds what the run over the sample articles left."""
    return Path(shutil.copytree(samples.data, tmp_path / "data"))


@pytest.fixture
def claimhouse(prefect_server: str, tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """Start the command in a process of its own, in the test's folder."""

    def start(*arguments: object, start_new_session: bool = False, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "flows.cli", *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, "PREFECT_API_URL": prefect_server, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=start_new_session,
        )

    return start
