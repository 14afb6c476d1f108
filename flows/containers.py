"""What a file is, told by its bytes, and the addresses that a list of them holds."""

import json
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from flows.errors import WrongUse
from flows.fetch.unpack import GZIP_MAGIC, unpack
from transforms.entries import Entry

if TYPE_CHECKING:
    from transforms.addresses import AddressRules

Kind = Literal["folder", "page", "gzip page", "warc", "jsonl", "parquet", "addresses", "feed", "sitemap"]
LISTS: tuple[Kind, ...] = ("addresses", "feed", "sitemap")
"""Files that hold no page but say where pages are."""

READABLE_SUFFIXES = frozenset((".html", ".htm", ".xhtml", ".txt", ".md", ".markdown"))
MOST_LIST_BYTES = 100_000_000
"""A list is read whole; a million addresses take less."""

_SNIFFED_BYTES = 1 << 16
_BOM = b"\xef\xbb\xbf"
_PROLOG = re.compile(
    rb"(?:\s+|<\?[^>]{0,1000}>|<!--.{0,10000}?-->|<!doctype\s[^>\[]{0,1000}(?:\[[^\]]{0,10000}\]\s*)?>)*", re.I | re.S
)
"""What may stand before a document's first element."""
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([a-z]+)[\s/>]", re.I)
_HTML = re.compile(rb"<(?:!doctype\s+html|html)\b", re.I)
"""How a page without a known suffix shows that it is one (WHATWG MIME Sniffing, section 7.1)."""
_ROOTS: dict[bytes, Kind] = {b"rss": "feed", b"feed": "feed", b"rdf": "feed", b"urlset": "sitemap", b"sitemapindex": "sitemap"}
_JSON_FEED = re.compile(rb'\s*\{.{0,2000}?"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org', re.S)
_ROW = re.compile(rb'\s*\{\s*"(?:[^"\\]|\\.)*"\s*:')
_LOOKED_AT = 20
"""Lines that tell whether a file is JSON Lines."""
_LISTED = re.compile(rb"\s*https?://\S+\s*(?:#.*)?", re.I)
_LISTED_SHARE = 0.8
"""Share of lines that must be addresses in a list of them: people write a heading above, or leave a broken one in."""


def kind_of(path: Path) -> Kind | None:
    """What the folder or file is, by its first bytes; None for what can't be read. A text without markup goes by its suffix."""
    if path.is_dir():
        return "folder"
    is_named = _is_named_as_page(path)
    try:
        with path.open("rb") as file:
            head = file.read(_SNIFFED_BYTES)
    except OSError:
        return "page" if is_named else None
    if not head.startswith(GZIP_MAGIC):
        return _kind_of(head, is_named=is_named, is_whole=len(head) < _SNIFFED_BYTES)
    inner, is_whole = _unpacked(head)
    kind = _kind_of(inner, is_named=is_named, is_whole=is_whole)
    return "gzip page" if kind == "page" else kind


def is_packed(path: Path) -> bool:
    """Whether the file is packed with gzip."""
    with path.open("rb") as file:
        return file.read(len(GZIP_MAGIC)) == GZIP_MAGIC


def addresses_in(path: Path, rules: "AddressRules") -> tuple[Entry, ...] | None:
    """What a feed, a sitemap or a list of addresses names, each address once; None where the file is none of these.

    The further sitemaps that an index names are left out. Raises WrongUse where the file can't be read to its end.
    """
    kind = kind_of(path)
    if kind not in LISTS:
        return None
    raw = _whole(path)
    found: tuple[Entry, ...] = ()
    if kind == "feed":
        from transforms.feeds import read_feed  # noqa: PLC0415   most runs read no such file

        feed = read_feed(raw, "", rules)
        found = feed.entries if feed else ()
    elif kind == "sitemap":
        from transforms.sitemaps import read_sitemap  # noqa: PLC0415

        sitemap = read_sitemap(raw, "", rules)
        if sitemap and sitemap.sitemaps and not sitemap.entries:
            raise WrongUse(f"{path} is an index of sitemaps, which are on the web: name its address instead of the file.")
        found = sitemap.entries if sitemap else ()
    else:
        from transforms.sitemaps import read_address_list  # noqa: PLC0415

        listed = read_address_list(raw.decode("utf-8-sig", "replace"), rules)
        found = tuple(Entry(address) for address in listed.addresses)
    return tuple({entry.address: entry for entry in found}.values())


def _kind_of(head: bytes, *, is_named: bool, is_whole: bool) -> Kind | None:
    """What begins so. `is_whole`: there is no more of it."""
    if head.startswith(b"WARC/"):
        return "warc"
    if head.startswith(b"PAR1"):
        return "parquet"
    text = head.removeprefix(_BOM)
    if _JSON_FEED.match(text):
        return "feed"
    if _is_rows(text, is_whole=is_whole):
        return "jsonl"
    # Markup in two bytes a character shows itself without the zeros between.
    first = text.replace(b"\0", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    if _HTML.match(first.lstrip()):
        return "page"
    start = _PROLOG.match(first)
    root = _ROOT.match(first, start.end() if start else 0)
    if root and (kind := _ROOTS.get(root[1].lower())):
        return kind
    if root and root[1].lower() == b"html":
        return "page"
    if _is_address_list(text, is_whole=is_whole):
        return "addresses"
    return "page" if is_named else None


def _is_named_as_page(path: Path) -> bool:
    name = path.name.lower()
    return Path(name.removesuffix(".gz")).suffix in READABLE_SUFFIXES


def _is_rows(text: bytes, *, is_whole: bool) -> bool:
    """Whether lines are objects of JSON (jsonlines.org): the first begins as one, most do, and one can be read."""
    lines = [line for line in text.split(b"\n") if line.strip()][:_LOOKED_AT]
    rows = [line for line in lines if _ROW.match(line)]
    if not rows or not lines[0].lstrip().startswith(b"{") or 2 * len(rows) < len(lines):
        return False
    is_cut = len(lines) == 1 and not is_whole and not text.endswith(b"\n")
    return is_cut or any(map(_is_object, rows))


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line.decode("utf-8", "replace"), strict=False), dict)
    except (ValueError, RecursionError):
        return False


def _is_address_list(text: bytes, *, is_whole: bool) -> bool:
    lines = text.split(b"\n")
    stated = [line for line in (lines if is_whole else lines[:-1]) if line.strip() and not line.lstrip().startswith(b"#")]
    return bool(stated) and sum(bool(_LISTED.fullmatch(line)) for line in stated) >= _LISTED_SHARE * len(stated)


def _unpacked(packed: bytes) -> tuple[bytes, bool]:
    """The first bytes of what is packed, as far as they can be had, and whether they are all."""
    stream = zlib.decompressobj(31)
    try:
        return stream.decompress(packed, _SNIFFED_BYTES), stream.eof and not stream.unused_data
    except zlib.error:
        return b"", False


def _whole(path: Path) -> bytes:
    raw = path.read_bytes() if path.stat().st_size <= MOST_LIST_BYTES else b""
    unpacked = unpack(raw, ["gzip"] if raw.startswith(GZIP_MAGIC) else [], max_bytes=MOST_LIST_BYTES)
    if unpacked.fault or not raw:
        raise WrongUse(f"{path} can't be read to its end: it is {unpacked.fault or 'too large'}. Mend the file, or split it.")
    return unpacked.content
