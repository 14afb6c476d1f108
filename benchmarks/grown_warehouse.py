"""A warehouse grown from the real rows of another one: as many claims as asked, with all that runs would have derived."""

from datetime import datetime, timedelta
from math import ceil
from pathlib import Path

import polars as pl

from benchmarks.grown_articles import Press, site_of, source_of
from benchmarks.grown_plans import SITES, SOURCES, Plans
from benchmarks.grown_skeletons import Skeleton, skeletons
from flows.models import compare_lexicon, pipeline_version, seeds
from flows.settings import Reading
from transforms.clusters import cluster_claims
from transforms.compare import claim_terms
from transforms.copies import article_keys
from transforms.entities import build_entities
from warehouse.database import Connection, building, open_readonly
from warehouse.frames import registered
from warehouse.known import claims_to_cluster, known_mentions, staged_claims
from warehouse.tables import CLAIMS, DOCUMENTS, SENTENCES
from warehouse.tables import SOURCES as SOURCES_TABLE

SEED = 7
DAYS = 365
LAST = datetime(2026, 11, 1, 5)
"""Start of the last run; the runs before it began one a day."""
ARTICLES_AT_ONCE = 1_000
_ARTICLE_ZONES = ("body", "list", "heading")


# Claims that may share a cluster: judged the same, or of a page in several revisions. All others are clusters of their own.
_JOINED = """
    SELECT claim_id FROM claim_relations WHERE relation = 'same' UNION
    SELECT other_claim_id FROM claim_relations WHERE relation = 'same' UNION
    SELECT claim_id FROM claims JOIN documents USING (document_id)
    WHERE page_id IN (SELECT page_id FROM documents WHERE revision > 1)
"""
_ALONE = """
    INSERT INTO claim_clusters
    SELECT cluster_id, c.text, is_current::INTEGER, is_current::INTEGER, (is_current AND site NOTNULL)::INTEGER,
        (is_current AND (speaker_id NOTNULL OR speaker NOTNULL))::INTEGER, published_at, published_at
    FROM (SELECT * FROM claims ANTI JOIN joined USING (claim_id)) AS c JOIN documents AS d USING (document_id)
"""
_LATEST = "FROM runs ORDER BY started_at DESC, run_id LIMIT 1"
_RUNS = """
    INSERT INTO runs BY NAME
    SELECT r.* REPLACE (
            d.run_id AS run_id, NULL AS flow_run_id, d.first_seen_at AS started_at,
            d.first_seen_at + INTERVAL 10 MINUTE AS finished_at, d.documents AS documents, d.documents AS pages,
            d.claims AS claims, 0 AS quarantined, d.words AS words, 300.0 AS reading_seconds
        )
    FROM latest AS r, (
        SELECT first_seen_at, md5(first_seen_at::VARCHAR) AS run_id, count(*)::INTEGER AS documents,
            sum(word_count)::BIGINT AS words, coalesce(sum(claims), 0)::INTEGER AS claims
        FROM documents LEFT JOIN (SELECT document_id, count(*) AS claims FROM claims GROUP BY ALL) USING (document_id)
        GROUP BY ALL
    ) AS d
"""
_RESULTS = """
    INSERT INTO quality_results BY NAME
    SELECT q.* REPLACE (r.run_id AS run_id, r.finished_at AS checked_at) FROM judged AS q, runs AS r WHERE q.source_id IS NULL
"""


