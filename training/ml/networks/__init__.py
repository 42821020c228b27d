"""Networks by name: ``build(config, in_channels, out_channels)`` gives a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.ml.networks.attention_unet import build_attention_unet
from training.ml.networks.dynunet import build_dynunet
from training.ml.networks.pixel import PixelNetwork
from training.ml.networks.resnet import SmallResNet, build_resnet
from training.ml.networks.unet import build_unet

if TYPE_CHECKING:
    from collections.abc import Callable

    from training.ml.config import NetworkConfig

NETWORKS: dict[str, Callable[[NetworkConfig, int, int], PixelNetwork | SmallResNet]] = {
    "unet": build_unet,
    "dynunet": build_dynunet,
    "attention_unet": build_attention_unet,
    "resnet": build_resnet,
}

__all__ = ["NETWORKS", "PixelNetwork", "SmallResNet"]
