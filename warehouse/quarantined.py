"""What the warehouse tells of rows held back: one by one, what became of each, and which followed which. Frames are Polars.

`note_held` makes two temporary tables that all else here asks. `held` has one row for each row held back, however many runs
held it back and checks it failed: its table_name and row_key, a short `id`, `state`, `since` when and by how many runs
(`times`), the run_id that held it back last, with its `expectations` and its reason, and its parent_table and parent_key where
it only follows another row. `followed` leads from each row (table_name, row_key) to the root_table and root_key that it follows
in the end.
"""
# ruff: noqa: S608   names in the SQL come from the declarations; values travel in registered frames or as parameters

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import polars as pl

from warehouse.database import Connection
from warehouse.frames import registered
from warehouse.tables import CLAIM_ENTITIES, CLAIM_RELATIONS, TABLES, Table

FOLLOWED = "expect_referred_row_to_pass"
"""How the expectation begins that a row fails which only follows another, as `expectations.quarantine` writes it."""
BY_HAND = "changed_by_hand"
"""How the expectation begins that notes what a person changed about a row as it was released."""

Resolution = Literal["released", "dropped"]

_BY_NAME = {table.name: table for table in TABLES}
_KEYS = pl.Schema({"table_name": pl.String, "row_key": pl.String})

_HELD = f"""
    CREATE OR REPLACE TEMP TABLE held AS
    WITH in_run AS (
        SELECT table_name, row_key, run_id, max(quarantined_at) AS held_at, min(quarantined_at) AS since,
            list(expectation) AS expectations, list(reason) AS reasons,
            bool_or(resolution IS NULL) AS is_open, any_value(resolution) AS resolution, max(resolved_at) AS resolved_at,
            any_value(reason) FILTER (starts_with(expectation, '{FOLLOWED}')) AS follows
        FROM quarantine GROUP BY table_name, row_key, run_id
    ),
    runs_of AS (
        SELECT table_name, row_key, arg_max(run_id, held_at) AS run_id, min(since) AS first_held,
            count(*) AS times
        FROM in_run GROUP BY table_name, row_key
    ),
    told AS (FROM in_run JOIN runs_of USING (table_name, row_key, run_id))
    SELECT table_name, row_key,
        table_name || '/' || CASE
            WHEN count(*) OVER (PARTITION BY table_name, left(row_key, 8)) = 1 THEN left(row_key, 8)
            WHEN count(*) OVER (PARTITION BY table_name, left(row_key, 16)) = 1 THEN left(row_key, 16)
            ELSE row_key
        END AS id,
        CASE WHEN NOT is_open THEN resolution WHEN runs.status = 'stopped' THEN 'stopped' ELSE 'open' END AS state,
        first_held AS since, times, run_id, expectations, array_to_string(reasons, '; ') AS reason, told.resolved_at,
        regexp_extract(follows, '^\\w+ refers to (\\w+)\\.\\w+ .+?, which was held back', 1) AS parent_table,
        regexp_extract(follows, '^\\w+ refers to \\w+\\.\\w+ (.+?), which was held back', 1) AS parent_key
    FROM told LEFT JOIN (SELECT run_id, status FROM runs) AS runs USING (run_id)
"""
_FOLLOWED = """
    CREATE OR REPLACE TEMP TABLE followed AS
    WITH RECURSIVE tree AS (
        SELECT table_name, row_key, table_name AS root_table, row_key AS root_key FROM held
        ANTI JOIN held AS parent ON held.parent_table = parent.table_name AND held.parent_key = parent.row_key
        UNION ALL
        SELECT held.table_name, held.row_key, root_table, root_key
        FROM held JOIN tree ON held.parent_table = tree.table_name AND held.parent_key = tree.row_key
    )
    FROM tree
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows held back are asked for. Without anything set: all of them.

    `expectation` is a check's name, with or without its columns; `run` the beginning of a run_id. `document` is the beginning
    of a document_id, or an address.
    """

    table: str | None = None
    expectation: str | None = None
    run: str | None = None
    document: str | None = None

    @property
    def names_rows(self) -> bool:
        """Whether something more than everything is asked for."""
        return any((self.table, self.expectation, self.run, self.document))


