"""A densely connected network for crops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monai.networks.nets.densenet import DenseNet
from torch import nn

from training.ml.errors import ConfigError
from training.ml.networks.crop import CropNetwork
from training.ml.networks.pixel import NORMS, seen_channels

if TYPE_CHECKING:
    from training.ml.config import NetworkConfig

FIRST = 2
LAYERS_PER_UNIT = 2


def build_densenet(config: NetworkConfig, in_channels: int, out_channels: int) -> CropNetwork:
    """Build on a DenseNet-BC (Huang et al., CVPR 2017); entry of ``NETWORKS``.

    As many blocks as there are levels, each of two layers per residual unit; the stem is as wide
    as the first level, and each layer adds half as many channels. Widths of further levels and
    the strides say nothing here: each block is half as fine as the one before. The pooling
    after the stem is left out, as crops are small.

    Raises
    ------
    ConfigError
        Widths are no multiples of what norms by groups take.
    """
    if config.norm == "group":
        raise ConfigError("network.norm", "must be batch or instance for densenet.")
    stem, levels = config.channels[0], len(config.channels)
    whole = DenseNet(
        spatial_dims=config.dims,
        in_channels=seen_channels(config, in_channels),
        out_channels=out_channels,
        init_features=stem,
        growth_rate=max(1, stem // 2),
        block_config=(LAYERS_PER_UNIT * max(1, config.residual_units),) * levels,
        norm=NORMS[config.norm],
        dropout_prob=config.dropout,
    )
    # Its own head is left away: ours is that of all networks for crops.
    last = whole.class_layers[-1]
    assert isinstance(last, nn.Linear), "a linear map is its head"
    whole.features.pool0 = nn.Identity()
    return CropNetwork(
        nn.Sequential(whole.features, nn.ReLU(inplace=True)),
        config,
        width=last.in_features,
        stride=FIRST * 2 ** (levels - 1),
        out_channels=out_channels,
    )
