"""Rows that fail a check, as the quality page shows them: from quarantine where they were held back, else from their table."""
# ruff: noqa: S608   names in the SQL come from the declarations of the tables; values travel as parameters

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from expectations.model import BY_NAME
from flows.reports.rows import Row, rows
from warehouse.tables import Table

if TYPE_CHECKING:
    from warehouse.database import Connection

SAMPLES_SHOWN = 5
"""Failing rows that are shown of each check."""
_TELLING = ("text", "title", "name", "alias", "location", "speaker", "outcome", "reason")
"""Columns by which a person knows a row, in the order of how much they say."""
_MOST_COLUMNS = 5
_VALUE = 240
"""Characters of a value that are shown: a document's row holds its whole text."""
_ID = re.compile(r"[0-9A-Za-z_-]{1,80}")
"""What may stand in the address of an article's page: the row of a broken run may hold anything."""

_HELD = """
    SELECT row_key, reason, resolution, list_transform(found, lambda value: left(value, ?::INTEGER)) AS found
    FROM (
        SELECT *, CASE WHEN json_valid(row) THEN json_extract_string(row, ?::VARCHAR[]) END AS found
        FROM quarantine WHERE run_id = ? AND table_name = ? AND expectation = ?
        ORDER BY row_key LIMIT ?
    )
    ORDER BY row_key
"""
# Only an article that is kept, in its latest revision, has a page.
_PAGE = """(
    SELECT any_value(d.document_id) FROM documents AS d
    WHERE d.document_id = t.document_id AND d.is_current AND d.outcome = 'kept'
)"""


def with_samples(con: "Connection", failed: Row) -> Row:
    """The failed check with `sample_columns` and `samples`: rows with key, values, reason, and their article."""
    table = BY_NAME.get(failed["table_name"])
    columns = shown_columns(table, failed["column_name"]) if table else []
    found: list[Row] = []
    if table and not failed["of_audit"]:
        found = _from_quarantine(con, failed, columns)
    if table and not found and failed["failing_keys"]:
        found = _from_table(con, table, failed["failing_keys"], columns)
    return {**failed, "sample_columns": columns, "samples": found}


def shown_columns(table: Table, column_name: str | None) -> list[str]:
    """The columns that the check is of, then those by which a person knows the row."""
    concerned = [name for name in (column_name or "").split(",") if name in table.schema]
    telling = [name for name in _TELLING if name in table.schema and name not in concerned]
    return [name for name in [*concerned, *telling] if name not in table.key][:_MOST_COLUMNS]


def title_of(failed: Row) -> str:
    """The check as `quarantine.expectation` names it."""
    columns = failed["column_name"]
    return f"{failed['expectation']}({columns.replace(',', ', ')})" if columns else str(failed["expectation"])


def _from_quarantine(con: "Connection", failed: Row, columns: Sequence[str]) -> list[Row]:
    paths = [f"$.{name}" for name in (*columns, "document_id")]
    which = (failed["run_id"], failed["table_name"], title_of(failed), SAMPLES_SHOWN)
    held = rows(con, _HELD, _VALUE + 1, paths, *which)
    return [_sample(row, row["found"] or [None] * len(paths)) for row in held]


def _from_table(con: "Connection", table: Table, keys: Sequence[str], columns: Sequence[str]) -> list[Row]:
    document = [_PAGE] if "document_id" in table.schema else ["NULL"]
    shown = [f"left({name}::VARCHAR, {_VALUE + 1})" for name in columns]
    row_key = " || '/' || ".join(f"coalesce({part}::VARCHAR, 'NULL')" for part in table.key)
    sql = f"""
        SELECT row_key, NULL AS reason, NULL AS resolution, found
        FROM (SELECT {row_key} AS row_key, [{", ".join([*shown, *document])}]::VARCHAR[] AS found FROM {table.name} AS t)
        SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS row_key) USING (row_key)
        ORDER BY row_key LIMIT ?
    """
    return [_sample({**row, "table_name": table.name}, row["found"]) for row in rows(con, sql, list(keys), SAMPLES_SHOWN)]


def _sample(row: Row, found: Sequence[str | None]) -> Row:
    *values, document_id = found
    return {
        "row_key": row["row_key"],
        "reason": row["reason"],
        "resolution": row["resolution"],
        "values": [value if value is None or len(value) <= _VALUE else value[:_VALUE] + "…" for value in values],
        "article": _article(row, document_id),
    }


def _article(row: Row, document_id: str | None) -> str | None:
    """The article's page at the claim. A row that is held back may name a document that was never loaded: it has no page."""
    if not document_id or not _ID.fullmatch(document_id) or row["reason"] is not None:
        return None
    anchor = f"#claim-{row['row_key']}" if row.get("table_name") == "claims" and _ID.fullmatch(row["row_key"]) else ""
    return f"articles/{document_id}.html{anchor}"
