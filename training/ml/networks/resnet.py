"""A small residual network for crops."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from monai.networks.blocks.convolutions import ResidualUnit
from torch import nn

from training.ml.networks.crop import CropNetwork
from training.ml.networks.pixel import NORMS, seen_channels

if TYPE_CHECKING:
    from training.ml.config import NetworkConfig


def build_resnet(config: NetworkConfig, in_channels: int, out_channels: int) -> CropNetwork:
    """Build on residual units that halve the crop level by level; entry of ``NETWORKS``."""
    widths = (seen_channels(config, in_channels), *config.channels)
    strides = (*config.strides, 2)
    trunk = nn.Sequential(
        *(
            ResidualUnit(
                config.dims, narrow, wide, strides=stride, subunits=config.residual_units,
                act="relu", norm=NORMS[config.norm], dropout=config.dropout,
            )
            for narrow, wide, stride in zip(widths, widths[1:], strides, strict=False)
        )
    )  # fmt: skip
    return CropNetwork(
        trunk, config, width=widths[-1], stride=math.prod(strides), out_channels=out_channels
    )
