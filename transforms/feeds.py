"""Feeds to the addresses that they name: RSS 0.9 to 2.0, RDF, Atom, CDF and JSON Feed, in any encoding."""

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from time import struct_time

import feedparser

from transforms.addresses import AddressRules
from transforms.entries import Entry, sound_moment, written_moment
from transforms.page_lines import squeeze
from transforms.xml_bytes import harmless_xml

TITLE_CHARS = 500
"""A title longer than this is cut: it is shown to a person, and read from the page itself later on."""
_SNIFFED_BYTES = 4096
_HTML = re.compile(rb"\W*(?:<\?[^>]*>\s*|<!--[^>]*-->\s*)*<(?:!doctype\s+html|html)\b", re.I)
_TAG = re.compile(r"<[^<>]+>")
_JSON_FEED = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/")
_WEB = re.compile(r"\s*https?://", re.I)

Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed names, in its order. `nameless` counts entries that name no address which could be read."""

    title: str | None
    entries: tuple[Entry, ...]
    nameless: int


def read_feed(raw: bytes, address: str, rules: AddressRules, *, content_type: str | None = None) -> Feed | None:
    """The entries of a feed that came from `address`; None for what is no feed.

    Markup is read by feedparser, as broken as it is; `content_type` is the header that came with it, whose charset goes
    before what the feed says of itself (RFC 7303). No entity that the feed declares is expanded, so a few bytes cannot
    unpack to many and nothing is fetched; HTML's own are.
    """
    start = raw[:_SNIFFED_BYTES].replace(b"\x00", b"")
    if start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return _read_json(raw, address, rules)
    if _HTML.match(start):
        return None
    parsed = feedparser.parse(
        io.BytesIO(harmless_xml(raw, content_type)),  # bytes alone would be tried as the name of a file
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.get("version") and not parsed.entries:  # feedparser names no version of what it gave up early
        return None
    return _gathered(_title(parsed.feed), [_entry(fields, address, rules) for fields in parsed.entries])


def _gathered(title: str | None, found: list[Entry | None]) -> Feed:
    entries = tuple(entry for entry in found if entry is not None)
    return Feed(title, entries, len(found) - len(entries))


def _entry(fields: Fields, base: str, rules: AddressRules) -> Entry | None:
    """One entry of a feed as feedparser gives it; None where it names no address."""
    link = fields.get("feedburner_origlink") or fields.get("link")
    # An RSS guid counts as a link unless the feed denies it; many are mere numbers all the same. feedparser is not told where
    # the feed came from: it would make an address of them.
    if fields.get("guidislink") and not _WEB.match(str(fields.get("id"))):
        link = fields.get("feedburner_origlink")
    address = rules.cleaned(link, base) if isinstance(link, str) else None
    if address is None:
        return None
    return Entry(address, _title(fields), _moment(fields))


def _title(fields: Fields) -> str | None:
    """A title as text: many feeds write it in HTML."""
    title, detail = fields.get("title"), fields.get("title_detail")
    if not isinstance(title, str):
        return None
    if isinstance(detail, dict) and "html" in str(detail.get("type")):
        title = unescape(_TAG.sub("", title))
    return squeeze(title)[:TITLE_CHARS] or None


def _moment(fields: Fields) -> datetime | None:
    """When the entry was changed, else when it was published."""
    for name in ("updated_parsed", "published_parsed", "created_parsed"):
        # feedparser answers for `updated` with `published`, and warns of it: the plain dict does not.
        found = dict.get(fields, name) if isinstance(fields, dict) else None
        if isinstance(found, struct_time):
            try:
                moment = sound_moment(datetime(*found[:6]))
            except ValueError:
                continue
            if moment:
                return moment
    return None


def _read_json(raw: bytes, base: str, rules: AddressRules) -> Feed | None:
    """A JSON Feed (jsonfeed.org, version 1 and 1.1)."""
    try:
        feed = json.loads(raw, strict=False)
    except (ValueError, RecursionError):
        return None
    if not isinstance(feed, dict) or not _JSON_FEED.match(str(feed.get("version"))):
        return None
    items = feed.get("items")
    return _gathered(_title(feed), [_json_entry(item, base, rules) for item in items] if isinstance(items, list) else [])


def _json_entry(item: object, base: str, rules: AddressRules) -> Entry | None:
    """One item: its page, else the page that it links to, else an id that is an address, as old blogs have it."""
    if not isinstance(item, dict):
        return None
    identifier = item.get("id")
    links = [item.get("url"), item.get("external_url"), identifier if _WEB.match(str(identifier)) else None]
    address = next((found for link in links if isinstance(link, str) and (found := rules.cleaned(link, base))), None)
    if address is None:
        return None
    moments = [written_moment(str(item.get(name) or "")) for name in ("date_modified", "date_published")]
    return Entry(address, _title(item), next(filter(None, moments), None))
