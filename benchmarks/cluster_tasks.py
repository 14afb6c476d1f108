"""Tasks that do nothing, sent to a cluster as a run sends its batches. Started by `benchmarks.cluster`; prints JSON."""
# ruff: noqa: PLC0415   Prefect reads its environment when it is imported

import json
import os
import re
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

from flows import prefect_server
from flows.found import FoundPage
from flows.settings import Reading, Settings

_CALL = re.compile(r'"(?:GET|POST|PATCH|PUT|DELETE) /api')
_SETTLE_SECONDS = 5
"""Prefect's events come some seconds after what they tell of."""


def measure(address: str, folder: Path, *, pages: int, tasks: int) -> dict[str, float]:
    """Send so many tasks with a batch of so many pages each, and return what all of them cost together."""
    settings = Settings.model_construct(data_dir=folder / "tasks")
    prefect_server.configure(settings)
    server = prefect_server.Server(settings)
    os.environ["PREFECT_API_URL"] = server.start()
    server.wait()
    from prefect import flow, task
    from prefect.cache_policies import NO_CACHE
    from prefect_dask import DaskTaskRunner

    from flows.batch import Batch, Work
    from flows.dask_scheduler import ground_of
    from flows.dask_worker import packed

    @task(cache_policy=NO_CACHE, task_run_name="nothing {key}")
    def nothing(key: str, packed: bytes) -> int:
        return len(key) + len(packed)

    parcel = packed(Batch("k", _pages(pages)), Work(folder, Reading(), "version", 120, 4000), ground_of(settings))
    home = Path(os.environ["PREFECT_HOME"])

    @flow
    def many() -> dict[str, float]:
        with DaskTaskRunner(address=address) as runner:
            _send(runner, nothing, parcel, 4)  # the first ones wait for imports
            time.sleep(_SETTLE_SECONDS)
            before = _state(settings, home, runner)
            clock, cpu = time.perf_counter(), time.process_time()
            _send(runner, nothing, parcel, tasks)
            seconds, spent = time.perf_counter() - clock, time.process_time() - cpu
            time.sleep(_SETTLE_SECONDS)
            after = _state(settings, home, runner)
            return {"seconds": seconds, "flow_seconds": spent, **{name: after[name] - before[name] for name in after}}

    return many()


def _send(runner: Any, task: object, parcel: bytes, tasks: int) -> None:
    sent = [
        runner.client.submit(
            task, parameters={"key": "k", "packed": parcel}, key=f"nothing-{uuid4().hex}", return_type="state", pure=False
        )
        for _ in range(tasks)
    ]
    for future in sent:
        future.result()


def _pages(number: int) -> tuple[FoundPage, ...]:
    return tuple(
        FoundPage(
            key=f"news/2026/11/{number}.html", path=f"/srv/pages/news/2026/11/{number}.html", source_id=uuid4().hex[:16],
            url=f"file:///srv/pages/news/2026/11/{number}.html", size=100_000, raw_hash=uuid4().hex * 2,
        )
        for number in range(number)
    )  # fmt: skip


def _state(settings: Settings, home: Path, runner: Any) -> dict[str, float]:
    """What has been spent so far. Prefect's server notes each request in the log."""
    log = prefect_server.log_file(settings).read_text(encoding="utf-8", errors="replace")
    with closing(sqlite3.connect(f"file:{home / 'prefect.db'}?mode=ro", uri=True)) as con:
        pages, free, size = (
            con.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
        [events] = con.execute("SELECT count(*) FROM events").fetchone()
    return {
        "calls": len(_CALL.findall(log)),
        "events": events,
        "database_bytes": (pages - free) * size,
        "scheduler_seconds": runner.client.run_on_scheduler(time.process_time),
    }


if __name__ == "__main__":
    given = sys.argv[1:]
    print(json.dumps(measure(given[0], Path(given[1]), pages=int(given[2]), tasks=int(given[3]))))
