"""Noise, to be taken away again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from training.ml.pretraining.base import Spoiled
from training.ml.seeding import torch_generator

if TYPE_CHECKING:
    from training.ml.pretraining.settings import PretrainConfig


class Denoising:
    """Gaussian noise of another strength in each patch; every pixel counts.

    After denoising autoencoders (Vincent et al., ICML 2008; for segmentation: Brempong et al.,
    CVPR Workshops 2022).
    """

    summary = "the picture without noise"

    def spoil(
        self, pictures: torch.Tensor, settings: PretrainConfig, *, rng: np.random.Generator
    ) -> Spoiled:
        """Add noise to (N, C, ...)."""
        lead = (len(pictures), *(1,) * (pictures.ndim - 1))
        sigma = torch.from_numpy(rng.uniform(0.1, 1.0, lead).astype(np.float32)) * settings.noise
        noise = torch.randn(pictures.shape, generator=torch_generator(rng))
        return Spoiled(pictures + sigma * noise, torch.ones_like(pictures[:, :1]))
