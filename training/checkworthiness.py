"""Learn the weights of `claims.checkworthiness` from the sentences of ClaimBuster, and print how well they do.

    python -m training.checkworthiness DIR [--to FILE]

DIR holds `checkworthy-checkthat24/` with `train.jsonl` and `dev.jsonl` {id, text, checkworthy}: CLEF CheckThat! 2024 task 1 in
English, the sentences of ClaimBuster (doi 10.5281/zenodo.3609356, CC BY 4.0). Every sentence is read as the pipeline reads it;
each of its claims then learns the sentence's label by logistic regression. How strongly weights are held back is chosen by
cross-validation over stretches of time, so that a model is judged on debates about other matters than it learned from. What
probabilities the log-odds stand for is learned from the training sentences without those whose label the cross-validated model
contradicts, since the training labels are noisier than the development ones. The weight of a price in a shop, of which no
debate speaks, is learned from the sentences of our own in `worth_prices.csv`. The development sentences choose nothing.
"""

import argparse
import csv
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import optimize, sparse

from benchmarks.figures import read_rows
from benchmarks.reading import default_reader
from benchmarks.scoring import average_precision, f1_of
from flows.models import seeds
from training.regression import Floats, fit, matrix, probabilities
from transforms.annotate import annotate
from transforms.blocks import Block
from transforms.checkworthiness import Checkworthiness, Feature, KnownWords, known_words, word_classes
from transforms.parse import Parsed, parse_blocks
from transforms.read import Reader
from transforms.segment import segment

STRETCHES = 20
"""Into so many stretches of time the training sentences are cut; their ids follow the debates from 1960 to 2016."""
FOLDS = 5
MIN_SENTENCES, MIN_STRETCHES = 15, 10
"""A word counts as itself where so many sentences of so many stretches hold it: what one decade argued about does not."""
MIN_CLAIMS = 10
"""A feature of fewer claims has no weight."""
MAX_WEIGHTS = 4000
SHOP_PRICE = "a shop price"
STRENGTHS = (0.01, 0.03, 0.1, 0.3)
"""Strengths of the evidence against the prior that weights are small, to choose from."""
SURENESS_OF_PRIOR = 0.25
"""How firmly the weight of a shop's price is held where the debates put it: one over the variance of its log-odds."""
PRICES = Path(__file__).with_name("worth_prices.csv")
SHIPPED = Path(__file__).parents[1] / "seeds" / "lexicons" / "checkworthiness.csv"


@dataclass(frozen=True, slots=True)
class Sentences:
    """Sentences as they were read. `owner` says for each claim's features which sentence it stands in."""

    labels: NDArray[np.bool_]
    stretches: NDArray[np.int64]
    features: list[set[Feature]]
    owner: NDArray[np.int64]

    def scores(self, probabilities: Floats) -> Floats:
        """The highest probability of each sentence's claims; 0 for a sentence without a claim."""
        highest = np.zeros(len(self.labels))
        np.maximum.at(highest, self.owner, probabilities)
        return highest


@dataclass(frozen=True)
class _Recorder(Checkworthiness):
    """Takes down the features of every claim that it is asked about."""

    seen: list[set[Feature]] = field(default_factory=list)

    def probability(self, features: Iterable[Feature]) -> float:
        self.seen.append(set(features))
        return 0.0


def parse(rows: Sequence[Mapping[str, object]], reader: Reader) -> list[Parsed]:
    """Each sentence parsed as the one paragraph of an article."""
    texts = [" ".join(str(row["text"]).split("\n")) for row in rows]
    starts = np.cumsum([0, *(len(text) + 1 for text in texts)]).tolist()
    blocks = [Block(start, start + len(text), "body") for start, text in zip(starts, texts, strict=False)]
    return [replace(parsed, start=0) for parsed in parse_blocks("\n".join(texts), blocks, reader.nlp)]


