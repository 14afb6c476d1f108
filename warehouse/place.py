"""Where a warehouse stands: a file, or a lake, whose catalogue is a database of PostgreSQL and whose rows are Parquet.

A lake is named by an address, `ducklake:postgresql://user@host:5432/database?data=/shared/folder`. What stands in its query
besides `data` is libpq's. It holds no password: libpq finds that in the environment (PGPASSFILE, PGPASSWORD, PGSERVICEFILE).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Self
from urllib.parse import parse_qsl, quote, urlsplit

from warehouse.errors import WarehouseError

SCHEME = "ducklake:"
S3 = "s3://"
_CATALOGS = ("postgresql", "postgres")
_SECRET = ("password", "passfile_password", "sslpassword", "oauth_client_secret")
_EXAMPLE = "ducklake:postgresql://user@host:5432/database?data=/shared/folder (or data=s3://bucket/folder)"


class WrongAddress(WarehouseError):  # noqa: N818  # as the others in warehouse.errors
    """The address names no lake, or says what should stay secret."""


@dataclass(frozen=True, slots=True)
class Lake:
    """A warehouse on DuckLake. `catalog` is a URI of libpq; `data` is the folder of its files, or None: as the catalogue says.

    With `version`, or `moment` (naive UTC), it is the lake as it was then: a reader shows that, and who would write finds out
    whether it still is so.
    """

    catalog: str
    data: str | None = None
    version: int | None = None
    moment: datetime | None = None

    def __str__(self) -> str:
        """The address, as it stands in the settings."""
        if self.data is None:
            return f"{SCHEME}{self.catalog}"
        return f"{SCHEME}{self.catalog}{'&' if '?' in self.catalog else '?'}data={quote(self.data, safe='/:')}"

    @classmethod
    def of(cls, address: str) -> Self:
        """The lake that an address names. Raises WrongAddress, which never repeats a password."""
        uri = urlsplit(address.removeprefix(SCHEME))
        if uri.scheme not in _CATALOGS or not uri.path.strip("/"):
            shown = f"{SCHEME}{uri.scheme}" if uri.password else address
            raise WrongAddress(f"no lake is named by {shown}. Write {_EXAMPLE}")
        given = parse_qsl(uri.query, keep_blank_values=True)
        if uri.password is not None or any(name in _SECRET for name, _ in given):
            raise WrongAddress(
                "the address of the lake carries a password, which would stand in settings and logs. Leave it out, and put it "
                "into the file that PGPASSFILE names (~/.pgpass), or into PGPASSWORD"
            )
        data = next((value for name, value in given if name == "data"), None)
        theirs = "&".join(f"{name}={quote(value, safe='/:')}" for name, value in given if name != "data")
        return cls(f"{uri.scheme}://{uri.netloc}{uri.path}{'?' if theirs else ''}{theirs}", _folder(data))

    @property
    def files(self) -> str:
        """The folder of its files as DuckDB names it, with a slash at its end. Raises WrongAddress where none is named."""
        if self.data is None:
            raise WrongAddress(f"the lake {self} does not say where its files go. Add that: ?data=/shared/folder")
        return f"{self.data}/"

    def at(self, version: int) -> Self:
        """The lake as its snapshot of this number has it."""
        return replace(self, version=version, moment=None)

    def as_of(self, moment: datetime) -> Self:
        """The lake as it was at that time (naive UTC)."""
        return replace(self, version=None, moment=moment)

    def now(self) -> Self:
        """The lake as it is."""
        return replace(self, version=None, moment=None)


Place = Path | Lake
"""Where a warehouse stands."""


def place_of(text: str | Path | Lake) -> Place:
    """The place that a setting or an option names. Raises WrongAddress."""
    if isinstance(text, str) and text.startswith(SCHEME):
        return Lake.of(text)
    return Path(text) if isinstance(text, str) else text


def _folder(data: str | None) -> str | None:
    if data is None:
        return None
    folder = data.rstrip("/")
    is_bucket = folder.startswith(S3) and bool(folder.removeprefix(S3).strip("/"))
    if is_bucket or (folder.startswith("/") and not folder.startswith("//")) or Path(folder).is_absolute():
        return folder
    raise WrongAddress(
        f"data={data} is no folder that every machine finds. Write its whole path, such as /shared/claimhouse, or s3://bucket/folder"
    )
