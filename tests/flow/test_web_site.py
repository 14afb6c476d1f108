import shutil
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest

from flows.inputs import address_rules
from tests.site.encodings import WESTERN
from tests.site.fixtures import SiteRun, write_settings
from tests.site.good_pages import BUSY, CALM, LATER_NEWS, NEWS, news_target
from tests.site.listings import CRAWL_DELAY
from tests.site.pages import HOSTS, Page
from tests.site.running import Site
from tests.site.server import Logged
from warehouse.database import open_readonly
from warehouse.load import read_table
from warehouse.tables import SOURCES, TABLES, Table

PER_HOST = 4
JITTER = 0.03
"""Seconds by which what the server sees may be off from what the client did: both run on a machine that does other things."""

TIMES = ("added_at", "first_seen_at", "last_seen_at")
"""What tells of runs, and not of pages."""


def ask(data: Path, sql: str) -> list[tuple]:
    con = open_readonly(data / "warehouse.duckdb")
    try:
        return con.execute(sql).fetchall()
    finally:
        con.close()


def key_of(address: str) -> str:
    key = address_rules().cleaned(address)
    assert key, address
    return key


@pytest.fixture
def again(site_run: SiteRun, tmp_path: Path):
    """What the first run left, and the site with an empty log; the site is as it was afterwards."""
    data = Path(shutil.copytree(site_run.data, tmp_path / "data"))
    site_run.site.forget()
    yield data
    site_run.site.forget()


def listing_targets(site: Site) -> set[str]:
    listed = {page.target for page in site.world.listings.pages()}
    return {*listed, *(f"/bad/{name}" for name in ("bomb.xml", "loop.xml"))}


def requests_of(log: Iterable[Logged]) -> Counter[tuple[str, str]]:
    return Counter((entry.host, entry.target) for entry in log)


def expected_pages(site: Site) -> dict[str, Page]:
    return {key_of(address): page for address, page in site.world.manifest.items() if not page.same_as}


def test_every_page_ends_in_the_outcome_that_the_manifest_says(site_run):
    expected = expected_pages(site_run.site)
    rows = ask(site_run.data, "SELECT page_key, outcome, outcome_reason FROM documents")
    found = {key: (outcome, reason or "") for key, outcome, reason in rows}
    wrong = {
        key: (page.outcome, page.reason, found.get(key))
        for key, page in expected.items()
        if key not in found or found[key][0] != page.outcome or (page.reason or "") not in found[key][1]
    }
    assert wrong == {}


def test_every_page_is_one_document_and_so_are_all_addresses_of_one_page(site_run):
    expected = expected_pages(site_run.site)
    sql = "SELECT page_key FROM documents WHERE is_current AND page_key NOT LIKE '%/bad/page/%'"
    keys = Counter(key for (key,) in ask(site_run.data, sql))
    variants = {key_of(address) for address, page in site_run.site.world.manifest.items() if page.same_as}
    assert {key: count for key, count in keys.items() if count > 1} == {}
    assert set(keys) - set(expected) - variants == set()
    assert keys.total() == len(expected)


def test_the_outcomes_sum_to_the_pages(site_run):
    [(documents,)] = ask(site_run.data, "SELECT count(*) FROM documents")
    assert sum(site_run.summary.outcomes.values()) == documents


def test_what_is_left_out_says_why(site_run):
    assert ask(site_run.data, "SELECT url FROM documents WHERE outcome <> 'kept' AND outcome_reason IS NULL") == []


def test_no_page_is_asked_for_more_often_than_it_must_be(site_run):
    pages = {(HOSTS[page.host], page.target): page for page in site_run.site.world.pages.values()}
    too_often = {
        place: count
        for place, count in requests_of(site_run.log).items()
        if place in pages and count > pages[place].most_requests
    }
    assert too_often == {}


def test_nothing_is_asked_of_a_host_that_is_not_allowed(site_run):
    assert [entry for entry in site_run.log if entry.host == HOSTS["inner"]] == []


def test_robots_txt_is_asked_for_before_any_page_of_its_host(site_run):
    first: dict[str, str] = {}
    for entry in site_run.log:
        first.setdefault(entry.host, entry.target)
    assert set(first.values()) == {"/robots.txt"}


def most_at_once(entries: list[Logged]) -> int:
    """The most requests under way at one time; one that ended within the jitter of another's start is none beside it."""
    changes = [(entry.started, 1) for entry in entries]
    changes += [(max(entry.started, (entry.ended or entry.started) - JITTER), -1) for entry in entries]
    under_way = most = 0
    for _, change in sorted(changes):
        under_way += change
        most = max(most, under_way)
    return most


