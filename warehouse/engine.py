"""DuckDB as every connection of Claimhouse is made: nothing is loaded by itself, and no name reaches a Python variable."""

import importlib.util
from pathlib import Path

import duckdb

from warehouse.errors import WarehouseError

Connection = duckdb.DuckDBPyConnection
SqlError = duckdb.Error
"""What a connection raises for a query that it cannot answer."""
CatalogError = duckdb.CatalogException
"""What a connection raises for a name that it does not know."""

CONFIG: dict[str, str | bool | int | float | list[str]] = {
    # No extension is fetched or loaded because a query happens to name it.
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    # A table name must never reach a Python variable that happens to be called so: frames are registered by name.
    "python_enable_replacements": False,
}

_checked: set[str] = set()
"""Extensions whose signature was found good in this process."""


def connected_with(*extensions: str, **config: str) -> Connection:
    """A connection in memory with these extensions loaded.

    DuckDB checks the signature of each, over tens of megabytes. In one process that is done once.
    """
    known = _checked.issuperset(extensions)
    con = duckdb.connect(":memory:", config={**CONFIG, **config, "allow_unsigned_extensions": known})
    try:
        for name in extensions:
            load_extension(con, name)
        con.execute("SET allow_unsigned_extensions = false")
    except BaseException:
        con.close()
        raise
    _checked.update(extensions)
    return con


def load_extension(con: Connection, name: str) -> None:
    """Load a signed extension of DuckDB from its wheel. Raises WarehouseError where that is not installed."""
    found = importlib.util.find_spec(f"duckdb_extension_{name}")
    folders = found.submodule_search_locations if found else None
    files = [path for folder in folders or () for path in Path(folder).glob(f"extensions/*/{name}.duckdb_extension")]
    fitting = [path for path in files if path.parent.name == f"v{duckdb.__version__}"]
    if not fitting:
        raise WarehouseError(f"a lake needs DuckDB's extension {name} of version {duckdb.__version__}, which is not installed. "
                             "Run `make setup`")  # fmt: skip
    path = str(fitting[0]).replace("'", "''")
    con.execute(f"LOAD '{path}'")
