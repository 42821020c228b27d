"""Classification in which an item may have several classes, or none: F1, average precision.

Empty cases: an item that has no class and got none scores 1; a class without any true or predicted
item has numbers of 0 in the table and is left out of the means, a class without a true item has no
average precision.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.metrics.base import MetricFamily, require_finite

# A threshold chosen on less than this would be chosen by chance.
FEWEST_TO_CHOOSE = 5
LEAST_GAIN = 0.02


@dataclass(frozen=True)
class MultiLabelScore:
    """One item's true and predicted classes, and the probability of each class."""

    truth: tuple[int, ...]
    predicted: tuple[int, ...]
    probabilities: tuple[float, ...]


@dataclass(frozen=True)
class MultiLabelRow:
    """One line of the per-class table; `average_precision` is None without a true item.

    Of N items ``hits`` have the class and got it, ``support - hits`` lack it wrongly,
    ``predicted - hits`` got it wrongly, and the rest neither have it nor got it.
    """

    index: int
    support: int
    predicted: int
    hits: int
    precision: float
    recall: float
    f1: float
    average_precision: float | None


def score_classes(
    truth: Collection[int], prediction: tuple[Sequence[float] | NDArray[Any], Collection[int]]
) -> MultiLabelScore:
    """Check and keep one prediction.

    Parameters
    ----------
    truth : collection of int
        True classes; may be empty.
    prediction : tuple
        Probability of each class, array-like of shape (C,), and the classes that were predicted.

    Returns
    -------
    MultiLabelScore
        The item.

    Raises
    ------
    ValueError
        If a probability is not finite or outside 0 to 1, or a class is unknown.
    """
    probabilities, chosen = np.asarray(prediction[0], dtype=np.float64), prediction[1]
    require_finite(probabilities, what="probabilities")
    if probabilities.ndim != 1 or ((probabilities < 0) | (probabilities > 1)).any():
        raise ValueError("probabilities must be one per class, from 0 to 1")
    for index in {*truth, *chosen}:
        if not 0 <= index < probabilities.size:
            raise ValueError(f"class {index} is not among {probabilities.size} probabilities")
    return MultiLabelScore(
        tuple(sorted({int(index) for index in truth})),
        tuple(sorted({int(index) for index in chosen})),
        tuple(map(float, probabilities)),
    )


def average_precision(truth: NDArray[np.bool_], scores: NDArray[np.float64]) -> float | None:
    """Area under the precision-recall steps, ``sum (R_n - R_(n-1)) P_n``; ties count as one step.

    Parameters
    ----------
    truth : ndarray of bool, shape (N,)
        Which items have the class.
    scores : ndarray of float64, shape (N,)
        Probability of the class.

    Returns
    -------
    float or None
        In [0, 1]; None where no item has the class.
    """
    if not truth.any():
        return None
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order])
    last = np.append(np.flatnonzero(np.diff(scores[order])), truth.size - 1)
    precision, recall = hits[last] / (last + 1), hits[last] / hits[-1]
    return float((np.diff(recall, prepend=0.0) * precision).sum())


def class_table(scores: Sequence[MultiLabelScore]) -> list[MultiLabelRow]:
    """Precision, recall, F1 and average precision of each class.

    Parameters
    ----------
    scores : sequence of MultiLabelScore
        At least one, all with the same C classes.

    Returns
    -------
    list of MultiLabelRow
        One per class.

    Raises
    ------
    ValueError
        If there is no item, or items differ in their number of classes.
    """
    truth, predicted, probabilities = _stack(scores)
    rows = []
    for index in range(truth.shape[1]):
        true, seen = truth[:, index], predicted[:, index]
        hit, support, found = int((true & seen).sum()), int(true.sum()), int(seen.sum())
        rows.append(
            MultiLabelRow(
                index=index,
                support=support,
                predicted=found,
                hits=hit,
                precision=hit / max(found, 1),
                recall=hit / max(support, 1),
                f1=2 * hit / max(support + found, 1),
                average_precision=average_precision(true, probabilities[:, index]),
            )
        )
    return rows


