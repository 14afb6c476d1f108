"""Upkeep of a lake: each load adds files, and old snapshots keep what later ones have replaced.

Nothing that the last snapshot shows changes. Files are removed a day after nothing kept names them any more: a reader that was
open before may still want them.
"""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from warehouse.engine import Connection
from warehouse.lake import exclusive, maintaining
from warehouse.place import Lake

GRACE = timedelta(days=1)
"""So long a file stays that is no longer named, for those who read it now."""
_MOST_DELETED = 0.25
"""Share of a file's rows that may be deleted before it is written anew: each reader passes over them."""


@dataclass(frozen=True, slots=True)
class Tidied:
    """What was done: snapshots that are no longer kept, files before and after, files removed."""

    snapshots: int
    files_before: int
    files: int
    removed: int


def tidy(lake: Lake, keep: timedelta, now: datetime, *, grace: timedelta = GRACE) -> Tidied:
    """Forget snapshots that are older than `keep`, merge small files, and remove files that have been unnamed for `grace`.

    Writers wait meanwhile, readers do not. `now` is naive UTC.
    """
    with exclusive(lake), closing(maintaining(lake)) as con:
        before = _files(con)
        snapshots = _called(con, "ducklake_expire_snapshots('warehouse', older_than => $than)", now - keep)
        _called(con, "ducklake_rewrite_data_files('warehouse', delete_threshold => $share)", _MOST_DELETED)
        _called(con, "ducklake_merge_adjacent_files('warehouse')")
        removed = _called(con, "ducklake_cleanup_old_files('warehouse', older_than => $than)", now - grace)
        return Tidied(snapshots, before, _files(con), removed)


def _called(con: Connection, call: str, value: datetime | float | None = None) -> int:
    """How many rows the call told of, one for each thing that it did something to."""
    if isinstance(value, datetime):
        call = call.replace("$than", f"TIMESTAMPTZ '{value.replace(tzinfo=UTC).isoformat()}'")
    elif value is not None:
        call = call.replace("$share", str(value))
    return len(con.execute(f"CALL {call}").fetchall())


def _files(con: Connection) -> int:
    [[count]] = con.execute(
        "SELECT coalesce(sum(file_count + delete_file_count), 0) FROM ducklake_table_info('warehouse')"
    ).fetchall()
    return int(count)
