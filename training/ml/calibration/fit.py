"""Fit a calibration on held-out pictures, judge it on folds it did not see, and say so."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.metrics.calibration import (
    PROBABILITY_FLOOR,
    brier_score,
    calibration_error,
    log_loss,
    reliability_curve,
)
from training.ml.calibration.confidence import fit_isotonic, fit_logistic
from training.ml.calibration.temperature import apply_temperature, fit_temperature

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from training.ml.calibration.confidence import ConfidenceMap

    Floats = NDArray[np.float64]
    Rows = NDArray[np.bool_]
    # Given rows to fit on, a function that gives calibrated values of other rows.
    Fit = Callable[[Rows], Callable[[Rows], Floats]]

FOLDS = 5
FEWEST_ITEMS, FEWEST_ITEMS_EACH = 30, 5
FEWEST_OBJECTS, FEWEST_OBJECTS_EACH = 50, 10
FEWEST_PICTURES = 2
# From about this many on isotonic regression beats a logistic curve (Niculescu-Mizil and
# Caruana, ICML 2005).
ENOUGH_FOR_ISOTONIC, ENOUGH_EACH = 1000, 100


@dataclass(frozen=True)
class Calibrated:
    """What a calibration came to.

    Attributes
    ----------
    settings : mapping or None
        For the model card; None where scores are left alone.
    report : mapping
        For the run's report: method, n, used, code, reason, before, after, curves.
    values : ndarray of float64
        Calibrated values of the cases themselves, each by a fit that did not see it; the values
        as they were where nothing is calibrated.
    """

    settings: Mapping[str, Any] | None
    report: Mapping[str, Any]
    values: Floats


@dataclass(frozen=True)
class Cases:
    """Confidences (N,), whether each came true (N,), how often it was seen (N,)."""

    confidence: Floats
    correct: NDArray[np.bool_]
    weights: Floats


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
    right = before.argmax(axis=1) == truth
    few = _too_few(
        "items of the validation split", right, fewest=FEWEST_ITEMS, each=FEWEST_ITEMS_EACH
    )
    if few:
        cases = _top(before, truth)
        return _left_alone("temperature", cases, before, code="too_few", reason=few)

    def fit(rows: Rows) -> Callable[[Rows], Floats]:
        found = fit_temperature(before[rows], truth[rows])
        return lambda others: apply_temperature(before[others], found)

    after = _cross_fit(fit, make_folds(groups))
    losses = _class_loss(before, truth), _class_loss(after, truth)
    settings = {"temperature": round(fit_temperature(before, truth), 4)}
    return _judge(
        "temperature",
        (_top(before, truth), _top(after, truth)),
        (before, after),
        losses=losses,
        settings=settings,
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
    few = _too_few(
        "objects found in the validation split",
        right,
        fewest=FEWEST_OBJECTS,
        each=FEWEST_OBJECTS_EACH,
    )
    plenty = before.size >= ENOUGH_FOR_ISOTONIC
    plenty &= min(int(right.sum()), int((~right).sum())) >= ENOUGH_EACH
    method = "isotonic" if plenty else "logistic"
    if few:
        cases = _cases(before, right)
        return _left_alone(method, cases, before, code="too_few", reason=few)

    def curve(rows: Rows) -> ConfidenceMap:
        return (fit_isotonic if plenty else fit_logistic)(before[rows], right[rows])

    def fit(rows: Rows) -> Callable[[Rows], Floats]:
        found = curve(rows)
        return lambda others: found.apply(before[others]).astype(np.float64)

    after = _cross_fit(fit, make_folds(groups))
    whole = curve(np.ones(before.size, dtype=bool))
    return _judge(
        method,
        (_cases(before, right), _cases(after, right)),
        (before, after),
        losses=(log_loss(before, right), log_loss(after, right)),
        settings=whole.to_dict(),
    )


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
        return _left_alone(
            "temperature",
            Cases(before, right, weights),
            before,
            code="too_few",
            reason=f"Fewer than {FEWEST_PICTURES} labelled pictures are in the validation split, "
            "so nobody could tell whether it helps. Foreground probabilities are left as they are.",
        )
    both = np.stack([1 - before, before], axis=1)

    def fit(rows: Rows) -> Callable[[Rows], Floats]:
        found = fit_temperature(both[rows], right[rows], weights[rows])
        return lambda others: apply_temperature(both[others], found)[:, 1]

    after = _cross_fit(fit, make_folds(groups))
    settings = {"temperature": round(fit_temperature(both, right, weights), 4)}
    return _judge(
        "temperature",
        (Cases(before, right, weights), Cases(after, right, weights)),
        (before, after),
        losses=(log_loss(before, right, weights), log_loss(after, right, weights)),
        settings=settings,
    )


def make_folds(groups: NDArray[Any]) -> NDArray[np.intp]:
    """Fold of each case: whole groups, dealt out by size; single cases where groups are few.

    Parameters
    ----------
    groups : ndarray, shape (N,)
        Any comparable values.

    Returns
    -------
    ndarray of int, shape (N,)
        Below 5.
    """
    _, at, counts = np.unique(groups, return_inverse=True, return_counts=True)
    if counts.size < 2:
        return np.arange(len(at)) % FOLDS
    folds = np.zeros(counts.size, dtype=np.intp)
    filled = np.zeros(min(FOLDS, counts.size))
    for group in np.argsort(-counts, kind="stable"):
        folds[group] = int(filled.argmin())
        filled[folds[group]] += counts[group]
    return np.asarray(folds[at], dtype=np.intp)


def _cross_fit(fit: Fit, folds: NDArray[np.intp]) -> Floats:
    """Values of each fold by a fit on the others."""
    parts = [(folds == fold, fit(folds != fold)(folds == fold)) for fold in np.unique(folds)]
    out = np.zeros((len(folds), *parts[0][1].shape[1:]))
    for rows, values in parts:
        out[rows] = values
    return out


def _judge(
    method: str,
    cases: tuple[Cases, Cases],
    values: tuple[Floats, Floats],
    *,
    losses: tuple[float, float],
    settings: Mapping[str, Any],
) -> Calibrated:
    """Keep a calibration that makes pictures it was not fitted on likelier."""
    before, after = cases
    if losses[1] >= losses[0]:
        return _left_alone(
            method,
            before,
            values[0],
            code="no_gain",
            reason="Scores are as good as they are: on pictures that it was not fitted on, the "
            f"calibration would change the log loss from {losses[0]:.3f} to {losses[1]:.3f}.",
        )
    report = {
        "method": method,
        "n": round(before.weights.sum()),
        "used": True,
        "code": "calibrated",
        "reason": "Fitted on the validation split; 'after' is measured on folds that the fit did "
        "not see.",
        "settings": dict(settings),
        "before": _numbers(before) | {"log_loss": losses[0]},
        "after": _numbers(after) | {"log_loss": losses[1]},
        "curves": {"before": _curve(before), "after": _curve(after)},
    }
    return Calibrated(settings, report, values[1])


def _left_alone(method: str, cases: Cases, values: Floats, *, code: str, reason: str) -> Calibrated:
    """Say why nothing is calibrated."""
    known = cases.weights.sum() > 0
    report = {
        "method": method,
        "n": round(cases.weights.sum()),
        "used": False,
        "code": code,
        "reason": reason,
        "settings": None,
        "before": _numbers(cases) if known else {},
        "after": {},
        "curves": {"before": _curve(cases) if known else [], "after": []},
    }
    return Calibrated(None, report, values)


def _too_few(what: str, right: NDArray[np.bool_], *, fewest: int, each: int) -> str:
    """Return a sentence where cases do not suffice; empty where they do."""
    n, wrong = right.size, int((~right).sum())
    if n >= fewest and min(wrong, n - wrong) >= each:
        return ""
    return (
        f"There are {n} {what}, {n - wrong} right and {wrong} wrong; at least {fewest} are needed, "
        f"{each} of either. Scores are left as they are: take them as an order, not as chances."
    )


def _cases(confidence: Floats, correct: NDArray[np.bool_]) -> Cases:
    return Cases(confidence, correct, np.ones(len(confidence)))


def _top(probabilities: Floats, truth: NDArray[Any]) -> Cases:
    """Confidence of the predicted class."""
    return _cases(probabilities.max(axis=1), probabilities.argmax(axis=1) == truth)


def _class_loss(probabilities: Floats, truth: NDArray[Any]) -> float:
    chance = probabilities[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(chance, PROBABILITY_FLOOR)).mean())


def _numbers(cases: Cases) -> dict[str, float]:
    """Errors of both kinds of bins, and two proper scores."""
    curves = {
        f"ece_{by}": calibration_error(
            reliability_curve(cases.confidence, cases.correct, by=by, weights=cases.weights)
        )
        for by in ("width", "mass")
    }
    return curves | {
        "log_loss": log_loss(cases.confidence, cases.correct, cases.weights),
        "brier": brier_score(cases.confidence, cases.correct, cases.weights),
    }


def _curve(cases: Cases) -> list[dict[str, Any]]:
    found = reliability_curve(cases.confidence, cases.correct, weights=cases.weights)
    return [asdict(one) for one in found]
