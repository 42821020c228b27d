"""Prediction of instances: scale, maps, objects."""

from __future__ import annotations

import dataclasses
import math
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from skimage.segmentation import watershed

from training.decoding.interior import cores
from training.ml.calibration import CardCalibration
from training.ml.config import DecodeConfig
from training.ml.device import autocast
from training.ml.heads import build_head
from training.ml.inferer import average, mirrored, predict_tiled, with_members
from training.ml.intensity import normalise
from training.ml.kinds.instance_blocks import predict_in_blocks
from training.ml.kinds.instance_doubt import doubt_image, doubt_moment, doubt_objects
from training.ml.kinds.instance_look import look
from training.ml.kinds.instance_outputs import (
    Mapped,
    gather,
    keep_maps,
    pool_features,
    renumber,
)
from training.ml.kinds.instance_scale import believable, guess_diameter, measure_diameter
from training.ml.kinds.pixelwise import anisotropy_of, load_network, moments_of, tiling
from training.ml.networks import PixelNetwork
from training.ml.pictures import read_picture
from training.ml.resizing import resize
from training.ml.scaling import on_grid, resize_labels, zoom_factors, zoomed_shape
from training.ml.uncertainty.base import Geometry, Subject
from training.ml.uncertainty.doubts import MOST_VALUES, split_members

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from torch import nn

    from training.ml.card import ModelCard
    from training.ml.heads import Decoded
    from training.ml.inferer import Forward
    from training.ml.kinds.base import Prediction
    from training.ml.manifest import Item
    from training.ml.uncertainty.doubts import Doubts


