"""How the cost of comparing new claims grows with what the warehouse knows.

    python -m benchmarks.compare_scale [--folder DIR] [--claims 1000000] [--rounds 4] [--accept REASON]

Makes a warehouse of 10,000 claims and one of a million (see `made_claims`), and settles the same 1,000 new claims against each,
as a run does: from the warehouse's file and the rows that were read to relations, clusters, entities and copies. A day's batch,
1,000 articles with 15,000 claims, is settled and loaded against an empty warehouse and against the million. Each turn is a
process of its own that has settled something small before, so that imports and lexicons, which cost the same whatever is known,
do not hide what grows. Seconds are those that a person waits; the best turn counts. The warehouses stay in the folder
and are used again.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
from rich.console import Console

from benchmarks.figures import Figure
from benchmarks.made_claims import CLAIMS_PER_ARTICLE, Articles, Maker, Statement
from benchmarks.verdict import settle_figures
from flows.knowledge import reading
from flows.models import compare_lexicon
from flows.news import Settled
from flows.settle import settle
from flows.startup import collect_less_often
from transforms.compare import claim_terms
from transforms.copies import article_keys
from transforms.terms import CompareLexicon
from warehouse.database import Connection, building
from warehouse.known import staged_claims
from warehouse.load import load_tables
from warehouse.tables import SOURCES

NEW, FEW, MANY = 1_000, 10_000, 1_000_000
A_DAY = 1_000 * CLAIMS_PER_ARTICLE
NEW_RESTATED = 0.3
"""Share of the new claims that restate a known one: as where several papers write of the same day."""
MOST_TIMES = 3.5
"""The aim is 3. Of a million claims each new one meets others than the next, so that three times as many known claims are taken
apart, which is half of the time; the rest looks through all terms and reads rows of large tables."""
MOST_TIMES_A_DAY = 1.5
"""A day's batch beside the same one on an empty warehouse, settled and loaded."""
MOST_GIGABYTES = 4.0
ARTICLES_AT_ONCE = 2_000
DATA = "made claims"

_DERIVED = """
    INSERT INTO claim_clusters
    SELECT
        cluster_id, min(c.text), count(*), count(DISTINCT document_id), count(DISTINCT site), 0, min(published_at),
        max(published_at)
    FROM claims AS c JOIN documents USING (document_id) GROUP BY cluster_id;
    INSERT INTO entities
    SELECT entity_id, min(text), 'ORG', NULL, NULL, count(*), count(DISTINCT document_id) FROM mentions GROUP BY entity_id;
    INSERT INTO entity_aliases SELECT DISTINCT entity_id, text FROM mentions;
"""


def make_warehouse(path: Path, claims: int) -> None:
    """A warehouse with so many made claims, with terms, keys, relations, clusters and entities as runs would have left them."""
    maker, articles, originals = Maker(1), Articles(), list[Statement]()
    lexicon = compare_lexicon()
    clusters: list[str] = []
    with building(path) as con:
        source = {"source_id": "made", "kind": "file", "location": "made", "added_at": datetime(2026, 1, 1)}
        load_tables(con, {"sources": SOURCES.frame([source])}, replaced_documents=[])
        for first in range(0, claims, ARTICLES_AT_ONCE * CLAIMS_PER_ARTICLE):
            count = min(ARTICLES_AT_ONCE * CLAIMS_PER_ARTICLE, claims - first)
            made = list(maker.statements(first, count, originals))
            ids = _print(articles, made)
            frames = articles.take()
            clusters += ids
            _load(con, frames, pl.DataFrame({"claim_id": ids, "cluster_id": [clusters[said] for _, said in made]}), lexicon)
        con.execute(_DERIVED)


def _load(con: Connection, frames: dict[str, pl.DataFrame], clustered: pl.DataFrame, lexicon: CompareLexicon) -> None:
    """Load a part, every claim in the cluster of the statement that it makes again and related to that one's first claim."""
    claims = frames["claims"].drop("cluster_id").join(clustered, on="claim_id", maintain_order="left")
    again = clustered.filter(pl.col("claim_id") != pl.col("cluster_id"))
    relations = again.select(
        claim_id=pl.min_horizontal("claim_id", "cluster_id"), other_claim_id=pl.max_horizontal("claim_id", "cluster_id"),
        relation=pl.lit("same"), score=pl.lit(0.9, pl.Float32), reason=pl.lit("made to say the same"),
    )  # fmt: skip
    made = {
        "claims": claims.select(frames["claims"].columns),
        "claim_relations": relations,
        "claim_terms": claim_terms(staged_claims(frames), lexicon),
        "article_keys": article_keys(frames["documents"]),
    }
    load_tables(con, {**frames, **made}, replaced_documents=[])


def _print(articles: Articles, made: Sequence[tuple[Statement, int]]) -> list[str]:
    """Print the statements, so many an article; the ids of their claims."""
    parts = (made[at : at + CLAIMS_PER_ARTICLE] for at in range(0, len(made), CLAIMS_PER_ARTICLE))
    return [claim_id for part in parts for claim_id in articles.add([statement for statement, _ in part])]


