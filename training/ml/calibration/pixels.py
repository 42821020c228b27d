"""Fit a temperature to pixels, and to questions with the answers yes and no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from training.metrics.calibration import log_loss
from training.ml.calibration.fit import (
    FEWEST_ITEMS,
    FEWEST_ITEMS_EACH,
    fit_classes,
    top_cases,
)
from training.ml.calibration.judge import Cases, cross_fit, judge, leave_alone, make_folds, too_few
from training.ml.calibration.temperature import apply_temperature, fit_temperature

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from training.ml.calibration.judge import Calibrated, Floats, Rows

FEWEST_PICTURES = 2


def calibrate_pixels(
    foreground: NDArray[Any], correct: NDArray[Any], counts: NDArray[Any], groups: NDArray[Any]
) -> Calibrated:
    """Fit a temperature to the foreground probability of pixels.

    Parameters
    ----------
    foreground : ndarray of float, shape (N,)
        Probabilities that occur.
    correct : ndarray of bool, shape (N,)
        Whether it is about pixels that lie in an object.
    counts : ndarray of float, shape (N,)
        Pixels with that probability and truth.
    groups : ndarray, shape (N,)
        Picture of each row.

    Returns
    -------
    Calibrated
        With settings {"temperature"}.
    """
    before, right = np.asarray(foreground, dtype=np.float64), np.asarray(correct, dtype=bool)
    weights = np.asarray(counts, dtype=np.float64)
    if np.unique(groups).size < FEWEST_PICTURES:
        return leave_alone(
            "temperature",
            Cases(before, right, weights),
            before,
            code="too_few",
            reason=f"Fewer than {FEWEST_PICTURES} labelled pictures are in the validation split, "
            "so nobody could tell whether it helps. Foreground probabilities are left as they are.",
        )
    return _yes_or_no(Cases(before, right, weights), groups)


def calibrate_labels(
    probabilities: NDArray[Any], truth: NDArray[np.bool_], groups: NDArray[Any]
) -> Calibrated:
    """Fit one temperature to classes that are each yes or no.

    Parameters
    ----------
    probabilities : ndarray of float, shape (N, C)
        Of validation items.
    truth : ndarray of bool, shape (N, C)
        Which of them have which class.
    groups : ndarray, shape (N,)
        What must not be on both sides of a fold.

    Returns
    -------
    Calibrated
        With settings {"temperature"}; its values have the shape (N * C,).
    """
    before = np.asarray(probabilities, dtype=np.float64).ravel()
    right = np.asarray(truth, dtype=bool).ravel()
    cases = Cases(before, right, np.ones(before.size))
    few = too_few(
        "items of the validation split",
        ((probabilities >= 0.5) == truth).all(axis=1),
        fewest=FEWEST_ITEMS,
        each=FEWEST_ITEMS_EACH,
    )
    if few:
        return leave_alone("temperature", cases, before, code="too_few", reason=few)
    return _yes_or_no(cases, np.repeat(groups, len(truth[0])))


def calibrate_class_pixels(
    probabilities: NDArray[Any], truth: NDArray[Any], counts: NDArray[Any], groups: NDArray[Any]
) -> Calibrated:
    """Fit a temperature to the class probabilities of pixels.

    Parameters
    ----------
    probabilities : ndarray of float, shape (N, C)
        Of labelled pixels of the validation split.
    truth : ndarray of int, shape (N,)
        Their classes.
    counts : ndarray of float, shape (N,)
        Pixels that each stands for.
    groups : ndarray, shape (N,)
        Picture of each.

    Returns
    -------
    Calibrated
        With settings {"temperature"}; its curves are those of the predicted class.
    """
    before = np.asarray(probabilities, dtype=np.float64)
    weights = np.asarray(counts, dtype=np.float64)
    if np.unique(groups).size < FEWEST_PICTURES:
        return leave_alone(
            "temperature",
            top_cases(before, truth, weights),
            before,
            code="too_few",
            reason=f"Fewer than {FEWEST_PICTURES} labelled pictures are in the validation split, "
            "so nobody could tell whether it helps. Class probabilities are left as they are.",
        )

    return fit_classes(before, truth, weights, groups)


def _yes_or_no(cases: Cases, groups: NDArray[Any]) -> Calibrated:
    """Fit a temperature to the probability of yes."""
    before, right, weights = cases.confidence, cases.correct, cases.weights
    both = np.stack([1 - before, before], axis=1)

    def fit(rows: Rows) -> Callable[[Rows], Floats]:
        found = fit_temperature(both[rows], right[rows], weights[rows])
        return lambda others: apply_temperature(both[others], found)[:, 1]

    after = cross_fit(fit, make_folds(groups))
    settings = {"temperature": round(fit_temperature(both, right, weights), 4)}
    return judge(
        "temperature",
        (Cases(before, right, weights), Cases(after, right, weights)),
        (before, after),
        losses=(log_loss(before, right, weights), log_loss(after, right, weights)),
        settings=settings,
    )
