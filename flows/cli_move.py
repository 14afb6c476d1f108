"""The commands that move a warehouse and keep a lake in order: `move` and `tidy`."""
# ruff: noqa: PLC0415   see flows.cli

from typing import Annotated

from cyclopts import Parameter, validators

from flows.cli_options import Config, Warehouse
from flows.errors import DONE


def move(
    *,
    to: Annotated[str, Parameter(help="A new file, or the address of a lake that holds nothing yet.")],
    warehouse: Warehouse = None,
    config: Config = None,
) -> int:
    """Copy the warehouse to another place, compare all of it there, and say what to write into the settings.

    ```
    claimhouse move --to "ducklake:postgresql://claimhouse@db.example.org/claimhouse?data=/shared/claimhouse"
    claimhouse move --to data/warehouse.duckdb
    ```
    """
    from flows.move import move as move_to
    from flows.settings import load_settings, warehouse_of

    for line in move_to(load_settings(config, warehouse=warehouse), warehouse_of(to)).lines():
        print(line)
    return DONE


def tidy(
    *,
    keep_days: Annotated[
        float | None,
        Parameter(help="How far back a lake remembers; without it as the settings say.", validator=validators.Number(gte=0)),
    ] = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> int:
    """Merge a lake's small files, and forget snapshots that are older than is kept. The nightly audit does the same.

    ```
    claimhouse tidy
    claimhouse tidy --keep-days 7
    ```
    """
    from flows.move import tidied
    from flows.settings import load_settings

    print(tidied(load_settings(config, warehouse=warehouse), keep_days))
    return DONE
