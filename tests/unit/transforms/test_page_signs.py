from collections.abc import Callable

import pytest
from trafilatura import load_html

from flows.models import seeds
from transforms.addresses import AddressRules
from transforms.page_signs import PageWords, announced_feeds, kind_of_page, loads_by_script, refresh_target, soft_404

AT = "https://news.example/world/today"
PROSE = "The council met on Tuesday and put the vote on the bridge off until the river has been measured once more. "

Judging = Callable[[str], str | None]


@pytest.fixture(scope="module")
def rules() -> AddressRules:
    return AddressRules.from_frame(seeds()["address_words"])


@pytest.fixture(scope="module")
def words() -> PageWords:
    return PageWords.from_frame(seeds()["page_words"])


@pytest.fixture(scope="module")
def missing(words: PageWords) -> Judging:
    return lambda markup: soft_404(markup, words)


@pytest.fixture(scope="module")
def empty(words: PageWords) -> Judging:
    return lambda markup: loads_by_script(markup, words)


def page(body: str, head: str = "", title: str = "Today") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def headlines(count: int, teaser: str = "") -> str:
    return "".join(f'<h3><a href="/{n}">A headline about matter number {n}</a></h3>{teaser}' for n in range(count))


def prose(times: int) -> str:
    return f"<p>{PROSE * times}</p>"


# Feeds


def test_feeds_that_a_page_announces_come_in_its_order_and_each_once(rules: AddressRules):
    head = (
        '<link rel="stylesheet" type="text/css" href="/a.css">'
        '<link rel="alternate" type="application/rss+xml" title=" All  news " href="/feed?utm_source=x">'
        '<link rel="ALTERNATE home" type="application/atom+xml; charset=utf-8" href="atom.xml">'
        '<link rel="alternate" type="application/feed+json" href="https://other.example/feed.json">'
        '<link rel="alternate" type="application/rss+xml" title="Again" href="/feed">'
        '<link rel="alternate" hreflang="de" href="/de"><link rel="alternate" type="text/html" href="/print">'
        '<link rel="alternate" type="application/rss+xml" href="javascript:x()">'
        '<link rel="alternate" type="application/rss+xml">'
    )
    assert announced_feeds(page("", head), AT, rules) == (
        ("All news", "https://news.example/feed"),
        (None, "https://news.example/world/atom.xml"),
        (None, "https://other.example/feed.json"),
    )


def test_relative_addresses_count_from_the_base_that_the_page_states(rules: AddressRules):
    head = '<base href="/deep/"><link rel="alternate" type="application/rss+xml" href="feed">'
    assert announced_feeds(page("", head), AT, rules) == ((None, "https://news.example/deep/feed"),)


def test_a_tree_that_is_parsed_already_serves_as_well(rules: AddressRules):
    tree = load_html(page(prose(1), '<link rel="alternate" type="application/rss+xml" href="/feed">'))
    assert announced_feeds(tree, AT, rules) == ((None, "https://news.example/feed"),)


@pytest.mark.parametrize("markup", ["", " ", "alternate", "<", "<!-- alternate -->"])
def test_what_is_no_page_announces_nothing(rules: AddressRules, markup: str):
    assert announced_feeds(markup, AT, rules) == ()


# Refresh


@pytest.mark.parametrize(
    ("content", "target"),
    [
        ("0; url=/tomorrow", "https://news.example/tomorrow"),
        ("0;URL='https://other.example/a?utm_source=x'", "https://other.example/a"),
        ('1, url="tomorrow"', "https://news.example/world/tomorrow"),
        ("0.5; tomorrow", "https://news.example/world/tomorrow"),
        ("5;url=/tomorrow", "https://news.example/tomorrow"),
        ("6;url=/tomorrow", None),
        ("0", None),
        ("0;url=", None),
        ("0;url=/world/today#here", None),
        ("0;url=javascript:x()", None),
        ("soon; url=/tomorrow", None),
    ],
)
def test_a_refresh_that_comes_at_once_leads_elsewhere(rules: AddressRules, content: str, target: str | None):
    quoted = content.replace('"', "&quot;")
    assert refresh_target(page("", f'<meta http-equiv="Refresh" content="{quoted}">'), AT, rules) == target


def test_a_refresh_for_those_without_scripts_leads_nowhere(rules: AddressRules):
    assert refresh_target(page('<noscript><meta http-equiv="refresh" content="0;url=/nojs"></noscript>'), AT, rules) is None


# Pages that load by script


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('<div id="root"></div><script src="a.js"></script>', "its element `root` is empty"),
        ("<app-root></app-root><script>1</script>", "its element `app-root` is empty"),
        ('<div id="app">Loading…</div><script>1</script>', "its element `app` is empty"),
        ('<script>location = "/b"</script>', "it holds scripts and nothing else"),
        ("<noscript>You need to enable JavaScript to run this app.</noscript><script>1</script>", "need to enable javascript"),
        ("<h1>Just a moment</h1><p>Checking your browser</p><script>1</script>", "checking your browser"),
        ("<p>Please enable JS and disable any ad blocker</p><script>1</script>", "enable js"),
        (
            "<nav><a href='/'>Home of news</a></nav><p>JavaScript is disabled.</p><script>1</script>",
            "javascript is disabled",
        ),
    ],
)
def test_a_page_that_loads_its_text_by_script_says_so(empty: Judging, body: str, reason: str):
    assert reason in (empty(page(body)) or "")


