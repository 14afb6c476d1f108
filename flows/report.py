"""The pages about a warehouse: the quality of its data, and what its articles claim. Self-contained: they can be mailed.

They load nothing from any network, run no script, follow the reader's light or dark mode and fit a phone. Whatever comes from
an article is escaped: a title with a `<script>` in it stays text.
"""

from datetime import date, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from flows.report_claims import Passage, claims_facts
from flows.report_quality import quality_facts

if TYPE_CHECKING:
    from warehouse.database import Connection

_UNKNOWN = "–"
_AROUND = 240
"""Characters of the article that are shown on either side of a claim."""
_MARKED = 900
"""Characters of a claim that are shown: a sentence is seldom longer, but a page without full stops may be one."""
_TITLE = 200
"""Characters of a headline that are shown."""
_LINKED = ("https://", "http://", "file://")
"""A page's address may be anything, `javascript:` too: only these become links."""


def write_pages(con: "Connection", folder: Path) -> list[Path]:
    """Write quality.html and claims.html about the warehouse into the folder, which is made; their paths, in this order.

    A page is replaced as a whole, so that a browser never sees half of one. The same warehouse gives the same pages.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pages = environment()
    facts = {"quality.html": quality_facts(con), "claims.html": claims_facts(con)}
    return [_replace(folder / name, pages.get_template(name).render(**found)) for name, found in facts.items()]


def environment() -> Environment:
    """The templates with autoescaping on, and the filters that they use."""
    pages = Environment(
        loader=PackageLoader("flows"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    pages.filters |= {
        "number": number, "percent": percent, "compact": compact, "day": day, "moment": moment, "link": link, "marked": marked,
    }  # fmt: skip
    pages.globals["versions"] = {name: metadata.version(name) for name in ("great-expectations", "duckdb", "polars")}
    return pages


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


def day(value: date | None) -> str:
    """A day: 2 Nov 2026."""
    return _UNKNOWN if value is None else f"{value.day} {value:%b %Y}"


def moment(value: datetime | None) -> str:
    """A moment: 2 Nov 2026, 06:30 UTC."""
    return _UNKNOWN if value is None else f"{day(value)}, {value:%H:%M} UTC"


def link(words: str | None, url: str) -> Markup:
    """The words as a link to the page, as plain text where its address is of a kind that a browser might carry out."""
    shown = Markup("<bdi>{}</bdi>").format(_cut(words or url, _TITLE))
    if not url.lower().startswith(_LINKED):
        return shown
    return Markup('<a href="{}" rel="noreferrer">{}</a>').format(url, shown)


def marked(passage: Passage) -> Markup:
    """The passage with the claim marked; what stands far from it is cut."""
    before, claim, after = passage.parts
    if len(before) > _AROUND:
        before = "…" + before[-_AROUND:]
    return Markup("{}<mark>{}</mark>{}").format(before, _cut(claim, _MARKED), _cut(after, _AROUND))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length] + "…"


def _replace(path: Path, page: str) -> Path:
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_text(page, encoding="utf-8")
    return unfinished.replace(path)
