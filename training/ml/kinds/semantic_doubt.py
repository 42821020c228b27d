"""How unsure a model is of the class of each pixel."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.ml.resizing import resize
from training.ml.uncertainty.measures import CLEAR, Doubt, entropy, mutual_information

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from training.ml.calibration import CardCalibration
    from training.ml.kinds.base import Prediction


@dataclass(frozen=True)
class PixelSpread:
    """How far the answers for one moment differ, at the picture's own resolution.

    Attributes
    ----------
    information : ndarray of float32
        Mutual information in bits.
    disagreement : ndarray of float32
        Share of the members whose class is another one.
    members : int
        Answers that were compared.
    """

    information: NDArray[np.float32]
    disagreement: NDArray[np.float32]
    members: int

    def cut(self, where: tuple[Any, ...]) -> PixelSpread:
        """Return that of a part of the pixels."""
        return PixelSpread(self.information[where], self.disagreement[where], self.members)


def spread_classes(
    maps: NDArray[Any],
    members: NDArray[Any],
    calibration: CardCalibration,
    shape: Sequence[int],
) -> PixelSpread:
    """Compare the answers for one moment.

    Parameters
    ----------
    maps : ndarray of float32, shape (K, ...)
        Probabilities of the prediction.
    members : ndarray of float32, shape (M, K, ...)
        And of each answer.
    calibration : CardCalibration
        Of the model.
    shape : sequence of int
        Of the picture.

    Returns
    -------
    PixelSpread
        Of the picture's shape.
    """
    calibrated = np.moveaxis(calibration.classes(np.moveaxis(members, 1, -1)), -1, 1)
    other = members.argmax(axis=1) != maps.argmax(axis=0)
    return PixelSpread(
        resize(mutual_information(calibrated), shape),
        resize(other.mean(axis=0), shape),
        len(members),
    )


class ClassDoubts:
    """How unsure a model is of pixels and classes, summed up part by part.

    Parameters
    ----------
    n_labels : int
        One more than the largest label.
    background : bool
        Whether the first class is none; pixels that clearly are of it do not count.
    """

    def __init__(self, n_labels: int, *, background: bool) -> None:
        self.background = background
        self.members = 1
        # Pixels of each label; their entropy and disagreement.
        self.of_labels = np.zeros((3, n_labels))
        # Pixels that count; their entropy, information and disagreement.
        self.of_all = np.zeros(4)

    def add(self, chances: NDArray[Any], labels: NDArray[Any], spread: PixelSpread) -> None:
        """Add pixels: calibrated distributions (C, P), labels of any shape, and their spread."""
        self.members = spread.members
        bits, flat = entropy(chances), labels.ravel()
        shared, apart = spread.information.ravel(), spread.disagreement.ravel()
        counted = chances[0] < 1 - CLEAR if self.background else np.ones(bits.shape, dtype=bool)
        size = self.of_labels.shape[1]
        self.of_labels += [
            np.bincount(flat, weights=values, minlength=size) for values in (None, bits, apart)
        ]
        self.of_all += [
            counted.sum(),
            *(values[counted].sum(dtype=np.float64) for values in (bits, shared, apart)),
        ]

    def told(self, prediction: Prediction, *, method: str) -> Prediction:
        """Add to a prediction of the pixels how unsure the model is.

        Parameters
        ----------
        prediction : Prediction
            With the classes that were found as objects.
        method : str
            Key of ``UNCERTAINTY``.

        Returns
        -------
        Prediction
            With doubt, and uncertainty and consistency of each class that was found.
        """
        pixels, bits, apart = self.of_labels
        objects = [
            {
                **one,
                "uncertainty": round(float(bits[one["id"]] / pixels[one["id"]]), 4),
                "consistency": round(float(1 - apart[one["id"]] / pixels[one["id"]]), 4),
            }
            for one in prediction.objects
        ]
        means = (float(total) for total in self.of_all[1:] / max(self.of_all[0], 1))
        doubt = Doubt(method, self.members, *means)
        return dataclasses.replace(prediction, objects=objects, doubt=doubt)


def doubt_map(chances: NDArray[Any], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Entropy of each pixel of a picture.

    Parameters
    ----------
    chances : ndarray of float, shape (C, P)
        Calibrated distribution of each pixel.
    shape : tuple of int
        Of the picture.

    Returns
    -------
    ndarray of uint8, of that shape
        255 = all classes alike.
    """
    share = entropy(chances) / np.log2(max(len(chances), 2))
    return np.asarray(np.rint(share.clip(0, 1) * 255), dtype=np.uint8).reshape(shape)
