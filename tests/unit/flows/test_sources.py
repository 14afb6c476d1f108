from pathlib import Path

import pytest

from flows.errors import NothingRead, WrongUse
from flows.settings import load_settings
from flows.sources import add_source, check_sources


@pytest.fixture(autouse=True)
def articles(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "my articles"
    folder.mkdir()
    (folder / "a.html").write_text("<html>")
    return folder


def test_a_source_is_added_to_a_new_file_and_read_back():
    assert add_source("my articles", 'Saved "ones"', None) == "Added my articles, 1 pages, to claimhouse.toml."
    [source] = load_settings().sources
    assert (source.location, source.title) == ("my articles", 'Saved "ones"')


def test_a_source_is_added_behind_what_the_file_holds():
    Path("claimhouse.toml").write_text("# mine\n[gate]\nmax_quarantined_percent = 3\n", encoding="utf-8")
    add_source("my articles", None, None)
    settings = load_settings()
    assert (settings.gate.max_quarantined_percent, len(settings.sources)) == (3, 1)
    assert Path("claimhouse.toml").read_text(encoding="utf-8").startswith("# mine\n")


def test_a_source_counts_from_the_folder_of_the_settings_file(tmp_path):
    Path("conf").mkdir()
    add_source("my articles", None, Path("conf/c.toml"))
    [source] = load_settings(Path("conf/c.toml")).sources
    assert Path(source.location).resolve() == tmp_path / "my articles"


def test_a_source_that_is_there_is_not_added_again():
    add_source("my articles", None, None)
    assert add_source("my articles", None, None) == "my articles is a source already."
    assert len(load_settings().sources) == 1


def test_a_place_that_is_not_there_is_not_added():
    with pytest.raises(WrongUse, match="There is no file or folder"):
        add_source("nowhere", None, None)
    assert not Path("claimhouse.toml").exists()


def test_a_folder_without_pages_is_not_added(articles):
    (articles / "a.html").unlink()
    with pytest.raises(NothingRead):
        add_source("my articles", None, None)


def test_checking_looks_at_every_source_and_gives_the_first_wrong_ones_code(articles, capsys):
    listed = '[[sources]]\nlocation = "gone"\n[[sources]]\nlocation = "my articles"\n'
    Path("claimhouse.toml").write_text(listed, encoding="utf-8")
    assert check_sources(None) == 2
    said = capsys.readouterr().out
    assert "✗ There is no file or folder gone" in said
    assert "✓ my articles: 1 pages" in said


def test_without_sources_there_is_nothing_to_check():
    with pytest.raises(WrongUse, match="claimhouse sources add"):
        check_sources(None)
