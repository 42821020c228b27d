"""A small residual network that turns a crop into class scores."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from monai.networks.blocks.convolutions import ResidualUnit
from torch import nn

from training.ml.networks.pixel import NORMS, compressed, seen_channels

if TYPE_CHECKING:
    from training.ml.config import NetworkConfig

# Before the last layer: crops are few and alike.
LEAST_DROPOUT = 0.2


class SmallResNet(nn.Module):
    """Residual units that halve the crop level by level, mean pooling, a linear layer.

    Parameters
    ----------
    config : NetworkConfig
        Widths of the levels; ``dims`` is 2 or 3.
    in_channels, out_channels : int
        Channels of the picture, classes.
    """

    def __init__(self, config: NetworkConfig, in_channels: int, out_channels: int) -> None:
        super().__init__()
        widths = (seen_channels(config, in_channels), *config.channels)
        self.compress = config.compress
        strides = (*config.strides, 2)
        self.width, self.stride = widths[-1], math.prod(strides)
        self.trunk = nn.Sequential(
            *(
                ResidualUnit(
                    config.dims, narrow, wide, strides=stride, subunits=config.residual_units,
                    act="relu", norm=NORMS[config.norm], dropout=config.dropout,
                )
                for narrow, wide, stride in zip(widths, widths[1:], strides, strict=False)
            )
        )  # fmt: skip
        self.drop = nn.Dropout(max(config.dropout, LEAST_DROPOUT))
        self.head = nn.Linear(widths[-1], out_channels)

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


def build_resnet(config: NetworkConfig, in_channels: int, out_channels: int) -> SmallResNet:
    """Build a ``SmallResNet``; entry of ``NETWORKS``."""
    return SmallResNet(config, in_channels, out_channels)
