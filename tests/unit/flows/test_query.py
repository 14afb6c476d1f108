import json
import signal
import subprocess
import sys
from io import BytesIO

import polars as pl
import pytest

from flows.answer import SHORT_ROWS
from flows.errors import WrongUse
from flows.query import ask, show
from warehouse.database import WarehouseMissing, building


@pytest.fixture
def warehouse(tmp_path):
    path = tmp_path / "w.duckdb"
    with building(path):
        pass
    return path


NESTED = pl.DataFrame({"name": ["a", None], "forms": [["x", "y"], None], "share": [0.25, None]})


def test_a_query_is_answered(warehouse):
    assert ask(warehouse, "SELECT count(*) AS n FROM documents").rows() == [(0,)]


def test_parameters_reach_the_query_as_values(warehouse):
    assert ask(warehouse, "SELECT $text AS text", {"text": "'; DROP TABLE documents"}).rows() == [("'; DROP TABLE documents",)]


def test_what_is_no_sql_is_wrong_use_and_names_the_tables_there_are(warehouse):
    with pytest.raises(WrongUse, match=r"claims, corroborated_claims, .*documents"):
        ask(warehouse, "SELECT * FROM claimz")


def test_nothing_can_be_changed(warehouse):
    with pytest.raises(WrongUse, match="read-only"):
        ask(warehouse, "DELETE FROM documents")


def test_a_warehouse_that_is_not_there_is_told_with_the_mend(tmp_path):
    with pytest.raises(WarehouseMissing, match="claimhouse run"):
        ask(tmp_path / "none.duckdb", "SELECT 1")


def test_csv_holds_lists_as_json(capfdbinary):
    show(NESTED, "csv", None)
    assert capfdbinary.readouterr().out.decode() == 'name,forms,share\na,"[""x"", ""y""]",0.25\n,,\n'


def test_json_is_one_list_of_rows(capfdbinary):
    show(NESTED, "json", None)
    assert json.loads(capfdbinary.readouterr().out)[0] == {"name": "a", "forms": ["x", "y"], "share": 0.25}


def test_parquet_goes_to_a_pipe_as_it_is(capfdbinary):
    show(NESTED, "parquet", None)
    assert pl.read_parquet(BytesIO(capfdbinary.readouterr().out)).equals(NESTED)


def test_an_answer_goes_to_the_file_that_is_named(tmp_path):
    show(NESTED, "parquet", tmp_path / "answer.parquet")
    assert pl.read_parquet(tmp_path / "answer.parquet").equals(NESTED)


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(WrongUse, match="can't be written"):
        show(NESTED, "csv", tmp_path / "none" / "answer.csv")


def test_parquet_is_kept_off_a_terminal(monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    with pytest.raises(WrongUse, match="-o FILE"):
        show(NESTED, "parquet", None)


def test_a_table_for_a_file_is_refused(tmp_path):
    with pytest.raises(WrongUse, match="csv, json or parquet"):
        show(NESTED, "table", tmp_path / "answer")


def test_a_table_in_a_pipe_has_a_line_for_every_row_however_long(capfd):
    show(pl.DataFrame({"text": ["word " * 100, "[red]no markup[/red]"], "n": [1, 2]}), "table", None)
    lines = capfd.readouterr().out.splitlines()
    assert "word " * 99 in lines[3]
    assert "[red]no markup[/red]" in lines[4]


def test_a_long_table_says_how_many_rows_are_left_out(capfd):
    show(pl.DataFrame({"n": range(250)}), "table", None)
    assert "50 more rows; --format csv, json or parquet gives all 250." in capfd.readouterr().out


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT INTERVAL 26 HOUR", "26:00:00"),
        ("SELECT TIMESTAMP '2026-01-03' - TIMESTAMP '2026-01-01'", "2 days"),
        ("SELECT [INTERVAL 1 DAY]", "[1 day]"),
        ("SELECT {'a': ROW(1, 2)}", "{'a': (1, 2)}"),
        ("SELECT ROW(1, 2) -- two", "(1, 2)"),
        ("SELECT union_value(a := 1);", "1"),
        ("SELECT '101'::BIT", "101"),
        ("SELECT TIMETZ '10:00:00+01'", "10:00:00+01"),
        ("SELECT '\\xAA'::BLOB", "\\xAA"),
        ("SELECT '12345678901234567890123456789012345678901'::BIGNUM", "12345678901234567890123456789012345678901"),
    ],
)
@pytest.mark.parametrize("is_short", [False, True])
def test_a_value_that_frames_have_no_form_for_is_told_as_duckdb_prints_it(warehouse, sql, told, is_short):
    assert ask(warehouse, sql, is_short=is_short).rows() == [(told,)]


