"""Entities: names with their exact spans and types, next to the stock model's on the same sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure, Mapper, Measured, read_rows, shown
from benchmarks.loops import stock_model
from benchmarks.reading import default_reader, parse_paragraph
from benchmarks.scoring import Span, f1_of, overlaps, share
from transforms.mentions import find_mentions
from transforms.resolve import resolve_mentions

Name = tuple[int, int, str]

_PLACE = frozenset(("GPE", "LOC"))
TYPES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("person", "researcher", "politician", "writer", "scientist"), frozenset(("PERSON",))),
    **dict.fromkeys(("organisation", "university", "politicalparty", "band", "corporation", "group"), frozenset(("ORG",))),
    **dict.fromkeys(("country", "location"), _PLACE),
    **dict.fromkeys(("product", "programlang", "algorithm"), frozenset(("PRODUCT",))),
    **dict.fromkeys(("event", "election", "conference"), frozenset(("EVENT",))),
}
"""The gold's types as types of mentions, any of which is right. A type that is not here has none."""
SCORED = frozenset(type_ for types in TYPES.values() for type_ in types)
_STOCK_TYPES = {
    "PERSON": "PERSON",
    "ORG": "ORG",
    "GPE": "GPE",
    "LOC": "LOC",
    "FAC": "LOC",
    "PRODUCT": "PRODUCT",
    "EVENT": "EVENT",
}
_KNOWN = {"entities-crossner-ai": "; on its test set 0.42", "entities-crossner-politics": "; on its test set 0.48"}


@dataclass(frozen=True, slots=True)
class GoldSentence:
    """A sentence with its names in the gold's own types."""

    name: str
    text: str
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The names that we and the stock model find in a sentence."""

    ours: tuple[Name, ...]
    stock: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Names that are right, that were given, and that there are."""

    right: int = 0
    given: int = 0
    wanted: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.right + other.right, self.given + other.given, self.wanted + other.wanted)

    @property
    def f1(self) -> float:
        """Micro F1."""
        return f1_of(self.right, self.given, self.wanted)

    def __str__(self) -> str:
        return f"P {share(self.right, self.given):.3f} R {share(self.right, self.wanted):.3f}, {self.wanted} names"


def measure(folder: Path, spread: Mapper) -> Measured:
    """Micro F1 over the development sentences of a folder; with algorithms as products and without where it has them."""
    sentences = [
        GoldSentence(row["id"], row["text"], tuple((start, end, type_) for start, end, type_ in row["mentions"]))
        for row in read_rows(folder / "dev.jsonl")
    ]
    return summarise(folder.name, sentences, list(spread(find_names, sentences)))


def find_names(gold: GoldSentence) -> Found:
    """Names of one sentence, read as a paragraph of its own."""
    reader = default_reader()
    found = find_mentions(gold.text, parse_paragraph(gold.text, reader), reader.catalogue)
    ours = [(mention.start, mention.end, mention.type) for mention in resolve_mentions(gold.text, found, reader.catalogue)]
    stock = [(ent.start_char, ent.end_char, ent.label_) for ent in stock_model()(gold.text).ents]
    return Found(tuple(ours), tuple((start, end, _STOCK_TYPES[label]) for start, end, label in stock if label in _STOCK_TYPES))


def summarise(data: str, sentences: Sequence[GoldSentence], found: Sequence[Found]) -> Measured:
    """Figures of a folder."""
    has_algorithms = any(type_ == "algorithm" for gold in sentences for *_, type_ in gold.names)
    figures = []
    for name, left_out in (("entities F1", "algorithm"), ("entities F1, algorithms as products", "")):
        if left_out or has_algorithms:
            types = {type_: ours for type_, ours in TYPES.items() if type_ != left_out}
            ours = sum((count_names(gold, names.ours, types) for gold, names in zip(sentences, found, strict=True)), Counts())
            stock = sum((count_names(gold, names.stock, types) for gold, names in zip(sentences, found, strict=True)), Counts())
            known = f"stock model in this run {stock.f1:.3f}{_KNOWN.get(data, '')}"
            figures.append(Figure(f"{data} dev", name, ours.f1, str(ours), known))
    errors = [error for gold, names in zip(sentences, found, strict=True) for error in _errors(gold, names.ours)]
    return Measured(figures, errors)


def count_names(gold: GoldSentence, names: Sequence[Name], types: Mapping[str, frozenset[str]] = TYPES) -> Counts:
    """Counts of one sentence. A name is right with the gold's exact span and one of the types that its type stands for.

    Left out are names of types that the gold has no word for, and names that lie on a gold name of another type.
    """
    wanted = {(start, end): types[type_] for start, end, type_ in gold.names if type_ in types}
    given = _scored(gold, names, types)
    right = sum(type_ in wanted.get((start, end), ()) for start, end, type_ in given)
    return Counts(right, len(given), len(wanted))


def _scored(gold: GoldSentence, names: Sequence[Name], types: Mapping[str, frozenset[str]]) -> list[Name]:
    of_types: list[Span] = [(start, end) for start, end, type_ in gold.names if type_ in types]
    of_others: list[Span] = [(start, end) for start, end, type_ in gold.names if type_ not in types]
    return [name for name in names if name[2] in SCORED and (overlaps(name[:2], of_types) or not overlaps(name[:2], of_others))]


def _errors(gold: GoldSentence, names: Sequence[Name]) -> list[str]:
    types = {type_: ours for type_, ours in TYPES.items() if type_ != "algorithm"}
    wanted = {(start, end): type_ for start, end, type_ in gold.names if type_ in types}
    given = {(start, end): type_ for start, end, type_ in _scored(gold, names, types)}
    wrong = [span for span, type_ in given.items() if type_ not in types.get(wanted.get(span, ""), ())]
    missed = [span for span, type_ in wanted.items() if given.get(span) not in types[type_]]
    spans = sorted({*wrong, *missed})
    found_as = [(given.get(span, "none"), wanted.get(span, "none")) for span in spans]
    return [
        f"{gold.text[slice(*span)]!r} found as {ours}, is {theirs}: {shown(gold.text)}"
        for span, (ours, theirs) in zip(spans, found_as, strict=True)
    ]
