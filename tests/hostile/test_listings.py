"""What names pages: addresses, feeds, sitemaps, robots.txt, rows of tables, archives. Nothing of it raises or hangs."""

import gzip
import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.containers import kind_of
from flows.contents import Reading, contents_of, pages_in
from flows.errors import WrongUse
from flows.fetch.robots import decoded, parse
from flows.fetch.unpack import unpack
from flows.models import seeds
from tests.hostile.pages import CONTENT_TYPES, ODD, markup, texts
from transforms.addresses import AddressRules
from transforms.bylines import names_in, reads_like_byline
from transforms.feeds import read_feed
from transforms.page_dates import parse_time, printed_date, reads_like_date_line
from transforms.page_signs import PageWords, announced_feeds, kind_of_page, loads_by_script, refresh_target, soft_404
from transforms.rows import COLUMNS, read_row
from transforms.sitemaps import read_address_list, read_sitemap
from transforms.titles import without_site

BASE = "https://site.example/folder/page?a=1"
RULES = AddressRules.from_frame(seeds()["address_words"])
WORDS = PageWords.from_frame(seeds()["page_words"])
PARTS = [
    *("http://", "https://", "//", "/", "?", "#", "@", ":", "[", "]", "[::1]", "%", "%2e%2e", "%00", "%zz", "\\", "..", "."),
    *("a.example", "www.", "xn--", "xn--a", "127.1", "0x7f.1", "2130706433", "localhost", ":80", ":99999", ":-1", "user:pw@"),
    *("utm_source=x", "&amp;", "&", "=", ";", "javascript:", "data:,x", "file:///etc/passwd", " ", "\t", "\n", "ß", "İ", "。"),
]
ADDRESSES = st.one_of(st.lists(st.sampled_from(PARTS + ODD), max_size=8).map("".join), st.text(max_size=30))
STORED = st.one_of(texts(24), ADDRESSES, st.text(max_size=12))
XML = [
    *("<rss version='2.0'><channel>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<urlset>", "<sitemapindex>", "<rdf:RDF>"),
    *(
        "<item>",
        "<entry>",
        "<url>",
        "<sitemap>",
        "</item>",
        "</entry>",
        "</url>",
        "</channel>",
        "</rss>",
        "<title type='html'>",
    ),
    *(
        "<link>",
        "</link>",
        "<link href='/a'/>",
        "<loc>",
        "</loc>",
        "<lastmod>",
        "</lastmod>",
        "<pubDate>",
        "</pubDate>",
        "<guid>",
    ),
    *("&#2200000000;", "&#2000000;", "&#XD800;", "&#x0;", "&#;", "&#x;", "&#0000000065;", "&#" + "9" * 5_000),
    *("<![CDATA[", "]]>", "<!-- ", " -->", "<?xml version='1.0' encoding='utf-16'?>", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "&b;"),
    *(
        "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><rss><channel><item><title>&b;</title></item>",
        "xml:base='http://['",
    ),
]
LISTED = st.lists(st.one_of(st.sampled_from(XML), STORED), max_size=14).map("".join)


def raw(text):
    return text.encode("utf-8", "surrogatepass")


@given(address=ADDRESSES, base=st.one_of(st.none(), st.just(BASE), ADDRESSES))
def test_an_address_is_cleaned_once_and_for_all_or_is_none(address, base):
    cleaned = RULES.cleaned(address, base)
    if cleaned is not None:
        assert RULES.cleaned(cleaned) == cleaned
        assert cleaned.isascii()
        assert cleaned.startswith(("http://", "https://"))
        assert not any(each <= " " for each in cleaned)


@given(address=ADDRESSES)
def test_the_identity_of_an_address_is_its_own(address):
    identity = RULES.identity(address)
    assert RULES.identity(identity) == identity


@given(text=LISTED, content_type=st.sampled_from(CONTENT_TYPES))
def test_a_feed_or_sitemap_gives_clean_addresses_or_is_none(text, content_type):
    feed, sitemap = read_feed(raw(text), BASE, RULES, content_type=content_type), read_sitemap(raw(text), BASE, RULES)
    entries = [*(feed.entries if feed else ()), *(sitemap.entries if sitemap else ())]
    assert all(RULES.cleaned(entry.address) == entry.address for entry in entries)
    assert "root:" not in str(entries)


FIELDS = st.sampled_from(["items", "url", "title", "id", "date_published", "version"])
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), STORED),
    lambda kids: st.one_of(st.lists(kids, max_size=3), st.dictionaries(FIELDS, kids)),
    max_leaves=12,
)


@given(value=JSON)
def test_a_json_feed_of_any_shape_is_read_or_is_none(value):
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": value}
    read_feed(json.dumps(feed).encode(), BASE, RULES)
    read_feed(json.dumps(value).encode(), BASE, RULES)


@given(text=st.one_of(texts(200), st.text(max_size=60)))
def test_every_line_of_a_list_counts_once(text):
    found = read_address_list(text, RULES)
    assert len(found.addresses) + len(found.wrong_lines) <= len(text.splitlines())


