"""Prediction of the class of each pixel."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from training.ml.calibration import CardCalibration
from training.ml.device import autocast
from training.ml.inferer import average, mirrored, predict_tiled, with_members
from training.ml.intensity import normalise
from training.ml.kinds.base import Prediction
from training.ml.kinds.instance_outputs import pool_features, small_map
from training.ml.kinds.pixel_cells import PixelCells
from training.ml.kinds.pixelwise import anisotropy_of, load_network, moments_of, tiling
from training.ml.kinds.semantic_blocks import predict_in_blocks
from training.ml.kinds.semantic_doubt import (
    ClassDoubts,
    PixelSpread,
    doubt_map,
    spread_classes,
)
from training.ml.networks import PixelNetwork
from training.ml.pictures import read_picture
from training.ml.resizing import resize
from training.ml.scaling import zoom_factors, zoomed_shape
from training.ml.uncertainty.base import Geometry, Subject
from training.ml.uncertainty.doubts import MOST_VALUES, split_members

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from torch import nn

    from training.ml.card import ModelCard
    from training.ml.inferer import Forward
    from training.ml.manifest import Item
    from training.ml.uncertainty.doubts import Doubts


@dataclass(frozen=True)
class ClassMaps:
    """What a model says of one moment.

    Attributes
    ----------
    maps : ndarray of float32, shape (K, ...)
        Probability of each class, background first where there is one; the picture's size.
    features : ndarray of float32, shape (D,)
        Embedding.
    spread : PixelSpread or None
        How far further answers differ, where they were asked for.
    """

    maps: NDArray[np.float32]
    features: NDArray[np.float32]
    spread: PixelSpread | None = None


class SemanticPredictor:
    """A trained semantic model.

    Parameters
    ----------
    card : ModelCard
        Of the model; ``settings["background"]`` says whether its first class is none.
    weights : mapping of str to Tensor
        Of its network.
    device : torch.device
        Where to compute.
    doubts : Doubts or None
        What to ask of the model beside its prediction, which stays the same.
    """

    def __init__(
        self,
        card: ModelCard,
        weights: Mapping[str, torch.Tensor],
        device: torch.device,
        *,
        doubts: Doubts | None = None,
    ) -> None:
        self.card, self.config, self.device = card, card.config, device
        self.dims = card.config.network.dims
        self.background = bool(card.settings["background"])
        channels = len(card.classes) + self.background
        load = partial(load_network, card, weights, channels=channels, device=device)
        self.network = load()
        self.tile, self.multiple = tiling(card.config)
        self.calibration = CardCalibration.of(card.settings)
        self.doubts = doubts
        # Some ways of doubting switch layers of the network.
        self.concurrent = doubts is None
        self.large = threading.Lock()
        self.others: list[Forward] = []
        if doubts is not None:
            subject = Subject(
                load(fused=False),
                lambda network: self._forward(network, []),
                Geometry(_flip_back, lambda maps, _: maps),
                self.multiple[-1],
                doubts.states,
            )
            self.others = doubts.others(subject, own=4 if self.config.infer.flips else 1)

    def predict(self, item: Item) -> Prediction:
        """Predict every moment of a picture.

        Parameters
        ----------
        item : Item
            A picture.

        Returns
        -------
        Prediction
            Labels (T, Z, Y, X): 0 = background, k = the k-th class.

        Raises
        ------
        TrainingError
            Codes ``unreadable_picture``, ``channel_mismatch``, ``needs_3d``.
        """
        stack = read_picture(item.image)
        moments = moments_of(stack, self.card, item.image.name)
        if moments[0, 0].size > self.config.infer.whole * 1e6:
            # Each takes as much memory as may be taken.
            with self.large:
                return predict_in_blocks(self, moments, anisotropy=anisotropy_of(item))
        mapped = [self.map_frame(one, anisotropy=anisotropy_of(item)) for one in moments]
        labels = np.stack([self.decode(one) for one in mapped])
        chances = np.concatenate([one.maps.reshape(len(one.maps), -1) for one in mapped], axis=1)
        if self.calibration.labels != 1:
            chances = self.calibration.classes(chances.T).T
        probabilities, weights = distributions(chances, background=self.background)
        shape = (stack.shape[0], *stack.shape[2:])
        prediction = Prediction(
            labels=labels.reshape(shape),
            objects=self._objects(labels, chances),
            class_probabilities=(),
            probabilities=probabilities,
            weights=weights,
            embedding=np.mean([one.features for one in mapped], axis=0).astype(np.float32),
            foreground=float((labels > 0).mean()),
            foreground_map=small_map(1 - mapped[0].maps[0]) if self.background else None,
            uncertainty_map=partial(doubt_map, chances, shape),
        )
        spreads = [one.spread for one in mapped if one.spread is not None]
        if self.doubts is None or len(spreads) < len(mapped):
            return prediction
        sums = ClassDoubts(len(self.card.classes) + 1, background=self.background)
        parts = np.split(chances, len(mapped), axis=1)
        for own, moment, spread in zip(parts, labels, spreads, strict=True):
            sums.add(own, moment, spread)
        return sums.told(prediction, method=self.doubts.config.method)

    @torch.inference_mode()
    def map_frame(self, picture: NDArray[Any], *, anisotropy: float = 1.0) -> ClassMaps:
        """Predict the classes of one moment, tile by tile.

        Parameters
        ----------
        picture : ndarray, shape (C, Y, X) or (C, Z, Y, X)
            As stored.
        anisotropy : float
            Distance of planes in pixels of a plane.

        Returns
        -------
        ClassMaps
            At the picture's own resolution.
        """
        values = normalise(picture, low=self.config.data.low, high=self.config.data.high)
        return self.map_values(values, anisotropy=anisotropy)

    @torch.inference_mode()
    def map_values(self, values: NDArray[np.float32], *, anisotropy: float) -> ClassMaps:
        """Predict the classes of a normalised picture (C, ...), tile by tile."""
        shape = values.shape[1:]
        zooms = zoom_factors(0.0, wanted=0.0, dims=self.dims, anisotropy=anisotropy)
        inside = zoomed_shape(shape, zooms)
        sums: list[NDArray[np.float64]] = []
        forward = self._forward(self.network, sums)
        own = [forward]
        if self.config.infer.flips:
            own = mirrored(forward, _flip_back, dims=self.dims)
        doubts = self.doubts
        if doubts is not None and self._fits(inside, len(own), shared=doubts.shared):
            whole = with_members(own, self.others, shared=doubts.shared)
        else:
            doubts, whole = None, average(own)
        stacked = predict_tiled(
            whole,
            np.stack([resize(channel, inside) for channel in values]),
            tile=self.tile,
            overlap=self.config.infer.overlap,
            multiple=self.multiple,
            device=self.device,
        )
        maps, members = split_members(stacked, len(self.card.classes) + self.background)
        return ClassMaps(
            np.stack([resize(one, shape) for one in maps]),
            np.mean(sums, axis=0).astype(np.float32),
            None if doubts is None else spread_classes(maps, members, self.calibration, shape),
        )

    def _fits(self, inside: tuple[int, ...], own: int, *, shared: bool) -> bool:
        """Whether all answers for a picture of that shape may be held in memory."""
        answers = 1 + own * shared + len(self.others)
        channels = len(self.card.classes) + self.background
        return answers * channels * math.prod(inside) <= MOST_VALUES

    def decode(self, mapped: ClassMaps) -> NDArray[np.int32]:
        """Label of each pixel: 0 = background, k = the k-th class."""
        best: NDArray[np.intp] = mapped.maps.argmax(axis=0)
        return (best + (0 if self.background else 1)).astype(np.int32)

    def _objects(self, labels: NDArray[Any], chances: NDArray[Any]) -> list[dict[str, Any]]:
        """Each class that was found, and the mean probability of its pixels."""
        flat, first = labels.ravel(), 0 if self.background else 1
        return [
            {
                "id": int(label),
                "class_index": int(label) - 1,
                "confidence": round(float(chances[label - first][flat == label].mean()), 4),
            }
            for label in np.unique(flat[flat > 0])
        ]

    def _forward(self, network: nn.Module, sums: list[NDArray[np.float64]]) -> Forward:
        """Network with softmax; each call leaves pooled features behind."""

        def forward(pictures: torch.Tensor) -> torch.Tensor:
            if pictures.ndim == 4:
                pictures = pictures.contiguous(memory_format=torch.channels_last)
            assert isinstance(network, PixelNetwork)
            with autocast(self.config.optim.precision, self.device):
                features = network.features(pictures)
                scores = network.head(features)
            maps: torch.Tensor = scores.float().softmax(dim=1)
            sums.append(pool_features(features, 1 - maps[:, :1]))
            return maps

        return forward


def distributions(
    chances: NDArray[Any], *, background: bool
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Sum up the distributions of pixels that agree in their class and in how sure they are.

    Clear background is left out: it would drown the doubt at the outlines, the more so the
    emptier a picture is.

    Parameters
    ----------
    chances : ndarray of float, shape (C, P)
        Distribution of each pixel.
    background : bool
        Whether the first class is none.

    Returns
    -------
    tuple of ndarray of float32, shapes (K, C) and (K,)
        Mean distributions, and the pixels of each.
    """
    cells = PixelCells(len(chances))
    cells.add(chances)
    return cells.distributions(background=background)


def _flip_back(maps: torch.Tensor, axes: Sequence[int]) -> torch.Tensor:
    return maps.flip([axis + 2 for axis in axes])
