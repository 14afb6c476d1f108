"""Addresses of pages: what is asked for, and what tells whether two of them are one page (RFC 3986, WHATWG URL)."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Self
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

import idna
import polars as pl

MAX_CHARS = 8000
"""The longest address that every server must take (RFC 9110, section 4.1)."""
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*")
_EDGES = "".join(map(chr, range(0x21)))
"""What browsers cut from both ends: control characters and the space (WHATWG URL, section 4.4)."""
_NUMERIC = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)")
"""A host whose last label is a number is an IPv4 address in one of its forms (WHATWG URL, section 3.5)."""
_AMPERSANDS = re.compile(r"&(?:amp;)+")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = "/!$&'()*+,;=:@%-._~"
_QUERY_SAFE = _PATH_SAFE + "?"
_WRAPPED = re.compile(r"/(?:amp|[a-z]{1,3})/(s/)?(?P<host>[^/]+\.[a-z][^/.]+(?::\d+)?)(?P<path>/.*)?\Z")
"""An address within that of a copy: `/c/s/host/path` in a cache, `/amp/s/host/path` in a viewer; `s` stands for https."""


@dataclass(frozen=True)
class AddressRules:
    """What of an address names no page, from `seeds/lexicons/address_words.csv`."""

    tracking: tuple[tuple[re.Pattern[str], re.Pattern[str] | None], ...]
    variants: tuple[tuple[re.Pattern[str], re.Pattern[str] | None], ...]
    tracking_segment: re.Pattern[str]
    host_label: re.Pattern[str]
    path_segment: re.Pattern[str]
    path_end: re.Pattern[str]
    amp_cache: re.Pattern[str]

    @classmethod
    def from_frame(cls, frame: pl.DataFrame) -> Self:
        """Build from columns kind, form and value.

        `tracking` and `variant` are parameters, by name and, where `value` is given, by value; both match whole, in any case.
        """
        rows = frame.select("kind", "form", pl.col("value").fill_null("")).rows()

        def joined(kind: str) -> re.Pattern[str]:
            return re.compile("|".join(f"(?:{form})" for of, form, _ in rows if of == kind), re.I)

        def pairs(kind: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str] | None], ...]:
            plain = "|".join(form for of, form, value in rows if of == kind and not value)
            valued = [(form, value) for of, form, value in rows if of == kind and value]
            return (
                *(((re.compile(plain, re.I), None),) if plain else ()),
                *((re.compile(form, re.I), re.compile(value, re.I)) for form, value in valued),
            )

        return cls(
            pairs("tracking"),
            pairs("variant"),
            *(joined(kind) for kind in ("tracking_segment", "host_label", "path_segment", "path_end", "amp_cache")),
        )

    def cleaned(self, address: str, base: str | None = None) -> str | None:
        """The address as it is asked for: whole, in its normal form, and without what only counts visits.

        Nothing goes that may decide what the server answers: an AMP address stays one, parameters stay in their order.
        A relative address counts from `base`. None for what is no http or https address. Cleaning twice changes nothing.
        """
        text = address.strip(_EDGES)
        if not text or len(text) > MAX_CHARS:
            return None
        try:
            parts = urlsplit(_forward(urljoin(_forward(base), _forward(text)) if base else text))
            place = _place(parts)
        except ValueError:  # brackets, ports and labels that can be none
            return None
        if place is None:
            return None
        segments = (self._without_session(segment) for segment in parts.path.split("/"))
        path = _without_dots(_normal("/".join(segments), _PATH_SAFE))
        query = "&".join(self._kept(parts.query, self.tracking))
        whole = f"{place}{path}{'?' if query else ''}{query}"
        return whole if len(whole) <= MAX_CHARS else None

    def identity(self, address: str) -> str:
        """What two addresses of one page have in common: compare it, never ask for it. Anything that is no address stays.

        Folded are what a site's own redirects and canonical links fold nearly without exception: http and https, `www.`, a
        slash at the end, the order of parameters, AMP and mobile forms. Letter case and other parameters stay: they may name
        another page, and a page taken for another is never read.
        """
        found = self.cleaned(address)
        if found is None:
            return address
        while (folded := self._folded(found)) != found:
            found = folded
        return found

    def _folded(self, address: str) -> str:
        """One round of folding; what a round uncovers, such as the page within a cache's address, the next one folds."""
        parts = urlsplit(address)
        host, colon, port = parts.netloc.partition(":") if not parts.netloc.startswith("[") else (parts.netloc, "", "")
        wrapped = _WRAPPED.match(parts.path)
        if wrapped and (self._is_cache(host) or parts.path.startswith("/amp/s/")):
            inner = self.cleaned(f"https://{wrapped['host']}{wrapped['path'] or '/'}{'?' if parts.query else ''}{parts.query}")
            if inner is not None:
                return inner
        path = self.path_end.sub("", parts.path)
        segments = path.split("/")
        if len(segments) > 2 and self.path_segment.fullmatch(segments[-1]):
            segments = segments[:-1]
        elif len(segments) > 2 and self.path_segment.fullmatch(segments[1]):
            segments = ["", *segments[2:]]
        path = "/".join(segments).rstrip("/") or "/"
        query = "&".join(sorted(self._kept(parts.query, self.variants), key=lambda piece: piece.partition("=")[0]))
        whole = f"https://{self._plain_host(host)}{colon}{port}{path}{'?' if query else ''}{query}"
        # A port that https takes for granted may have come with http.
        return self.cleaned(whole) or whole

    def _is_cache(self, host: str) -> bool:
        labels = host.split(".")
        return any(self.amp_cache.fullmatch(".".join(labels[at:])) for at in range(len(labels) - 1))

    def _plain_host(self, host: str) -> str:
        """The host without a label for AMP or mobile, first or second (behind a language's); two labels must stay."""
        labels = host.split(".")
        for at in (0, 1):
            if len(labels) > at + 2 and self.host_label.fullmatch(labels[at]):
                return ".".join(labels[:at] + labels[at + 1 :])
        return host

    def _kept(self, query: str, dropped: Iterable[tuple[re.Pattern[str], re.Pattern[str] | None]]) -> Iterable[str]:
        """The parameters of a query that name the page, in order."""
        for piece in _AMPERSANDS.sub("&", query).split("&"):
            name, _, value = (unquote(part) for part in piece.partition("="))
            is_dropped = any(names.fullmatch(name) and (values is None or values.fullmatch(value)) for names, values in dropped)
            if piece and not is_dropped:
                yield _normal(piece, _QUERY_SAFE)

    def _without_session(self, segment: str) -> str:
        """A segment of a path without parameters that name one visit (RFC 3986, section 3.3)."""
        if ";" not in segment:
            return segment
        first, *parameters = segment.split(";")
        return ";".join([first, *(one for one in parameters if not self.tracking_segment.fullmatch(one))])


