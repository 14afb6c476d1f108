"""Killing a process at a certain system call: strace finds the calls that write below a folder, and kills at one of them."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
WRITING = (
    "write", "writev", "pwrite64", "pwritev", "sendfile", "copy_file_range", "ftruncate", "truncate", "fallocate", "fsync",
    "fdatasync", "rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "mkdir", "mkdirat", "link", "linkat",
)  # fmt: skip
"""System calls that change what is on the disk, or see to it that it stays. A file is made by `openat`, which mostly reads."""
_SET = ",".join(f"?{name}" for name in (*WRITING, "openat"))
"""With `?` a call that this processor does not have is passed over."""
_LINE = re.compile(r"^(\d+) +(\w+)\((.*)$")
_ATTACH_SECONDS = 20
KILLED = -signal.SIGKILL
"""Exit code of a process that was killed."""
MEND = "Install strace (apt install strace), and let it trace: in a container this takes the capability SYS_PTRACE."


@dataclass(frozen=True, slots=True)
class Call:
    """The `number`-th call of that name by one thread, and the name of the file that it is about."""

    name: str
    number: int
    file: str

    def __str__(self) -> str:
        return f"{self.name} {self.number}, {self.file}"


class Steps:
    """Does steps (see `crashes_steps`), each in a process that was started ahead: imports take longer than a step."""

    def __init__(self) -> None:
        self._spare = _started()

    def run(self, step: str, folder: Path, reference: Path, trace: "Trace | None" = None) -> int:
        """Do a step, under strace where it is to be traced. Its exit code; KILLED where it was killed."""
        process, self._spare = self._spare, _started()
        assert process.stdin
        process.stdin.write(json.dumps([step, str(folder), str(reference)]) + "\n")
        process.stdin.close()
        _wait_until_stopped(process)
        if trace is None:
            process.send_signal(signal.SIGCONT)
            return process.wait()
        with trace.attached(process.pid):
            process.send_signal(signal.SIGCONT)
            return process.wait()

    def end(self) -> None:
        """End the process that nobody needs any more."""
        self._spare.kill()
        self._spare.wait()
        if self._spare.stdin:
            self._spare.stdin.close()


def _started() -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.crashes_steps"]
    # Calls are counted by thread: what a pool of threads writes would be another thread's each time.
    alone = {"POLARS_MAX_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env={**os.environ, **alone}, stdin=subprocess.PIPE, text=True)  # noqa: S603   our own module


@contextmanager
def steps_apart() -> Iterator[Steps]:
    """Steps in processes of their own; none of them is left behind the block."""
    steps = Steps()
    try:
        yield steps
    finally:
        steps.end()


@dataclass(frozen=True, slots=True)
class Trace:
    """What strace is asked for: a log of calls on these files (on all, where none are named), and a kill at one of them."""

    log: Path
    paths: Sequence[str] = ()
    kill: Call | None = None

    @property
    def options(self) -> list[str]:
        """As strace takes them."""
        kill = [f"--inject={self.kill.name}:signal=SIGKILL:when={self.kill.number}"] if self.kill else []
        named = [word for path in self.paths for word in ("-P", path)]
        return ["strace", "-f", "-qq", "-y", "-o", str(self.log), f"--trace={_SET}", *named, *kill]

    @contextmanager
    def attached(self, pid: int) -> Iterator[None]:
        """Have strace hold on to a process that has stopped."""
        tracer = subprocess.Popen([*self.options, "-p", str(pid)], stderr=subprocess.PIPE, text=True)  # noqa: S603
        try:
            deadline = time.monotonic() + _ATTACH_SECONDS
            while not _is_traced(pid):
                if tracer.poll() is not None or time.monotonic() > deadline:
                    os.kill(pid, signal.SIGKILL)
                    raise RuntimeError(f"strace does not trace: {tracer.stderr.read() if tracer.stderr else ''}")
                time.sleep(0.002)
            yield
        finally:
            tracer.wait()
            if tracer.stderr:
                tracer.stderr.close()


def why_not_traced() -> str | None:
    """Why calls can't be traced here, with the mend; None where they can."""
    if not shutil.which("strace"):
        return f"strace is not there. {MEND}"
    tried = subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return f"strace can't trace here ({tried.stderr.strip()[:100]}). {MEND}" if tried.returncode else None


def calls_of(steps: Steps, step: str, folders: Sequence[Path], reference: Path) -> tuple[list[str], list[Call]]:
    """The files below its folder that a step touches, relative to it, and the calls that write there, in their order.

    The step is done twice, in two folders that are alike: calls are counted among those on files that are known by then.
    """
    log = folders[0].with_suffix(".strace")
    steps.run(step, folders[0], reference, Trace(log))
    files = [os.path.relpath(path, folders[0]) for path in files_touched(read_log(log), folders[0])]
    steps.run(step, folders[1], reference, Trace(log, below(folders[1], files)))
    return files, writing_calls(read_log(log), folders[1])


def below(folder: Path, files: Sequence[str]) -> list[str]:
    """The files as paths below that folder."""
    return [os.path.normpath(folder / name) for name in files]


def read_log(log: Path) -> list[str]:
    """The lines of a log of strace."""
    return log.read_text(encoding="utf-8", errors="replace").splitlines()


def files_touched(lines: Sequence[str], folder: Path) -> list[str]:
    """Every path at or below the folder that a log names."""
    found = re.findall(rf"{re.escape(str(folder))}(?:/[^\s\"<>]*)?", "\n".join(lines))
    return sorted(set(found))


def writing_calls(lines: Sequence[str], folder: Path) -> list[Call]:
    """The calls of a log that write, each with its number among its thread's calls of that name."""
    counts: Counter[tuple[str, str]] = Counter()
    found: list[Call] = []
    for thread, name, rest in (match.groups() for match in map(_LINE.match, lines) if match):
        counts[thread, name] += 1
        if name != "openat" or "O_CREAT" in rest:
            found.append(Call(name, counts[thread, name], _named(rest, folder)))
    return list(dict.fromkeys(found))


def _named(arguments: str, folder: Path) -> str:
    match = re.search(rf"{re.escape(str(folder))}/?([^\s\"<>]*)", arguments)
    return (match[1] or ".") if match else "?"


def _wait_until_stopped(process: "subprocess.Popen[str]") -> None:
    while process.poll() is None and _status_of(process.pid, "State")[:1] != "T":
        time.sleep(0.002)
    if process.returncode is not None:
        raise RuntimeError(f"a step ended with {process.returncode} before it began; what it printed says why")


def _is_traced(pid: int) -> bool:
    threads = [int(path.name) for path in Path(f"/proc/{pid}/task").iterdir()]
    return all(_status_of(thread, "TracerPid") not in ("0", "") for thread in threads)


def _status_of(pid: int, name: str) -> str:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(f"{name}:")), "")
