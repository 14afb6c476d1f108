"""Two runs that start at once where nothing is yet."""

import subprocess
import sys
from pathlib import Path

PAGE = (
    "The harbour office said on Monday that the old ferry would sail again in May. The boat carries forty people and two cars. "
    "Anna Lindqvist, who runs the port, said that the repair had cost two million crowns."
)


def test_two_runs_that_start_at_once_make_one_database_one_after_the_other(tmp_path: Path):
    (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")
    command = [sys.executable, "-m", "flows.cli", "run", "page.txt"]
    runs = [subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    ends = [(run.communicate(timeout=240)[1], run.returncode) for run in runs]
    assert 0 in [code for _, code in ends]
    assert all("server did not start" not in said for said, _ in ends)
    assert (tmp_path / "data" / "warehouse.duckdb").exists()
