"""Calibration of a trained model: pure NumPy, fitted on held-out pictures only."""

from training.ml.calibration.card import CardCalibration, calibration_report, card_settings
from training.ml.calibration.confidence import ConfidenceMap, load_confidence
from training.ml.calibration.fit import (
    Calibrated,
    calibrate_classes,
    calibrate_objects,
    calibrate_pixels,
)
from training.ml.calibration.temperature import apply_temperature, soften

__all__ = [
    "Calibrated",
    "CardCalibration",
    "ConfidenceMap",
    "apply_temperature",
    "calibrate_classes",
    "calibrate_objects",
    "calibrate_pixels",
    "calibration_report",
    "card_settings",
    "load_confidence",
    "soften",
]