@pytest.mark.parametrize("is_short", [False, True])
def test_columns_of_one_name_are_numbered(warehouse, is_short):
    asked = "SELECT 1 AS a, 2 AS a, INTERVAL 1 DAY AS a"
    assert ask(warehouse, asked, is_short=is_short).rows(named=True) == [{"a": 1, "a_1": 2, "a_2": "1 day"}]


@pytest.mark.parametrize(
    "sql",
    [
        f"FROM range({SHORT_ROWS})",
        f"FROM range({SHORT_ROWS + 1})",
        "SELECT range % 7 AS a FROM range(500) ORDER BY a DESC, range",
        "WITH a AS (SELECT 1 AS b) FROM a; -- and no more",
        "VALUES (1, 'a'), (2, NULL)",
        "SELECT 1 AS a, 2 AS a",
        "SUMMARIZE SELECT 1.5 AS a",
        "DESCRIBE documents",
        "EXPLAIN SELECT 1",
        "SET VARIABLE a = 1; SELECT getvariable('a')",
    ],
)
def test_an_answer_that_is_expected_to_be_short_is_the_same(warehouse, sql):
    assert ask(warehouse, sql, is_short=True).equals(ask(warehouse, sql))


def test_a_short_answer_needs_no_pyarrow(warehouse):
    asks = f"from pathlib import Path; from flows.query import ask; ask(Path({str(warehouse)!r}), 'SELECT 1', is_short=True)"
    subprocess.run([sys.executable, "-c", f"{asks}; import sys; assert 'pyarrow' not in sys.modules"], check=True)


@pytest.mark.parametrize("sql", ["", ";", "-- nothing"])
def test_no_query_is_told_with_an_example(warehouse, sql):
    with pytest.raises(WrongUse, match="There is no query in that"):
        ask(warehouse, sql)


@pytest.mark.parametrize("value", ["TIMESTAMP 'infinity'", "DATE '-infinity'", "DATE '10000-01-01'"])
def test_a_time_that_no_calendar_holds_is_told_with_the_mend(warehouse, value):
    with pytest.raises(WrongUse, match="at::VARCHAR"):
        ask(warehouse, f"SELECT {value} AS at")


def test_half_a_character_is_told(warehouse):
    with pytest.raises(WrongUse, match="half of a character"):
        ask(warehouse, "SELECT '\ud800'")
    with pytest.raises(WrongUse, match="half of a character"):
        ask(warehouse, "SELECT $text", {"text": "\udcff"})


def test_a_query_that_failed_in_a_transaction_still_names_the_tables(warehouse):
    with pytest.raises(WrongUse, match="It has the tables"):
        ask(warehouse, "BEGIN; SELECT * FROM nowhere; COMMIT")


def test_a_list_of_endless_days_is_told_with_the_mend(warehouse, capfd):
    with pytest.raises(WrongUse, match="Cast its column"):
        show(ask(warehouse, "SELECT [DATE 'infinity'] AS days"), "json", None)


def test_ctrl_c_ends_a_query_at_once_however_busy_duckdb_is(warehouse):
    asking = (
        "import sys, threading; from pathlib import Path; from flows.query import ask;"
        "threading.Timer(0.5, lambda: print('asked', flush=True)).start();"
        "ask(Path(sys.argv[1]), 'SELECT count(*) FROM range(1000000000000) a, range(1000) b WHERE a.range % 7 = b.range % 5')"
    )
    process = subprocess.Popen([sys.executable, "-c", asking, str(warehouse)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=5) == -signal.SIGINT
