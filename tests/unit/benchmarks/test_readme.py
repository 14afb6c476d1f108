import pytest

from benchmarks.baseline import Accepted, read_baseline
from benchmarks.readme import README, figures_table, with_figures

BASELINE = {"b: F1": Accepted(0.5, "2026-01-02: first", floor=0.495), "a: ratio": Accepted(1.1, "2026-01-02: first", limit=1.3)}


def test_the_table_is_sorted_and_gives_value_bound_and_reason():
    assert figures_table(BASELINE).splitlines()[2:] == [
        "| a | ratio | 1.100 | ≤ 1.3 | 2026-01-02: first |",
        "| b | F1 | 0.500 | ≥ 0.495 | 2026-01-02: first |",
    ]


def test_the_table_replaces_all_that_follows_the_mark():
    text = with_figures("Words\n<!-- figures -->\nold", BASELINE)
    assert text.startswith("Words\n<!-- figures -->\n\n| data |")
    assert "old" not in text
    with pytest.raises(ValueError, match="no line <!-- figures -->"):
        with_figures("Words", BASELINE)


def test_the_readme_shows_what_is_accepted():
    text = README.read_text(encoding="utf-8")
    assert text == with_figures(text, read_baseline())
