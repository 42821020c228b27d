"""What a strategy sees of the pool, and what it answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def _no_rows() -> Floats:
    return np.zeros((0, 0), dtype=np.float32)


def _no_numbers() -> Floats:
    return np.zeros(0, dtype=np.float32)


@dataclass(frozen=True)
class PoolFeatures:
    """What is known of N unlabelled samples.

    Attributes
    ----------
    ids : ndarray of int64, shape (N,)
        Keys of the samples, each once.
    embeddings : ndarray of float32, shape (N, D)
        A vector per sample; D may be 0 where the strategy needs none.
    foreground : ndarray of float32, shape (N,)
        Share of the sample that holds objects, in [0, 1].
    probabilities : ndarray of float32, shape (N, K, C)
        K distributions over C classes per sample: one for a classifier; for a segmenter the
        cells of a histogram of its foreground probability, or its objects.
    weights : ndarray of float32, shape (N, K)
        How much each of the K distributions counts (pixels in the histogram's cell, 0 = padding).
    labelled_embeddings : ndarray of float32, shape (M, D)
        Vectors of the samples that have a ground truth already.
    information, inconsistency : ndarray of float32, shape (N,)
        How far several answers of the model differ (`training.ml.uncertainty.measures.Doubt`);
        of length 0 where nobody asked more than once.

    Raises
    ------
    ValueError
        If shapes do not fit together, ids repeat, or a value is not finite.
    """

    ids: NDArray[np.int64]
    embeddings: Floats
    foreground: Floats
    probabilities: Floats
    weights: Floats
    labelled_embeddings: Floats = field(default_factory=_no_rows)
    information: Floats = field(default_factory=_no_numbers)
    inconsistency: Floats = field(default_factory=_no_numbers)

    def __post_init__(self) -> None:
        n = self.ids.size
        if np.unique(self.ids).size != n:
            raise ValueError("ids repeat")
        for name in ("embeddings", "foreground", "probabilities", "weights", "labelled_embeddings"):
            values: NDArray[Any] = getattr(self, name)
            if not np.isfinite(values).all():
                raise ValueError(f"{name} holds NaN or infinity")
            if name != "labelled_embeddings" and values.shape[:1] != (n,):
                raise ValueError(f"{name} has shape {values.shape} for {n} samples")
        for name in ("information", "inconsistency"):
            numbers: NDArray[Any] = getattr(self, name)
            if not np.isfinite(numbers).all():
                raise ValueError(f"{name} holds NaN or infinity")
            if numbers.size and numbers.shape != (n,):
                raise ValueError(f"{name} has shape {numbers.shape} for {n} samples")
        if self.probabilities.shape[:2] != self.weights.shape:
            raise ValueError("weights and probabilities differ in their first two axes")
        if len(self.labelled_embeddings) and (
            self.labelled_embeddings.shape[1] != self.embeddings.shape[1]
        ):
            raise ValueError("embeddings of labelled and unlabelled samples differ in length")

    @property
    def n(self) -> int:
        """Number of samples in the pool."""
        return int(self.ids.size)


@dataclass(frozen=True)
class Selection:
    """A strategy's answer.

    Attributes
    ----------
    order : ndarray of int64, shape (min(k, N),)
        Positions of the chosen samples, the most useful first.
    utilities : ndarray of float32, shape (N,)
        The number that the strategy gives each sample; larger = ask sooner.
    """

    order: NDArray[np.int64]
    utilities: Floats


@dataclass(frozen=True)
class Acquisition:
    """One strategy, the entry type of ``ACQUISITIONS``.

    Attributes
    ----------
    name : str
        Key in the registry.
    summary : str
        What it looks for, in words for people.
    needs_model : bool
        Whether it needs a trained model's probabilities.
    choose : callable
        ``choose(features, k, rng)`` gives a `Selection`.
    needs_doubt : bool
        Whether the model has to be asked several times about each sample.
    """

    name: str
    summary: str
    needs_model: bool
    choose: Callable[[PoolFeatures, int, np.random.Generator], Selection]
    needs_doubt: bool = False

    def select(self, features: PoolFeatures, *, k: int, rng: np.random.Generator) -> Selection:
        """Choose up to `k` samples.

        Parameters
        ----------
        features : PoolFeatures
            The pool.
        k : int
            Wanted number; a smaller pool is given back whole.
        rng : numpy.random.Generator
            Breaks ties and draws at random.

        Returns
        -------
        Selection
            Positions in order, none twice, and all utilities.

        Raises
        ------
        ValueError
            If `k` is negative.
        """
        if k < 0:
            raise ValueError(f"cannot choose {k} samples")
        if features.n == 0:
            nothing = np.zeros(0, dtype=np.int64)
            return Selection(order=nothing, utilities=np.zeros(0, dtype=np.float32))
        return self.choose(features, min(k, features.n), rng)


def measured(values: Floats, n: int) -> Floats:
    """Numbers of n samples; zeros where nobody measured them, so that chance decides."""
    return values if values.size else np.zeros(n, dtype=np.float32)


def rank(utilities: NDArray[Any], *, k: int, rng: np.random.Generator) -> Selection:
    """Order by utility, equals in random order, and keep the best `k`."""
    order = np.lexsort((rng.random(utilities.size), -utilities))[:k]
    return Selection(order=order.astype(np.int64), utilities=utilities.astype(np.float32))


def standardise(*blocks: Floats) -> list[NDArray[np.float64]]:
    """Scale every embedding dimension to unit variance over all blocks together.

    Dimensions of one value are zeroed, so that distances are not ruled by a dimension's unit.
    """
    filled = [block.astype(np.float64) for block in blocks if len(block)]
    stacked = np.concatenate(filled) if filled else np.zeros((0, 0))
    mean = stacked.mean(axis=0)
    spread = stacked.std(axis=0)
    scale = np.where(spread > 0, 1 / np.where(spread > 0, spread, 1), 0)
    width = stacked.shape[1]
    return [
        (block.astype(np.float64) - mean) * scale if len(block) else np.zeros((0, width))
        for block in blocks
    ]
