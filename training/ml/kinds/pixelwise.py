"""What kinds that predict pixels have in common: checks of pictures, tiles, the network."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from training.ml.device import choose_precision
from training.ml.errors import ConfigError, TrainingError, channel_mismatch
from training.ml.networks import PixelNetwork, build_pixel_network
from training.ml.networks.fusion import fuse_norms
from training.ml.networks.onednn import call_onednn, has_onednn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from training.ml.card import ModelCard
    from training.ml.config import Config
    from training.ml.frames import Frame
    from training.ml.manifest import Item


def same_channels(frames: Sequence[Frame], channels: int) -> None:
    """Refuse pictures that differ in their channels.

    Raises
    ------
    TrainingError
        Code ``channel_mismatch``.
    """
    for frame in frames:
        if len(frame.picture) != channels:
            raise channel_mismatch(frame.item.id, len(frame.picture), channels)


def check_depth(config: Config) -> Config:
    """Refuse patches of volumes that the network cannot halve as often as it does.

    Raises
    ------
    ConfigError
        For ``data.patch_z``; whether pictures are volumes is known here only.
    """
    coarsest = math.prod(config.network.strides)
    if config.network.dims == 3 and config.data.patch_z % coarsest:
        raise ConfigError(
            "data.patch_z", f"must be a multiple of the strides' product ({coarsest}) for volumes."
        )
    return config


def moments_of(stack: NDArray[Any], card: ModelCard, name: str) -> NDArray[Any]:
    """Check a picture against its model, and take its moments apart.

    Parameters
    ----------
    stack : ndarray, shape (T, C, Z, Y, X)
        Picture.
    card : ModelCard
        Of the model.
    name : str
        Of the picture, for messages.

    Returns
    -------
    ndarray, shape (T, C, Y, X) or (T, C, Z, Y, X)
        For a 2-D or a 3-D model.

    Raises
    ------
    TrainingError
        Codes ``channel_mismatch``, ``needs_3d``.
    """
    if stack.shape[1] != card.in_channels:
        raise TrainingError(
            "channel_mismatch",
            f"{name} has {stack.shape[1]} channels; the model was trained on {card.in_channels}.",
        )
    if card.config.network.dims == 3:
        return stack
    if stack.shape[2] != 1:
        raise TrainingError("needs_3d", f"{name} has {stack.shape[2]} planes; the model is 2-D.")
    return stack[:, :, 0]


def anisotropy_of(item: Item) -> float:
    """Distance of planes in pixels of a plane; 1 where it is unknown."""
    return 1.0 if item.pixel_size is None else item.pixel_size[0] / item.pixel_size[2]


def tiling(config: Config) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Largest spatial shape that is predicted at once, and what each side is a multiple of."""
    coarsest = int(np.prod(config.network.strides))
    side, depth = config.infer.tile, config.infer.tile_z
    if config.network.dims == 2:
        return (side, side), (coarsest,) * 2
    narrow = -(-side // 2 // coarsest) * coarsest
    return (-(-depth // coarsest) * coarsest, narrow, narrow), (coarsest,) * 3


def load_network(
    card: ModelCard,
    weights: Mapping[str, torch.Tensor],
    *,
    channels: int,
    device: torch.device,
    fused: bool = True,
) -> PixelNetwork:
    """Build the network of a model and make it ready to predict.

    Parameters
    ----------
    card : ModelCard
        Of the model.
    weights : mapping of str to Tensor
        Of its network.
    channels : int
        Maps that it puts out.
    device : torch.device
        Where to compute.
    fused : bool
        Whether to fold norms into convolutions, and on a CPU to compute each with what follows it
        in one call: faster, but no other weights fit it any more.

    Returns
    -------
    PixelNetwork
        In evaluation mode.
    """
    settings = card.config.network
    network = build_pixel_network(settings, card.in_channels, channels)
    network.load_state_dict(dict(weights))
    if settings.dims == 2:
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    network = network.to(device).eval()
    if fused:
        fuse_norms(network)
        # In float32 PyTorch's own calls are as fast.
        if (
            settings.dims == 2
            and device.type == "cpu"
            and has_onednn(torch.bfloat16)
            and choose_precision(card.config.optim.precision, device) == "bf16"
        ):
            call_onednn(network, torch.bfloat16)
    return network