def co_occurrence(
    scores: Sequence[MultiLabelScore],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count the items that have two classes at once.

    Parameters
    ----------
    scores : sequence of MultiLabelScore
        At least one, all with the same C classes.

    Returns
    -------
    tuple of ndarray of int64, shapes (C, C)
        In the truth and as predicted; symmetric, the diagonal counts the items of each class.

    Raises
    ------
    ValueError
        If there is no item, or items differ in their number of classes.
    """
    truth, predicted, _ = (part.astype(np.int64) for part in _stack(scores))
    return truth.T @ truth, predicted.T @ predicted


def item_f1(score: MultiLabelScore) -> float:
    """F1 between the true and the predicted classes of one item; 1 where there are neither."""
    both = len(set(score.truth) & set(score.predicted))
    total = len(score.truth) + len(score.predicted)
    return 2 * both / total if total else 1.0


def pool_items(scores: Sequence[MultiLabelScore]) -> dict[str, float]:
    """Pool items into named numbers.

    Parameters
    ----------
    scores : sequence of MultiLabelScore
        At least one.

    Returns
    -------
    dict of str to float
        F1 averaged over items, over classes (macro) and over all decisions (micro), mean average
        precision, share of items whose classes are all right, share of right decisions, and the
        count of items.

    Raises
    ------
    ValueError
        If there is no item, or items differ in their number of classes.
    """
    truth, predicted, _ = _stack(scores)
    table = class_table(scores)
    named = [row.f1 for row in table if row.support or row.predicted]
    precisions = [row.average_precision for row in table if row.average_precision is not None]
    decisions = int(truth.sum() + predicted.sum())
    return {
        "sample_f1": float(np.mean([item_f1(score) for score in scores])),
        "macro_f1": float(np.mean(named)) if named else 1.0,
        "micro_f1": 2 * int((truth & predicted).sum()) / decisions if decisions else 1.0,
        "mean_average_precision": float(np.mean(precisions)) if precisions else 1.0,
        "exact_match": float((truth == predicted).all(axis=1).mean()),
        "label_accuracy": float((truth == predicted).mean()),
        "items": float(len(scores)),
    }


def best_thresholds(truth: NDArray[np.bool_], probabilities: NDArray[Any]) -> list[float]:
    """Choose the threshold of each class by its F1; 0.5 where there is too little to choose by.

    Parameters
    ----------
    truth : ndarray of bool, shape (N, C)
        Which items have which class.
    probabilities : ndarray of float, shape (N, C)
        Predicted.

    Returns
    -------
    list of float
        One per class, midway between two probabilities that occur.
    """
    chosen = []
    for true, scores in zip(truth.T, probabilities.T.astype(np.float64), strict=True):
        best, top = 0.5, _f1_above(true, scores, 0.5)
        values = np.unique(scores)
        if FEWEST_TO_CHOOSE <= true.sum() <= true.size - FEWEST_TO_CHOOSE:
            for threshold in (values[1:] + values[:-1]) / 2:
                found = _f1_above(true, scores, threshold)
                # A little better on few items is chance: the default stays.
                if found > top + LEAST_GAIN:
                    best, top = float(threshold), found
        chosen.append(best)
    return chosen


def _f1_above(true: NDArray[np.bool_], scores: NDArray[np.float64], threshold: float) -> float:
    seen = scores >= threshold
    return float(2 * (true & seen).sum() / max(true.sum() + seen.sum(), 1))


def _stack(
    scores: Sequence[MultiLabelScore],
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.float64]]:
    """Truth, predicted classes and probabilities of the items, each (N, C)."""
    if not scores:
        raise ValueError("no item to score")
    if len({len(score.probabilities) for score in scores}) > 1:
        raise ValueError("items differ in their number of classes")
    probabilities = np.array([score.probabilities for score in scores], dtype=np.float64)
    truth, predicted = np.zeros((2, *probabilities.shape), dtype=bool)
    for at, score in enumerate(scores):
        truth[at, list(score.truth)] = True
        predicted[at, list(score.predicted)] = True
    return truth, predicted, probabilities


MULTILABEL = MetricFamily(
    name="multilabel",
    primary="sample_f1",
    score=score_classes,
    pool=pool_items,
    item_value=item_f1,
)
