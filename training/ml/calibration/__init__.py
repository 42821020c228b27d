"""Calibration of a trained model: pure NumPy, fitted on held-out pictures only."""

from training.ml.calibration.card import CardCalibration, calibration_report, card_settings
from training.ml.calibration.confidence import ConfidenceMap, load_confidence
from training.ml.calibration.fit import calibrate_classes, calibrate_objects
from training.ml.calibration.judge import Calibrated
from training.ml.calibration.pixels import (
    calibrate_class_pixels,
    calibrate_labels,
    calibrate_pixels,
)
from training.ml.calibration.temperature import apply_temperature, soften

__all__ = [
    "Calibrated",
    "CardCalibration",
    "ConfidenceMap",
    "apply_temperature",
    "calibrate_class_pixels",
    "calibrate_classes",
    "calibrate_labels",
    "calibrate_objects",
    "calibrate_pixels",
    "calibration_report",
    "card_settings",
    "load_confidence",
    "soften",
]
