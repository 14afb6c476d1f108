"""A warehouse moves: from a file to a lake, back, or to another of either."""

from dataclasses import dataclass
from datetime import timedelta

from flows.clock import now
from flows.errors import WrongUse
from flows.run import only_run
from flows.settings import CONFIG_FILE, Settings
from warehouse.carry import carry
from warehouse.place import Lake, Place


@dataclass(frozen=True, slots=True)
class Moved:
    """What was copied from where to where: rows by table."""

    source: Place
    target: Place
    rows: dict[str, int]

    def lines(self) -> list[str]:
        """What a person reads."""
        others = ", and others who publish to it" if isinstance(self.source, Lake) else ""
        return [
            f"{self.target} holds all of {self.source}: {sum(self.rows.values()):,} rows in {len(self.rows)} tables, compared "
            "table by table.",
            f"Write into {CONFIG_FILE}{others}: warehouse = {_in_toml(self.target)}",
            f"{self.source} stays as it is; remove it when you no longer need it.",
        ]


def move(settings: Settings, target: Place) -> Moved:
    """Copy the warehouse of the settings to a place that holds none, and compare it there. No run may be at work meanwhile."""
    source = settings.place
    if source == target:
        raise WrongUse(f"The warehouse is in {source} already. Name another place.")
    with only_run(settings):
        return Moved(source, target, carry(source, target))


def tidied(settings: Settings, keep_days: float | None = None) -> str:
    """Tidy the lake up, and say what was done. Raises WrongUse for a file, which has nothing to tidy up."""
    if not isinstance(settings.place, Lake):
        raise WrongUse(f"{settings.place} is a file: each run writes it anew, and there is nothing to tidy up.")
    from warehouse.tidy import tidy  # noqa: PLC0415   # who has a file needs none of it

    days = settings.lake.keep_days if keep_days is None else keep_days
    done = tidy(settings.place, timedelta(days=days), now())
    return (
        f"{done.files_before:,} files became {done.files:,}; {done.snapshots:,} snapshots older than {days:g} days are "
        f"forgotten, {done.removed:,} files removed that nothing has named for a day."
    )


def _in_toml(place: Place) -> str:
    escaped = str(place).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
