"""What keeps a process that reads pages within bounds: the time that a page may take, and the memory of the process."""

import contextlib
import ctypes
import faulthandler
import gc
import os
import sys
from collections.abc import Iterator
from typing import NoReturn, TextIO

from flows.settings import BYTES_PER_MB

LARGE_BYTES = 1_000_000
"""A block of memory from this size on is got from the system by itself, and goes back to it by itself."""
_M_MMAP_THRESHOLD = -3  # as in malloc.h


@contextlib.contextmanager
def watched(seconds: float, log: TextIO) -> Iterator[None]:
    """End this process if the block takes longer. A signal would wait for code that never looks at it; this does not.

    Where it was then goes to the log.
    """
    faulthandler.dump_traceback_later(seconds, exit=True, file=log)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def give_up() -> NoReturn:
    """End this process at once: what it was at is lost, and another takes its place.

    After a MemoryError nobody knows what a library has left half done, and what it had taken is not all given back.
    """
    os._exit(1)


def give_back_what_is_free() -> None:
    """Collect what nothing reaches any more, and give all that is free back to the system.

    What the checks of a part leave behind holds its tables, in cycles that the collector would come to much later.
    """
    gc.collect()
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library has no such call
            ctypes.CDLL(None).malloc_trim(0)


def give_back_memory() -> None:
    """Have this process and those forked from it give large blocks of memory back as soon as they are free, where glibc rules.

    By itself glibc cuts ever larger blocks out of its heap once such a one was freed (mallopt(3), M_MMAP_THRESHOLD): what
    tables took then stays with the process, in pieces between what lives on.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library has no such setting
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES)


def limit_memory(max_mb: int) -> tuple[int, int] | None:
    """Have the system refuse this process more memory than that, in megabytes, so that the machine never runs out of it.

    What counts is memory of the process's own that it may write to (setrlimit(2), RLIMIT_DATA, since Linux 4.7); what is only
    reserved does not. Returns the limits that were; None on other systems, which do not keep to such a limit: there it is not
    set.
    """
    if sys.platform != "linux":
        return None
    import resource  # noqa: PLC0415  # there is none on Windows

    before = resource.getrlimit(resource.RLIMIT_DATA)
    _, hard = before
    wanted = max_mb * BYTES_PER_MB
    resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard < 0 else min(wanted, hard), hard))
    return before


@contextlib.contextmanager
def limited_memory(max_mb: int) -> Iterator[None]:
    """Limit this process's memory as `limit_memory` does while the block runs: the process is not ours, but lent."""
    before = limit_memory(max_mb)
    try:
        yield
    finally:
        if before is not None:
            import resource  # noqa: PLC0415

            resource.setrlimit(resource.RLIMIT_DATA, before)
