from dataclasses import replace

import pytest

from benchmarks.cluster_reckoning import Costs, costs_of, reckon, table, what_breaks
from benchmarks.cluster_runs import ClusterRun, TaskCosts

TASK = TaskCosts(flow_seconds=0.03, scheduler_seconds=0.01, calls=0.2, events=3, database_bytes=20_000, tasks_a_second=20)
LARGE = ClusterRun(
    pages=400, workers=2, batches=18, reading_seconds=30, worker_cpu_seconds=48, steps={"settle": 9.0, "check": 5.0},
    page_bytes=40_000_000, staged_bytes=4_000_000, warehouse_bytes=24_000_000, peak_bytes=900_000_000,
)  # fmt: skip
SMALL = replace(
    LARGE, pages=100, steps={"settle": 3.0, "check": 4.0}, warehouse_bytes=9_000_000, peak_bytes=600_000_000, batches=6
)


@pytest.fixture
def costs() -> Costs:
    return costs_of(SMALL, LARGE, TASK)


def test_what_a_run_costs_without_pages_falls_out_of_the_difference_of_two_sizes(costs):
    assert costs.steps["settle"] == (pytest.approx(1.0), pytest.approx(0.02))
    assert costs.warehouse_bytes == pytest.approx(50_000)
    assert costs.memory_bytes == pytest.approx(1_000_000)
    assert (costs.worker_seconds, costs.page_bytes, costs.staged_bytes) == (0.12, 100_000, 10_000)


def test_a_step_that_was_no_slower_with_more_pages_costs_the_run_and_not_the_page():
    assert costs_of(replace(SMALL, steps={"settle": 9.5, "check": 5.0}), LARGE, TASK).steps["settle"] == (9.0, 0.0)


def test_a_day_is_reckoned_in_runs_by_the_hour(costs):
    row = reckon(1_000_000, costs)
    assert row.cores == 2  # 120,000 s of work in 86,400 s, of which a core works seven tenths
    assert row.batch_pages == 500
    assert row.tasks == 2000
    parts = 24 * 84  # of 500 pages
    assert row.serial_hours == pytest.approx((parts * (1.0 + 11 / 3) + 1_000_000 * (0.02 + 1 / 300)) / 3600)
    assert row.storage_bytes == 1_000_000 * 120_000
    assert row.database_bytes == 2000 * 20_000
    assert row.memory_bytes == pytest.approx(500 * 1_000_000)


def test_batches_of_few_pages_are_no_smaller_than_on_one_machine(costs):
    assert reckon(1_000, costs).batch_pages == 24


def test_few_pages_take_less_memory_than_a_part(costs):
    assert reckon(2_400, costs).memory_bytes == pytest.approx(100 * 1_000_000)


def test_what_breaks_comes_in_its_order(costs):
    broken = what_breaks(costs)
    assert broken == sorted(broken)
    [(pages, why), *_] = broken
    copy_seconds = pages * 365 * 50_000 / 100e6
    assert pages / 500 * copy_seconds == pytest.approx(86_400, rel=0.01)
    assert "copies of the one file" in why


def test_the_table_has_a_line_for_each_size(costs):
    lines = list(table(costs, (10, 20)))
    assert len(lines) == 4
    assert {line.count("|") for line in lines} == {11}
