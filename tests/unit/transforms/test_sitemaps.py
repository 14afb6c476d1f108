import tracemalloc
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from flows.models import seeds
from transforms.addresses import AddressRules
from transforms.entries import Entry
from transforms.sitemaps import MAX_ENTRIES, AddressList, Sitemap, read_address_list, read_sitemap

AT = "https://news.example/maps/all.xml"
OPEN = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'

Reading = Callable[[str | bytes], Sitemap | None]


@pytest.fixture(scope="module")
def rules() -> AddressRules:
    return AddressRules.from_frame(seeds()["address_words"])


@pytest.fixture(scope="module")
def read(rules: AddressRules) -> Reading:
    return lambda markup: read_sitemap(markup.encode() if isinstance(markup, str) else markup, AT, rules)


def url(location: str = "https://news.example/1", rest: str = "") -> str:
    return f"<url><loc>{location}</loc>{rest}</url>"


def addresses(sitemap: Sitemap | None) -> list[str]:
    assert sitemap is not None
    return [entry.address for entry in sitemap.entries]


def test_a_sitemap_gives_its_pages_in_order(read: Reading):
    markup = f"{OPEN}{url('https://news.example/2?utm_source=map', '<lastmod>2024-06-01</lastmod>')}{url(' /1 ')}</urlset>"
    assert read(markup) == Sitemap(
        (Entry("https://news.example/2", None, datetime(2024, 6, 1)), Entry("https://news.example/1", None, None)), ()
    )


def test_an_index_gives_its_sitemaps(read: Reading):
    markup = "<sitemapindex><sitemap><loc>/a.xml.gz</loc><lastmod>2024-06-01T10:00+02:00</lastmod></sitemap></sitemapindex>"
    assert read(markup) == Sitemap((), (Entry("https://news.example/a.xml.gz", None, datetime(2024, 6, 1, 8)),))


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2024", datetime(2024, 1, 1)),
        ("2024-06", datetime(2024, 6, 1)),
        ("2024-06-03", datetime(2024, 6, 3)),
        ("2024-06-03T10:15Z", datetime(2024, 6, 3, 10, 15)),
        ("2024-06-03T10:15:20-05:30", datetime(2024, 6, 3, 15, 45, 20)),
        ("2024-06-03T10:15:20.4567+00:00", datetime(2024, 6, 3, 10, 15, 20)),
        ("2024-06-03T10:15:20+0200", datetime(2024, 6, 3, 8, 15, 20)),
        ("2024-06-03 9:15:20 GMT", datetime(2024, 6, 3, 9, 15, 20)),
        ("2024-06-03T10:15:20 UTC", datetime(2024, 6, 3, 10, 15, 20)),
        ("2024-06-03T10:15:20", datetime(2024, 6, 3, 10, 15, 20)),
        ("0001-01-01T00:00:00+14:00", None),
        ("1970-01-01", None),
        ("2999-01-01", None),
        ("2024-13-01", None),
        ("2024-06-03T24:15Z", None),
        ("03.06.2024", None),
        ("soon", None),
    ],
)
def test_every_form_of_a_moment_is_read_and_nonsense_is_unknown(read: Reading, written: str, moment: datetime | None):
    sitemap = read(f"{OPEN}{url(rest=f'<lastmod> {written} </lastmod>')}</urlset>")
    assert sitemap is not None
    assert sitemap.entries[0].changed_at == moment


