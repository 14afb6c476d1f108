"""What a measure gives: figures to hold against their floors, and examples of what went wrong."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

SLACK = 0.005
"""How far a figure may fall below its accepted value: the same model gives slightly other numbers on another processor."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. `data` is the folder it was measured on; data and measure together name it.

    `detail` says what it is made of, `known` what others reach on the same data and who says so. A figure with a `limit` is
    one that must not rise above it (a time, a size); any other must not fall by more than `slack` below its accepted value.
    """

    data: str
    measure: str
    value: float
    detail: str = ""
    known: str = ""
    slack: float = SLACK
    limit: float | None = None

    @property
    def key(self) -> str:
        """Its name in `baseline.json`."""
        return f"{self.data}: {self.measure}"


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of one measure on one folder, and its errors as text for the terminal, the gravest first."""

    figures: list[Figure]
    errors: list[str]


class Mapper(Protocol):
    """`map` over the processes of a pool, or the builtin in a test. Results come in the order of the items."""

    def __call__(self, function: Callable[[Item], Result], items: Iterable[Item], /) -> Iterable[Result]:
        """Results of the function, one an item."""


Measure = Callable[[Path, Mapper], Measured]
"""Measures on the folder given; the second argument spreads the work."""


def read_rows(file: Path) -> list[dict[str, Any]]:
    """The rows of a JSON-lines file."""
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def shown(text: str, width: int = 200) -> str:
    """A text on one line of the terminal."""
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 1]}…"