class Grower:
    """Grows articles from those of a real warehouse; the same ones from the same warehouse."""

    def __init__(self, real: Path, claims: int, *, days: int = DAYS) -> None:
        with open_readonly(real) as con:
            self._found: list[Skeleton] = list(skeletons(con))
            self._judged: dict[str, pl.DataFrame] = {
                "latest": con.execute(f"FROM ({_LATEST})").pl(),
                "judged": con.execute(f"FROM quality_results SEMI JOIN ({_LATEST}) USING (run_id)").pl(),
            }
        of_one = sum(len(each.columns[CLAIMS.name]["claim_id"]) for each in self._found)
        self.articles = ceil(claims * len(self._found) / of_one)
        self._plans = Plans(self._found, SEED, self.articles, LAST, days)
        self._version = pipeline_version(Reading())

    def read(self, first: int, count: int) -> dict[str, pl.DataFrame]:
        """So many articles from number `first` on: the tables of the reading, and relations."""
        press = Press(self._plans, self._version)
        for number in range(first, first + count):
            press.add(number)
        return press.take()

    def next_day(self, count: int) -> dict[str, pl.DataFrame]:
        """What was read of articles of the day after the last run; which of them are copies is not known yet."""
        frames = self.read(self.articles, count)
        read = frames[DOCUMENTS.name].filter(pl.col("outcome") != "duplicate")
        frames[SENTENCES.name] = frames[SENTENCES.name].join(read, on="document_id", how="semi", maintain_order="left")
        return {name: rows for name, rows in (frames | {DOCUMENTS.name: read}).items() if not name.endswith("_relations")}

    def fill(self, con: Connection) -> None:
        """Put all articles into an empty warehouse, with what runs would have derived from them."""
        lexicon = compare_lexicon()
        _insert(con, SOURCES_TABLE.name, self.sources())
        for first in range(0, self.articles, ARTICLES_AT_ONCE):
            frames = self.read(first, min(ARTICLES_AT_ONCE, self.articles - first))
            frames["claim_terms"] = claim_terms(staged_claims(frames), lexicon)
            frames["article_keys"] = _keys(frames)
            frames["claims"] = frames["claims"].with_columns(cluster_id="claim_id")
            for name, rows in frames.items():
                _insert(con, name, rows)
        _cluster(con)
        _name_entities(con)
        with registered(con, **self._judged):
            con.execute(_RUNS)
            con.execute(_RESULTS)

    @staticmethod
    def sources() -> pl.DataFrame:
        """A feed of each source: of the first site that it gives pages of."""
        return SOURCES_TABLE.frame([
            {"source_id": source_of(rank), "kind": "feed", "location": f"https://{site_of(rank)}/feed", "title": site_of(rank),
             "added_at": LAST - timedelta(days=DAYS)}
            for rank in range(min(SOURCES, SITES))
        ])  # fmt: skip


def grow(real: Path, path: Path, claims: int) -> Grower:
    """Write a grown warehouse of about so many claims; its grower, for what comes after."""
    grower = Grower(real, claims)
    with building(path) as con:
        grower.fill(con)
    return grower


def _insert(con: Connection, name: str, rows: pl.DataFrame) -> None:
    with registered(con, incoming=rows):
        con.execute(f"INSERT INTO {name} BY NAME FROM incoming")


def _keys(frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    texts = (
        frames[SENTENCES.name]
        .filter(pl.col("zone").is_in(_ARTICLE_ZONES))
        .sort("document_id", "position")
        .group_by("document_id", maintain_order=True)
        .agg(pl.col("text").str.join("\n"))
    )
    articles = frames[DOCUMENTS.name].filter(pl.col("outcome").is_in(("kept", "duplicate"))).select("document_id")
    return article_keys(articles.join(texts, on="document_id"))


def _cluster(con: Connection) -> None:
    """Clusters as settling would give them: of claims that were judged the same, and of those that stand alone."""
    joined = con.execute(_JOINED).pl()
    claims = claims_to_cluster(con, joined["claim_id"]).with_columns(cluster_id=pl.lit(None, pl.String))
    relations, copies = con.execute("FROM claim_relations").pl(), con.execute("FROM document_relations").pl()
    clusters, clustered = cluster_claims(claims, relations, copies)
    with registered(con, joined=joined):
        con.execute(_ALONE)
    _insert(con, "claim_clusters", clusters)
    with registered(con, clustered=clustered.filter(pl.col("claim_id") != pl.col("cluster_id"))):
        con.execute("UPDATE claims SET cluster_id = c.cluster_id FROM clustered AS c WHERE claims.claim_id = c.claim_id")


def _name_entities(con: Connection) -> None:
    asked = con.execute("SELECT DISTINCT entity_id FROM mentions WHERE entity_id NOTNULL").pl().to_series()
    entities, aliases = build_entities(*known_mentions(con, asked), seeds()["entities"])
    _insert(con, "entities", entities)
    _insert(con, "entity_aliases", aliases)
