"""Robustness: whatever comes in, every input ends in one recorded outcome, and every span reproduces its text."""

import html
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from benchmarks.figures import Figure, Mapper, Measured, shown
from benchmarks.reading import default_reader, page_of
from transforms.read import read_pages
from warehouse.tables import OUTCOMES, TABLES

_AROUND = (
    "The company said on Tuesday that {} would cost 5 million dollars by 2030. "
    'Its rival "{}" disagrees, according to Jane Smith. '
    "Nobody at {} has denied the report, which three newspapers printed last week."
)
"""Sentences of an article around a string: a string alone is too short to be read at all."""

_PAGE = "<html><head><title>{}</title></head><body><article><p>{}</p></article></body></html>"


@dataclass(frozen=True, slots=True)
class Input:
    """Bytes under a file's name."""

    name: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """How an input ended: its outcome and reason, and what is wrong with that; None where nothing is."""

    outcome: str
    reason: str
    fault: str | None


def measure_strings(folder: Path, spread: Mapper) -> Measured:
    """Each string of `blns.json` inside an article, as plain text and as HTML, escaped and not."""
    strings = json.loads((folder / "blns.json").read_text(encoding="utf-8"))
    inputs = [page for number, string in enumerate(strings) for page in pages_with(str(number), string)]
    return summarise(folder.name, inputs, list(spread(read_input, inputs)))


def pages_with(name: str, string: str) -> list[Input]:
    """Articles that hold a string: plain text, HTML, and HTML in which the string is markup, whatever comes of that."""
    text = _AROUND.format(string, string, string)
    safe = html.escape(text)
    return [
        Input(f"{name}.txt", text.encode("utf-8", "replace")),
        Input(f"{name}.html", _PAGE.format(html.escape(string), safe).encode("utf-8", "replace")),
        Input(f"{name}.raw.html", _PAGE.format(string, text).encode("utf-8", "replace")),
    ]


def measure_files(folder: Path, spread: Mapper) -> Measured:
    """Every file of a folder as a page, whatever it is."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    inputs = [Input(path.relative_to(folder).as_posix(), path.read_bytes()) for path in files]
    return summarise(folder.name, inputs, list(spread(read_input, inputs)))


def read_input(source: Input) -> Ended:
    """Read one input and check what comes out."""
    try:
        tables = read_pages([page_of(source.name, source.raw)], default_reader())
    except Exception as error:
        # An exception that leaves the reader is what this measure looks for: it must not end the measuring.
        return Ended("none", "", f"raised {type(error).__name__}: {error}")
    outcome, reason = tables["documents"].select("outcome", pl.col("outcome_reason").fill_null("")).row(0)
    return Ended(outcome, reason, fault_of(tables))


def fault_of(tables: Mapping[str, pl.DataFrame]) -> str | None:
    """What is wrong with the tables of one page: its document, a reason that is a failure of ours, a schema, a span."""
    rows = tables["documents"].select("outcome", pl.col("outcome_reason").fill_null("")).rows()
    if len(rows) != 1 or rows[0][0] not in OUTCOMES:
        return f"ended in {len(rows)} documents: {rows}"
    _, reason = rows[0]
    return reason if reason.startswith("reading it failed") else _fault(tables)


def _fault(tables: Mapping[str, pl.DataFrame]) -> str | None:
    """The first table that has another schema or a span that does not reproduce its text."""
    [text] = tables["documents"]["text"]
    for table in TABLES:
        frame = tables.get(table.name)
        if frame is None:
            continue
        if frame.schema != table.schema:
            return f"{table.name} has another schema"
        for span in table.spans:
            if span.text is None:
                continue
            for start, end, printed in frame.select(span.start, span.end, span.text).iter_rows():
                if start is not None and text[start:end] != printed:
                    return f"{table.name} {start}–{end} is {text[start:end]!r}, not {printed!r}"
    return None


def summarise(data: str, inputs: Sequence[Input], ended: Sequence[Ended]) -> Measured:
    """The share of inputs that ended well, and how; here nothing less than all will do."""
    faults = [f"{source.name}: {shown(end.fault)}" for source, end in zip(inputs, ended, strict=True) if end.fault]
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(Counter(end.outcome for end in ended).items()))
    value = (len(inputs) - len(faults)) / len(inputs) if inputs else 0.0
    return Measured([Figure(data, "inputs that end in one outcome", value, outcomes, slack=0.0)], faults)
