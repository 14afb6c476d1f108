"""Plots as places between 0 and 100: what the templates draw as lines of dots."""

from collections import Counter, defaultdict
from datetime import date
from math import log10

from flows.reports.rows import Row

LINES_SHOWN = 8
_WIDE = 300.0
"""Largest by smallest figure from which a plot counts in powers of ten: below, the smallest still has a place of its own."""


def dots(figures: list[Row]) -> Row | None:
    """Figures of the commonest unit as one line of dots a site, or None where fewer than three agree in their unit.

    Each dot is `(place, words)`. Of ranges the lower end stands.
    """
    units = Counter(row["unit"] for row in figures if row["value"] is not None and row["unit"])
    if not units or max(units.values()) < 3:
        return None
    unit = min(units, key=lambda name: (-units[name], name))
    shown = [row for row in figures if row["unit"] == unit and row["value"] is not None]
    low, high = min(row["value"] for row in shown), max(row["value"] for row in shown)
    is_wide = low > 0 and high / low >= _WIDE
    lines: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for row in shown:
        place = _between(log10(row["value"]), log10(low), log10(high)) if is_wide else _between(row["value"], low, high)
        lines[row["site"] or "site not named"].append((place, row["figure"]))
    return {"unit": unit, "low": low, "high": high, "is_wide": is_wide, "count": len(shown), "lines": _longest(lines)}


def timeline(told: list[tuple[date, str]]) -> Row | None:
    """Days on which a statement was made as one line of dots a site, earliest first, or None where they are all one day."""
    days = [day for day, _ in told]
    if not days or min(days) == max(days):
        return None
    first, last = min(days), max(days)
    lines: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for day, site in sorted(told):
        lines[site].append((_between(day.toordinal(), first.toordinal(), last.toordinal()), day.isoformat()))
    return {
        "first": first,
        "last": last,
        "lines": dict(list(lines.items())[:LINES_SHOWN]),
        "more": max(len(lines) - LINES_SHOWN, 0),
    }


def _longest(lines: dict[str, list[tuple[float, str]]]) -> dict[str, list[tuple[float, str]]]:
    return dict(sorted(lines.items(), key=lambda line: (-len(line[1]), line[0]))[:LINES_SHOWN])


def _between(value: float, low: float, high: float) -> float:
    return 50.0 if low == high else round(100 * (value - low) / (high - low), 2)