def test_a_news_sitemap_gives_titles_and_dates_of_publication(read: Reading):
    news = "<news:news><news:title>A &amp; B</news:title><news:publication_date>2024-06-01</news:publication_date></news:news>"
    markup = OPEN.replace(">", ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">')
    assert read(f"{markup}{url(rest=news)}{url(rest=f'{news}<lastmod>2024-06-02</lastmod>')}</urlset>") == Sitemap(
        (
            Entry("https://news.example/1", "A & B", datetime(2024, 6, 1)),
            Entry("https://news.example/1", "A & B", datetime(2024, 6, 2)),
        ),
        (),
    )


def test_addresses_of_images_are_none_of_pages(read: Reading):
    image = (
        '<i:image xmlns:i="http://www.google.com/schemas/sitemap-image/1.1"><i:loc>https://news.example/1.jpg</i:loc></i:image>'
    )
    sitemap = read(f"{OPEN}<url>{image}<loc>https://news.example/1</loc></url><url>{image}</url></urlset>")
    assert sitemap is not None
    assert (addresses(sitemap), sitemap.nameless) == (["https://news.example/1"], 1)


@pytest.mark.parametrize(
    "markup",
    [
        f"<urlset>{url()}</urlset>",
        f'<urlset xmlns="http://www.google.com/schemas/sitemap/0.84">{url()}</urlset>',
        f'<m:urlset xmlns:m="x">{url().replace("<", "<m:").replace("<m:/", "</m:")}</m:urlset>',
        f"\n\n<?xml version='1.0'?>{OPEN}{url()}</urlset>",
        f"<!-- <p> made today --><?xml-stylesheet href='x'?>{OPEN}{url()}</urlset>",
        f"{OPEN}{url()}",
        f"{OPEN}{url()}<url><loc>https://ne",
        f"Warning: line 1\n{OPEN}{url()}</urlset>",
        f"{OPEN}{url('<![CDATA[https://news.example/1]]>')}</urlset>",
        f"<?xml version='1.0' encoding='none-such'?>{OPEN}{url()}</urlset>",
        f"<?xml version='1.0' encoding='utf-16'?>{OPEN}{url()}</urlset>".encode("utf-16"),
    ],
)
def test_what_is_written_or_broken_in_another_way_is_read_all_the_same(read: Reading, markup: str | bytes):
    assert addresses(read(markup))[:1] == ["https://news.example/1"]


def test_what_stands_behind_a_broken_place_is_read(read: Reading):
    markup = f"{OPEN}{url()}<p>\x01<br></i>{url('/2')}</urlset>"
    assert addresses(read(markup)) == ["https://news.example/1", "https://news.example/2"]


def test_ampersands_that_nobody_escaped_stay(read: Reading):
    markup = f"{OPEN}{url('https://news.example/?a=1&b=2&amp;c=3&copy=4')}</urlset>"
    assert addresses(read(markup)) == ["https://news.example/?a=1&b=2&c=3&copy=4"]


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "plain words",
        "<html><body><urlset><url><loc>https://news.example/1</loc></url></urlset></body></html>",
        "<rss><channel><item><link>https://news.example/1</link></item></channel></rss>",
        "<urlsets/>",
    ],
)
def test_what_is_no_sitemap_is_none(read: Reading, markup: str):
    assert read(markup) is None


def test_an_empty_sitemap_is_one(read: Reading):
    assert read(f"{OPEN}</urlset>") == Sitemap((), ())


def test_entries_beyond_the_limit_of_the_protocol_are_counted_and_not_read(read: Reading, monkeypatch: pytest.MonkeyPatch):
    assert MAX_ENTRIES == 50_000
    monkeypatch.setattr("transforms.sitemaps.MAX_ENTRIES", 3)
    sitemap = read(f"{OPEN}{url()}<url/>{url('/2')}{url('/3')}{url('/4')}</urlset>")
    assert sitemap is not None
    assert (len(sitemap.entries), sitemap.nameless, sitemap.surplus) == (2, 1, 2)


def test_nesting_without_end_ends_the_reading_and_keeps_what_came_before(read: Reading):
    assert addresses(read(f"{OPEN}{url()}{'<a>' * 100_000}{url('/2')}")) == ["https://news.example/1"]


def test_declared_entities_unpack_to_nothing(read: Reading, tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    nested = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    declared = f'<!ENTITY l0 "ha"><!ENTITY s SYSTEM "{secret.as_uri()}">{nested}<!ATTLIST url a CDATA "{"x" * 10_000}">'
    before = f"<!DOCTYPE urlset [{declared}]>"
    tracemalloc.start()
    try:
        found = addresses(read(f"{before}{OPEN}{url('https://news.example/?a=&l9;')}{url('/?b=&s;')}{url() * 1000}</urlset>"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found[:2] == ["https://news.example/?a=&l9;", "https://news.example/?b=&s;"]
    assert peak < 10_000_000


def test_a_list_gives_its_addresses_and_the_lines_that_are_none(rules: AddressRules):
    text = "\ufeff# what I read\nhttps://news.example/1 # daily\n\n  https://news.example/2#top\r\nnews.example\n/3\nhttps://x.example/?a=#"
    found = ("https://news.example/1", "https://news.example/2", "https://x.example/?a=")
    assert read_address_list(text, rules) == AddressList(found, (5, 6))


def test_a_prefix_that_nothing_declares_costs_no_address(read: Reading):
    markup = f"<urlset>{url()}<rdf:RDF/><url><x:loc>https://news.example/2</x:loc><y:a/></url></urlset>"
    assert addresses(read(markup)) == ["https://news.example/1", "https://news.example/2"]
