"""A warehouse on DuckLake: rows in Parquet on shared storage, and a catalogue of them in PostgreSQL, for several writers.

A reader attaches one snapshot of the lake and shows that until it is closed, whatever is published meanwhile.

A writer waits until it is the only one: it holds an advisory lock of PostgreSQL while its transaction lasts, which is that of
the whole block. Who settled rows against a snapshot names that, and learns before anything is written that another has
published since. A program that knows nothing of the lock can't slip in between either: DuckLake is told never to retry, so that
of two that commit at once the second fails.
"""

import random
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir

import duckdb

from warehouse import ddl, migrate
from warehouse.engine import Connection, connected_with, load_extension
from warehouse.errors import (
    WarehouseChanged,
    WarehouseError,
    WarehouseHeld,
    WarehouseMissing,
    WarehouseNotADatabase,
    WarehouseTooNew,
    explained_lake,
)
from warehouse.place import S3, Lake
from warehouse.storage import log_in
from warehouse.transaction import transaction, undone

WAIT_SECONDS = 300.0
"""So long a writer waits for another. Loading takes seconds; a run that has lost too often settles under the lock."""
_LOCK_NUMBER = 0x636C61696D686F75
"""The advisory lock's number in the database of the catalogue: the first letters of Claimhouse."""

_STATE = """
    SELECT (SELECT max(snapshot_id) FROM public.ducklake_snapshot WHERE {when}) AS version,
        (SELECT min(snapshot_time) FROM public.ducklake_snapshot)::text AS since,
        (SELECT value FROM public.ducklake_metadata WHERE key = 'data_path') AS data
"""

_LOCK_DOWN = """
    SET memory_limit = '{most_mb}MB';
    SET temp_directory = '';
    SET allowed_directories = [{files}];
    SET enable_external_access = false;
    SET lock_configuration = true;
"""

_holding: ContextVar[frozenset[str]] = ContextVar("holding", default=frozenset())


@dataclass(frozen=True, slots=True)
class State:
    """What the catalogue says of a lake: the number of the asked snapshot, and where its files are."""

    version: int
    data: str


def open_lake_readonly(lake: Lake, most_mb: int) -> Connection:
    """A connection that shows one snapshot of the lake: the one asked for, else the last.

    It can change nothing there and open no file but the lake's own. See `warehouse.asked` for what SQL may not name.
    """
    con = _connected()
    try:
        with _mends(lake):
            state = _existing(con, lake)
            files = _matching(lake, state)
            log_in(con, files)
            con.execute(f"ATTACH {_named(lake)} AS warehouse (READ_ONLY, SNAPSHOT_VERSION {state.version}); USE warehouse")
            _require_schema(con, lake)
            con.execute(_LOCK_DOWN.format(most_mb=most_mb, files=ddl.quoted(files)))
    except BaseException:
        con.close()
        raise
    return con


@contextmanager
def building_lake(lake: Lake) -> Iterator[Connection]:
    """A connection in one transaction on the lake, which is published when the block ends well, and else undone.

    A lake that is not there yet is made. Raises WarehouseChanged where `lake` names a snapshot that is no longer the last, or
    where another program published while the block lasted; WarehouseHeld where another writer takes too long.
    """
    with exclusive(lake), closing(_connected()) as con:
        with _mends(lake):
            _attach_to_write(con, lake)
            _bring_up_to_date(con, lake)
        with _outside_explained(lake), transaction(con):
            yield con


@contextmanager
def beside(lake: Lake) -> Iterator[Connection]:
    """Another connection to the lake whose changes are undone when the block ends. Who holds the lock sees the same there."""
    with closing(_connected()) as con:
        with _mends(lake):
            _attach_to_write(con, lake.now())
        with undone(con):
            yield con


