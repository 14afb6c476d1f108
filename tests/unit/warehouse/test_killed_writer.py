"""SIGKILL at the system calls by which a warehouse is published: what is published is the old one or the new one, whole."""

import shutil
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from benchmarks.crashes_calls import why_not_traced
from benchmarks.crashes_writes import killed_writes, publishing
from warehouse.database import building
from warehouse.load import load_tables

PUBLISHES = {"rename", "fsync", "unlink", "pwrite64"}
"""Calls without which nothing would be published safely."""


CALLS = 12
"""Every kind of call on every file, and some more of those that are many; benchmarks.reliability tries all of them."""


@pytest.fixture
def warehouses(empty_warehouse_file: Path, frames, tmp_path: Path) -> tuple[Path, Path]:
    """An empty warehouse, and the small one."""
    first, last = (Path(shutil.copy(empty_warehouse_file, tmp_path / f"{name}.duckdb")) for name in ("first", "last"))
    with building(last) as con:
        load_tables(con, frames, replaced_documents=())
    return first, last


@pytest.mark.skipif(why_not_traced() is not None, reason=why_not_traced() or "")
def test_a_writer_that_is_killed_at_any_system_call_leaves_a_whole_warehouse_and_the_next_one_makes_good(warehouses, tmp_path):
    first, last = warehouses
    trials = list(killed_writes(tmp_path / "trials", [publishing(first, last)], CALLS, Random(0)))
    assert [(trial.place, trial.problems) for trial in trials if trial.problems] == []
    hit = Counter(trial.place.split(" of ")[0] for trial in trials)
    assert hit.keys() >= PUBLISHES
    assert hit["rename"] == 1
