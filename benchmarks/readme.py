"""The table of the latest figures in README.md, which is `baseline.json` to be read."""

from pathlib import Path

from benchmarks.baseline import Baseline

README = Path(__file__).with_name("README.md")
_MARK = "<!-- figures -->\n"


def figures_table(baseline: Baseline) -> str:
    """The accepted figures as a table in Markdown, sorted by key."""
    rows = ["| data | measure | value | bound | accepted |", "|---|---|---|---|---|"]
    for key in sorted(baseline):
        data, _, measure = key.partition(": ")
        accepted = baseline[key]
        rows.append(f"| {data} | {measure} | {accepted.value:.3f} | {accepted} | {accepted.source} |")
    return "\n".join(rows) + "\n"


def with_figures(text: str, baseline: Baseline) -> str:
    """A text with the table in place of all that follows its mark. Raises ValueError where the mark is missing."""
    before, mark, _ = text.partition(_MARK)
    if not mark:
        raise ValueError(f"there is no line {_MARK.strip()} in the text; put one where the table of figures belongs")
    return f"{before}{mark}\n{figures_table(baseline)}"


def write_figures(baseline: Baseline, file: Path = README) -> None:
    """Bring the table up to date."""
    file.write_text(with_figures(file.read_text(encoding="utf-8"), baseline), encoding="utf-8")
