"""From a backup back to a warehouse: all of it is copied and checked first, then takes its place."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows.backup_manifest import ARCHIVE, CHECKS, WAREHOUSE, Manifest, read_manifest, require_counts
from flows.clock import now
from flows.errors import WrongUse
from flows.fetch.archive import Archive
from flows.fetch.collect import archive_folder
from flows.manifest import FileKept, compared, copied, require_room, settle
from flows.run import alone
from flows.settings import CONFIG_FILE, Settings, load_settings
from flows.swaps import Swap, beside, note, remove, take_noted
from warehouse.database import only_writer
from warehouse.place import Lake


@dataclass(frozen=True, slots=True)
class Plan:
    """A backup and where its parts go here. `config` is where the settings file stands, or is to."""

    source: Path
    manifest: Manifest
    settings: Settings
    config: Path

    @property
    def replaced(self) -> tuple[Path, ...]:
        """What stands here and gives way."""
        places = (_file_of(self.settings), *((archive_folder(self.settings),) if self.manifest.in_archive else ()))
        return tuple(place for place in places if place.exists())


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place, and as what that is kept which stood there; notes are for the person."""

    plan: Plan
    kept: tuple[Path, ...]
    notes: tuple[str, ...]


def plan_restore(source: Path, *, config: Path | None = None, warehouse: str | None = None) -> Plan:
    """Where the backup would go. The settings here say so; where there are none, those of the backup.

    Raises WrongUse for what is no backup, a damaged one, or that of a newer Claimhouse.
    """
    source = source.expanduser().absolute()
    settle(source)
    manifest = read_manifest(source)
    place = config or Path(CONFIG_FILE)
    if place.is_file() or manifest.file(CONFIG_FILE) is None:
        return Plan(source, manifest, load_settings(config if place.is_file() else None, warehouse=warehouse), place)
    staged = beside(place)
    copied(source / CONFIG_FILE, staged.parent, staged.name)
    try:
        return Plan(source, manifest, load_settings(staged, warehouse=warehouse), place)
    finally:
        staged.unlink()


def _file_of(settings: Settings) -> Path:
    """Where the warehouse goes. Raises WrongUse for a lake: it is others' as well, and forgets nothing that it held."""
    if isinstance(settings.place, Lake):
        raise WrongUse(
            "A backup holds the warehouse as a file, and is not put in the place of a lake. Restore it with --warehouse FILE, "
            "then fill an empty lake from that: claimhouse move --warehouse FILE --to ducklake:postgresql://…"
        )
    return settings.place


def restore(plan: Plan) -> Restored:
    """Put the backup in place. Raises WrongUse for a damaged one, Busy while a run is at work; then nothing has changed."""
    settings, manifest = plan.settings, plan.manifest
    warehouse = _file_of(settings).expanduser().resolve()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    require_room(settings.data_dir, manifest.bytes)
    with alone(settings), only_writer(warehouse), _archive_locked(plan):
        own, notes = _own_files(plan)
        places = {WAREHOUSE: warehouse, **own}
        if manifest.in_archive:
            places[ARCHIVE] = archive_folder(settings).absolute()
        try:
            _copy(plan, places)
            swaps = _swaps(places, warehouse, _stamp(now()))
            note(settings.data_dir, swaps)
        except BaseException:
            for place in places.values():
                remove(beside(place))
            raise
        take_noted(settings.data_dir)
    return Restored(plan, tuple(swap.kept for swap in swaps if swap.kept.exists()), tuple(notes))


def _copy(plan: Plan, places: dict[str, Path]) -> None:
    """Copy what is wanted beside the places, and check it there. Raises WrongUse, which names every file that is damaged."""
    for place in places.values():
        remove(beside(place))
    wrong = []
    for file in plan.manifest.files:
        top = file.path.split("/")[0]
        if top in places:
            wrong += _copy_file(plan.source, file, beside(places[top]))
    if wrong:
        told = "\n".join(f"- {line}" for line in wrong)
        raise WrongUse(f"The backup {plan.source} is damaged. Nothing was changed here; take another backup.\n{told}")
    require_counts(beside(places[WAREHOUSE]), plan.manifest, plan.source)


def _copy_file(source: Path, file: FileKept, place: Path) -> list[str]:
    _, _, within = file.path.partition("/")
    place = place / within if within else place
    try:
        # Copied under its own name, but described by its path in the backup.
        found = copied(source / file.path, place.parent, place.name).model_copy(update={"path": file.path})
    except FileNotFoundError:
        return [f"{file.path} is missing"]
    difference = compared(found, file)
    return [difference] if difference else []


def _own_files(plan: Plan) -> tuple[dict[str, Path], list[str]]:
    """Where the files that people write go, and what is to be said of those that do not: a file that is here stays."""
    places, notes = dict[str, Path](), []
    checks = plan.settings.gate.checks
    for path, place in {CONFIG_FILE: plan.config, **({CHECKS: checks} if checks else {})}.items():
        file = plan.manifest.file(path)
        if file is None:
            continue
        kept = plan.source / path
        if place.is_file():
            if place.read_bytes() != kept.read_bytes():
                notes.append(f"{place} stays as it is here; that of the backup is {kept}.")
        elif place.parent.is_dir():
            places[path] = place.absolute()
        else:
            notes.append(f"{place} was not put in place, as there is no folder {place.parent}; it is {kept}.")
    return places, notes


def _swaps(places: dict[str, Path], warehouse: Path, stamp: str) -> list[Swap]:
    """The archive first: a warehouse that knows more pages than the archive holds is the worse of the two halves.

    The log of a program that wrote into the old warehouse goes with it: DuckDB would replay it onto the new one.
    """
    log = warehouse.with_name(f"{warehouse.name}.wal")
    kept = {path: place.with_name(f"{place.stem}.before-{stamp}{place.suffix}") for path, place in places.items()}
    first = sorted(places, key=lambda path: (path != ARCHIVE, path == WAREHOUSE))
    swaps = [Swap(places[path], kept[path], beside(places[path])) for path in first]
    return [*swaps[:-1], Swap(log, kept[WAREHOUSE].with_name(f"{kept[WAREHOUSE].name}.wal"), None), swaps[-1]]


@contextmanager
def _archive_locked(plan: Plan) -> Iterator[None]:
    """Let nobody write to the archive that gives way. Raises Busy while somebody does."""
    folder = archive_folder(plan.settings)
    with ExitStack() as stack:
        if plan.manifest.in_archive and folder.is_dir():
            stack.enter_context(Archive(folder))
        yield


def _stamp(at: datetime) -> str:
    return at.strftime("restore-%Y%m%dT%H%M%S")
