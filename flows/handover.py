"""A run that is handed to a process that waits for it with everything loaded, where `claimhouse schedule` keeps one.

Its output goes straight to this terminal: the other process is given our standard streams. Signals are passed on to it, and
its exit code comes back. Whatever stands in the way, the run is not handed over and goes on here, only slower.
"""

import json
import os
import signal
import socket
import sys
from hashlib import sha256
from pathlib import Path

from flows.errors import ClaimhouseError

ADDRESS = Path("prefect", "standby.json")
"""The file in the data folder that tells where a process waits."""
CODE_BYTES = 4
is_taken = False
"""Whether this process is one that a run was handed over to."""
_PACKAGES = ("flows", "transforms", "expectations", "warehouse", "seeds")


def code_stamp() -> str:
    """Stands for the files of this installation: what waits with older ones loaded must not be given a run."""
    root = Path(__file__).parents[1]
    found = (path for package in _PACKAGES for path in (root / package).rglob("*"))
    files = sorted(path for path in found if path.is_file() and path.parent.name != "__pycache__")
    states = ((path, path.stat()) for path in files)
    return sha256("".join(f"{path} {state.st_mtime_ns} {state.st_size}\n" for path, state in states).encode()).hexdigest()[:16]


def handed_over(data_dir: Path) -> int | None:
    """Have this very command run by the process that waits in the data folder. Returns its exit code; None where none took it.

    Raises ClaimhouseError where it took the run and was gone before the end.
    """
    if is_taken or os.name != "posix" or any(name.startswith("PREFECT_") for name in os.environ):
        return None  # such variables are read when Prefect is imported, which it has done
    try:
        address = json.loads((data_dir / ADDRESS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if address["code"] != code_stamp():
        return None
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            pid = _ask(connection, address["socket"])
        except OSError:
            return None
        return _follow(connection, pid) if pid is not None else None


def _ask(connection: socket.socket, path: str) -> int | None:
    """Hand over what this process was given. Returns who runs it; None where another was before us."""
    connection.connect(path)
    given = {"arguments": sys.argv[1:], "folder": str(Path.cwd()), "environment": dict(os.environ)}
    request = json.dumps(given).encode()
    socket.send_fds(connection, [len(request).to_bytes(CODE_BYTES)], [0, 1, 2])
    connection.sendall(request)
    answer = connection.recv(CODE_BYTES, socket.MSG_WAITALL)
    return int.from_bytes(answer) if len(answer) == CODE_BYTES else None


def _follow(connection: socket.socket, pid: int) -> int:
    """Pass signals on until the exit code comes."""
    passed: list[int] = []

    def pass_on(number: int, _: object) -> None:
        passed.append(number)
        os.kill(pid, number)

    before = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        answer = connection.recv(CODE_BYTES, socket.MSG_WAITALL)
    except ConnectionError:
        answer = b""
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if len(answer) == CODE_BYTES:
        return int.from_bytes(answer)
    if passed:
        return 128 + passed[-1]  # as shells have it
    raise ClaimhouseError("The process that ran this was ended. What was read is kept; the same command goes on from there.")
