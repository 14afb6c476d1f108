import os
import sqlite3
from pathlib import Path

import pytest

from flows import discover as discovering
from flows import file_memory
from flows.clock import now
from flows.discover import discover
from flows.file_memory import NAME
from flows.settings import Settings

PAGE = "<html><body><p>{}</p></body></html>"


@pytest.fixture(autouse=True)
def any_file_is_old_enough(monkeypatch):
    monkeypatch.setattr(file_memory, "_SOON_NS", 0)


@pytest.fixture
def folder(tmp_path):
    articles = tmp_path / "articles"
    (articles / "sub").mkdir(parents=True)
    (articles / "a.html").write_text(PAGE.format("one"))
    (articles / "sub" / "b.html").write_text(PAGE.format("two"))
    (tmp_path / "data").mkdir()
    return articles


@pytest.fixture
def looked_at(monkeypatch):
    """Names of the files that were looked into."""
    names = []
    kind_of = discovering.kind_of

    def looked(path):
        if path.is_file():
            names.append(path.name)
        return kind_of(path)

    monkeypatch.setattr(discovering, "kind_of", looked)
    return names


def found(folder):
    settings = Settings.model_construct(data_dir=folder.parent / "data", sources=())
    return discover([str(folder)], settings, now()).pages


def test_a_file_that_is_as_it_was_is_not_read_again_and_is_the_same_page(folder, looked_at):
    first = found(folder)
    looked_at.clear()

    assert found(folder) == first
    assert looked_at == []


def test_one_that_changed_is_read_again_though_its_size_and_time_are_as_they_were(folder, looked_at):
    first = found(folder)
    status = (folder / "a.html").stat()
    (folder / "a.html").write_text(PAGE.format("six"))
    os.utime(folder / "a.html", ns=(status.st_atime_ns, status.st_mtime_ns))
    looked_at.clear()

    second = found(folder)

    assert looked_at == ["a.html"]
    assert second[0].raw_hash != first[0].raw_hash
    assert second[1:] == first[1:]


def test_one_that_changed_just_now_is_not_remembered(folder, looked_at, monkeypatch):
    monkeypatch.setattr(file_memory, "_SOON_NS", 3_600_000_000_000)
    found(folder)
    looked_at.clear()
    found(folder)

    assert looked_at == ["a.html", "b.html"]


def test_files_that_are_gone_are_forgotten_and_those_of_other_inputs_are_not(folder, tmp_path):
    other = tmp_path / "articles-too"
    other.mkdir()
    (other / "c.html").write_text(PAGE.format("three"))
    found(folder)
    found(other)
    (folder / "a.html").unlink()
    found(folder)

    with sqlite3.connect(tmp_path / "data" / NAME) as con:
        paths = [path for (path,) in con.execute("SELECT path FROM files ORDER BY path")]
    assert paths == [str(other / "c.html"), str(folder / "sub" / "b.html")]


def test_a_memory_that_is_damaged_or_can_t_be_written_costs_time_alone(folder, looked_at):
    first = found(folder)
    (folder.parent / "data" / NAME).write_bytes(b"no database" * 100)
    looked_at.clear()

    assert found(folder) == first
    assert looked_at == ["a.html", "b.html"]


def test_what_can_t_be_read_is_tried_again(folder, looked_at):
    settings = Settings.model_construct(data_dir=folder.parent / "data", sources=())
    small = settings.model_copy(update={"reading": settings.reading.model_copy(update={"max_page_mb": 0.00001})})
    assert all(page.problem for page in discover([str(folder)], small, now()).pages)
    assert not any(page.problem for page in found(folder))
    assert all(page.problem for page in discover([str(folder)], small, now()).pages)


def test_a_name_that_is_no_text_is_found_each_time(folder, looked_at):
    name = os.fsencode(folder) + b"/\xff.html"
    try:
        Path(os.fsdecode(name)).write_text(PAGE.format("four"))
    except OSError:
        pytest.skip("the file system takes no such name")
    assert len(found(folder)) == 3
    assert found(folder) == found(folder)


def test_a_link_that_leads_to_itself_is_passed_over(folder):
    (folder / "loop.html").symlink_to(folder / "loop.html")

    assert len(found(folder)) == 2
