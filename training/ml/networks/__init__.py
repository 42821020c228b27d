"""Networks by name: ``build(config, in_channels, out_channels)`` gives a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.ml.networks.resnet import SmallResNet, build_resnet
from training.ml.networks.unet import TrunkUNet, build_unet

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

    from training.ml.config import NetworkConfig

NETWORKS: dict[str, Callable[[NetworkConfig, int, int], nn.Module]] = {
    "unet": build_unet,
    "resnet": build_resnet,
}

__all__ = ["NETWORKS", "SmallResNet", "TrunkUNet"]