@pytest.mark.parametrize(
    "body",
    [
        f"<noscript>Please enable JavaScript.</noscript><div id='root'>{prose(4)}</div><script>1</script>",
        "<p>A short note.</p><script>1</script>",
        "<img src='a.png'><script>1</script>",
        "<div id='root'></div>",
        "<p>Please enable JavaScript.</p>",
        "",
    ],
)
def test_a_page_with_text_or_without_scripts_does_not_load_by_script(empty: Judging, body: str):
    assert empty(page(body)) is None


# Pages that say that there is nothing


@pytest.mark.parametrize(
    "message",
    [
        "404",
        "404 Not Found",
        "Error 404 (Not Found)!!1",
        "HTTP Status 404 – Not Found",
        "Page not found",
        "Page Not Found: 404",
        "Oops! That page can’t be found.",
        "Sorry, we couldn't find that page",
        "We can’t find the page you’re looking for.",
        "This page doesn't exist",
        "The page you requested could not be found",
        "The page you are looking for no longer exists.",
        "This article is no longer available",
        "The requested URL was not found",
        "410 Gone",
        "Seite nicht gefunden",
        "Page introuvable",
    ],
)
def test_a_page_that_says_that_there_is_nothing_is_a_soft_404(missing: Judging, message: str):
    assert (
        missing(page("<p>Go back to our front page.</p>", title=message)) == f'it came with a good status but says "{message}"'
    )
    assert missing(page(f"<h1>Today</h1><h2>{message}</h2><p>Go back to our front page.</p>")) is not None


@pytest.mark.parametrize("title", ["Page not found - The Daily Example", "The Daily Example | 404", "Page Not Found « Example"])
def test_the_name_of_the_site_beside_the_message_changes_nothing(missing: Judging, title: str):
    assert missing(page("<p>Go back to our front page.</p>", title=title)) is not None


def test_links_to_what_others_read_make_no_error_page_an_article(missing: Judging):
    assert missing(page(f"<h1>Page not found</h1>{headlines(40)}")) is not None


@pytest.mark.parametrize(
    "title",
    [
        "Page not found: how the web forgets",
        "Missing boy found",
        "Nothing found in search for plane",
        "404 dead in flood",
        "Found: a page from a lost notebook",
        "Body not found after search",
        "Item not found in treasure hunt: film removed",
        "Page one",
        "",
    ],
)
def test_a_headline_with_such_words_is_a_headline(missing: Judging, title: str):
    assert missing(page(f"<h1>{title}</h1><p>Short.</p>", title=title)) is None


def test_a_page_with_text_of_its_own_or_a_date_of_publication_is_no_soft_404(missing: Judging):
    message = "<h1>Page not found</h1>"
    assert missing(page(message + prose(1))) is not None
    assert missing(page(message + prose(7))) is None
    dated = '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2024-06-01"}</script>'
    assert missing(page(message, dated)) is None
    assert missing(page(message, '<meta property="article:published_time" content="2024-06-01">')) is None


# Articles and lists of them

ARTICLE = '<meta property="og:type" content="article">'
COLLECTION = '<script type="application/ld+json">{"@type": ["WebPage", "CollectionPage"]}</script>'
FRONT = "https://news.example/"


@pytest.mark.parametrize(
    ("body", "head", "address", "kind"),
    [
        (headlines(10, prose(2)), "", AT, "index"),
        (headlines(9, prose(2)), "", AT, None),
        (headlines(10, prose(6)), "", AT, None),  # texts too long for teasers, too short for articles
        (headlines(10, prose(2)), ARTICLE, AT, None),
        (headlines(3, prose(6)), COLLECTION, AT, "index"),
        (headlines(3, prose(6)), "", FRONT, "index"),
        (headlines(3, prose(6)), ARTICLE, FRONT, "index"),
        (prose(10), "", FRONT, None),
        (headlines(5) + prose(30), "", FRONT, None),
        (prose(10), "", AT, "article"),
        (prose(10), "", "https://news.example/?p=17", "article"),
        (prose(10), "", None, "article"),
        (prose(4), "", AT, None),
        (prose(4), ARTICLE, AT, "article"),
        (prose(4) + headlines(30), "<script type='application/ld+json'>{'@type': 1}</script>", AT, "index"),
        (prose(10) + headlines(30), "", AT, "article"),
        (prose(10) + f"<footer>{headlines(4)}</footer>", "", AT, "article"),
        (headlines(5, prose(10)), "", AT, None),  # a blog that prints its articles whole
        (headlines(5, prose(10)), ARTICLE, AT, "article"),
        ("<nav>" + "<a href='/a'>Menu</a> " * 40 + "</nav>" + prose(10), "", AT, "article"),
        ("", "", AT, None),
    ],
)
def test_a_list_has_many_headlines_and_short_texts_and_an_article_one_long_text(
    body: str, head: str, address: str | None, kind: str | None
):
    assert kind_of_page(page(body, head), address) == kind


def test_text_in_the_margin_makes_no_list_an_article():
    assert kind_of_page(page(headlines(12, prose(1)) + f"<footer>{prose(8)}</footer>"), AT) == "index"
