"""Options that several commands have."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

Format = Literal["table", "csv", "json", "parquet"]
Config = Annotated[Path | None, Parameter(help="Settings file; without it ./claimhouse.toml, if there is one.")]
Warehouse = Annotated[Path | None, Parameter(help="The warehouse; without it the one that the settings name.")]
