import polars as pl
import pytest

from transforms.attribution_model import AttributionModel, features
from transforms.held_phrases import find_phrases


@pytest.fixture(scope="module")
def phrase_of(parsed_of, cues):
    def phrase(text: str, cue: str):
        (block,) = parsed_of(text)
        return next(phrase for phrase in find_phrases(block, (), cues) if phrase.cue.text == cue)

    return phrase


def test_a_probability_is_the_logistic_of_the_weights_that_a_phrase_has(phrase_of, cues):
    model = AttributionModel.from_frame(
        pl.DataFrame({"feature": ["bias", "cue oppose", "cue sell"], "weight": [-1.0, 3.0, 9.0]})
    )
    assert model.probability(phrase_of("Olsen opposes the sale of the ferry.", "opposes"), cues) == pytest.approx(0.880797)


def test_features_tell_the_cue_its_frames_and_who_holds_it(phrase_of, cues):
    found = features(phrase_of("She warned of a long hard winter.", "warned"), cues)
    assert {"cue warn", "prep:of", "by she", "prep listed", "prep:of 3-4"} <= set(found)
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("held", "done"),
    [
        ("Olsen supports the plan for a new quay.", "Olsen repairs the wall of the new quay."),
        ("Olsen promised to repair the old quay.", "Olsen managed to repair the old quay."),
        ("Olsen accused the owners of hiding the cost.", "Olsen relieved the owners of a heavy load."),
    ],
)
def test_the_shipped_weights_tell_what_is_held_from_what_is_done(phrase_of, cues, attribution, held, done):
    verbs = [text.split()[1] for text in (held, done)]
    assert attribution.probability(phrase_of(held, verbs[0]), cues) >= attribution.threshold
    assert attribution.probability(phrase_of(done, verbs[1]), cues) < attribution.threshold