def _forward(address: str) -> str:
    """An address with the backslashes before its query turned, as browsers do: else `a\\@b` names one host here, one there."""
    head, mark, rest = address.partition("?")
    return head.replace("\\", "/") + mark + rest


def _place(parts: SplitResult) -> str | None:
    """Scheme, host and port of an address, without credentials; None for what names no host of the web."""
    return _place_of(parts.scheme, parts.netloc)


@lru_cache(maxsize=10_000)
def _place_of(scheme: str, netloc: str) -> str | None:
    """The same: a listing names one host thousands of times."""
    parts = SplitResult(scheme.lower(), netloc, "", "", "")
    scheme = parts.scheme
    if scheme not in _PORTS:
        return None
    host = _host(parts.hostname or "")
    if host is None or parts.port == 0:
        return None
    port = "" if parts.port in (None, _PORTS[scheme]) else f":{parts.port}"
    return f"{scheme}://{host}{port}"


def _host(name: str) -> str | None:
    """A host in the form that is looked up: lower case, A-labels (IDNA 2008 with the mapping of UTS 46), no dot at its end.

    An IPv4 address counts in its common form alone: `0x7f.1` and `2130706433` are ways to hide one.
    """
    if ":" in name:
        try:
            return f"[{ipaddress.IPv6Address(name).compressed}]" if "%" not in name else None
        except ipaddress.AddressValueError:
            return None
    host = unquote(name).lower()
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True, std3_rules=False, transitional=False).decode("ascii")
        except idna.IDNAError:
            return None
    host = host.removesuffix(".")
    if _NUMERIC.fullmatch(host):
        try:
            return str(ipaddress.IPv4Address(host))
        except ipaddress.AddressValueError:
            return None
    return host if _HOST.fullmatch(host) else None


def _normal(text: str, safe: str) -> str:
    """Percent-encoding in its normal form (RFC 3986, section 6.2.2): only what must be is encoded, in upper case, as UTF-8."""

    def upper(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return character if character in _UNRESERVED else f"%{match[1].upper()}"

    return quote(_ESCAPE.sub(upper, _STRAY.sub("%25", text)), safe=safe, errors="replace")


def _without_dots(path: str) -> str:
    """A path without `.` and `..` (RFC 3986, section 5.2.4); at least `/`."""
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    if path.endswith(("/.", "/..")):
        kept.append("")
    return "/" + "/".join(kept)
