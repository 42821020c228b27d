"""Networks as others run them: activation inside, and what to feed them stated in plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from training.ml.calibration import CardCalibration
from training.ml.calibration.card import SETTING
from training.ml.calibration.temperature import FLOOR
from training.ml.errors import TrainingError
from training.ml.heads import build_head
from training.ml.networks import build_crop_network, build_pixel_network

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from training.ml.card import ModelCard
    from training.ml.heads import Head

OUTPUTS = {
    "distance": ("foreground", "distance"),
    "flow": ("foreground", "to_centre_z", "to_centre_y", "to_centre_x"),
}


@dataclass(frozen=True)
class Percentiles:
    """Low and high percentile of each channel of a picture become 0 and 1."""

    low: float
    high: float


@dataclass(frozen=True)
class Ranges:
    """Fixed intensities of each channel become 0 and 1."""

    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Served:
    """A network ready to be exported.

    Attributes
    ----------
    module : nn.Module
        In evaluation mode; (N, C, (Z,) Y, X) float32 to maps (N, K, (Z,) Y, X) in [-1, 1], or to
        class probabilities (N, K).
    dims, channels : int
        Of its input.
    outputs : tuple of str
        Name of each output channel.
    per_pixel : bool
        Maps; else one distribution per picture.
    intensity : Percentiles or Ranges
        What is to be done to intensities first.
    shape : tuple of int
        A spatial shape that suits it, not square; exactly what it takes where there are no maps.
    multiple : int
        What each side must be a multiple of.
    hint : str
        What else is done to a picture before and after, in words.
    calibration : mapping
        What the model's calibration is, and of each part whether the network of the package
        applies it already (``applied``); empty where the model has none.
    """

    module: nn.Module
    dims: int
    channels: int
    outputs: tuple[str, ...]
    per_pixel: bool
    intensity: Percentiles | Ranges
    shape: tuple[int, ...]
    multiple: int
    hint: str
    calibration: Mapping[str, Any] = field(default_factory=dict)

    @property
    def axes(self) -> str:
        """Spatial axes, in order."""
        return "zyx"[-self.dims :]


def serve(card: ModelCard, weights: Mapping[str, torch.Tensor]) -> Served:
    """Make a model's network ready to be exported.

    Parameters
    ----------
    card : ModelCard
        Of the model.
    weights : mapping of str to Tensor
        Of its network.

    Returns
    -------
    Served
        On the CPU, in float32.

    Raises
    ------
    TrainingError
        Code ``no_network``: the model is none, or its kind is not known here.
    """
    if card.task_kind not in SERVED:
        raise TrainingError(
            "no_network",
            f"Models of kind {card.task_kind} can only be taken away as safetensors.",
        )
    served = SERVED[card.task_kind](card, weights)
    served.module.eval()
    return served


class _Maps(nn.Module):
    """A network and the activation of its head."""

    def __init__(self, network: nn.Module, head: Head) -> None:
        super().__init__()
        self.network, self.head = network, head

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return activated maps (N, K, ...)."""
        return self.head.activate(self.network(pictures))


class _Classes(nn.Module):
    """Probabilities averaged over a crop and its mirror images, as our own prediction does."""

    def __init__(self, network: nn.Module, *, one_of: bool, temperature: float = 1.0) -> None:
        super().__init__()
        self.network, self.one_of, self.temperature = network, one_of, temperature

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return probabilities (N, K): of one class among all, or of each class by itself."""
        views = (pictures, pictures.flip(-1), pictures.flip(-2), pictures.flip(-1, -2))
        scores = torch.stack([self.network(view) for view in views])
        chances = scores.softmax(dim=-1) if self.one_of else scores.sigmoid()
        chances = chances.mean(dim=0)
        return (_tempered if self.one_of else _softened)(chances, self.temperature)


def _softened(chances: torch.Tensor, temperature: float) -> torch.Tensor:
    """Apply a temperature to yes-or-no probabilities, as `soften` does."""
    if temperature == 1:
        return chances
    safe = chances.clamp(FLOOR, 1 - FLOOR)
    return 1 / (1 + ((1 - safe) / safe) ** (1 / temperature))


def _tempered(chances: torch.Tensor, temperature: float) -> torch.Tensor:
    """Apply a temperature to probabilities (N, K, ...), as `apply_temperature` does."""
    if temperature == 1:
        return chances
    return (chances.clamp_min(FLOOR).log() / temperature).softmax(dim=1)


def _instance(card: ModelCard, weights: Mapping[str, torch.Tensor]) -> Served:
    config, dims = card.config, card.config.network.dims
    n_classes = int(card.settings.get("object_classes", 0))
    head = build_head(config.head, n_classes=n_classes)
    network = build_pixel_network(config.network, card.in_channels, head.channels(dims))
    network.load_state_dict(dict(weights))
    coarsest = int(np.prod(config.network.strides))
    names = OUTPUTS.get(
        config.head, tuple(f"map_{n}" for n in range(head.channels(dims) - n_classes))
    )
    if config.head == "flow" and dims == 2:
        names = tuple(name for name in names if not name.endswith("_z"))
    names += tuple(f"class {name}" for name in card.classes[:n_classes])
    wanted = config.data.diameter
    return Served(
        module=_Maps(network, head),
        dims=dims,
        channels=card.in_channels,
        outputs=names,
        per_pixel=True,
        intensity=Percentiles(config.data.low, config.data.high),
        shape=_suitable(coarsest, dims),
        multiple=coarsest,
        hint=(
            (
                f"Rescale pictures so that objects are about {wanted:g} pixels across. "
                * (wanted > 0)
            )
            + "Objects are found in the maps by `training.decoding` of Cytoloop; thresholds are in "
            "model.json under settings.decode. Maps are not calibrated, as thresholds are not: "
            "see `calibration`."
        ),
        calibration=_stated(card, applied=()),
    )


class _ClassMaps(nn.Module):
    """A network and the softmax over its classes."""

    def __init__(self, network: nn.Module, *, temperature: float = 1.0) -> None:
        super().__init__()
        self.network, self.temperature = network, temperature

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return the probability of each class (N, K, ...)."""
        maps: torch.Tensor = self.network(pictures)
        return _tempered(maps.softmax(dim=1), self.temperature)


