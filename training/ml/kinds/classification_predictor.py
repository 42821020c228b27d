"""Prediction of classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from training.ml.calibration import CardCalibration
from training.ml.crops import CropScale, fit_crop, read_crop
from training.ml.errors import TrainingError
from training.ml.features import picture_features
from training.ml.kinds.base import Prediction
from training.ml.networks import CropNetwork, build_crop_network
from training.ml.softmax import SoftmaxModel
from training.ml.uncertainty.base import Subject
from training.ml.uncertainty.measures import class_doubt, labels_doubt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from torch import nn

    from training.ml.card import ModelCard
    from training.ml.inferer import Forward
    from training.ml.manifest import Item
    from training.ml.uncertainty.doubts import Doubts
    from training.ml.uncertainty.measures import Doubt

# A crop is seen together with its three mirror images.
MIRRORED = 4


class CropPredictor:
    """A trained classifier.

    It computes in float32 throughout: for crops bf16 is no faster, and calibrated probabilities
    must not depend on the processor, nor differ from those of an exported package.

    Parameters
    ----------
    card : ModelCard
        Of the model.
    weights : mapping of str to Tensor
        Of its network, or of its softmax regression.
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
        self.card, self.device = card, device
        scale = card.settings["scale"]
        self.scale = CropScale(scale["zoom"], tuple(scale["low"]), tuple(scale["high"]))
        self.several = card.task_kind == "multilabel"
        self.calibration = CardCalibration.of(card.settings)
        self.doubts = doubts
        # Some ways of doubting switch layers of the network.
        self.concurrent = doubts is None
        self.others: list[Forward] = []
        self.softmax: SoftmaxModel | None = None
        self.network: CropNetwork | None = None
        if card.config.model == "softmax":
            self.softmax = SoftmaxModel(**{name: v.numpy() for name, v in weights.items()})
            return
        network = build_crop_network(card.config.network, card.in_channels, len(card.classes))
        network.load_state_dict(dict(weights))
        self.network = network.to(device).eval()
        if doubts is not None:
            subject = Subject(self.network, self._chances_of, None, states=doubts.states)
            self.others = doubts.others(subject, own=MIRRORED)

    def predict(self, item: Item) -> Prediction:
        """Predict the class of one crop.

        Parameters
        ----------
        item : Item
            A picture.

        Returns
        -------
        Prediction
            One distribution over the classes; where a crop may have several, one per class over
            no and yes, and as objects the classes above their thresholds.

        Raises
        ------
        TrainingError
            Codes ``unreadable_picture``, ``channel_mismatch``.
        """
        crop = read_crop(item, dims=self.card.config.network.dims)
        if len(crop) != self.card.in_channels:
            raise TrainingError(
                "channel_mismatch",
                f"{item.image.name} has {len(crop)} channels; the model was trained on "
                f"{self.card.in_channels}.",
            )
        if self.softmax is not None:
            embedding: NDArray[Any] = crop_features(crop)
            asked_softmax = self.softmax.each if self.several else self.softmax.probabilities
            seen = members = asked_softmax(embedding[None])
        else:
            seen, members, embedding = self._see(crop)
        chances = self._calibrated(seen.mean(axis=0))
        # Each class of several is a question of its own, with two answers.
        asked = np.stack([1 - chances, chances], axis=1) if self.several else chances[None]
        chosen = above_thresholds(chances, self.card.settings.get("thresholds", ()))
        return Prediction(
            labels=None,
            objects=[
                {"id": at + 1, "class_index": at, "confidence": round(float(chances[at]), 4)}
                for at in chosen
            ],
            class_probabilities=tuple(map(float, chances)),
            probabilities=asked.astype(np.float32),
            weights=np.ones(len(asked), dtype=np.float32),
            embedding=embedding.astype(np.float32),
            foreground=1.0,
            doubt=self._doubt(chances, members),
        )

    def _doubt(self, chances: NDArray[np.float64], members: NDArray[Any]) -> Doubt | None:
        """Compare the answers; regression on fixed features has but one."""
        if self.doubts is None:
            return None
        method = self.doubts.config.method if self.softmax is None else "single"
        compare = labels_doubt if self.several else class_doubt
        return compare(method, chances, self._calibrated(members))

    def _calibrated(self, chances: NDArray[Any]) -> NDArray[np.float64]:
        """Calibrate probabilities (..., C): each by itself where there may be several classes."""
        calibrate = self.calibration.each if self.several else self.calibration.classes
        return calibrate(chances)

    def _chances_of(self, network: nn.Module) -> Forward:
        """Class probabilities (N, K) of crops (N, C, ...) by a network."""

        def forward(pictures: torch.Tensor) -> torch.Tensor:
            scores: torch.Tensor = network(pictures)
            return self._chances(scores)

        return forward

    @torch.inference_mode()
    def _see(
        self, crop: NDArray[Any]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Probabilities of the crop and its mirror images, of all members, and mean features."""
        assert self.network is not None
        fitted = torch.from_numpy(fit_crop(crop, self.scale, self.card.settings["shape"]))
        views = [fitted, fitted.flip(-1), fitted.flip(-2), fitted.flip(-1, -2)]
        features = self.network.features(torch.stack(views).to(self.device))
        scores = self.network.head(features)
        seen = self._chances(scores)
        answers = [other(fitted[None].to(self.device)) for other in self.others]
        if self.doubts is not None and self.doubts.shared:
            answers.insert(0, seen)
        members = torch.cat(answers) if answers else seen.mean(dim=0, keepdim=True)
        return (
            seen.cpu().numpy(),
            members.cpu().numpy(),
            features.double().mean(dim=0).cpu().numpy(),
        )

    def _chances(self, scores: torch.Tensor) -> torch.Tensor:
        """Probabilities (N, K) of a network's scores."""
        return scores.double().sigmoid() if self.several else scores.double().softmax(dim=1)


def above_thresholds(
    chances: Sequence[float] | NDArray[np.float64], thresholds: Sequence[float]
) -> list[int]:
    """Classes whose probability reaches their threshold; none without thresholds."""
    pairs = zip(chances, thresholds, strict=False)
    return [at for at, (chance, threshold) in enumerate(pairs) if chance >= threshold]


def crop_features(crop: NDArray[Any]) -> NDArray[np.float32]:
    """Describe a crop (C, ...) by fixed features, its size among them."""
    size = np.log(np.array(crop.shape[-2:], dtype=np.float32))
    return np.concatenate([picture_features(crop), np.sort(size)]).astype(np.float32)
