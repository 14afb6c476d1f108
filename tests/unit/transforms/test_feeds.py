import codecs
import json
import time
import tracemalloc
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from flows.models import seeds
from transforms.addresses import AddressRules
from transforms.entries import Entry
from transforms.feeds import TITLE_CHARS, Feed, read_feed

AT = "https://news.example/feeds/all.xml"

Reading = Callable[..., Feed | None]


@pytest.fixture(scope="module")
def read() -> Reading:
    rules = AddressRules.from_frame(seeds()["address_words"])

    def reading(markup: str | bytes, content_type: str | None = None) -> Feed | None:
        raw = markup.encode() if isinstance(markup, str) else markup
        return read_feed(raw, AT, rules, content_type=content_type)

    return reading


def rss(items: str, before: str = "") -> str:
    return f'{before}<rss version="2.0"><channel><title>All news</title>{items}</channel></rss>'


def item(link: str = "https://news.example/1", rest: str = "") -> str:
    return f"<item><title>One</title><link>{link}</link>{rest}</item>"


def atom(entries: str, attributes: str = "") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>All news</title>{entries}</feed>'


def only(feed: Feed | None) -> Entry:
    assert feed is not None
    [entry] = feed.entries
    return entry


def test_an_rss_feed_gives_its_title_and_its_entries_in_order(read: Reading):
    date = "<pubDate>Mon, 03 Jun 2024 10:00:00 +0200</pubDate>"
    feed = read(rss(item("https://news.example/2?utm_source=rss#top", date) + item("/3")))
    assert feed == Feed(
        "All news",
        (
            Entry("https://news.example/2", "One", datetime(2024, 6, 3, 8)),
            Entry("https://news.example/3", "One", None),
        ),
        0,
    )


@pytest.mark.parametrize(
    "markup",
    [
        '<rss version="0.91"><channel><title>All news</title>{}</channel></rss>',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">{}</rdf:RDF>',
        "<rss><channel>{}",
        "<channel>{}</channel>",
    ],
)
def test_every_dialect_of_rss_is_a_feed(read: Reading, markup: str):
    assert only(read(markup.format(item()))).address == "https://news.example/1"


def test_an_atom_entry_goes_by_its_alternate_link_and_its_last_change(read: Reading):
    links = '<link rel="self" href="/x.atom"/><link rel="enclosure" href="/a.mp3"/><link rel="alternate" href="story/1"/>'
    dates = "<published>2024-06-01T10:00:00Z</published><updated>2024-06-03T10:00:00+02:00</updated>"
    markup = atom(f'<entry><title type="html">A &lt;b&gt;bold&lt;/b&gt; &amp;amp; new</title>{links}{dates}</entry>')
    assert only(read(markup)) == Entry("https://news.example/feeds/story/1", "A bold & new", datetime(2024, 6, 3, 8))


def test_relative_links_count_from_the_base_that_the_feed_states(read: Reading):
    markup = atom('<entry><link href="story/1"/></entry>', 'xml:base="https://other.example/deep/"')
    assert only(read(markup)).address == "https://other.example/deep/story/1"


def test_an_entry_without_a_link_goes_by_a_guid_that_is_an_address(read: Reading):
    feed = read(
        rss("<item><guid>https://news.example/1</guid></item><item><guid>tag:4711</guid></item><item><guid>17</guid></item>")
    )
    assert feed is not None
    assert ([entry.address for entry in feed.entries], feed.nameless) == (["https://news.example/1"], 2)


def test_a_guid_that_is_no_permalink_is_no_address(read: Reading):
    feed = read(rss('<item><guid isPermaLink="false">https://news.example/1</guid></item>'))
    assert feed == Feed("All news", (), 1)


def test_the_address_behind_a_counting_service_goes_before_the_link(read: Reading):
    spaces = 'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    original = f"<feedburner:origLink {spaces}>https://news.example/1</feedburner:origLink>"
    assert only(read(rss(item("https://counting.example/~r/1", original)))).address == "https://news.example/1"


def test_entries_that_name_no_address_of_the_web_are_counted(read: Reading):
    feed = read(rss(item("mailto:desk@news.example") + item("") + item("javascript:x()") + item()))
    assert feed is not None
    assert (len(feed.entries), feed.nameless) == (1, 3)


