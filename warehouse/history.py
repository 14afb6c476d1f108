"""What the pages of each source came to, run by run: those at hand as those that are loaded, by the views' own definitions."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import polars as pl

from warehouse.database import Connection, over_frames
from warehouse.frames import ids, registered
from warehouse.migrate import views

_MEASURED = ("documents", "sentences", "claims")
"""Tables that the view `article_measures` reads."""


def staged_measures(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Rows of the view `article_measures` for documents that are not loaded yet, from frames under their tables' names."""
    con = over_frames({name: frames[name] for name in _MEASURED})
    try:
        return con.execute(_measures()).pl()
    finally:
        con.close()


def measures_of_run(con: Connection, source_ids: pl.Series, at: datetime, *, articles: int) -> pl.DataFrame:
    """The same for loaded documents of these sources that the run which began `at` was the first to meet, at most so many."""
    return _measured(con, source_ids, "first_seen_at = $at", {"at": at, "runs": 1, "articles": articles})


def past_measures(con: Connection, source_ids: pl.Series, *, runs: int, articles: int, but: datetime) -> pl.DataFrame:
    """The same for what other runs loaded than the one that began then: of the last `runs` that met any, so many of each."""
    return _measured(con, source_ids, "first_seen_at <> $at", {"at": but, "runs": runs, "articles": articles})


def arrivals(con: Connection) -> pl.DataFrame:
    """When each source brought pages that nobody had met before: source_id and arrived_at, one row a run; and `seen_at`, when
    any page of it was last met."""
    return con.execute("""
        SELECT source_id, first_seen_at AS arrived_at, max(last_seen_at) AS seen_at FROM documents GROUP BY ALL ORDER BY ALL
    """).pl()


def _measured(con: Connection, source_ids: pl.Series, which: str, values: Mapping[str, object]) -> pl.DataFrame:
    """Rows of the view for so many documents of each of the runs. They are chosen by id, which is a hash: as good as by lot."""
    with registered(con, asked=ids("source_id", source_ids)):
        chosen = con.execute(
            f"""
            SELECT document_id FROM documents SEMI JOIN asked USING (source_id) WHERE {which}
            QUALIFY dense_rank() OVER (PARTITION BY source_id ORDER BY first_seen_at DESC) <= $runs
                AND row_number() OVER (PARTITION BY source_id, first_seen_at ORDER BY document_id) <= $articles
            """,  # noqa: S608   a condition from above
            values,
        ).pl()
    with _only(con, chosen):
        return con.execute(_measures()).pl()


@contextmanager
def _only(con: Connection, chosen: pl.DataFrame) -> Iterator[None]:
    """In the block the connection shows these documents alone, with what belongs to them."""
    [[database]] = con.execute("SELECT current_database()").fetchall()
    with registered(con, chosen=chosen):
        for name in _MEASURED:
            con.execute(f"CREATE TEMP VIEW {name} AS FROM {database}.{name} SEMI JOIN chosen USING (document_id)")
        try:
            yield
        finally:
            for name in _MEASURED:
                con.execute(f"DROP VIEW temp.{name}")


def _measures() -> str:
    """The query of the view `article_measures`."""
    [view] = [view for view in views() if view.name == "article_measures"]
    _, _, query = view.sql.partition(" AS\n")
    return query.partition(";\n")[0]
