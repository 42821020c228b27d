"""Prediction of classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from training.ml.crops import CropScale, fit_crop, read_crop
from training.ml.device import autocast
from training.ml.errors import TrainingError
from training.ml.features import picture_features
from training.ml.kinds.base import Prediction
from training.ml.networks import NETWORKS, SmallResNet
from training.ml.softmax import SoftmaxModel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from training.ml.card import ModelCard
    from training.ml.manifest import Item


class CropPredictor:
    """A trained classifier.

    Parameters
    ----------
    card : ModelCard
        Of the model.
    weights : mapping of str to Tensor
        Of its network, or of its softmax regression.
    device : torch.device
        Where to compute.
    """

    def __init__(
        self, card: ModelCard, weights: Mapping[str, torch.Tensor], device: torch.device
    ) -> None:
        self.card, self.device = card, device
        scale = card.settings["scale"]
        self.scale = CropScale(scale["zoom"], tuple(scale["low"]), tuple(scale["high"]))
        self.several = card.task_kind == "multilabel"
        self.softmax: SoftmaxModel | None = None
        self.network: SmallResNet | None = None
        if card.config.model == "softmax":
            self.softmax = SoftmaxModel(**{name: v.numpy() for name, v in weights.items()})
            return
        network = NETWORKS[card.config.network.name](
            card.config.network, card.in_channels, len(card.classes)
        )
        assert isinstance(network, SmallResNet)
        network.load_state_dict(dict(weights))
        self.network = network.to(device).eval()

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
            chances = (
                self.softmax.each(embedding[None])[0]
                if self.several
                else self.softmax.probabilities(embedding[None])[0]
            )
        else:
            chances, embedding = self._see(crop)
        if not self.several:
            chances = chances / chances.sum()
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
        )

    @torch.inference_mode()
    def _see(self, crop: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Probabilities and features, averaged over the crop and its mirror images."""
        assert self.network is not None
        fitted = torch.from_numpy(fit_crop(crop, self.scale, self.card.settings["shape"]))
        views = [fitted, fitted.flip(-1), fitted.flip(-2), fitted.flip(-1, -2)]
        with autocast(self.card.config.optim.precision, self.device):
            features = self.network.features(torch.stack(views).to(self.device))
            scores = self.network.head(features)
        seen = scores.double()
        chances = (seen.sigmoid() if self.several else seen.softmax(dim=1)).mean(dim=0)
        return chances.cpu().numpy(), features.double().mean(dim=0).cpu().numpy()


def above_thresholds(chances: Sequence[float], thresholds: Sequence[float]) -> list[int]:
    """Classes whose probability reaches their threshold; none without thresholds."""
    pairs = zip(chances, thresholds, strict=False)
    return [at for at, (chance, threshold) in enumerate(pairs) if chance >= threshold]


def crop_features(crop: NDArray[Any]) -> NDArray[np.float32]:
    """Describe a crop (C, ...) by fixed features, its size among them."""
    size = np.log(np.array(crop.shape[-2:], dtype=np.float32))
    return np.concatenate([picture_features(crop), np.sort(size)]).astype(np.float32)
