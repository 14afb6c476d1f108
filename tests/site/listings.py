"""What names the pages: feeds, sitemaps, home pages, lists of addresses, and the hosts' robots.txt."""

from collections.abc import Mapping
from datetime import datetime

from tests.site.addresses import SPELLINGS
from tests.site.good_pages import LATER_NEWS, NEWS, news_target
from tests.site.layouts import atom, list_page, plain_page, rss, sitemap, zipped
from tests.site.pages import HOSTS, Answer, Page, always, unless_known
from tests.site.replies import Reply, Request
from tests.site.words import Article, write_article

XML = "application/xml"
CRAWL_DELAY = 0.3
_IN_RSS, _IN_ATOM = range(30), range(20, 50)
_CHANGED = datetime(2026, 3, 20)
_RULES = "User-agent: *\nDisallow: /private/\nAllow: /private/open/\nDisallow: /*.secret$\n"
_ROBOTS = {
    "main": "\ufeff# rules of a made site\n" + _RULES + "\nUser-agent: otherbot\nDisallow: /\n\nSitemap: /sitemap.xml\n",
    "calm": f"User-agent: *\nCrawl-delay: {CRAWL_DELAY}\nDisallow:\n",
    "wordy": "User-agent: *\nDisallow: /wordy/closed\n"
    + "# a word on each of our rules\n" * 40_000
    + "Disallow: /wordy/open\n",
    "inner": "User-agent: *\nAllow: /\n",
}
"""The last rule of `wordy` stands behind 500 KiB: a client need not read so far (RFC 9309, section 2.5)."""


