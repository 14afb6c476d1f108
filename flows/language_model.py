"""The language model: where it is, its version, and how it is loaded. Imports nothing that starts a thread."""

import json
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from flows.errors import WrongUse
from flows.weights import load_weights, set_parameters

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from spacy.language import Language

    Floats = NDArray[np.float32]

VARIABLE = "_CLAIMHOUSE_MODEL"
"""The environment variable by which `flows.preloaded` is told which model to load."""


@cache
def load_model(name: str) -> "Language":
    """The language model of that name, loaded once a process. Raises WrongUse for one that is missing or can't be loaded."""
    import spacy  # noqa: PLC0415  # a second of import that only those who read pages should wait for

    from flows.quick_attributes import remember_attributes  # noqa: PLC0415
    from flows.quick_lemmas import remember_lemmas  # noqa: PLC0415
    from flows.quick_vectors import quicken_vectors  # noqa: PLC0415

    folder = model_folder(name)
    multiply_with_numpy()
    try:
        nlp = spacy.load(folder)
    except (OSError, ValueError, ImportError) as error:
        raise WrongUse(
            f"The language model {name} can't be loaded with spaCy {metadata.version('spacy')}: {error}. "
            "Install it anew, or set another as model under [reading] in claimhouse.toml."
        ) from error
    _look_up_in_sets(nlp)
    read_names_as_taught(nlp, name)
    quicken_vectors(nlp)
    remember_attributes(nlp)
    remember_lemmas(nlp)
    return nlp


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


def read_names_as_taught(nlp: "Language", model: str) -> None:
    """Give the model's name reader the weights of `seeds/models`, where they were trained from this very model."""
    if nlp.has_pipe("ner") and (values := load_weights(name_weights(), base=model_version(model))):
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


def model_version(model: str) -> str:
    """Name and version of the language model, as its own card gives them. Loads nothing."""
    card = json.loads((model_folder(model) / "meta.json").read_text(encoding="utf-8"))
    return f"{card['lang']}_{card['name']} {card['version']}"


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
