"""Whether the figures and times of two statements agree, differ or do not meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

APPROXIMATE_TOLERANCE = 0.1
"""Share by which a figure said to be approximate may be off: "about 400" and 430 are no contradiction."""
ROUNDED_DIGITS = 2
"""A figure may be the other one rounded, to no fewer digits than this: 1.3 million for 1,294,512, but not 4 for 4.4."""

_MAGNITUDES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit; `upper_value` is the upper bound of a range."""

    value: float
    upper_value: float | None
    unit: str | None
    kind: str
    is_approximate: bool

    def __str__(self) -> str:
        number = _spell(self.value) + (f" to {_spell(self.upper_value)}" if self.upper_value is not None else "")
        is_one = self.value == 1 or self.kind in ("money", "percent")
        unit = "" if self.unit is None else f" {self.unit}" if is_one else f" {_plural(self.unit)}"
        return ("about " if self.is_approximate else "") + number + unit


@dataclass(frozen=True, slots=True)
class FigureMatch:
    """How the figures of two claims meet, unit by unit.

    `agreeing`: one pair for each unit in which some agree; `differing`: both sides' figures of each unit in which none agree.
    """

    agreeing: tuple[tuple[Figure, Figure], ...]
    differing: tuple[tuple[tuple[Figure, ...], tuple[Figure, ...]], ...]


_NONE_MEET = FigureMatch((), ())


def read_figures(rows: Sequence[Mapping[str, object]] | None) -> tuple[Figure, ...]:
    """Figures of a claim's `quantities` list, those without a number left out, sorted."""
    if not rows:
        return ()
    figures = set()
    for row in rows:
        value, upper = row["value"], row["upper_value"]
        if isinstance(value, float):
            unit = row["unit"]
            figures.add(
                Figure(
                    value=value,
                    upper_value=upper if isinstance(upper, float) else None,
                    unit=None if unit is None else str(unit),
                    kind=str(row["kind"]),
                    is_approximate=bool(row["is_approximate"]),
                )
            )
    return tuple(sorted(figures, key=lambda figure: (*_measure(figure), *_bounds(figure), figure.is_approximate)))


def match_figures(ours: Sequence[Figure], theirs: Sequence[Figure]) -> FigureMatch:
    """Match figures of the same kind and unit; figures of different units do not meet."""
    if not ours or not theirs:
        return _NONE_MEET
    our_groups, their_groups = _by_measure(ours), _by_measure(theirs)
    agreeing, differing = [], []
    for measure in sorted(our_groups.keys() & their_groups.keys()):
        pairs = [(a, b) for a in our_groups[measure] for b in their_groups[measure] if figures_agree(a, b)]
        if pairs:
            agreeing.append(pairs[0])
        else:
            differing.append((tuple(our_groups[measure]), tuple(their_groups[measure])))
    return FigureMatch(tuple(agreeing), tuple(differing))


def figures_agree(ours: Figure, theirs: Figure) -> bool:
    """Whether two figures of one unit can be the same: ranges that overlap, approximate ones close by, rounded ones."""
    low, high = sorted((_bounds(ours), _bounds(theirs)))
    gap, size = high[0] - low[1], max(abs(low[1]), abs(high[0]))  # below zero where the ranges overlap
    if ours.is_approximate or theirs.is_approximate:
        return gap <= APPROXIMATE_TOLERANCE * size
    return gap <= max(_rounding(ours.value), _rounding(theirs.value))


def times_conflict(ours: Sequence[tuple[date, date]], theirs: Sequence[tuple[date, date]]) -> bool:
    """Whether both sides name times and no time of one overlaps a time of the other."""
    if not ours or not theirs:
        return False
    return not any(a[0] <= b[1] and b[0] <= a[1] for a in ours for b in theirs)


def read_times(rows: Sequence[Mapping[str, object]] | None) -> tuple[tuple[date, date], ...]:
    """Known periods of a claim's `times` list; one without a bound is open on that side: "until 1999"."""
    periods = set()
    for row in rows or ():
        earliest, latest = row["earliest"], row["latest"]
        if earliest is not None or latest is not None:
            assert isinstance(earliest, date | None) and isinstance(latest, date | None)
            periods.add((earliest or date.min, latest or date.max))
    return tuple(sorted(periods))


def _plural(unit: str) -> str:
    if unit.endswith("y") and not unit.endswith(("ay", "ey", "oy")):
        return unit[:-1] + "ies"
    return unit if unit.endswith("s") else unit + ("es" if unit.endswith(("ch", "sh", "x")) else "s")


def _by_measure(figures: Sequence[Figure]) -> dict[tuple[str, str], list[Figure]]:
    groups: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        groups.setdefault(_measure(figure), []).append(figure)
    return groups


def _measure(figure: Figure) -> tuple[str, str]:
    return figure.kind, figure.unit or ""


def _bounds(figure: Figure) -> tuple[float, float]:
    return figure.value, figure.value if figure.upper_value is None else figure.upper_value


@lru_cache(maxsize=65_536)  # few numbers make up most figures
def _rounding(value: float) -> float:
    """Half a unit in the last digit that the figure gives; zeros at its end are taken as rounding, down to `ROUNDED_DIGITS`."""
    if value == 0:
        return 0.0
    digits, exponent = f"{abs(value):.12e}".split("e")
    given = len(digits.replace(".", "").rstrip("0"))
    return 0.5 * 10.0 ** (int(exponent) + 1 - max(ROUNDED_DIGITS, given))


def _spell(value: float) -> str:
    for size, name in _MAGNITUDES:
        if abs(value) >= size:
            return f"{value / size:,.6g} {name}"
    return f"{value:,.6g}" if abs(value) < 1e5 else f"{value:,.0f}"
