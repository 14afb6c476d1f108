"""When a page says that it was published and changed: stated in its head, else printed beside its title."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from transforms.page_head import Head, Stated
from transforms.page_lines import Line, fold

_PUBLISHED = (
    "article:published_time", "datepublished", "og:published_time", "og:publish_date", "publish_date", "publish-date",
    "publication_date", "parsely-pub-date", "sailthru.date", "article.published", "dc.date.issued", "date.issued",
    "dcterms.created", "dcterms.issued", "citation_publication_date", "citation_online_date", "pubdate", "dc.date",
    "dcterms.date", "date",
)  # fmt: skip
_PUBLISHED_OTHERWISE = re.compile(r"publi(?:sh(?:ed)?|cation)[\W_]?(?:date|time|on)|(?:date|time)[\W_]?published")
_MODIFIED = (
    "article:modified_time", "datemodified", "og:updated_time", "last-modified", "dc.date.modified", "dcterms.modified",
    "article.updated", "og:modified_time",
)  # fmt: skip
_OFFSET = re.compile(r"\s+(?:(?=[+-]\d\d:?\d\d$)|(UTC|GMT|Z)$)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DATES = (
    re.compile(rf"(?<![a-z]){_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?!\d)", re.I),
    re.compile(rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-](?:of )?{_MONTH},?[\s-](?P<year>\d{{4}})(?!\d)", re.I),
    re.compile(r"(?<!\d)(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?!\d)"),
)
_SLASHED = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)")
_CHANGED = re.compile(r"\b(?:updated?|modified|revised|edited|changed|reviewed|active|copyright)\b|©", re.I)
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](\d\d)[/-](\d\d)(?:[/_-]|$)")

_LABELLED = re.compile(r"^(?:first )?(?:published|posted|publication date|date published|released)\b", re.I)

DATE_LINE_WORDS = 14
"""A line with a date and more words than this is running text, whose dates are not the page's."""
DATE_LINE_REST = 4
"""Words that may stand beside a date in a line of its own: "Posted on", a weekday, the place, "min read"."""
DATE_LINES = (4, 12)
"""A page's date stands at most so many lines above its title, and below."""


@dataclass(frozen=True, slots=True)
class Publication:
    """When a page was first published: the moment in naive UTC, and the calendar day in the page's own time zone."""

    at: datetime
    on: date


def find_published(head: Head, lines: Sequence[Line], title: str | None, address: str) -> Publication | None:
    """When a page was first published; None where it says nothing of it, or only when it was last changed.

    What the page states in its head goes first, then a `time` element or a date printed beside the title, then the day in
    the page's address. A date in running text is never taken: an article tells of other days.
    """
    stated = _first_time(head.articles, "datePublished") or _first_meta(
        head.metas, (*_PUBLISHED, *filter(_PUBLISHED_OTHERWISE.search, sorted(head.metas)))
    )
    printed, addressed = _printed_day(lines, title), _in_address(address)
    moment = stated or _marked_time(lines, title) or printed or addressed
    if moment is None:  # a web page is dated like an article where it names its author; others state when a template was made
        moment = _first_time([page for page in head.pages if page.get("author")], "datePublished")
    return Publication(_in_utc(moment), _day_at_the_place(moment, (printed, addressed))) if moment else None


def find_modified(head: Head) -> datetime | None:
    """When a page was last changed as its head states, naive UTC."""
    moment = _first_time(head.articles, "dateModified") or _first_meta(head.metas, _MODIFIED)
    return _in_utc(moment) if moment else None


def parse_time(text: str | None) -> datetime | None:
    """A time in ISO 8601 in the zone that it names, without one where it names none; None where it is no time."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(_OFFSET.sub(lambda match: "Z" if match[1] else "", text.strip()))
    except ValueError:
        return None
    return moment if 1900 <= moment.year <= 2200 else None


def _in_utc(moment: datetime) -> datetime:
    """The moment as naive UTC; one without a zone is taken as UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo is not None else moment