def note_held(con: Connection) -> None:
    """Make the temporary tables `held` and `followed`; see above.

    The `state` of a row: `released` or `dropped`; `loaded` where a later run brought a row with its key; `stopped` where it
    comes from a run whose load was stopped, which holds back samples only and loads nothing; else `open`.
    """
    con.execute(_HELD)
    for (name,) in con.execute("SELECT DISTINCT table_name FROM held WHERE state IN ('open', 'stopped')").fetchall():
        if name in _BY_NAME:
            con.execute(f"""
                UPDATE held SET state = 'loaded' FROM (
                    SELECT DISTINCT row_key FROM held JOIN {name} ON held.row_key = {_key_of(_BY_NAME[name])}
                    WHERE held.table_name = '{name}' AND held.state IN ('open', 'stopped')
                ) AS found WHERE held.table_name = '{name}' AND held.row_key = found.row_key AND state IN ('open', 'stopped')
            """)
    con.execute(_FOLLOWED)


def is_there(con: Connection, table: Table, keys: pl.DataFrame) -> pl.DataFrame:
    """Of these rows of one table (row_key) those that the warehouse holds."""
    with registered(con, asked=keys.select("row_key").unique()):
        return con.execute(f"SELECT row_key FROM asked SEMI JOIN {table.name} ON asked.row_key = {_key_of(table)}").pl()


def rows_held(con: Connection, wanted: Wanted) -> pl.DataFrame:
    """Rows of `held`, newest first, with `followers`, the number of rows that follow each in the end."""
    parameters: dict[str, object] = {}
    where = _where(con, wanted, parameters)
    return con.execute(
        f"""
        SELECT held.* EXCLUDE (since), since, coalesce(f.followers, 0) AS followers
        FROM held LEFT JOIN (
            SELECT root_table AS table_name, root_key AS row_key, count(*) - 1 AS followers FROM followed GROUP BY ALL
        ) AS f USING (table_name, row_key)
        WHERE {where} ORDER BY since DESC, table_name, row_key
        """,
        parameters,
    ).pl()


def named(con: Connection, typed: str) -> pl.DataFrame:
    """table_name and row_key of the rows that these words may name: `table/key`, or the beginning of that or of the key."""
    return con.execute(
        """
        SELECT table_name, row_key, id, state FROM held
        WHERE table_name || '/' || row_key = $typed
            OR (NOT EXISTS (FROM held AS same WHERE same.table_name || '/' || same.row_key = $typed)
                AND (starts_with(table_name || '/' || row_key, $typed) OR starts_with(row_key, $typed)))
        ORDER BY ALL LIMIT 10
        """,
        {"typed": typed},
    ).pl()


def like(con: Connection, typed: str) -> list[str]:
    """Ids of rows whose names are most like these words."""
    sql = """
        SELECT id FROM held ORDER BY greatest(jaro_winkler_similarity(id, $typed),
            jaro_winkler_similarity(left(row_key, length($typed)), $typed)) DESC, id LIMIT 3
    """
    return con.execute(sql, {"typed": typed}).pl()["id"].to_list()


def with_followers(con: Connection, keys: pl.DataFrame) -> pl.DataFrame:
    """These rows (table_name, row_key) and all that follow them, sorted: `is_follower` tells these, with the `state` of all.

    `is_stale` is a row of an earlier reading of its document, which a later run held back without it.
    """
    with registered(con, chosen=keys.select(_KEYS.names()).unique()):
        return con.execute("""
            WITH RECURSIVE tree AS (
                SELECT table_name, row_key, false AS is_follower, if(table_name = 'documents', run_id, NULL) AS read_by
                FROM held SEMI JOIN chosen USING (table_name, row_key)
                UNION ALL
                SELECT held.table_name, held.row_key, true, if(held.table_name = 'documents', held.run_id, read_by) FROM held
                JOIN tree ON held.parent_table = tree.table_name AND held.parent_key = tree.row_key
            )
            SELECT table_name, row_key, state, bool_and(is_follower) AS is_follower,
                bool_or(coalesce(read_by <> run_id, false)) AS is_stale
            FROM tree JOIN held USING (table_name, row_key) GROUP BY ALL ORDER BY ALL
        """).pl()


def told_of(con: Connection, table_name: str, row_key: str) -> pl.DataFrame:
    """All rows of `quarantine` about one row, newest first."""
    sql = "FROM quarantine WHERE table_name = $name AND row_key = $key ORDER BY quarantined_at DESC, run_id, expectation"
    return con.execute(sql, {"name": table_name, "key": row_key}).pl()


