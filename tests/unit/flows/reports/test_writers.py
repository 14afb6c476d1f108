"""Two who write the pages of one folder at once."""

import threading
from pathlib import Path

import pytest

from flows.errors import Busy
from flows.reports import files
from flows.reports.files import only_writer
from flows.reports.pages import write_pages
from warehouse.database import Connection


def test_a_second_writer_waits_for_the_first(con: Connection, tmp_path: Path) -> None:
    held, may_end = threading.Event(), threading.Event()

    def first() -> None:
        with only_writer(tmp_path):
            held.set()
            may_end.wait(30)

    thread = threading.Thread(target=first)
    thread.start()
    held.wait(30)
    threading.Timer(0.3, may_end.set).start()
    write_pages(con, tmp_path)
    assert may_end.is_set()
    thread.join()


def test_a_writer_that_never_ends_is_told(con: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_WAIT_SECONDS", 0)
    with only_writer(tmp_path), pytest.raises(Busy, match="Another process writes the pages"):
        write_pages(con, tmp_path)
    assert not list(tmp_path.glob("*.html"))
