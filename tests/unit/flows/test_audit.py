from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from flows import audit as auditing
from flows.audit import Audited, last_audit, record, tell_of_silence
from flows.fetch.collect import ledger_path
from flows.fetch.ledger import Ledger
from flows.fetch.sources import Looked
from flows.inputs import inputs_of
from flows.reports.pages import write_pages
from flows.run import Run
from flows.settings import Fetch, Settings, Source
from warehouse.database import building, open_readonly
from warehouse.tables import QUALITY_RESULTS

FEED = "https://paper.example/feed"
MAP = "https://paper.example/sitemap.xml"
NOW = datetime(2026, 3, 20, 3, 0)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    sources = (Source(location=FEED), Source(location=MAP))
    return Settings(data_dir=tmp_path, sources=sources, fetch=Fetch(silent_days=14))


@pytest.fixture
def told(monkeypatch) -> list[str]:
    """Locations of the sources that an event told of."""
    places: list[str] = []
    monkeypatch.setattr(auditing.events, "source_silent", lambda source_id, location, since: places.append(location))
    return places


def looked_at(settings: Settings, location: str, at: datetime, *, new: int, kind: str = "feed") -> None:
    [source] = [web for web in inputs_of([], settings).web if web.source.location == location]
    ledger_path(settings).parent.mkdir(exist_ok=True)
    with Ledger(ledger_path(settings)) as ledger:
        ledger.note_source(source.source_id, Looked("read", location, kind, named=5), at=at, new=new)


def test_a_source_without_a_new_page_for_long_is_silent_and_another_is_not(settings, told):
    looked_at(settings, FEED, NOW - timedelta(days=15), new=3)
    looked_at(settings, FEED, NOW - timedelta(hours=1), new=0)
    looked_at(settings, MAP, NOW - timedelta(days=13), new=3, kind="sitemap")
    silent = tell_of_silence.fn(settings, NOW, None)
    assert [row.location for row in silent] == told == [FEED]


@pytest.mark.parametrize(("before", "events"), [(timedelta(days=2), [FEED]), (timedelta(hours=1), [])])
def test_a_silent_source_is_told_of_once_and_shown_each_night(settings, told, before, events):
    looked_at(settings, FEED, NOW - timedelta(days=15), new=3)
    assert len(tell_of_silence.fn(settings, NOW, NOW - before)) == 1
    assert told == events


def test_neither_a_single_page_nor_a_source_that_is_listed_no_more_is_silent(settings, told):
    looked_at(settings, FEED, NOW - timedelta(days=15), new=3)
    looked_at(settings, MAP, NOW - timedelta(days=15), new=3, kind="url")
    without = settings.model_copy(update={"sources": (Source(location=MAP),)})
    assert tell_of_silence.fn(without, NOW, None) == ()
    assert tell_of_silence.fn(settings.model_copy(update={"sources": ()}), NOW, None) == ()
    assert told == []


class Checked:
    """What an audit found, of one check."""

    def quality_results(self, run_id: str) -> pl.DataFrame:
        row = {"run_id": run_id, "table_name": "claims", "expectation": "expect_it", "severity": "info", "success": True}
        return QUALITY_RESULTS.frame([{**row, "checked_at": NOW}])


def test_what_was_found_is_kept_under_a_run_of_its_own_that_the_next_audit_knows(settings):
    with building(settings.place):
        pass
    assert last_audit(settings.place) is None
    run = Run.begun(settings)
    record.fn(Checked(), run)
    con = open_readonly(settings.place)
    assert con.execute("SELECT status, expectation FROM runs JOIN quality_results USING (run_id)").fetchall() == [
        ("audited", "expect_it")
    ]
    told = [page.read_text() for page in write_pages(con, settings.data_dir / "reports")]
    con.close()
    assert any("Every check holds." in page for page in told)
    assert last_audit(settings.place) == run.started_at


def test_where_there_is_no_warehouse_yet_there_was_no_audit(tmp_path):
    assert last_audit(tmp_path / "none.duckdb") is None


def test_what_the_audit_came_to_is_told_in_words(settings):
    results = Checked().quality_results("r").with_columns(success=False)
    told = Audited(quality_results=results, broken=("claims: two rows have one key.",), silent=()).as_markdown()
    assert "1 checks, 1 do not hold" in told
    assert "**broken** claims: two rows have one key." in told
