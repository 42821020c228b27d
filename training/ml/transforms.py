"""Random changes of patches, on whole batches in torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional as F

from training.ml.seeding import torch_generator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.ml.config import AugmentConfig


def draw_matrices(
    config: AugmentConfig, n: int, *, dims: int, rng: np.random.Generator
) -> torch.Tensor:
    """Draw mirrorings, turns and zooms.

    Parameters
    ----------
    config : AugmentConfig
        Which, and how much.
    n : int
        Patches.
    dims : int
        2 or 3; in 3-D planes stay planes: turns and zooms act within them.
    rng : numpy.random.Generator
        Randomness.

    Returns
    -------
    Tensor, shape (n, dims, dims)
        Maps a direction (X, Y(, Z)) of the patch to one of the picture.
    """
    angle = rng.uniform(0, 2 * np.pi, n) if config.rotate else np.zeros(n)
    zoom = 2.0 ** rng.uniform(-config.scale, config.scale, n)
    flips = rng.choice((-1.0, 1.0), (n, dims)) if config.flip else np.ones((n, dims))
    matrices = np.zeros((n, dims, dims))
    matrices[:, 0, 0] = matrices[:, 1, 1] = np.cos(angle)
    matrices[:, 0, 1], matrices[:, 1, 0] = -np.sin(angle), np.sin(angle)
    matrices[:, :2, :2] /= zoom[:, None, None]
    if dims == 3:
        matrices[:, 2, 2] = 1
    matrices *= flips[:, None, :]
    return torch.from_numpy(matrices.astype(np.float32))


def resample(
    stack: torch.Tensor, labels: torch.Tensor, matrices: torch.Tensor, *, shape: Sequence[int]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Cut turned and zoomed patches out of the middle of wider ones.

    Parameters
    ----------
    stack : Tensor, shape (N, C, ...)
        Maps; the last channel is the valid mask, which becomes 0 beyond the wide patch.
    labels : Tensor of float, shape (N, ...)
        Objects, sampled by their nearest pixel.
    matrices : Tensor, shape (N, dims, dims)
        From `draw_matrices`.
    shape : sequence of int
        Spatial shape of the patches.

    Returns
    -------
    tuple of Tensor
        Patches (N, C, ...) and objects (N, 1, ...).
    """
    wide = stack.shape[2:]
    # grid_sample counts X first and from -1 to 1 over the whole of each axis.
    ratio = torch.tensor([s / w for s, w in zip(shape, wide, strict=True)][::-1])
    extent = torch.tensor([float(w) for w in wide][::-1])
    linear = matrices * extent[None, None, :] * ratio[None, None, :] / extent[None, :, None]
    theta = torch.cat([linear, torch.zeros(len(stack), len(shape), 1)], dim=2)
    grid = F.affine_grid(theta, [len(stack), 1, *shape], align_corners=False)
    patches = F.grid_sample(stack, grid, padding_mode="reflection", align_corners=False)
    within = (grid.abs() <= 1).all(dim=-1)
    patches[:, -1] *= within
    objects = F.grid_sample(
        labels[:, None], grid, mode="nearest", padding_mode="reflection", align_corners=False
    )
    return patches, objects


def augment_intensity(
    pictures: torch.Tensor,
    objects: torch.Tensor,
    config: AugmentConfig,
    *,
    rng: np.random.Generator,
) -> torch.Tensor:
    """Vary gain, exponent, offset, sharpness and noise, each patch and channel by itself.

    Parameters
    ----------
    pictures : Tensor, shape (N, C, ...)
        Normalised so that most values lie in 0..1.
    objects : Tensor, shape (N, 1, ...)
        Object of each pixel, for darkening some of them.
    config : AugmentConfig
        How much.
    rng : numpy.random.Generator
        Randomness.

    Returns
    -------
    Tensor, shape (N, C, ...)
        Changed copies.
    """
    n, channels = pictures.shape[:2]
    lead = (n, channels, *(1,) * (pictures.ndim - 2))

    def draw(size: float) -> torch.Tensor:
        return torch.from_numpy(rng.uniform(-size, size, lead).astype(np.float32))

    if config.dim > 0:
        pictures = _darken(pictures, objects, share=config.dim, rng=rng)
    if config.gamma > 0:
        pictures = pictures.clamp_min(0) ** (2 ** draw(config.gamma))
    if config.contrast > 0 or config.brightness > 0:
        pictures = pictures * 2 ** draw(config.contrast) + draw(config.brightness)
    if config.blur > 0:
        pictures = _blur(pictures, chance=config.blur, rng=rng)
    if config.noise > 0:
        sigma = torch.from_numpy(rng.uniform(0, 1, lead).astype(np.float32)) ** 2 * config.noise
        noise = torch.randn(pictures.shape, generator=torch_generator(rng))
        pictures = pictures + sigma * noise
    return pictures


def _darken(
    pictures: torch.Tensor, objects: torch.Tensor, *, share: float, rng: np.random.Generator
) -> torch.Tensor:
    """Multiply some objects by a factor below 1, with soft rims."""
    # One table for the batch; an id's factor differs between patches by a shift.
    gain = np.where(rng.random(4096) < share, rng.uniform(0.25, 1.0, 4096), 1.0)
    shift = torch.from_numpy(rng.integers(0, 4096, len(objects)))
    ids = objects.long()
    keys = (ids * 31 + shift.view(-1, *(1,) * (ids.ndim - 1))) % 4096
    factor = torch.from_numpy(gain.astype(np.float32))[keys]
    factor = torch.where(ids > 0, factor, torch.ones_like(factor))
    pool = F.avg_pool2d if factor.ndim == 4 else F.avg_pool3d
    return pictures * pool(factor, 3, stride=1, padding=1, count_include_pad=False)


def _blur(pictures: torch.Tensor, *, chance: float, rng: np.random.Generator) -> torch.Tensor:
    """Mix some patches with their 3-pixel mean."""
    n = len(pictures)
    amount = np.where(rng.random(n) < chance, rng.uniform(0.3, 1.0, n), 0.0).astype(np.float32)
    weight = torch.from_numpy(amount).view(-1, *(1,) * (pictures.ndim - 1))
    pool = F.avg_pool2d if pictures.ndim == 4 else F.avg_pool3d
    smooth = pool(pictures, 3, stride=1, padding=1, count_include_pad=False)
    return pictures * (1 - weight) + smooth * weight
