"""What the validation split says of a semantic model's class probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from training.ml.calibration import Calibrated, calibrate_class_pixels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.ml.frames import Frame

# Pixels of all pictures together: one number is fitted, and neighbours say the same.
MOST_PIXELS = 1 << 16
FEWEST_EACH = 256


class PixelSample:
    """Gathers labelled pixels of the validation split and what a model says of them.

    Parameters
    ----------
    pictures : int
        How many there will be, so that all together are not too many pixels.
    first : int
        Label of the first class: 0 with a background, else 1.
    """

    def __init__(self, pictures: int, *, first: int) -> None:
        self.most = max(FEWEST_EACH, MOST_PIXELS // max(pictures, 1))
        self.first = first
        self.rows: list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]] = []
        self.groups: list[str] = []

    def add(self, frame: Frame, chances: NDArray[Any]) -> None:
        """Take in one picture and the probabilities (K, ...) of its pixels."""
        self.rows.append(sample_pixels(frame, chances, first=self.first, most=self.most))
        self.groups.append(frame.item.group or frame.item.id)

    def calibrate(self) -> dict[str, Calibrated]:
        """Calibrate the class probabilities; empty where no pixel is labelled."""
        if not any(len(truth) for _, truth, _ in self.rows):
            return {}
        chances, truth, counts = (np.concatenate(part) for part in zip(*self.rows, strict=True))
        groups = np.repeat(self.groups, [len(true) for _, true, _ in self.rows])
        return {"classes": calibrate_class_pixels(chances, truth, counts, groups)}


def sample_pixels(
    frame: Frame, chances: NDArray[Any], *, first: int, most: int
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.float64]]:
    """Take labelled pixels of a picture, evenly.

    Parameters
    ----------
    frame : Frame
        The picture's truth.
    chances : ndarray of float, shape (K, ...)
        Probabilities of its pixels.
    first : int
        Label of the first class.
    most : int
        Pixels to take.

    Returns
    -------
    tuple of ndarray, shapes (N, K), (N,) and (N,)
        Probabilities, true class from 0, and how many pixels each stands for.
    """
    labelled = np.flatnonzero(frame.valid)
    n = min(most, labelled.size)
    chosen = labelled[np.linspace(0, labelled.size - 1, n).round().astype(np.intp)]
    values = chances.reshape(len(chances), -1)[:, chosen].T.astype(np.float64)
    truth = frame.labels.ravel()[chosen].astype(np.intp) - first
    return values, truth, np.full(n, labelled.size / max(n, 1))
