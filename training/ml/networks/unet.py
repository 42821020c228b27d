"""A U-Net trunk with one-by-one heads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from monai.networks.nets.unet import UNet
from torch import nn

if TYPE_CHECKING:
    from training.ml.config import NetworkConfig

NORMS: dict[str, Any] = {
    "batch": "batch",
    "instance": "instance",
    "group": ("group", {"num_groups": 8}),
}


class TrunkUNet(nn.Module):
    """MONAI's residual U-Net as trunk, a linear map per pixel as head.

    Parameters
    ----------
    config : NetworkConfig
        Width, depth and normalisation; ``dims`` is 2 or 3.
    in_channels, out_channels : int
        Channels of the picture, maps of the head.
    """

    def __init__(self, config: NetworkConfig, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.compress = config.compress
        self.trunk = UNet(
            spatial_dims=config.dims,
            in_channels=in_channels * (2 if config.compress else 1),
            out_channels=config.trunk,
            channels=config.channels,
            strides=config.strides,
            num_res_units=config.residual_units,
            act="relu",
            norm=NORMS[config.norm],
            dropout=config.dropout,
        )
        batch_norm, convolution = (
            (nn.BatchNorm2d, nn.Conv2d) if config.dims == 2 else (nn.BatchNorm3d, nn.Conv3d)
        )
        self.finish = nn.Sequential(batch_norm(config.trunk), nn.ReLU(inplace=True))
        self.head = convolution(config.trunk, out_channels, kernel_size=1)

    def features(self, pictures: torch.Tensor) -> torch.Tensor:
        """Trunk features (N, F, ...) of normalised pictures (N, C, ...)."""
        if self.compress:
            root = pictures.clamp_min(0).add(1e-4).sqrt()
            pictures = torch.cat([pictures, root], dim=1)
        features: torch.Tensor = self.finish(self.trunk(pictures))
        return features

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return maps (N, K, ...) of normalised pictures (N, C, ...)."""
        maps: torch.Tensor = self.head(self.features(pictures))
        return maps


def build_unet(config: NetworkConfig, in_channels: int, out_channels: int) -> nn.Module:
    """Build a ``TrunkUNet``; entry of ``NETWORKS``."""
    return TrunkUNet(config, in_channels, out_channels)
