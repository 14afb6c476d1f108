import asyncio
import gzip
import time
from itertools import pairwise

import pytest

from flows.fetch import robots
from flows.fetch.client import fetching
from flows.fetch.robots import decoded, parse

RULES = b"User-agent: *\nDisallow: /private\nSitemap: /sitemap.xml\n"


def with_rules(site, body=RULES, status="200 OK", **headers):
    site.pages["/robots.txt"] = site.answer(body, status, **({"Content_Type": "text/plain"} | headers))
    site.pages["/private"] = site.pages["/open"] = site.answer()


def states(site, **settings):
    return [fetched.state for fetched in site.fetch("/private", "/open", **settings)]


def asked_for_rules(site):
    return sum(asked.path == "/robots.txt" for asked in site.asked)


def test_what_robots_txt_disallows_is_refused_and_never_asked_for(site):
    with_rules(site)
    refused, read = site.fetch("/private", "/open")
    assert (refused.state, refused.is_passing, read.state) == ("refused", False, "read")
    assert refused.problem == "robots.txt of 127.0.0.1 disallows it"
    assert site.paths() == ["/open"]


def test_rules_for_claimhouse_go_before_those_for_all(site):
    with_rules(site, b"User-agent: *\nDisallow: /\n\nUser-agent: ClaimHouse\nDisallow: /private\n")
    assert states(site) == ["refused", "read"]


@pytest.mark.parametrize(
    ("agents", "is_ours"),
    [
        ("User-agent: Claimhouse/0.1", True),
        ("user agent claimhouse", True),
        (" USERAGENT :claimhouse*", True),
        ("User-agent: otherbot\nUser-agent: claimhouse # us", True),
        ("User-agent: claim", False),
        ("User-agent: claimhousebot", False),
        ("User-agent: otherbot", False),
        ("User-agent:", False),
    ],
)
def test_a_group_is_ours_where_it_names_the_whole_product_token(agents, is_ours):
    rules = parse(f"{agents}\nDisallow: /\nCrawl-delay: 3\n")
    assert rules.can_fetch("http://a.example/page", "claimhouse") is not is_ours
    assert rules.crawl_delay("claimhouse") == (3 if is_ours else None)


@pytest.mark.parametrize("agent", ["User-agent: b{}\n", "User agent b{}\n"])
def test_a_robots_txt_that_names_thousands_of_agents_is_read_in_no_time(agent):
    agents = "".join(agent.format(number) for number in range(3_000))
    rules = "".join(f"Disallow: /{number}\n" for number in range(20_000))
    began = time.monotonic()
    parse(agents + rules + "User-agent: *\nDisallow: /private\n")
    assert time.monotonic() - began < 2


def test_a_hundred_requests_at_a_time_ask_for_robots_txt_once(site):
    with_rules(site)
    site.pages |= {f"/{number}": site.answer() for number in range(100)}
    fetched = site.fetch(*site.pages.keys() - {"/robots.txt", "/private"})
    assert {one.state for one in fetched} == {"read"}
    assert asked_for_rules(site) == 1


def test_a_host_is_asked_again_after_a_day(site, monkeypatch):
    with_rules(site)
    monkeypatch.setattr(robots, "KEPT_SECONDS", -1)

    async def run():
        async with fetching(site.settings()) as fetcher:
            await fetcher.fetch(f"{site.address}/open", max_bytes=100)
            await fetcher.fetch(f"{site.address}/open", max_bytes=100)

    asyncio.run(run())
    assert asked_for_rules(site) == 2


@pytest.mark.parametrize("status", ["404 Not Found", "401 Unauthorized", "403 Forbidden", "410 Gone", "451 No"])
def test_a_site_without_a_robots_txt_for_us_may_be_read(site, status):
    with_rules(site, status=status)
    assert states(site) == ["read", "read"]


@pytest.mark.parametrize("status", ["500 Oops", "501 Not Implemented", "503 Busy", "429 Too Many Requests"])
def test_a_site_whose_robots_txt_fails_is_not_read_for_now(site, status):
    with_rules(site, status=status)
    fetched = site.fetch("/open")
    assert (fetched.state, fetched.is_passing, site.paths()) == ("failed", True, [])
    assert fetched.problem == f"its site's robots.txt could not be had: the server answered {status}"


def test_a_robots_txt_that_fails_once_is_asked_for_again(site):
    with_rules(site)
    site.pages["/robots.txt"] = [site.answer(b"", "503 Busy"), site.pages["/robots.txt"]]
    assert states(site, tries=2) == ["refused", "read"]


def test_a_host_that_no_connection_reaches_fails_with_the_reason(site):
    fetched = site.fetch("http://127.0.0.1:1/page")
    assert (fetched.state, fetched.is_passing) == ("failed", True)
    assert "no connection to 127.0.0.1 (Connection refused)" in fetched.problem


def test_a_robots_txt_that_moved_is_followed(site):
    with_rules(site)
    site.pages["/rules"] = site.pages["/robots.txt"]
    site.pages["/robots.txt"] = site.answer(b"", "301 Moved", Location="/rules")
    assert states(site) == ["refused", "read"]


