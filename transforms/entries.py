"""What a source names: addresses of pages, each with what the source says of it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

EARLIEST = datetime(1990, 1, 1)
"""The web is no older: what claims to be is a default that nobody set (year 1, 1900, the Unix epoch)."""
LATEST = datetime(2100, 1, 1)
"""What claims to be younger is a mark for "never", or milliseconds taken for seconds."""
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?\Z")
_TIMED = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ]+(\d{1,2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?\s*(Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)?\Z", re.I
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One address that a source names. `changed_at` is when the source says that it was published or changed: naive UTC.

    `address` is cleaned, as `transforms.addresses.AddressRules.cleaned` gives it.
    """

    address: str
    title: str | None = None
    changed_at: datetime | None = None


def sound_moment(moment: datetime | None) -> datetime | None:
    """A moment as naive UTC; None where it can be no date of a page. A moment without a zone is taken as UTC."""
    if moment is None:
        return None
    try:
        naive = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except OverflowError:  # the first and last day that there are, moved across the edge
        return None
    return naive if EARLIEST <= naive < LATEST else None


def written_moment(text: str) -> datetime | None:
    """A moment as W3C's note on dates and times has it: a year, month or day alone begins it, fractions of seconds go.

    A blank for the `T`, an hour of one digit and a missing zone, which is taken as UTC, pass too: sites write them.
    """
    text = text.strip()
    try:
        if match := _PARTIAL.match(text):
            year, month, day = (int(part or 1) for part in match.groups())
            return sound_moment(datetime(year, month, day))
        if match := _TIMED.match(text):
            zone = "+00:00" if (match[3] or "Z").upper() in ("Z", "UTC", "GMT") else match[3]
            time = match[2] if match[2].index(":") == 2 else f"0{match[2]}"
            return sound_moment(datetime.fromisoformat(f"{match[1]}T{time}{zone}"))
    except ValueError:  # the thirteenth month, the hour 24
        return None
    return None
