"""Hidden blocks, to be rebuilt from what lies round them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from training.ml.pretraining.base import Spoiled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from training.ml.pretraining.settings import PretrainConfig


class Masked:
    """Blocks of a grid at a random place become the patch's mean, in all channels.

    After masked autoencoders (He et al., CVPR 2022) in the simple form for any network (SimMIM:
    Xie et al., CVPR 2022): the network sees the whole patch, and only what was hidden counts.
    """

    summary = "hidden blocks"

    def spoil(
        self, pictures: torch.Tensor, settings: PretrainConfig, *, rng: np.random.Generator
    ) -> Spoiled:
        """Hide blocks of (N, C, ...)."""
        hidden = np.stack([_blocks(pictures.shape[2:], settings, rng) for _ in pictures])
        mask = torch.from_numpy(hidden)[:, None]
        mean = pictures.flatten(2).mean(dim=2).view(*pictures.shape[:2], *(1,) * (mask.ndim - 2))
        return Spoiled(torch.where(mask, mean, pictures), mask.float())


def _blocks(
    shape: Sequence[int], settings: PretrainConfig, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Mask of one patch; its grid begins anywhere."""
    sides = [min(settings.block, side) for side in shape]
    counts = [n // side + 2 for n, side in zip(shape, sides, strict=True)]
    mask = np.zeros(int(np.prod(counts)), dtype=bool)
    # So many of them, not each by a coin: every patch has as much to rebuild.
    mask[rng.permutation(mask.size)[: max(1, round(settings.share * mask.size))]] = True
    mask = mask.reshape(counts)
    for axis, (n, side) in enumerate(zip(shape, sides, strict=True)):
        start = int(rng.integers(side))
        mask = mask.repeat(side, axis=axis).take(range(start, start + n), axis=axis)
    return mask
