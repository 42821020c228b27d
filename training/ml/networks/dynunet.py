"""The U-Net of nnU-Net."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monai.networks.nets.dynunet import DynUNet

from training.ml.errors import ConfigError
from training.ml.networks.pixel import NORMS, PixelNetwork, seen_channels

if TYPE_CHECKING:
    from training.ml.config import NetworkConfig

FEWEST_LEVELS = 3


def build_dynunet(config: NetworkConfig, in_channels: int, out_channels: int) -> PixelNetwork:
    """Build on the topology of nnU-Net (Isensee et al., Nature Methods 2021).

    Entry of ``NETWORKS``. Two convolutions a level on the way down and up; blocks are residual
    unless ``residual_units`` is 0. Unlike ``unet`` it computes at full resolution too, which
    costs several times as much.

    Raises
    ------
    ConfigError
        It takes three levels or more.
    """
    if len(config.channels) < FEWEST_LEVELS:
        raise ConfigError("network.channels", f"must name {FEWEST_LEVELS} levels for dynunet.")
    trunk = DynUNet(
        spatial_dims=config.dims,
        in_channels=seen_channels(config, in_channels),
        out_channels=config.trunk,
        kernel_size=[3] * len(config.channels),
        strides=[1, *config.strides],
        upsample_kernel_size=list(config.strides),
        filters=list(config.channels),
        norm_name=NORMS[config.norm],
        dropout=config.dropout,
        res_block=config.residual_units > 0,
    )
    return PixelNetwork(trunk, config, out_channels)
