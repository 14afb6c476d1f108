"""spaCy's vectors of words in their context (tok2vec), worked out by numpy alone: the same numbers in less than half the time.

What a word is by itself is worked out once and then looked up; what its neighbours make of it are four multiplications of
matrices, which take most of the time that is left.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.vocab import Vocab
    from thinc.api import Model

    Floats = NDArray[np.float32]
    Ints = NDArray[np.uint64]

MOST_WORDS = 65_536
"""Words by themselves that are kept, of two tables in each process: 25 MB each when they are full. Then they are begun anew."""
_ROWS_AT_ONCE = 1_500
"""Words that go through the layers at once: what is in between stays in the processor's cache."""
_LAYER, _WINDOW = "maxout>>layernorm>>dropout", "residual(expand_window>>maxout>>layernorm>>dropout)"
_NEAR = 1e-4
_SAMPLE = ("The harbour board said on Monday that 30 ferries will cross the strait.", "", "Nobody  knew .")
_MIX = np.array((0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9), np.uint64)


def quicken_vectors(nlp: "Language") -> None:
    """Let the pipeline's components work out their vectors here, where they are built as spaCy's own are; others stay."""
    from thinc.api import Model  # noqa: PLC0415  # imported with spaCy, for which only those who read wait

    for _, component in nlp.pipeline:
        model = getattr(component, "model", None)
        if not isinstance(model, Model):
            continue
        if (quick := _quick(model, nlp)) is not None:
            component.model = quick
            continue
        for node in model.walk():
            for place, layer in enumerate(node.layers):
                if (quick := _quick(layer, nlp)) is not None:
                    node.layers[place] = quick


def _quick(model: "Model[Any, Any]", nlp: "Language") -> "Model[Any, Any] | None":
    """The same model worked out here; None for one of another build, or where the numbers are not the same."""
    from thinc.api import Model  # noqa: PLC0415

    try:
        vectors = _Vectors(model, nlp.vocab)
    except (_OtherBuildError, KeyError, ValueError, IndexError):
        return None
    docs = [nlp.make_doc(text) for text in _SAMPLE]
    pairs = zip(model.predict(docs), vectors.of(docs), strict=True)
    if not all(stock.shape == ours.shape and np.allclose(stock, ours, atol=_NEAR) for stock, ours in pairs):
        return None

    def forward(_: object, docs: "Sequence[Doc]", is_train: bool) -> tuple[list["Floats"], Any]:
        if is_train:
            raise NotImplementedError("these vectors are for reading; train with the model as spacy.load gives it")
        return vectors.of(docs), None

    return Model("quick_vectors", forward, dims={"nO": model.get_dim("nO")})


def mixed(numbers: "Ints") -> "Ints":
    """One number for each row of three, a key that takes a third of their memory; of a million rows no two will share one."""
    keys: Ints = (numbers * _MIX).sum(axis=1, dtype=np.uint64)
    return keys


class _OtherBuildError(Exception):
    """The model is not built of the layers that are known here."""


class _Layer:
    """Maxout and the normalisation after it, with weights in the order in which numpy takes the greatest fastest."""

    def __init__(self, model: "Model[Any, Any]") -> None:
        maxout, norm = model.layers[0].layers
        if (maxout.name, norm.name) != ("maxout", "layernorm"):
            raise _OtherBuildError
        weights = maxout.get_param("W")
        self.width, self._pieces, self.takes = weights.shape
        self._weights: Floats = np.ascontiguousarray(weights.transpose(2, 1, 0).reshape(self.takes, -1))
        self._bias: Floats = np.ascontiguousarray(maxout.get_param("b").T.reshape(-1))
        self._scale: Floats = norm.get_param("G")
        self._shift: Floats = norm.get_param("b")

    def of(self, rows: "Floats") -> "Floats":
        """What the layer makes of the rows."""
        pieces = rows @ self._weights
        pieces += self._bias
        best: Floats = pieces[:, : self.width].copy()
        for piece in range(1, self._pieces):
            np.maximum(best, pieces[:, piece * self.width : (piece + 1) * self.width], out=best)
        best -= best.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", best, best)
        variance /= self.width
        variance += 1e-8
        best *= (1 / np.sqrt(variance))[:, None]
        best *= self._scale
        best += self._shift
        return best


