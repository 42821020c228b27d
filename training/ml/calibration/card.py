"""The calibration that a model card holds, as every prediction applies it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.ml.calibration.confidence import ConfidenceMap, load_confidence
from training.ml.calibration.temperature import apply_temperature, soften
from training.ml.errors import TrainingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from training.ml.calibration.judge import Calibrated

SETTING = "calibration"


@dataclass(frozen=True)
class CardCalibration:
    """Calibration of one model; what was left alone passes through unchanged.

    Attributes
    ----------
    confidence : ConfidenceMap or None
        Of objects.
    pixels, labels : float
        Temperatures of foreground probabilities, and of class probabilities.
    """

    confidence: ConfidenceMap | None = None
    pixels: float = 1.0
    labels: float = 1.0

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> CardCalibration:
        """Read a model card's settings.

        Raises
        ------
        TrainingError
            Code ``bad_model``.
        """
        values = settings.get(SETTING, {})
        try:
            return cls(
                confidence=load_confidence(values["objects"]) if "objects" in values else None,
                pixels=float(values.get("pixels", {}).get("temperature", 1.0)),
                labels=float(values.get("classes", {}).get("temperature", 1.0)),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise TrainingError(
                "bad_model", f"The model's calibration cannot be read ({error!r})."
            ) from error

    def objects(self, scores: NDArray[Any]) -> NDArray[Any]:
        """Confidences (n,) of objects' scores (n,)."""
        return scores if self.confidence is None else self.confidence.apply(scores)

    def foreground(self, probabilities: NDArray[Any]) -> NDArray[Any]:
        """Foreground probabilities, of any shape."""
        return probabilities if self.pixels == 1 else soften(probabilities, self.pixels)

    def classes(self, probabilities: NDArray[Any]) -> NDArray[np.float64]:
        """Class probabilities, (..., C); they sum to 1."""
        if self.labels != 1:
            return apply_temperature(probabilities, self.labels)
        values = np.asarray(probabilities, dtype=np.float64)
        return np.asarray(values / values.sum(axis=-1, keepdims=True))

    def each(self, probabilities: NDArray[Any]) -> NDArray[np.float64]:
        """Probabilities of classes that are each yes or no, of any shape."""
        values = probabilities if self.labels == 1 else soften(probabilities, self.labels)
        return np.asarray(values, dtype=np.float64)


def card_settings(calibrated: Mapping[str, Calibrated]) -> dict[str, Any]:
    """Give a card its settings, read by `CardCalibration.of`; what was left alone is absent.

    Parameters
    ----------
    calibrated : mapping of str to Calibrated
        Keys ``objects``, ``pixels``, ``classes``.

    Returns
    -------
    dict
        Empty where nothing is calibrated.
    """
    used = {name: dict(c.settings) for name, c in calibrated.items() if c.settings is not None}
    return {SETTING: used} if used else {}


def calibration_report(calibrated: Mapping[str, Calibrated]) -> dict[str, Mapping[str, Any]]:
    """Sections of the run's report, by what they are about."""
    return {name: one.report for name, one in calibrated.items()}
