import os
import signal
import time
from pathlib import Path

from flows.staging import Staging
from warehouse.database import open_readonly
from warehouse.load import read_table
from warehouse.tables import TABLES

ARTICLES = Path(__file__).parents[2] / "seeds" / "articles"
TIMES = ("added_at", "fetched_at", "first_seen_at", "last_seen_at")
SETTINGS = 'data_dir = "."\n[run]\nworkers = 1\nbatch_pages = 3\n'


def test_a_run_that_was_killed_goes_on_where_it_stopped_and_ends_as_one_that_was_not(claimhouse, samples, tmp_path):
    config = tmp_path / "claimhouse.toml"
    config.write_text(SETTINGS, encoding="utf-8")
    killed = claimhouse("run", ARTICLES, PREFECT_API_URL="")  # with a server of its own, which must go when it goes
    staging = Staging(tmp_path / "staging")
    wait_until(lambda: len(staging.pages()) >= 3)
    children = children_of(killed.pid)
    assert len(children) >= 2
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    wait_until(lambda: not any(is_alive(pid) for pid in children))  # no process of a killed run stays behind
    staged = staging.pages()
    assert not (tmp_path / "warehouse.duckdb").exists()

    again = claimhouse("run", ARTICLES)
    out, err = again.communicate()
    assert again.returncode == 0, err
    assert f"{len(staged)} of them read by a run that did not end" in out
    for table in TABLES:
        if table.written != "run":
            assert contents(tmp_path / "warehouse.duckdb", table) == contents(samples.warehouse, table), table.name


def contents(warehouse: Path, table):
    con = open_readonly(warehouse)
    try:
        return read_table(con, table).drop(TIMES, strict=False).rows()
    finally:
        con.close()


def wait_until(holds, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def children_of(pid: int) -> list[int]:
    import psutil

    return [child.pid for child in psutil.Process(pid).children(recursive=True)]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
