"""Whether this machine is ready for a run: each thing looked at, and the mend where it is not."""

import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from flows.errors import ClaimhouseError
from flows.language_model import model_version
from flows.models import load_reader
from flows.own_checks import policy_of
from flows.prefect_server import running_server
from flows.settings import Settings
from warehouse.database import WarehouseError, WarehouseMissing, open_readonly
from warehouse.migrate import migrations, schema_version

LOCK = Path(__file__).parents[1] / "requirements.lock"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(\s*;)?", re.MULTILINE)
_FREE_GB = 2
"""A first run writes about 0.1 GB; publishing takes the size of the warehouse once more."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found of one thing; `mend` says what to do where it is not well."""

    thing: str
    found: str
    mend: str | None = None


def examine(settings: Settings) -> Iterator[Diagnosis]:
    """Look at everything that a run needs, the quick things first."""
    looks: tuple[Callable[[Settings], Diagnosis], ...] = (
        _python, _packages, _data_folder, _disk, _warehouse, _own_checks, _prefect, _model,
    )  # fmt: skip
    for look in looks:
        yield look(settings)


def _python(_: Settings) -> Diagnosis:
    mend = None if (3, 12) <= sys.version_info[:2] < (3, 14) else "Install Python 3.12 or 3.13, then run `make setup`."
    return Diagnosis("Python", platform.python_version(), mend)


def _packages(_: Settings) -> Diagnosis:
    if not LOCK.is_file():
        return Diagnosis("Packages", "not compared: this installation has no requirements.lock")
    differing = []
    for name, version, is_conditional in _PINNED.findall(LOCK.read_text(encoding="utf-8")):
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            installed = version if is_conditional else "missing"
        if installed != version:
            differing.append(f"{name} is {installed}, not {version}")
    if differing:
        more = f" and {len(differing) - 3} more" if len(differing) > 3 else ""
        return Diagnosis("Packages", "; ".join(differing[:3]) + more, "Run `make setup`.")
    return Diagnosis("Packages", "as in requirements.lock")


def _data_folder(settings: Settings) -> Diagnosis:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.data_dir):
            return Diagnosis("Data folder", f"{settings.data_dir} can be written")
    except OSError as error:
        found = f"{settings.data_dir}: {error.strerror}"
        return Diagnosis("Data folder", found, "Mend its permissions, or set another data_dir.")


def _disk(settings: Settings) -> Diagnosis:
    folder = next(path for path in (settings.data_dir.absolute(), *settings.data_dir.absolute().parents) if path.exists())
    place = settings.place
    needed = _FREE_GB * 1e9 + (place.stat().st_size if isinstance(place, Path) and place.is_file() else 0)
    free = shutil.disk_usage(folder).free
    found = f"{free / 1e9:.1f} GB free in {folder}"
    return Diagnosis("Disk", found, None if free >= needed else f"Make room: a run may need {needed / 1e9:.1f} GB.")


def _warehouse(settings: Settings) -> Diagnosis:
    place, newest = settings.place, len(migrations())
    try:
        with closing(open_readonly(place)) as con:
            version = schema_version(con)
    except WarehouseMissing:
        return Diagnosis("Warehouse", f"none at {place} yet; the first run makes it")
    except WarehouseError as error:
        return Diagnosis("Warehouse", str(error), "See there.")
    later = "" if version == newest else f"; the next run brings it to {newest}"
    return Diagnosis("Warehouse", f"{place} opens, schema version {version}{later}")


def _own_checks(settings: Settings) -> Diagnosis:
    if settings.gate.checks is None:
        return Diagnosis("Own checks", "none; docs/checks.md tells how to write some")
    try:
        policy = policy_of(settings)
    except ClaimhouseError as error:
        return Diagnosis("Own checks", str(error), "Mend the file, or try a check with `claimhouse checks try`.")
    own, changed = sum(len(checks) for checks in policy.own.values()), len(policy.changes)
    return Diagnosis("Own checks", f"{own} of your own and {changed} changed, in {settings.gate.checks}")


def _prefect(settings: Settings) -> Diagnosis:
    address = running_server(settings)
    found = f"a server answers at {address}" if address else "no server is up; a run starts its own"
    return Diagnosis("Prefect", f"{metadata.version('prefect')}, {found}")


def _model(settings: Settings) -> Diagnosis:
    try:
        name = model_version(settings.reading.model)
        load_reader(settings.reading)
    except ClaimhouseError as error:
        return Diagnosis("Language model", str(error), "See there.")
    return Diagnosis("Language model", f"{name} loads, with the entity catalogue and the lexicons")
