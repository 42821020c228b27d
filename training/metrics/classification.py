"""Classification: accuracy, F1, confusion matrix and calibration.

Empty cases: a class without any true or predicted item has precision, recall and F1 of 0 in
the table and is left out of the means (balanced accuracy averages over classes that occur in
the truth, macro-F1 over classes that occur in the truth or in the predictions).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.metrics.base import MetricFamily, require_finite
from training.metrics.calibration import (
    PROBABILITY_FLOOR,
    ReliabilityBin,
    calibration_error,
    reliability_curve,
)

SUM_TOLERANCE = 1e-3


@dataclass(frozen=True)
class ClassificationScore:
    """One item's true class and predicted probabilities."""

    truth: int
    probabilities: tuple[float, ...]

    @property
    def predicted(self) -> int:
        """Index of the most probable class; the first of equals."""
        return int(np.argmax(self.probabilities))


@dataclass(frozen=True)
class ClassRow:
    """One line of the per-class table."""

    index: int
    support: int
    predicted: int
    precision: float
    recall: float
    f1: float


def score_item(truth: int, probabilities: NDArray[Any] | Sequence[float]) -> ClassificationScore:
    """Check and keep one prediction.

    Parameters
    ----------
    truth : int
        Index of the true class.
    probabilities : array-like of float, shape (C,)
        Predicted probabilities, which sum to 1.

    Returns
    -------
    ClassificationScore
        The item.

    Raises
    ------
    ValueError
        If the probabilities are not finite, do not sum to 1, or lack the true class.
    """
    values = np.asarray(probabilities, dtype=np.float64)
    require_finite(values, what="probabilities")
    if values.ndim != 1 or not 0 <= truth < values.size:
        raise ValueError(f"class {truth} is not among {values.shape} probabilities")
    if values.min() < 0 or abs(values.sum() - 1) > SUM_TOLERANCE:
        raise ValueError("probabilities must be at least 0 and sum to 1")
    return ClassificationScore(truth=int(truth), probabilities=tuple(map(float, values)))


def confusion_matrix(scores: Sequence[ClassificationScore]) -> NDArray[np.int64]:
    """Count items by true class (rows) and predicted class (columns).

    Parameters
    ----------
    scores : sequence of ClassificationScore
        At least one, all with the same C classes.

    Returns
    -------
    ndarray of int64, shape (C, C)
        Counts.
    """
    truth, probabilities = _stack(scores)
    n = probabilities.shape[1]
    codes = truth * n + probabilities.argmax(axis=1)
    return np.bincount(codes, minlength=n * n).reshape(n, n).astype(np.int64)


def class_table(scores: Sequence[ClassificationScore]) -> list[ClassRow]:
    """Precision, recall and F1 of each class.

    Parameters
    ----------
    scores : sequence of ClassificationScore
        At least one.

    Returns
    -------
    list of ClassRow
        One per class, in class order.
    """
    matrix = confusion_matrix(scores)
    rows = []
    for index in range(matrix.shape[0]):
        hit, support, predicted = matrix[index, index], matrix[index].sum(), matrix[:, index].sum()
        rows.append(
            ClassRow(
                index=index,
                support=int(support),
                predicted=int(predicted),
                precision=float(hit / max(predicted, 1)),
                recall=float(hit / max(support, 1)),
                f1=float(2 * hit / max(support + predicted, 1)),
            )
        )
    return rows


def reliability(scores: Sequence[ClassificationScore], *, bins: int = 15) -> list[ReliabilityBin]:
    """Bin items by the confidence of their predicted class.

    Parameters
    ----------
    scores : sequence of ClassificationScore
        At least one.
    bins : int
        Number of equal bins over (0, 1]; empty ones are left out.

    Returns
    -------
    list of ReliabilityBin
        Filled bins in ascending order.
    """
    truth, probabilities = _stack(scores)
    correct = probabilities.argmax(axis=1) == truth
    return reliability_curve(probabilities.max(axis=1), correct, bins=bins)


def expected_calibration_error(scores: Sequence[ClassificationScore], *, bins: int = 15) -> float:
    """Mean gap of confidence and accuracy over bins (Guo et al., ICML 2017)."""
    return calibration_error(reliability(scores, bins=bins))


def pool_items(scores: Sequence[ClassificationScore]) -> dict[str, float]:
    """Pool items into named numbers.

    Parameters
    ----------
    scores : sequence of ClassificationScore
        At least one.

    Returns
    -------
    dict of str to float
        Accuracy, macro-F1, balanced accuracy, expected calibration error, negative log
        likelihood (nats), Brier score (sum over classes, 0 to 2) and the count of items.

    Raises
    ------
    ValueError
        If there is no item, or items differ in their number of classes.
    """
    truth, probabilities = _stack(scores)
    table = class_table(scores)
    one_hot = np.eye(probabilities.shape[1])[truth]
    true_probability = probabilities[np.arange(truth.size), truth]
    return {
        "accuracy": float((probabilities.argmax(axis=1) == truth).mean()),
        "macro_f1": float(np.mean([r.f1 for r in table if r.support or r.predicted])),
        "balanced_accuracy": float(np.mean([r.recall for r in table if r.support])),
        "ece": expected_calibration_error(scores),
        "nll": float(-np.log(np.maximum(true_probability, PROBABILITY_FLOOR)).mean()),
        "brier": float(((probabilities - one_hot) ** 2).sum(axis=1).mean()),
        "items": float(truth.size),
    }


def item_correct(score: ClassificationScore) -> float:
    """1 where the most probable class is the true one, else 0."""
    return float(score.predicted == score.truth)


def _stack(
    scores: Sequence[ClassificationScore],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Truth (N,) and probabilities (N, C) of the items."""
    if not scores:
        raise ValueError("no item to score")
    if len({len(score.probabilities) for score in scores}) > 1:
        raise ValueError("items differ in their number of classes")
    truth = np.array([score.truth for score in scores], dtype=np.int64)
    return truth, np.array([score.probabilities for score in scores], dtype=np.float64)


CLASSIFICATION = MetricFamily(
    name="classification",
    primary="accuracy",
    score=score_item,
    pool=pool_items,
    item_value=item_correct,
)
