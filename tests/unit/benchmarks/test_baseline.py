import pytest

from benchmarks.baseline import accept, failing, read_baseline, write_baseline
from benchmarks.figures import Figure

BASELINE = accept(
    [Figure("quotes", "F1", 0.8125), Figure("pages", "ratio", 1.12, limit=1.3)], {}, reason="first", date="2026-01-02"
)


def test_a_figure_keeps_its_floor_down_to_the_slack_and_no_further():
    assert BASELINE["quotes: F1"].floor == 0.807
    assert not failing([Figure("quotes", "F1", 0.807)], BASELINE)
    assert failing([Figure("quotes", "F1", 0.8069)], BASELINE)


def test_a_figure_with_a_limit_must_not_rise_above_it():
    assert not failing([Figure("pages", "ratio", 1.3, limit=1.3)], BASELINE)
    assert failing([Figure("pages", "ratio", 1.31, limit=1.3)], BASELINE)


def test_a_limit_that_the_code_raises_does_not_count_before_it_is_accepted():
    assert failing([Figure("pages", "ratio", 1.4, limit=1.5)], BASELINE)


def test_a_figure_that_was_never_accepted_fails():
    assert failing([Figure("quotes", "new", 1.0)], BASELINE)


def test_a_figure_without_slack_must_stay_what_it_is():
    baseline = accept([Figure("strings", "ended", 1.0, slack=0.0)], {}, reason="first", date="2026-01-02")
    assert failing([Figure("strings", "ended", 0.999, slack=0.0)], baseline)


def test_accepting_records_reason_and_date_and_leaves_what_was_not_measured():
    later = accept([Figure("quotes", "F1", 0.7)], BASELINE, reason="spans without marks", date="2026-02-03")
    assert later["quotes: F1"].source == "2026-02-03: spans without marks"
    assert later["quotes: F1"].floor == 0.695
    assert later["pages: ratio"] == BASELINE["pages: ratio"]


def test_a_baseline_is_read_as_it_was_written(tmp_path):
    file = tmp_path / "baseline.json"
    write_baseline(BASELINE, file)
    assert read_baseline(file) == BASELINE
    assert "null" not in file.read_text(encoding="utf-8")


def test_without_a_file_nothing_is_accepted(tmp_path):
    assert read_baseline(tmp_path / "none.json") == {}


@pytest.mark.parametrize("value", [0.005, 0.29, 0.57, 0.963])
def test_a_floor_is_cut_and_never_above_value_less_slack(value):
    [entry] = accept([Figure("d", "m", value)], {}, reason="r", date="d").values()
    assert value - 0.0061 < entry.floor <= value - 0.005 + 1e-9
