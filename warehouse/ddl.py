"""DDL from the table declarations: names, types, NOT NULL, and comments that travel with the file.

There is no PRIMARY KEY and no FOREIGN KEY: the gate holds uniqueness and references before anything is loaded. DuckDB
keeps such constraints in ART indexes, which cost memory on every open and refuse a key that is deleted and inserted
again in one transaction, which is how a document is replaced.

`python -m warehouse.ddl` prints the whole schema as declared, the text that a new migration must lead to.
"""

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from warehouse.tables import TABLES, Column, Table

_SQL_TYPES: dict[DataType, str] = {
    pl.String(): "VARCHAR",
    pl.Boolean(): "BOOLEAN",
    pl.Int32(): "INTEGER",
    pl.Int64(): "BIGINT",
    pl.UInt32(): "UINTEGER",
    pl.UInt64(): "UBIGINT",
    pl.Float32(): "FLOAT",
    pl.Float64(): "DOUBLE",
    pl.Date(): "DATE",
    pl.Datetime("us"): "TIMESTAMP",
}


def sql_type(column: Column) -> str:
    """DuckDB's name for the column's Polars type. Raises TypeError for a type that no table has used so far."""
    declared = _instance(column.type)
    is_list = isinstance(declared, pl.List)
    scalar = _instance(declared.inner) if isinstance(declared, pl.List) else declared
    if scalar not in _SQL_TYPES:
        raise TypeError(f"{column.name} is declared as {declared}, without an SQL type: add it to warehouse.ddl._SQL_TYPES")
    return _SQL_TYPES[scalar] + ("[]" if is_list else "")


def create_table(table: Table) -> str:
    """`CREATE TABLE` with types and NOT NULL, columns in declared order."""
    width = max(len(column.name) for column in table.columns)
    lines = ",\n".join(
        f"    {column.name:<{width}} {sql_type(column)}{'' if column.nullable else ' NOT NULL'}" for column in table.columns
    )
    return f"CREATE TABLE {table.name} (\n{lines}\n);"


def comments(table: Table) -> list[str]:
    """`COMMENT ON` statements for the table and each of its columns."""
    of_table = f"{table.doc} One row: {table.grain}. Key: {', '.join(table.key)}."
    return [
        f"COMMENT ON TABLE {table.name} IS {quoted(of_table)};",
        *(f"COMMENT ON COLUMN {table.name}.{c.name} IS {quoted(column_comment(c))};" for c in table.columns),
    ]


def column_comment(column: Column) -> str:
    """What the column means, with its unit, its allowed values or bounds, and the key that it refers to."""
    parts = [column.doc]
    if column.unit:
        parts.append(f"Unit: {column.unit}.")
    if column.values:
        parts.append(f"One of: {', '.join(column.values)}.")
    if column.between:
        parts.append(f"{_bounds(*column.between)}.")
    if column.references:
        parts.append(f"Refers to {column.references}.")
    return " ".join(parts)


def named(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quoted(text: str) -> str:
    """The text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def _instance(declared: DataType | DataTypeClass) -> DataType:
    return declared if isinstance(declared, DataType) else declared()


def _bounds(low: float | None, high: float | None) -> str:
    if high is None:
        return f"At least {low:g}"
    if low is None:
        return f"At most {high:g}"
    return f"From {low:g} to {high:g}"


if __name__ == "__main__":
    print("\n\n".join(create_table(table) for table in TABLES))
