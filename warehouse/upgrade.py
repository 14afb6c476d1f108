"""A warehouse that an earlier Claimhouse wrote: told apart, and brought to what this one reads."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from warehouse import migrate
from warehouse.database import Connection, WarehouseMissing, building, open_readonly


def bring_up_to_date(path: Path) -> bool:
    """Give a published warehouse the schema, views and comments of this code; whether there was anything to do.

    No row is lost or changed. Where there is no warehouse there is nothing to do. Raises what `building` does.
    """
    try:
        with closing(open_readonly(path)) as con:
            if migrate.is_current(con):
                return False
    except WarehouseMissing:
        return False
    with building(path):
        pass
    return True


@contextmanager
def reading_current(path: Path) -> Iterator[Connection]:
    """The published warehouse to read from, brought up to date first. Raises what `building` and `open_readonly` do."""
    bring_up_to_date(path)
    with closing(open_readonly(path)) as con:
        yield con


def what_is_older(con: Connection) -> str | None:
    """That an earlier Claimhouse wrote the warehouse, in words with the mend; None where this one did."""
    if migrate.is_current(con):
        return None
    version, newest = migrate.schema_version(con), len(migrate.migrations())
    which = f"its schema is version {version}, and this one writes {newest}" if version != newest else "its views are older"
    return f"An earlier Claimhouse wrote this warehouse: {which}. `claimhouse report` brings it up to date."
