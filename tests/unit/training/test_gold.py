import json
import random
from pathlib import Path

import pytest

import training
from training.gold import Sentence, fill_sentences, read_set, with_stock


@pytest.fixture
def read(tmp_path):
    def read_row(text: str, *mentions: tuple[str, str]) -> Sentence:
        spans = [[text.index(name), text.index(name) + len(name), type_] for name, type_ in mentions]
        (tmp_path / "train.jsonl").write_text(json.dumps({"id": "a", "text": text, "mentions": spans}), encoding="utf-8")
        (sentence,) = read_set(tmp_path / "train.jsonl")
        return sentence

    return read_row


def named(sentence: Sentence, *stock: tuple[str, str]) -> list[tuple[str, str]]:
    text = sentence.text
    found = [(text.index(name), text.index(name) + len(name), label) for name, label in stock]
    return [(text[start:end], label) for start, end, label in with_stock(sentence, found)]


def test_a_set_s_types_become_labels_of_the_model(read):
    sentence = read("Berg left the Farm Party.", ("Berg", "politician"), ("Farm Party", "politicalparty"))
    assert named(sentence) == [("Berg", "PERSON"), ("Farm Party", "ORG")]


def test_a_place_keeps_the_kind_of_place_that_the_stock_model_sees(read):
    sentence = read("They swam in the Glomma.", ("Glomma", "location"))
    assert named(sentence, ("Glomma", "LOC")) == [("Glomma", "LOC")]
    assert named(sentence, ("Glomma", "PERSON")) == [("Glomma", "GPE")]


def test_what_is_in_lower_case_is_no_name(read):
    assert named(read("We used decision trees.", ("decision trees", "algorithm"))) == []


def test_what_the_set_calls_no_name_of_ours_hides_the_stock_model_s(read):
    assert named(read("They studied Logic there.", ("Logic", "field")), ("Logic", "WORK_OF_ART")) == []


def test_dates_stay_as_the_stock_model_reads_them(read):
    assert named(read("Berg left in May.", ("Berg", "person")), ("May", "DATE")) == [("Berg", "PERSON"), ("May", "DATE")]


def test_a_name_that_the_set_does_not_have_is_none(read):
    assert named(read("Berg left Kade.", ("Berg", "person")), ("Kade", "ORG")) == [("Berg", "PERSON")]


def test_a_name_of_an_open_type_is_what_the_stock_model_says(read):
    assert named(read("He wrote for the Monthly.", ("Monthly", "magazine")), ("Monthly", "ORG")) == [("Monthly", "ORG")]


FOLDER = Path(training.__file__).parent


def test_filled_sentences_hold_no_slot_and_every_name_in_its_place():
    sentences = list(fill_sentences(FOLDER, times=1, rng=random.Random(1)))
    assert not [one.text for one in sentences if "{" in one.text or "}" in one.text or "|" in one.text]
    assert all(one.text[start:end].strip() for one in sentences for start, end, _ in one.names)
    labels = {label for one in sentences for _, _, label in one.names}
    assert labels <= {"PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE"}


def test_a_surname_is_that_of_the_person_named_before(tmp_path):
    (tmp_path / "fillers.csv").write_text("slot,forms\nperson,Ada Berg\n", encoding="utf-8")
    (tmp_path / "sentences.txt").write_text("# a remark\n{person} left. {surname} came back in {ORG|Kade}.\n", encoding="utf-8")
    (sentence,) = fill_sentences(tmp_path, times=1, rng=random.Random(1))
    assert sentence.text == "Ada Berg left. Berg came back in Kade."
    assert sentence.names == ((0, 8, "PERSON"), (15, 19, "PERSON"), (33, 37, "ORG"))
