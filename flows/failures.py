"""How a command ends when it fails: a sentence for the person, an exit code, and the traceback in the log."""
# ruff: noqa: PLC0415   what only a failure needs is imported when there is one

import os
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import disk_usage
from tempfile import gettempdir

from flows.errors import UNEXPECTED, ClaimhouseError, GateStopped, WrongUse

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it: 128 and the number of the signal."""
_LITTLE_ROOM_BYTES = 100_000_000
_READER_GONE = 141
"""Exit code when nobody reads the output any more, as of `claimhouse query … | head`: 128 and the number of SIGPIPE."""


def exit_code_of(error: BaseException) -> int:
    """Say what went wrong on standard error, and return the exit code."""
    from warehouse.errors import WarehouseError, damaged, is_damage, is_full_disk

    match error:
        case GateStopped():
            from flows.progress import show_summary

            show_summary(error.summary)
            _say(str(error))
            return error.exit_code
        case ClaimhouseError():
            _say(str(error))
            return error.exit_code
        case WarehouseError():
            _say(f"{str(error)[:1].upper()}{str(error)[1:]}.")
            return WrongUse.exit_code
        case KeyboardInterrupt():
            _say("Stopped. What was read is kept; the same command goes on from there.")
            return INTERRUPTED
        case BrokenPipeError():
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else the interpreter flushes, and fails, once more
            return _READER_GONE
    if any(isinstance(one, Exception) and is_full_disk(one) for one in _chain(error)):
        _say(f"The disk is full{_where_full()}. Nothing that was loaded before is lost. Make room, then run again.")
        return WrongUse.exit_code
    if damage := next((one for one in _chain(error) if is_damage(one)), None):
        return exit_code_of(damaged(damage))
    log = _write_traceback(error)
    _say(f"Something unexpected happened: {type(error).__name__}: {_first_line(error)}. The log tells more: {log}")
    return UNEXPECTED


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "").rstrip(".")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _where_full() -> str:
    """Which folder has the least room: that of the data, or that of temporary files, which may lie on another disk."""
    folders = [folder for folder in (_log_of_settings().parent.parent, Path(gettempdir())) if folder.is_dir()]
    free = {folder: disk_usage(folder).free for folder in folders}
    fullest = min(folders, key=lambda folder: free[folder])
    return f": {fullest} has {free[fullest] / 1e6:.1f} MB left" if free[fullest] < _LITTLE_ROOM_BYTES else ""


def _write_traceback(error: BaseException) -> Path:
    """Add the traceback to the log of the data folder, else to one in the folder for temporary files."""
    trace = "".join(traceback.format_exception(error))
    text = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} | claimhouse {' '.join(sys.argv[1:])}\n{trace}\n"
    for log in (_log_of_settings(), Path(gettempdir()) / "claimhouse.log"):
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("a", encoding="utf-8") as file:
                file.write(text)
        except OSError:
            continue
        return log
    return Path(os.devnull)


def _log_of_settings() -> Path:
    named = os.environ.get("PREFECT_LOGGING_HANDLERS_FILE_FILENAME")
    if named:
        return Path(named)
    from flows.prefect_server import log_file
    from flows.settings import Settings, load_settings

    try:
        return log_file(load_settings())
    except WrongUse:
        return log_file(Settings.model_construct())
