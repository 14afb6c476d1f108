"""Ways to read a batch of pages that are timed against each other: the libraries alone, with a stock model or ours; our reader.

All run in processes that stay up. Seconds are those of the processor, all threads of the process together: a machine that
does other things beside makes wall time longer, not these.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flows.language_model import load_model, model_folder
from flows.models import load_reader
from flows.settings import Reading

if TYPE_CHECKING:
    from spacy.language import Language

Batch = tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one page cost, in seconds by stage, and the words of its article; `is_kept` where it was read to the end."""

    page: str
    words: int
    is_kept: bool
    seconds: dict[str, float] = field(default_factory=dict)


@cache
def stock_model() -> "Language":
    """The language model as spaCy loads it, with nothing of ours."""
    import spacy  # noqa: PLC0415  # only the processes that parse should wait for it

    return spacy.load(model_folder(Reading().model))


def bare_loop(batch: Batch) -> list[Cost]:
    """Extract text and metadata of each page and parse its paragraphs; nothing is checked, kept or stored."""
    return _bare(batch, stock_model())


def raised_loop(batch: Batch) -> list[Cost]:
    """The same with the language model as a run's workers load it: the same annotations, worked out faster."""
    return _bare(batch, load_model(Reading().model))


def _bare(batch: Batch, nlp: "Language") -> list[Cost]:
    from trafilatura import bare_extraction  # noqa: PLC0415

    from transforms.decode import decode  # noqa: PLC0415

    costs = []
    for path in batch:
        started = time.process_time()
        found = bare_extraction(decode(path.read_bytes()), include_comments=False, with_metadata=True)
        paragraphs = [line for line in (found.text or "").split("\n") if line.strip()] if found is not None else []
        extracted = time.process_time()
        for _ in nlp.pipe(paragraphs, batch_size=64):
            pass
        seconds = {"extract": extracted - started, "parse": time.process_time() - extracted}
        costs.append(Cost(path.name, sum(len(line.split()) for line in paragraphs), bool(paragraphs), seconds))
    return costs


def our_loop(batch: Batch) -> list[Cost]:
    """Read each page with our reader, to tables. The stages are timed where `transforms.read` calls them."""
    from benchmarks.reading import page_of  # noqa: PLC0415
    from transforms.read import read_pages  # noqa: PLC0415

    reader, spent = load_reader(Reading()), _timed_stages()
    costs = []
    for path in batch:
        spent.clear()
        started = time.process_time()
        documents = read_pages([page_of(path.name, path.read_bytes())], reader)["documents"]
        total = time.process_time() - started
        [words], [outcome] = documents["word_count"], documents["outcome"]
        seconds = {**spent, "rest": total - sum(spent.values())}
        costs.append(Cost(path.name, words, outcome == "kept", seconds))
    return costs


@cache
def _timed_stages() -> dict[str, float]:
    """Make the stages of `transforms.read` add what they take to the dictionary returned, in this process."""
    from transforms import read  # noqa: PLC0415

    spent: dict[str, float] = {}
    for stage, name in (
        ("extract", "read_article"),
        ("parse", "parse_blocks"),
        ("segment", "segment"),
        ("annotate", "annotate"),
    ):
        setattr(read, name, _timed(stage, getattr(read, name), spent))
    return spent


def _timed[**P, R](stage: str, function: Callable[P, R], spent: dict[str, float]) -> Callable[P, R]:
    def timed(*args: P.args, **kwargs: P.kwargs) -> R:
        started = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            spent[stage] = spent.get(stage, 0.0) + time.process_time() - started

    return timed


def prepare_bare() -> None:
    """Start a process of the bare loop: load its model."""
    stock_model()


def prepare_raised() -> None:
    """Start a process of the raised loop: load the model as workers do."""
    load_model(Reading().model)


def prepare_ours() -> None:
    """Start a process of our reader: load it."""
    load_reader(Reading())
    _timed_stages()