@pytest.mark.parametrize(
    "date",
    [
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "Sat, 01 Jan 2101 00:00:00 GMT",
        "0000-00-00T00:00:00Z",
        "yesterday",
        "",
    ],
)
def test_a_date_that_can_be_none_of_a_page_is_unknown(read: Reading, date: str):
    assert only(read(rss(item(rest=f"<pubDate>{date}</pubDate>")))).changed_at is None


def test_a_change_that_cannot_be_leaves_the_date_of_publication(read: Reading):
    dates = "<updated>1970-01-01T00:00:00Z</updated><published>2024-06-01T10:00:00Z</published>"
    assert only(read(atom(f'<entry><link href="/1"/>{dates}</entry>'))).changed_at == datetime(2024, 6, 1, 10)


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "windows-1252", "utf-16", "utf-16-le", "utf-32", "koi8-r"])
def test_a_declared_encoding_is_followed(read: Reading, encoding: str):
    word = "Новости" if encoding == "koi8-r" else "Grüße"
    markup = rss(item(), f"<?xml version='1.0' encoding='{encoding}'?>").replace("One", word)
    assert only(read(markup.encode(encoding))).title == word


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF32_BE, "utf-32-be")],
)
def test_a_byte_order_mark_goes_before_what_the_feed_declares(read: Reading, mark: bytes, encoding: str):
    for before in ("", "<?xml version='1.0' encoding='iso-8859-1'?>"):
        assert only(read(mark + rss(item(), before).replace("One", "Grüße").encode(encoding))).title == "Grüße"


def test_the_charset_that_came_with_a_feed_is_followed(read: Reading):
    raw = rss(item()).replace("One", "Łódź").encode("cp1250")
    assert only(read(raw, "application/rss+xml; charset=windows-1250")).title == "Łódź"


def test_a_broken_feed_is_read_all_the_same(read: Reading):
    feed = read(
        "  \n" + rss(item("https://news.example/1?a=1&b=2", "<description><p>Open <b>bold</description>") + item("/2"))[:-12]
    )
    assert feed is not None
    assert [entry.address for entry in feed.entries] == ["https://news.example/1?a=1&b=2", "https://news.example/2"]


@pytest.mark.parametrize("version", ["https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"])
def test_a_json_feed_is_a_feed(read: Reading, version: str):
    items = [
        {"id": "1", "url": "/1", "title": "One", "date_published": "2024-06-01T10:00:00+02:00"},
        {"id": "2", "external_url": "https://other.example/2", "date_modified": "2024-06-02", "date_published": "2024-06-01"},
        {"id": "https://news.example/3"},
        {"id": "4", "url": 4},
        "5",
    ]
    raw = json.dumps({"version": version, "title": "All", "items": items}).encode("utf-8-sig")
    assert read(raw) == Feed(
        "All",
        (
            Entry("https://news.example/1", "One", datetime(2024, 6, 1, 8)),
            Entry("https://other.example/2", None, datetime(2024, 6, 2)),
            Entry("https://news.example/3", None, None),
        ),
        2,
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"plain words",
        b"\x00\x01\x02\xff",
        b"{",
        b"[" * 100_000,
        b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 100_000,
        b'{"version": 2, "items": []}',
        b"<!DOCTYPE html><html><body><channel><item><link>https://news.example/1</link></item></channel></body></html>",
        b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a page --><html xmlns='http://www.w3.org/1999/xhtml'><item>x</item></html>",
        b"<urlset><url><loc>https://news.example/1</loc></url></urlset>",
        b"<opml version='2.0'><body><outline text='x'/></body></opml>",
    ],
)
def test_what_is_no_feed_is_none(read: Reading, raw: bytes):
    assert read(raw) is None


def test_a_feed_without_entries_is_a_feed(read: Reading):
    assert read(rss("")) == Feed("All news", (), 0)


@pytest.mark.filterwarnings("error")
def test_a_date_of_publication_alone_is_read_without_a_warning(read: Reading):
    assert only(read(rss(item(rest="<pubDate>Mon, 03 Jun 2024 10:00:00 GMT</pubDate>")))).changed_at == datetime(2024, 6, 3, 10)


