"""Foreground and directions to the object's centre; objects are where the directions lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from training.decoding.base import BasinSettings
from training.decoding.flow import flow_basins
from training.ml.heads.directions import directions
from training.ml.heads.geometry import relabel_scored
from training.ml.losses import LOSSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from training.ml.config import DecodeConfig
    from training.ml.heads.base import Decoded


class FlowHead:
    """One foreground map, and one map per axis with the unit vector to the centre.

    After Stringer et al. (Nature Methods 2021), with the direction to the object's median
    point, round corners where the object is bent, instead of a simulated diffusion.
    """

    def channels(self, dims: int) -> int:
        """Foreground and a vector."""
        return 1 + dims

    def targets(self, labels: NDArray[Any]) -> NDArray[Any]:
        """Foreground and vectors (1 + dims, ...), vector components in axis order."""
        foreground = (labels > 0).astype(np.float32)
        return np.concatenate([foreground[None], directions(labels)])

    def turn(self, targets: torch.Tensor, matrices: torch.Tensor) -> torch.Tensor:
        """Turn and mirror the vectors along with their pixels."""
        # Inverse of a turn with zoom, up to a length that is taken out again.
        back = torch.linalg.inv(matrices)
        back = back / back.norm(dim=2, keepdim=True).clamp_min(1e-6)
        vectors = targets[:, 1:].flip(1)
        turned = torch.einsum("nij,nj...->ni...", back, vectors).flip(1)
        return torch.cat([targets[:, :1], turned], dim=1)

    def loss(
        self, output: torch.Tensor, targets: torch.Tensor, valid: torch.Tensor
    ) -> torch.Tensor:
        """Cross-entropy and Dice of the foreground, distance of the vectors inside objects."""
        foreground = targets[:, :1]
        return (
            LOSSES["bce"](output[:, :1], foreground, valid)
            + LOSSES["dice"](output[:, :1], foreground, valid)
            + 4 * LOSSES["l1"](output[:, 1:], targets[:, 1:], valid * foreground)
        )

    def activate(self, output: torch.Tensor) -> torch.Tensor:
        """Sigmoid of the foreground; vectors as they are."""
        return torch.cat([output[:, :1].sigmoid(), output[:, 1:]], dim=1)

    def unflip(self, maps: torch.Tensor, axes: Sequence[int]) -> torch.Tensor:
        """Mirror back, and turn the vectors round along the mirrored axes."""
        out = maps.flip([axis + 2 for axis in axes])
        sign = torch.ones(maps.shape[1], device=maps.device)
        for axis in axes:
            sign[1 + axis] = -1
        return out * sign.view(1, -1, *(1,) * (maps.ndim - 2))

    def decode(self, maps: NDArray[Any], settings: DecodeConfig, *, area: float) -> Decoded:
        """Follow the vectors; pixels that end at one place are one object."""
        labels = flow_basins(maps, BasinSettings(settings.foreground, settings.seed, area))
        return relabel_scored(
            labels, maps[0], smallest=settings.min_area * area, score=settings.score
        )