class Listings:
    """The listings of a site on one port. `sources` are what a run is given."""

    def __init__(self, pages: list[Page], port: int) -> None:
        self._pages = [page for page in pages if page.outcome is not None]
        self._port = port

    def address(self, target: str, host: str = "main") -> str:
        """The whole address."""
        return f"http://{HOSTS[host]}:{self._port}{target}"

    def sources(self) -> list[str]:
        """Feeds, sitemaps and a home page: addresses that `[[sources]]` may name."""
        maps = [self.address("/sitemap.xml", host) for host in HOSTS if host not in ("main", "inner", "mobile")]
        return [
            self.address("/feeds/news.rss"), self.address("/feeds/news.atom"), self.address("/sitemap-index.xml"),
            self.address("/", "free"), *maps,
        ]  # fmt: skip

    def broken_sources(self) -> list[str]:
        """Listings that give nothing, each for another reason; at most the address of a page that is not there."""
        return [
            self.address(f"/bad/{name}") for name in ("bomb.xml", "entity.xml", "cut.rss", "gone.rss", "loop.xml", "empty.rss")
        ]

    def addresses(self) -> list[str]:
        """What a file of addresses holds: every page that no source names, some in other spellings, some twice."""
        targets = {news_target(number) for number in range(NEWS)}
        named = [page for page in self._pages if page.host in ("main", "mobile", "fallen") and page.target not in targets]
        spelled = [self.address(SPELLINGS.get(page.target, page.target), page.host) for page in named]
        return [*spelled, *spelled[:10]]

    def pages(self) -> list[Page]:
        """All listings as pages of the site."""
        hosts = [
            Page(host, "/sitemap.xml", self._sitemap(host), None) for host in HOSTS if host not in ("main", "inner", "mobile")
        ]
        return [*hosts, *self._robots(), *self._feeds(), *self._main_sitemaps(), *self._bad()]

    def _sitemap(self, host: str) -> Answer:
        entries = [(self.address(page.target, host), _CHANGED) for page in self._pages if page.host == host]
        return always(Reply(body=sitemap(entries), media=XML))

    def _robots(self) -> list[Page]:
        said = {host: always(Reply(body=rules.encode(), media="text/plain")) for host, rules in _ROBOTS.items()}
        said["fallen"] = always(Reply(500, b"<p>down</p>"))
        for host in HOSTS:
            said.setdefault(host, always(Reply(404, b"<p>no rules</p>")))
        tries = {"fallen": 2}
        return [Page(host, "/robots.txt", answer, None, most_requests=tries.get(host, 1)) for host, answer in said.items()]

    def _feeds(self) -> list[Page]:
        head = (
            '<link rel="alternate" type="application/atom+xml" href="/feeds/home.atom">'
            f'<link rel="alternate" type="application/rss+xml" title="News" href="{self.address("/feeds/news.rss")}">'
            '<link rel="alternate" type="application/json" href="/not-a-feed.json">'
        )
        home = list_page("The Made Times", [(address, article.title) for address, article in self._items(range(15))], head)
        at_home = [self.address(f"/free/{number}", "free") for number in (1, 2)]
        home_feed = atom("At home", [(address, write_article(number)) for number, address in enumerate(at_home)])
        return [
            Page("main", "/feeds/news.rss", self._news, None),
            Page("main", "/feeds/news.atom", always(_feed(atom("News", self._items(_IN_ATOM)))), None),
            Page("free", "/feeds/home.atom", always(_feed(home_feed)), None),
            Page("free", "/", always(Reply(body=home)), None),
        ]

    def _items(self, numbers: range) -> list[tuple[str, Article]]:
        return [(self.address(news_target(number)), write_article(number)) for number in numbers]

    def _news(self, request: Request, told: Mapping[str, str]) -> Reply:
        """The feed of news: its fourth item stands in it twice; later it has more items."""
        items = self._items(_IN_RSS)
        later = self._items(range(NEWS, NEWS + LATER_NEWS)) if told.get("news") else []
        return unless_known(request, _feed(rss("News", [*later, *items[:4], items[3], *items[4:]])))

    def _main_sitemaps(self) -> list[Page]:
        """An index of two, the second one a gzip file; between them all news but those of the feeds, and some of those."""
        first, second = range(40, 80), range(70, NEWS)

        def part(numbers: range) -> bytes:
            return sitemap((self.address(news_target(number)), write_article(number).published_at) for number in numbers)

        parts = [(self.address(f"/sitemaps/{name}"), _CHANGED) for name in ("1.xml", "2.xml.gz")]
        packed = Reply(body=zipped(part(second)), media="application/gzip")
        return [
            Page("main", "/sitemap-index.xml", always(Reply(body=sitemap(parts, "sitemapindex", "sitemap"), media=XML)), None),
            Page("main", "/sitemaps/1.xml", always(Reply(body=part(first), media=XML)), None),
            Page("main", "/sitemaps/2.xml.gz", always(packed), None),
        ]

    def _bad(self) -> list[Page]:
        lols = "".join(f'<!ENTITY l{at + 1} "{f"&l{at};" * 10}">' for at in range(9))
        loc = f"<urlset><url><loc>{self.address('/bad/page')}/{{}}</loc></url></urlset>"
        bomb = f'<?xml version="1.0"?><!DOCTYPE u [<!ENTITY l0 "lol">{lols}]>{loc.format("&l9;")}'
        entity = f'<?xml version="1.0"?><!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]>{loc.format("&x;")}'
        loop = sitemap([(self.address("/bad/loop.xml"), None)], "sitemapindex", "sitemap")
        said = {
            "bomb.xml": Reply(body=bomb.encode(), media=XML), "entity.xml": Reply(body=entity.encode(), media=XML),
            "cut.rss": Reply(body=b'<?xml version="1.0"?><rss><channel><title>cut', media=XML),
            "gone.rss": Reply(410, plain_page("Gone", "<p>The feed has ended.</p>")),
            "loop.xml": Reply(body=loop, media=XML), "empty.rss": Reply(body=rss("Nothing", []), media=XML),
        }  # fmt: skip
        return [Page("main", f"/bad/{name}", always(reply), None, most_requests=2) for name, reply in said.items()]


def _feed(body: bytes) -> Reply:
    return Reply(body=body, media=XML, headers=(("ETag", f'"{len(body)}"'),))
