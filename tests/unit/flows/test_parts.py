"""When the parts of a run are published: in their order, each once it is read, and none after one that failed."""

import threading
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from flows import publishing
from flows.batch import Batch
from flows.found import Found, FoundPage
from flows.news import Plan
from flows.publishing import PartStopped, Publishing
from flows.run import Run
from flows.settings import Settings
from flows.told import Told
from warehouse.tables import SOURCES

FOUND = Found(SOURCES.frame(), (), 0, ())
HERE = threading.get_ident()


def page(name: str) -> FoundPage:
    return FoundPage(name, f"/{name}", f"file:///{name}", "s", 1, f"hash of {name}")


def plan(*names: str, staged: tuple[str, ...] = ()) -> Plan:
    of = {name: page(name) for name in (*names, *staged)}
    return Plan(tuple(of[name] for name in names), tuple(of[name] for name in staged), pl.Series("document_id", [], pl.String))


class Published:
    """Notes what was published and in which thread; one of the parts may fail, or be stopped."""

    def __init__(self, fails: str = "", stops: str = "") -> None:
        self.names: list[str] = []
        self.threads: list[int] = []
        self.fails, self.stops = fails, stops

    def __call__(self, part: Plan, found: Found, run: Run, before: Told) -> Told:
        [name] = sorted(page.key for page in (*part.pending, *part.staged))[:1]
        if name == self.fails:
            raise OSError(name)
        self.names.append(name)
        self.threads.append(threading.get_ident())
        return replace(before, stopped_by=("x",) if name == self.stops else (), documents=before.documents + 1)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    run = Run(Settings(data_dir=tmp_path), "v1", flow_run_id=None)
    monkeypatch.setattr("flows.staging.Staging.wait_for", lambda *_: None)
    return run


def published_by(monkeypatch: pytest.MonkeyPatch, **ends: str) -> Published:
    published = Published(**ends)
    monkeypatch.setattr(publishing, "publish", published)
    return published


def read(at: Publishing, *names: str) -> None:
    at.has_read(Batch(names[0], tuple(page(name) for name in names)))


def wait_for(at: Publishing) -> None:
    for begun in at._begun:
        begun.exception()


def test_a_part_is_published_beside_the_reading_once_it_and_those_before_it_are_read(run, monkeypatch):
    published = published_by(monkeypatch)
    with Publishing([plan("a", "b"), plan("c"), plan("d")], FOUND, run) as at:
        read(at, "c")
        read(at, "a")
        assert published.names == []
        read(at, "b")
        wait_for(at)
        assert published.names == ["a", "c"]
        assert HERE not in published.threads
        read(at, "d")
        wait_for(at)
        assert published.names == ["a", "c"]  # the last one has nothing beside it that goes on
        assert at.finish().documents == 3
    assert published.names == ["a", "c", "d"]
    assert published.threads[-1] == HERE


def test_what_is_staged_already_waits_for_nothing_but_its_turn(run, monkeypatch):
    published = published_by(monkeypatch)
    with Publishing([plan(staged=("a",)), plan("b"), plan("c")], FOUND, run) as at:
        read(at, "c")
        wait_for(at)
        assert published.names == ["a"]
        at.finish()
    assert published.names == ["a", "b", "c"]


def test_a_part_that_fails_ends_the_reading_and_none_comes_after_it(run, monkeypatch):
    published = published_by(monkeypatch, fails="b")
    with Publishing([plan("a"), plan("b"), plan("c"), plan("d")], FOUND, run) as at:
        read(at, "a", "b", "c")
        wait_for(at)
        with pytest.raises(OSError, match="b"):
            read(at, "d")
    assert published.names == ["a"]


def test_a_part_that_the_gate_stops_ends_the_reading_and_those_after_it_are_left(run, monkeypatch):
    published = published_by(monkeypatch, stops="b")
    with Publishing([plan("a"), plan("b"), plan("c"), plan("d", "e")], FOUND, run) as at:
        read(at, "a", "b", "c")
        wait_for(at)
        with pytest.raises(PartStopped):
            read(at, "d")
        told = at.finish()
    assert published.names == ["a", "b"]
    assert (told.stopped_by, told.left) == (("x",), 3)


def test_parts_of_a_run_that_is_broken_off_are_not_begun(run, monkeypatch):
    published = published_by(monkeypatch)
    with pytest.raises(KeyboardInterrupt), Publishing([plan("a"), plan("b")], FOUND, run):
        raise KeyboardInterrupt
    assert published.names == []
