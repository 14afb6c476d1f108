"""The site as tests use it: started in a process of its own, asked for its log, told to change."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from tests.site.pages import HOSTS, OPEN_HOSTS
from tests.site.server import Logged
from tests.site.world import World

ROOT = Path(__file__).parents[2]


class Site:
    """A running site. `world` is what its server serves."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self._process = process
        self.port = port
        self.world = World(port)

    def address(self, target: str, host: str = "main") -> str:
        """The whole address of a target."""
        return self.world.listings.address(target, host)

    def log(self) -> list[Logged]:
        """Every request so far, in the order in which they came."""
        return [Logged(**entry) for entry in json.loads(self._ask("log"))]

    def asked(self, target: str, host: str = "main") -> list[Logged]:
        """The requests for one page so far."""
        return [entry for entry in self.log() if (entry.host, entry.target) == (HOSTS[host], target)]

    def tell(self, **told: str) -> None:
        """Have the site change: `version="2"`, `vanished="yes"`, `news="later"`."""
        self._ask("tell", json.dumps(told).encode())

    def forget(self) -> None:
        """Empty the log, and let the site be as at its start."""
        self._ask("forget", b"{}")

    def stop(self) -> None:
        """End the server: from then on nothing answers."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def settings(self, **fetch: object) -> str:
        """The sections of claimhouse.toml that the manifest counts on; `fetch` adds to `[fetch]`, or sets another value."""
        wanted = {
            "allowed_hosts": list(OPEN_HOSTS), "per_host": 4, "delay_seconds": 0, "timeout_seconds": 0.6, "tries": 2,
            "max_redirects": 5, **fetch,
        }  # fmt: skip
        lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in wanted.items())
        return f"[reading]\nmax_page_mb = 1\n[fetch]\n{lines}\n"

    def _ask(self, action: str, body: bytes | None = None) -> bytes:
        asked = Request(f"http://127.0.0.1:{self.port}/.control/{action}", data=body)
        with urlopen(asked, timeout=30) as answer:
            return bytes(answer.read())


@contextmanager
def running_site() -> Iterator[Site]:
    """Start the site on a free port and end it afterwards."""
    command = [sys.executable, "-m", "tests.site.server", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    port = process.stdout.readline()
    assert port, "the site did not start"
    site = Site(process, int(port))
    try:
        yield site
    finally:
        site.stop()
