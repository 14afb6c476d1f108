"""Files and folders that take the place of others, so that a process which is killed meanwhile loses none of them.

The swaps are written down before the first of them is made. Whoever next works in the data folder makes those that are left.
"""

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from flows.errors import WrongUse
from flows.manifest import flush_folder
from warehouse.database import only_writer

_NOTED = "restoring.json"


@dataclass(frozen=True)
class Swap:
    """What is to stand at `place`: `new`, or nothing. What stands there is kept as `kept`. Paths are absolute."""

    place: Path
    kept: Path
    new: Path | None


_SWAPS = TypeAdapter(list[Swap])


def note(data_dir: Path, swaps: Sequence[Swap]) -> None:
    """Write down what is to be swapped; from here on it will be. The warehouse comes last."""
    noted = data_dir / _NOTED
    part = beside(noted)
    with part.open("wb") as file:
        file.write(_SWAPS.dump_json(list(swaps)))
        file.flush()
        os.fsync(file.fileno())
    part.replace(noted)
    flush_folder(data_dir)


def finish(data_dir: Path) -> None:
    """Make the swaps that a killed process left. Nobody else may work in the data folder meanwhile."""
    if (data_dir / _NOTED).is_file():
        with only_writer(_read(data_dir)[-1].place):
            take_noted(data_dir)


def take_noted(data_dir: Path) -> None:
    """Make the swaps that are written down, as far as they are not made yet. The caller holds the warehouse's lock."""
    for swap in _read(data_dir):
        _take(swap)
    (data_dir / _NOTED).unlink()
    flush_folder(data_dir)


def beside(place: Path) -> Path:
    """Where what is to stand at the place is made ready."""
    return place.with_name(f".{place.name}.restoring")


def remove(path: Path) -> None:
    """Remove the file or folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _read(data_dir: Path) -> list[Swap]:
    noted = data_dir / _NOTED
    try:
        return _SWAPS.validate_json(noted.read_bytes())
    except ValidationError:
        raise WrongUse(f"{noted} can't be read. Remove it, and restore again.") from None


def _take(swap: Swap) -> None:
    """Make the swap, or what is left of it."""
    if swap.new is None or swap.new.exists():
        if swap.place.exists():
            _keep(swap)
        if swap.new is not None:
            swap.new.replace(swap.place)
        flush_folder(swap.place.parent)


def _keep(swap: Swap) -> None:
    if swap.place.is_file() and swap.new is not None:
        with suppress(FileExistsError):  # kept by the process that was killed
            _keep_file(swap.place, swap.kept)
        return
    kept = swap.kept
    while kept.exists():  # somebody has made the place anew since
        kept = kept.with_name(f"{kept.name}-too")
    swap.place.rename(kept)


def _keep_file(place: Path, kept: Path) -> None:
    """Under both names for a moment: whoever asks meanwhile finds the old file or the new one, never none."""
    try:
        kept.hardlink_to(place)
    except FileExistsError:
        raise
    except OSError:  # a disk that knows no such thing
        place.rename(kept)
