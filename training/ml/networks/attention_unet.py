"""A U-Net that weighs what its skip connections bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monai.networks.nets.attentionunet import AttentionUnet

from training.ml.errors import ConfigError
from training.ml.networks.pixel import PixelNetwork, seen_channels

if TYPE_CHECKING:
    from training.ml.config import NetworkConfig


def build_attention_unet(
    config: NetworkConfig, in_channels: int, out_channels: int
) -> PixelNetwork:
    """Build on the Attention U-Net (Oktay et al., MIDL 2018); entry of ``NETWORKS``.

    Raises
    ------
    ConfigError
        It normalises by batch only.
    """
    if config.norm != "batch":
        raise ConfigError("network.norm", "must be batch for attention_unet.")
    trunk = AttentionUnet(
        spatial_dims=config.dims,
        in_channels=seen_channels(config, in_channels),
        out_channels=config.trunk,
        channels=config.channels,
        strides=config.strides,
        dropout=config.dropout,
    )
    return PixelNetwork(trunk, config, out_channels)
