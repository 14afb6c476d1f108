import re
from pathlib import Path

import pytest

from flows.errors import NothingRead, WrongUse
from flows.fetch.collect import collect_sources
from flows.inputs import address_rules, inputs_of
from flows.settings import load_settings
from flows.sources import add_source, check_sources, list_sources
from tests.site.good_pages import news_target


@pytest.fixture(autouse=True)
def articles(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "my articles"
    folder.mkdir()
    (folder / "a.html").write_text("<html>")
    return folder


def test_a_source_is_added_to_a_new_file_and_read_back():
    assert add_source("my articles", 'Saved "ones"', None) == "Added my articles, 1 pages, to claimhouse.toml."
    [source] = load_settings().sources
    assert (source.location, source.title) == ("my articles", 'Saved "ones"')


def test_a_source_is_added_behind_what_the_file_holds():
    Path("claimhouse.toml").write_text("# mine\n[gate]\nmax_quarantined_percent = 3\n", encoding="utf-8")
    add_source("my articles", None, None)
    settings = load_settings()
    assert (settings.gate.max_quarantined_percent, len(settings.sources)) == (3, 1)
    assert Path("claimhouse.toml").read_text(encoding="utf-8").startswith("# mine\n")


def test_a_source_counts_from_the_folder_of_the_settings_file(tmp_path):
    Path("conf").mkdir()
    add_source("my articles", None, Path("conf/c.toml"))
    [source] = load_settings(Path("conf/c.toml")).sources
    assert Path(source.location).resolve() == tmp_path / "my articles"


def test_a_source_that_is_there_is_not_added_again():
    add_source("my articles", None, None)
    assert add_source("my articles", None, None) == "my articles is a source already."
    assert len(load_settings().sources) == 1


def test_a_place_that_is_not_there_is_not_added():
    with pytest.raises(WrongUse, match="There is no file or folder"):
        add_source("nowhere", None, None)
    assert not Path("claimhouse.toml").exists()


def test_a_folder_without_pages_is_not_added(articles):
    (articles / "a.html").unlink()
    with pytest.raises(NothingRead):
        add_source("my articles", None, None)


def test_checking_looks_at_every_source_and_gives_the_first_wrong_ones_code(articles, capsys):
    listed = '[[sources]]\nlocation = "gone"\n[[sources]]\nlocation = "my articles"\n'
    Path("claimhouse.toml").write_text(listed, encoding="utf-8")
    assert check_sources(None) == 2
    said = capsys.readouterr().out
    assert "✗ There is no file or folder gone" in said
    assert "✓ my articles: 1 pages" in said


def test_without_sources_there_is_nothing_to_check():
    with pytest.raises(WrongUse, match="claimhouse sources add"):
        check_sources(None)


@pytest.fixture
def on_the_web(site) -> Path:
    """Settings that let the made site be asked."""
    config = Path("web.toml")
    config.write_text(site.settings(), encoding="utf-8")
    return config


def test_a_feed_on_the_web_is_known_by_its_content_and_shows_what_it_names(site, on_the_web):
    said = add_source(site.address("/feeds/news.rss"), None, on_the_web)
    [source] = load_settings(on_the_web).sources
    assert (source.kind, source.location) == ("feed", site.address("/feeds/news.rss"))
    assert source.title
    assert said.startswith(f"Added feed “{source.title}” {source.location}, 30 pages")
    assert said.count("\n  ") == 6
    assert said.endswith("… and 25 more")


def test_a_sitemap_index_on_the_web_is_followed(site, on_the_web):
    counted = re.search(r", (\d+) pages to", add_source(site.address("/sitemap-index.xml"), None, on_the_web))
    assert counted
    assert int(counted[1]) > 40  # what the first of its two sitemaps names
    assert load_settings(on_the_web).sources[0].kind == "sitemap"


def test_a_home_page_leads_to_the_feed_that_it_announces(site, on_the_web):
    said = add_source(site.address("/", "free"), None, on_the_web)
    [source] = load_settings(on_the_web).sources
    assert (source.kind, source.location) == ("feed", site.address("/", "free"))
    assert "is a home page: its feed" in said


def test_an_article_on_the_web_is_a_page_by_itself(site, on_the_web):
    add_source(site.address(news_target(1)), None, on_the_web)
    assert load_settings(on_the_web).sources[0].kind == "url"


def test_an_address_that_gives_nothing_is_not_added(site, on_the_web):
    with pytest.raises(NothingRead, match="410 Gone"):
        add_source(site.address("/bad/gone.rss"), None, on_the_web)
    assert not load_settings(on_the_web).sources


def test_an_address_is_a_source_once_however_it_is_spelled(site, on_the_web):
    add_source(site.address("/feeds/news.rss"), None, on_the_web)
    said = add_source(site.address("/feeds/news.rss") + "?utm_source=x", None, on_the_web)
    assert said.endswith("is a source already.")


def test_a_list_of_addresses_counts_its_addresses(site):
    Path("list.txt").write_text("\n".join(map(site.address, (news_target(1), news_target(2)))), encoding="utf-8")
    assert add_source("list.txt", None, None).startswith("Added list.txt, 2 addresses, to claimhouse.toml.\n  http")


def test_a_source_on_the_web_is_listed_with_how_it_was_last_found(site, on_the_web):
    add_source(site.address("/feeds/news.rss"), None, on_the_web)
    [line] = list_sources(on_the_web)
    assert line.endswith(": never fetched")
    settings = load_settings(on_the_web)
    collect_sources(inputs_of([], settings).web, settings, address_rules())
    [line] = list_sources(on_the_web)
    assert re.search(r": last fetched \d{4}-\d\d-\d\d \d\d:\d\d, read; 30 addresses$", line)


def test_checking_asks_the_sources_on_the_web(site, on_the_web, capsys):
    for target in ("/feeds/news.rss", "/bad/gone.rss", "/bad/empty.rss"):
        with on_the_web.open("a", encoding="utf-8") as file:
            file.write(f'[[sources]]\nlocation = "{site.address(target)}"\n')
    assert check_sources(on_the_web) == NothingRead.exit_code
    first, second, third = capsys.readouterr().out.splitlines()
    assert first.startswith("✓ ")
    assert ", 30 pages" in first
    assert second.startswith("✗ ")
    assert "410 Gone" in second
    assert third.endswith("names no page. Is it the right feed or sitemap?")
