"""Prefect, quiet and offline: where it keeps its data, which server a run talks to, and a private one where none is up."""

import atexit
import errno
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from filelock import FileLock, Timeout

from flows.errors import ClaimhouseError, WrongUse
from flows.settings import Settings

LOG_NAME = "claimhouse.log"
_LEAST_ROOM_BYTES = 10_000_000
"""What its database and log take at the least."""
STARTUP_SECONDS = 90
"""A first start makes Prefect's database: 8 s on two idle cores, several times that on a busy machine."""
_ANSWER_SECONDS = 2
_LOG_MAX_BYTES = 20_000_000
_MEMORY_MAX_BYTES = 200_000_000
"""Some thousand runs. A server with a page forgets by itself what is old; a private one does not live long enough to."""
_ADDRESS_FILE = "server.url"


def log_file(settings: Settings) -> Path:
    """Where all that Prefect and unexpected errors have to say is written."""
    return settings.data_dir / "logs" / LOG_NAME


def configure(settings: Settings) -> None:
    """Set up Prefect for this process and those it starts. To be called before prefect is imported, which reads it once.

    What the environment already sets stays as it is.
    """
    home = settings.data_dir.absolute() / "prefect"
    log = log_file(settings).absolute()
    for folder in (home, log.parent):
        folder.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LOG_MAX_BYTES:
        log.replace(log.with_suffix(".log.1"))
    for name, value in {
        "PREFECT_HOME": str(home),
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_LOGGING_CONFIG_PATH": str(Path(__file__).with_name("logging.yml")),
        "PREFECT_LOGGING_HANDLERS_FILE_FILENAME": str(log),
        # Prefect's tables grow by about 25 KB a task; the warehouse keeps its own history of runs.
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(30 * 24 * 3600),
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P7D",
        "GX_ANALYTICS_ENABLED": "false",
        "OPENBLAS_NUM_THREADS": "1",  # each worker has a core of its own
    }.items():
        os.environ.setdefault(name, value)


def running_server(settings: Settings) -> str | None:
    """The API address of a server that is up: the one that PREFECT_API_URL names, else that of `claimhouse schedule`."""
    addresses = [os.environ.get("PREFECT_API_URL", "")]
    published = settings.data_dir / "prefect" / _ADDRESS_FILE
    if published.exists():
        addresses.append(published.read_text(encoding="utf-8").strip())
    return next((address for address in addresses if address and is_up(address)), None)


def is_up(api_url: str, timeout: float = _ANSWER_SECONDS) -> bool:
    """Whether a Prefect server answers there."""
    try:
        with urlopen(f"{api_url}/health", timeout=timeout) as answer:  # noqa: S310  # the user's own setting or our own address
            return bool(json.load(answer) is True)
    except (URLError, OSError, ValueError):
        return False


class Server:
    """A Prefect server of our own in another process, which ends with this one, however this one ends.

    Without a port it is private: a free port, no page, only the services that record runs. With one it is a whole server.
    """

    def __init__(self, settings: Settings, port: int | None = None) -> None:
        self._log = log_file(settings)
        self._home = settings.data_dir / "prefect"
        self._published = self._home / _ADDRESS_FILE if port else None
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        # Two servers that make one database at once break it: the second begins when the first is up.
        self._database_lock = FileLock(self._home / "database.lock", timeout=STARTUP_SECONDS, thread_local=False)
        self._ready = threading.Event()
        self.started_in_seconds: float | None = None

    def start(self) -> str:
        """Start it and return its API address at once: requests to it wait until it is ready."""
        try:
            self._database_lock.acquire()
        except Timeout:
            raise ClaimhouseError(f"Another run is still starting Prefect in {self._home}: end it, or try again.") from None
        if self._port is None:
            _forget_runs(self._home)
        with socket.socket() as listening, self._log.open("ab") as log:
            # Listening before the server is there leaves no race for the port, and no polling: who connects early, waits.
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listening.bind(("127.0.0.1", self._port or 0))
            except OSError as error:
                raise WrongUse(
                    f"Port {self._port} can't be used: {error.strerror}. Set another port under [schedule] in claimhouse.toml."
                ) from None
            listening.listen(128)
            port = listening.getsockname()[1]
            kind = "page" if self._port else "private"
            self._process = subprocess.Popen(  # noqa: S603  # our own module
                [sys.executable, "-m", "flows.prefect_server", str(listening.fileno()), kind],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=[listening.fileno()],
                start_new_session=True,  # Ctrl-C is for us: it goes after what still talks to it
                env={**os.environ, "PREFECT_SERVER_API_PORT": str(port), "PREFECT_SERVER_API_HOST": "127.0.0.1"},
            )
        # Prefect sends its last logs and events when the process exits: its hooks are registered later, so they run before.
        atexit.register(self.stop)
        self.api_url = f"http://127.0.0.1:{port}/api"
        threading.Thread(target=self._watch, args=(time.monotonic(),), daemon=True).start()
        return self.api_url

    def wait(self) -> None:
        """Wait until it answers. Raises ClaimhouseError with the log's path when it ends instead, OSError on a full disk."""
        if not self._ready.wait(STARTUP_SECONDS) or self.started_in_seconds is None:
            if shutil.disk_usage(self._log.parent).free < _LEAST_ROOM_BYTES:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._log.parent))
            raise ClaimhouseError(f"Prefect's server did not start; {self._log} tells why.")
        if self._published:
            self._published.write_text(self.api_url, encoding="utf-8")

    def stop(self) -> None:
        """End it; what it has been told is on disk."""
        if self._published:
            self._published.unlink(missing_ok=True)
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _watch(self, started: float) -> None:
        if is_up(self.api_url, timeout=STARTUP_SECONDS):
            self.started_in_seconds = time.monotonic() - started
        self._database_lock.release()
        self._ready.set()


def _forget_runs(home: Path) -> None:
    """Begin Prefect's database anew when it has grown large. What the runs came to stays on record in the warehouse."""
    database = home / "prefect.db"
    if database.exists() and database.stat().st_size > _MEMORY_MAX_BYTES:
        for path in home.glob("prefect.db*"):
            path.unlink()


def _serve(descriptor: int, *, ephemeral: bool) -> None:
    """Be the server on a socket that the parent opened, until told to end or until the parent is gone."""
    import uvicorn  # noqa: PLC0415
    from prefect.server.api.server import create_app  # noqa: PLC0415

    threading.Thread(target=_end_with_parent, daemon=True).start()
    app = create_app(ephemeral=ephemeral, final=True)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=5))
    server.run(sockets=[socket.socket(fileno=descriptor)])


def _end_with_parent() -> None:
    sys.stdin.buffer.read()  # the parent never writes: this ends when the parent does
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    _serve(int(sys.argv[1]), ephemeral=sys.argv[2] == "private")
