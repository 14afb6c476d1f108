"""Feeds: no file makes reading fail, and every entry that feedparser finds in a file is found, under the same address.

python -m benchmarks.feeds DIR/feeds-feedparser
"""

import argparse
import io
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import feedparser
from rich.console import Console

from benchmarks.figures import Figure, Measured, shown
from benchmarks.verdict import settle_figures
from flows.models import seeds
from transforms.addresses import AddressRules
from transforms.feeds import Feed, read_feed

_ADDRESS = "http://feeds.example/folder/feed.xml"
"""Where every file is taken to come from: relative links count from there."""


@dataclass(frozen=True, slots=True)
class Held:
    """One file against feedparser: entries and addresses that it finds, how many of them we find, and what is wrong."""

    is_feed: bool
    entries: int
    found_entries: int
    links: int
    same_links: int
    made_links: int = 0
    crash: str | None = None
    fault: str | None = None


def hold(raw: bytes, rules: AddressRules) -> Held:
    """Read one file both ways."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # feedparser warns of what it reads in broken feeds
        known = feedparser.parse(io.BytesIO(raw))
    links = [(str(entry.get("feedburner_origlink") or entry.get("link") or ""), entry) for entry in known.entries]
    # feedparser makes a link of any id where there is none: `17`, counted from where the feed is, names no page.
    wanted = [link for link, entry in links if link and (not entry.get("guidislink") or link.startswith("http"))]
    made = sum(bool(link) for link, _ in links) - len(wanted)
    try:
        feed = read_feed(raw, _ADDRESS, rules)
    except Exception as error:
        # An exception that leaves the reading is what this measure looks for: it must not end the measuring.
        crash = f"raised {type(error).__name__}: {error}"
        return Held(False, len(known.entries), 0, len(wanted), 0, crash=crash, fault=crash)
    return replace(_compared(feed, len(known.entries), wanted, rules), made_links=made)


def _compared(feed: Feed | None, entries: int, wanted: Sequence[str], rules: AddressRules) -> Held:
    found = len(feed.entries) + feed.nameless if feed else 0
    ours = [entry.address for entry in feed.entries] if feed else []
    theirs = [rules.cleaned(link, _ADDRESS) for link in wanted]
    same = sum(address in ours for address in theirs)
    fault = None
    if found != entries:
        fault = f"{found} entries, not {entries}"
    elif same != len(theirs):
        fault = f"addresses {ours}, not {theirs}"
    return Held(feed is not None, entries, entries if found == entries else 0, len(wanted), same, fault=fault)


def measure_feeds(folder: Path) -> Measured:
    """Every file of a folder and of those below it."""
    rules = AddressRules.from_frame(seeds()["address_words"])
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    held = [hold(file.read_bytes(), rules) for file in files]
    faults = [f"{file.relative_to(folder)}: {shown(each.fault)}" for file, each in zip(files, held, strict=True) if each.fault]
    crashes = sum(each.crash is not None for each in held)
    entries, links = sum(each.entries for each in held), sum(each.links for each in held)
    alike = sum(each.found_entries == each.entries and not each.crash for each in held)
    same, made, read = sum(each.same_links for each in held), sum(each.made_links for each in held), len(held) - crashes
    detail = f"{alike} of {len(held)} files, {sum(each.is_feed for each in held)} of them feeds; {entries} entries"
    of_links = f"{same} of {links}; {made} more it made of ids"
    figures = [
        Figure(folder.name, "files read without a crash", _share(read, len(held)), f"{len(held)} files", slack=0.0),
        Figure(folder.name, "files with the entries that feedparser finds", _share(alike, len(held)), detail, slack=0.0),
        Figure(folder.name, "addresses that feedparser finds", _share(same, links), of_links, slack=0.0),
    ]
    return Measured(figures, faults)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def main(folder: Path, *, reason: str | None = None) -> int:
    """Measure, print, and hold against the bounds. Returns 1 where one is not kept."""
    console = Console(width=None if sys.stdout.isatty() else 180, highlight=False)
    measured = measure_feeds(folder)
    for fault in measured.errors:
        console.print(fault, markup=False)
    return settle_figures(measured.figures, reason, console)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.feeds", description="Read every feed of a folder.")
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder with feeds")
    parser.add_argument("--accept", metavar="REASON", help="accept what is measured now, for this reason")
    return parser.parse_args()


if __name__ == "__main__":
    given = _arguments()
    sys.exit(main(given.folder, reason=given.accept))
