"""What can be wrong with a warehouse, a file or a lake, in words that name it and the mend."""

import errno
import os
import re
from pathlib import Path

_ANOTHER = "name another file with --warehouse FILE"
_ANEW = "Put a backup in its place with `claimhouse restore`, or move it away and `claimhouse run` again"
_DAMAGED = "Corrupt database file"
_SQLITE_FULL = "database or disk is full"
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class WarehouseError(Exception):
    """The warehouse cannot be opened, written or published."""


# The names below tell the state of the file, so they go without the suffix `Error`.
class WarehouseMissing(WarehouseError):  # noqa: N818
    """There is no file at the path."""


class WarehouseNotADatabase(WarehouseError):  # noqa: N818
    """The file is no DuckDB database, a damaged one, or one that Claimhouse did not make."""


class WarehouseHeld(WarehouseError):  # noqa: N818
    """Another process has the file open for writing, or builds it anew."""


class WarehouseChanged(WarehouseError):  # noqa: N818
    """Somebody published to the lake since the snapshot that rows were settled against; nothing was written."""


class WarehouseTooNew(WarehouseError):  # noqa: N818
    """A newer Claimhouse or a newer DuckDB wrote the file."""


# DuckDB 1.5 tells these apart only by the text of one exception; the first that fits is taken.
_READINGS: tuple[tuple[str, type[WarehouseError], str], ...] = (
    (
        "database does not exist",
        WarehouseMissing,
        "there is no warehouse at {path}. Build one with `claimhouse run`, or name yours with --warehouse FILE",
    ),
    ("Is a directory", WarehouseNotADatabase, "{path} is a folder. Name a file with --warehouse FILE"),
    ("Permission denied", WarehouseError, f"{{path}} may not be opened ({{said}}). Change its permissions, or {_ANOTHER}"),
    ("Could not set lock", WarehouseHeld, "{path} is open for writing in {holder}. Close it there, then try again"),
    (
        "version number",
        WarehouseTooNew,
        f"a newer DuckDB than Claimhouse uses wrote {{path}}. Update Claimhouse (git pull && make setup), or {_ANOTHER}",
    ),
    (
        "^IO Error",
        WarehouseNotADatabase,
        f"{{path}} is no DuckDB database, or a damaged one ({{said}}). {_ANEW}, or {_ANOTHER}",
    ),
    ("", WarehouseError, f"{{path}} cannot be used: {{said}}. Mend that, or {_ANOTHER}"),
)


# Of the libraries of PostgreSQL and of S3 there is only a text as well.
_OF_LAKES: tuple[tuple[str, type[WarehouseError], str], ...] = (
    (
        "duplicate key value violates unique constraint|Transaction conflict",
        WarehouseChanged,
        "another program wrote to {lake} at the same moment, so that nothing was written. Run again",
    ),
    (
        "no password supplied|password authentication failed",
        WarehouseError,
        "the lake {lake} may not be opened ({said}). Put its password into PGPASSWORD, or the file of PGPASSFILE (~/.pgpass)",
    ),
    (
        'database ".+" does not exist',
        WarehouseError,
        "the lake {lake} can't be opened ({said}). Make it: `createdb NAME`",
    ),
    (
        "permission denied for|must be owner|read-only transaction",
        WarehouseError,
        "the lake {lake} may not be used so ({said}). Let its owner GRANT that; docs/lake.md says what is needed",
    ),
    (
        'HTTP (Error|GET|PUT|HEAD|POST)|HTTP code|URL "',
        WarehouseError,
        "the files of {lake} can't be reached ({said}). See whether bucket, keys, AWS_REGION and AWS_ENDPOINT_URL fit",
    ),
    (
        "Unable to connect|onnection refused|could not translate host|terminat|server closed|timeout expired",
        WarehouseError,
        "the catalogue of {lake} does not answer ({said}). Start PostgreSQL there, or mend host and port of the address",
    ),
    (
        "catalog version|DuckLake version",
        WarehouseTooNew,
        "the lake {lake} is of another DuckLake ({said}). Update Claimhouse",
    ),
    ("Permission denied", WarehouseError, "the files of {lake} may not be opened ({said}). Change their permissions"),
    ("", WarehouseError, "the lake {lake} cannot be used: {said}. Mend that, or name another warehouse with --warehouse"),
)


def explained_lake(error: Exception, lake: str) -> WarehouseError:
    """What an OSError or an error of DuckDB, PostgreSQL or S3 means for the lake of this address."""
    if is_full_disk(error):
        return WarehouseError(
            f"the disk of {lake} is full, or that of its catalogue. What was published stands. Make room, then run again"
        )
    said = " ".join(_cause(str(error)).split())[:200]
    kind, message = next((kind, message) for pattern, kind, message in _OF_LAKES if re.search(pattern, str(error)))
    return kind(message.format(lake=lake, said=said))


def _cause(said: str) -> str:
    """DuckLake tells of its retries first, and of what was wrong last."""
    _, _, cause = said.rpartition("ERROR:  ")
    return cause or said


def explained(error: Exception, path: Path) -> WarehouseError:
    """What an OSError or an error of DuckDB means for the warehouse at `path`."""
    if is_full_disk(error):
        return WarehouseError(
            f"the disk is full: there is no room in {path.parent} for a new {path.name}. What was published stands as it was. "
            "Make room (building takes the size of the warehouse once more), then run again"
        )
    said = str(error).partition("\n")[0]
    holder = re.search(r"held in (.+? \(PID \d+\))", said)
    kind, message = next((kind, message) for pattern, kind, message in _READINGS if re.search(pattern, said))
    return kind(message.format(path=path, said=said, holder=holder[1] if holder else "another process"))


def is_full_disk(error: Exception) -> bool:
    """Whether the disk, a quota or a limit on file sizes is what stopped the write."""
    if isinstance(error, OSError):
        return error.errno in _DISK_FULL
    return any(words in str(error) for words in (*map(os.strerror, _DISK_FULL), _SQLITE_FULL))


def is_damage(error: BaseException) -> bool:
    """Whether bytes on the disk are not what DuckDB wrote there: it keeps a checksum of every block that it reads."""
    return _DAMAGED in str(error)


def damaged(error: BaseException) -> WarehouseNotADatabase:
    """What a damage means that was found while reading, when the file had been opened."""
    said = str(error).partition("\n")[0]
    return WarehouseNotADatabase(f"the warehouse is damaged on the disk, and nothing was written to it ({said}). {_ANEW}")
