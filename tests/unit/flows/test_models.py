import polars as pl
import pytest

from flows.errors import WrongUse
from flows.language_model import model_version, name_weights
from flows.models import load_reader, pipeline_version, seeds
from flows.settings import Reading


def test_the_model_tells_its_version_without_being_loaded():
    assert model_version(Reading().model) == "en_core_web_md 3.8.0"


def test_a_model_that_is_not_installed_is_wrong_use_with_the_mend():
    with pytest.raises(WrongUse, match=r"en_nowhere is not installed.*pip.*model under \[reading\]"):
        model_version("en_nowhere")


def test_a_package_that_is_no_model_is_told_apart_from_one_that_is_missing():
    with pytest.raises(WrongUse, match="json is installed but is no spaCy model"):
        model_version("json")


def test_a_path_is_no_name_of_a_model():
    with pytest.raises(WrongUse, match="is not installed"):
        model_version("../model")


@pytest.mark.parametrize("other", [Reading(min_words=21), Reading(languages=("de",))])
def test_settings_that_decide_what_is_read_are_part_of_the_version(other):
    assert pipeline_version(other) != pipeline_version(Reading())


def test_a_limit_on_size_is_no_part_of_the_version():
    assert pipeline_version(Reading(max_page_mb=1)) == pipeline_version(Reading())


def test_an_edited_lexicon_makes_another_version(monkeypatch, tmp_path):
    before = pipeline_version.__wrapped__(Reading())
    changed = tmp_path / "cues.csv"
    changed.write_text("lemma,kind\n", encoding="utf-8")
    monkeypatch.setattr("flows.models._seed_files", lambda: [changed])
    assert pipeline_version.__wrapped__(Reading()) != before


def test_other_weights_make_another_version(monkeypatch, tmp_path):
    before = pipeline_version.__wrapped__(Reading())
    (tmp_path / "names.npz").write_bytes(name_weights().read_bytes() + b" ")
    monkeypatch.setattr("flows.models.name_weights", lambda: tmp_path / "names.npz")
    assert pipeline_version.__wrapped__(Reading()) != before


def test_the_reader_knows_names_that_the_stock_model_was_not_taught():
    doc = load_reader(Reading()).nlp("Berg lost the 1984 Norwegian parliamentary election for the Farmers' Union of Norway.")
    assert {("1984 Norwegian parliamentary election", "EVENT"), ("Farmers' Union of Norway", "ORG")} <= {
        (span.text, span.label_) for span in doc.ents
    }


def test_seeds_are_keyed_by_file_and_hold_the_catalogue():
    found = seeds()
    assert {"entities", "cues", "furniture"} <= found.keys()
    assert {"name", "type", "aliases"} <= set(found["entities"].columns)


def test_a_lexicon_that_begins_with_numbers_may_hold_words(monkeypatch, tmp_path):
    (tmp_path / "entities.csv").write_text("form\n" + "1\n" * 200 + "one\n", encoding="utf-8")
    monkeypatch.setattr("flows.models._seed_files", lambda: [tmp_path / "entities.csv"])
    assert seeds.__wrapped__()["entities"].schema == {"form": pl.String}
