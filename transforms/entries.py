"""What a source names: addresses of pages, each with what the source says of it."""

from dataclasses import dataclass
from datetime import UTC, datetime

EARLIEST = datetime(1990, 1, 1)
"""The web is no older: what claims to be is a default that nobody set (year 1, 1900, the Unix epoch)."""
LATEST = datetime(2100, 1, 1)
"""What claims to be younger is a mark for "never", or milliseconds taken for seconds."""


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
