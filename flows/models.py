"""What reads the pages: the language model, the entity catalogue and the lexicons, loaded once a process, and their version."""

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from flows.errors import WrongUse
from flows.settings import Reading
from flows.weights import load_weights, set_parameters

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from spacy.language import Language

    from transforms.read import Reader

    Floats = NDArray[np.float32]

_LIBRARIES = ("py3langid", "spacy", "trafilatura")
"""Libraries whose releases may read a page otherwise; the rest only carries what they found."""


@cache
def load_reader(reading: Reading) -> "Reader":
    """The reader for these settings, loaded once a process. Raises WrongUse for a model that is missing or can't be loaded."""
    import spacy  # noqa: PLC0415  # a second of import that only those who read pages should wait for

    from transforms.read import Reader  # noqa: PLC0415

    folder = model_folder(reading.model)
    multiply_with_numpy()
    try:
        nlp = spacy.load(folder)
    except (OSError, ValueError, ImportError) as error:
        raise WrongUse(
            f"The language model {reading.model} can't be loaded with spaCy {metadata.version('spacy')}: {error}. "
            "Install it anew, or set another as model under [reading] in claimhouse.toml."
        ) from error
    _look_up_in_sets(nlp)
    read_names_as_taught(nlp, reading)
    return Reader.build(
        nlp, seeds(), min_words=reading.min_words, languages=reading.languages, version=pipeline_version(reading)
    )


def multiply_with_numpy() -> None:
    """Let spaCy multiply matrices with numpy's BLAS, two to three times as fast as the one that thinc brings."""
    from thinc.api import NumpyOps, set_current_ops  # noqa: PLC0415

    class Blas(NumpyOps):  # type: ignore[misc]  # thinc is not typed
        def gemm(  # the signature is thinc's
            self, x: "Floats", y: "Floats", out: "Floats | None" = None, trans1: bool = False, trans2: bool = False
        ) -> "Floats":
            left, right = x.T if trans1 else x, y.T if trans2 else y
            product: Floats = self.xp.dot(left, right) if out is None else self.xp.dot(left, right, out=out)
            return product

    set_current_ops(Blas())


def read_names_as_taught(nlp: "Language", reading: Reading) -> None:
    """Give the model's name reader the weights of `seeds/models`, where they were trained from this very model."""
    if nlp.has_pipe("ner") and (values := load_weights(name_weights(), base=model_version(reading))):
        set_parameters(nlp.get_pipe("ner").model, values)


def name_weights() -> Traversable:
    """The weights of the name reader, as `python -m training.names` writes them."""
    return resources.files("seeds").joinpath("models", "names.npz")


def _look_up_in_sets(nlp: "Language") -> None:
    """Let spaCy's lemmatizer ask sets for words: its lists of up to 57,000 cost more than the rest of it."""
    if nlp.has_pipe("lemmatizer") and "lemma_index" in (lookups := nlp.get_pipe("lemmatizer").lookups):
        index = lookups.get_table("lemma_index")
        for part_of_speech, words in list(index.items()):
            index[part_of_speech] = frozenset(words)


@cache
def seeds() -> dict[str, pl.DataFrame]:
    """The entity catalogue (`entities`) and every lexicon, by the name of its file without the suffix."""
    # The whole file decides on a column's type: a word list may begin with a hundred numbers.
    return {path.name.removesuffix(".csv"): pl.read_csv(path.read_bytes(), infer_schema_length=None) for path in _seed_files()}


def _seed_files() -> list[Traversable]:
    folder = resources.files("seeds")
    lexicons = (path for path in folder.joinpath("lexicons").iterdir() if path.name.endswith(".csv"))
    return [folder.joinpath("entities.csv"), *sorted(lexicons, key=lambda path: path.name)]


def model_version(reading: Reading) -> str:
    """Name and version of the language model, as its own card gives them. Loads nothing."""
    card = json.loads((model_folder(reading.model) / "meta.json").read_text(encoding="utf-8"))
    return f"{card['lang']}_{card['name']} {card['version']}"


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
    yield model_version(reading).encode()
    yield from (f"{library} {metadata.version(library)}".encode() for library in _LIBRARIES)
    yield f"{reading.min_words} {' '.join(reading.languages)}".encode()


def model_folder(model: str) -> Path:
    """The folder of an installed model, where its card `meta.json` lies: below its package, in `name-version` or another."""
    spec = find_spec(model) if model.isidentifier() else None
    if spec is None or spec.origin is None:
        raise WrongUse(
            f"The language model {model} is not installed. Run `make setup`, install it into this environment with pip, "
            "or set an installed one as model under [reading] in claimhouse.toml."
        )
    cards = sorted(Path(spec.origin).parent.glob("*/meta.json"))
    if not cards:
        raise WrongUse(f"{model} is installed but is no spaCy model. Set one as model under [reading] in claimhouse.toml.")
    return cards[-1].parent
