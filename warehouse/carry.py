"""A whole warehouse from one place to another: from a file to a lake, and back.

Every table goes, those that people added among them, in one transaction. It is committed when each has the rows that it had, by
their number and by a sum over the hashes of all of them.
"""
# ruff: noqa: S608   names in the SQL come from the catalogue, quoted

from dataclasses import dataclass

from warehouse import ddl
from warehouse.database import Connection, WarehouseError, building, is_there, open_readonly
from warehouse.engine import CatalogError
from warehouse.place import Lake, Place
from warehouse.tables import TABLES
from warehouse.transaction import transaction
from warehouse.upgrade import bring_up_to_date

_ORIGIN = "origin"
_HISTORY = "schema_version"
_NOT_CARRIED = f"""
    SELECT 'schema ' || schema_name FROM duckdb_schemas()
    WHERE database_name = '{_ORIGIN}' AND NOT internal AND schema_name <> 'main'
    UNION ALL SELECT 'macro ' || function_name FROM duckdb_functions() WHERE database_name = '{_ORIGIN}' AND NOT internal
    UNION ALL SELECT 'sequence ' || sequence_name FROM duckdb_sequences() WHERE database_name = '{_ORIGIN}'
    UNION ALL SELECT 'type ' || type_name FROM duckdb_types() WHERE database_name = '{_ORIGIN}' AND NOT internal
    ORDER BY ALL
"""


class NotCarried(WarehouseError):  # noqa: N818  # as the others in warehouse.errors
    """Something can't be taken along, or did not arrive as it was; the target is as it was before."""


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of the origin, with its columns: names, types, whether they may be NULL, comments."""

    name: str
    columns: tuple[tuple[str, str, bool, str | None], ...]

    @property
    def names(self) -> str:
        return ", ".join(ddl.named(name) for name, *_ in self.columns)


def carry(source: Place, target: Place) -> dict[str, int]:
    """Copy the warehouse into a place that holds none; the rows of each table. The source stays as it is.

    Raises WarehouseError for a target that holds rows, and NotCarried for what the target can't hold; then nothing is there.
    """
    _require_free(target)
    bring_up_to_date(source)
    with building(target) as con:
        _attach(con, source)
        _refuse_what_stays(con, source)
        with transaction(con):
            tables = _tables(con)
            for table in tables:
                _copy(con, table)
            _copy_views(con)
            rows = {table.name: _compared(con, table) for table in tables}
    return rows


def _require_free(target: Place) -> None:
    if not is_there(target):
        return
    if isinstance(target, Lake):
        with open_readonly(target) as con:
            counts = " + ".join(f"(SELECT count(*) FROM {table.name})" for table in TABLES)
            if con.execute(f"SELECT {counts}").fetchone() == (0,):
                return
    raise WarehouseError(f"there is a warehouse in {target} already. Name another place")


def _attach(con: Connection, source: Place) -> None:
    if isinstance(source, Lake):
        from warehouse.lake import attach_source  # noqa: PLC0415   # who has files needs none of it

        attach_source(con, source, _ORIGIN)
    else:
        path = ddl.quoted(str(source.expanduser().resolve()))
        con.execute(f"ATTACH {path} AS {_ORIGIN} (TYPE duckdb, READ_ONLY)")


def _refuse_what_stays(con: Connection, source: Place) -> None:
    """What people made besides tables and views would be lost without a word."""
    strange = [] if isinstance(source, Lake) else [name for (name,) in con.execute(_NOT_CARRIED).fetchall()]
    if strange:
        raise NotCarried(f"there is in {source} what can't be taken along: {', '.join(strange[:5])}. Drop it first")


def _tables(con: Connection) -> list[_Table]:
    found = con.execute(f"""
        SELECT table_name, list((column_name, data_type, is_nullable, c.comment) ORDER BY column_index)
        FROM duckdb_columns() AS c SEMI JOIN duckdb_tables() AS t USING (database_name, schema_name, table_name)
        WHERE database_name = '{_ORIGIN}' AND NOT internal GROUP BY table_name ORDER BY table_name
    """).fetchall()
    return [_Table(relation, tuple(columns)) for relation, columns in found]


def _copy(con: Connection, table: _Table) -> None:
    name = ddl.named(table.name)
    if not _there(con, table.name):
        con.execute(f"CREATE TABLE {name} ({', '.join(_declared(*column) for column in table.columns)})")
        _comment(con, table)
    if table.name == _HISTORY:
        con.execute(f"DELETE FROM {name}")
    # What tells of the order in which rows came is asked by rowid.
    con.execute(f"INSERT INTO {name} BY NAME SELECT {table.names} FROM {_ORIGIN}.{name} ORDER BY rowid")


def _declared(name: str, kind: str, is_nullable: bool, _: str | None) -> str:  # a row of the catalogue
    return f"{ddl.named(name)} {kind}{'' if is_nullable else ' NOT NULL'}"


def _comment(con: Connection, table: _Table) -> None:
    sql = f"SELECT comment FROM duckdb_tables() WHERE database_name = '{_ORIGIN}' AND table_name = $name"
    [[comment]] = con.execute(sql, {"name": table.name}).fetchall()
    if comment:
        con.execute(f"COMMENT ON TABLE {ddl.named(table.name)} IS {ddl.quoted(comment)}")
    for column, _, _, told in table.columns:
        if told:
            con.execute(f"COMMENT ON COLUMN {ddl.named(table.name)}.{ddl.named(column)} IS {ddl.quoted(told)}")


def _copy_views(con: Connection) -> None:
    """Views that people made; those of Claimhouse are there."""
    own = f"database_name = '{_ORIGIN}' AND NOT internal"
    found = con.execute(f"SELECT view_name, sql, comment FROM duckdb_views() WHERE {own} ORDER BY view_oid").fetchall()
    left = [view for view in found if not _there(con, view[0])]
    while left:
        made = [view for view in left if _made(con, *view)]
        if not made:
            raise NotCarried(f"the view {left[0][0]} can't be made there: drop it, or mend what it reads from")
        left = [view for view in left if view not in made]


def _made(con: Connection, name: str, sql: str, comment: str | None) -> bool:
    """Whether the view could be made: it may read another that is not there yet."""
    try:
        con.execute(sql)
    except CatalogError:
        return False
    if comment:
        con.execute(f"COMMENT ON VIEW {ddl.named(name)} IS {ddl.quoted(comment)}")
    return True


def _there(con: Connection, name: str) -> bool:
    sql = "SELECT 1 FROM duckdb_columns() WHERE database_name = current_database() AND table_name = $name LIMIT 1"
    return con.execute(sql, {"name": name}).fetchone() is not None


def _compared(con: Connection, table: _Table) -> int:
    """Rows of the table. Raises NotCarried where they are not those of the origin."""
    name = ddl.named(table.name)
    sums = [
        con.execute(f"SELECT count(*), coalesce(sum(hash({table.names})::HUGEINT), 0) FROM {place}{name}").fetchone()
        for place in (f"{_ORIGIN}.", "")
    ]
    if sums[0] != sums[1] or sums[1] is None:
        raise NotCarried(
            f"the rows of {table.name} did not arrive as they were ({sums[0]}, then {sums[1]}). Nothing was changed"
        )
    return int(sums[1][0])