def contents(con: Connection, keys: pl.DataFrame) -> pl.DataFrame:
    """table_name, row_key and `row`, in JSON as the last run held it back, of these rows; sorted."""
    with registered(con, chosen=keys.select(_KEYS.names()).unique()):
        return con.execute("""
            SELECT table_name, row_key, any_value(row) AS row
            FROM quarantine SEMI JOIN chosen USING (table_name, row_key) JOIN held USING (table_name, row_key, run_id)
            GROUP BY table_name, row_key ORDER BY table_name, row_key
        """).pl()


def resolve(con: Connection, keys: pl.DataFrame, resolution: Resolution, at: datetime) -> None:
    """Note what became of these rows (table_name, row_key), in every run that held them back and of which it is open."""
    with registered(con, chosen=keys.select(_KEYS.names()).unique()):
        con.execute(
            """
            UPDATE quarantine SET resolution = $resolution, resolved_at = $at FROM chosen
            WHERE quarantine.table_name = chosen.table_name AND quarantine.row_key = chosen.row_key AND resolution IS NULL
            """,
            {"resolution": resolution, "at": at},
        )


def drop_again(con: Connection, run_id: str, at: datetime) -> None:
    """Mark as dropped what this run held back and a person dropped before: the same row, for the same reason."""
    con.execute(
        """
        UPDATE quarantine SET resolution = 'dropped', resolved_at = $at FROM (
            SELECT DISTINCT table_name, row_key, expectation, reason FROM quarantine WHERE resolution = 'dropped'
        ) AS before
        WHERE quarantine.run_id = $run_id AND resolution IS NULL
            AND (quarantine.table_name, quarantine.row_key, quarantine.expectation, quarantine.reason)
                = (before.table_name, before.row_key, before.expectation, before.reason)
        """,
        {"run_id": run_id, "at": at},
    )


def documents_named(con: Connection, typed: str) -> list[str]:
    """Ids of documents, loaded or held back, that begin so, or that stand at this address."""
    sql = """
        WITH known AS (
            SELECT document_id, url FROM documents
            UNION SELECT (row ->> 'document_id'), (row ->> 'url') FROM quarantine WHERE table_name = 'documents'
        )
        SELECT DISTINCT document_id FROM known WHERE starts_with(document_id, $typed) OR url = $typed ORDER BY ALL
    """
    return con.execute(sql, {"typed": typed}).pl()["document_id"].to_list()


def _where(con: Connection, wanted: Wanted, parameters: dict[str, object]) -> str:
    conditions = ["true"]
    if wanted.table:
        conditions.append("held.table_name = $table_name")
        parameters["table_name"] = wanted.table
    if wanted.expectation:
        conditions.append(
            "len(list_filter(expectations, lambda e: e = $expectation OR starts_with(e, $expectation || '('))) > 0"
        )
        parameters["expectation"] = wanted.expectation
    if wanted.run:
        conditions.append("starts_with(held.run_id, $run)")
        parameters["run"] = wanted.run
    if wanted.document:
        _note_rows_of(con, documents_named(con, wanted.document))
        conditions.append("(held.table_name, held.row_key) IN (SELECT (table_name, row_key) FROM of_documents)")
    return " AND ".join(conditions)


def _note_rows_of(con: Connection, document_ids: Sequence[str]) -> None:
    """Make the temporary table `of_documents`: rows held back that belong to these documents, and what follows them."""
    of_claims = ", ".join(f"'{table.name}'" for table in (CLAIM_ENTITIES, CLAIM_RELATIONS))
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE of_documents AS
        WITH found AS (
            SELECT DISTINCT table_name, row_key FROM quarantine
            WHERE list_contains($ids, (row ->> 'document_id')) OR (table_name IN ({of_claims}) AND (row ->> 'claim_id') IN (
                SELECT claim_id FROM claims WHERE list_contains($ids, document_id)
            ))
        )
        FROM found
        UNION
        SELECT table_name, row_key FROM followed
        WHERE (root_table, root_key) IN (SELECT (table_name, row_key) FROM found)
        """,
        {"ids": list(document_ids)},
    )


def _key_of(table: Table) -> str:
    """SQL for a row's key as `expectations.words.row_keys` writes it."""
    return " || '/' || ".join(f"{table.name}.{part}::VARCHAR" for part in table.key)