@given(
    content=st.one_of(st.binary(max_size=80), STORED.map(lambda text: raw(f"User-agent: *\nDisallow: {text}\nAllow: /{text}")))
)
def test_a_robots_txt_of_any_make_says_yes_or_no(content):
    assert parse(decoded(content)).can_fetch(BASE, "claimhouse") in (True, False)


@given(text=markup())
def test_the_head_of_a_page_leads_to_clean_addresses_alone(text):
    target = refresh_target(text, BASE, RULES)
    addresses = [address for _, address in announced_feeds(text, BASE, RULES)] + ([target] if target else [])
    assert all(RULES.cleaned(address) == address for address in addresses)
    soft_404(text, WORDS)
    loads_by_script(text, WORDS)
    assert kind_of_page(text, BASE) in ("index", "article", None)


@given(
    text=st.one_of(
        STORED,
        st.lists(st.sampled_from("by By May 2024 5 03 - / : . , T Z + Anna Bo PhD and | 99999999".split())).map(" ".join),
    )
)
def test_names_and_days_are_read_from_any_words_or_not_at_all(text):
    assert all(name.strip() for name in names_in(text))
    reads_like_byline(text)
    reads_like_date_line(text)
    without_site(text, text[:5])
    moment = parse_time(text)
    assert moment is None or isinstance(moment, datetime)
    assert printed_date(text) is None or 1900 <= printed_date(text).year <= 2200


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), STORED, st.binary(max_size=9), st.datetimes(), st.dates()),
    lambda kids: st.one_of(st.lists(kids, max_size=3), st.dictionaries(st.text(max_size=5), kids, max_size=2)),
    max_leaves=6,
)


@given(fields=st.dictionaries(st.sampled_from(COLUMNS), VALUES))
def test_a_row_of_any_values_is_a_page_or_says_why_not(fields):
    row = read_row(fields)
    assert (row.raw is None) == bool(row.problem)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("read")


WARC = [
    *("WARC/1.0\r\n", "WARC/1.1\r\n", "WARC-Type: response\r\n", "WARC-Type: resource\r\n", "Content-Length: 40\r\n", "\r\n"),
    *(
        "Content-Length: 99999999999999999999\r\n",
        "Content-Length: -1\r\n",
        "WARC-Target-URI: http://a.example/\r\n",
        "HTTP/1.1 200 OK\r\n",
    ),
    *(
        "Content-Type: application/http\r\n",
        "Content-Type: text/html\r\n",
        "Content-Encoding: gzip\r\n",
        "Transfer-Encoding: chunked\r\n",
    ),
    *("ffffffffff\r\n", "WARC-Date: 9999-99-99T99:99:99Z\r\n", "<html><p>The ferry sank.</p>", "\x1f\x8b", ": x\r\n", "\0"),
]
LINES = st.lists(st.one_of(VALUES.map(lambda value: json.dumps(value, default=str)), st.just("[" * 3_000), STORED), max_size=4)
FILES = st.one_of(
    st.binary(max_size=200),
    st.lists(st.sampled_from(WARC), max_size=14).map(lambda parts: raw("WARC/1.0\r\n" + "".join(parts))),
    st.dictionaries(st.sampled_from(COLUMNS), VALUES, min_size=1).map(lambda row: json.dumps(row, default=str).encode()),
    LINES.map(lambda lines: raw('{"text": "The ferry sank."}\n' + "\n".join(lines))),
    st.binary(max_size=60).map(lambda noise: b"PAR1" + noise + b"PAR1"),
    LISTED.map(raw),
    markup().map(raw),
)


@given(
    content=FILES, is_packed=st.booleans(), cut=st.integers(0, 60), name=st.sampled_from(["a.html", "a.txt", "a.warc", "a.bin"])
)
def test_a_file_of_any_bytes_gives_pages_with_their_bytes_or_their_reason(place, content, is_packed, cut, name):
    path = place / name
    packed = gzip.compress(content) if is_packed else content
    path.write_bytes(packed[: len(packed) - cut] if cut < 20 else packed)
    reading = Reading("s", name, {}, place / "copies", 5_000)
    try:
        found = [page for page in pages_in(path, name, kind_of(path), reading) if page]
    except WrongUse as refused:
        assert str(refused)
        return
    for page in found:
        contents = contents_of(page, 5_000)
        assert page.problem or contents.problem or contents.raw is not None
        assert contents.raw is None or len(contents.raw) <= max(5_000, len(packed))


@given(
    body=st.binary(max_size=200), codings=st.lists(st.sampled_from(["gzip", "x-gzip", "deflate", "br", "identity"]), max_size=5)
)
def test_what_is_packed_in_any_way_unpacks_within_its_bound(body, codings):
    packed = gzip.compress(body * 50) if codings[-1:] in (["gzip"], ["x-gzip"]) else body
    assert len(unpack(packed, codings, max_bytes=1_000).content) <= 1_001
