"""A warehouse that an earlier Claimhouse wrote: told apart, and brought to what this one reads."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from warehouse import migrate
from warehouse.database import Connection, WarehouseMissing, building, is_there, open_readonly
from warehouse.place import Lake, Place


def bring_up_to_date(place: Place) -> bool:
    """Give a published warehouse the schema, views and comments of this code; whether there was anything to do.

    No row is lost or changed. Where there is no warehouse there is nothing to do. Raises what `building` does.
    """
    try:
        with closing(open_readonly(place)) as con:
            if migrate.is_current(con):
                return False
    except WarehouseMissing:
        return False
    with building(place):
        pass
    return True


def make_ready(place: Place) -> None:
    """`bring_up_to_date`, and a lake that is not there yet is made: a run settles its rows against a snapshot of it."""
    if not bring_up_to_date(place) and isinstance(place, Lake) and not is_there(place):
        with building(place):
            pass


@contextmanager
def reading_current(place: Place) -> Iterator[Connection]:
    """The published warehouse to read from, brought up to date first. Raises what `building` and `open_readonly` do."""
    bring_up_to_date(place)
    with closing(open_readonly(place)) as con:
        yield con


def what_is_older(con: Connection) -> str | None:
    """That an earlier Claimhouse wrote the warehouse, in words with the mend; None where this one did."""
    if migrate.is_current(con):
        return None
    version, newest = migrate.schema_version(con), len(migrate.migrations())
    which = f"its schema is version {version}, and this one writes {newest}" if version != newest else "its views are older"
    return f"An earlier Claimhouse wrote this warehouse: {which}. `claimhouse report` brings it up to date."
