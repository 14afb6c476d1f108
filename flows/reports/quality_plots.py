"""The geometry of the quality page's plots. What they say in words and numbers is the template's to write."""

import math
from collections.abc import Sequence
from statistics import median

from flows.reports.rows import Row

WIDTH, HEIGHT = 340, 128
"""Of a plot, in the units of its text: 11 of them are a line's height."""
_LEFT, _TOP, _BOTTOM = 40, 12, 22
_FEWEST_SLOTS = 12
"""Places for bars: the only run of a warehouse is no wall."""
_SPARK_HEIGHT = 24
_SPARK_STEP = 6


def chart(runs: Sequence[Row], column: str, title: str, unit: str) -> Row:
    """Bars of one column, oldest run on the left; `runs` are newest first. A run that has no such number has a gap."""
    shown = list(reversed(runs))
    values = [run[column] for run in shown]
    known = [value for value in values if value is not None]
    top = ceiling(max(known, default=0))
    slots = max(len(shown), _FEWEST_SLOTS)
    step = (WIDTH - _LEFT) / slots
    floor = HEIGHT - _BOTTOM
    scale = (floor - _TOP) / top
    bars = []
    for place, (run, value) in enumerate(zip(shown, values, strict=True), start=slots - len(shown)):
        left, height = _LEFT + place * step, (value or 0) * scale
        bars.append(
            {"run": run, "value": value, "x": left + step * 0.12, "width": step * 0.76, "middle": left + step / 2,
             "y": floor - height, "height": height}
        )  # fmt: skip
    return {
        "column": column, "title": title, "unit": unit, "bars": bars, "floor": floor, "left": _LEFT,
        "ticks": [{"value": top * part, "y": floor - (floor - _TOP) * part} for part in (0, 0.5, 1)],
        "last": next((value for value in reversed(values) if value is not None), None),
        "least": min(known, default=None), "most": max(known, default=None), "middle": median(known) if known else None,
    }  # fmt: skip


def ceiling(value: float) -> float:
    """The least number that is no less, round so that its half is round, too."""
    if value <= 2:
        return 2
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= value)


def spark(values: Sequence[float]) -> Row:
    """A bar for each value as one path, in a box of its own height; a value of 0 is a dot on the ground."""
    top = max([*values, 1])
    parts = []
    for place, value in enumerate(values):
        x, height = place * _SPARK_STEP + 3, max(1.0, (_SPARK_HEIGHT - 1) * value / top)
        parts.append(f"M{x} {_SPARK_HEIGHT}v-{height:.3g}")
    return {"path": "".join(parts), "width": max(len(values), 1) * _SPARK_STEP, "height": _SPARK_HEIGHT}
