"""What holds for every test: nothing of the person's own Prefect and no setting of theirs takes part."""

import atexit
import os
import shutil
import tempfile

import pytest

from tests.postgres import new_lake, postgres, ready_lake  # noqa: F401  # fixtures that several folders share
from tests.s3 import new_lake_on_s3, s3  # noqa: F401

# Prefect reads its environment when it is first imported, which may be while tests are collected.
_HOME = tempfile.mkdtemp(prefix="claimhouse-tests-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ.update(PREFECT_HOME=_HOME, DO_NOT_TRACK="1", PREFECT_SERVER_ANALYTICS_ENABLED="false")
for _name in [name for name in os.environ if name.startswith("CLAIMHOUSE_") or name in ("PREFECT_API_URL", "PREFECT_PROFILE")]:
    del os.environ[_name]


def pytest_addoption(parser):
    parser.addoption("--pictures", metavar="FOLDER", help="where tests/flow/browser puts pictures of the pages")


@pytest.fixture(autouse=True)
def environment_of_its_own():
    """What a test sets in the environment ends with it."""
    before = dict(os.environ)
    yield
    for name in os.environ.keys() - before.keys():
        del os.environ[name]
    os.environ.update(before)


@pytest.fixture
def in_folder(tmp_path, monkeypatch):
    """An empty folder of the test's own, and the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pytest_make_parametrize_id(val: object) -> str | None:
    """Bytes that are no text are named by their length: what packs them may put the time in, and each process packs its own."""
    return f"{len(val)} bytes" if isinstance(val, bytes) and not val.isascii() else None
