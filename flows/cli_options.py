"""Options that several commands have."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

Format = Literal["table", "csv", "json", "parquet"]
Config = Annotated[Path | None, Parameter(help="Settings file; without it ./claimhouse.toml, if there is one.")]
Warehouse = Annotated[
    str | None, Parameter(help="The warehouse, a file or the address of a lake; without it the one that the settings name.")
]
