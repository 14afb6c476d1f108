"""The module that opens warehouses: a locked-down reader, and a writer that publishes a whole new file or a lake's snapshot.

Lakes are `warehouse.lake`'s; all below is about files. One process may write a DuckDB file or many may read it, never both. So
nobody writes the published file: `building` works on a private copy beside it and moves that onto the published path in one
step. Readers that have the old file open keep it, whole, until they close it.

Every connection is made in memory and *attaches* the file as `warehouse`. DuckDB keeps one instance per path and process:
a plain `duckdb.connect(path)` after a publish would go on reading the replaced file for as long as any older connection of
the process is open. A `cursor()` of such a connection starts without `USE warehouse`; open another connection instead.
"""

import errno
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
import polars as pl
import psutil

from warehouse import ddl, migrate
from warehouse.engine import CONFIG, Connection, SqlError
from warehouse.errors import (
    WarehouseChanged,
    WarehouseError,
    WarehouseHeld,
    WarehouseMissing,
    WarehouseNotADatabase,
    WarehouseTooNew,
    explained,
    is_full_disk,
)
from warehouse.place import Lake, Place
from warehouse.transaction import undone

__all__ = [
    "Connection",
    "SqlError",
    "WarehouseChanged",
    "WarehouseError",
    "WarehouseHeld",
    "WarehouseMissing",
    "WarehouseNotADatabase",
    "WarehouseTooNew",
    "building",
    "in_memory",
    "is_there",
    "only_frames",
    "open_readonly",
    "over_frames",
    "trial",
]

_NO_SUCH_COPY = (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM)

# `enable_external_access` alone leaves the attached file and its write-ahead log writable to COPY … TO, also where the file
# is attached read-only (DuckDB 1.5.5). Without a local file system nothing can be opened any more; the file that is
# already attached stays readable. Then nothing can spill to disk either, hence no temporary directory.
# A reader takes no more than half of the memory that is free, since others are at work too; DuckDB's own bound is most of all
# that there is.
_BOUND = "SET memory_limit = '{most_mb}MB';"
_LOCK_DOWN = """
    SET temp_directory = '';
    SET enable_external_access = false;
    SET disabled_filesystems = 'LocalFileSystem';
    SET lock_configuration = true;
"""


def open_readonly(place: Place, *, most_mb: int | None = None, spills: bool = False) -> Connection:
    """A connection to the published warehouse that can change nothing, and reach no other file and no network.

    It shows the warehouse as it was when it was opened, whatever is published meanwhile. `most_mb` bounds the memory for what
    it has read of the file; without it half of what is free may be taken. With `spills` a query of a file that needs more goes
    on on the disk: then other files can be reached, so it is for SQL of our own. Raises WarehouseMissing,
    WarehouseNotADatabase, WarehouseHeld or WarehouseTooNew, each with the mend.
    """
    if isinstance(place, Lake):
        from warehouse.lake import open_lake_readonly  # noqa: PLC0415   # who has a file needs none of it

        return open_lake_readonly(place, most_mb or _most_mb())
    published = _resolved(place)
    with _mends(published):
        con = _attach_readonly(published)
        try:
            _refuse_unknown_schema(con, published)
            if migrate.schema_version(con) is None:
                raise WarehouseNotADatabase(f"{published} is an empty DuckDB database. Fill it with `claimhouse run`")
            con.execute((_BOUND if spills else _BOUND + _LOCK_DOWN).format(most_mb=most_mb or _most_mb()))
        except BaseException:
            con.close()
            raise
    return con


def is_there(place: Place) -> bool:
    """Whether a warehouse was ever published there."""
    if isinstance(place, Lake):
        from warehouse.lake import is_there as lake_is_there  # noqa: PLC0415

        return lake_is_there(place)
    return _resolved(place).exists()


@contextmanager
def building(place: Place) -> Iterator[Connection]:
    """A connection to a private copy of the warehouse, which takes the place of the published one when the block ends well.

    Of a lake it is a transaction: see `warehouse.lake.building_lake`. The copy is made from the published file and migrated;
    where none is there, it is a new, migrated warehouse. On any exception the copy is removed and the published file is
    untouched, to the byte (but for a write-ahead log of another program, which is folded into it first). Raises
    WarehouseHeld while another process builds this warehouse or has it open for writing, and WarehouseError when the disk is
    full.
    """
    if isinstance(place, Lake):
        from warehouse.lake import building_lake  # noqa: PLC0415

        with building_lake(place) as con:
            yield con
        return
    published = _resolved(place)
    with only_writer(published):
        working = published.with_name(f"{published.name}.building")
        try:
            with _mends(published):
                _remove(working)  # left by a run that was killed
                con = _open_copy(published, working)
            with closing(con), _full_disk_explained(published):
                yield con
                con.execute("CHECKPOINT warehouse")
            with _mends(published):
                _publish(working, published)
        finally:
            _remove(working)