def new_articles(claims: int) -> dict[str, pl.DataFrame]:
    """What was read of new articles with so many claims: their own, and some that restate one of the first known ones."""
    known: list[Statement] = []
    list(Maker(1).statements(0, FEW, known))
    articles = Articles(first=10 * MANY)
    _print(articles, list(Maker(2).statements(10 * MANY, claims, known, NEW_RESTATED)))
    return articles.take()


@dataclass(frozen=True, slots=True)
class Turn:
    """One settling and the load after it: seconds, relations found, and the peak memory of the process."""

    settle_seconds: float
    load_seconds: float
    relations: int
    peak_bytes: int


def take_turn(path: Path, claims: int) -> Turn:
    """Settle new articles with so many claims against the warehouse and load them into a copy of it, in this process."""
    new = new_articles(claims)
    _settle({name: rows.head(100) for name, rows in new.items()}, path.with_name("nothing.duckdb"))
    collect_less_often()
    started = time.perf_counter()
    settled = _settle(new, path)
    settled_at = time.perf_counter()
    copy = Path(shutil.copy(path, path.with_suffix(".copy")))
    load_at = time.perf_counter()
    with building(copy) as con:
        load_tables(con, settled.to_load(settled.frames), replaced_documents=settled.replaced)
    loaded_at = time.perf_counter()
    copy.unlink()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Turn(settled_at - started, loaded_at - load_at, settled.frames["claim_relations"].height, peak)


def _settle(read: dict[str, pl.DataFrame], path: Path) -> Settled:
    with reading(path) as con:
        return settle(read, con, datetime(2026, 2, 1))


def _turn_apart(path: Path, claims: int) -> Turn:
    command = [sys.executable, "-m", "benchmarks.compare_scale", "--turn", str(path), "--new", str(claims)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603   our own command
    return Turn(**json.loads(done.stdout))


@dataclass(frozen=True, slots=True)
class Turns:
    """The best turn of each: few new claims against few known ones and many, and a day's batch against none and many."""

    few: Turn
    many: Turn
    day_on_none: Turn
    day_on_many: Turn


def figures_of(turns: Turns, claims: int) -> list[Figure]:
    """Figures with their limits."""
    few, many, none, day = turns.few, turns.many, turns.day_on_none, turns.day_on_many
    times = many.settle_seconds / few.settle_seconds
    detail = f"{many.settle_seconds:.2f} s against {few.settle_seconds:.2f} s; {many.relations} and {few.relations} relations"
    day_seconds, none_seconds = (turn.settle_seconds + turn.load_seconds for turn in (day, none))
    of_a_day = (
        f"{day.settle_seconds:.1f} s and loading {day.load_seconds:.1f} s against {none.settle_seconds:.1f} s and "
        f"{none.load_seconds:.1f} s; {day.relations} and {none.relations} relations"
    )
    batch = f"{A_DAY:,} new claims on {claims:,}, settled and loaded, times the same on an empty warehouse"
    return [
        Figure(DATA, f"settling against {claims:,} claims, times against {FEW:,}", times, detail, limit=MOST_TIMES),
        Figure(DATA, f"settling against {claims:,} claims, peak memory in GB", many.peak_bytes / 1e9, limit=MOST_GIGABYTES),
        Figure(DATA, batch, day_seconds / none_seconds, of_a_day, limit=MOST_TIMES_A_DAY),
    ]


def main(folder: Path, *, claims: int = MANY, rounds: int = 4, reason: str | None = None) -> int:
    """Make what is missing, time, print, and hold against the limits. Returns 1 where one is exceeded."""
    console = Console(width=None if sys.stdout.isatty() else 180, highlight=False)
    for size in (0, FEW, claims):
        path = folder / f"made-{size}.duckdb"
        if not path.exists():
            console.print(f"making a warehouse of {size:,} claims …")
            make_warehouse(path, size)
    turns: dict[tuple[int, int], list[Turn]] = {(FEW, NEW): [], (claims, NEW): [], (0, A_DAY): [], (claims, A_DAY): []}
    for _ in range(rounds):
        for (size, new), taken in turns.items():
            taken.append(_turn_apart(folder / f"made-{size}.duckdb", new))
    best = Turns(*(min(taken, key=lambda turn: turn.settle_seconds + turn.load_seconds) for taken in turns.values()))
    console.print(
        f"loading few: {best.few.load_seconds:.1f} s and {best.many.load_seconds:.1f} s, of which the file is copied once"
    )
    return settle_figures(figures_of(best, claims), reason, console)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare_scale", description="Time comparison as claims grow.")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where the made warehouses stay; else they go again")
    parser.add_argument("--claims", type=int, default=MANY, metavar="N", help="claims of the larger warehouse")
    parser.add_argument("--rounds", type=int, default=4, metavar="N", help="turns of each; the best one counts")
    parser.add_argument("--accept", metavar="REASON", help="accept what is measured now, for this reason")
    parser.add_argument("--turn", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--new", type=int, default=NEW, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    given = _arguments()
    if given.turn:
        print(json.dumps(asdict(take_turn(given.turn, given.new))))
        sys.exit(0)
    with tempfile.TemporaryDirectory() as made:
        sys.exit(main(given.folder or Path(made), claims=given.claims, rounds=given.rounds, reason=given.accept))
