"""Learn which phrases somebody is said to hold, from the articles of training/corpus: `python -m training.speech [--to FILE]`.

Every article is read as the pipeline reads it. Each phrase that a verb, noun or adjective governs is one example: held where an
annotated content with that cue shares at least `MATCH` of its characters. How strongly weights are held back is chosen by
cross-validation over articles. The same articles give the same weights; no other text is learned from.
"""

import argparse
import csv
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.reading import default_reader
from benchmarks.scoring import average_precision, f1_of
from training.annotated import ARTICLES, MATCH, Annotated, Article, Place, overlap, read_articles
from training.regression import Floats, columns_of, fit, matrix, probabilities
from transforms.attribution_model import features
from transforms.blocks import Block
from transforms.held_phrases import find_phrases
from transforms.parse import parse_blocks
from transforms.plain import read_plain
from transforms.quotes import find_quotes
from transforms.read import Reader
from transforms.speakers import is_ours

SHIPPED = Path(__file__).parents[1] / "seeds" / "lexicons" / "attribution.csv"
FOLDS = 8
MIN_PHRASES = 2
"""A feature of fewer phrases has no weight."""
STRENGTHS = (0.1, 0.3, 1.0)
"""Strengths of the evidence against the prior that weights are small, to choose from."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of all articles: their features, whether they are held, and the number of their article."""

    features: list[set[str]]
    held: NDArray[np.bool_]
    articles: NDArray[np.int64]


def read_phrases(articles: Sequence[Article], reader: Reader) -> Phrases:
    """Every phrase that a word outside quotation marks governs; those of the writer's own "I" and "we" are left out."""
    found: list[set[str]] = []
    held: list[bool] = []
    owner: list[int] = []
    for number, article in enumerate(articles):
        blocks = [Block(block.start, block.end, "body") for block in read_plain(article.text)]
        for block in parse_blocks(article.text, blocks, reader.nlp):
            quotes = find_quotes(article.text[block.start : block.start + len(block.doc.text)])
            for phrase in find_phrases(block, quotes, reader.cues):
                if phrase.speaker is None or is_ours(phrase.speaker, reader.cues):
                    continue
                cue = block.start + phrase.cue.idx
                place = (block.start + phrase.content.start_char, block.start + phrase.content.end_char)
                found.append(set(features(phrase, reader.cues)))
                held.append(any(_is(cue, place, one) for one in article.attributions))
                owner.append(number)
    return Phrases(found, np.array(held), np.array(owner))


def _is(cue: int, place: Place, annotated: Annotated) -> bool:
    """Whether a phrase and its cue are those of an annotated attribution."""
    has_cue = any(start <= cue < end for start, end in annotated.cue)
    return has_cue and overlap([place], annotated.content) >= MATCH


def learn(data: Phrases) -> dict[str, float]:
    """The weights, to three digits."""
    columns = columns_of(data.features, MIN_PHRASES)
    phrases, labels = matrix(data.features, columns), data.held.astype(float)
    tried = {}
    for strength in STRENGTHS:
        given = np.zeros(len(labels))
        for fold in range(FOLDS):
            out = data.articles % FOLDS == fold
            given[out] = probabilities(phrases[out], fit(phrases[~out], labels[~out], strength, columns["bias"]))
        tried[strength] = float((np.logaddexp(0, -np.where(data.held, 1, -1) * np.log(given / (1 - given)))).mean())
        print(f"strength {strength}, cross-validated: {summary(given, data.held)}")
    best = min(tried, key=lambda strength: tried[strength])
    weights = fit(phrases, labels, best, columns["bias"])
    rounded = {feature: round(float(weights[column]), 2) for feature, column in columns.items()}
    return {feature: weight for feature, weight in rounded.items() if weight}


def summary(given: Floats, held: NDArray[np.bool_]) -> str:
    """Precision, recall and F1 at 0.5, and average precision, in words."""
    taken = given >= 0.5
    hits = int((taken & held).sum())
    precision, recall = hits / max(1, int(taken.sum())), hits / max(1, int(held.sum()))
    f1 = f1_of(hits, int(taken.sum()), int(held.sum()))
    ranked = average_precision(given.tolist(), held.tolist())
    return f"P {precision:.3f}, R {recall:.3f}, F1 {f1:.3f}, average precision {ranked:.3f}"


def write(weights: Mapping[str, float], path: Path) -> None:
    """The weights as a table of feature and weight, in the order of words."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("feature", "weight"))
        table.writerows(sorted(weights.items()))


def main(to: Path) -> None:
    """Learn from all articles and write the weights."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    articles = [article for path in sorted(ARTICLES.glob("*.txt")) for article in read_articles(path)]
    data = read_phrases(articles, default_reader())
    print(f"{len(articles)} articles, {len(data.features)} phrases, {int(data.held.sum())} held")
    weights = learn(data)
    write(weights, to)
    print(f"{len(weights)} weights in {to}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.speech", description="Learn which phrases are held.")
    parser.add_argument("--to", type=Path, default=SHIPPED, metavar="FILE", help="where the weights go")
    main(parser.parse_args().to)
