"""Fit a calibration of classes and objects on held-out pictures, judged on folds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from training.metrics.calibration import PROBABILITY_FLOOR, log_loss
from training.ml.calibration.confidence import fit_isotonic, fit_logistic
from training.ml.calibration.judge import (
    Cases,
    cross_fit,
    judge,
    leave_alone,
    make_folds,
    too_few,
)
from training.ml.calibration.temperature import apply_temperature, fit_temperature

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from training.ml.calibration.confidence import ConfidenceMap
    from training.ml.calibration.judge import Calibrated, Floats, Rows

FEWEST_ITEMS, FEWEST_ITEMS_EACH = 30, 5
FEWEST_OBJECTS, FEWEST_OBJECTS_EACH = 50, 10
# From about this many on isotonic regression beats a logistic curve (Niculescu-Mizil and
# Caruana, ICML 2005).
ENOUGH_FOR_ISOTONIC, ENOUGH_EACH = 1000, 100


def calibrate_classes(
    probabilities: NDArray[Any], truth: NDArray[Any], groups: NDArray[Any]
) -> Calibrated:
    """Fit a temperature to class probabilities.

    Parameters
    ----------
    probabilities : ndarray of float, shape (N, C)
        Of validation items.
    truth : ndarray of int, shape (N,)
        Their classes.
    groups : ndarray, shape (N,)
        What must not be on both sides of a fold.

    Returns
    -------
    Calibrated
        With settings {"temperature"}; its values have the shape (N, C).
    """
    before = np.asarray(probabilities, dtype=np.float64)
    once = np.ones(len(before))
    right = before.argmax(axis=1) == truth
    few = too_few(
        "items of the validation split", right, fewest=FEWEST_ITEMS, each=FEWEST_ITEMS_EACH
    )
    if few:
        cases = top_cases(before, truth, once)
        return leave_alone("temperature", cases, before, code="too_few", reason=few)
    return fit_classes(before, truth, once, groups)


def fit_classes(
    before: Floats, truth: NDArray[Any], weights: Floats, groups: NDArray[Any]
) -> Calibrated:
    """Fit a temperature to class probabilities (N, C) of cases that were seen so often (N,)."""

    def fit(rows: Rows) -> Callable[[Rows], Floats]:
        found = fit_temperature(before[rows], truth[rows], weights[rows])
        return lambda others: apply_temperature(before[others], found)

    after = cross_fit(fit, make_folds(groups))
    return judge(
        "temperature",
        (top_cases(before, truth, weights), top_cases(after, truth, weights)),
        (before, after),
        losses=(class_loss(before, truth, weights), class_loss(after, truth, weights)),
        settings={"temperature": round(fit_temperature(before, truth, weights), 4)},
    )


def calibrate_objects(
    scores: NDArray[Any], correct: NDArray[Any], groups: NDArray[Any]
) -> Calibrated:
    """Fit a curve from objects' scores to the chance that they match a real one.

    Parameters
    ----------
    scores : ndarray of float, shape (N,)
        Of predicted objects, in [0, 1].
    correct : ndarray of bool, shape (N,)
        Whether each matches a true object at IoU of at least 0.5.
    groups : ndarray, shape (N,)
        The picture of each object.

    Returns
    -------
    Calibrated
        With settings that `load_confidence` reads.
    """
    before, right = np.asarray(scores, dtype=np.float64), np.asarray(correct, dtype=bool)
    few = too_few(
        "objects found in the validation split",
        right,
        fewest=FEWEST_OBJECTS,
        each=FEWEST_OBJECTS_EACH,
    )
    plenty = before.size >= ENOUGH_FOR_ISOTONIC
    plenty &= min(int(right.sum()), int((~right).sum())) >= ENOUGH_EACH
    method = "isotonic" if plenty else "logistic"
    if few:
        cases = _unweighted(before, right)
        return leave_alone(method, cases, before, code="too_few", reason=few)

    def curve(rows: Rows) -> ConfidenceMap:
        return (fit_isotonic if plenty else fit_logistic)(before[rows], right[rows])

    def fit(rows: Rows) -> Callable[[Rows], Floats]:
        found = curve(rows)
        return lambda others: found.apply(before[others]).astype(np.float64)

    after = cross_fit(fit, make_folds(groups))
    whole = curve(np.ones(before.size, dtype=bool))
    return judge(
        method,
        (_unweighted(before, right), _unweighted(after, right)),
        (before, after),
        losses=(log_loss(before, right), log_loss(after, right)),
        settings=whole.to_dict(),
    )


def top_cases(probabilities: Floats, truth: NDArray[Any], weights: Floats) -> Cases:
    """Confidence of the predicted class."""
    return Cases(probabilities.max(axis=1), probabilities.argmax(axis=1) == truth, weights)


def class_loss(probabilities: Floats, truth: NDArray[Any], weights: Floats) -> float:
    """Mean negative log likelihood (nats) of the true classes."""
    chance = probabilities[np.arange(len(truth)), truth]
    losses = -np.log(np.maximum(chance, PROBABILITY_FLOOR))
    return float((losses * weights).sum() / weights.sum())


def _unweighted(confidence: Floats, correct: NDArray[np.bool_]) -> Cases:
    return Cases(confidence, correct, np.ones(len(confidence)))
