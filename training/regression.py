"""Logistic regression over sets of features, with a Gaussian prior on all weights but one."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

Floats = NDArray[np.float64]


def columns_of(examples: Sequence[set[str]], least: int) -> dict[str, int]:
    """The column of each feature that at least so many examples have, in the order of words."""
    counts = Counter(feature for example in examples for feature in example)
    return {feature: column for column, feature in enumerate(sorted(f for f, count in counts.items() if count >= least))}


def matrix[F](examples: Sequence[set[F]], columns: Mapping[F, int]) -> sparse.csr_matrix:
    """Examples by features, 1 where an example has one."""
    cells = [sorted(columns[feature] for feature in example if feature in columns) for example in examples]
    places = np.cumsum([0, *(len(row) for row in cells)])
    filled = np.concatenate([np.array(row, dtype=np.int64) for row in cells])
    return sparse.csr_matrix((np.ones(len(filled)), filled, places), shape=(len(examples), len(columns)))


def fit(examples: sparse.csr_matrix, labels: Floats, strength: float, free: int) -> Floats:
    """Weights of a logistic regression whose prior holds all weights but that of column `free` near 0."""
    across = examples.T.tocsr()
    held = np.ones(examples.shape[1])
    held[free] = 0.0

    def loss(weights: Floats) -> tuple[float, Floats]:
        odds = examples @ weights
        wrong = 1 / (1 + np.exp(-odds)) - labels
        value = strength * (np.logaddexp(0, odds) - labels * odds).sum() + 0.5 * (held * weights**2).sum()
        return float(value), strength * (across @ wrong) + held * weights

    return np.asarray(optimize.minimize(loss, np.zeros(examples.shape[1]), jac=True, method="L-BFGS-B").x)


def probabilities(examples: sparse.csr_matrix, weights: Floats) -> Floats:
    """How likely each example is what the weights tell of."""
    return np.asarray(1 / (1 + np.exp(-(examples @ weights))))