def _day_at_the_place(moment: datetime, shown: Sequence[datetime | None]) -> date:
    """The day that a clock on the wall showed.

    A time in UTC hides it. Then it is the first of the days that the page shows beside it, which may lie one day off and no
    further: a day further off is another story's.
    """
    stated = moment.date()
    days = [day.date() for day in shown if day is not None] if not moment.utcoffset() else []
    return next((day for day in days if abs(day - stated) <= timedelta(days=1)), stated)


def printed_date(text: str) -> datetime | None:
    """The first whole date of a line: "March 5, 2023", "5 March 2023", "2023-03-05", "5.3.2023"; None where it has none.

    With strokes the order of day and month differs by country: such a date counts where only one order makes a date.
    """
    for pattern in _DATES:
        match = pattern.search(text)
        if match:
            named = match.groupdict()
            month = int(named["month"]) if "month" in named else _MONTHS.index(named["name"].lower()) + 1
            return _day(int(named["year"]), month, int(named["day"]))
    slashed = _SLASHED.search(text)
    if slashed:
        first, second, year = map(int, slashed.groups())
        if first > 12 or first == second:
            return _day(year, second, first)
        if second > 12:
            return _day(year, first, second)
    return None


def reads_like_date_line(line: str) -> bool:
    """Whether a line holds a date and next to nothing else: "5 March 2024 · 4 min read"."""
    for pattern in (*_DATES, _SLASHED):
        rest, found = pattern.subn(" ", line)
        if found:
            return len(re.findall(r"[^\W\d_]{2,}", rest)) <= DATE_LINE_REST
    return False


def _day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day) if 1900 <= year <= 2200 else None
    except ValueError:
        return None


def _first_time(stated: Sequence[Stated], name: str) -> datetime | None:
    return next(filter(None, (parse_time(str(item[name])) for item in stated if item.get(name))), None)


def _first_meta(metas: Mapping[str, str], names: Sequence[str]) -> datetime | None:
    for name in names:
        text = metas.get(name)
        moment = parse_time(text) or (printed_date(text) if text and len(text.split()) <= 4 else None)
        if moment:
            return moment
    return None


def _marked_time(lines: Sequence[Line], title: str | None) -> datetime | None:
    """The time of a `time` element beside the title, else outside comments and margins where the page has no other day."""
    moments = [moment for line in _beside(lines, title) for moment in _moments(line)]
    if moments:
        return moments[0]
    moments = [moment for line in lines if not line.is_margin for moment in _moments(line)]
    return moments[0] if len({moment.date() for moment in moments}) == 1 else None


def _printed_day(lines: Sequence[Line], title: str | None) -> datetime | None:
    """The date of a short line beside the title, else of one that says "published"; one that says "updated" is passed over."""
    labelled = [line for line in lines if not line.is_margin and _LABELLED.match(line.text)]
    for line in [*_beside(lines, title), *labelled]:
        if len(line.text.split()) <= DATE_LINE_WORDS and not _CHANGED.search(line.text):
            moment = printed_date(line.text)
            if moment:
                return moment
    return None


def _moments(line: Line) -> Iterator[datetime]:
    for element in line.element.iter("time"):
        moment = parse_time(element.get("datetime"))
        if moment and not _CHANGED.search(f"{line.text} {element.get('class') or ''} {element.get('itemprop') or ''}"):
            yield moment


def _beside(lines: Sequence[Line], title: str | None) -> Iterator[Line]:
    """The lines around the printed title, from it outwards and downwards first, without the title itself."""
    key = fold(title or "")
    places = [i for i, line in enumerate(lines) if key and fold(line.text) == key]
    above, below = DATE_LINES
    for at in places:
        yield from lines[at + 1 : at + 1 + below]
    for at in places:
        yield from reversed(lines[max(0, at - above) : at])


def _in_address(address: str) -> datetime | None:
    """The day in an address on the web; a folder of a local file may bear the day on which it was saved."""
    parts = urlsplit(address)
    match = _IN_ADDRESS.search(parts.path) if parts.scheme in ("http", "https") else None
    return _day(*map(int, match.groups())) if match else None
