"""A residual U-Net."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monai.networks.nets.unet import UNet

from training.ml.networks.pixel import NORMS, PixelNetwork, seen_channels

if TYPE_CHECKING:
    from training.ml.config import NetworkConfig


def build_unet(config: NetworkConfig, in_channels: int, out_channels: int) -> PixelNetwork:
    """Build on MONAI's residual U-Net (Kerfoot et al., 2018); entry of ``NETWORKS``."""
    trunk = UNet(
        spatial_dims=config.dims,
        in_channels=seen_channels(config, in_channels),
        out_channels=config.trunk,
        channels=config.channels,
        strides=config.strides,
        num_res_units=config.residual_units,
        act="relu",
        norm=NORMS[config.norm],
        dropout=config.dropout,
    )
    return PixelNetwork(trunk, config, out_channels)
