"""The commands that take the data elsewhere and bring it back: `backup`, `restore` and `export`."""
# ruff: noqa: PLC0415   see flows.cli

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from flows.cli_options import Config, Warehouse
from flows.errors import DONE, WrongUse

if TYPE_CHECKING:
    from flows.backup_manifest import Manifest
    from flows.restore import Plan

Form = Literal["parquet", "csv", "jsonld", "all"]


def backup(
    target: Annotated[Path, Parameter(help="A new folder, or the backup that is to be brought up to date.")],
    *,
    without_archive: Annotated[bool, Parameter(negative="", help="Leave out what was fetched from the web.")] = False,
    check: Annotated[bool, Parameter(negative="", help="Only look whether the backup that is there is whole.")] = False,
    warehouse: Warehouse = None,
    config: Config = None,
) -> int:
    """Copy the warehouse, the fetched pages and the settings to a folder, and check the copy. A run may be at work meanwhile.

    ```
    claimhouse backup /mnt/disk/claimhouse
    claimhouse backup /mnt/disk/claimhouse --check
    ```
    """
    from flows import backup_manifest
    from flows.backup import back_up
    from flows.manifest import size
    from flows.settings import load_settings

    if check:
        print(f"{target} is whole: {_told(backup_manifest.check(target))}.")
        return DONE
    settings = load_settings(config, warehouse=warehouse)
    made = back_up(settings, target, config=config, with_archive=not without_archive)
    print(f"{target} holds {_told(made.manifest)}; {size(made.manifest.bytes)}, read back and checked.")
    if made.taken_over:
        print(f"{made.taken_over:,} of its WARC files were there already.")
    return DONE


def restore(
    source: Annotated[Path, Parameter(help="A folder that `claimhouse backup` has made.")],
    *,
    yes: Annotated[bool, Parameter(negative="", help="Do not ask before what stands here gives way.")] = False,
    warehouse: Warehouse = None,
    config: Config = None,
) -> int:
    """Put a backup in place. It is checked first, and what stood there is kept beside it under another name.

    ```
    claimhouse restore /mnt/disk/claimhouse
    ```
    """
    from flows.restore import plan_restore
    from flows.restore import restore as put_in_place

    plan = plan_restore(source, config=config, warehouse=warehouse)
    if plan.replaced and not yes:
        _require_consent(plan)
    restored = put_in_place(plan)
    print(f"{plan.settings.place} is as it was on {plan.manifest.created_at:%Y-%m-%d %H:%M} UTC: {_told(plan.manifest)}.")
    for kept in restored.kept:
        print(f"What stood there before is {kept}; remove it when you no longer need it.")
    for said in restored.notes:
        print(said)
    print("`claimhouse report` writes its pages, `claimhouse run` goes on from here.")
    return DONE


def export(
    folder: Annotated[Path, Parameter(help="A new folder, or an earlier export that gives way.")],
    *,
    format: Annotated[Form, Parameter(help="Tables as Parquet or CSV, claims as JSON-LD.")] = "all",  # the option's name
    table: Annotated[
        tuple[str, ...], Parameter(help="Only this table or view; may be given more than once.", negative="")
    ] = (),
    warehouse: Warehouse = None,
    config: Config = None,
) -> int:
    """Write every table as Parquet and CSV, and the claims as JSON-LD of schema.org, with a manifest of hashes.

    ```
    claimhouse export exports/today
    claimhouse export exports/quotes --format csv --table quotes
    ```
    """
    from flows.export import Wanted
    from flows.export import export as write_files
    from flows.manifest import size
    from flows.settings import load_settings
    from warehouse.upgrade import bring_up_to_date

    settings = load_settings(config, warehouse=warehouse)
    bring_up_to_date(settings.place)
    manifest = write_files(settings.place, folder, Wanted(format, table))
    for file in manifest.files:
        print(f"{folder / file.path}: {file.rows:,} rows, {size(file.bytes)}")
    return DONE


def _told(manifest: "Manifest") -> str:
    """What a backup holds, in words."""
    counts = [f"{manifest.tables.get(name, 0):,} {name}" for name in ("documents", "claims", "entities")]
    pages = {"kept": "with the fetched pages", "left out": "without the fetched pages", "none": "no pages from the web"}
    return f"{', '.join(counts)}, {pages[manifest.archive]}"


def _require_consent(plan: "Plan") -> None:
    """Ask whether what is here may give way. Raises WrongUse where it may not, or where there is nobody to ask."""
    places = " and ".join(str(place) for place in plan.replaced)
    if not sys.stdin.isatty():
        raise WrongUse(f"{places} would give way to the backup, and be kept under another name. Say --yes if that is right.")
    print(f"{places}: what stands there gives way to the backup of {plan.manifest.created_at:%Y-%m-%d %H:%M} UTC, and is kept.")
    if input("Go on? [y/N] ").strip().lower() not in ("y", "yes"):
        raise WrongUse("Nothing was changed.")
