"""Rows held back, worked off: which there are, and those that nobody wants. `quarantine_release` has those that are let in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from flows.clock import now
from flows.errors import WrongUse
from flows.settings import Settings, nearest
from warehouse.database import Connection, building
from warehouse.quarantined import Wanted, like, named, note_held, resolve, rows_held, with_followers
from warehouse.tables import TABLES

WAITING = ("open", "stopped")
"""States of rows that are still held back."""
STATE_WORDS = {
    "open": "held back",
    "stopped": "a sample of a run whose load was stopped",
    "loaded": "loaded by a later run",
    "released": "released",
    "dropped": "dropped",
}
_GROUPED = ("table_name", "expectation")


@dataclass(frozen=True, slots=True)
class Choice:
    """Rows that a person chose: by their ids, else by what is `wanted`, else `everything`."""

    ids: Sequence[str] = ()
    wanted: Wanted = Wanted()  # noqa: RUF009  # frozen
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows held back, newest first, and by table and expectation how many there are, the most first.

    Rows that only follow others are counted with the row that they follow in the end, as `followers`.
    """

    groups: pl.DataFrame
    rows: pl.DataFrame
    waiting: int
    done: int


def list_held(con: Connection, wanted: Wanted, *, everything: bool = False) -> Listing:
    """The rows that wait, of those that are wanted; with `everything` also those that are done, and each that follows another.

    Those that follow are listed one by one too where a table, an expectation or a document is asked for.
    """
    note_held(con)
    _refuse_unknown(wanted)
    found = rows_held(con, wanted)
    is_waiting = pl.col("state").is_in(WAITING)
    by_itself = (pl.col("parent_table").fill_null("") == "") | pl.lit(
        bool(everything or wanted.table or wanted.expectation or wanted.document)
    )
    rows = found.filter(by_itself if everything else is_waiting & by_itself)
    groups = (
        found.filter(is_waiting & by_itself)
        .explode("expectations")
        .rename({"expectations": "expectation"})
        .group_by(_GROUPED)
        .agg(rows=pl.len(), followers=pl.col("followers").sum(), oldest=pl.col("since").min(), newest=pl.col("since").max())
        .sort("rows", *_GROUPED, descending=[True, False, False])
    )
    waiting = found.filter(is_waiting).height
    return Listing(groups, rows, waiting, found.height - waiting)


def choose(con: Connection, choice: Choice) -> pl.DataFrame:
    """The chosen rows that are still held back: table_name, row_key, id and state. `note_held` comes before.

    Raises WrongUse where nothing is named, for an id that no row has or that several begin with, and for a row that is done.
    """
    if choice.ids:
        if choice.everything or choice.wanted.names_rows:
            raise WrongUse("Rows are named by their ids, or chosen with --table, --expectation, --run, --document, not both.")
        return pl.concat([_chosen(con, typed) for typed in choice.ids]).unique(maintain_order=True)
    if not (choice.everything or choice.wanted.names_rows):
        raise WrongUse(
            "Name the rows, by the ids that `claimhouse quarantine list` shows, or choose them with --table, --expectation, "
            "--run or --document, or all of them with --all."
        )
    _refuse_unknown(choice.wanted)
    found = rows_held(con, choice.wanted).filter(pl.col("state").is_in(WAITING))
    if found.is_empty():
        raise WrongUse("No row that is held back fits. `claimhouse quarantine list` shows those that there are.")
    # What follows another chosen row comes along with that.
    alone = found.join(found, left_on=("parent_table", "parent_key"), right_on=("table_name", "row_key"), how="anti")
    return alone.select("table_name", "row_key", "id", "state")


def drop(settings: Settings, choice: Choice, *, agreed: Callable[[str], bool]) -> str:
    """Mark the chosen rows and what follows them as dropped, if that is `agreed` to; says what was done.

    The rows stay in `quarantine`. A page whose document was dropped is not read again until its bytes or Claimhouse change.
    """
    from flows.run import only_run  # noqa: PLC0415   # what a run needs is not what a list of rows waits for

    with only_run(settings), building(settings.place) as con:
        note_held(con)
        chosen = choose(con, choice)
        rows = with_followers(con, chosen).filter(pl.col("state").is_in(WAITING))
        following = rows.filter("is_follower")
        words = counted(chosen) + (f", and {counted(following)} that {_follow(following.height)}" if len(following) else "")
        if not agreed(f"Drop {words}?"):
            raise WrongUse("Nothing was dropped.")
        resolve(con, rows, "dropped", now())
    return f"Dropped {words}. In `quarantine` they stay, with resolution `dropped`."


def counted(rows: pl.DataFrame) -> str:
    """How many rows of which tables: `2 rows of claims, 1 row of documents`."""
    order = [table.name for table in TABLES]
    counts = sorted(rows.group_by("table_name").len().rows(), key=lambda row: (order.index(row[0]), row))
    return ", ".join(f"{count:,} {'row' if count == 1 else 'rows'} of {name}" for name, count in counts)


def _follow(count: int) -> str:
    return "follows" if count == 1 else "follow"


def chosen_one(con: Connection, typed: str) -> tuple[str, str]:
    """table_name and row_key of the one row, in whatever state, that these words name. Raises WrongUse."""
    found = named(con, typed)
    if found.is_empty():
        near = like(con, typed)
        hint = f"Near it are {', '.join(near)}." if near else "No row was ever held back."
        raise WrongUse(f"No row held back is called {typed}. {hint} `claimhouse quarantine list --all` shows all.")
    if found.height > 1:
        raise WrongUse(f"{typed} may be {', or '.join(found['id'])}: type more of it.")
    table_name, row_key, *_ = found.row(0)
    return table_name, row_key


def _chosen(con: Connection, typed: str) -> pl.DataFrame:
    chosen_one(con, typed)
    found = named(con, typed)
    [state] = found["state"]
    if state not in WAITING:
        raise WrongUse(f"{found['id'][0]} is no longer held back: it was {STATE_WORDS[state]}. There is nothing to do.")
    return found.select("table_name", "row_key", "id", "state")


def _refuse_unknown(wanted: Wanted) -> None:
    names = [table.name for table in TABLES]
    if wanted.table and wanted.table not in names:
        raise WrongUse(f"There is no table `{wanted.table}`{nearest(wanted.table, names)}")
