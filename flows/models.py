"""What reads the pages: the language model, the entity catalogue and the lexicons, loaded once a process, and their version."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

import polars as pl

from flows.language_model import load_model, model_version, name_weights
from flows.settings import Reading

if TYPE_CHECKING:
    from transforms.read import Reader
    from transforms.terms import CompareLexicon

_LIBRARIES = ("py3langid", "spacy", "trafilatura")
"""Libraries whose releases may read a page otherwise; the rest only carries what they found."""


@cache
def load_reader(reading: Reading) -> "Reader":
    """The reader for these settings, made once a process. Raises what `load_model` raises."""
    from transforms.read import Reader  # noqa: PLC0415

    return Reader.build(
        load_model(reading.model), seeds(), min_words=reading.min_words, languages=reading.languages,
        version=pipeline_version(reading),
    )  # fmt: skip


@cache
def seeds() -> dict[str, pl.DataFrame]:
    """The entity catalogue (`entities`) and every lexicon, by the name of its file without the suffix."""
    # The whole file decides on a column's type: a word list may begin with a hundred numbers.
    return {path.name.removesuffix(".csv"): pl.read_csv(path.read_bytes(), infer_schema_length=None) for path in _seed_files()}


@cache
def compare_lexicon() -> "CompareLexicon":
    """What claims are compared by, made once a process: what is remembered of words is remembered under it."""
    from transforms.terms import CompareLexicon  # noqa: PLC0415   # word frequencies are for those who compare

    return CompareLexicon.from_frames(seeds())


def _seed_files() -> list[Traversable]:
    folder = resources.files("seeds")
    lexicons = (path for path in folder.joinpath("lexicons").iterdir() if path.name.endswith(".csv"))
    return [folder.joinpath("entities.csv"), *sorted(lexicons, key=lambda path: path.name)]


@cache
def pipeline_version(reading: Reading) -> str:
    """Hash of all that decides what is read of a page: code, lexicons, catalogue, model, libraries, settings. Loads no model.

    A page whose bytes and whose reader are the same gives the same rows, so it is not read again.
    """
    digest = hashlib.sha256()
    for part in _what_reads(reading):
        digest.update(len(part).to_bytes(8, "big") + part)  # its length before each part: what moves between files counts
    return digest.hexdigest()[:16]


def code_version(reading: Reading) -> str:
    """Version of Claimhouse and hash of what reads the pages."""
    return f"{metadata.version('claimhouse')} {pipeline_version(reading)}"


def _what_reads(reading: Reading) -> Iterator[bytes]:
    code = (path for path in resources.files("transforms").iterdir() if path.name.endswith(".py"))
    for path in (*sorted(code, key=lambda path: path.name), *_seed_files(), name_weights()):
        yield path.name.encode()
        yield path.read_bytes()
    yield model_version(reading.model).encode()
    yield from (f"{library} {metadata.version(library)}".encode() for library in _LIBRARIES)
    yield f"{reading.min_words} {' '.join(reading.languages)}".encode()
