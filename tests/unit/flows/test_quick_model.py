"""The language model as we run it, beside the same model as spaCy loads it."""

import numpy as np
import pytest
import spacy
from spacy.pipeline import AttributeRuler, Lemmatizer
from spacy.tokens import Doc

from flows import quick_attributes, quick_lemmas, quick_vectors
from flows.language_model import load_model, model_folder, read_names_as_taught
from flows.settings import Reading

TEXTS = (
    'The harbour board said on Monday that "30 ferries" will cross the strait; Ana Ruiz, its head, isn\'t so sure.',
    "There's no way they're gonna do it, y'all: c'mon, let's see what the minister's got.",
    "",
    "   ",
    "Prices  rose 4.5% to €3 million \u00a0 – in May 2026 🙂, e.g. for grain.",
    "The harbour board said no. The harbour board said yes.",
)
_ASKED = ("ORTH", "TAG", "POS", "MORPH", "LEMMA", "DEP", "HEAD", "ENT_IOB", "ENT_TYPE")


@pytest.fixture(scope="module")
def stock():
    nlp = spacy.load(model_folder(Reading().model))
    read_names_as_taught(nlp, Reading().model)
    return nlp


def read(nlp, texts=TEXTS):
    docs = list(nlp.pipe(texts))
    return [doc.to_array(list(_ASKED)).tolist() for doc in docs], np.concatenate([doc.tensor for doc in docs])


def test_every_word_comes_out_as_spacy_reads_it(stock):
    (rows, vectors), (known, known_vectors) = read(load_model(Reading().model)), read(stock)

    assert rows == known
    assert np.allclose(vectors, known_vectors, atol=1e-4)


def test_the_model_s_vectors_attributes_and_lemmas_are_the_quick_ones():
    nlp = load_model(Reading().model)

    assert nlp.get_pipe("tok2vec").model.name == "quick_vectors"
    assert "quick_vectors" in [node.name for node in nlp.get_pipe("ner").model.walk()]
    assert type(nlp.get_pipe("attribute_ruler")) is not AttributeRuler
    assert not isinstance(nlp.get_pipe("lemmatizer"), Lemmatizer)


def test_a_memory_that_is_full_begins_anew(stock, monkeypatch):
    monkeypatch.setattr(quick_vectors, "MOST_WORDS", 25)
    monkeypatch.setattr(quick_attributes, "MOST_WORDS", 10)
    monkeypatch.setattr(quick_lemmas, "MOST_WORDS", 10)
    load_model.cache_clear()
    nlp = load_model(Reading().model)
    load_model.cache_clear()

    assert [read(nlp, [text])[0] for text in TEXTS * 2] == [read(stock, [text])[0] for text in TEXTS * 2]


def test_more_words_than_fit_the_table_make_it_grow(stock):
    words = [f"{first}{second}" for first in ("bar", "tol", "kem", "ris") for second in range(1_500)]

    (rows, vectors), (known, known_vectors) = (
        read(load_model(Reading().model), [" ".join(words)]),
        read(stock, [" ".join(words)]),
    )
    assert rows == known
    assert np.allclose(vectors, known_vectors, atol=1e-4)


def test_vectors_of_another_build_are_left_to_spacy():
    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec")
    nlp.initialize()
    before = nlp.get_pipe("tok2vec").model

    quick_vectors.quicken_vectors(nlp)

    assert nlp.get_pipe("tok2vec").model is before


def test_rules_that_look_beyond_a_word_are_left_to_spacy():
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("attribute_ruler")
    ruler.add([[{"LOWER": "very", "OP": "+"}]], {"POS": "ADV"})

    quick_attributes.remember_attributes(nlp)

    assert nlp.get_pipe("attribute_ruler") is ruler


def test_lemmas_that_are_looked_up_are_left_to_spacy():
    nlp = spacy.blank("en")
    lemmatizer = nlp.add_pipe("lemmatizer", config={"mode": "lookup"})

    quick_lemmas.remember_lemmas(nlp)

    assert nlp.get_pipe("lemmatizer") is lemmatizer


def test_a_lemma_that_a_token_has_stays():
    nlp = load_model(Reading().model)
    doc = Doc(nlp.vocab, ["mice", "mice"], pos=["NOUN", "NOUN"], morphs=["Number=Plur"] * 2, lemmas=["vermin", ""])

    assert [token.lemma_ for token in nlp.get_pipe("lemmatizer")(doc)] == ["vermin", "mouse"]


def test_later_rules_go_over_earlier_ones_also_where_one_takes_several_words():
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("attribute_ruler")
    ruler.add([[{"LOWER": "new"}, {"LOWER": "town"}]], {"POS": "PROPN", "LEMMA": "Newtown"}, index=-1)
    ruler.add([[{"LOWER": "town"}]], {"POS": "NOUN"})
    quick_attributes.remember_attributes(nlp)

    town = nlp("a new town")[2]
    assert (town.pos_, town.lemma_) == ("NOUN", "Newtown")
    assert [token.lemma_ for token in nlp("a town")] == ["", ""]


def test_the_quick_model_is_not_for_training():
    model = load_model(Reading().model).get_pipe("tok2vec").model

    with pytest.raises(NotImplementedError, match="train"):
        model.begin_update([Doc(load_model(Reading().model).vocab, ["word"])])
