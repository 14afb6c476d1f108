"""The warehouse against tests/contract.toml: what people's SQL depends on."""

import tomllib
from pathlib import Path

import pytest

from warehouse.database import in_memory
from warehouse.tables import TABLES

CONTRACT = tomllib.loads((Path(__file__).parents[1] / "contract.toml").read_text(encoding="utf-8"))
MEND = "people's SQL depends on it: restore it, or write a migration, a note in CHANGELOG.md, and change tests/contract.toml"
COLUMNS = [(table, column) for table, columns in CONTRACT["tables"].items() for column in columns]
VALUES = [(table, column) for table, column in COLUMNS if isinstance(CONTRACT["tables"][table][column], dict)]


@pytest.fixture(scope="module")
def types() -> dict[tuple[str, str], str]:
    """The type of each column of a new warehouse, by table or view and column."""
    with in_memory() as con:
        rows = con.execute("SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal").fetchall()
    return {(table, column): data_type for table, column, data_type in rows}


def test_the_contract_lists_every_table_and_view_that_was_promised() -> None:
    assert (len(CONTRACT["tables"]), len(COLUMNS), len(VALUES), len(CONTRACT["views"])) == (16, 155, 13, 20)


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_column_is_there_in_its_type(types: dict[tuple[str, str], str], table: str, column: str) -> None:
    promised = CONTRACT["tables"][table][column]
    expected = promised["type"] if isinstance(promised, dict) else promised
    assert types.get((table, column)) == expected, f"{table}.{column}: {MEND}"


@pytest.mark.parametrize(("table", "column"), VALUES)
def test_a_column_holds_the_values_that_were_promised_and_no_others(table: str, column: str) -> None:
    declared = next(declared for declared in TABLES if declared.name == table).column(column).values
    assert list(declared or ()) == CONTRACT["tables"][table][column]["values"], f"{table}.{column}: {MEND}"


@pytest.mark.parametrize("view", CONTRACT["views"])
def test_a_view_has_its_columns(types: dict[tuple[str, str], str], view: str) -> None:
    missing = [column for column in CONTRACT["views"][view] if (view, column) not in types]
    assert missing == [], f"{view}: {MEND}"
