"""The commands of the rows that the gate held back."""
# ruff: noqa: PLC0415

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from flows.cli_options import Config, Format, Warehouse
from flows.errors import DONE

if TYPE_CHECKING:
    import polars as pl

    from flows.quarantine import Choice, Listing
    from warehouse.quarantined import Wanted

Ids = Annotated[str, Parameter(help="Rows, by the ids that `list` shows, or enough of their beginning.")]
OfTable = Annotated[str | None, Parameter(help="Only rows meant for this table.")]
OfCheck = Annotated[str | None, Parameter(help="Only rows that failed this check; its columns may be left out.")]
OfRun = Annotated[str | None, Parameter(help="Only rows that this run held back last; the beginning of its run_id suffices.")]
OfDocument = Annotated[
    str | None, Parameter(help="Only rows of this article: its address, its document_id, or the beginning of that.")
]
All = Annotated[bool, Parameter(name="--all", negative="", help="All rows that are held back.")]

quarantine = App(
    name="quarantine",
    help="The rows that the gate held back: which there are and why, and what is to become of them.",
    help_format="markdown",
)


@quarantine.command(name="list")
def list_(  # noqa: PLR0913   # its options
    *,
    table: OfTable = None,
    expectation: OfCheck = None,
    run: OfRun = None,
    document: OfDocument = None,
    all_: Annotated[
        bool, Parameter(name="--all", negative="", help="Also those that are done, and each that only follows another.")
    ] = False,
    limit: Annotated[int, Parameter(help="The most rows that are shown one by one as a table.")] = 30,
    format: Annotated[Format, Parameter(help="How they are written; all but a table gives every row.")] = "table",
    json: Annotated[bool, Parameter(negative="", help="The same as --format json.")] = False,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], help="File for the rows.")] = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> int:
    """List the rows that wait: by table and check how many there are, then one by one, newest first.

    `runs` counts the runs that held a row back, `follow` the rows that refer to it, and were held back for that.

    ```
    claimhouse quarantine list
    claimhouse quarantine list --table claims --limit 100
    claimhouse quarantine list --document https://example.org/a.html
    ```
    """
    from flows.quarantine import list_held
    from flows.query import show
    from flows.settings import load_settings
    from warehouse.upgrade import reading_current

    wanted = _wanted(table, expectation, run, document)
    with reading_current(load_settings(config, warehouse=warehouse).place) as con:
        listing = list_held(con, wanted, everything=all_)
    form = "json" if json else format
    if form == "table" and output is None:
        _print(listing, limit, everything=all_)
    else:
        show(listing.rows, form, output)
    return DONE


@quarantine.command
def show(
    row: Annotated[str, Parameter(help="The row, by the id that `list` shows, or enough of its beginning.")],
    *,
    json: Annotated[bool, Parameter(negative="", help="Print it as JSON.")] = False,
    warehouse: Warehouse = None,
    config: Config = None,
) -> int:
    """Show one row: what is wrong with it and what to do, what it follows, its article, its sentence, and all its columns.

    ```
    claimhouse quarantine show claims/5f0c31ab
    ```
    """
    from dataclasses import asdict
    from json import dumps

    from flows.own_checks import policy_of
    from flows.quarantine_show import show_held
    from flows.settings import load_settings
    from warehouse.upgrade import reading_current

    settings = load_settings(config, warehouse=warehouse)
    with reading_current(settings.place) as con:
        shown = show_held(con, row, policy_of(settings))
    if json:
        print(dumps(asdict(shown), ensure_ascii=False, default=str))
        return DONE
    for label, words in shown.lines():
        print(f"{label:<9} {words}".rstrip())
    return DONE


