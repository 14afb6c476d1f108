"""How the pages write things: numbers, days, names, links and claims, each escaped where it comes from an article."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256
from itertools import groupby
from urllib.parse import quote

from markupsafe import Markup

from flows.reports.claims import Passage
from flows.reports.files import file_name
from flows.reports.rows import Row

_UNKNOWN = "–"
_AROUND = 240
"""Characters of the article that are shown on either side of a claim."""
_MARKED = 900
"""Characters of a claim that are shown: a sentence is seldom longer, but a page without full stops may be one."""
_TITLE = 200
"""Characters of a headline that are shown."""
_LINKED = ("https://", "http://", "file://")
"""A page's address may be anything, `javascript:` too: only these become links."""

TYPES = {
    "PERSON": "person", "ORG": "organisation", "GPE": "country, city or state", "LOC": "place", "PRODUCT": "product",
    "EVENT": "event", "WORK": "work", "LAW": "law", "NORP": "people or group", "OTHER": "other",
}  # fmt: skip
"""Types of entities, in words."""


def number(value: float | None) -> str:
    """A count with thousands apart: 12,345."""
    return _UNKNOWN if value is None else f"{value:,.0f}"


def percent(value: float | None) -> str:
    """A percentage that never rounds what is not whole to 0 or 100: 99.97 is `>99.9%`."""
    if value is None:
        return _UNKNOWN
    if 0 < value < 0.1:
        return "<0.1%"
    if 99.9 < value < 100:
        return ">99.9%"
    return f"{value:.1f}%".replace(".0%", "%")


def compact(value: float | None) -> str:
    """A figure as people write it: 405 billion, 1.1 million, 37.5, 1,200."""
    if value is None:
        return _UNKNOWN
    for size, name in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if abs(value) >= size:
            return f"{value / size:.4g} {name}"
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def amount(figure: Row) -> str:
    """A figure as it was read: about 1.1 million to 2 million dollar."""
    upper = "" if figure["upper_value"] is None else f" to {compact(figure['upper_value'])}"
    return f"{'about ' if figure['is_approximate'] else ''}{compact(figure['value'])}{upper} {figure['unit'] or ''}".rstrip()


def day(value: date | None) -> str:
    """A day: 2 Nov 2026."""
    return _UNKNOWN if value is None else f"{value.day} {value:%b %Y}"


def moment(value: datetime | None) -> str:
    """A moment: 2 Nov 2026, 06:30 UTC."""
    return _UNKNOWN if value is None else f"{day(value)}, {value:%H:%M} UTC"


def cut(text: str, length: int = _TITLE) -> str:
    """The text, or its beginning and an ellipsis where it is longer."""
    return text if len(text) <= length else text[:length] + "…"


def headline(title: str | None, url: str) -> str:
    """The title, else the last part of the address, as the holder of what an article without a site says."""
    return title or url.rstrip("/").rpartition("/")[2] or url


def link(words: str | None, url: str) -> Markup:
    """The words as a link to the page, as plain text where its address is of a kind that a browser might carry out."""
    shown = Markup("<bdi>{}</bdi>").format(cut(words or url))
    if not url.lower().startswith(_LINKED):
        return shown
    return Markup('<a href="{}" rel="noreferrer">{}</a>').format(url, shown)


def entity_link(entity: Row, root: str) -> Markup:
    """The entity's name as a link to its page, else to the search for it. `root` is the way up to the folder of the pages."""
    name = cut(entity["name"])
    if entity["has_page"]:
        return Markup('<a href="{}entities/{}.html"><bdi>{}</bdi></a>').format(root, file_name(entity["entity_id"]), name)
    return Markup('<a href="{}claims.html?q={}"><bdi>{}</bdi></a>').format(root, asked(f'"{name}"'), name)


def asked(words: str) -> str:
    """The words as they stand in an address that asks the search for them."""
    return quote(words, safe="")


def marked(passage: Passage) -> Markup:
    """The passage with the claim marked; what stands far from it is cut."""
    before, claim, after = passage.parts
    if len(before) > _AROUND:
        before = "…" + before[-_AROUND:]
    return Markup("{}<mark>{}</mark>{}").format(before, cut(claim, _MARKED), cut(after, _AROUND))


def zones(blocks: list[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Blocks of a text, those of one zone that follow each other together."""
    for zone, run in groupby(blocks, key=lambda block: block["zone"]):
        yield zone, list(run)


def fingerprint(text: str) -> str:
    """What a page's policy calls a style or a script that stands in it (Content Security Policy Level 3, 2.3.1)."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


_CALLED = (
    number, percent, compact, amount, day, moment, cut, headline, link, entity_link, asked, marked, zones, fingerprint,
    file_name,
)  # fmt: skip
FILTERS = {each.__name__: each for each in _CALLED}
"""What templates may call, by its name."""
