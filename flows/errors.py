"""What can end a run or a command, and the exit code that each leaves.

The names tell how it ended, so they go without the suffix `Error` (N818).
"""

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from flows.summary import Summary

DONE = 0
UNEXPECTED = 70
"""Exit code of an error that nobody foresaw (EX_SOFTWARE of sysexits.h); the log file holds its traceback."""


class ClaimhouseError(Exception):
    """An error for the person at the keyboard: its message says what was wrong, where, and the mend."""

    exit_code: ClassVar[int] = UNEXPECTED


class GateStopped(ClaimhouseError):  # noqa: N818
    """The gate stopped the load: what it stopped is not in the warehouse. `summary` tells what the run came to."""

    exit_code = 1

    def __init__(self, summary: "Summary") -> None:
        super().__init__("\n".join((f"The gate stopped the load; {summary.stands}.", *summary.stopped_by)))
        self.summary = summary


class WrongUse(ClaimhouseError):  # noqa: N818
    """Something that must be mended first: an argument, a setting, a file, the disk."""

    exit_code = 2


class Busy(WrongUse):
    """Another process is at work where this one is to be. It will be done: a run by the clock is tried again."""


class NothingRead(ClaimhouseError):  # noqa: N818
    """No page was there to read."""

    exit_code = 3
