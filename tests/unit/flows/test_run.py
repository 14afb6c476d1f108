from datetime import datetime

import pytest

from flows import run as runs
from flows.errors import Busy
from flows.run import Run, alone
from flows.settings import Settings


def test_a_second_run_in_a_data_folder_is_told_so(tmp_path):
    settings = Settings(data_dir=tmp_path)
    with alone(settings), pytest.raises(Busy, match=r"Another run is at work in .*another data_dir"), alone(settings):
        pass


def test_two_data_folders_may_not_work_on_one_warehouse_at_once(tmp_path):
    first, second = (Settings(data_dir=tmp_path / name, warehouse=tmp_path / "w.duckdb") for name in ("a", "b"))
    with alone(first), pytest.raises(Busy, match=r"at work on .*w\.duckdb\. .*--warehouse FILE"), alone(second):
        pass
    with alone(second):
        pass


def test_a_warehouse_behind_a_link_is_one_warehouse(tmp_path):
    (tmp_path / "link.duckdb").symlink_to(tmp_path / "w.duckdb")
    first, second = (
        Settings(data_dir=tmp_path / name, warehouse=tmp_path / file)
        for name, file in (("a", "w.duckdb"), ("b", "link.duckdb"))
    )
    with alone(first), pytest.raises(Busy), alone(second):
        pass


def test_a_run_ends_after_it_began_though_the_clock_was_set_back_meanwhile(tmp_path, monkeypatch):
    run = Run(Settings(data_dir=tmp_path), "version", started_at=datetime(2026, 3, 1, 12))
    monkeypatch.setattr(runs.time, "monotonic", lambda: run._clock + 90)
    assert run.ended_at == datetime(2026, 3, 1, 12, 1, 30)