def by_host(log: Iterable[Logged]) -> dict[str, list[Logged]]:
    hosts = defaultdict(list)
    for entry in log:
        hosts[entry.host].append(entry)
    return hosts


def test_a_host_has_no_more_requests_at_a_time_than_the_settings_allow(site_run):
    hosts = by_host(site_run.log)
    assert {host: most for host, entries in hosts.items() if (most := most_at_once(entries)) > PER_HOST} == {}
    assert most_at_once(hosts[HOSTS["busy"]]) == PER_HOST  # so many are made use of


def test_the_crawl_delay_of_a_host_is_kept(site_run):
    starts = sorted(entry.started for entry in by_host(site_run.log)[HOSTS["calm"]] if entry.target != "/robots.txt")
    # A request that is sent late comes closer to the next one; over all of them the delay must hold.
    assert starts[-1] - starts[0] > (CALM - 1) * CRAWL_DELAY - 4 * JITTER
    assert min(later - earlier for earlier, later in pairwise(starts)) > CRAWL_DELAY / 2


def test_hosts_are_asked_side_by_side(site_run):
    hosts = by_host(site_run.log)
    calm = [entry.started for entry in hosts[HOSTS["calm"]]]
    beside = [entry for entry in hosts[HOSTS["main"]] if min(calm) < entry.started < max(calm)]
    assert len(beside) > 20


def test_every_request_says_who_asks_and_brings_no_cookie(site_run):
    assert {entry.headers.get("user-agent", "").partition("/")[0].lower() for entry in site_run.log} == {"claimhouse"}
    assert [entry.target for entry in site_run.log if "cookie" in entry.headers] == []


def test_a_wait_that_a_host_asks_for_is_kept(site_run):
    first, second = [entry for entry in site_run.log if entry.target == "/moody/seconds"]
    assert second.started - first.started > 1 - JITTER


def texts_of_charsets(site_run: SiteRun) -> dict[str, str]:
    rows = ask(site_run.data, "SELECT url, text FROM documents WHERE url LIKE '%/charset/%' AND outcome = 'kept'")
    return {url.rpartition("/")[2]: text for url, text in rows}


def test_pages_are_read_in_the_character_set_that_they_or_their_server_declare(site_run):
    texts = texts_of_charsets(site_run)
    assert {name for name, text in texts.items() if WESTERN not in text} == set()
    assert len(texts) == 12


def test_no_address_becomes_a_path_on_this_machine(site_run):
    kinds = {path.suffix for path in (site_run.data / "archive").rglob("*") if path.is_file()}
    assert kinds <= {".gz", ".sqlite3", ".sqlite3-wal", ".sqlite3-shm", ".lock"}
    assert [path.name for path in site_run.data.rglob("*passwd*")] == []


def test_broken_sources_are_told_with_the_reason_and_nothing_of_them_is_read(site_run):
    rows = ask(site_run.data, "SELECT text FROM documents WHERE text LIKE '%root:%' OR text LIKE '%lollol%'")
    assert rows == []
    assert [entry for entry in site_run.log if "root" in entry.target or "lol" in entry.target] == []


CONTENT = """
SELECT document_id, page_key, content_hash, raw_hash, revision, is_current, duplicate_of, outcome, outcome_reason
FROM documents ORDER BY document_id
"""


def test_a_second_run_asks_for_sources_alone_and_changes_nothing(site_run, again, build_at):
    summary = build_at(again)
    asked = {entry.target for entry in site_run.site.log()}
    kept = {target for page in site_run.site.world.manifest.values() if page.outcome == "kept" for target in (page.target,)}
    assert asked & kept == set()
    assert asked <= listing_targets(site_run.site)
    assert summary.status == "unchanged"
    assert ask(again, CONTENT) == ask(site_run.data, CONTENT)


@pytest.fixture(scope="module")
def changed(site_run: SiteRun, build_at, tmp_path_factory):
    """A run that looks at every page anew, after some have changed, two have gone, and the feed has more."""
    data = Path(shutil.copytree(site_run.data, tmp_path_factory.mktemp("changed") / "data"))
    text = (data / "claimhouse.toml").read_text(encoding="utf-8")
    (data / "claimhouse.toml").write_text(text.replace("[fetch]\n", "[fetch]\nrecheck_hours = 0\n"), encoding="utf-8")
    site_run.site.forget()
    site_run.site.tell(version="2", vanished="yes", news="later")
    summary = build_at(data)
    log = site_run.site.log()
    site_run.site.forget()
    return SiteRun(site_run.site, data, summary, log)