def stretches_of(rows: Sequence[Mapping[str, object]]) -> NDArray[np.int64]:
    """The stretch of time of each sentence, from 0."""
    ranks = np.argsort(np.argsort([int(str(row["id"])) for row in rows], kind="stable"), kind="stable")
    return np.asarray(ranks * STRETCHES // len(rows), dtype=np.int64)


def choose_words(parsed: Sequence[Parsed], stretches: Sequence[int], lexicon: pl.DataFrame) -> KnownWords:
    """The words that count as themselves; `lexicon` has the nouns that may, and the topics that may not."""
    nouns, topics = (lexicon.filter(kind=kind)["form"].to_list() for kind in ("general_noun", "topic"))
    sentences: Counter[str] = Counter()
    spread: defaultdict[str, set[int]] = defaultdict(set)
    every = known_words((token.lemma_ for piece in parsed for token in piece.doc if not token.is_space), nouns)
    for piece, stretch in zip(parsed, stretches, strict=True):
        for word in set(word_classes(piece.doc, every)):
            sentences[word] += 1
            spread[word].add(stretch)
    chosen = (
        word
        for word, count in sentences.items()
        if count >= MIN_SENTENCES and len(spread[word]) >= MIN_STRETCHES and " " not in word and word not in topics
    )
    return known_words(chosen, nouns)


def read(rows: Sequence[Mapping[str, object]], parsed: Sequence[Parsed], known: KnownWords, reader: Reader) -> Sentences:
    """The features of all claims that the pipeline finds in the sentences."""
    recorder = _Recorder(known, {})
    recording = replace(reader, worth=recorder)
    owner: list[int] = []
    for number, (row, piece) in enumerate(zip(rows, parsed, strict=True)):
        text = piece.doc.text
        sentences = segment(str(row["id"]), text, [Block(0, len(text), "body")], [piece])
        annotate({"document_id": row["id"], "text": text, "published_at": None}, sentences, [piece], recording)
        owner += [number] * (len(recorder.seen) - len(owner))
    labels = np.array([bool(row["checkworthy"]) for row in rows])
    return Sentences(labels, stretches_of(rows), recorder.seen, np.array(owner, dtype=np.int64))


def cross_validated(data: Sentences, claims: sparse.csr_matrix, strength: float, free: int) -> Floats:
    """Scores of the training sentences, each by a model that saw no debate of its stretches of time."""
    labels = data.labels[data.owner].astype(float)
    given = np.zeros(len(data.owner))
    for fold in range(FOLDS):
        held_out = data.stretches[data.owner] * FOLDS // STRETCHES == fold
        weights = fit(claims[~held_out], labels[~held_out], strength, free)
        given[held_out] = probabilities(claims[held_out], weights)
    return data.scores(given)


def contradicted(scores: Floats, labels: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Sentences whose label is likely wrong: scored above the mean of the other label's sentences, and likelier to have that.

    Confident learning (Northcutt et al. 2021, doi 10.1613/jair.1.12125).
    """
    worth, not_worth = scores[labels].mean(), 1 - scores[~labels].mean()
    return np.where(labels, 1 - scores >= max(not_worth, 0.5), scores >= max(worth, 0.5))


def calibration(scores: Floats, labels: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset that turn log-odds into those of the labels (Platt 1999), held near 1 and 0 where labels are few."""
    found = scores > 0  # where no claim was found there are no odds
    odds, wanted = np.log(scores[found] / (1 - scores[found])), labels[found]

    def loss(line: Floats) -> float:
        told = line[0] * odds + line[1]
        return float((np.logaddexp(0, told) - wanted * told).sum() + 0.5 * ((line - (1, 0)) ** 2).sum())

    slope, offset = optimize.minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B").x
    return float(slope), float(offset)


def with_prices(weights: Mapping[Feature, float], prices: Sentences) -> dict[Feature, float]:
    """The weights with that of a shop's price as sentences about prices tell it; the others stay."""
    claims = [(claim, prices.labels[owner]) for claim, owner in zip(prices.features, prices.owner, strict=True)]
    told = [(sum(weights.get(f, 0) for f in claim), label) for claim, label in claims if SHOP_PRICE in claim]
    odds, labels = np.array([found for found, _ in told]), np.array([label for _, label in told])

    def loss(more: Floats) -> float:
        moved = odds + more[0]
        return float((np.logaddexp(0, moved) - labels * moved).sum() + 0.5 * SURENESS_OF_PRIOR * more[0] ** 2)

    more = float(optimize.minimize(loss, np.zeros(1), method="L-BFGS-B").x[0])
    return {**weights, SHOP_PRICE: round(weights.get(SHOP_PRICE, 0.0) + more, 3)}


def learn(data: Sentences) -> dict[Feature, float]:
    """The weights that are worth having, as log-odds, to three digits."""
    counts = Counter(feature for claim in data.features for feature in claim)
    features = sorted((feature for feature, count in counts.items() if count >= MIN_CLAIMS), key=_printed)
    columns = {feature: column for column, feature in enumerate(features)}
    claims, labels = matrix(data.features, columns), data.labels[data.owner].astype(float)
    tried = {}
    for strength in STRENGTHS:
        tried[strength] = cross_validated(data, claims, strength, columns["all claims"])
        print(f"strength {strength}, cross-validated: {summary(tried[strength], data.labels)}")
    best = min(tried, key=lambda strength: float(((tried[strength] - data.labels) ** 2).mean()))
    trusted = ~contradicted(tried[best], data.labels)
    slope, offset = calibration(tried[best][trusted], data.labels[trusted])
    print(f"strength {best}, slope {slope:.2f}, offset {offset:.2f} from {trusted.sum()} of {len(trusted)} sentences")
    weights = fit(claims, labels, best, columns["all claims"])
    # A weight matters by its size and by how often it counts; the rest are left out and the others learned anew.
    matters = np.abs(weights) * np.sqrt(np.asarray(claims.mean(axis=0)).ravel())
    kept = np.sort(np.argsort(-matters, kind="stable")[:MAX_WEIGHTS])
    weights = fit(claims[:, kept], labels, best, int(np.searchsorted(kept, columns["all claims"])))
    learned = {features[column]: slope * float(weight) for column, weight in zip(kept, weights, strict=True)}
    learned["all claims"] += offset
    return {feature: round(weight, 3) for feature, weight in learned.items()}


def summary(scores: Floats, labels: NDArray[np.bool_]) -> str:
    """F1 at 0.5, average precision and Brier score, in words."""
    given = scores >= 0.5
    f1 = f1_of(int((given & labels).sum()), int(given.sum()), int(labels.sum()))
    brier = float(((scores - labels) ** 2).mean())
    return f"F1 {f1:.3f}, average precision {average_precision(scores.tolist(), labels.tolist()):.3f}, Brier {brier:.4f}"


def reliability(scores: Floats, labels: NDArray[np.bool_]) -> Iterable[str]:
    """For each tenth of probability: how many sentences, what was said on average, and how many were worth checking."""
    for tenth in range(10):
        here = np.minimum((scores * 10).astype(int), 9) == tenth
        if here.any():
            said, were = scores[here].mean(), labels[here].mean()
            yield f"  {tenth / 10:.1f}: {here.sum():5} sentences, said {said:.2f}, were {were:.2f}"


def write(weights: Mapping[Feature, float], nouns: Iterable[str], path: Path) -> None:
    """A table of kind, form and weight: the nouns that count as themselves, then the weights in the order of words."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("kind", "form", "weight"))
        table.writerows(("noun", noun, "") for noun in sorted(nouns))
        for feature in sorted(weights, key=_printed):
            kind = "pair" if isinstance(feature, tuple) else "claim" if " " in feature else "word"
            table.writerow((kind, _printed(feature), weights[feature]))


def _printed(feature: Feature) -> str:
    return " ".join(feature) if isinstance(feature, tuple) else feature


def main(data: Path, to: Path) -> None:
    """Learn from the training sentences of `data`, write the weights, and judge them on its development sentences."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    reader = default_reader()
    folder = data / "checkworthy-checkthat24"
    rows = list(read_rows(folder / "train.jsonl"))
    parsed = parse(rows, reader)
    known = choose_words(parsed, stretches_of(rows).tolist(), seeds()["worth_words"])
    prices = list(csv.DictReader(PRICES.open(encoding="utf-8")))
    own = [
        {"id": number, "text": row["text"], "checkworthy": row["checkworthy"] == "true"} for number, row in enumerate(prices)
    ]
    weights = with_prices(learn(read(rows, parsed, known, reader)), read(own, parse(own, reader), known, reader))
    write(weights, known.nouns, to)
    rows = list(read_rows(folder / "dev.jsonl"))
    judged = read(rows, parse(rows, reader), known, reader)
    model = Checkworthiness(known, weights)
    scores = judged.scores(np.array([model.probability(claim) for claim in judged.features]))
    print(f"{len(weights)} weights in {to}\ndevelopment sentences: {summary(scores, judged.labels)}")
    print("\n".join(reliability(scores, judged.labels)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.checkworthiness", description="Learn what is worth checking.")
    parser.add_argument("data", type=Path, metavar="DIR", help="folder with the benchmark data")
    parser.add_argument("--to", type=Path, default=SHIPPED, metavar="FILE", help="where the weights go")
    given = parser.parse_args()
    main(given.data, given.to)