def test_a_title_is_cut_and_one_without_words_is_none(read: Reading):
    feed = read(rss(item()).replace("All news", "x" * 2000).replace("One", " \n "))
    assert feed is not None
    assert (len(feed.title or ""), only(feed).title) == (TITLE_CHARS, None)


def _nested() -> str:
    levels = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">\n' for level in range(1, 10))
    return f'<!DOCTYPE rss [\n<!ENTITY l0 "ha">\n{levels}]>\n'


BOMBS = {
    "nested": (_nested(), "&l9;"),
    "nested behind a comment": ("<?xml version='1.0'?><!-- x -->" + _nested().replace("\n", ""), "&l9;"),
    "long": (f'<!DOCTYPE rss [\n<!ENTITY a "{"x" * 100_000}">\n]>\n', "&a;" * 3000),
    "split": (f'<!DOCTYPE rss [\n<!ENT<!ENTITY b "c">ITY a "{"x" * 100_000}">\n]>\n', "&a;" * 3000),
    "attribute": (f'<!DOCTYPE rss [\n<!ATTLIST i a CDATA "{"x" * 100_000}">\n]>\n', "<i/>" * 3000),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("bomb", BOMBS)
def test_what_a_feed_declares_unpacks_to_nothing(read: Reading, bomb: str, encoding: str):
    before, text = BOMBS[bomb]
    raw = rss(item().replace("One", text), before).encode(encoding)
    tracemalloc.start()
    try:
        entry = only(read(raw))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert entry.address == "https://news.example/1"
    assert "xxx" not in (entry.title or "")
    assert "haha" not in (entry.title or "")
    assert peak < 20_000_000


def test_an_external_entity_is_neither_read_nor_fetched(read: Reading, tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret words")
    before = f'<!DOCTYPE rss [\n<!ENTITY a SYSTEM "{secret.as_uri()}">\n<!ENTITY % p SYSTEM "{secret.as_uri()}"> %p;\n]>\n'
    assert "secret" not in str(read(rss(item().replace("One", "&a;"), before)))


def test_the_bytes_of_a_feed_are_never_the_name_of_a_file(read: Reading, tmp_path: Path):
    file = tmp_path / "feed.xml"
    file.write_text(rss(item()))
    assert read(str(file)) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"\n" * 200_000 + b"<rss><channel>",
        b"\n<!DOCTYPE" * 20_000 + b"<rss>",
        b"\n<!ENTITY " * 20_000,
        b"<rss>" + b"<![CDATA[" * 20_000,
        b"<rss>" + b"<!" * 50_000,
        b"<rss>" + b"<a>" * 5_000,
        b'<!-- --><!DOCTYPE rss [<!ATTLIST i a CDATA "' + b"x" * 8_000_000 + b'">]><rss><channel>' + b"<i/>" * 5_000,
    ],
)
def test_no_markup_takes_the_square_of_its_length(read: Reading, raw: bytes):
    begun = time.perf_counter()
    read(raw)
    assert time.perf_counter() - begun < 5  # each takes a tenth of that or less; squared, ten times as long


def test_a_web_page_is_known_by_its_beginning(read: Reading):
    begun = time.perf_counter()
    assert read(b"<!-- x --><!DOCTYPE html><html>" + b"<p a=b>x</p>" * 100_000) is None
    assert time.perf_counter() - begun < 1  # reading all of it as a broken feed takes four seconds


@pytest.mark.parametrize("reference", ["&#2200000000;", "&#2000000;", "&#xD800;", "&#0;", "&#x;", f"&#{'9' * 5_000};"])
def test_a_reference_to_no_character_costs_no_feed(read, reference):
    [entry] = read(rss(item().replace("One", f"One {reference} A&#0000000065;"))).entries
    assert entry.address == "https://news.example/1"
    assert entry.title.endswith(" AA")


@pytest.mark.parametrize("name", ["undefined", "punycode", "idna", "base64", "unicode_escape"])
def test_a_feed_that_declares_a_codec_that_is_no_character_set_is_read(read, name):
    for found in (
        read(rss(item()), f"text/xml; charset={name}"),
        read(f'<?xml version="1.0" encoding="{name}"?>{rss(item())}'),
    ):
        assert [entry.address for entry in found.entries] == ["https://news.example/1"]


def test_nothing_at_all_under_an_odd_header_is_no_feed(read):
    assert read("", "text/html; charset=\udcff") is None
