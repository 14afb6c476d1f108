"""Strings that break things, as titles, texts, addresses and settings: nothing crashes, and each ends in one outcome.

python -m benchmarks.naughty DIR/strings-naughty
"""

import argparse
import html
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from rich.console import Console

from benchmarks.figures import Figure, Measured, shown
from benchmarks.reading import default_reader
from benchmarks.verdict import settle_figures
from flows.errors import WrongUse
from flows.models import seeds
from flows.settings import load_settings
from transforms.addresses import AddressRules
from transforms.feeds import read_feed
from transforms.page_signs import PageWords, announced_feeds, kind_of_page, loads_by_script, refresh_target, soft_404
from transforms.read import Page, read_pages
from transforms.sitemaps import read_address_list, read_sitemap
from warehouse.tables import OUTCOMES

_BASE = "https://site.example/folder/page?a=1"
_PAGE = (
    '<html><head><title>{0}</title><meta http-equiv="refresh" content="0; url={0}">'
    '<link rel="alternate" type="application/rss+xml" href="{0}" title="{0}"></head>'
    "<body><h1>{0}</h1><p>The council said on Tuesday that {0} would cost 5 million dollars by 2030.</p>"
    '<p>Its rival "{0}" disagrees, according to Jane Smith, who has denied three reports of it since last week.</p></body>'
)
_FEED = "<rss version='2.0'><channel><title>{0}</title><item><title>{0}</title><link>{0}</link></item></channel></rss>"
_SITEMAP = "<urlset><url><loc>{0}</loc><lastmod>{0}</lastmod></url></urlset>"
_AROUND = ("{}", "http://{}", "http://{}@site.example/", "http://site.example:{}/", "https://site.example/{}", "/?q={}")
_SETTINGS = (
    "data_dir = {}",
    "warehouse = {}",
    "{} = 1",
    "[reading]\nmodel = {}",
    "[reading]\nlanguages = [{}]",
    "[reading]\nmin_words = {}",
    "[fetch]\ncontact = {}",
    "[fetch]\nallowed_hosts = [{}]",
    "[schedule]\ncollect = {}",
    "[schedule]\ntimezone = {}",
    "[[sources]]\nlocation = {}",
    "[[sources]]\nkind = {}\nlocation = 'a'",
    "[[sources]]\nlocation = 'a'\ntitle = {0}\ncolumns = {{ text = {0} }}",
)

Way = Callable[[str], str | None]
"""Puts one string to one use; what went wrong, in words, or None."""


