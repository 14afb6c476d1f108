"""Weights of our own for a stock model's component: half precision in one file, with the model that they were trained from."""

import io
from collections.abc import Iterator, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from thinc.api import Model

    Floats = NDArray[np.float32]


def read_parameters(model: "Model[Any, Any]") -> list["Floats"]:
    """Copies of a model's parameters, in the order of its nodes."""
    return [np.array(node.get_param(name), dtype=np.float32) for node, name in _parameters(model)]


def set_parameters(model: "Model[Any, Any]", values: Sequence["Floats"]) -> None:
    """Give a model these parameters. Raises ValueError where they do not fit it."""
    places = list(_parameters(model))
    shapes = [node.get_param(name).shape for node, name in places]
    if shapes != [value.shape for value in values]:
        raise ValueError("the weights do not fit the model: train them anew from it with `python -m training.names`")
    for (node, name), value in zip(places, values, strict=True):
        node.set_param(name, value)


def save_weights(path: Path, values: Sequence["Floats"], *, base: str) -> None:
    """Write parameters trained from the model `base` (its name and version); the same ones give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, np.array(base), *(value.astype(np.float16) for value in values))


def load_weights(path: Traversable, *, base: str) -> list["Floats"] | None:
    """Parameters trained from the model `base`; None where they were trained from another: they stand for nothing in it."""
    with np.load(io.BytesIO(path.read_bytes())) as stored:
        origin, *values = (stored[f"arr_{at}"] for at in range(len(stored.files)))
    return [value.astype(np.float32) for value in values] if str(origin) == base else None


def _parameters(model: "Model[Any, Any]") -> Iterator[tuple["Model[Any, Any]", str]]:
    """Each node of a model that holds a parameter, with that parameter's name."""
    return ((node, name) for node in model.walk() for name in node.param_names if node.has_param(name))
