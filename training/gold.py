"""What the name reader learns from: annotated sets in our labels, and sentences of our own with names filled in."""

import csv
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Labelled = tuple[int, int, str]

_LABELS: Mapping[str, str] = {
    **dict.fromkeys(("person", "researcher", "politician", "writer", "scientist", "musicalartist"), "PERSON"),
    **dict.fromkeys(("organisation", "university", "politicalparty", "band", "corporation", "group"), "ORG"),
    "country": "GPE",
    **dict.fromkeys(("product", "programlang", "algorithm"), "PRODUCT"),
    **dict.fromkeys(("event", "election", "conference"), "EVENT"),
    **dict.fromkeys(("book", "poem", "song", "album", "creative-work", "award"), "WORK_OF_ART"),
    "astronomicalobject": "LOC",
}
"""The sets' types as labels of the model (OntoNotes 5). Prizes are works there."""
_PLACES = ("GPE", "LOC", "FAC")
_OPEN = frozenset(("misc", "magazine", "academicjournal", "musicalinstrument"))
"""Types of many kinds: the stock model says what such a name is. Types that stand nowhere here (fields, tasks, chemicals,
genres) are no names of ours."""
_NAMED_BY_SETS = frozenset(("PERSON", "ORG", "GPE", "LOC", "FAC", "PRODUCT", "EVENT"))
"""Labels that the sets give to every name that has them: where the stock model sees another, it errs."""
_SLOT = re.compile(r"\{([A-Za-z_]+)(?:\|([^{}]*(?:\{\w+\}[^{}]*)*))?\}")
_SLOT_LABELS: Mapping[str, str] = {
    **dict.fromkeys(("person", "surname", "first", "last"), "PERSON"),
    **dict.fromkeys(
        ("company", "agency", "media", "party", "university", "team", "band", "org", "museum", "militia", "agency_lab"), "ORG"
    ),
    **dict.fromkeys(("city", "country", "state", "capital_city"), "GPE"),
    **dict.fromkeys(("nationality", "group_of_people"), "NORP"),
    **dict.fromkeys(("product", "software", "coined_model"), "PRODUCT"),
    **dict.fromkeys(("election", "event"), "EVENT"),
    "coined": "ORG",
    "region": "LOC",
    "facility": "FAC",
    "work": "WORK_OF_ART",
    "law": "LAW",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text with its names as labels of the model; `kept` are spans where the stock model's own labels may stand."""

    text: str
    names: tuple[Labelled, ...]
    kept: tuple[tuple[int, int], ...] = ()
    silent: tuple[tuple[int, int], ...] = ()


def read_set(path: Path) -> list[Sentence]:
    """The sentences of an annotated set. A place without a stock label is a GPE; what is in lower case is no name."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [_sentence(row["text"], row["mentions"]) for row in rows]


def _sentence(text: str, mentions: Sequence[Labelled]) -> Sentence:
    names = [
        (start, end, "PLACE" if type_ == "location" else _LABELS[type_])
        for start, end, type_ in mentions
        if (type_ == "location" or type_ in _LABELS) and not text[start:end].islower()
    ]
    named = {name[:2] for name in names}
    kept = [(start, end) for start, end, type_ in mentions if type_ in _OPEN]
    silent = [(start, end) for start, end, type_ in mentions if (start, end) not in named and type_ not in _OPEN]
    return Sentence(text, tuple(names), tuple(kept), tuple(silent))


def with_stock(sentence: Sentence, stock: Sequence[Labelled]) -> list[Labelled]:
    """A sentence's names and what the stock model found beside them: dates, figures and whatever the set has no word for."""
    names = [(start, end, _place(start, end, stock) if label == "PLACE" else label) for start, end, label in sentence.names]
    decided = [*((start, end) for start, end, _ in names), *sentence.silent]
    for start, end, label in stock:
        is_free = not _overlaps(start, end, decided)
        if is_free and (label not in _NAMED_BY_SETS or _overlaps(start, end, sentence.kept)):
            names.append((start, end, label))
    return sorted(names)


def _place(start: int, end: int, stock: Sequence[Labelled]) -> str:
    around = [label for a, b, label in stock if a < end and start < b and label in _PLACES]
    return around[0] if around else "GPE"


def _overlaps(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < b and a < end for a, b in spans)


def fill_sentences(folder: Path, *, times: int, rng: random.Random) -> Iterator[Sentence]:
    """Each sentence of `sentences.txt` so many times, its slots filled from `fillers.csv`."""
    with (folder / "fillers.csv").open(encoding="utf-8", newline="") as file:
        fillers = {row["slot"]: row["forms"].split("|") for row in csv.DictReader(file)}
    lines = [line for line in (folder / "sentences.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    for _ in range(times):
        for line in filter(None, lines):
            yield _filled(line, fillers, rng)


def _filled(line: str, fillers: Mapping[str, Sequence[str]], rng: random.Random) -> Sentence:
    text, names, surname, at = "", [], "", 0
    for match in _SLOT.finditer(line):
        text += line[at : match.start()]
        slot, given = match.groups()
        form = surname if slot == "surname" else _drawn(given if given else f"{{{slot}}}", fillers, rng)
        if slot == "person":
            surname = form.split()[-1]
        label = _SLOT_LABELS.get(slot, slot if given else None)
        if label:  # a year or a figure is no name
            names.append((len(text), len(text) + len(form), label))
        text += form
        at = match.end()
    return Sentence(text + line[at:], tuple(names))


def _drawn(form: str, fillers: Mapping[str, Sequence[str]], rng: random.Random) -> str:
    while match := _SLOT.search(form):
        form = form[: match.start()] + rng.choice(fillers[match[1]]) + form[match.end() :]
    return form
