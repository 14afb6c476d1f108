import re
from pathlib import Path

import pytest

from flows.errors import WrongUse
from flows.settings import Settings, Source, load_settings


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def config(text: str) -> Path:
    path = Path("claimhouse.toml")
    path.write_text(text, encoding="utf-8")
    return path


def refused(text: str) -> str:
    with pytest.raises(WrongUse) as caught:
        load_settings(config(text))
    return str(caught.value)


def test_without_a_file_every_setting_has_a_default():
    settings = load_settings()
    assert settings == Settings()
    assert settings.place == Path("data/warehouse.duckdb")


def test_a_file_in_the_current_folder_is_read_without_being_named():
    config("[reading]\nmin_words = 5\n")
    assert load_settings().reading.min_words == 5


def test_relative_paths_count_from_the_folder_of_the_file():
    Path("conf").mkdir()
    file = Path("conf/a.toml")
    file.write_text('data_dir = "d"\nwarehouse = "w.duckdb"\n[[sources]]\nlocation = "pages"\n', encoding="utf-8")
    settings = load_settings(file)
    assert (settings.data_dir, settings.place) == (Path("conf/d"), Path("conf/w.duckdb"))
    assert settings.sources[0].location == "conf/pages"


def test_the_environment_wins_over_the_file_and_the_command_line_over_both(monkeypatch):
    monkeypatch.setenv("CLAIMHOUSE_GATE__MAX_QUARANTINED_PERCENT", "7")
    monkeypatch.setenv("CLAIMHOUSE_WAREHOUSE", "env.duckdb")
    settings = load_settings(config('warehouse = "file.duckdb"\n[gate]\nmax_quarantined_percent = 1\n'))
    assert settings.gate.max_quarantined_percent == 7
    assert settings.place == Path("env.duckdb")
    assert load_settings(warehouse=Path("flag.duckdb")).place == Path("flag.duckdb")


def test_a_section_that_the_environment_and_the_file_both_set_takes_from_both(monkeypatch):
    monkeypatch.setenv("CLAIMHOUSE_READING__MIN_WORDS", "3")
    settings = load_settings(config('[reading]\nlanguages = ["en", "de"]\n'))
    assert (settings.reading.min_words, settings.reading.languages) == (3, ("en", "de"))


def test_settings_are_frozen():
    with pytest.raises(ValueError, match="frozen"):
        load_settings().gate.max_quarantined_percent = 3  # type: ignore[misc]


def test_a_number_out_of_range_is_refused_with_the_range_and_the_section():
    assert refused("[gate]\nmax_quarantined_percent = 140\n") == (
        "`max_quarantined_percent` is 140; it is a percentage: set 0 to 100 under [gate] in claimhouse.toml."
    )


def test_a_wrong_type_is_refused_with_what_it_should_be():
    assert refused('[run]\nworkers = "many"\n') == (
        '`workers` is "many"; it is a number of worker processes: set 1 or more under [run] in claimhouse.toml.'
    )


def test_every_wrong_setting_is_named_at_once():
    assert len(refused("[run]\nworkers = 0\nbatch_pages = 0\n").splitlines()) == 2


def test_an_unknown_setting_is_refused_with_the_one_that_was_meant():
    assert refused("[reading]\nmin_word = 3\n") == (
        "`min_word` under [reading] in claimhouse.toml is no setting: did you mean `min_words`?"
    )


def test_an_unknown_section_is_refused_with_the_list_of_those_there_are():
    message = refused("[colours]\nred = 3\n")
    assert "`colours` in claimhouse.toml is no setting" in message
    assert "`reading`" in message


def test_a_section_given_as_a_value_is_refused():
    assert "`gate` is 3; it is a table of settings" in refused("gate = 3\n")


def test_a_source_of_unknown_kind_is_refused():
    assert refused('[[sources]]\nkind = "fax"\nlocation = "x"\n') == (
        '`kind` is "fax"; it is a kind of source: set feed, sitemap, url, file or warc, or leave it out '
        "under [[sources]] in claimhouse.toml."
    )


def test_a_source_without_a_location_is_refused():
    assert refused("[[sources]]\n") == (
        "`location` is missing under [[sources]] in claimhouse.toml; "
        "it is an address, or the path of a file or folder: set one."
    )


def test_a_language_that_is_no_code_is_refused():
    assert 'it is a list of ISO 639-1 codes: set for example ["en"]' in refused('[reading]\nlanguages = ["English"]\n')


def test_a_file_that_is_no_toml_is_refused_with_the_line():
    assert "line 1" in refused("reading: 3\n")


def test_a_settings_file_that_is_not_there_is_refused():
    with pytest.raises(WrongUse, match=r"no settings file nowhere\.toml"):
        load_settings(Path("nowhere.toml"))


def test_a_wrong_variable_of_the_environment_is_named_as_such(monkeypatch):
    monkeypatch.setenv("CLAIMHOUSE_GATE__MAX_QUARANTINED_PERCENT", "-1")
    with pytest.raises(WrongUse, match="in the environment variable CLAIMHOUSE_GATE__MAX_QUARANTINED_PERCENT"):
        load_settings()


def test_a_variable_that_names_no_setting_is_refused(monkeypatch):
    monkeypatch.setenv("CLAIMHOUSE_WAREHUOSE", "x")
    with pytest.raises(WrongUse, match="did you mean `warehouse`"):
        load_settings()


def test_workers_are_capped_by_the_cores(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    monkeypatch.setenv("CLAIMHOUSE_RUN__WORKERS", "64")
    assert load_settings().workers == 3


def test_a_further_worker_is_started_for_every_five_pages(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    monkeypatch.setenv("CLAIMHOUSE_RUN__WORKERS", "3")
    settings = load_settings()
    assert [settings.workers_for(pages) for pages in (0, 1, 5, 6, 15, 99)] == [0, 1, 1, 2, 3, 3]


def test_the_example_in_the_docs_names_every_setting_with_its_default():
    example = Path(__file__).parents[3] / "docs" / "claimhouse.toml"
    settings = load_settings(example)
    assert settings.model_copy(update={"data_dir": Path("data")}) == Settings()
    told = set(re.findall(r"^(?:# )?\[*(\w+)(?:\]| =)", example.read_text(encoding="utf-8"), re.MULTILINE))
    sections = [Settings, *(type(getattr(settings, name)) for name in ("reading", "run", "gate", "schedule")), Source]
    assert {name for section in sections for name in section.model_fields} <= told


@pytest.mark.parametrize("value", ["00", ":", "{", "[" * 5_000])
def test_a_section_in_the_environment_that_is_no_json_is_refused_with_the_mend(monkeypatch, value):
    monkeypatch.setenv("CLAIMHOUSE_READING", value)
    with pytest.raises(WrongUse, match="CLAIMHOUSE_READING__MIN_WORDS=20"):
        load_settings()


def test_a_file_that_is_nested_beyond_all_settings_is_refused():
    assert "nested too deeply" in refused(f"a = {'[' * 5_000}")
