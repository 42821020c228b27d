"""What networks that give one answer per crop have in common: a trunk, pooling, a linear map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from training.ml.networks.pixel import compressed

if TYPE_CHECKING:
    from training.ml.config import NetworkConfig

# Before the last layer: crops are few and alike.
LEAST_DROPOUT = 0.2


class CropNetwork(nn.Module):
    """Any trunk that makes crops coarser, mean pooling, and a linear map as head.

    Parameters
    ----------
    trunk : nn.Module
        From `seen_channels` channels to ``width`` features, ``stride`` times as coarse.
    config : NetworkConfig
        Its ``compress`` and ``dropout``.
    width, stride : int
        Of the trunk's output.
    out_channels : int
        Classes.
    """

    def __init__(
        self,
        trunk: nn.Module,
        config: NetworkConfig,
        *,
        width: int,
        stride: int,
        out_channels: int,
    ) -> None:
        super().__init__()
        self.compress = config.compress
        self.width, self.stride = width, stride
        self.trunk = trunk
        self.drop = nn.Dropout(max(config.dropout, LEAST_DROPOUT))
        self.head = nn.Linear(width, out_channels)

    def features(self, pictures: torch.Tensor) -> torch.Tensor:
        """Pooled features (N, F) of normalised crops (N, C, ...)."""
        return self.feature_map(pictures).flatten(2).mean(dim=2)

    def feature_map(self, pictures: torch.Tensor) -> torch.Tensor:
        """Features (N, F, ...) where they lie in the crop, ``stride`` times as coarse."""
        features: torch.Tensor = self.trunk(compressed(pictures, self.compress))
        return features

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Class scores (N, K) of normalised crops (N, C, ...)."""
        scores: torch.Tensor = self.head(self.drop(self.features(pictures)))
        return scores