class InstancePredictor:
    """A trained instance model.

    Parameters
    ----------
    card : ModelCard
        Of the model.
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
        config = card.config
        self.card, self.config, self.device = card, config, device
        self.dims = config.network.dims
        self.n_classes = int(card.settings.get("object_classes", 0))
        self.head = build_head(config.head, n_classes=self.n_classes)
        load = partial(
            load_network, card, weights, channels=self.head.channels(self.dims), device=device
        )
        self.network = load()
        self.decoding = DecodeConfig(**card.settings["decode"])
        self.tile, self.multiple = tiling(config)
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
                Geometry(self.head.unflip, self.head.turn),
                self.multiple[-1],
                doubts.states,
            )
            self.others = doubts.others(subject, own=4 if config.infer.flips else 1)

    def predict(self, item: Item) -> Prediction:
        """Predict every moment of a picture.

        Parameters
        ----------
        item : Item
            A picture.

        Returns
        -------
        Prediction
            Labels (T, Z, Y, X).

        Raises
        ------
        TrainingError
            Codes ``unreadable_picture``, ``channel_mismatch``, ``needs_3d``.
        """
        stack = read_picture(item.image)
        moments = moments_of(stack, self.card, item.image.name)
        anisotropy = anisotropy_of(item)
        if moments[0, 0].size > self.config.infer.whole * 1e6:
            # Each takes as much memory as may be taken.
            with self.large:
                return predict_in_blocks(self, stack, anisotropy=anisotropy)
        mapped = [self.map_frame(moment, anisotropy=anisotropy) for moment in moments]
        decoded = [self.decode(maps, self.decoding) for maps in mapped]
        maps = keep_maps(
            [self._without_classes(one) for one in mapped],
            self.config.head,
            self.decoding,
            stack.shape,
        )
        gathered = gather(mapped, decoded, stack.shape, self.calibration)
        return self._doubted(dataclasses.replace(gathered, maps=maps), mapped, decoded)

    @torch.inference_mode()
    def map_frame(
        self, picture: NDArray[Any], *, anisotropy: float = 1.0, diameter: float | None = None
    ) -> Mapped:
        """Predict maps of one moment at a scale that suits its objects.

        Parameters
        ----------
        picture : ndarray, shape (C, Y, X) or (C, Z, Y, X)
            As stored.
        anisotropy : float
            Distance of planes in pixels of a plane.
        diameter : float or None
            First guess of the objects' diameter; None = made here.

        Returns
        -------
        Mapped
            At the network's scale.
        """
        values = normalise(picture, low=self.config.data.low, high=self.config.data.high)
        size = self._guess(values) if diameter is None else diameter
        return look(self, values, size, anisotropy, ask=self.doubts)[0]

    @torch.inference_mode()
    def settle(self, values: NDArray[np.float32], anisotropy: float) -> float:
        """Find the diameter of the objects in a normalised picture (C, ...)."""
        return look(self, values, self._guess(values), anisotropy)[1]

    def guess_diameter(self, picture: NDArray[Any]) -> float:
        """Guess the diameter of the objects in a picture (C, ...) without the network."""
        return self._guess(normalise(picture, low=self.config.data.low, high=self.config.data.high))

    def _guess(self, values: NDArray[np.float32]) -> float:
        """First guess of the diameter of the objects in a normalised picture (C, ...)."""
        return believable(guess_diameter(values), self.card.settings["diameters"])

    def measure(self, mapped: Mapped) -> tuple[Mapped, float | None]:
        """Find the objects of maps; their diameter in the picture, None with too few."""
        found = self.head.decode(mapped.maps, self.decoding, area=mapped.area)
        size = measure_diameter(found, mapped.shape)
        if size is not None:
            size = believable(size, self.card.settings["diameters"])
        return dataclasses.replace(mapped, found=(self.decoding, found)), size

    def decode(self, mapped: Mapped, settings: DecodeConfig) -> Decoded:
        """Objects at the picture's own resolution.

        Parameters
        ----------
        mapped : Mapped
            From `map_frame`.
        settings : DecodeConfig
            Thresholds.

        Returns
        -------
        Decoded
            Labels of the picture's shape.
        """
        if mapped.found is not None and mapped.found[0] == settings:
            found = mapped.found[1]
        else:
            found = self.head.decode(mapped.maps, settings, area=mapped.area)
        if found.labels.shape == mapped.shape:
            return found
        labels = resize_labels(found.labels, mapped.shape)
        if found.labels.size < labels.size:
            # The maps are smooth: flooding them at full resolution gives smooth outlines.
            foreground = resize(mapped.maps[0], mapped.shape)
            mask = foreground > settings.foreground
            labels = watershed(  # type: ignore[no-untyped-call]
                -foreground, cores(labels, mask), mask=mask
            ).astype(np.int32)
        return renumber(labels, found)

    def _without_classes(self, mapped: Mapped) -> Mapped:
        """Leave out the maps of classes: those who click ask for outlines."""
        return dataclasses.replace(mapped, maps=mapped.maps[: len(mapped.maps) - self.n_classes])

    def _doubted(
        self,
        gathered: Prediction,
        mapped: Sequence[Mapped],
        decoded: Sequence[Decoded],
    ) -> Prediction:
        """Add how unsure the model is, where it was asked."""
        if self.doubts is None or any(one.members is None for one in mapped):
            return gathered
        moments = [
            doubt_moment(
                one,
                found,
                decode=lambda answer: self.decode(answer, self.decoding),
                calibration=self.calibration,
            )
            for one, found in zip(mapped, decoded, strict=True)
        ]
        return dataclasses.replace(
            gathered,
            objects=doubt_objects(gathered.objects, moments),
            doubt=doubt_image(self.doubts.config.method, moments),
        )

    @torch.inference_mode()
    def map_at(
        self,
        values: NDArray[np.float32],
        diameter: float,
        anisotropy: float,
        *,
        ask: Doubts | None = None,
    ) -> Mapped:
        """Predict maps and embedding of a normalised picture (C, ...) at one diameter's scale."""
        shape = values.shape[1:]
        wanted = self.config.data.diameter
        zooms = zoom_factors(diameter, wanted=wanted, dims=self.dims, anisotropy=anisotropy)
        inside = zoomed_shape(shape, zooms)
        if wanted > 0 and self.dims == 2:
            inside = on_grid(inside)
        picture = np.stack([resize(channel, inside) for channel in values])
        sums: list[NDArray[np.float64]] = []
        forward = self._forward(self.network, sums)
        own = [forward]
        if self.config.infer.flips:
            own = mirrored(forward, self.head.unflip, dims=self.dims)
        if ask is not None and self._fits(inside, len(own), shared=ask.shared):
            whole = with_members(own, self.others, shared=ask.shared)
        else:
            ask, whole = None, average(own)
        stacked = predict_tiled(
            whole,
            picture,
            tile=self.tile,
            overlap=self.config.infer.overlap,
            multiple=self.multiple,
            device=self.device,
        )
        grown = math.prod(inside[-2:]) / math.prod(shape[-2:])
        disc = float(np.pi / 4 * diameter**2 * grown)
        depth = diameter * zooms[0] / anisotropy * 2 / 3 if self.dims == 3 else 1.0
        features = np.mean(sums, axis=0).astype(np.float32)
        maps, members = split_members(stacked, self.head.channels(self.dims))
        return Mapped(
            maps, features, shape, area=disc * depth, disc=disc,
            members=None if ask is None else members,
        )  # fmt: skip

    def _fits(self, inside: tuple[int, ...], own: int, *, shared: bool) -> bool:
        """Whether all answers for a picture of that shape may be held in memory."""
        answers = 1 + own * shared + len(self.others)
        return answers * self.head.channels(self.dims) * math.prod(inside) <= MOST_VALUES

    def _forward(self, network: nn.Module, sums: list[NDArray[np.float64]]) -> Forward:
        """Network with activation; each call leaves pooled features behind."""

        def forward(pictures: torch.Tensor) -> torch.Tensor:
            if pictures.ndim == 4:
                pictures = pictures.contiguous(memory_format=torch.channels_last)
            assert isinstance(network, PixelNetwork)
            with autocast(self.config.optim.precision, self.device):
                features = network.features(pictures)
                maps = network.head(features)
            maps = self.head.activate(maps.float())
            sums.append(pool_features(features, maps[:, :1]))
            return maps

        return forward
