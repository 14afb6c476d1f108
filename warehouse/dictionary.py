"""The data dictionary, docs/tables.md, written from the declarations and the views.

`python -m warehouse.dictionary` rewrites it; with `--check` nothing is written, and the exit code is 1 where it is stale.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from warehouse import migrate
from warehouse.database import Connection, in_memory
from warehouse.ddl import sql_type
from warehouse.tables import TABLES, Column, Table

PATH = Path(__file__).parent.parent / "docs" / "tables.md"

_PREAMBLE = """\
<!-- Written by `python -m warehouse.dictionary` from warehouse/tables/ and warehouse/views/: change those, not this. -->

# Tables and views

What is in `warehouse.duckdb`. The names are a contract: they change only through a migration and a note in the changelog;
columns may be added. The same text stands in the file itself, as comments: `SELECT * FROM duckdb_columns()` shows it.

- Ids are hashes of content: the same input gives the same ids on every machine.
- Spans (`start_char`, `end_char`) are code points into `documents.text`, start inclusive, end exclusive:
  `substring(text, start_char + 1, end_char - start_char)` reproduces the words.
- Times are UTC, kept without a zone. What is unknown is NULL, never a guess.
- A page is read again and again; each revision of it is one document, and one of them `is_current`. The views show current
  documents that were kept; the tables hold all.
- `schema_version` lists the migrations that the file has been through.
"""

_WRITTEN = {
    "document": "Rows are replaced with their document.",
    "touched": "Derived from the other tables; a load replaces the rows that its news touch.",
    "run": "Only grows: every run adds to it.",
}


def render() -> str:
    """The whole dictionary as Markdown."""
    con = in_memory()
    try:
        views = [_view(con, view) for view in sorted(migrate.views(), key=lambda view: view.name)]
    finally:
        con.close()
    tables = [_table(table) for table in TABLES]
    return "\n".join([_PREAMBLE, _contents(), "## Tables\n", *tables, "## Views\n", *views]).rstrip() + "\n"


def is_stale() -> bool:
    """Whether docs/tables.md says something else than the declarations and views."""
    return not PATH.exists() or PATH.read_text(encoding="utf-8") != render()


def main(arguments: Sequence[str]) -> int:
    """Write docs/tables.md, or with `--check` hold it against the declarations. The exit code."""
    if arguments not in ([], ["--check"]):
        print("usage: python -m warehouse.dictionary [--check]", file=sys.stderr)
        return 2
    if not arguments:
        PATH.write_text(render(), encoding="utf-8")
        return 0
    if is_stale():
        print("docs/tables.md is stale: run `python -m warehouse.dictionary` and commit what it writes", file=sys.stderr)
        return 1
    return 0


def _contents() -> str:
    tables = [f"[{table.name}](#{table.name})" for table in TABLES]
    views = [f"[{name}](#{name})" for name in sorted(view.name for view in migrate.views())]
    return f"Tables: {', '.join(tables)}.\n\nViews: {', '.join(views)}.\n"


def _table(table: Table) -> str:
    rows = [
        (f"`{c.name}`", f"`{sql_type(c)}`", "yes" if c.nullable else "", c.doc, c.unit or "", _allowed(c), c.references or "")
        for c in table.columns
    ]
    return (
        f"### {table.name}\n\n{table.doc}\n\n"
        f"One row: {table.grain}. Key: {', '.join(f'`{name}`' for name in table.key)}. {_written(table)}\n\n"
        + _markdown(("column", "type", "NULL", "meaning", "unit", "values", "refers to"), rows)
    )


def _written(table: Table) -> str:
    belongs = {"document_id", "claim_id"} & set(table.schema)
    return _WRITTEN[table.written] if belongs or table.written != "document" else "A row stays until a newer one has its key."


def _allowed(column: Column) -> str:
    if column.values:
        return " ".join(f"`{value}`" for value in column.values)
    low, high = column.between or (None, None)
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    return f"≥ {low:g}" if low is not None else f"≤ {high:g}" if high is not None else ""


def _view(con: Connection, view: migrate.View) -> str:
    columns = con.execute(
        "SELECT column_name, data_type, comment FROM duckdb_columns() "
        "WHERE database_name = current_database() AND table_name = ? ORDER BY column_index",
        [view.name],
    ).fetchall()
    rows = [(f"`{name}`", f"`{data_type}`", comment or "") for name, data_type, comment in columns]
    return f"### {view.name}\n\n{view.comment}\n\n" + _markdown(("column", "type", "meaning"), rows)


def _markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