@contextmanager
def exclusive(lake: Lake) -> Iterator[None]:
    """Let nobody else write to the lake. Who is in such a block may enter another. Raises WarehouseHeld after WAIT_SECONDS."""
    held = _holding.get()
    if lake.catalog in held:
        yield
        return
    with closing(_connected(lake=False)) as con:
        with _mends(lake):
            con.execute(f"ATTACH {ddl.quoted(lake.catalog)} AS catalogue (TYPE postgres, READ_ONLY)")
            con.begin()  # of PostgreSQL: the lock lasts as long, and ends with this process however that ends
            _wait_for_lock(con, lake)
        token = _holding.set(held | {lake.catalog})
        try:
            yield
        finally:
            _holding.reset(token)
            with suppress(duckdb.Error):
                con.rollback()


def last_version(lake: Lake) -> int:
    """The number of the last snapshot. Raises WarehouseMissing where there is no lake."""
    with _mends(lake), closing(_connected(lake=False)) as con:
        return _existing(con, lake.now()).version


def is_there(lake: Lake) -> bool:
    """Whether the catalogue knows a lake."""
    with _mends(lake), closing(_connected(lake=False)) as con:
        return _state(con, lake.now()) is not None


def bytes_of(lake: Lake) -> int:
    """Size of the files that the last snapshot names."""
    with _mends(lake), closing(open_lake_readonly(lake, 500)) as con:
        sql = "SELECT coalesce(sum(file_size_bytes + delete_file_size_bytes), 0) FROM ducklake_table_info('warehouse')"
        [[size]] = con.execute(sql).fetchall()
    return int(size)


def attach_source(con: Connection, lake: Lake, name: str) -> None:
    """Attach the last snapshot to a connection that writes elsewhere, to be read under this name."""
    with _mends(lake):
        load_extension(con, "ducklake")
        load_extension(con, "postgres_scanner")
        state = _existing(con, lake)
        log_in(con, _matching(lake, state))
        con.execute(f"ATTACH {_named(lake)} AS {name} (READ_ONLY, SNAPSHOT_VERSION {state.version})")


def maintaining(lake: Lake) -> Connection:
    """A connection for maintenance, in no transaction. The caller is in `exclusive`, and closes it."""
    con = _connected()
    try:
        with _mends(lake):
            _existing(con, lake)
            _attach_to_write(con, lake)
    except BaseException:
        con.close()
        raise
    return con


def _connected(*, lake: bool = True) -> Connection:
    temporary = f"{gettempdir()}/claimhouse.tmp"
    if not lake:
        return connected_with("postgres_scanner", temp_directory=temporary)
    con = connected_with("postgres_scanner", "ducklake", temp_directory=temporary)
    con.execute("SET ducklake_max_retry_count = 0")
    return con


def _named(lake: Lake) -> str:
    return ddl.quoted(f"ducklake:postgres:{lake.catalog}")


def _attach_to_write(con: Connection, lake: Lake) -> None:
    state = _state(con, lake.now())
    if state is not None and lake.version is not None and state.version != lake.version:
        raise WarehouseChanged(f"the lake {lake.now()} was published to by another run meanwhile. Run again")
    files = lake.files if state is None else _matching(lake, state)
    log_in(con, files)
    if state is None:
        _require_empty(con, files)
    if not files.startswith(S3):
        Path(files).mkdir(parents=True, exist_ok=True)
    # Small changes go to Parquet as large ones do: who wrote what is then one mechanism, not two that must agree.
    con.execute(f"ATTACH {_named(lake)} AS warehouse (DATA_PATH {ddl.quoted(files)}, DATA_INLINING_ROW_LIMIT 0); USE warehouse")
    if state is None:
        con.execute("CALL warehouse.set_option('parquet_compression', 'zstd')")


def _bring_up_to_date(con: Connection, lake: Lake) -> None:
    _require_known_schema(con, lake)
    if not migrate.is_current(con):
        with transaction(con):  # else a reader might find the half of it
            migrate.migrate(con)


def _require_known_schema(con: Connection, lake: Lake) -> None:
    try:
        migrate.require_known_schema(con)
    except (WarehouseNotADatabase, WarehouseTooNew) as error:
        raise type(error)(f"the lake {lake.now()}: {error}") from None


