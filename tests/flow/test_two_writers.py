"""Two runs at once on one lake, from data folders of their own, and a reader beside them."""

import os
import time
from collections.abc import Callable
from contextlib import closing, suppress

import pytest

from warehouse.database import WarehouseMissing, open_readonly
from warehouse.load import read_table
from warehouse.place import Lake
from warehouse.tables import TABLES

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
