"""Bringing a warehouse to the schema that this code knows: numbered migrations, then comments, then views.

A migration is a file `migrations/NNNN_what_it_does.sql`. It only goes forward, it runs in one transaction, and it is never
edited after a release: what later declarations say must not alter how an old warehouse came to be. Comments and views hold
no data, so they are not history: every opening for building makes them anew from the declarations and from `views/`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from graphlib import TopologicalSorter
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse import ddl
from warehouse.errors import WarehouseNotADatabase, WarehouseTooNew
from warehouse.tables import TABLES
from warehouse.transaction import transaction

if TYPE_CHECKING:
    from warehouse.database import Connection

_FOLDER = Path(__file__).parent
_SCHEMA_VERSION = """
    CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL, name VARCHAR NOT NULL, applied_at TIMESTAMP NOT NULL);
    COMMENT ON COLUMN schema_version.version IS 'Number of the migration, from 1.';
    COMMENT ON COLUMN schema_version.name IS 'What it did: the rest of its file name.';
    COMMENT ON COLUMN schema_version.applied_at IS 'When this file went through it, UTC.';
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema; `version` counts from 1."""

    version: int
    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class View:
    """One view: its file's leading comment lines are its comment."""

    name: str
    comment: str
    sql: str


def migrations() -> list[Migration]:
    """All migrations in order. Raises ValueError when their numbers do not count from 1 without a gap."""
    found: list[Migration] = []
    for expected, path in enumerate(sorted((_FOLDER / "migrations").glob("*.sql")), start=1):
        number, _, name = path.stem.partition("_")
        if number != f"{expected:04}":
            raise ValueError(f"{path.name} stands where migration {expected:04} should: number them from 0001 without a gap")
        found.append(Migration(expected, name, path.read_text(encoding="utf-8")))
    return found


def views() -> list[View]:
    """All views; a view comes after those that it reads from, else by name."""
    found = {path.stem: _view(path) for path in sorted((_FOLDER / "views").glob("*.sql"))}
    reads = {name: [source for source in _sources(view) if source in found] for name, view in found.items()}
    return [found[name] for name in TopologicalSorter(reads).static_order()]


def migrate(con: "Connection") -> None:
    """Bring the database that `con` is set to up to date. An empty one gets the whole schema; one that is up to date keeps it.

    Raises WarehouseNotADatabase for a database with tables that Claimhouse did not make, and WarehouseTooNew for one that
    has been through migrations this code does not know.
    """
    require_known_schema(con)
    con.execute(_SCHEMA_VERSION)
    applied = schema_version(con) or 0
    for migration in migrations()[applied:]:
        _apply(con, migration)
    with transaction(con):
        for table in TABLES:
            con.execute("\n".join(ddl.comments(table)))
        for view in views():
            _create(con, view)
        if not is_lake(con):
            con.execute("\n".join(_inherited_comments(con)))
        con.execute(f"COMMENT ON TABLE schema_version IS {ddl.quoted(_comment_of_history())}")


def is_lake(con: "Connection") -> bool:
    """Whether it is set to a lake. DuckLake keeps comments on tables, their columns and views, but none on columns of views."""
    sql = "SELECT type FROM duckdb_databases() WHERE database_name = current_database()"
    return con.execute(sql).fetchone() == ("ducklake",)


def is_current(con: "Connection") -> bool:
    """Whether the warehouse has this code's schema, and its views and comments word for word."""
    if schema_version(con) != len(migrations()):
        return False
    sql = "SELECT comment FROM duckdb_tables() WHERE database_name = current_database() AND table_name = 'schema_version'"
    return con.execute(sql).fetchone() == (_comment_of_history(),)


def schema_version(con: "Connection") -> int | None:
    """Number of the last migration; None for a database that Claimhouse did not make, 0 before the first migration."""
    if "schema_version" not in _tables(con):
        return None
    row = con.execute("SELECT coalesce(max(version), 0) FROM schema_version").fetchone()
    return int(row[0]) if row else 0


def require_known_schema(con: "Connection") -> None:
    """Pass for an empty database and for a warehouse that this code can read; raise as `migrate` does for all others."""
    version, newest = schema_version(con), len(migrations())
    if version is None and _tables(con):
        raise WarehouseNotADatabase(
            f"this is a DuckDB database, but no Claimhouse warehouse: it has tables ({', '.join(sorted(_tables(con))[:3])}, …) "
            "and no schema_version. Name another file with --warehouse FILE"
        )
    if version is not None and version > newest:
        raise WarehouseTooNew(
            f"a newer Claimhouse wrote it: its schema is version {version}, and this one knows versions up to {newest}. "
            "Update Claimhouse (git pull && make setup), or name another file with --warehouse FILE"
        )


def _apply(con: "Connection", migration: Migration) -> None:
    applied_at = datetime.now(UTC).replace(tzinfo=None)
    with transaction(con):
        con.execute(migration.sql)
        con.execute("INSERT INTO schema_version VALUES (?, ?, ?)", [migration.version, migration.name, applied_at])


def _comment_of_history() -> str:
    """It names the views and comments that this code makes by their hash: they change without a migration."""
    made = [*(line for table in TABLES for line in ddl.comments(table)), *(view.sql for view in views())]
    digest = sha256("\n".join(made).encode()).hexdigest()[:12]
    return f"Migrations that this file has been through. One row: one migration. Its views and comments: {digest}."


def _create(con: "Connection", view: View) -> None:
    con.execute(created(view) if is_lake(con) else view.sql)
    con.execute(f"COMMENT ON VIEW {view.name} IS {ddl.quoted(view.comment)}")


def created(view: View) -> str:
    """The statement that makes the view, without those that comment on its columns."""
    return view.sql.partition(";\n")[0] + ";"


def _inherited_comments(con: "Connection") -> list[str]:
    """`COMMENT ON COLUMN` for what views pass on under its own name: it means what it means where it comes from."""
    comments = {
        (relation, column): comment
        for relation, column, comment in con.execute(
            "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE database_name = current_database()"
        ).fetchall()
    }
    statements = []
    for view in views():
        for column in [column for relation, column in comments if relation == view.name and not comments[relation, column]]:
            inherited = next(filter(None, (comments.get((source, column)) for source in _sources(view))), None)
            if inherited:
                comments[view.name, column] = inherited
                statements.append(f"COMMENT ON COLUMN {view.name}.{column} IS {ddl.quoted(inherited)};")
    return statements


def _sources(view: View) -> list[str]:
    """Names that the view's SQL reads from, in the order in which they stand there, common table expressions among them."""
    return list(dict.fromkeys(re.findall(r"\b(?:FROM|JOIN)\s+(\w+)", view.sql)))


def _view(path: Path) -> View:
    sql = path.read_text(encoding="utf-8")
    lines = []
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    if not lines:
        raise ValueError(f"{path} has no comment: begin the file with `-- ` lines that say what one row of the view is")
    return View(path.stem, " ".join(lines), sql)


def _tables(con: "Connection") -> set[str]:
    rows = con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()").fetchall()
    return {name for (name,) in rows}
