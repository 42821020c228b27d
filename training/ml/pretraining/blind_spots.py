"""Single pixels exchanged for a neighbour, to be told from what lies round them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from training.ml.pretraining.base import Spoiled

if TYPE_CHECKING:
    from training.ml.pretraining.settings import PretrainConfig

# Farthest neighbour along an axis.
REACH = 2


class BlindSpots:
    """Pixels become another of their 5 x 5 (x 5) neighbourhood, in all channels.

    After Noise2Void (Krull et al., CVPR 2019): noise is independent from pixel to pixel, so that
    what can be told of a pixel by its surroundings is the picture without noise.
    """

    summary = "single pixels"

    def spoil(
        self, pictures: torch.Tensor, settings: PretrainConfig, *, rng: np.random.Generator
    ) -> Spoiled:
        """Exchange pixels of (N, C, ...)."""
        shape = pictures.shape[2:]
        spots = rng.random((len(pictures), *shape)) < settings.spots
        if not spots.any():
            spots.flat[int(rng.integers(spots.size))] = True
        first, *where = np.nonzero(spots)
        dims = len(shape)
        # Any place of the window but its middle.
        pick = rng.integers((2 * REACH + 1) ** dims - 1, size=first.size)
        pick += pick >= ((2 * REACH + 1) ** dims) // 2
        steps = np.unravel_index(pick, (2 * REACH + 1,) * dims)
        from_ = [
            _inside(at + step - REACH, at, n)
            for at, step, n in zip(where, steps, shape, strict=True)
        ]
        to, source = (
            tuple(torch.from_numpy(np.ascontiguousarray(axis)) for axis in (first, *axes))
            for axes in (where, from_)
        )
        seen = pictures.clone()
        seen.movedim(1, -1)[to] = pictures.movedim(1, -1)[source]
        return Spoiled(seen, torch.from_numpy(spots)[:, None].float())


def _inside(
    wanted: np.ndarray[tuple[int], np.dtype[np.intp]],
    at: np.ndarray[tuple[int], np.dtype[np.intp]],
    n: int,
) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Mirror places about the pixel itself where they lie beyond the rim."""
    beyond = (wanted < 0) | (wanted >= n)
    return np.asarray(np.clip(np.where(beyond, 2 * at - wanted, wanted), 0, n - 1))
