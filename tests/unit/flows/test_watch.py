import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from flows import watch
from flows.settings import Settings, Source
from flows.watch import watched_folders, watching


@pytest.fixture(autouse=True)
def brisk(monkeypatch):
    monkeypatch.setattr(watch, "QUIET_MS", 50)
    monkeypatch.setattr(watch, "LOOK_AGAIN_MS", 200)
    monkeypatch.setattr(watch, "POLL_MS", 50)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "articles").mkdir()
    return tmp_path / "articles"


class Told:
    """Counts what it is told of, and says that it could do something about it, or not."""

    def __init__(self) -> None:
        self.times = 0
        self.can = True
        self._again = threading.Event()

    def __call__(self) -> bool:
        self.times += 1
        self._again.set()
        return self.can

    def wait(self, seconds: float = 5) -> bool:
        heard = self._again.wait(seconds)
        self._again.clear()
        return heard


@contextmanager
def watched(folder, besides=None) -> Iterator[Told]:
    told = Told()
    with watching([folder], besides=besides or folder.parent / "data", on_arrival=told):
        time.sleep(0.15)  # inotify takes a moment to begin
        yield told


def test_a_file_that_comes_is_told_of(folder):
    with watched(folder) as told:
        (folder / "page.html").write_text("<html>")
        assert told.wait()


def test_many_files_that_come_together_are_told_of_once(folder):
    with watched(folder) as told:
        for number in range(20):
            (folder / f"{number}.html").write_text("<html>")
        assert told.wait()
        assert not told.wait(0.4)
    assert told.times == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / ".page.html.part").write_text("<htm"),
        lambda folder: (folder / "data" / "staged.html").write_text("<html>"),
        lambda folder: (folder / "old.html").unlink(),
    ],
    ids=["a hidden file", "a file of the data folder", "a file that goes"],
)
def test_what_is_no_arrival_is_not_told_of(folder, change: Callable):
    (folder / "data").mkdir()
    (folder / "old.html").write_text("<html>")
    with watched(folder, besides=folder / "data") as told:
        change(folder)
        assert not told.wait(0.5)


def test_what_could_not_be_told_is_told_again(folder):
    with watched(folder) as told:
        told.can = False
        (folder / "page.html").write_text("<html>")
        assert told.wait()
        told.can = True
        assert told.wait()
        assert not told.wait(0.5)


def test_a_folder_that_comes_later_is_watched_and_told_of(folder):
    shutil.rmtree(folder)
    with watched(folder) as told:
        folder.mkdir()
        assert told.wait()
        time.sleep(0.2)
        (folder / "page.html").write_text("<html>")
        assert told.wait()


def test_a_folder_that_is_replaced_by_another_is_watched_on(folder):
    with watched(folder) as told:
        new = folder.with_name("new")
        new.mkdir()
        shutil.rmtree(folder)
        new.rename(folder)
        assert told.wait()
        time.sleep(0.2)
        (folder / "page.html").write_text("<html>")
        assert told.wait()


def test_a_share_is_read_through_instead(folder, monkeypatch):
    asked = []
    real = watch.watch
    monkeypatch.setattr(watch, "watch", lambda *paths, **how: asked.append(how["force_polling"]) or real(*paths, **how))
    shares = [SimpleNamespace(mountpoint="/", fstype="ext4"), SimpleNamespace(mountpoint=str(folder.parent), fstype="nfs4")]
    monkeypatch.setattr(watch.psutil, "disk_partitions", lambda all: shares)
    with watched(folder) as told:
        (folder / "page.html").write_text("<html>")
        assert told.wait()
    assert asked == [True]


def test_where_the_system_cannot_watch_folders_are_read_through(folder, monkeypatch):
    real = watch.watch

    def limited(*paths, **how):
        if not how["force_polling"]:
            raise OSError("OS file watch limit reached")
        return real(*paths, **how)

    monkeypatch.setattr(watch, "watch", limited)
    with watched(folder) as told:
        time.sleep(0.3)
        (folder / "page.html").write_text("<html>")
        assert told.wait()


def test_watching_ends_with_its_block(folder):
    with watched(folder):
        assert any(thread.name == "watch folders" for thread in threading.enumerate())
    assert not any(thread.name == "watch folders" for thread in threading.enumerate())


def test_folders_are_watched_and_neither_files_nor_what_is_on_the_web(folder):
    (folder / "one.html").write_text("<html>")
    places = [folder, folder / "one.html", folder / "not-yet", folder / "no-file-yet.html", "https://example.org/feed"]
    settings = Settings(sources=tuple(Source(location=str(place)) for place in places))
    assert watched_folders(settings) == [folder, folder / "not-yet"]
