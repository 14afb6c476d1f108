from functools import partial

import pytest

from benchmarks import evaluate
from benchmarks.baseline import read_baseline, write_baseline
from benchmarks.figures import Figure, Measured


@pytest.fixture
def measured(monkeypatch, tmp_path):
    """One measure on the folder `there` and one on `elsewhere`, with a baseline of their own; gives what is measured."""
    file = tmp_path / "baseline.json"
    monkeypatch.setattr(evaluate, "read_baseline", partial(read_baseline, file))
    monkeypatch.setattr(evaluate, "write_baseline", lambda baseline: write_baseline(baseline, file))
    monkeypatch.setattr(evaluate, "write_figures", lambda baseline: None)
    result = Measured([Figure("there", "F1", 0.8)], [f"error {number}" for number in range(10)])
    monkeypatch.setattr(evaluate, "MEASURES", (("there", lambda *_: result), ("elsewhere", lambda *_: result)))
    (tmp_path / "there").mkdir()
    return tmp_path, result.figures


def test_a_folder_that_is_missing_is_skipped_and_named(measured, capsys):
    evaluate.main(measured[0], reason="first")
    assert "holds no elsewhere" in capsys.readouterr().out


def test_no_data_at_all_is_wrong_use(measured, capsys):
    assert evaluate.main(measured[0], only="elsewhere") == 2
    assert "README" in capsys.readouterr().out


def test_a_figure_without_a_floor_fails_and_the_command_that_accepts_it_is_printed(measured, capsys):
    assert evaluate.main(measured[0]) == 1
    assert f'python -m benchmarks.evaluate {measured[0]} --accept "why"' in capsys.readouterr().out.replace("\n", "")


def test_an_accepted_figure_passes_until_it_falls_below_its_floor(measured):
    folder, figures = measured
    assert evaluate.main(folder, reason="first") == 0
    assert evaluate.main(folder) == 0
    figures[0] = Figure("there", "F1", 0.79)
    assert evaluate.main(folder) == 1
    assert evaluate.main(folder) == 1  # nothing was accepted by measuring it


def test_errors_are_spread_over_all_of_them(measured, capsys):
    evaluate.main(measured[0], errors=2)
    printed = capsys.readouterr().out
    assert [f"error {number}" in printed for number in (0, 1, 5)] == [True, False, True]


def test_a_measure_that_breaks_costs_no_other_and_nothing_is_accepted(measured, monkeypatch, capsys):
    folder, _ = measured
    (folder / "broken").mkdir()
    monkeypatch.setattr(evaluate, "MEASURES", (("broken", lambda *_: 1 / 0), *evaluate.MEASURES))
    assert evaluate.main(folder, reason="first") == 1
    printed = capsys.readouterr().out
    assert "0.800" in printed
    assert "nothing is accepted: broken" in " ".join(printed.split())
    assert not (folder / "baseline.json").exists()