def _semantic(card: ModelCard, weights: Mapping[str, torch.Tensor]) -> Served:
    config = card.config
    names = (*(("background",) if card.settings["background"] else ()), *card.classes)
    network = build_pixel_network(config.network, card.in_channels, len(names))
    network.load_state_dict(dict(weights))
    coarsest = int(np.prod(config.network.strides))
    return Served(
        module=_ClassMaps(network, temperature=CardCalibration.of(card.settings).labels),
        dims=config.network.dims,
        channels=card.in_channels,
        outputs=names,
        per_pixel=True,
        intensity=Percentiles(config.data.low, config.data.high),
        shape=_suitable(coarsest, config.network.dims),
        multiple=coarsest,
        hint="Pictures are taken at their own scale; the class of a pixel is that of the largest.",
        calibration=_stated(card, applied=("classes",)),
    )


def _classification(card: ModelCard, weights: Mapping[str, torch.Tensor]) -> Served:
    if card.config.model == "softmax":
        raise TrainingError(
            "no_network",
            "This model is a regression on fixed features, without a network. Take it away as "
            "safetensors, or train one with the setting model = network.",
        )
    config, scale = card.config.network, card.settings["scale"]
    network = build_crop_network(config, card.in_channels, len(card.classes))
    network.load_state_dict(dict(weights))
    one_of = card.task_kind == "classification"
    temperature = CardCalibration.of(card.settings).labels
    return Served(
        module=_Classes(network, one_of=one_of, temperature=temperature),
        dims=config.dims,
        channels=card.in_channels,
        outputs=card.classes,
        per_pixel=False,
        intensity=Ranges(tuple(scale["low"]), tuple(scale["high"])),
        shape=tuple(card.settings["shape"]),
        multiple=1,
        hint=(
            f"Zoom crops by {scale['zoom']:.4g}, then cut or continue them at their rims to "
            f"{' x '.join(map(str, card.settings['shape']))} pixels about their middle."
            + (
                " Each class is a question of its own: those at or above their thresholds "
                "(model.json, settings.thresholds) hold." * (not one_of)
            )
        ),
        calibration=_stated(card, applied=("classes",)),
    )


PARTS = {
    "classes": "Temperature of class probabilities: p ** (1 / T), brought to a sum of 1; where "
    "each class is yes or no, against (1 - p) ** (1 / T).",
    "pixels": "Temperature of the foreground map: p ** (1 / T) against (1 - p) ** (1 / T).",
    "objects": "From an object's score to its confidence: 'logistic' is 1 / (1 + exp(-(slope * "
    "logit(score) + offset))), 'isotonic' lies on straight lines between its knots.",
}


def _stated(card: ModelCard, *, applied: tuple[str, ...]) -> dict[str, Any]:
    """Say what the calibration is, and which of it the network holds."""
    parts: Mapping[str, Any] = card.settings.get(SETTING, {})
    return {
        name: {**values, "applied": name in applied, "meaning": PARTS.get(name, "")}
        for name, values in parts.items()
    }


def _suitable(coarsest: int, dims: int) -> tuple[int, ...]:
    """Sides that are large enough to show objects, multiples of the network's grid."""
    sides = (96, 128) if dims == 2 else (16, 48, 64)
    return tuple(-(-side // coarsest) * coarsest for side in sides)


# One entry per task kind whose models have a network to give away.
SERVED: dict[str, Callable[[ModelCard, Mapping[str, torch.Tensor]], Served]] = {
    "instance": _instance,
    "classification": _classification,
    "multilabel": _classification,
    "semantic": _semantic,
}
