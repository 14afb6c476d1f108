"""Figures as a table for the terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.baseline import Baseline
from benchmarks.figures import Figure


def print_figures(figures: Sequence[Figure], baseline: Baseline, console: Console) -> None:
    """One row a figure: data, measure, value, its bound, what it is made of, and what others reach."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("data", "measure"):
        table.add_column(heading, no_wrap=True)
    for heading in ("value", "bound"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("made of")
    table.add_column("known")
    previous = None
    for figure in figures:
        accepted = baseline.get(figure.key)
        style = "" if accepted and accepted.is_kept_by(figure) else "bold red"
        data = figure.data if figure.data != previous else ""
        previous = figure.data
        bound = str(accepted) if accepted else "none yet"
        table.add_row(data, figure.measure, f"{figure.value:.3f}", bound, figure.detail, figure.known, style=style)
    console.print(table)
