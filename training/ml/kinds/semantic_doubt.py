"""How unsure a model is of the class of each pixel."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.ml.scaling import resize
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


def doubt_classes(
    prediction: Prediction,
    chances: NDArray[Any],
    spreads: Sequence[PixelSpread],
    *,
    background: bool,
    method: str,
) -> Prediction:
    """Add to a prediction how unsure the model is.

    Parameters
    ----------
    prediction : Prediction
        With labels (T, Z, Y, X).
    chances : ndarray of float, shape (C, P)
        Calibrated distribution of each of its pixels.
    spreads : sequence of PixelSpread
        One per moment.
    background : bool
        Whether the first class is none; pixels that clearly are of it do not count.
    method : str
        Key of ``UNCERTAINTY``.

    Returns
    -------
    Prediction
        With doubt, and uncertainty and consistency of each class that was found.
    """
    assert prediction.labels is not None, "a semantic model predicts labels"
    bits = entropy(chances)
    apart = np.concatenate([one.disagreement.ravel() for one in spreads])
    shared = np.concatenate([one.information.ravel() for one in spreads])
    counted = chances[0] < 1 - CLEAR if background else np.ones(bits.shape, dtype=bool)
    flat = prediction.labels.ravel()
    objects = [
        {
            **one,
            "uncertainty": round(float(bits[flat == one["id"]].mean()), 4),
            "consistency": round(float(1 - apart[flat == one["id"]].mean()), 4),
        }
        for one in prediction.objects
    ]
    some = bool(counted.any())
    doubt = Doubt(
        method=method,
        members=spreads[0].members,
        entropy=float(bits[counted].mean()) if some else 0.0,
        information=float(shared[counted].mean()) if some else 0.0,
        inconsistency=float(apart[counted].mean()) if some else 0.0,
    )
    return dataclasses.replace(prediction, objects=objects, doubt=doubt)


def doubt_map(chances: NDArray[Any], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Entropy of each pixel of a picture.

    Parameters
    ----------
    chances : ndarray of float, shape (C, P)
        Calibrated distribution of each pixel.
    shape : tuple of int
        (T, Z, Y, X) of the picture.

    Returns
    -------
    ndarray of uint8, shape (T, Z, Y, X)
        255 = all classes alike.
    """
    share = entropy(chances) / np.log2(max(len(chances), 2))
    return np.asarray(np.rint(share.clip(0, 1) * 255), dtype=np.uint8).reshape(shape)
