"""Classes of objects beside any representation of instances: one map per class."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from training.ml.losses import LOSSES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from training.ml.config import DecodeConfig
    from training.ml.heads.base import Decoded, Head


class ClassedHead:
    """The maps of another head, then one map per class; an object's class is voted by its pixels.

    Parameters
    ----------
    inner : Head
        Says which pixels belong together.
    n_classes : int
        Number of classes.
    """

    def __init__(self, inner: Head, n_classes: int) -> None:
        self.inner, self.n_classes = inner, n_classes

    def channels(self, dims: int) -> int:
        """Count the maps of the inner head and those of the classes."""
        return self.inner.channels(dims) + self.n_classes

    def targets(self, labels: NDArray[Any]) -> NDArray[Any]:
        """Target maps of a label image whose objects have no class; see `class_targets`."""
        nothing = np.zeros((self.n_classes, *labels.shape), dtype=np.float32)
        return np.concatenate([self.inner.targets(labels), nothing])

    def turn(self, targets: torch.Tensor, matrices: torch.Tensor) -> torch.Tensor:
        """Correct what has a direction: the classes have none."""
        maps, classes = self._parts(targets)
        return torch.cat([self.inner.turn(maps, matrices), classes], dim=1)

    def loss(
        self, output: torch.Tensor, targets: torch.Tensor, valid: torch.Tensor
    ) -> torch.Tensor:
        """Loss of the inner head, and cross-entropy over the pixels of objects with a class."""
        maps, classes = self._parts(output)
        wanted, named = self._parts(targets)
        weight = valid * named.sum(dim=1, keepdim=True)
        return self.inner.loss(maps, wanted, valid) + LOSSES["softmax_cross_entropy"](
            classes, named, weight
        )

    def activate(self, output: torch.Tensor) -> torch.Tensor:
        """Activate the inner maps; the classes of a pixel sum to 1."""
        maps, classes = self._parts(output)
        return torch.cat([self.inner.activate(maps), classes.softmax(dim=1)], dim=1)

    def unflip(self, maps: torch.Tensor, axes: Sequence[int]) -> torch.Tensor:
        """Mirror back."""
        inner, classes = self._parts(maps)
        back = classes.flip([axis + 2 for axis in axes])
        return torch.cat([self.inner.unflip(inner, axes), back], dim=1)

    def decode(self, maps: NDArray[Any], settings: DecodeConfig, *, area: float) -> Decoded:
        """Objects of the inner head, each with the mean distribution of its pixels."""
        found = self.inner.decode(maps[: -self.n_classes], settings, area=area)
        flat = found.labels.ravel()
        sizes = np.bincount(flat, minlength=len(found.scores) + 1)[1:]
        sums = [
            np.bincount(flat, weights=one.ravel(), minlength=len(found.scores) + 1)[1:]
            for one in maps[-self.n_classes :]
        ]
        classes = (np.stack(sums, axis=1) / np.maximum(sizes, 1)[:, None]).astype(np.float32)
        return dataclasses.replace(found, classes=classes)

    def _parts(self, maps: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return maps[:, : -self.n_classes], maps[:, -self.n_classes :]


def class_targets(
    labels: NDArray[Any], classes: Mapping[int, int], *, n_classes: int
) -> NDArray[np.float32]:
    """Return the maps of the classes: 1 on the pixels of their objects.

    Parameters
    ----------
    labels : ndarray of int, shape (...)
        Objects.
    classes : mapping of int to int
        Class of each object, from 0; objects that are absent enter no class's loss.
    n_classes : int
        Number of classes.

    Returns
    -------
    ndarray of float32, shape (n_classes, ...)
        All 0 where there is no object, or one without a class.
    """
    lookup = np.zeros((n_classes, int(labels.max(initial=0)) + 1), dtype=np.float32)
    for number, index in classes.items():
        if number < lookup.shape[1]:
            lookup[index, number] = 1
    return lookup[:, labels]
