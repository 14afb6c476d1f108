"""Two runs at once on one lake, from data folders of their own, a reader beside them, and the audit after them."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from itertools import count

import pytest

from warehouse.database import WarehouseMissing, building, open_readonly
from warehouse.lake import last_version
from warehouse.load import load_tables, read_table
from warehouse.place import Lake
from warehouse.tables import SOURCES, TABLES

PAGES = {
    "ferry": "The harbour office said on Monday that the old ferry would sail again in May. The boat carries forty people. "
    "Anna Lindqvist, who runs the port, said that the repair had cost two million crowns.",
    "copy": "The repair of the old ferry cost two million crowns, Anna Lindqvist said. Anna Lindqvist runs the port. "
    "The boat will sail again in May, according to the harbour office, which had promised it for April.",
    "bridge": "The council decided on Tuesday to build a bridge of 900 metres. The bridge will cost 80 million crowns, the "
    "mayor said. Critics say that the old ferry, which cost two million crowns to repair, would do for another ten years.",
    "lamps": "Nearly all of the 1,200 street lamps of the old town were replaced in the spring. The lamps use half as much "
    "power, the city said, and they will pay for themselves in six years. The old ones were from 1961.",
}  # fmt: skip
FIRST, SECOND = ("ferry", "copy", "bridge"), ("copy", "bridge", "lamps")
NOW = datetime(2026, 1, 31)
WHEN = ("added_at", "fetched_at", "first_seen_at", "last_seen_at")
"""What tells of when a run was."""


def contents(place) -> dict[str, object]:
    with closing(open_readonly(place)) as con:
        return {table.name: read_table(con, table).drop(WHEN, strict=False) for table in TABLES if table.written != "run"}


@pytest.fixture
def lake(new_lake: Callable[[], Lake], monkeypatch) -> Lake:
    made = new_lake()
    monkeypatch.setitem(os.environ, "CLAIMHOUSE_WAREHOUSE", str(made))
    return made


def test_two_runs_at_once_leave_what_one_after_the_other_leaves(lake, claimhouse, run_flow, tmp_path):
    pages = tmp_path / "pages"
    pages.mkdir()
    for name, text in PAGES.items():
        (pages / f"{name}.txt").write_text(text, encoding="utf-8")
    inputs = {name: [pages / f"{page}.txt" for page in chosen] for name, chosen in (("one", FIRST), ("two", SECOND))}
    runs = [claimhouse("run", *paths, CLAIMHOUSE_DATA_DIR=name) for name, paths in inputs.items()]
    seen = watched(lake, runs)
    ends = [(run.communicate(timeout=240), run.returncode) for run in runs]
    assert [code for _, code in ends] == [0, 0], ends
    assert seen[-1] >= seen[0] == 0
    assert set(seen) <= {0, len(FIRST), len(PAGES)}  # all of a run or nothing of it

    del os.environ["CLAIMHOUSE_WAREHOUSE"]
    one_by_one = tmp_path / "one by one"
    for paths in inputs.values():
        ran = run_flow(one_by_one, *paths)
    wanted = contents(ran.warehouse)
    for name, frame in contents(lake).items():
        assert frame.equals(wanted[name]), name
    with closing(open_readonly(lake)) as con:
        assert con.execute("SELECT count(*) FROM runs WHERE status = 'loaded'").fetchone() == (2,)


def watched(lake: Lake, runs) -> list[int]:
    """How many documents a reader finds, again and again, while the runs are at work."""
    seen = [0]
    while any(run.poll() is None for run in runs):
        with suppress(WarehouseMissing), closing(open_readonly(lake)) as con:  # one of them makes it first
            seen.append(con.execute("SELECT count(*) FROM documents").fetchone()[0])
        time.sleep(3)
    return seen


def test_a_run_that_is_overtaken_again_and_again_lands_whole_and_the_audit_forgets_what_was_before(
    ready_lake, run_flow, tmp_path, capfd
):
    from flows.audit import audit

    lake, data = ready_lake(), tmp_path / "data"
    page = tmp_path / "ferry.txt"
    page.write_text(PAGES["ferry"], encoding="utf-8")
    with overtaking(lake):
        ran = run_flow(data, page, settings=f'warehouse = "{lake}"\n[lake]\nkeep_days = 0\n')
    assert "Another run has published to the lake meanwhile" in capfd.readouterr().err
    assert ran.summary.outcomes == {"kept": 1}
    loaded = last_version(lake)
    with closing(open_readonly(lake)) as con:
        [[sources, claims]] = con.execute("SELECT (SELECT count(*) FROM sources), (SELECT count(*) FROM claims)").fetchall()
        assert con.execute("SELECT status FROM runs").fetchall() == [("loaded",)]
    assert claims > 0

    audit(None, str(data / "claimhouse.toml"))
    with pytest.raises(WarehouseMissing, match="no longer kept"):
        open_readonly(lake.at(loaded))
    with closing(open_readonly(lake)) as con:
        assert con.execute("SELECT count(*) FROM sources").fetchone() == (sources,)
        assert con.execute("SELECT count(*) FROM claims").fetchone() == (claims,)


@contextmanager
def overtaking(lake: Lake) -> Iterator[None]:
    """Another program that publishes to the lake again and again, and waits while a run keeps it waiting."""
    ended = threading.Event()

    def publish() -> None:
        for number in count():
            if ended.wait(0.2):
                return
            row = {"source_id": f"source {number}", "kind": "file", "location": f"file:///{number}", "added_at": NOW}
            with building(lake) as con:
                load_tables(con, {SOURCES.name: SOURCES.frame([row])}, replaced_documents=())

    thread = threading.Thread(target=publish)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
