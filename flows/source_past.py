"""What sources are held against: what their pages came to in their last runs, and when they last brought something."""

from datetime import datetime

import polars as pl

from expectations.freshness import Freshness
from expectations.source_history import LAST_RUNS, History
from flows.fetch.collect import ledger_path
from flows.fetch.ledger import Ledger
from flows.knowledge import reading
from flows.news import Frames
from flows.settings import Settings
from warehouse.database import Connection
from warehouse.history import arrivals, measures_of_run, past_measures, staged_measures
from warehouse.tables import CLAIMS, DOCUMENTS, SOURCES, TIMESTAMP

MOST_ARTICLES = 200
"""Articles of one run that the articles at hand are held against: more make no comparison surer, and cost time."""


def past_of_sources(
    frames: Frames, sources: pl.DataFrame, settings: Settings, at: datetime
) -> tuple[History | None, Freshness]:
    """What the sources of a run that began `at` are held against; without new documents there is no history to look at."""
    documents = frames[DOCUMENTS.name]
    new = documents.select("source_id", arrived_at="first_seen_at")
    with reading(settings.place) as con:
        history = _history(frames, con, at) if CLAIMS.name in frames else None
        came = pl.concat([arrivals(con).select(new.columns), new])
    asked = _asked_at(settings, sources.select("source_id", "kind", seen_at=pl.lit(at, TIMESTAMP)))
    return history, Freshness(came, asked, settings.fetch.silent_days)


def freshness_of_all(con: Connection, settings: Settings) -> Freshness:
    """The same of every source in the warehouse: it was asked when one of its pages was last met, or as the ledger says."""
    came = arrivals(con)
    last_seen = came.group_by("source_id").agg(pl.col("seen_at").max())
    kinds = con.execute(f"SELECT source_id, kind FROM {SOURCES.name}").pl()  # noqa: S608   a declared name
    asked = _asked_at(settings, kinds.join(last_seen, on="source_id"))
    return Freshness(came.select("source_id", "arrived_at"), asked, settings.fetch.silent_days)


def _history(frames: Frames, con: Connection, at: datetime) -> History:
    """What parts of the run that began `at` have loaded is at hand as well."""
    staged = staged_measures(frames)
    sources = staged["source_id"].unique()
    past = past_measures(con, sources, runs=LAST_RUNS, articles=MOST_ARTICLES, but=at)
    return History(pl.concat([staged, measures_of_run(con, sources, at, articles=MOST_ARTICLES)]), past)


def _asked_at(settings: Settings, sources: pl.DataFrame) -> pl.DataFrame:
    """source_id, kind and asked_at: as the ledger has it of sources on the web, else `seen_at`."""
    looked = dict[str, datetime]()
    if ledger_path(settings).is_file():
        with Ledger(ledger_path(settings)) as ledger:
            looked = {row.source_id: row.looked_at for row in ledger.source_rows()}
    asked = pl.DataFrame(list(looked.items()), {"source_id": pl.String, "looked_at": TIMESTAMP}, orient="row")
    return sources.join(asked, on="source_id", how="left").select(
        "source_id", "kind", asked_at=pl.coalesce("looked_at", "seen_at")
    )