def _require_schema(con: Connection, lake: Lake) -> None:
    _require_known_schema(con, lake)
    if migrate.schema_version(con) is None:
        when = f" of {lake.moment:%Y-%m-%d %H:%M} UTC" if lake.moment else ""
        raise WarehouseMissing(f"the lake {lake.now()}{when} is empty. Fill it with `claimhouse run`")


def _state(con: Connection, lake: Lake) -> State | None:
    """What the catalogue says; None for no lake. Raises WarehouseMissing where it has no snapshot as asked for."""
    con.execute(f"ATTACH {ddl.quoted(lake.catalog)} AS catalogue (TYPE postgres, READ_ONLY)")
    try:
        [[there]] = _asked(con, "SELECT (to_regclass('public.ducklake_snapshot') IS NOT NULL)::int AS there")
        if not there:
            return None
        when = "true"
        if lake.version is not None:
            when = f"snapshot_id = {lake.version}"
        elif lake.moment is not None:
            when = f"snapshot_time <= '{lake.moment.isoformat()}+00'"
        [[version, since, data]] = _asked(con, _STATE.format(when=when))
        if version is None and lake.moment:
            raise WarehouseMissing(
                f"the lake {lake.now()} knows nothing of {lake.moment:%Y-%m-%d %H:%M} UTC: its history begins at {since}. "
                "Ask for a later time"
            )
        if version is None:
            raise WarehouseMissing(f"snapshot {lake.version} of {lake.now()} is no longer kept. Ask for a later one")
        return State(version, str(data))
    finally:
        con.execute("DETACH catalogue")


def _asked(con: Connection, sql: str) -> list[tuple[int | None, ...]]:
    # Not as a parameter: for the first one that it is given DuckDB imports pandas.
    return con.execute(f"FROM postgres_query('catalogue', {ddl.quoted(sql)})").fetchall()


def _existing(con: Connection, lake: Lake) -> State:
    if state := _state(con, lake):
        return state
    raise WarehouseMissing(f"there is no lake in {lake.catalog}. Fill it with `claimhouse run`, or with `claimhouse move`")


def _matching(lake: Lake, state: State) -> str:
    """The folder of the files. One that is named must be that of the catalogue, else some would write here and some there."""
    if lake.data is not None and lake.files != state.data:
        raise WarehouseError(f"the lake {lake.catalog} keeps its files in {state.data}, not in {lake.files}. Write that")
    return state.data


def _require_empty(con: Connection, files: str) -> None:
    found = con.execute("SELECT file FROM glob($pattern) LIMIT 1", {"pattern": f"{files}**"}).fetchone()
    if found:
        raise WarehouseError(f"{files} holds other files ({found[0]}). Name an empty folder for a new lake: data=/folder")


def _wait_for_lock(con: Connection, lake: Lake) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while not _asked(con, f"SELECT pg_try_advisory_xact_lock({_LOCK_NUMBER})::int AS taken")[0][0]:
        if time.monotonic() > until:
            raise WarehouseHeld(
                f"the lake {lake.now()} has been written to by another run for over {WAIT_SECONDS:g} s. "
                "Wait until that ends, then run again"
            )
        time.sleep(random.uniform(0.1, 0.5))  # noqa: S311   # no secret hangs on it


@contextmanager
def _outside_explained(lake: Lake) -> Iterator[None]:
    """What catalogue and storage do is said with the mend; a query that can't be answered is the caller's to explain."""
    try:
        yield
    except duckdb.Error as error:
        if isinstance(error, (duckdb.IOException, duckdb.TransactionException)) or type(error) is duckdb.Error:
            raise explained_lake(error, str(lake.now())) from error
        raise


@contextmanager
def _mends(lake: Lake) -> Iterator[None]:
    """What goes wrong in the block is said with the mend."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        raise explained_lake(error, str(lake.now())) from error
