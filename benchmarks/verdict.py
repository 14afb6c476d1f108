"""What follows from figures that were measured: they are printed, and accepted with a reason or held against their bounds."""

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console

from benchmarks.baseline import accept, failing, read_baseline, write_baseline
from benchmarks.figures import Figure
from benchmarks.readme import write_figures
from benchmarks.table import print_figures


def settle_figures(figures: Sequence[Figure], reason: str | None, console: Console) -> int:
    """Print figures; make them the baseline where a reason is given. Returns 1 where one fails its bound or has none."""
    baseline = read_baseline()
    print_figures(figures, baseline, console)
    if reason:
        baseline = accept(figures, baseline, reason=reason, date=datetime.now(UTC).date().isoformat())
        write_baseline(baseline)
        write_figures(baseline)
        return 0
    return 1 if failing(figures, baseline) else 0
