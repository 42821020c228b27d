"""Networks by name, and the kinds of tasks that each fits."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.ml.errors import ConfigError, TrainingError
from training.ml.networks.attention_unet import build_attention_unet
from training.ml.networks.crop import CropNetwork
from training.ml.networks.densenet import build_densenet
from training.ml.networks.dynunet import build_dynunet
from training.ml.networks.pixel import PixelNetwork
from training.ml.networks.resnet import build_resnet
from training.ml.networks.unet import build_unet

if TYPE_CHECKING:
    from collections.abc import Callable

    from training.ml.config import NetworkConfig

# An answer for each pixel, and one for the whole crop.
PIXEL_KINDS = ("instance", "semantic")
CROP_KINDS = ("classification", "multilabel")
# The first network that fits the kind of the task.
AUTO = "auto"


@dataclass(frozen=True)
class Network:
    """One network: entry type of ``NETWORKS``.

    Attributes
    ----------
    build : callable
        ``build(config, in_channels, out_channels)`` gives a module.
    kinds : tuple of str
        Keys of ``TASK_KINDS`` that it fits.
    """

    build: Callable[[NetworkConfig, int, int], PixelNetwork | CropNetwork]
    kinds: tuple[str, ...]


NETWORKS: dict[str, Network] = {
    "unet": Network(build_unet, PIXEL_KINDS),
    "dynunet": Network(build_dynunet, PIXEL_KINDS),
    "attention_unet": Network(build_attention_unet, PIXEL_KINDS),
    "resnet": Network(build_resnet, CROP_KINDS),
    "densenet": Network(build_densenet, CROP_KINDS),
}


def networks_for(task_kind: str) -> tuple[str, ...]:
    """Names of the networks that fit a kind of task; that of ``auto`` comes first."""
    return tuple(name for name, network in NETWORKS.items() if task_kind in network.kinds)


def name_network(config: NetworkConfig, task_kind: str) -> NetworkConfig:
    """Settle which network a task gets.

    Parameters
    ----------
    config : NetworkConfig
        Its ``name`` may be ``auto``.
    task_kind : str
        Key of ``TASK_KINDS``.

    Returns
    -------
    NetworkConfig
        With the name of a network.

    Raises
    ------
    ConfigError
        The network fits no task of this kind.
    TrainingError
        Code ``unknown_task_kind``.
    """
    fitting = networks_for(task_kind)
    if not fitting:
        raise TrainingError("unknown_task_kind", f"No network fits {task_kind!r} yet.")
    name = fitting[0] if config.name == AUTO else config.name
    if name not in fitting:
        raise ConfigError(
            "network.name", f"must be one of {', '.join(fitting)} for {task_kind}, not {name}."
        )
    return dataclasses.replace(config, name=name)


def build_pixel_network(config: NetworkConfig, in_channels: int, out_channels: int) -> PixelNetwork:
    """Build a network whose answer is one per pixel.

    Raises
    ------
    ConfigError
        The network that the settings name has one answer per crop.
    """
    network = NETWORKS[config.name].build(config, in_channels, out_channels)
    if not isinstance(network, PixelNetwork):
        raise ConfigError("network.name", f"must be one that predicts pixels, not {config.name}.")
    return network


def build_crop_network(config: NetworkConfig, in_channels: int, out_channels: int) -> CropNetwork:
    """Build a network whose answer is one per crop.

    Raises
    ------
    ConfigError
        The network that the settings name has one answer per pixel.
    """
    network = NETWORKS[config.name].build(config, in_channels, out_channels)
    if not isinstance(network, CropNetwork):
        raise ConfigError("network.name", f"must be one that classifies crops, not {config.name}.")
    return network


__all__ = [
    "AUTO",
    "CROP_KINDS",
    "NETWORKS",
    "PIXEL_KINDS",
    "CropNetwork",
    "Network",
    "PixelNetwork",
    "build_crop_network",
    "build_pixel_network",
    "name_network",
    "networks_for",
]
