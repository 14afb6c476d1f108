"""What `claimhouse query` is asked to touch, and must not: files, the network, settings, the warehouse itself."""

import hashlib
import threading
from contextlib import closing
from pathlib import Path

import duckdb
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.errors import WrongUse
from flows.query import ask
from warehouse.database import building, open_readonly

SECRET = "nobody-may-read-this"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a warehouse and a file beside it."""
    folder = tmp_path_factory.mktemp("attacked")
    with building(folder / "w.duckdb") as con:
        con.execute(
            "INSERT INTO entities BY NAME SELECT 'e' AS entity_id, 'Harbour Board' AS name, 'ORG' AS type,"
            " 0 AS mention_count, 0 AS document_count"
        )
    (folder / "secret.csv").write_text(f"{SECRET}\n")
    (folder / "evil.duckdb_extension").write_bytes(b"\x7fELF")
    duckdb.connect(str(folder / "other.duckdb")).execute(f"CREATE TABLE t AS SELECT '{SECRET}' AS a").close()
    return folder


def state_of(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*")}


REFUSED = [
    "COPY entities TO '{0}/x.csv'",
    "COPY entities TO '{0}/w.duckdb'",
    "COPY entities TO '{0}/w.duckdb.wal'",
    "COPY entities TO '{0}/x.parquet' (FORMAT parquet)",
    "COPY (SELECT 1) TO '/dev/stdout'",
    "COPY entities FROM '{0}/secret.csv'",
    "EXPORT DATABASE '{0}/out'",
    "IMPORT DATABASE '{0}'",
    "SELECT * FROM '{0}/secret.csv'",
    "SELECT * FROM read_csv('{0}/secret.csv')",
    "SELECT * FROM read_csv_auto('{0}/secret.csv')",
    "SELECT * FROM sniff_csv('{0}/secret.csv')",
    "SELECT * FROM read_text('{0}/secret.csv')",
    "SELECT * FROM read_blob('{0}/w.duckdb')",
    "SELECT * FROM read_json('{0}/secret.csv')",
    "SELECT * FROM read_json_auto('{0}/secret.csv')",
    "SELECT * FROM read_ndjson('{0}/secret.csv')",
    "SELECT * FROM read_parquet('{0}/secret.csv')",
    "SELECT * FROM parquet_metadata('{0}/secret.csv')",
    "SELECT * FROM parquet_schema('{0}/secret.csv')",
    "SELECT * FROM read_duckdb('{0}/other.duckdb', table_name='t')",
    "SELECT * FROM '{0}/other.duckdb'",
    "SELECT * FROM glob('{0}/*')",
    "SELECT * FROM read_csv('/dev/stdin')",
    "SELECT * FROM query('SELECT * FROM read_text(''{0}/secret.csv'')')",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('FROM read_text(''{0}/secret.csv'')'))",
    "SELECT (SELECT content FROM read_text('{0}/secret.csv'))",
    "CREATE TEMP VIEW v AS SELECT * FROM read_text('{0}/secret.csv'); SELECT * FROM v",
    "PREPARE q AS SELECT * FROM read_text('{0}/secret.csv'); EXECUTE q",
    "CREATE TEMP MACRO m(x) AS TABLE SELECT * FROM read_text(x); FROM m('{0}/secret.csv')",
    "ATTACH '{0}/other.duckdb' AS other",
    "ATTACH '{0}/new.duckdb' AS new",
    "ATTACH '{0}/w.duckdb' AS again",
    "ATTACH '{0}/other.duckdb' (TYPE sqlite)",
    "ATTACH 'host=localhost' AS p (TYPE postgres)",
    "ATTACH 'http://127.0.0.1:1/x.duckdb' AS web",
    "DETACH warehouse",
    "INSTALL httpfs",
    "FORCE INSTALL httpfs FROM 'http://127.0.0.1:1'",
    "INSTALL spatial FROM community",
    "LOAD httpfs",
    "LOAD '{0}/evil.duckdb_extension'",
    "UPDATE EXTENSIONS",
    "SELECT * FROM read_csv('http://127.0.0.1:1/x.csv')",
    "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
    "SELECT * FROM read_text('hf://datasets/a/b')",
    "SELECT * FROM sqlite_scan('{0}/other.duckdb', 't')",
    "SELECT * FROM postgres_scan('host=localhost', 'a', 'b')",
    "SELECT * FROM place",
    "SELECT * FROM warehouse_file",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "RESET lock_configuration",
    "SET disabled_filesystems = ''",
    "SET temp_directory = '{0}'",
    "SET memory_limit = '1TB'",
    "SET autoinstall_known_extensions = true",
    "SET allow_unsigned_extensions = true",
    "SET python_enable_replacements = true",
    "SET custom_extension_repository = 'http://127.0.0.1:1'",
    "SET extension_directory = '{0}'",
    "SET home_directory = '{0}'",
    "SET log_query_path = '{0}/q.log'",
    "SET profiling_output = '{0}/p.json'",
    "PRAGMA profiling_output = '{0}/p.json'",
    "PRAGMA enable_profiling = 'json'",
    "SET secret_directory = '{0}'",
    "CALL enable_logging(storage = 'file', storage_path = '{0}/log')",
    "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
    "CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'b')",
    "FROM duckdb_secrets()",
    "FROM which_secret('s3://a', 's3')",
    "SELECT getenv('HOME')",
    "CREATE TABLE t (a INTEGER)",
    "CREATE OR REPLACE TABLE entities AS SELECT 1",
    "CREATE VIEW v AS SELECT 1",
    "CREATE MACRO m() AS 1",
    "CREATE SCHEMA s",
    "CREATE INDEX i ON entities (name)",
    "CREATE SEQUENCE s",
    "CREATE TYPE t AS ENUM ('a')",
    "INSERT INTO entities SELECT * FROM entities",
    "UPDATE entities SET name = 'x'",
    "DELETE FROM entities",
    "TRUNCATE entities",
    "MERGE INTO entities USING entities AS e ON true WHEN MATCHED THEN DELETE",
    "DROP TABLE entities",
    "DROP VIEW quotes",
    "ALTER TABLE entities ADD COLUMN z INTEGER",
    "COMMENT ON TABLE entities IS 'x'",
    "SELECT 1; DELETE FROM entities",
    "/* */ DELETE FROM entities -- SELECT",
    "BEGIN; DELETE FROM warehouse.main.entities; COMMIT",
    "USE memory; DELETE FROM warehouse.entities",
    "WITH gone AS (DELETE FROM entities RETURNING *) SELECT * FROM gone",
    ".read {0}/secret.csv",
    ".shell ls",
    "\\copy entities to x",
]
HARMLESS = [
    "CREATE TEMP TABLE t AS SELECT 1 AS a; FROM t",
    "ATTACH ':memory:' AS mine; CREATE TABLE mine.t (a INTEGER)",
    "CREATE TABLE memory.main.t (a INTEGER)",
    "COPY FROM DATABASE warehouse TO memory",
    "CHECKPOINT",
    "FORCE CHECKPOINT warehouse",
    "VACUUM",
    "ANALYZE",
    "FROM checkpoint('warehouse')",
    "CALL enable_logging(); SELECT write_log('x'); FROM duckdb_logs",
    "PRAGMA enable_profiling; SELECT 1",
]
"""What stays in the memory of the process that asks, and ends with it."""


@pytest.mark.parametrize("attack", REFUSED)
def test_an_attack_is_refused_in_words_and_leaves_every_file_as_it_was(place, attack):
    before = state_of(place)
    with pytest.raises(WrongUse) as refused:
        ask(place / "w.duckdb", attack.format(place))
    assert str(refused.value).strip()
    assert SECRET not in str(refused.value)
    assert state_of(place) == before


@pytest.mark.parametrize("attack", HARMLESS)
def test_what_is_written_to_memory_alone_leaves_every_file_as_it_was(place, attack):
    before = state_of(place)
    ask(place / "w.duckdb", attack)
    assert state_of(place) == before
    assert ask(place / "w.duckdb", "SELECT name FROM entities").rows() == [("Harbour Board",)]


def test_the_lock_is_of_duckdb_itself_and_not_of_our_words(place):
    with closing(open_readonly(place / "w.duckdb")) as con:
        assert con.execute(
            "SELECT current_setting('lock_configuration'), current_setting('enable_external_access'),"
            " current_setting('temp_directory'), current_setting('autoload_known_extensions'),"
            " current_setting('autoinstall_known_extensions')"
        ).fetchone() == (True, False, "", False, False)


def test_a_query_that_wants_more_memory_than_there_may_be_is_refused(place, monkeypatch):
    monkeypatch.setattr("warehouse.database._most_mb", lambda: 50)
    with pytest.raises(WrongUse, match="Out of Memory"):
        ask(place / "w.duckdb", "SELECT count(*) FROM (SELECT DISTINCT a.range, b.range FROM range(9999) a, range(9999) b)")


def test_a_reader_takes_no_more_than_half_of_the_free_memory(place):
    with closing(open_readonly(place / "w.duckdb")) as con:
        [[most]] = con.execute("SELECT current_setting('memory_limit')").fetchall()
    size, unit = most.split()
    assert float(size) * {"GiB": 2**30, "MiB": 2**20}[unit] <= max(500e6, 0.55 * psutil.virtual_memory().available)


def test_an_answer_that_no_memory_holds_is_refused_with_the_mend(place, monkeypatch):
    monkeypatch.setattr("flows.answer.MOST_SHARE", 0.001)
    with pytest.raises(WrongUse, match="add a WHERE or a LIMIT"):
        ask(place / "w.duckdb", "SELECT range, 'some words' FROM range(10000000000)")


SQL = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(
            "SELECT FROM WHERE GROUP BY HAVING ORDER LIMIT WITH RECURSIVE UNION ALL EXPLAIN DESCRIBE SUMMARIZE PIVOT VALUES *"
            " ( ) , ; entities quotes claims name count(*) 1 'a' \"b\" $a ? :: VARCHAR INTERVAL [ ] { } -- /* */ . = < NULL"
            " CASE END".split()
        ),
        max_size=14,
    ).map(" ".join),
)


@given(sql=SQL)
def test_any_text_is_answered_or_refused_in_words(place, sql):
    try:
        ask(place / "w.duckdb", sql)
    except WrongUse as refused:
        assert str(refused).strip()


@given(text=st.text(max_size=60))
def test_a_parameter_is_a_value_whatever_it_says(place, text):
    try:
        assert ask(place / "w.duckdb", "SELECT $text AS text", {"text": text}).rows() == [(text,)]
    except WrongUse:
        assert any(0xD800 <= ord(each) <= 0xDFFF for each in text)


def test_a_query_may_be_asked_outside_of_the_main_thread(place):
    answers = []
    thread = threading.Thread(target=lambda: answers.append(ask(place / "w.duckdb", "SELECT 1 AS a").rows()))
    thread.start()
    thread.join()
    assert answers == [[(1,)]]
