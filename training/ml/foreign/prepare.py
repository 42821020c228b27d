"""Arrays on their way into a stranger's network and out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from training.ml.errors import TrainingError
from training.ml.intensity import finite, normalise

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from training.ml.foreign.spec import ForeignSpec, Normalisation

EPSILON = 1e-6


def apply_normalisation(picture: NDArray[Any], how: Normalisation) -> NDArray[np.float32]:
    """Normalise intensities.

    Parameters
    ----------
    picture : ndarray, shape (C, ...)
        As stored.
    how : Normalisation
        What to do.

    Returns
    -------
    ndarray of float32, shape (C, ...)
        Finite.
    """
    values = WAYS[how.kind](picture, how)
    if how.clip:
        values = values.clip(how.clip[0], how.clip[1])
    return np.asarray(values, dtype=np.float32)


def _percentiles(picture: NDArray[Any], how: Normalisation) -> NDArray[Any]:
    if how.per_channel:
        return normalise(picture, low=how.low, high=how.high)
    return np.asarray(normalise(picture[None], low=how.low, high=how.high)[0])


def _zero_mean(picture: NDArray[Any], how: Normalisation) -> NDArray[Any]:
    values = finite(picture)
    axes = tuple(range(int(how.per_channel), values.ndim))
    mean, spread = values.mean(axes, keepdims=True), values.std(axes, keepdims=True)
    return np.asarray((values - mean) / (spread + EPSILON))


def _range(picture: NDArray[Any], how: Normalisation) -> NDArray[Any]:
    largest = np.iinfo(picture.dtype).max if picture.dtype.kind in "iu" else 1
    return np.asarray(finite(picture) / np.float32(largest))


def _linear(picture: NDArray[Any], how: Normalisation) -> NDArray[Any]:
    lead = (-1,) + (1,) * (picture.ndim - 1)
    return np.asarray(finite(picture) * np.reshape(how.gain, lead) + np.reshape(how.offset, lead))


def _none(picture: NDArray[Any], how: Normalisation) -> NDArray[Any]:
    return finite(picture)


# One entry per name of `training.ml.foreign.spec.NORMALISATIONS`.
WAYS: dict[str, Callable[[NDArray[Any], Normalisation], NDArray[Any]]] = {
    "none": _none,
    "percentiles": _percentiles,
    "zero_mean": _zero_mean,
    "range": _range,
    "linear": _linear,
}


def to_network(pictures: NDArray[Any], spec: ForeignSpec) -> NDArray[np.float32]:
    """Bring (N, C, (Z,) Y, X) into the network's axes."""
    ours = "bc" + spec.spatial
    if "c" not in spec.axes:
        pictures, ours = pictures[:, 0], "b" + spec.spatial
    order = [ours.index(axis) for axis in spec.axes]
    return np.ascontiguousarray(pictures.transpose(order), dtype=np.float32)


def from_network(found: NDArray[Any], spec: ForeignSpec) -> NDArray[Any]:
    """Bring what the network gives to (N, K, (Z,) Y, X), or (N, K) for a classification.

    Raises
    ------
    TrainingError
        Code ``network_output``: it has other axes or another number of channels than stated.
    """
    axes = spec.given_axes
    if found.ndim != len(axes):
        raise TrainingError(
            "network_output",
            f"The network gives an array of shape {found.shape}; axes {axes} were stated.",
        )
    if "c" not in axes:
        found, axes = found[None], "c" + axes
    spatial = "" if spec.task_kind == "classification" else spec.spatial
    rest = [axis for axis in axes if axis not in "bc" + spatial]
    found = found.transpose([axes.index(axis) for axis in ("b", "c", *spatial, *rest)])
    if rest:
        # A classifier that ends with a map of scores.
        found = found.mean(axis=tuple(range(found.ndim - len(rest), found.ndim)))
    if found.shape[1] != len(spec.outputs):
        raise TrainingError(
            "network_output",
            f"The network gives {found.shape[1]} channels; the meaning of {len(spec.outputs)} was "
            "stated.",
        )
    return activate(found, spec.activation)


def activate(values: NDArray[Any], how: str) -> NDArray[Any]:
    """Make probabilities of (N, K, ...)."""
    if how == "sigmoid":
        return np.asarray(1 / (1 + np.exp(-np.clip(values.astype(np.float64), -60, 60))))
    if how == "softmax":
        shifted = np.exp(values.astype(np.float64) - values.max(axis=1, keepdims=True))
        return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
    return values