class _Words:
    """What words are by themselves: by their letters, shape and static vector, mixed. One row a word."""

    def __init__(self, model: "Model[Any, Any]", vocab: "Vocab") -> None:
        features, static, mixed = (_only(model, name) for name in ("extract_features", "static_vectors", _LAYER))
        self._columns: list[int] = features.attrs["columns"]
        self._hashed = [node for node in model.walk() if node.name == "hashembed"]
        self._static: Floats = np.ascontiguousarray(static.get_param("W").T)
        self._mix = _Layer(mixed)
        if self._mix.takes != sum(node.get_dim("nO") for node in self._hashed) + self._static.shape[1]:
            raise _OtherBuildError
        self._vocab = vocab
        self._places: dict[int, int] = {}
        self._rows: Floats = np.empty((4_096, self._mix.width), np.float32)

    def of(self, docs: "Sequence[Doc]") -> "Floats":
        """A row for each token of the documents."""
        # NORM and SPACY belong to the token, all other features to the word: these three decide on the row.
        words: Ints = np.concatenate([doc.to_array(["ORTH", "NORM", "SPACY"]) for doc in docs])
        keys = mixed(words)
        listed = keys.tolist()
        places = [self._places.get(key, -1) for key in listed]
        if -1 in places:
            self._add(docs, keys, words[:, 0], np.flatnonzero(np.array(places) < 0))
            places = [self._places[key] for key in listed]
        return self._rows[places]

    def _add(self, docs: "Sequence[Doc]", keys: "Ints", orths: "Ints", missing: "NDArray[np.int64]") -> None:
        if len(self._places) + len(missing) > MOST_WORDS:
            self._places.clear()
            missing = np.arange(len(keys))
        new = missing[np.unique(keys[missing], return_index=True)[1]]
        features = np.concatenate([doc.to_array(self._columns) for doc in docs])[new]
        vectors = self._vocab.vectors
        found = vectors.find(keys=orths[new])
        static = vectors.data[found] @ self._static
        static[found < 0] = 0
        hashed = [node.predict(features[:, node.attrs["column"]]) for node in self._hashed]
        first, count = len(self._places), len(self._places) + len(new)
        if count > len(self._rows):
            self._rows = np.concatenate([self._rows, np.empty((max(count, len(self._rows)), self._mix.width), np.float32)])
        self._rows[first:count] = self._mix.of(np.concatenate([*hashed, static], axis=1))
        self._places.update(zip(keys[new].tolist(), range(first, count), strict=True))


class _Vectors:
    """A whole tok2vec: words by themselves, then layers that each take in the neighbours on both sides."""

    def __init__(self, model: "Model[Any, Any]", vocab: "Vocab") -> None:
        if not model.name.startswith("extract_features>>") or len(model.layers) != 2:  # words, then context
            raise _OtherBuildError
        words, context = model.layers
        windows = [node for node in context.walk() if node.name == _WINDOW]
        if not windows or any(_only(node, "expand_window").attrs["window_size"] != 1 for node in windows):
            raise _OtherBuildError
        self._words = _Words(words, vocab)
        self._layers = [_Layer(_only(node, _LAYER)) for node in windows]
        self._width: int = model.get_dim("nO")

    def of(self, docs: "Sequence[Doc]") -> list["Floats"]:
        """For each document a row for each of its tokens."""
        found: list[Floats] = []
        batch: list[Doc] = []
        rows = 0
        for doc in docs:
            batch.append(doc)
            rows += len(doc)
            if rows >= _ROWS_AT_ONCE:
                found += self._of(batch)
                batch, rows = [], 0
        return found + (self._of(batch) if batch else [])

    def _of(self, docs: "Sequence[Doc]") -> list["Floats"]:
        """All documents in one matrix, with as many empty rows between two as there are layers: none sees its neighbour."""
        words, gap = self._words.of(docs), len(self._layers)
        places: list[slice] = []
        at = gap + 1
        for doc in docs:
            places.append(slice(at, at + len(doc)))
            at += len(doc) + gap
        rows: Floats = np.zeros((at + 1, self._width), np.float32)
        first = 0
        for place in places:
            rows[place] = words[first : first + place.stop - place.start]
            first += place.stop - place.start
        window: Floats = np.empty((len(rows) - 2, 3 * self._width), np.float32)
        for layer in self._layers:
            for side in range(3):
                window[:, side * self._width : (side + 1) * self._width] = rows[side : side - 2 or None]
            rows[1:-1] += layer.of(window)
        return [rows[place] for place in places]


def _only(model: "Model[Any, Any]", name: str) -> "Model[Any, Any]":
    """The one node of that name."""
    nodes = [node for node in model.walk() if node.name == name]
    if len(nodes) != 1:
        raise _OtherBuildError
    return nodes[0]
