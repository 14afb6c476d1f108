"""Backups and restores by processes that are killed at one of their steps on the disk."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from flows.backup import back_up
from flows.restore import plan_restore, restore
from flows.settings import Settings

_STEPS = ("os.rename", "os.link", "os.remove", "os.rmdir", "os.mkdir")
_MOST = 200


def killed_at_each_step(work: Callable[[Path], None], prepare: Callable[[int], Path], check: Callable[[Path], None]) -> int:
    """Prepare a folder, have a process work in it that is killed at its first step, then check; the same for each further step.

    How many steps there were until a process ended by itself.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    for step in range(_MOST):
        folder = prepare(step)
        process = context.Process(target=_work, args=(work, folder, step))
        process.start()
        process.join(60)
        check(folder)
        if process.exitcode == 0:
            return step
        assert process.exitcode == -signal.SIGKILL, process.exitcode
    raise AssertionError(f"more than {_MOST} steps")


def make_backup(folder: Path) -> None:
    """Back up what is in the folder to `backup` there."""
    back_up(settings_of(folder), folder / "backup")


def bring_back(folder: Path) -> None:
    """Restore what `backup` in the folder holds."""
    restore(plan_restore(folder / "backup", config=folder / "claimhouse.toml"))


def settings_of(folder: Path) -> Settings:
    """Settings whose data folder is `data` there."""
    return Settings(data_dir=folder / "data")


def _work(work: Callable[[Path], None], folder: Path, step: int) -> None:
    taken = 0

    def look(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal taken
        written = event == "open" and isinstance(arguments[1], str) and "w" in arguments[1]
        if (event in _STEPS or written) and str(folder) in str(arguments[0]):
            if taken == step:
                os.kill(os.getpid(), signal.SIGKILL)
            taken += 1

    sys.addaudithook(look)
    work(folder)
