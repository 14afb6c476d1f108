"""Check-worthiness: whether a sentence holds a claim that is worth checking."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure, Mapper, Measured, read_rows, shown
from benchmarks.reading import default_reader, read_paragraph
from benchmarks.scoring import average_precision, f1_of, share

THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class GoldSentence:
    """A sentence and whether people found it worth checking."""

    name: str
    text: str
    is_checkworthy: bool


def measure(folder: Path, spread: Mapper) -> Measured:
    """F1 of the positive class and average precision on the development sentences of a folder."""
    sentences = [GoldSentence(row["id"], row["text"], row["checkworthy"]) for row in read_rows(folder / "dev.jsonl")]
    return summarise(f"{folder.name} dev", sentences, list(spread(score_sentence, sentences)))


def score_sentence(gold: GoldSentence) -> float:
    """The highest score of the claims in a sentence; 0 where no claim is found in it."""
    worth = read_paragraph(gold.name, gold.text, default_reader())["claims"]["checkworthiness"].max()
    return float(worth) if isinstance(worth, float) else 0.0


def summarise(data: str, sentences: Sequence[GoldSentence], scores: Sequence[float]) -> Measured:
    """Figures of a folder."""
    positive = [gold.is_checkworthy for gold in sentences]
    given = [score >= THRESHOLD for score in scores]
    right = sum(ours and gold for ours, gold in zip(given, positive, strict=True))
    detail = (
        f"P {share(right, sum(given)):.3f} R {share(right, sum(positive)):.3f}, {sum(positive)} of {len(positive)} positive"
    )
    all_yes = f1_of(sum(positive), len(positive), sum(positive))
    name = f"check-worthiness F1 at {THRESHOLD}"
    chance = f"by chance {share(sum(positive), len(positive)):.3f}"
    brier = share(sum((score - gold) ** 2 for score, gold in zip(scores, positive, strict=True)), len(positive))
    figures = [
        Figure(data, name, f1_of(right, sum(given), sum(positive)), detail, f"all yes {all_yes:.3f}"),
        Figure(data, "check-worthiness, average precision", average_precision(scores, positive), f"Brier {brier:.4f}", chance),
    ]
    wrong = [
        (-abs(score - THRESHOLD), f"{'missed' if gold.is_checkworthy else 'not in the gold'} {score:.2f}: {shown(gold.text)}")
        for gold, score in zip(sentences, scores, strict=True)
        if (score >= THRESHOLD) != gold.is_checkworthy
    ]
    return Measured(figures, [error for _, error in sorted(wrong)])
