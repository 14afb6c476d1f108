import numpy as np
import pytest

from benchmarks.reading import default_reader
from training.annotated import Annotated, Article
from training.speech import Phrases, learn, read_phrases, write


def article(text: str, *marked: tuple[str, str, str]) -> Article:
    def place(words: str) -> list[tuple[int, int]]:
        return [(text.index(words), text.index(words) + len(words))]

    return Article(text, tuple(Annotated(place(content), place(speaker), place(cue)) for speaker, cue, content in marked))


@pytest.fixture(scope="module")
def phrases():
    held = article("Olsen opposes the sale of the ferry.", ("Olsen", "opposes", "the sale of the ferry"))
    done = article("Olsen painted the hull of the ferry. I oppose the sale of the ferry.")
    return read_phrases([held, done], default_reader())


def test_a_phrase_is_held_where_its_content_and_cue_are_annotated(phrases):
    cues = [next(f for f in found if f in ("cue oppose", "cue paint")) for found in phrases.features]
    assert list(zip(cues, phrases.held.tolist(), phrases.articles.tolist(), strict=True)) == [
        ("cue oppose", True, 0), ("cue paint", False, 1),
    ]  # fmt: skip


def test_weights_are_learned_from_the_phrases_alone_and_written_in_order(phrases, tmp_path, capsys):
    many = Phrases(phrases.features * 20, np.tile(phrases.held, 20), np.arange(40))
    weights = learn(many)
    assert weights["cue oppose"] > 0 > weights["cue paint"]
    write(weights, tmp_path / "weights.csv")
    lines = (tmp_path / "weights.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "feature,weight"
    assert lines[1:] == [f"{feature},{weights[feature]}" for feature in sorted(weights)]
    assert "F1 1.000" in capsys.readouterr().out
