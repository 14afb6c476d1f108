"""A warehouse of tiny articles that runs go into through the gate, with checks of its owner's."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import polars as pl

from expectations.gate import Verdict
from expectations.model import Check
from expectations.suites import Finding
from flows import steps
from flows.found import Found
from flows.knowledge import reading
from flows.news import News, Plan, Settled, what_passes
from flows.run import Run
from flows.settings import Settings, load_settings
from flows.told import Told
from warehouse.load import read_table
from warehouse.place import Lake, Place
from warehouse.tables import BATCH_TABLES, SOURCES, Table

FIRST, SECOND, THIRD = datetime(2024, 7, 23), datetime(2024, 7, 24), datetime(2024, 7, 25)
FERRIES = "The harbour board said that thirty ferries will cross the strait every day, which pleased the traders of the port."
LAMPS = "Nearly all of the street lamps of the old town were replaced in the spring, and its streets are brighter than before."
BREAD = "A loaf of rye bread costs twice as much on the island as it does on the mainland, as its only baker admits."
CHECK = """
[[check]]
table = "{table}"
name = "{name}"
columns = ["{column}"]
severity = "warning"
condition = "{condition}"
why = "The owner wants it so"
mend = "look at it"
"""


class QuickJudge:
    """Judges what is reckoned with Polars, as every condition of an owner's is, and lets all else pass.

    Great Expectations takes two seconds for all checks of a run; tests of the gate and of whole runs have it.
    """

    @staticmethod
    def judge(table: str, frame: pl.DataFrame, checks: Sequence[Check]) -> list[Finding]:
        findings = []
        for one in checks:
            failed = tuple((~frame[one.mark]).arg_true()) if one.holds else ()
            findings.append(Finding(table, one, success=not failed, observed={}, judged=frame.height, failed=failed))
        return findings


def check(table: str, column: str, condition: str, name: str = "expect_what_the_owner_wants") -> str:
    return CHECK.format(table=table, name=name, column=column, condition=condition)


def article(name: str, *texts: str, **more: object) -> dict[str, list[dict[str, object]]]:
    """Rows of an article: each text is a sentence, and all of it a claim that speaks of one thing and gives one figure."""
    rows: dict[str, list[dict[str, object]]] = {table.name: [] for table in BATCH_TABLES}
    text = " ".join(texts)
    rows["documents"].append({
        "document_id": name, "page_id": f"page of {name}", "page_key": f"{name}.html", "source_id": "s",
        "url": f"file:///{name}.html", "site": "The Gazette", "title": f"About {name}", "authors": ["Anna Berg"],
        "language": "en",
        "text": text, "text_chars": len(text), "word_count": len(text.split()), "content_hash": name, "raw_hash": name,
        "pipeline_version": "v1", "published_at": FIRST, "fetched_at": FIRST, "first_seen_at": FIRST, "last_seen_at": FIRST,
        "revision": 1, "is_current": True, "outcome": "kept", **more,
    })  # fmt: skip
    start = 0
    for position, one in enumerate(texts):
        ids = {"document_id": name, "sentence_id": f"{name} s{position}"}
        span = {"start_char": start, "end_char": start + len(one)}
        word = one.split()[1]
        at = start + one.index(word)
        rows["sentences"].append({**ids, **span, "position": position, "text": one, "zone": "body"})
        rows["claims"].append({
            **ids, **span, "claim_id": f"{name} c{position}", "text": one, "resolved_text": one, "attribution": "author",
            "claim_type": "event", "modality": "asserted", "is_negated": False, "checkworthiness": 0.5,
            "subject": word, "subject_id": f"e {word}",
        })  # fmt: skip
        rows["mentions"].append({
            **ids, "mention_id": f"{name} m{position}", "entity_id": f"e {word}", "start_char": at, "end_char": at + len(word),
            "text": word, "type": "ORG", "method": "model", "score": 0.9,
        })  # fmt: skip
        rows["claim_entities"].append({"claim_id": f"{name} c{position}", "entity_id": f"e {word}", "role": "subject"})
        rows["quantities"].append({
            **ids, "quantity_id": f"{name} q{position}", "claim_id": f"{name} c{position}", "start_char": at,
            "end_char": at + len(word), "text": word, "value": 30.0, "unit": "ferry", "kind": "count", "is_approximate": False,
        })  # fmt: skip
        start += len(one) + 1
    return rows


def settle_what_passes(news: News, found: Found, run: Run) -> tuple[Settled, Verdict]:
    """As the flow does it, without Prefect."""
    return what_passes(
        news,
        lambda rest: steps.settle.fn(rest, run),
        lambda settled, rest: steps.check.fn(settled, rest, found, run),
    )


class Gated:
    """What runs come to, one after the other, in a data folder."""

    def __init__(self, folder: Path, lake: Lake | None = None) -> None:
        self.folder = folder
        self.path: Place = lake or folder / "warehouse.duckdb"
        self.hold_back()

    def hold_back(self, *checks: str) -> None:
        """From now on rows that fail these checks are held back."""
        (self.folder / "checks.toml").write_text("\n".join(checks), encoding="utf-8")
        gate = '[gate]\nmax_quarantined_percent = 100\nchecks = "checks.toml"\n'
        text = f'data_dir = "."\nwarehouse = "{self.path}"\n{gate}'
        (self.folder / "claimhouse.toml").write_text(text, encoding="utf-8")

    @property
    def settings(self) -> Settings:
        return load_settings(self.folder / "claimhouse.toml")

    def run(self, *articles: dict[str, list[dict[str, object]]], at: datetime = FIRST) -> str:
        """Load what passes of the articles; the run's id."""
        run, news, found = self.read(*articles, at=at)
        settled, verdict = settle_what_passes(news, found, run)
        assert verdict.passed, verdict.stopped_by
        told = Told(run_id=run.run_id).with_part(settled, verdict)
        assert steps.load.fn(settled, verdict, news, Plan((), (), pl.Series()), told, found, run)
        return run.run_id

    def read(self, *articles: dict[str, list[dict[str, object]]], at: datetime = FIRST) -> tuple[Run, News, Found]:
        """A run that has read the articles, as news."""
        read = {table.name: table.frame([row for one in articles for row in one[table.name]]) for table in BATCH_TABLES}
        run = Run(self.settings, "v1", run_id=str(uuid4()), flow_run_id=None, started_at=at)
        source = {"source_id": "s", "kind": "file", "location": "file:///", "title": "Articles", "added_at": FIRST}
        found = Found(SOURCES.frame([source]), (), 0, ())
        return run, News(read, (), read["documents"].height), found

    def table(self, table: Table) -> pl.DataFrame:
        with reading(self.path) as con:
            return read_table(con, table)

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        with reading(self.path) as con:
            return con.execute(sql).fetchall()
