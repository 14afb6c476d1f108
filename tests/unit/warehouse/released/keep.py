"""Keep a small warehouse of the schema that the code on PYTHONPATH writes, as text; README.md beside this says when and how."""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

import duckdb

HERE = Path(__file__).parent
_FORM = "FORMAT csv, HEADER, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULLSTR 'NULL'"
# Nothing of these pages fails a check, and the results of two tables tell as much as those of all.
_CHANGES = """
    DELETE FROM quality_results WHERE table_name NOT IN ('claims', 'documents');
    INSERT INTO quarantine BY NAME
    SELECT run_id, 'claims' AS table_name, 'c0' AS row_key, 'values_in_set claim_type' AS expectation,
        'claim_type is "rumour", not one of the allowed values' AS reason, '{"claim_id": "c0", "claim_type": "rumour"}' AS row,
        started_at AS quarantined_at
    FROM runs ORDER BY started_at LIMIT 1;
"""


def kept_versions() -> list[int]:
    """Schema versions of which a warehouse is kept here."""
    return sorted(int(path.name) for path in HERE.glob("[0-9]" * 4))


def rebuild(version: int, path: Path) -> None:
    """Make that warehouse again, at `path`."""
    folder = HERE / f"{version:04}"
    *tables, views = (folder / "schema.sql").read_text(encoding="utf-8").split("\nCREATE VIEW ", 1)
    with duckdb.connect(str(path)) as con:
        con.execute("".join(tables))
        for data in sorted(folder.glob("*.csv")):
            con.execute(f"COPY {data.stem} FROM '{data}' ({_FORM}, ALLOW_QUOTED_NULLS false)")
        _create([f"CREATE VIEW {view}" for view in views.split("\nCREATE VIEW ")], con)


def main() -> int:
    """Run over the pages, then over them with one revised, and keep what is there."""
    work = Path(mkdtemp(prefix="kept-"))
    pages = Path(shutil.copytree(HERE / "pages", work / "pages"))
    _run(work)
    shutil.copytree(HERE / "revised", pages, dirs_exist_ok=True)
    _run(work)
    made, again = work / "data" / "warehouse.duckdb", work / "again.duckdb"
    with duckdb.connect(str(made)) as con:
        con.execute(_CHANGES)
        [[version]] = con.execute("SELECT max(version) FROM schema_version").fetchall()
        folder = HERE / f"{version:04}"
        shutil.rmtree(folder, ignore_errors=True)
        con.execute(f"EXPORT DATABASE '{folder}' ({_FORM}, FORCE_QUOTE *)")
    (folder / "load.sql").unlink()  # it holds the paths of this machine
    rebuild(version, again)
    _require_equal(made, again)
    shutil.rmtree(work)
    print(f"{folder}: {sum(path.stat().st_size for path in folder.iterdir()):,} bytes")
    return 0


def _run(work: Path) -> None:
    subprocess.run([sys.executable, "-m", "flows.cli", "run", "pages"], cwd=work, check=True)


def _create(views: list[str], con: duckdb.DuckDBPyConnection) -> None:
    """The export does not sort them by what they read from."""
    while views:
        left = []
        for view in views:
            try:
                con.execute(view)
            except duckdb.CatalogException:
                left.append(view)
        if len(left) == len(views):
            raise ValueError(f"these views can't be made: {left}")
        views = left


def _require_equal(made: Path, again: Path) -> None:
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{made}' AS made (READ_ONLY); ATTACH '{again}' AS again (READ_ONLY)")
        for (table,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'made'").fetchall():
            for one, other in (("made", "again"), ("again", "made")):
                differing = con.execute(f"FROM {one}.main.{table} EXCEPT ALL FROM {other}.main.{table}").fetchall()
                if differing:
                    raise ValueError(f"{table} was not kept as it is: {differing[:1]}")


if __name__ == "__main__":
    sys.exit(main())
