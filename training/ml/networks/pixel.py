"""What networks that predict pixels have in common: a trunk, and one-by-one heads on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn

if TYPE_CHECKING:
    from training.ml.config import NetworkConfig

NORMS: dict[str, Any] = {
    "batch": "batch",
    "instance": "instance",
    "group": ("group", {"num_groups": 8}),
}


class PixelNetwork(nn.Module):
    """Any trunk that keeps the picture's shape, and a linear map per pixel as head.

    Parameters
    ----------
    trunk : nn.Module
        From `seen_channels` channels to ``config.trunk`` features per pixel.
    config : NetworkConfig
        Width of the trunk's output; ``dims`` is 2 or 3.
    out_channels : int
        Maps of the head.
    """

    stride = 1

    def __init__(self, trunk: nn.Module, config: NetworkConfig, out_channels: int) -> None:
        super().__init__()
        self.compress = config.compress
        self.width = config.trunk
        self.trunk = trunk
        batch_norm, convolution = (
            (nn.BatchNorm2d, nn.Conv2d) if config.dims == 2 else (nn.BatchNorm3d, nn.Conv3d)
        )
        self.finish = nn.Sequential(batch_norm(config.trunk), nn.ReLU(inplace=True))
        self.head = convolution(config.trunk, out_channels, kernel_size=1)

    def features(self, pictures: torch.Tensor) -> torch.Tensor:
        """Trunk features (N, F, ...) of normalised pictures (N, C, ...)."""
        features: torch.Tensor = self.finish(self.trunk(compressed(pictures, self.compress)))
        return features

    def feature_map(self, pictures: torch.Tensor) -> torch.Tensor:
        """Features (N, F, ...) where they lie in the picture: here the same as `features`."""
        return self.features(pictures)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return maps (N, K, ...) of normalised pictures (N, C, ...)."""
        maps: torch.Tensor = self.head(self.features(pictures))
        return maps


def seen_channels(config: NetworkConfig, in_channels: int) -> int:
    """Count the channels that a trunk sees of a picture with ``in_channels``."""
    return in_channels * (2 if config.compress else 1)


def compressed(pictures: torch.Tensor, compress: bool) -> torch.Tensor:
    """Put a square-root copy of each channel beside pictures (N, C, ...), where asked."""
    if not compress:
        return pictures
    return torch.cat([pictures, pictures.clamp_min(0).add(1e-4).sqrt()], dim=1)
