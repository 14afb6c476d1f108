"""The commands of the checks that the data is held to."""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from flows.cli_options import Config, Format, Warehouse
from flows.errors import DONE, GateStopped

checks = App(
    name="checks",
    help="The checks that the data is held to: those that come with Claimhouse, and your own.",
    help_format="markdown",
)


@checks.command(name="list")
def list_(
    *,
    table: Annotated[str | None, Parameter(help="Only those of this table.")] = None,
    own: Annotated[bool, Parameter(negative="", help="Only your own, and those that you changed.")] = False,
    format: Annotated[Format, Parameter(help="How they are written.")] = "table",  # the option's name
    config: Config = None,
) -> int:
    """List every check: how much weighs its failure, why it stands, what to do, and whether it is yours or changed by you.

    ```
    claimhouse checks list --table claims
    claimhouse checks list --own
    ```
    """
    from flows.listed_checks import listed, shown
    from flows.query import show
    from flows.settings import load_settings

    found = listed(load_settings(config), table, is_own=own)
    if format == "table":
        for line in shown(found):
            print(line)
    else:
        show(found, format, None)
    return DONE


@checks.command(name="try")
def try_(
    name: Annotated[str | None, Parameter(help="One of your checks; without it all of them.")] = None,
    *,
    file: Annotated[Path | None, Parameter(help="A file of checks; without it the one that the settings name.")] = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> int:
    """Hold the published warehouse to your own checks, and show which rows fail. Nothing is written.

    Exit code 1: one that is critical does not hold, so that the gate would stop the load.

    ```
    claimhouse checks try
    claimhouse checks try expect_money_to_have_a_unit --file checks.toml
    ```
    """
    from flows.settings import load_settings
    from flows.tried_checks import tried

    stops = False
    for found in tried(load_settings(config, warehouse=warehouse), name, file):
        stops |= found.stops
        for line in found.lines():
            print(line, flush=True)
    return GateStopped.exit_code if stops else DONE
