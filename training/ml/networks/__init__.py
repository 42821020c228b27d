"""Networks by name: ``build(config, in_channels, out_channels)`` gives a module."""

from collections.abc import Callable

from torch import nn

from training.ml.config import NetworkConfig
from training.ml.networks.resnet import SmallResNet, build_resnet
from training.ml.networks.unet import TrunkUNet, build_unet

NETWORKS: dict[str, Callable[[NetworkConfig, int, int], nn.Module]] = {
    "unet": build_unet,
    "resnet": build_resnet,
}

__all__ = ["NETWORKS", "SmallResNet", "TrunkUNet"]
