from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from flows.clock import now
from flows.errors import Busy
from flows.fetch.archive import Archive, archive_files
from flows.fetch.collect import Collected, archive_folder, collect_sources, known_of, ledger_path
from flows.fetch.ledger import Ledger
from flows.fetch.model import Entry, Fetched
from flows.fetch.sources import Looked
from flows.inputs import address_rules, inputs_of
from flows.settings import Fetch, Settings
from tests.site.good_pages import news_target
from tests.site.running import Site, running_site


@pytest.fixture(scope="module")
def made() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    allowed = tuple(f"127.0.0.{number}" for number in range(1, 8))
    fetch = Fetch(allowed_hosts=allowed, delay_seconds=0, per_host=4, timeout_seconds=1, tries=1)
    return Settings(data_dir=tmp_path / "data", fetch=fetch)


def collected(settings: Settings, *inputs: str, **fetch: object) -> Collected:
    settings = settings.model_copy(update={"fetch": settings.fetch.model_copy(update=fetch)})
    return collect_sources(inputs_of(inputs, settings).web, settings, address_rules())


def test_what_a_feed_names_is_fetched_once(made, settings):
    feed = made.address("/feeds/news.rss")
    assert collected(settings, feed).states == {"read": 30}
    made.forget()
    assert collected(settings, feed).states == {}
    assert {entry.target for entry in made.log()} == {"/robots.txt", "/feeds/news.rss"}


def test_a_run_fetches_so_many_pages_and_the_next_one_goes_on(made, settings):
    feed = made.address("/feeds/news.rss")
    first = collected(settings, feed, max_addresses=20)
    assert (first.states["read"], first.has_more) == (20, True)
    second = collected(settings, feed, max_addresses=20)
    assert (second.states["read"], second.has_more) == (10, False)


def test_an_article_that_was_looked_at_to_see_what_it_is_is_not_fetched_again(made, settings):
    made.forget()
    assert collected(settings, made.address(news_target(3))).states == {"read": 1}
    assert len(made.asked(news_target(3))) == 1
    made.forget()
    assert collected(settings, made.address(news_target(3))).states == {}
    assert made.asked(news_target(3)) == []


def test_what_went_wrong_at_a_source_is_told_and_the_others_are_read(made, settings):
    found = collected(settings, made.address("/bad/gone.rss"), made.address("/feeds/news.rss"))
    assert [looked.state for looked in found.looked.values()] == ["failed", "read"]
    assert found.states["read"] == 30


def test_a_page_is_looked_at_again_when_its_time_has_come_and_kept_once(made, settings):
    page = made.address(news_target(4))
    collected(settings, page)
    files = len(archive_files(archive_folder(settings)))
    assert sum(collected(settings, page, recheck_hours=0).states.values()) == 1
    assert len(archive_files(archive_folder(settings))) == files


def test_while_another_collects_nothing_is_fetched(made, settings):
    with Archive(archive_folder(settings)), pytest.raises(Busy):
        collected(settings, made.address("/feeds/news.rss"))


def kept(settings: Settings, days: int) -> None:
    at = now() - timedelta(days=days)
    page, address = b"<!doctype html><p>The bridge is open.", f"https://paper.example/{days}"
    fetched = Fetched(address, address, "read", at, 200, "OK", (), (("Content-Type", "text/html"),), page, page)
    with Archive(archive_folder(settings)) as archive, Ledger(ledger_path(settings)) as ledger:
        ledger.add("s", [Entry(address)], seen_at=at)
        ledger.record(fetched, archive.write(fetched, "s"), "s")


def test_pages_kept_for_longer_than_the_settings_want_are_let_go_and_stay_known(made, settings):
    kept(settings, 40)
    kept(settings, 20)
    collected(settings, made.address("/bad/gone.rss"), keep_days=30)
    [left] = archive_files(archive_folder(settings))
    with Ledger(ledger_path(settings)) as ledger:
        places = {capture.address[-2:]: capture.place and capture.place.file for capture in ledger.captures(["s"])}
    assert places == {"40": None, "20": left.name}


def test_all_pages_are_kept_where_the_settings_set_no_end(made, settings):
    kept(settings, 4000)
    collected(settings, made.address("/bad/gone.rss"))
    assert len(archive_files(archive_folder(settings))) == 1


def test_where_the_feed_of_a_home_page_has_moved_the_home_page_is_asked_again(made, settings):
    home = made.address("/", "free")
    collected(settings, home)
    with Ledger(ledger_path(settings)) as ledger:
        [row] = ledger.source_rows()
        moved = Looked("read", made.address("/bad/gone.rss"), "feed", validators=row.validators)
        ledger.note_source(row.source_id, moved, at=now(), new=0)
    [looked] = collected(settings, home).looked.values()
    assert (looked.state, looked.location) == ("read", row.location)


@pytest.mark.parametrize(("ahead", "is_known"), [(timedelta(days=-1), True), (timedelta(days=300), False)])
def test_when_a_source_was_read_counts_for_nothing_where_that_is_yet_to_come(tmp_path, ahead, is_known):
    with Ledger(tmp_path / "ledger.sqlite3") as ledger:
        ledger.note_source("map", Looked("read", "https://paper.example/map.xml", "sitemap"), at=now() + ahead, new=0)
        row = ledger.source_row("map")
    assert row is not None
    assert (known_of(row).read_at is not None) == is_known
