"""The tables of the ledger, and how its file is opened. Times are text in one form (naive UTC, microseconds), so they sort."""

import shutil
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from flows.errors import Busy, WrongUse
from warehouse.errors import is_full_disk

VERSION = 1
_LEAST_ROOM_BYTES = 1_000_000
_WAIT_SECONDS = 30.0
"""How long another process that writes is waited for; it commits every few seconds."""

_TABLES = """
CREATE TABLE addresses (             -- one address that a source named, or that a page was fetched from
    id INTEGER PRIMARY KEY,
    page TEXT NOT NULL UNIQUE,       -- what tells which page it is, whatever form of it was named: its address, folded
    address TEXT NOT NULL,           -- the form that was named first: it is asked for
    host TEXT NOT NULL,
    title TEXT,
    seen_at TEXT NOT NULL,           -- when it was first named
    changed_at TEXT,                 -- the latest change that a source claims
    answered_at TEXT,                -- up to which claimed change we have looked
    looked_at TEXT,                  -- the last request that came to something
    first_read_at TEXT,
    state TEXT,                      -- read, gone, refused, failed; NULL: never fetched
    problem TEXT,
    retry_at TEXT,                   -- of failed and refused: when to try again
    failures INTEGER NOT NULL DEFAULT 0,
    vain INTEGER NOT NULL DEFAULT 0, -- claimed changes in a row that were none
    etag TEXT,
    last_modified TEXT,
    capture_id INTEGER,              -- the latest one
    alias_of INTEGER                 -- the address whose page this one leads to
);
CREATE INDEX forms ON addresses (address);
CREATE INDEX never_fetched ON addresses (changed_at) WHERE state IS NULL;
CREATE INDEX claimed_changed ON addresses (changed_at) WHERE changed_at > answered_at;
CREATE INDEX to_retry ON addresses (retry_at) WHERE retry_at IS NOT NULL;
CREATE INDEX to_recheck ON addresses (first_read_at) WHERE state = 'read' AND alias_of IS NULL;
CREATE INDEX aliases ON addresses (alias_of) WHERE alias_of IS NOT NULL;
CREATE TABLE links (                 -- which sources name an address
    address_id INTEGER NOT NULL,
    source_id TEXT NOT NULL,
    PRIMARY KEY (address_id, source_id)
) WITHOUT ROWID;
CREATE INDEX links_of_source ON links (source_id);
CREATE TABLE captures (              -- one revision of a page
    id INTEGER PRIMARY KEY,
    address_id INTEGER NOT NULL,
    url TEXT NOT NULL,
    source_id TEXT NOT NULL,
    fetched_at TEXT NOT NULL,
    file TEXT,                       -- NULL: retired from the archive
    position INTEGER,
    raw_hash TEXT NOT NULL,
    size INTEGER NOT NULL
);
CREATE INDEX captures_of_address ON captures (address_id);
CREATE INDEX captures_by_url ON captures (url);
CREATE INDEX captures_by_file ON captures (file) WHERE file IS NOT NULL;
CREATE TABLE sources (
    source_id TEXT PRIMARY KEY,
    kind TEXT,
    location TEXT,
    title TEXT,
    looked_at TEXT NOT NULL,
    read_at TEXT,                    -- when all of it was last read
    state TEXT NOT NULL,
    problem TEXT,
    named INTEGER NOT NULL DEFAULT 0,
    new_at TEXT,                     -- when it last named an address that nobody knew
    etag TEXT,
    last_modified TEXT
) WITHOUT ROWID;
CREATE TABLE archived (file TEXT, position INTEGER);  -- one row: the last record of the archive that is written down here
INSERT INTO archived VALUES (NULL, NULL);
"""


def opened(path: Path) -> sqlite3.Connection:
    """The ledger's database, made where there is none. Raises WrongUse for one that can't be used, with the mend."""
    connection: sqlite3.Connection | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=_WAIT_SECONDS)
        connection.execute("PRAGMA synchronous = NORMAL")
        if not _version(connection):
            with FileLock(f"{path}.lock", timeout=_WAIT_SECONDS):  # SQLite doesn't wait for who turns its WAL on
                _make(connection)
        version = _version(connection)
    except Timeout:
        raise _busy(path) from None
    except (sqlite3.Error, OSError) as error:
        if connection:
            connection.close()
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
            raise _busy(path) from None
        if is_without_room(error, path):
            raise WrongUse(f"The disk is full: there is no room for {path}. Make room, then run again.") from None
        raise WrongUse(
            f"The ledger {path} can't be used: {error}. "
            "Mend its permissions, or move it away: it is made anew from the archive."
        ) from None
    if version > VERSION:
        connection.close()
        raise WrongUse(
            f"The ledger {path} is of a newer Claimhouse (its version is {version}, this one knows {VERSION}). "
            "Install the newer one, or move the ledger away: it is made anew from the archive."
        )
    return connection


def is_without_room(error: Exception, path: Path) -> bool:
    """Whether a full disk is what SQLite fails of: of files beside its own it only says that they can't be written."""
    if is_full_disk(error):
        return True
    is_io = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_IOERR
    return is_io and shutil.disk_usage(path.parent).free < _LEAST_ROOM_BYTES


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _make(connection: sqlite3.Connection) -> None:
    if _version(connection):
        return  # another process has been faster
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    for statement in _statements():
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.commit()


def _busy(path: Path) -> Busy:
    return Busy(f"Another process is writing to {path}. Wait until it is done, or end it.")


def _statements() -> list[str]:
    """One by one: executescript() would commit before it begins."""
    statements, statement = list[str](), ""
    for line in _TABLES.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            statements.append(statement)
            statement = ""
    return statements


def stamp(moment: datetime) -> str:
    """A time as the ledger has it."""
    return moment.isoformat(timespec="microseconds")


def moment(text: str | None) -> datetime | None:
    """A time of the ledger."""
    return datetime.fromisoformat(text) if text else None


def storable(text: str) -> str:
    """The text without what SQLite can't hold, or not in JSON: lone surrogates and NUL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")


def shifted(at: datetime, hours: float) -> str:
    """That many hours later, or earlier; as far as the calendar goes."""
    try:
        return stamp(at + timedelta(hours=hours))
    except OverflowError:
        return stamp(datetime.max if hours > 0 else datetime.min)


def storable_or_none(text: str | None) -> str | None:
    """The same for a text that may be missing."""
    return None if text is None else storable(text)
