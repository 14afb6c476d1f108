"""Pairs of sentences: whether two say the same, and whether one disputes the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from benchmarks.figures import Figure, Mapper, Measured, read_rows, shown
from benchmarks.reading import default_reader, read_paragraph
from benchmarks.scoring import f1_of, share
from flows.models import compare_lexicon
from transforms.compare import relate_claims
from warehouse.known import staged_claims
from warehouse.tables import DOCUMENTS

RELATIONS = ("entailment", "contradiction", "neutral")
_AS_RELATION = {"same": "entailment", "disputes": "contradiction"}


@dataclass(frozen=True, slots=True)
class GoldPair:
    """Two sentences and how they meet: one of RELATIONS, or `same` and `other` where the gold tells no more."""

    name: str
    a: str
    b: str
    relation: str


def measure_same(folder: Path, spread: Mapper) -> Measured:
    """F1 of `same` and accuracy on the validation pairs of a folder."""
    pairs = [
        GoldPair(row["id"], row["a"], row["b"], "same" if row["same"] else "other") for row in read_rows(folder / "val.jsonl")
    ]
    found = ["same" if relation == "entailment" else "other" for relation in spread(relate, pairs)]
    return summarise_same(f"{folder.name} val", pairs, found)


def measure_relations(folder: Path, spread: Mapper) -> Measured:
    """Macro F1 of the three relations and precision of `contradiction` on the development pairs of a folder."""
    pairs = [GoldPair(row["id"], row["a"], row["b"], row["relation"]) for row in read_rows(folder / "dev.jsonl")]
    return summarise_relations(f"{folder.name} dev", pairs, list(spread(relate, pairs)))


def relate(pair: GoldPair) -> str:
    """How two sentences meet, each read as an article of its own: a dispute of any two claims outweighs sameness."""
    sides = {f"{pair.name}a": pair.a, f"{pair.name}b": pair.b}
    tables = [read_paragraph(document_id, text, default_reader()) for document_id, text in sides.items()]
    documents = DOCUMENTS.frame([{"document_id": one, "page_id": one, "is_current": True, "outcome": "kept"} for one in sides])
    claims = staged_claims(
        {**{name: pl.concat([table[name] for table in tables]) for name in tables[0]}, "documents": documents}
    )
    first, second = (claims.filter(pl.col("document_id") == document_id) for document_id in sides)
    found = set(relate_claims(first, second, compare_lexicon())["relation"])
    relation = "disputes" if "disputes" in found else "same" if "same" in found else ""
    return _AS_RELATION.get(relation, "neutral")


def summarise_same(data: str, pairs: Sequence[GoldPair], found: Sequence[str]) -> Measured:
    """Figures of pairs that are the same or not."""
    counts = _counts("same", pairs, found)
    accuracy = share(sum(pair.relation == ours for pair, ours in zip(pairs, found, strict=True)), len(pairs))
    figures = [
        Figure(data, "same statement F1", f1_of(*counts), _detail(*counts), "all yes 0.80, TF-IDF cosine 0.81"),
        Figure(data, "same statement, accuracy", accuracy, known="all yes 0.67, TF-IDF cosine 0.70"),
    ]
    return Measured(figures, _errors(pairs, found))


def summarise_relations(data: str, pairs: Sequence[GoldPair], found: Sequence[str]) -> Measured:
    """Figures of pairs with three relations."""
    counts = {relation: _counts(relation, pairs, found) for relation in RELATIONS}
    macro = sum(f1_of(*counts[relation]) for relation in RELATIONS) / len(RELATIONS)
    detail = ", ".join(f"{relation} {f1_of(*counts[relation]):.3f}" for relation in RELATIONS)
    right, given, _ = counts["contradiction"]
    figures = [
        Figure(data, "relations, macro F1", macro, detail),
        Figure(data, "contradiction, precision", share(right, given), _detail(*counts["contradiction"])),
    ]
    return Measured(figures, _errors(pairs, found))


def _counts(relation: str, pairs: Sequence[GoldPair], found: Sequence[str]) -> tuple[int, int, int]:
    """Pairs of a relation that are right, that were given it, that have it."""
    right = sum(pair.relation == ours == relation for pair, ours in zip(pairs, found, strict=True))
    return right, sum(ours == relation for ours in found), sum(pair.relation == relation for pair in pairs)


def _detail(right: int, given: int, wanted: int) -> str:
    return f"P {share(right, given):.3f} R {share(right, wanted):.3f}, {wanted} in the gold"


def _errors(pairs: Sequence[GoldPair], found: Sequence[str]) -> list[str]:
    return [
        f"{ours}, should be {pair.relation}\n    a: {shown(pair.a)}\n    b: {shown(pair.b)}"
        for pair, ours in zip(pairs, found, strict=True)
        if ours != pair.relation
    ]
