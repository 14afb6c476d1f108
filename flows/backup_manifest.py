"""What a backup holds, by its manifest, and whether it is still what was written."""

import json
import re
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flows.errors import WrongUse
from flows.manifest import MANIFEST, FileKept, differences, settle
from flows.settings import CONFIG_FILE
from warehouse.database import Connection, WarehouseError, open_readonly
from warehouse.migrate import migrations

WAREHOUSE, CHECKS = "warehouse.duckdb", "checks.toml"
ARCHIVE = "archive"
LEDGER = f"{ARCHIVE}/ledger.sqlite3"
FORMAT_VERSION = 1
_PATHS = re.compile(
    rf"{re.escape(WAREHOUSE)}|{re.escape(LEDGER)}|{CONFIG_FILE}|{CHECKS}|{ARCHIVE}/claimhouse-\d{{8}}T\d{{6}}Z-\d{{5,}}\.warc\.gz"
)
_MOST_TOLD = 10
_NAME_A_BACKUP = "Name a folder that `claimhouse backup` has made."


class Manifest(BaseModel):
    """What a backup holds. `tables` are the rows of each table of its warehouse; times are naive UTC."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal["claimhouse backup"] = "claimhouse backup"
    format_version: int = FORMAT_VERSION
    claimhouse: str
    schema_version: int
    created_at: datetime
    archive: Literal["kept", "left out", "none"]
    tables: dict[str, Annotated[int, Field(ge=0)]]
    files: tuple[FileKept, ...]

    @property
    def bytes(self) -> int:
        """All files together."""
        return sum(file.bytes for file in self.files)

    @property
    def in_archive(self) -> tuple[FileKept, ...]:
        """The files of the archive."""
        return tuple(file for file in self.files if file.path.startswith(f"{ARCHIVE}/"))

    def file(self, path: str) -> FileKept | None:
        """The file of that path, if there is one."""
        return next((file for file in self.files if file.path == path), None)


def check(folder: Path) -> Manifest:
    """Look whether the backup is whole, by all its hashes. Raises WrongUse, which says what is wrong with it."""
    folder = folder.expanduser().absolute()
    settle(folder)
    manifest = read_manifest(folder)
    require_whole(folder, manifest.files)
    require_counts(folder / WAREHOUSE, manifest, folder)
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the backup. Raises WrongUse for a folder that is none, a damaged manifest, or that of a newer version."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WrongUse(f"{folder} is no backup: it has no {MANIFEST}. {_NAME_A_BACKUP}") from None
    except (OSError, ValueError) as error:
        raise WrongUse(f"{folder / MANIFEST} can't be read: {error}. Take another backup.") from None
    if not isinstance(found, dict) or found.get("format") != "claimhouse backup":
        raise WrongUse(f"{folder} is no backup of Claimhouse. {_NAME_A_BACKUP}")
    version, schema, newest = found.get("format_version"), found.get("schema_version"), len(migrations())
    if any(isinstance(this, int) and this > known for this, known in ((version, FORMAT_VERSION), (schema, newest))):
        raise WrongUse(
            f"A newer Claimhouse ({found.get('claimhouse')}) made {folder}: its format is version {version}, its schema "
            f"{schema}; this one knows versions up to {FORMAT_VERSION} and {newest}. "
            "Update Claimhouse (git pull && make setup)."
        )
    try:
        manifest = Manifest.model_validate(found)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise WrongUse(f"{folder / MANIFEST} is damaged: `{where}` is not as it was written. Take another backup.") from None
    strange = [file.path for file in manifest.files if not _PATHS.fullmatch(file.path)]
    if strange or manifest.file(WAREHOUSE) is None:
        raise WrongUse(f"{folder / MANIFEST} is damaged: it names {strange or 'no warehouse'}. Take another backup.")
    return manifest


def require_counts(warehouse: Path, manifest: Manifest, folder: Path) -> None:
    """Raises WrongUse unless the warehouse opens and has the rows that the manifest tells."""
    try:
        with closing(open_readonly(warehouse)) as con:
            rows = row_counts(con)
    except WarehouseError as error:
        raise WrongUse(f"The warehouse of {folder} can't be opened: {error}. Take another backup.") from None
    differing = sorted(name for name in rows.keys() | manifest.tables.keys() if rows.get(name) != manifest.tables.get(name))
    if differing:
        raise WrongUse(f"The warehouse of {folder} has other rows than its manifest tells in {differing}. Take another backup.")


def row_counts(con: Connection) -> dict[str, int]:
    """Rows of every table, those that people added among them."""
    sql = "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() ORDER BY table_name"
    counts = {}
    for (name,) in con.execute(sql).fetchall():
        quoted = name.replace('"', '""')
        [[rows]] = con.execute(f'SELECT count(*) FROM "{quoted}"').fetchall()  # noqa: S608  # a name of the catalogue, quoted
        counts[name] = int(rows)
    return counts


def require_whole(folder: Path, files: Iterable[FileKept]) -> None:
    """Raises WrongUse, which tells what is wrong with these files of the backup."""
    if wrong := differences(folder, files):
        told = "\n".join(f"- {line}" for line in wrong[:_MOST_TOLD])
        raise WrongUse(f"The backup {folder} is damaged; take another one.\n{told}")
