"""The time, as the warehouse keeps it."""

from datetime import UTC, datetime


def now() -> datetime:
    """The moment in UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)
