import socket
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from flows.batch import Batch, Staged, Work
from flows.dask_worker import Ground, _annotate, _unpacked, packed, unfitness, versions
from flows.found import FoundPage
from flows.settings import Reading
from flows.staging import Staging
from tests.unit.flows.test_staging import document, tables


def on_worker(monkeypatch, threads: int = 1) -> None:
    worker = SimpleNamespace(address="tcp://10.0.0.7:40000", state=SimpleNamespace(nthreads=threads))
    monkeypatch.setattr("flows.dask_worker.get_worker", lambda: worker)
    monkeypatch.setattr("flows.dask_worker._fit", set())


@pytest.fixture
def ground(tmp_path, monkeypatch) -> Ground:
    """What this process has, which is on a worker."""
    on_worker(monkeypatch)
    folder = tmp_path / "staging"
    folder.mkdir()
    mark = tmp_path / "cluster.id"
    mark.write_text("the mark")
    return Ground(folder, mark, "the mark", Reading(), versions(Reading()), socket.gethostname(), api=None)


def test_a_worker_that_has_all_is_fit(ground):
    assert unfitness(ground) is None


def test_a_worker_is_named_with_its_machine(ground, monkeypatch):
    on_worker(monkeypatch, threads=2)
    assert str(unfitness(ground)).startswith(f"The Dask worker tcp://10.0.0.7:40000 on {socket.gethostname()} has 2 threads")


def test_a_worker_of_several_threads_is_told_how_to_start(ground, monkeypatch):
    on_worker(monkeypatch, threads=2)
    assert "start it with --nthreads 1" in str(unfitness(ground))


@pytest.mark.parametrize("number", range(len(versions(Reading()))))
def test_each_version_must_be_that_of_the_machine_that_starts_the_run(ground, number):
    name, version = ground.versions[number]
    theirs = (*ground.versions[:number], (name, "another"), *ground.versions[number + 1 :])
    sentence = str(unfitness(replace(ground, versions=theirs)))
    assert f"has {name} {version}" in sentence
    assert "has another: install the same Claimhouse there" in sentence


def test_another_model_is_another_version(ground):
    assert versions(Reading(min_words=21)) != ground.versions


def test_a_model_that_is_missing_there_is_told_of(ground):
    assert "can't read: The language model missing is not installed" in str(
        unfitness(replace(ground, reading=Reading(model="missing")))
    )


def test_a_folder_that_is_not_mounted_is_named_with_the_mend(ground, tmp_path):
    sentence = str(unfitness(replace(ground, mark=tmp_path / "elsewhere" / "cluster.id")))
    assert f"can't use the data folder {tmp_path / 'elsewhere'} (No such file or directory): mount the storage" in sentence


def test_another_folder_of_the_same_name_is_told_from_the_shared_one(ground, tmp_path):
    assert f"has another folder at {tmp_path}" in str(unfitness(replace(ground, mark_text="another mark")))


def test_a_folder_that_can_not_be_written_is_refused(ground, tmp_path):
    assert f"can't use the data folder {tmp_path}" in str(unfitness(replace(ground, folder=tmp_path / "missing")))


def test_a_page_that_is_not_seen_there_is_named(ground, tmp_path):
    page = str(tmp_path / "pages" / "a.html")
    assert f"can't read the page {page} (No such file or directory)" in str(unfitness(replace(ground, pages=(page,))))


def test_a_server_on_loopback_of_another_machine_is_refused_even_where_one_answers_here(ground):
    with socket.create_server(("127.0.0.1", 0)) as server:
        api = f"http://127.0.0.1:{server.getsockname()[1]}/api"
        assert unfitness(replace(ground, api=api)) is None
        sentence = str(unfitness(replace(ground, api=api, host="elsewhere")))
    assert "which answers on elsewhere alone" in sentence
    assert "`prefect server start --host 0.0.0.0`" in sentence


def test_a_server_that_can_not_be_reached_is_named(ground):
    with socket.create_server(("127.0.0.1", 0)) as server:
        api = f"http://127.0.0.1:{server.getsockname()[1]}/api"
    assert f"can't reach Prefect's server at {api} (Connection refused)" in str(unfitness(replace(ground, api=api)))


def test_what_was_found_fit_is_not_looked_at_again_and_what_was_not_is(ground):
    lacking = replace(ground, mark_text="another mark")
    assert unfitness(lacking) is not None
    ground.mark.write_text("another mark")
    assert unfitness(lacking) is None
    ground.mark.unlink()
    assert unfitness(lacking) is None


@pytest.fixture
def work(ground) -> Work:
    return Work(ground.folder, Reading(), "v1", 120, 4000)


def test_a_batch_that_an_earlier_worker_died_at_is_not_begun(ground, work):
    Staging(ground.folder).note("a", 0, 0)
    assert _annotate(Batch("a", ()), work, ground) is None


def test_a_batch_that_an_earlier_worker_staged_is_not_read_again(ground, work):
    Staging(ground.folder).write("a", tables({**document(1), "word_count": 7}))
    assert _annotate(Batch("a", ()), work, ground) == Staged("a", 0, 7)


def test_a_worker_that_is_not_fit_begins_no_batch(ground, work, tmp_path):
    unfit = _annotate(Batch("a", ()), work, replace(ground, mark_text="another mark"))
    assert unfit is not None
    assert Staging(ground.folder).noted("a") is None
    assert Path(ground.folder).is_dir()


def test_what_a_worker_is_sent_comes_out_as_it_was_names_that_are_no_text_too():
    pages = (
        FoundPage("a.html", "/in/\udcff.html", "file:///in/%FF.html", "source", 7, "hash", fetched_at=datetime(2026, 3, 1)),
        FoundPage("b", "/in/b.jsonl", "", "source", 9, None, "cut off", container="row", at=3, columns=(("text", "body"),)),
    )
    reading = Reading(min_words=7, languages=("en", "de"))
    work = Work(Path("/data/staging"), reading, "v1", 120.0, 4000)
    ground = Ground(
        Path("/data/staging"), Path("/data/mark"), "here", reading, (("polars", "2.1.0"),), "host", None, ("/in/a",)
    )

    assert _unpacked(packed(Batch("key", pages), work, ground)) == (Batch("key", pages), work, ground)
