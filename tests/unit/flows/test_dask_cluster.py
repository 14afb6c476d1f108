"""Readers on a cluster whose workers are threads of this process: what they are sent is known, and comes back at once."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from distributed import LocalCluster
from distributed.scheduler import KilledWorker

from flows import dask_cluster, dask_scheduler
from flows.batch import Batch, Staged, Work
from flows.dask_cluster import ClusterWorkers
from flows.dask_worker import Unfit, unfitness
from flows.errors import WrongUse
from flows.found import FoundPage
from flows.settings import Reading, Run, Settings
from flows.staging import Staging


def local_cluster(threads: int) -> LocalCluster:
    return LocalCluster(n_workers=2, threads_per_worker=threads, processes=False, dashboard_address=":0", protocol="tcp")


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with local_cluster(1) as started:
        yield started


def settings(cluster: LocalCluster, folder: Path) -> Settings:
    return Settings(data_dir=folder, run=Run(dask=cluster.scheduler_address))


@pytest.fixture
def workers(cluster, tmp_path, monkeypatch) -> Iterator[ClusterWorkers]:
    monkeypatch.setattr(dask_cluster, "readiness", unfitness)  # loads no model
    monkeypatch.setattr(dask_scheduler, "PREFECT_API_URL", type("None", (), {"value": staticmethod(lambda: None)}))
    started = ClusterWorkers(settings(cluster, tmp_path))
    yield started
    started.stop()


@pytest.fixture
def work(workers, tmp_path) -> Work:
    return Work(tmp_path / "staging", Reading(), "v", 120, 4000)


def reads_by(monkeypatch, outcome) -> None:
    """Have batches done by a function of the batch instead of being read."""

    def submit(self, batch: Batch, work: Work):
        self.most = max(getattr(self, "most", 0), len(self._with_scheduler) + 1)
        future = self._scheduler.client.submit(outcome, batch, key=f"outcome-{uuid4().hex}", workers=self._scheduler.fit())
        future.task_run_id = uuid4()
        return future

    monkeypatch.setattr(ClusterWorkers, "_submit", submit)


def batches(number: int) -> list[Batch]:
    return [Batch(f"b{one}", ()) for one in range(number)]


def staged(batch: Batch) -> Staged:
    return Staged(batch.key, 1, 1)


def page(number: int) -> FoundPage:
    return FoundPage(f"{number}.html", __file__, f"file:///{number}.html", "source", 1, f"hash{number}")


def test_every_batch_comes_back_and_the_scheduler_has_no_more_than_its_workers_are_about_to_read(workers, work, monkeypatch):
    reads_by(monkeypatch, staged)
    found = dict(workers.read(batches(20), work))
    assert found == {batch: staged(batch) for batch in batches(20)}
    assert workers.most == 4


def test_batches_are_larger_where_there_are_pages_enough_for_all_workers_and_never_smaller_than_wanted(workers):
    assert workers.limits_for([page(one) for one in range(1600)], Run(batch_pages=24)).batch_pages == 100
    assert workers.limits_for([page(1)], Run(batch_pages=24)).batch_pages == 24
    assert workers.limits_for([page(1)] * 99_999, Run(batch_pages=24)).batch_pages == Run().part_pages


def test_a_page_that_the_workers_do_not_see_is_refused_before_it_is_read(workers, tmp_path):
    missing = FoundPage("a.html", str(tmp_path / "a.html"), "file:///a.html", "source", 1, "hash")
    with pytest.raises(WrongUse, match="can't read the page"):
        workers.limits_for([missing], Run())


def test_a_batch_whose_workers_died_is_lost(workers, work, monkeypatch):
    def outcome(batch: Batch) -> Staged:
        if batch.key == "b1":
            raise KilledWorker("b1", SimpleNamespace(address="tcp://10.0.0.7:40000"), 3)
        return staged(batch)

    reads_by(monkeypatch, outcome)
    assert {batch.key: done is None for batch, done in workers.read(batches(3), work)} == {"b0": False, "b1": True, "b2": False}


def test_a_worker_that_is_not_fit_is_given_no_more_pages_and_its_batches_go_to_others(workers, work, monkeypatch, capsys):
    unfit, _ = workers._scheduler.running()

    def outcome(batch: Batch) -> Staged | Unfit:
        from distributed import get_worker

        return Unfit(unfit, "vm", "has no storage") if get_worker().address == unfit else staged(batch)

    reads_by(monkeypatch, outcome)
    assert dict(workers.read(batches(12), work)) == {batch: staged(batch) for batch in batches(12)}
    assert capsys.readouterr().err.count(f"The Dask worker {unfit} on vm has no storage. Until then it is given no pages.") == 1
    assert workers.count == 1


def test_when_no_worker_is_fit_any_more_the_run_ends_with_the_mend(workers, work, monkeypatch):
    def outcome(batch: Batch) -> Unfit:
        from distributed import get_worker

        return Unfit(get_worker().address, "vm", "has no storage: mount it")

    reads_by(monkeypatch, outcome)
    with pytest.raises(WrongUse, match="has no storage: mount it"):
        list(workers.read(batches(12), work))


def test_a_run_that_ends_early_takes_back_what_the_scheduler_has(workers, work, monkeypatch, cluster):
    def outcome(batch: Batch) -> Staged:
        import time

        time.sleep(0 if batch.key == "b0" else 1)
        return staged(batch)

    reads_by(monkeypatch, outcome)
    reading = workers.read(batches(9), work)
    next(reading)
    reading.close()
    assert workers._with_scheduler == {}
    assert [
        key for key, task in list(cluster.scheduler.tasks.items()) if "outcome" in str(key) and task.state == "queued"
    ] == []


def test_a_page_read_alone_may_cost_three_workers_and_one_that_took_too_long_only_one(workers, work, monkeypatch, tmp_path):
    reads_by(monkeypatch, lambda batch: None)
    tried: list[str] = []
    real = ClusterWorkers._submit

    def submit(self, batch: Batch, work: Work):
        tried.append(batch.key)
        return real(self, batch, work)

    monkeypatch.setattr(ClusterWorkers, "_submit", submit)
    (work.folder / "b1.late").write_text("here")
    assert [(batch.key, done) for batch, done in workers.read_alone(batches(2), work)] == [("b1", None), ("b0", None)]
    assert sorted(tried) == ["b0", "b0", "b0", "b1"]
    assert Staging(work.folder).late("b1") == "here"


def test_workers_of_several_threads_are_refused_at_the_start(tmp_path, monkeypatch):
    with local_cluster(2) as cluster, pytest.raises(WrongUse, match="has 2 threads"):
        ClusterWorkers(settings(cluster, tmp_path))


def test_where_no_scheduler_answers_the_mend_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(dask_scheduler, "_CONNECT_SECONDS", 0.5)
    with pytest.raises(
        WrongUse, match=r"No Dask scheduler answers at tcp://127.0.0.1:9 .*Start one there with `dask scheduler`"
    ):
        ClusterWorkers(Settings(data_dir=tmp_path, run=Run(dask="tcp://127.0.0.1:9")))


def test_a_scheduler_without_workers_is_told_of_with_the_mend(tmp_path, monkeypatch):
    monkeypatch.setattr(dask_scheduler, "WORKERS_SECONDS", 0.5)
    with (
        LocalCluster(n_workers=0, processes=False, dashboard_address=":0", protocol="tcp") as cluster,
        pytest.raises(WrongUse, match=r"has no workers that take work\. Start some on each machine"),
    ):
        ClusterWorkers(settings(cluster, tmp_path))
