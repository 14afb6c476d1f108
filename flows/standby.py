"""A process that has everything loaded and waits for one run that a person starts: what `claimhouse schedule` keeps warm.

It is given the person's command with their terminal, folder and environment (see `handover`), runs it, and ends: the next run
gets a new process. It waits at a socket that only its own user can reach.
"""
# ruff: noqa: PLC0415   what takes seconds to import is imported when the process has begun to wait

import gc
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from flows.handover import ADDRESS, CODE_BYTES, code_stamp
from flows.settings import Settings, load_settings

_KEPT = ("PREFECT_", "DO_NOT_TRACK", "GX_", "OPENBLAS_", "_CLAIMHOUSE")
"""Variables that were read when the process began: a person's own come too late."""
_MOST_FAILURES = 3
_SOON_SECONDS = 60


@contextmanager
def kept(settings: Settings, config: Path | None) -> Iterator[None]:
    """While the block runs keep a process that waits, and start another when a run has used it."""
    if os.name != "posix" or not settings.schedule.keep_warm:
        yield
        return
    ended = threading.Event()
    keeper = _Keeper(settings, config, ended)
    thread = threading.Thread(target=keeper.keep, name="keep a process warm")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        keeper.let_go()
        thread.join()


class _Keeper:
    """Starts one process after the other, and gives up where they end at once."""

    def __init__(self, settings: Settings, config: Path | None, ended: threading.Event) -> None:
        from flows.prefect_server import log_file

        self._log = log_file(settings)
        self._command = [sys.executable, "-m", "flows.standby", str(config.absolute()) if config else ""]
        self._ended = ended
        self._process: subprocess.Popen[bytes] | None = None

    def keep(self) -> None:
        failures = 0
        while not self._ended.is_set() and failures < _MOST_FAILURES:
            began = time.monotonic()
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(  # noqa: S603  # our own module
                    self._command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
                )
            if self._ended.is_set():
                self.let_go()
            failed = self._process.wait() != 0 and time.monotonic() - began < _SOON_SECONDS
            failures = failures + 1 if failed else 0
        if failures == _MOST_FAILURES:
            logging.getLogger("prefect.claimhouse").error("no process can be kept warm: runs load everything themselves")

    def let_go(self) -> None:
        """End the process if it waits. One that runs something goes on to its end."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()


def main(config: str) -> int:
    """Load everything, wait for a run, and be it. Returns 0: how the run ended is told to who sent it."""
    settings = load_settings(Path(config) if config else None)
    address = settings.data_dir / ADDRESS
    folder = Path(mkdtemp(prefix="claimhouse-"))  # for its owner alone
    over = threading.Event()
    threading.Thread(target=_end_with_keeper, args=(folder, address, over), daemon=True).start()
    _load(settings)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "run"))
        listening.listen(1)
        _publish(address, {"socket": str(folder / "run"), "code": code_stamp(), "pid": os.getpid()})
        try:
            connection, _ = listening.accept()
        finally:
            over.set()
            _withdraw(folder, address)
    with connection:
        return _run(connection)


def _load(settings: Settings) -> None:
    from flows import prefect_server

    prefect_server.configure(settings)

    from flows import cli, launch, progress, startup
    from flows.build import build

    assert all((cli, launch, progress, build))  # what a run imports first
    startup.get_ready(settings)
    gc.collect()
    gc.freeze()


def _publish(address: Path, told: dict[str, str | int]) -> None:
    beside = address.with_suffix(".new")
    beside.write_text(json.dumps(told), encoding="utf-8")
    beside.replace(address)


def _withdraw(folder: Path, address: Path) -> None:
    address.unlink(missing_ok=True)
    rmtree(folder, ignore_errors=True)


def _end_with_keeper(folder: Path, address: Path, over: threading.Event) -> None:
    """End with the one who keeps us, while nothing runs here."""
    os.read(os.dup(0), 1)  # nothing is ever written: this ends when the keeper does
    if not over.is_set():
        _withdraw(folder, address)
        os._exit(0)


def _run(connection: socket.socket) -> int:
    """Run the command that comes over the connection, in the place of who sent it."""
    size, descriptors, _, _ = socket.recv_fds(connection, CODE_BYTES, 3)
    request = json.loads(connection.recv(int.from_bytes(size), socket.MSG_WAITALL))
    _take_place(request, descriptors)
    connection.sendall(os.getpid().to_bytes(CODE_BYTES))
    done = threading.Event()
    threading.Thread(target=_end_with_sender, args=(connection.dup(), done), daemon=True).start()

    from flows import handover
    from flows.cli import main as command

    handover.is_taken = True
    code = command(request["arguments"])
    done.set()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    with suppress(OSError):
        connection.sendall(code.to_bytes(CODE_BYTES))
    return 0


def _take_place(request: dict[str, object], descriptors: list[int]) -> None:
    """Write to the sender's terminal, stand in its folder, and have its environment but for what is read once."""
    for place, descriptor in enumerate(descriptors):
        os.dup2(descriptor, place)
        os.close(descriptor)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=stream.isatty())  # type: ignore[union-attr]  # text streams, as Python opens them
    os.chdir(str(request["folder"]))
    environment = request["environment"]
    assert isinstance(environment, dict)
    kept = {name: value for name, value in os.environ.items() if name.startswith(_KEPT)}
    os.environ.clear()
    os.environ.update({**environment, **kept})
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _end_with_sender(connection: socket.socket, done: threading.Event) -> None:
    """Stop the run when its sender is gone, as Ctrl-C would."""
    with suppress(OSError):
        connection.recv(1)
    if not done.is_set():
        os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