def test_a_changed_page_becomes_a_new_revision_and_the_old_one_is_kept(changed):
    rows = ask(
        changed.data,
        "SELECT page_key, revision, is_current, outcome FROM documents WHERE url LIKE '%/changing/%' ORDER BY ALL",
    )
    for number in range(3):
        key = changed.site.address(f"/changing/{number}")
        assert [row[1:] for row in rows if row[0] == key] == [(1, False, "kept"), (2, True, "kept")]


def test_a_page_that_vanished_is_gone_and_what_it_said_stays_current(changed):
    for status in (404, 410):
        key = changed.site.address(f"/vanishing/{status}")
        rows = ask(
            changed.data, f"SELECT revision, is_current, outcome FROM documents WHERE page_key = '{key}' ORDER BY revision"
        )
        assert rows == [(1, True, "kept"), (2, False, "gone")]


def test_what_a_feed_names_later_is_read(changed):
    keys = [key_of(changed.site.address(news_target(NEWS + number))) for number in range(LATER_NEWS)]
    rows = ask(changed.data, f"SELECT outcome FROM documents WHERE page_key IN ({', '.join(map(repr, keys))})")
    assert rows == [("kept",)] * LATER_NEWS


def test_pages_that_did_not_change_are_asked_for_with_validators_and_stay_as_they_are(site_run, changed):
    news = {news_target(number): number for number in range(NEWS)}
    asked = {entry.target: entry for entry in changed.log if entry.target in news}
    assert len(asked) == NEWS
    with_validators = [target for target, number in news.items() if number % 3 != 2]
    assert {asked[target].status for target in with_validators} == {304}
    sql = "SELECT document_id, first_seen_at FROM documents WHERE url LIKE '%/news/%' AND page_key NOT LIKE '%/{}-%' ORDER BY 1"
    before = ask(site_run.data, sql.format(NEWS))
    assert set(before) <= set(ask(changed.data, sql.format(NEWS)))


def test_a_run_killed_while_it_fetches_loses_nothing_and_fetches_nothing_twice(site, claimhouse, build_at, tmp_path):
    write_settings(tmp_path, site, [site.address("/sitemap.xml", "busy")], per_host=1)
    site.forget()
    killed = claimhouse("run")
    wait_until(lambda: len(busy_requests(site)) >= BUSY // 2)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    time.sleep(0.2)  # the last request ends
    before = busy_requests(site)
    assert len(before) < BUSY, "it was done before it was killed"

    build_at(tmp_path)
    counts = requests_of(busy_requests(site))
    site.forget()
    under_way = (before[-1].host, before[-1].target)
    assert {place: count for place, count in counts.items() if count > 1 and place != under_way} == {}
    assert counts[under_way] <= 2
    assert ask(tmp_path, "SELECT outcome, count(*) FROM documents GROUP BY outcome") == [("kept", BUSY)]


def busy_requests(site: Site) -> list[Logged]:
    return [entry for entry in site.log() if entry.target.startswith("/busy/")]


def wait_until(holds, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def contents(data: Path, table: Table) -> list[tuple]:
    con = open_readonly(data / "warehouse.duckdb")
    try:
        return read_table(con, table).drop(TIMES, strict=False).rows()
    finally:
        con.close()


@pytest.fixture
def without_warehouse(site_run, tmp_path):
    """What the first run left, but the warehouse and what was staged for it; the site's log is empty."""
    data = Path(shutil.copytree(site_run.data, tmp_path / "data"))
    (data / "warehouse.duckdb").unlink()
    shutil.rmtree(data / "staging", ignore_errors=True)
    site_run.site.forget()
    return data


def test_the_warehouse_is_built_anew_from_archive_files_alone_without_the_network(site_run, without_warehouse, build_at):
    for path in (without_warehouse / "archive").iterdir():
        if not path.name.endswith(".warc.gz"):
            path.unlink()
    build_at(without_warehouse, from_archive=True)
    assert site_run.site.log() == []
    for table in TABLES:
        # A source that never gave a page is in no archive, nor is the title of a feed.
        if table.written != "run" and table is not SOURCES:
            assert contents(without_warehouse, table) == contents(site_run.data, table), table.name