def measure_naughty(folder: Path) -> Measured:
    """Every string of `blns.json` in every way."""
    strings = json.loads((folder / "blns.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as place:
        ways: dict[str, Way] = {
            "addresses": as_address,
            "titles and links of feeds, sitemaps and pages": as_listing,
            "settings": partial(as_settings, file=Path(place) / "claimhouse.toml"),
            "titles, texts and addresses of pages read": as_page,
        }
        results = {name: [_caught(way, string) for string in strings] for name, way in ways.items()}
    return _summarised(folder.name, strings, results)


def _caught(way: Way, string: str) -> str | None:
    try:
        return way(string)
    except Exception as error:
        # An exception is what this measure looks for: it must not end the measuring.
        return f"raised {type(error).__name__}: {error}"


def _summarised(data: str, strings: Sequence[str], results: dict[str, list[str | None]]) -> Measured:
    figures, faults = [], []
    for name, ended in results.items():
        wrong = [
            f"{name}: {shown(ascii(string))}: {shown(fault)}" for string, fault in zip(strings, ended, strict=True) if fault
        ]
        faults += wrong
        value = 1 - len(wrong) / len(strings) if strings else 0.0
        figures.append(Figure(data, f"strings that do no harm as {name}", value, f"{len(strings)} strings", slack=0.0))
    return Measured(figures, faults)


def as_address(string: str) -> str | None:
    """As an address, as part of one and in a list of them: a cleaned one stays as it is, and so does an identity."""
    rules = _rules()
    for address in _addresses(string):
        for base in (None, _BASE):
            cleaned = rules.cleaned(address, base)
            if cleaned is None:
                continue
            if rules.cleaned(cleaned) != cleaned or not cleaned.isascii() or any(each <= " " for each in cleaned):
                return f"{cleaned!r} is not clean"
            if rules.identity(rules.identity(cleaned)) != rules.identity(cleaned):
                return f"{cleaned!r} has two identities"
    lines = read_address_list(string, rules)
    return None if len(lines.addresses) + len(lines.wrong_lines) <= len(string.splitlines()) else "a line counts twice"


def as_listing(string: str) -> str | None:
    """As title, link and date of feeds, sitemaps and heads of pages, escaped and not."""
    rules, words = _rules(), PageWords.from_frame(seeds()["page_words"])
    feed = json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": string, "items": [{"url": string, "title": string}]}
    )
    for written in (html.escape(string), string, f"<![CDATA[{string}]]>"):
        read_feed(_FEED.format(written).encode("utf-8", "replace"), _BASE, rules)
        read_sitemap(_SITEMAP.format(written).encode("utf-8", "replace"), _BASE, rules)
        page = _PAGE.format(written)
        announced_feeds(page, _BASE, rules)
        refresh_target(page, _BASE, rules)
        loads_by_script(page, words)
        soft_404(page, words)
        kind_of_page(page, _BASE)
    escaped = read_feed(_FEED.format(html.escape(string)).encode("utf-8", "replace"), _BASE, rules)
    if escaped is None or len(escaped.entries) + escaped.nameless != 1:
        return "an RSS feed that holds it, escaped, has not its one entry"
    if read_feed(feed.encode(), _BASE, rules) is None:
        return "a JSON feed that holds it is none"
    return None


def as_settings(string: str, *, file: Path) -> str | None:
    """As the value and the name of settings, quoted and bare: accepted, or refused with a mend."""
    quoted = json.dumps(string, ensure_ascii=False).replace("\x7f", "\\u007f")  # TOML escapes as JSON does, but for this
    for value in (quoted, string):
        for setting in _SETTINGS:
            file.write_bytes(setting.format(value).encode("utf-8", "replace"))
            try:
                load_settings(file)
            except WrongUse as error:
                if not str(error).strip():
                    return "refused without a word"
    return None


def as_page(string: str) -> str | None:
    """As title, text, name and address of a page, through the whole reading of pages."""
    reader, known = default_reader(), datetime(2000, 1, 1)
    raws = [_PAGE.format(html.escape(string)), f"{string}\n\nThe council said that {string} would cost more by 2030."]
    pages = [Page(string, string, "benchmark", raw.encode("utf-8", "replace"), known) for raw in raws]
    rows = read_pages(pages, reader)["documents"].select("outcome", "outcome_reason").rows()
    if len(rows) != len(pages) or any(outcome not in OUTCOMES for outcome, _ in rows):
        return f"ended in {rows}"
    return next((reason for _, reason in rows if reason and reason.startswith("reading it failed")), None)


def _addresses(string: str) -> Iterator[str]:
    yield from (around.replace("{}", string) for around in _AROUND)


def _rules() -> AddressRules:
    return AddressRules.from_frame(seeds()["address_words"])


def main(folder: Path, *, reason: str | None = None) -> int:
    """Measure, print, and hold against the bounds. Returns 1 where one is not kept."""
    console = Console(width=None if sys.stdout.isatty() else 180, highlight=False)
    measured = measure_naughty(folder)
    for fault in measured.errors:
        console.print(fault, markup=False)
    return settle_figures(measured.figures, reason, console)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.naughty", description="Put strings that break things to every use."
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder with blns.json")
    parser.add_argument("--accept", metavar="REASON", help="accept what is measured now, for this reason")
    return parser.parse_args()


if __name__ == "__main__":
    given = _arguments()
    sys.exit(main(given.folder, reason=given.accept))
