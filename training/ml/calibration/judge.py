"""Judge a calibration on folds it did not see, and say what came of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.metrics.calibration import (
    brier_score,
    calibration_error,
    log_loss,
    reliability_curve,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Rows = NDArray[np.bool_]
    # Given rows to fit on, a function that gives calibrated values of other rows.
    Fit = Callable[[Rows], Callable[[Rows], Floats]]

FOLDS = 5


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


def cross_fit(fit: Fit, folds: NDArray[np.intp]) -> Floats:
    """Values of each fold by a fit on the others."""
    parts = [(folds == fold, fit(folds != fold)(folds == fold)) for fold in np.unique(folds)]
    out = np.zeros((len(folds), *parts[0][1].shape[1:]))
    for rows, values in parts:
        out[rows] = values
    return out


def judge(
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
        return leave_alone(
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


def leave_alone(method: str, cases: Cases, values: Floats, *, code: str, reason: str) -> Calibrated:
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


def too_few(what: str, right: NDArray[np.bool_], *, fewest: int, each: int) -> str:
    """Return a sentence where cases do not suffice; empty where they do."""
    n, wrong = right.size, int((~right).sum())
    if n >= fewest and min(wrong, n - wrong) >= each:
        return ""
    return (
        f"There are {n} {what}, {n - wrong} right and {wrong} wrong; at least {fewest} are needed, "
        f"{each} of either. Scores are left as they are: take them as an order, not as chances."
    )


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
