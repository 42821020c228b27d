"""Foreground and normalised distance to the boundary, split by a seeded watershed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from training.decoding import BasinSettings
from training.decoding.distance import distance_basins
from training.ml.heads.geometry import boundary_distance, relabel_scored
from training.ml.losses import LOSSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch
    from numpy.typing import NDArray

    from training.ml.config import DecodeConfig
    from training.ml.heads.base import Decoded


class DistanceHead:
    """Two maps: foreground, and distance to the boundary over the object's largest.

    Objects are the basins of a watershed from the prominent maxima of the distance. Works
    the same in 2-D and 3-D.
    """

    def channels(self, dims: int) -> int:
        """Two maps in any dimension."""
        return 2

    def targets(self, labels: NDArray[Any]) -> NDArray[Any]:
        """Foreground and normalised boundary distance, (2, ...)."""
        return np.stack([(labels > 0).astype(np.float32), boundary_distance(labels)])

    def turn(self, targets: torch.Tensor, matrices: torch.Tensor) -> torch.Tensor:
        """Return the targets: neither map has a direction."""
        return targets

    def loss(
        self, output: torch.Tensor, targets: torch.Tensor, valid: torch.Tensor
    ) -> torch.Tensor:
        """Cross-entropy of both maps, and Dice of the foreground."""
        foreground, distance = targets[:, :1], targets[:, 1:2]
        # The rims decide what is split; inside, pixels are easy and many.
        weight = valid * (1 + foreground)
        return (
            LOSSES["bce"](output[:, :1], foreground, valid)
            + LOSSES["dice"](output[:, :1], foreground, valid)
            + 2 * LOSSES["bce"](output[:, 1:2], distance, weight)
        )

    def activate(self, output: torch.Tensor) -> torch.Tensor:
        """Sigmoid of both maps."""
        return output.sigmoid()

    def unflip(self, maps: torch.Tensor, axes: Sequence[int]) -> torch.Tensor:
        """Mirror back."""
        return maps.flip([axis + 2 for axis in axes])

    def decode(self, maps: NDArray[Any], settings: DecodeConfig, *, area: float) -> Decoded:
        """Watershed on the distance from maxima of prominence ``settings.seed``."""
        labels = distance_basins(maps, BasinSettings(settings.foreground, settings.seed, area))
        return relabel_scored(
            labels, maps[0], smallest=settings.min_area * area, score=settings.score
        )
