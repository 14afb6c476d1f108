"""The stock model's name reader, taught on: `python -m training.names DIR` trains it and writes its weights to seeds/models.

DIR holds the training parts of CrossNER (entities-crossner-*) and WNUT 2017 (entities-wnut17), as benchmarks/README.md
describes them. Nothing of them is copied: the weights alone are shipped. The same data give the same weights.
"""

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import spacy
from spacy.tokens import Span
from spacy.training import Example
from spacy.util import fix_random_seed, minibatch
from thinc.api import Adam

from flows.language_model import model_folder, model_version, multiply_with_numpy, name_weights
from flows.settings import Reading
from flows.weights import read_parameters, save_weights, set_parameters
from training.gold import Labelled, Sentence, fill_sentences, read_set, with_stock
from transforms.parse import like_ascii

if TYPE_CHECKING:
    from spacy.language import Language

    from flows.weights import Floats

SETS = tuple(f"entities-{name}" for name in ("crossner-ai", "crossner-politics", "crossner-science")) + tuple(
    f"entities-{name}" for name in ("crossner-literature", "crossner-music", "wnut17")
)
SEEDS = (1, 2, 3)
"""The average of the weights of several courses reads better than any of them, the sets' texts and others alike."""
EPOCHS = 8
BATCH = 16
RATE = 0.001
DROPOUT = 0.2
OWN_TIMES = 4
"""How often each sentence of our own is filled with other names."""
WNUT_SENTENCES = 1200
"""Short messages are another kind of text than news: so many of them, those with names first."""


def main(data: Path) -> int:
    """Train on the sets in `data` and write the weights. Returns 2 where a set is missing."""
    missing = [name for name in SETS if not (data / name / "train.jsonl").is_file()]
    if missing:
        print(f"{data} holds no train.jsonl of {', '.join(missing)}; see benchmarks/README.md", file=sys.stderr)
        return 2
    reading = Reading()
    courses = [taught(data, reading, seed) for seed in SEEDS]
    path = Path(str(name_weights()))
    save_weights(path, [sum(weights) / len(SEEDS) for weights in zip(*courses, strict=True)], base=model_version(reading.model))
    print(f"{path}: {path.stat().st_size:,} bytes")
    return 0


def taught(data: Path, reading: Reading, seed: int) -> list["Floats"]:
    """Weights of the stock model's name reader after one course."""
    nlp = stock_reader(reading)
    teach(nlp, gold_sentences(data, seed), seed)
    return read_parameters(nlp.get_pipe("ner").model)


def stock_reader(reading: Reading) -> "Language":
    """The stock model's name reader alone."""
    multiply_with_numpy()
    nlp = spacy.load(model_folder(reading.model))
    for name in nlp.component_names:
        if name != "ner":
            nlp.remove_pipe(name)
    return nlp


def gold_sentences(data: Path, seed: int) -> list[Sentence]:
    """All that it learns from, in one order; the seed draws the names of our own sentences."""
    sentences: list[Sentence] = []
    for name in SETS:
        found = read_set(data / name / "train.jsonl")
        sentences += found if name != "entities-wnut17" else sorted(found, key=lambda one: not one.names)[:WNUT_SENTENCES]
    rng = random.Random(seed)  # noqa: S311  # no secret hangs on it
    return [*sentences, *fill_sentences(Path(__file__).parent, times=OWN_TIMES, rng=rng)]


def teach(nlp: "Language", sentences: Sequence[Sentence], seed: int) -> None:
    """Go on training the name reader; in the end it has the average of its weights over the course."""
    fix_random_seed(seed)
    rng = random.Random(seed)  # noqa: S311  # no secret hangs on it
    texts = [like_ascii(sentence.text) for sentence in sentences]
    stock = [[(span.start_char, span.end_char, span.label_) for span in doc.ents] for doc in nlp.pipe(texts)]
    examples = [
        _example(nlp, text, with_stock(sentence, found)) for text, sentence, found in zip(texts, sentences, stock, strict=True)
    ]
    optimizer = Adam(learn_rate=RATE, grad_clip=1.0, use_averages=True)
    for epoch in range(EPOCHS):
        rng.shuffle(examples)
        losses: dict[str, float] = {}
        for batch in minibatch(examples, size=BATCH):
            nlp.update(batch, sgd=optimizer, drop=DROPOUT, losses=losses)
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {losses['ner']:.0f}")
    model = nlp.get_pipe("ner").model
    with model.use_params(optimizer.averages):
        averages = read_parameters(model)
    set_parameters(model, averages)


def _example(nlp: "Language", text: str, names: Sequence[Labelled]) -> Example:
    reference = nlp.make_doc(text)
    spans = [reference.char_span(start, end, label) for start, end, label in names]
    # A name that ends inside a token can't be learned, nor that there is none.
    cut = [reference.char_span(*name, alignment_mode="expand") for name, span in zip(names, spans, strict=True) if span is None]
    found = [span for span in spans if isinstance(span, Span)]
    free = [span for span in cut if span is not None and not any(a.start < span.end and span.start < a.end for a in found)]
    reference.set_ents(found, missing=free, default="outside")
    return Example(nlp.make_doc(text), reference)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.names", description="Train the reader of names.")
    parser.add_argument("data", type=Path, metavar="DIR", help="folder with the annotated sets")
    sys.exit(main(parser.parse_args().data))
