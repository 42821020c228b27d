"""What a task kind must offer to the trainer and to prediction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    import torch
    from numpy.typing import NDArray
    from torch import nn

    from training.decoding.maps import PixelMaps
    from training.ml.card import ModelCard
    from training.ml.config import Config
    from training.ml.manifest import Item, Snapshot
    from training.ml.uncertainty.doubts import Doubts
    from training.ml.uncertainty.measures import Doubt


@dataclass(frozen=True)
class Prediction:
    """What a model says of one item.

    Attributes
    ----------
    labels : ndarray of int32 or None
        (T, Z, Y, X), for a segmentation.
    objects : sequence of mapping
        {id, confidence, and class_index where there are classes}.
    class_probabilities : sequence of float
        In the order of the classes, for a classification.
    probabilities, weights : ndarray of float32, shapes (K, C) and (K,)
        Distributions for uncertainty, and how much each counts.
    embedding : ndarray of float32, shape (D,)
        Where the item lies among others.
    foreground : float
        Share of the item that holds objects.
    foreground_map : ndarray of uint8 or None
        Foreground probability times 255, made small.
    maps : PixelMaps or None
        What the model says of each pixel, to be decoded again by those who click.
    doubt : Doubt or None
        How unsure the model is, where that was asked for; objects then tell their uncertainty
        (bits) and consistency too.
    uncertainty_map : callable or None
        Makes the entropy of each pixel, uint8 (T, Z, Y, X), 255 = as unsure as can be, of large
        pictures the mean of blocks; who does not ask pays nothing for it, or little.
    """

    labels: NDArray[Any] | None
    objects: Sequence[Mapping[str, Any]]
    class_probabilities: Sequence[float]
    probabilities: NDArray[Any]
    weights: NDArray[Any]
    embedding: NDArray[Any]
    foreground: float
    foreground_map: NDArray[Any] | None = None
    maps: PixelMaps | None = None
    doubt: Doubt | None = None
    uncertainty_map: Callable[[], NDArray[np.uint8]] | None = None


@dataclass(frozen=True)
class Finished:
    """What a task says at the end of a run.

    Attributes
    ----------
    metrics : mapping of str to float
        Of the validation split; empty without one.
    settings : mapping
        What prediction needs beside the config, for the card.
    items : mapping of str to mapping
        Metrics per validation item.
    calibration : mapping of str to mapping
        What was calibrated, how, and what it brought (`training.ml.calibration.judge`).
    """

    metrics: Mapping[str, float]
    settings: Mapping[str, Any] = field(default_factory=dict)
    items: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    calibration: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Task(Protocol):
    """One run's data, network and loss.

    Attributes
    ----------
    network : nn.Module
        Freshly initialised.
    config : Config
        With the number of dimensions resolved.
    in_channels : int
        Of the pictures.
    names : tuple of str
        Of the classes, in order.
    primary : str
        The metric that is shown while training; larger is better.
    solved : mapping of str to Tensor or None
        Weights of a task that needs no steps.
    """

    network: nn.Module
    config: Config
    in_channels: int
    names: tuple[str, ...]
    primary: str
    solved: Mapping[str, torch.Tensor] | None

    def batch(self, step: int, size: int) -> Any:  # noqa: ANN401
        """``size`` patches, on the CPU; depends on nothing else but the seed and the step."""
        ...

    def loss(self, batch: Any, device: torch.device) -> torch.Tensor:  # noqa: ANN401
        """Loss of a batch."""
        ...

    def validate(self, weights: Mapping[str, torch.Tensor]) -> Mapping[str, float]:
        """Metrics of the validation split under the given weights; empty without one."""
        ...

    def finish(self, weights: Mapping[str, torch.Tensor], *, seconds: float) -> Finished:
        """Choose what is left to choose within ``seconds``, and score the validation split."""
        ...


class Predictor(Protocol):
    """A trained model, ready to predict.

    Attributes
    ----------
    concurrent : bool
        Whether several threads may ask it at once.
    """

    concurrent: bool

    def predict(self, item: Item) -> Prediction:
        """Predict one item."""
        ...


class TaskKind(Protocol):
    """One kind of work: entry type of ``TASK_KINDS``."""

    name: str

    def task(self, snapshot: Snapshot, config: Config, device: torch.device) -> Task:
        """Read the snapshot and build what a run needs."""
        ...

    def predictor(
        self,
        card: ModelCard,
        weights: Mapping[str, torch.Tensor],
        device: torch.device,
        *,
        doubts: Doubts | None = None,
    ) -> Predictor:
        """Make a trained model ready; with doubts it also tells how unsure it is."""
        ...
