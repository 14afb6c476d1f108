"""Floors of measured figures: what was accepted, when and why; nothing is accepted by itself."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import floor
from pathlib import Path

from benchmarks.figures import Figure

BASELINE = Path(__file__).with_name("baseline.json")


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was measured when a figure was accepted, and the bound that it must keep from then on.

    `floor` is a bound below, `limit` one above; one of them is None. `source` tells on what it was measured, when, and why
    it was accepted.
    """

    value: float
    source: str
    floor: float | None = None
    limit: float | None = None

    def is_kept_by(self, figure: Figure) -> bool:
        """Whether a figure keeps the bound."""
        return (self.floor is None or figure.value >= self.floor) and (self.limit is None or figure.value <= self.limit)

    def __str__(self) -> str:
        return f"≥ {self.floor:.3f}" if self.floor is not None else f"≤ {self.limit:g}"


Baseline = Mapping[str, Accepted]


def read_baseline(file: Path = BASELINE) -> dict[str, Accepted]:
    """What was accepted, by the figures' keys; nothing where there is no file yet."""
    if not file.is_file():
        return {}
    return {key: Accepted(**entry) for key, entry in json.loads(file.read_text(encoding="utf-8")).items()}


def failing(figures: Sequence[Figure], baseline: Baseline) -> list[Figure]:
    """Figures that do not keep their bound, and figures that have none yet."""
    return [figure for figure in figures if figure.key not in baseline or not baseline[figure.key].is_kept_by(figure)]


def accept(figures: Sequence[Figure], baseline: Baseline, *, reason: str, date: str) -> dict[str, Accepted]:
    """The baseline with the figures as now measured; those that were not measured stay as they are."""
    source = f"{date}: {reason}"
    return {**baseline, **{figure.key: _accepted(figure, source) for figure in figures}}


def _accepted(figure: Figure, source: str) -> Accepted:
    value = round(figure.value, 4)
    if figure.limit is not None:
        return Accepted(value, source, limit=figure.limit)
    # A ten-thousandth of headroom would be lost to rounding: cut, never round, and count in units that are exact.
    return Accepted(value, source, floor=floor((figure.value - figure.slack) * 1000 + 1e-9) / 1000)


def write_baseline(baseline: Baseline, file: Path = BASELINE) -> None:
    """Write what is accepted, sorted by key, bounds that do not apply left out."""
    entries = {
        key: {name: value for name, value in asdict(baseline[key]).items() if value is not None} for key in sorted(baseline)
    }
    file.write_text(json.dumps(entries, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
