from pathlib import Path

import duckdb
import pytest

from warehouse import ddl, migrate
from warehouse.database import Connection, WarehouseNotADatabase, WarehouseTooNew
from warehouse.tables import TABLES

SCHEMA = """
    SELECT table_name, column_name, column_index, data_type, is_nullable, c.comment, t.comment
    FROM duckdb_columns() AS c JOIN duckdb_tables() AS t USING (database_name, table_name)
    WHERE table_name <> 'schema_version' ORDER BY table_name, column_index
"""


def test_all_migrations_lead_to_the_schema_that_is_declared(con: Connection) -> None:
    declared = duckdb.connect()
    for table in TABLES:
        declared.execute(ddl.create_table(table))
        declared.execute("\n".join(ddl.comments(table)))
    assert con.execute(SCHEMA).fetchall() == declared.execute(SCHEMA).fetchall(), (
        "the declarations have changed: write the next migration in warehouse/migrations/, which takes a warehouse from the "
        "old schema to what `python -m warehouse.ddl` prints"
    )


def test_a_migrated_warehouse_keeps_its_rows_and_is_migrated_no_further(con: Connection) -> None:
    con.execute("INSERT INTO entity_aliases VALUES ('e', 'kept')")
    history = con.execute("FROM schema_version").fetchall()
    migrate.migrate(con)
    assert con.execute("SELECT alias FROM entity_aliases").fetchall() == [("kept",)]
    assert con.execute("FROM schema_version").fetchall() == history
    assert [(version, name) for version, name, _ in history][:1] == [(1, "first_schema")]


def test_a_migration_that_fails_is_undone_whole(con: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    known = migrate.migrations()
    broken = migrate.Migration(len(known) + 1, "broken", "CREATE TABLE half (a INTEGER); SELECT * FROM nowhere;")
    monkeypatch.setattr(migrate, "migrations", lambda: [*known, broken])
    with pytest.raises(duckdb.CatalogException, match="nowhere"):
        migrate.migrate(con)
    assert migrate.schema_version(con) == len(known)
    assert con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'half'").fetchone() == (0,)


def test_an_older_warehouse_goes_only_through_what_it_lacks(con: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    known = migrate.migrations()
    added = migrate.Migration(len(known) + 1, "add_a_note", "ALTER TABLE runs ADD COLUMN note VARCHAR;")
    monkeypatch.setattr(migrate, "migrations", lambda: [*known, added])
    migrate.migrate(con)
    migrate.migrate(con)
    history = con.execute("SELECT version, name FROM schema_version ORDER BY version").fetchall()
    assert history == [*((old.version, old.name) for old in known), (len(known) + 1, "add_a_note")]
    assert con.execute("SELECT note FROM runs").fetchall() == []


def test_a_view_that_somebody_changed_is_made_anew(con: Connection) -> None:
    con.execute("CREATE OR REPLACE VIEW quotes AS SELECT 1 AS one")
    migrate.migrate(con)
    assert "speaker" in [name for name, *_ in con.execute("DESCRIBE quotes").fetchall()]


def test_what_people_add_to_their_warehouse_stays(con: Connection) -> None:
    con.execute("CREATE TABLE my_notes (a INTEGER); CREATE VIEW my_view AS SELECT quote FROM quotes")
    migrate.migrate(con)
    con.execute("SELECT * FROM my_notes, my_view")


def test_every_view_has_its_comment_and_each_of_its_columns_one(con: Connection) -> None:
    for view in migrate.views():
        assert con.execute("SELECT comment FROM duckdb_views() WHERE view_name = ?", [view.name]).fetchone() == (view.comment,)
    assert (
        con.execute("""
        SELECT table_name, column_name FROM duckdb_columns() JOIN duckdb_views() ON view_name = table_name
        WHERE NOT duckdb_views.internal AND duckdb_columns.comment IS NULL
    """).fetchall()
        == []
    )


def test_a_column_passed_on_through_a_view_keeps_what_is_declared_of_it(con: Connection) -> None:
    comment = con.execute("SELECT comment FROM duckdb_columns() WHERE table_name = 'quotes' AND column_name = 'cue'").fetchone()
    assert comment == ("The words that attribute it: `said`, `according to`.",)


def test_a_view_comes_after_those_that_it_reads_from() -> None:
    order = [view.name for view in migrate.views()]
    assert order.index("current_claims") < order.index("disputes") < order.index("speaker_positions")


def test_tables_of_somebody_else_are_refused() -> None:
    con = duckdb.connect()
    con.execute("CREATE TABLE orders (a INTEGER)")
    with pytest.raises(WarehouseNotADatabase, match="no schema_version"):
        migrate.migrate(con)


def test_a_schema_of_a_newer_claimhouse_is_refused(con: Connection) -> None:
    con.execute("INSERT INTO schema_version VALUES (99, 'to_come', '2030-01-01')")
    with pytest.raises(WarehouseTooNew, match="version 99"):
        migrate.migrate(con)


def test_a_gap_in_the_numbers_of_migrations_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "0002_later.sql").write_text("SELECT 1;")
    monkeypatch.setattr(migrate, "_FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"0002_later\.sql stands where migration 0001 should"):
        migrate.migrations()


def test_a_view_without_a_comment_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "views").mkdir()
    (tmp_path / "views" / "bare.sql").write_text("CREATE OR REPLACE VIEW bare AS SELECT 1 AS one;")
    monkeypatch.setattr(migrate, "_FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"bare\.sql has no comment"):
        migrate.views()
