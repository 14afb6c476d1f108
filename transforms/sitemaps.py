"""Sitemaps and lists to the addresses that they name (sitemaps.org, protocol 0.9; Google's news sitemaps)."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from transforms.addresses import AddressRules
from transforms.entries import Entry, written_moment
from transforms.page_lines import squeeze
from transforms.xml_bytes import harmless_xml

MAX_ENTRIES = 50_000
"""A sitemap names at most so many addresses, and an index so many sitemaps (protocol 0.9)."""
_SNIFFED_BYTES = 16_384
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:urlset|sitemapindex)[\s/>]", re.I)
_ELEMENT = re.compile(rb"<[a-z]", re.I)
_NOTE = re.compile(rb"<!--.*?-->", re.S)
_STRAY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")
"""An ampersand that begins no entity of XML: sites forget to escape those of their addresses."""
_COMMENT = re.compile(r"(?:^|\s)#.*")
_MOMENTS = ("lastmod", "publication_date")
"""When the page was changed goes before when the story was published."""

Stated = dict[str, str]


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap names: pages, and further sitemaps, in its order.

    `nameless` counts entries that name no address which could be read, `surplus` those beyond MAX_ENTRIES, which are not read.
    """

    entries: tuple[Entry, ...]
    sitemaps: tuple[Entry, ...]
    nameless: int = 0
    surplus: int = 0


@dataclass(frozen=True, slots=True)
class AddressList:
    """The addresses of a list, in its order, and the numbers of lines that hold none, from 1."""

    addresses: tuple[str, ...]
    wrong_lines: tuple[int, ...]


def read_sitemap(raw: bytes, address: str, rules: AddressRules) -> Sitemap | None:
    """The entries of a sitemap or of an index of sitemaps that came from `address`; None for what is neither.

    Broken XML is read as far as it goes. Entities are not expanded and nothing is fetched.
    """
    # Most of what is asked about is no sitemap: parsing tells that too late for a page of twenty megabytes.
    if not _ROOT.search(raw[:_SNIFFED_BYTES].replace(b"\x00", b"")):
        return None
    data = harmless_xml(raw)
    root = _ROOT.search(data)
    if root is None or _ELEMENT.search(_NOTE.sub(b"", data[: root.start()])):
        return None
    found: dict[str, list[Entry]] = {"url": [], "sitemap": []}
    read = nameless = surplus = 0
    for kind, stated in _stated(data[root.start() :]):
        if read == MAX_ENTRIES:
            surplus += 1
            continue
        read += 1
        location = rules.cleaned(stated.get("loc", ""), address) if stated.get("loc") else None
        if location is None:
            nameless += 1
            continue
        moments = (written_moment(stated.get(name, "")) for name in _MOMENTS)
        found[kind].append(Entry(location, stated.get("title"), next(filter(None, moments), None)))
    return Sitemap(tuple(found["url"]), tuple(found["sitemap"]), nameless, surplus)


def _stated(data: bytes) -> Iterator[tuple[str, Stated]]:
    """What each `url` and `sitemap` element states, by local name: sites write the namespace in many ways, or forget it."""
    # From the root on there is no document type, so nothing declares entities. What is broken, the parser mends (`recover`);
    # it fetches nothing, and gives up on texts and nesting without end.
    source = io.BytesIO(_STRAY.sub(b"&amp;", data))
    parser = etree.iterparse(source, recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        for _, element in parser:
            kind = _local(element)
            if kind in ("url", "sitemap"):
                yield kind, _fields(element)
                element.clear()
                while element.getprevious() is not None:  # else those that are read stay in memory until the end
                    del element.getparent()[0]
    except etree.XMLSyntaxError:  # past mending: what came before stands
        return


def _fields(element: etree._Element) -> Stated:
    """The fields of one entry and of its `news` part, by local name, the first of each.

    Those of its images and videos are not its own: they have a `loc` too.
    """
    stated: Stated = {}
    for child in element:
        for field in child if _local(child) == "news" else (child,):
            if (name := _local(field)) and (text := squeeze("".join(field.itertext()))):
                stated.setdefault(name, text)
    return stated


def _local(element: etree._Element) -> str:
    """An element's name without its namespace, also without a prefix that nothing declares; none of comments."""
    return element.tag.rpartition("}")[2].rpartition(":")[2] if isinstance(element.tag, str) else ""


def read_address_list(text: str, rules: AddressRules) -> AddressList:
    """The addresses of a text, one a line.

    Blank lines are passed over, and so is what follows a `#` at the begin of a line or behind a blank.
    """
    addresses, wrong = [], []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        written = _COMMENT.sub("", line).strip()
        if not written:
            continue
        address = rules.cleaned(written)
        if address is None:
            wrong.append(number)
        else:
            addresses.append(address)
    return AddressList(tuple(addresses), tuple(wrong))