@pytest.mark.parametrize(
    "location", ["/robots.txt", "http://[broken/", "ftp://127.0.0.1/robots.txt", "http://169.254.1.1/robots.txt"]
)
def test_a_robots_txt_that_leads_nowhere_counts_as_none(site, location):
    with_rules(site)
    site.pages["/robots.txt"] = site.answer(b"", "302 Found", Location=location)
    assert states(site) == ["read", "read"]
    assert asked_for_rules(site) == (6 if location == "/robots.txt" else 1)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"\xef\xbb\xbf" + RULES, {}),
        (RULES.decode().encode("utf-16"), {}),
        (RULES.decode().encode("utf-16-le"), {}),
        (RULES.decode().encode("utf-16-be"), {}),
        (RULES.replace(b"\n", b"\r"), {}),
        (gzip.compress(RULES), {"Content_Encoding": "gzip"}),
        (RULES, {"Content_Type": "image/png"}),
        (RULES + b"# " + b"x" * 3_000_000 + b"\nAllow: /private\n", {}),
        (b"\x00\xff\xfe" * 100 + b"\n" + RULES, {}),
        (gzip.compress(RULES + b"#" * 3_000_000), {"Content_Encoding": "gzip"}),
    ],
)
def test_rules_are_read_in_whatever_form_they_come(site, body, headers):
    with_rules(site, body, **headers)
    assert states(site) == ["refused", "read"]


@pytest.mark.parametrize(
    "body", [b"", b"<!DOCTYPE html><p>Not here</p>", bytes(range(256)) * 99, b"Crawl-delay: x\nDisallow: /" * 9]
)
def test_a_robots_txt_without_rules_allows_all(site, body):
    with_rules(site, body)
    assert states(site) == ["read", "read"]


def test_a_robots_txt_that_never_ends_is_read_as_far_as_the_limit(site):
    def endless(asked, connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + RULES)
        while True:
            connection.sendall(b"# more of it\n" * 1000)

    with_rules(site)
    site.pages["/robots.txt"] = endless
    assert states(site) == ["refused", "read"]


def test_a_robots_txt_that_does_not_come_fails_the_site_for_now(site):
    with_rules(site)
    site.pages["/robots.txt"] = lambda asked, connection: time.sleep(0.5)
    assert states(site, timeout_seconds=0.2) == ["failed", "failed"]
    assert asked_for_rules(site) == 1


def test_a_crawl_delay_holds_the_starts_apart(site):
    with_rules(site, b"User-agent: *\nCrawl-delay: 0.3\n")
    site.fetch("/open", "/private", "/open")
    starts = [asked.at for asked in site.asked]
    assert all(later - earlier > 0.15 for earlier, later in pairwise(starts))


def test_a_request_rate_counts_as_a_crawl_delay(site):
    with_rules(site, b"User-agent: *\nRequest-rate: 5/1\n")
    site.fetch("/open", "/private")
    assert site.asked[2].at - site.asked[1].at > 0.1


@pytest.mark.parametrize("rate", ["1/" + "9" * 400, "9" * 400 + "/1", "1/90d", "0/0", "1/-1", "x"])
def test_a_request_rate_of_any_size_is_an_outcome(site, rate):
    with_rules(site, f"User-agent: *\nRequest-rate: {rate}\n".encode())
    assert site.fetch("/open").state == ("refused" if rate.startswith("1/9") else "read")


def test_a_crawl_delay_beyond_the_setting_is_refused_with_the_mend(site):
    with_rules(site, b"User-agent: *\nCrawl-delay: 90\n")
    fetched = site.fetch("/open")
    assert (fetched.state, site.paths()) == ("refused", [])
    assert fetched.problem == (
        "robots.txt of 127.0.0.1 wants 90 seconds between two requests, more than `max_crawl_delay_seconds` = 60 under [fetch]"
    )


def test_the_target_of_a_redirect_is_asked_for_its_rules(site, new_site):
    other = new_site()
    with_rules(other)
    site.pages["/moved"] = site.answer(b"", "301 Moved", Location=f"{other.address}/private")
    fetched = site.fetch("/moved")
    assert (fetched.state, other.paths()) == ("refused", [])
    assert len(fetched.hops) == 1


def test_sitemaps_of_a_host_are_those_of_its_robots_txt(site):
    with_rules(
        site,
        RULES + b"Sitemap: https://other.example/news.xml\nSitemap: /sitemap.xml\nSitemap: http://[x\nSitemap: ftp://a/b\n",
    )

    async def run(*addresses):
        async with fetching(site.settings()) as fetcher:
            return [await fetcher.sitemaps_of(address) for address in addresses]

    found = asyncio.run(
        run(f"{site.address}/any/page", "http://127.0.0.1:1/", "ftp://x/", "http://10.0.0.1/", "http://[", "\0")
    )
    assert found == [(f"{site.address}/sitemap.xml", "https://other.example/news.xml"), (), (), (), (), ()]


def test_only_the_newest_hosts_are_remembered(new_site, site, monkeypatch):
    monkeypatch.setattr(robots, "MAX_HOSTS", 1)
    other = new_site()

    async def run():
        async with fetching(site.settings()) as fetcher:
            for one in (site, other, other, site):
                await fetcher.fetch(f"{one.address}/page", max_bytes=10)

    asyncio.run(run())
    assert (asked_for_rules(site), asked_for_rules(other)) == (2, 1)


def test_text_of_a_robots_txt_is_utf_8_where_nothing_says_otherwise():
    assert decoded("Disallow: /grün\0".encode()) == "Disallow: /grün"
    assert decoded(b"\xff") == "�"
