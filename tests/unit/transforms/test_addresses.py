from collections.abc import Iterator
from itertools import product

import polars as pl
import pytest

from flows.models import seeds
from transforms.addresses import MAX_CHARS, AddressRules

BASE = "https://news.example/world/today?page=2"


@pytest.fixture(scope="module")
def rules() -> AddressRules:
    return AddressRules.from_frame(seeds()["address_words"])


@pytest.mark.parametrize(
    "address",
    [
        "",
        "   ",
        "mailto:desk@news.example",
        "javascript:void(0)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://news.example/a",
        "http://",
        "http:///path",
        "https://:443/",
        "//news.example/a",
        "news.example/a",
        "nonsense",
        "http://[::1",
        "http://[fe80::1%25eth0]/",
        "http://news.example:port/",
        "http://news.example:70000/",
        "http://news.example:0/",
        "http://a..example/",
        "http://-a.example/",
        "http://a b.example/",
        f"http://{'a' * 64}.example/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://127.1/",
    ],
)
def test_what_is_no_web_address_is_none(rules: AddressRules, address: str):
    assert rules.cleaned(address) is None


@pytest.mark.parametrize(
    ("address", "cleaned"),
    [
        ("HTTPS://News.Example/A", "https://news.example/A"),
        ("https://news.example", "https://news.example/"),
        ("https://news.example.:443/a", "https://news.example/a"),
        ("http://news.example:80/a", "http://news.example/a"),
        ("http://news.example:443/a", "http://news.example:443/a"),
        ("https://reader:secret@news.example/a", "https://news.example/a"),
        ("https://news.example/a#top", "https://news.example/a"),
        ("https://news.example/a#!b", "https://news.example/a"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://n%65ws.example/", "https://news.example/"),
        ("http://[0:0::1]:8080/", "http://[::1]:8080/"),
        ("http://127.0.0.1/", "http://127.0.0.1/"),
        ("http://local_host:8000/", "http://local_host:8000/"),
        ("https://news.example/a/./b/../c", "https://news.example/a/c"),
        ("https://news.example/a/b/..", "https://news.example/a/"),
        ("https://news.example/../../a", "https://news.example/a"),
        ("https://news.example/a//b/", "https://news.example/a//b/"),
        ("https://news.example/%7ejoe/%c3%bc/ü x", "https://news.example/~joe/%C3%BC/%C3%BC%20x"),
        ("https://news.example/100%/%2F", "https://news.example/100%25/%2F"),
        ("https://news.example/a?", "https://news.example/a"),
        ("https://news.example/?b=2&&a=1&b=", "https://news.example/?b=2&a=1&b="),
        ("https://news.example/?a=1&amp;b=2", "https://news.example/?a=1&b=2"),
        ("  https://news.example/a\n/b ", "https://news.example/a/b"),
        ("https://news.example\\@evil.example/", "https://news.example/@evil.example/"),
        ("https://news.example/a?q=c:\\d", "https://news.example/a?q=c:%5Cd"),
    ],
)
def test_an_address_comes_in_one_form(rules: AddressRules, address: str, cleaned: str):
    assert rules.cleaned(address) == cleaned


@pytest.mark.parametrize(
    ("address", "cleaned"),
    [
        ("tomorrow", "https://news.example/world/tomorrow"),
        ("../sport/?x=1", "https://news.example/sport/?x=1"),
        ("?page=3", "https://news.example/world/today?page=3"),
        ("//other.example/a", "https://other.example/a"),
        ("http://other.example/a", "http://other.example/a"),
        ("\\\\other.example\\a", "https://other.example/a"),
        ("mailto:desk@news.example", None),
        ("", None),
    ],
)
def test_a_relative_address_counts_from_its_base(rules: AddressRules, address: str, cleaned: str | None):
    assert rules.cleaned(address, BASE) == cleaned


def test_an_address_that_is_too_long_for_servers_is_none(rules: AddressRules):
    start = "https://news.example/"
    assert rules.cleaned(start + "a" * (MAX_CHARS - len(start))) is not None
    assert rules.cleaned(start + "a" * (MAX_CHARS - len(start) + 1)) is None
    assert rules.cleaned(f"{start}?utm_source={'a' * MAX_CHARS}") is None
    assert rules.cleaned(start + "ü" * (MAX_CHARS // 3)) is None  # each is six characters when it is encoded


@pytest.mark.parametrize(
    "query",
    [
        "utm_source=x",
        "UTM_Medium=x",
        "fbclid=1",
        "gclid=1",
        "mc_eid=1",
        "ref=rss",
        "source=feed",
        "share=twitter",
        "%75tm_source=x",
    ],
)
def test_parameters_that_only_count_visits_go_and_the_others_stay_in_order(rules: AddressRules, query: str):
    assert rules.cleaned(f"https://news.example/?id=2&{query}&a=1") == "https://news.example/?id=2&a=1"


@pytest.mark.parametrize("query", ["ref=A-17", "source=1234", "share=50", "nb=2", "id=utm_source", "p=fbclid"])
def test_parameters_that_may_name_the_page_stay(rules: AddressRules, query: str):
    assert rules.cleaned(f"https://news.example/?{query}") == f"https://news.example/?{query}"


def test_a_session_within_the_path_goes_and_other_parameters_of_the_path_stay(rules: AddressRules):
    assert rules.cleaned("https://news.example/a;v=2;jsessionid=A1B2/b") == "https://news.example/a;v=2/b"


@pytest.mark.parametrize("address", ["https://news.example/a/amp/", "https://m.news.example/a", "https://news.example/a?amp=1"])
def test_what_is_asked_for_is_the_form_that_was_named(rules: AddressRules, address: str):
    assert rules.cleaned(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "http://news.example/story/1",
        "https://www.news.example/story/1/",
        "https://m.news.example/story/1",
        "https://mobile.news.example/story/1",
        "https://amp.news.example/story/1",
        "https://www.amp.news.example/story/1",
        "https://news.example/amp/story/1",
        "https://news.example/story/1/amp/",
        "https://news.example/story/1.amp",
        "https://news.example/story/1?amp",
        "https://news.example/story/1?amp=1&utm_source=x",
        "https://news.example/story/1?outputType=amp",
        "https://news.example/story/1?m=1",
        "https://news-example.cdn.ampproject.org/c/s/news.example/story/1",
        "https://news-example.cdn.ampproject.org/v/s/www.news.example/story/1/amp/?usqp=mq331AQ&amp_js_v=0.1",
        "https://viewer.example/amp/s/www.news.example/story/1/amp",
        "http://news.example:443/story/1",
    ],
)
def test_the_forms_of_a_page_have_one_identity(rules: AddressRules, address: str):
    assert rules.identity(address) == "https://news.example/story/1"


@pytest.mark.parametrize(
    ("address", "identity"),
    [
        ("https://en.m.wiki.example/Duck", "https://en.wiki.example/Duck"),
        ("https://news.example/1.amp.html", "https://news.example/1.html"),
        ("https://news.example/1.html/amp", "https://news.example/1.html"),
        ("https://news.example/?b=2&a=1&b=1", "https://news.example/?a=1&b=2&b=1"),
        ("https://news.example:8443/a/", "https://news.example:8443/a"),
    ],
)
def test_an_identity_keeps_what_may_name_the_page(rules: AddressRules, address: str, identity: str):
    assert rules.identity(address) == identity


@pytest.mark.parametrize(
    "address",
    [
        "https://m.example/a",
        "https://www.example/",
        "https://news.example/amp",
        "https://news.example/Story",
        "https://news.example/stamp",
        "https://news.example/c/s/other.example/a",
        "https://news.example/?mode=1",
        "http://[::1]:8000/a".replace("http:", "https:"),
    ],
)
def test_what_only_looks_like_another_form_is_its_own_identity(rules: AddressRules, address: str):
    assert rules.identity(address) == address


def test_what_is_no_address_is_its_own_identity(rules: AddressRules):
    assert rules.identity("notes/today.html") == "notes/today.html"


def _made_addresses() -> Iterator[str]:
    hosts = (
        "m.News.example",
        "www.amp.m.news.example:80",
        "x.cdn.ampproject.org/c/s/m.news.example",
        "bücher.example.",
        "[::1]:81",
    )
    paths = (
        "",
        "/",
        "/amp/amp/",
        "/a/../amp/./b.amp.html",
        "/%41%2f%zz%",
        "/amp/s/amp.s.example/amp/x/amp",
        "/ä;jsessionid=1;x",
        "//a//",
    )
    queries = ("", "?", "?amp&amp=1&b=%20+ü&a", "?&&utm_x=1&amp;amp;amp=1&=", "?q=a?b#c")
    for scheme, host, path, query in product(("http", "HTTPS"), hosts, paths, queries):
        yield f"{scheme}://u:p@{host}{path}{query}" if "/" not in host else f"{scheme}://{host}{path}{query}"


def test_cleaning_and_folding_twice_change_nothing(rules: AddressRules):
    made = list(_made_addresses())
    assert len(made) == 400
    for address in made:
        cleaned = rules.cleaned(address)
        assert cleaned is not None, address
        assert rules.cleaned(cleaned) == cleaned
        identity = rules.identity(cleaned)
        assert rules.identity(address) == identity == rules.identity(identity)


def test_rules_come_from_their_frame():
    rows = [
        ("tracking", "campaign", None),
        ("variant", "view", "small"),
        ("host_label", "tiny", None),
        ("tracking_segment", "v=.*", None),
    ]
    rows += [("path_segment", "lite", None), ("path_end", r"\.lite$", None), ("amp_cache", r"cache\.example", None)]
    rules = AddressRules.from_frame(pl.DataFrame(rows, schema=["kind", "form", "value"], orient="row"))
    assert rules.cleaned("http://a.example/?campaign=1&utm_source=2") == "http://a.example/?utm_source=2"
    assert rules.identity("http://tiny.a.example/lite/b.lite?view=small") == "https://a.example/b"
    assert rules.identity("http://x.cache.example/c/a.example/b") == "https://a.example/b"


@pytest.mark.parametrize("kind", ["tracking", "variant"])
def test_each_form_of_the_lexicon_is_a_pattern_with_a_reason_and_an_origin(kind: str):
    frame = seeds()["address_words"]
    assert frame.filter(pl.col("kind") == kind).height > 2
    assert frame.select(pl.col("reason", "origin").is_not_null().all()).row(0) == (True, True)
