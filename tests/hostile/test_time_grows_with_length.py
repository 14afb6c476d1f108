"""Text that is made to keep a pattern busy: what takes twice as long for twice as much is read, what takes a square is not."""

from time import process_time

import pytest

from transforms.addresses import AddressRules
from transforms.blocks import Block
from transforms.decode import UnreadableError, decode, media_of
from transforms.feeds import read_feed
from transforms.html import read_html
from transforms.page_signs import PageWords, announced_feeds, kind_of_page, loads_by_script, refresh_target, soft_404
from transforms.plain import read_markdown, read_plain
from transforms.sitemaps import read_address_list, read_sitemap
from transforms.zones import Furniture, assign_zones

CHARS = 40_000
SECONDS = 4.0
"""A hundred times what most of these take; a square of the length would take minutes."""
BASE = "https://site.example/"
UNITS = [
    *"a\0a \x001\x001,\0-\0_\0A.\0'\0\"\0|\0||\0 | a\0<\0\n\0\t\0 \0a-\0[\0(\0http://\0a.\0a/\0/../\0%41\0&amp;\0&#".split(
        "\0"
    ),
    *'<a \0a=\0?a=b&\0@\0:\0é\0\u200b\0\u0301\0<!--\0<![CDATA[\0<p>\0<item>\0{"a":\0> \0- \0* \0`\0**a\0![\0# '.split("\0"),
    *"\\\0a\n\n\0a. B\n\0xx-\0 2020-01-01 \x000x1.\0by \0tooltip_\0tooltip-text-\0url=\0; ".split("\0"),
    "\x01",
]


@pytest.fixture(scope="module")
def rules():
    from flows.models import seeds

    return AddressRules.from_frame(seeds()["address_words"])


@pytest.fixture(scope="module")
def words():
    from flows.models import seeds

    return PageWords.from_frame(seeds()["page_words"])


@pytest.fixture(scope="module")
def furniture():
    from flows.models import seeds

    return Furniture.from_frame(seeds()["furniture"])


def readers(rules, words, furniture):
    """What reads text of others, each as a function of a text."""
    page = "<html><head><title>{0}</title></head><body><h1>{0}</h1><p class='{0}' id='{0}'>{0}</p></body></html>"

    def zoned(text):
        return assign_zones(text, [Block(0, len(text), "body"), Block(0, len(text), "heading")] * 3, furniture)

    def decoded(text):
        try:
            return media_of("a", decode(text.encode("latin-1", "replace")))
        except UnreadableError:
            return None

    return {
        "address": lambda text: rules.cleaned(BASE + text, BASE),
        "host": lambda text: rules.cleaned(f"http://{text}/x", None),
        "identity": lambda text: rules.identity(BASE + text),
        "feed": lambda text: read_feed(
            f"<rss><channel><item><title>{text}</title></item></channel></rss>".encode(), BASE, rules
        ),
        "feed itself": lambda text: read_feed(text.encode(), BASE, rules),
        "sitemap": lambda text: read_sitemap(f"<urlset><url><loc>{BASE}{text}</loc></url></urlset>".encode(), BASE, rules),
        "addresses": lambda text: read_address_list(text, rules),
        "announced": lambda text: announced_feeds(
            f'<link rel=alternate type="application/rss+xml" href="{text}">', BASE, rules
        ),
        "refresh": lambda text: refresh_target(f'<meta http-equiv=refresh content="0;{text}">', BASE, rules),
        "soft 404": lambda text: soft_404(page.format(text), words),
        "script": lambda text: loads_by_script(f"<script></script><noscript>{text}</noscript><p>{text}</p>", words),
        "kind": lambda text: kind_of_page(page.format(text), BASE),
        "page": lambda text: read_html(page.format(text), BASE),
        "decode": decoded,
        "plain": read_plain,
        "markdown": read_markdown,
        "zones": zoned,
    }


@pytest.mark.parametrize("unit", UNITS, ids=ascii)
def test_no_text_keeps_a_reader_busy(unit, rules, words, furniture):
    text = (unit * (CHARS // len(unit) + 1))[:CHARS]
    slow = {}
    for name, read in readers(rules, words, furniture).items():
        began = process_time()
        read(text)
        if (seconds := process_time() - began) > SECONDS:
            slow[name] = seconds
    assert not slow


def test_white_space_in_a_refresh_is_passed_over_once(rules):
    began = process_time()
    assert refresh_target(f'<meta http-equiv=refresh content="0;{" " * 400_000}">', BASE, rules) is None
    assert process_time() - began < SECONDS


@pytest.mark.parametrize("mark", ["tooltip_", "tooltip-text-", "comment", "read-more "])
def test_a_class_of_half_a_megabyte_is_looked_at_in_part(mark):
    began = process_time()
    read_html(f"<body><p class='{mark * 60_000}'>The harbour board said no.</p></body>", BASE)
    assert process_time() - began < SECONDS


def test_a_line_without_words_is_held_against_no_wording(furniture):
    began = process_time()
    text = "|" * 400_000
    assign_zones(text, [Block(0, len(text), "body"), Block(0, len(text), "heading"), Block(0, len(text), "body")], furniture)
    assert process_time() - began < SECONDS
