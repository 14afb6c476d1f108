"""Two runs that publish to one lake: whoever loses settles anew, and the rows are those of one after the other."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from flows import publishing, steps
from flows.news import Plan
from flows.publishing import publish
from flows.quarantine import Choice
from flows.quarantine_release import release
from flows.told import Told
from tests.unit.flows.gated import BREAD, FERRIES, LAMPS, SECOND, Gated, QuickJudge, article, check, settle_what_passes
from warehouse import lake as lakes
from warehouse.lake import last_version
from warehouse.place import Lake
from warehouse.tables import CLAIM_CLUSTERS, CLAIM_RELATIONS, CLAIMS, DOCUMENTS, ENTITIES, RUNS, TABLES

TODO = Plan((), (), pl.Series("document_id", [], dtype=pl.String))
TOLD = ("runs", "quality_results", "quarantine")


@pytest.fixture(autouse=True)
def without_prefect(monkeypatch):
    """The steps as they are, on what was read already."""
    monkeypatch.setattr("expectations.gate.Judge", QuickJudge)
    monkeypatch.setattr(publishing, "MOST_PAUSE_SECONDS", 0)
    monkeypatch.setattr(publishing.progress, "warn", lambda _: None)


@pytest.fixture
def gated(tmp_path: Path, ready_lake: Callable[[], Lake]) -> Gated:
    """A lake that a first run has published to."""
    (tmp_path / "lake").mkdir()
    lake = Gated(tmp_path / "lake", ready_lake())
    lake.run(article("a", FERRIES))
    return lake


def publishing_of(gated: Gated, monkeypatch, *articles, meanwhile: Callable[[], object]) -> list[int]:
    """Publish what a run has read; `meanwhile` happens each time that it has settled. The snapshots it settled against."""
    run, news, found = gated.read(*articles, at=SECOND)
    settled_against = []

    def settled(rest, found, settling):
        settled_against.append(settling.settings.place.version)
        done = settle_what_passes(rest, found, settling)
        meanwhile()
        return done

    quick = SimpleNamespace(gather=lambda todo, settling: news, settle_what_passes=settled, load=steps.load.fn)
    monkeypatch.setattr(publishing, "steps", quick)
    publish(TODO, found, run, Told(run_id=run.run_id))
    return settled_against


def test_a_run_that_lost_settles_anew_and_the_rows_are_those_of_one_after_the_other(gated, tmp_path, monkeypatch):
    others = count()

    def another_publishes_once():
        if next(others) == 0:
            gated.run(article("b", FERRIES, LAMPS))

    tries = publishing_of(gated, monkeypatch, article("c", LAMPS, BREAD), meanwhile=another_publishes_once)
    assert len(tries) == 2

    (tmp_path / "file").mkdir()
    one_by_one = Gated(tmp_path / "file")
    one_by_one.run(article("a", FERRIES))
    one_by_one.run(article("b", FERRIES, LAMPS))
    one_by_one.run(article("c", LAMPS, BREAD), at=SECOND)
    for table in (CLAIMS, CLAIM_CLUSTERS, CLAIM_RELATIONS, DOCUMENTS, ENTITIES):
        assert gated.table(table).equals(one_by_one.table(table)), table.name
    assert gated.table(RUNS).height == 3


def test_a_run_that_always_loses_keeps_the_others_waiting_in_the_end(gated, monkeypatch):
    others, held, races = count(), [], 1
    monkeypatch.setattr(publishing, "RACES", races)

    def another_publishes():
        place = gated.settings.place
        holds = place.catalog in lakes._holding.get()
        held.append(holds)
        if not holds:
            gated.run(article(f"other {next(others)}", BREAD))

    tries = publishing_of(gated, monkeypatch, article("c", LAMPS), meanwhile=another_publishes)
    assert held == [False] * races + [True]
    assert len(tries) == races + 1
    assert gated.ask("SELECT count(*) FROM documents") == [(2 + races,)]


def test_a_run_that_nobody_disturbs_settles_once(gated, monkeypatch):
    before = last_version(gated.path)
    assert publishing_of(gated, monkeypatch, article("c", LAMPS), meanwhile=lambda: None) == [before]
    assert last_version(gated.path) == before + 1


def test_rows_are_released_into_a_lake_as_into_a_file(ready_lake, tmp_path):
    places = {"lake": ready_lake(), "file": None}
    contents = {}
    for name, lake in places.items():
        (tmp_path / name).mkdir()
        gated = Gated(tmp_path / name, lake)
        gated.hold_back(check("claims", "text", "NOT contains(text, 'lamps')"))
        gated.run(article("a", FERRIES, LAMPS))
        gated.hold_back()
        assert release(gated.settings, Choice(everything=True)).rows.height > 0
        contents[name] = {table.name: gated.table(table) for table in TABLES if table.name not in TOLD}
    for name, frame in contents["file"].items():
        assert contents["lake"][name].equals(frame), name