@contextmanager
def trial(con: Connection, place: Place) -> Iterator[Connection]:
    """While a block of `building` lasts: a connection that shows the warehouse, and on which all is undone in the end.

    Temporary tables of `con` may be missing there.
    """
    if isinstance(place, Lake):
        from warehouse.lake import beside  # noqa: PLC0415

        with beside(place) as other:
            yield other
        return
    with undone(con):
        yield con


def in_memory() -> Connection:
    """An empty warehouse in memory with every table and view: for tests and for what describes the schema."""
    con = duckdb.connect(":memory:", config=CONFIG)
    migrate.migrate(con)
    return con


def over_frames(frames: Mapping[str, pl.DataFrame]) -> Connection:
    """A connection in memory in which each frame can be queried under its name."""
    con = duckdb.connect(":memory:", config=CONFIG)
    for name, frame in frames.items():
        con.register(name, frame)
    return con


def only_frames(frames: Mapping[str, pl.DataFrame]) -> Connection:
    """As `over_frames`, for SQL that others wrote: it reaches the frames, but no file, network, extension or setting."""
    con = over_frames(frames)
    con.execute((_BOUND + _LOCK_DOWN).format(most_mb=_most_mb()))
    return con


def _open_copy(published: Path, working: Path) -> Connection:
    if published.exists():
        _fold_log(published)
        with closing(_attach_readonly(published)) as reader:
            _refuse_unknown_schema(reader, published)
        # The reader is closed by now: closing any handle of a file drops this process's POSIX locks on it.
        _copy(published, working)
    con = _attach(working, "")
    try:
        migrate.migrate(con)
    except BaseException:
        con.close()
        raise
    return con


def _copy(published: Path, working: Path) -> None:
    """Copy the file; where files can share blocks, as the system does that (copy_file_range(2))."""
    with published.open("rb") as origin, working.open("wb") as copy:
        try:
            while hasattr(os, "copy_file_range") and os.copy_file_range(origin.fileno(), copy.fileno(), 2**30):
                pass
        except OSError as error:  # not in this place
            if error.errno not in _NO_SUCH_COPY:
                raise
        shutil.copyfileobj(origin, copy)  # what is left of it
    shutil.copymode(published, working)


def _fold_log(published: Path) -> None:
    """Fold a write-ahead log into its file: DuckDB would replay one that is left over onto the file published next."""
    if published.with_name(f"{published.name}.wal").exists():
        with closing(_attach(published, "")) as con:
            con.execute("CHECKPOINT warehouse")


def _publish(working: Path, published: Path) -> None:
    _flush(working)
    working.replace(published)
    if os.name == "posix":  # elsewhere a folder cannot be opened
        _flush(published.parent)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(working: Path) -> None:
    working.unlink(missing_ok=True)
    working.with_name(f"{working.name}.wal").unlink(missing_ok=True)
    shutil.rmtree(working.with_name(f"{working.name}.tmp"), ignore_errors=True)


@contextmanager
def only_writer(published: Path) -> Iterator[None]:
    """Let nobody else build this warehouse. Raises WarehouseHeld while another does."""
    from filelock import FileLock, Timeout  # noqa: PLC0415   # who only reads needs none of it

    with _mends(published):
        lock = FileLock(published.with_name(f"{published.name}.lock"), timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise WarehouseHeld(
                f"{published} is being built by another run. Wait until that has ended, then run again"
            ) from error
    try:
        yield
    finally:
        lock.release()


def _most_mb() -> int:
    """The megabytes that a reader may take; what is asked of a large warehouse needs some hundred, however little is free."""
    free: int = psutil.virtual_memory().available
    return max(500, free // 2_000_000)


def _attach_readonly(published: Path) -> Connection:
    return _attach(published, ", READ_ONLY")


def _attach(path: Path, options: str) -> Connection:
    con = duckdb.connect(":memory:", config={**CONFIG, "temp_directory": f"{path}.tmp"})
    try:
        con.execute(f"ATTACH {ddl.quoted(str(path))} AS warehouse (TYPE duckdb{options}); USE warehouse")
    except BaseException:
        con.close()
        raise
    return con


def _refuse_unknown_schema(con: Connection, published: Path) -> None:
    try:
        migrate.require_known_schema(con)
    except WarehouseError as error:
        raise type(error)(f"{published}: {error}") from None


def _resolved(path: Path) -> Path:
    """The file itself: through a symbolic link, the link must stay and what it leads to be replaced."""
    return path.expanduser().resolve()


@contextmanager
def _mends(published: Path) -> Iterator[None]:
    """What goes wrong in the block is said with the mend."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        raise explained(error, published) from error


@contextmanager
def _full_disk_explained(published: Path) -> Iterator[None]:
    """Only a full disk is said with the mend; what else goes wrong in the block is the caller's to explain."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        if is_full_disk(error):
            raise explained(error, published) from error
        raise