@quarantine.command
def release(  # noqa: PLR0913   # its options
    *ids: Ids,
    table: OfTable = None,
    expectation: OfCheck = None,
    run: OfRun = None,
    document: OfDocument = None,
    all_: All = False,
    set_: Annotated[
        tuple[str, ...],
        Parameter(name="--set", negative="", help="column=value: what the rows are to hold instead; NULL for nothing."),
    ] = (),
    json: Annotated[bool, Parameter(negative="", help="Print what it came to as JSON.")] = False,
    warehouse: Warehouse = None,
    config: Config = None,
) -> int:
    """Let rows go through the gate again, with the checks of today. What passes is loaded, with what follows it.

    Of what fails it is said why, and it stays. Exit code 1: nothing passed.

    ```
    claimhouse quarantine release claims/5f0c31ab
    claimhouse quarantine release quantities/0b7e --set unit=USD
    claimhouse quarantine release --expectation expect_row_to_lie_in_its_claim
    ```
    """
    from json import dumps

    from flows.prefect_server import configure
    from flows.settings import load_settings

    settings = load_settings(config, warehouse=warehouse)
    configure(settings)

    from flows.quarantine_release import release as let_in

    released = let_in(settings, _choice(ids, _wanted(table, expectation, run, document), everything=all_), set_)
    if json:
        print(dumps(released.as_dict(), ensure_ascii=False))
        return DONE
    for line in released.lines():
        print(line)
    print("`claimhouse report` writes the pages anew.")
    return DONE


@quarantine.command
def drop(  # noqa: PLR0913   # its options
    *ids: Ids,
    table: OfTable = None,
    expectation: OfCheck = None,
    run: OfRun = None,
    document: OfDocument = None,
    all_: All = False,
    yes: Annotated[bool, Parameter(name=["--yes", "-y"], negative="", help="Do not ask first.")] = False,
    warehouse: Warehouse = None,
    config: Config = None,
) -> int:
    """Say that nobody wants these rows, nor what follows them. They stay in the table `quarantine`, marked as dropped.

    A page whose document was dropped is not read again while its bytes stay the same; a row that is held back again for the
    same reason is dropped at once.

    ```
    claimhouse quarantine drop claims/5f0c31ab
    claimhouse quarantine drop --run 0b7e11 --yes
    ```
    """
    from flows.quarantine import drop as let_go
    from flows.settings import load_settings

    settings = load_settings(config, warehouse=warehouse)
    choice = _choice(ids, _wanted(table, expectation, run, document), everything=all_)
    print(let_go(settings, choice, agreed=(lambda _: True) if yes else _ask))
    return DONE


def _ask(question: str) -> bool:
    from flows.errors import WrongUse

    if not sys.stdin.isatty():
        raise WrongUse(f"{question} Nobody is there to ask: say so with --yes.")
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def _wanted(table: str | None, expectation: str | None, run: str | None, document: str | None) -> "Wanted":
    from warehouse.quarantined import Wanted

    return Wanted(table=table, expectation=expectation, run=run, document=document)


def _choice(ids: tuple[str, ...], wanted: "Wanted", *, everything: bool) -> "Choice":
    from flows.quarantine import Choice

    return Choice(ids, wanted, everything)


def _print(listing: "Listing", limit: int, *, everything: bool) -> None:
    from flows.query import show as show_table

    done = f" {listing.done:,} more are done; --all lists them." if listing.done and not everything else ""
    if not listing.waiting:
        print(f"No row is held back.{done}")
        if listing.rows.is_empty():
            return
    else:
        print(f"{listing.waiting:,} {'row is' if listing.waiting == 1 else 'rows are'} held back.{done}")
        show_table(_since(listing.groups.rename({"followers": "follow", "oldest": "since"}).drop("newest")), "table", None)
    state = ["state"] if everything else []
    rows = listing.rows.head(limit).select("id", *state, "since", runs="times", follow="followers", reason="reason")
    show_table(_since(rows), "table", None)
    if (more := listing.rows.height - limit) > 0:
        print(f"{more:,} more {'row' if more == 1 else 'rows'}; --limit shows more, --format csv, json or parquet gives all.")
    if listing.waiting:
        print("`claimhouse quarantine show ID` tells all about one, `release` lets rows in, `drop` lets them go.")


def _since(rows: "pl.DataFrame") -> "pl.DataFrame":
    """The rows with `since` to the minute, which is enough for people."""
    return rows.with_columns(rows["since"].dt.strftime("%Y-%m-%d %H:%M"))
