"""Multi-label metrics against scikit-learn and hand-made cases."""

import numpy as np
import pytest
from sklearn import metrics as oracle

from training.metrics.multilabel import (
    best_thresholds,
    class_table,
    item_f1,
    pool_items,
    score_classes,
)


@pytest.fixture
def items():
    rng = np.random.default_rng(5)
    truth = rng.random((150, 4)) < [0.5, 0.3, 0.2, 0.1]
    # Rounded, so that there are ties.
    chances = np.round((truth * 0.3 + rng.random(truth.shape) * 0.7), 1)
    predicted = chances >= 0.5
    scores = [
        score_classes(np.flatnonzero(t), (p, np.flatnonzero(c)))
        for t, p, c in zip(truth, chances, predicted, strict=True)
    ]
    return truth, chances, predicted, scores


def test_numbers_agree_with_scikit_learn(items):
    truth, chances, predicted, scores = items
    numbers = pool_items(scores)
    for name in ("macro", "micro"):
        assert numbers[f"{name}_f1"] == pytest.approx(
            oracle.f1_score(truth, predicted, average=name)
        )
    assert numbers["sample_f1"] == pytest.approx(
        oracle.f1_score(truth, predicted, average="samples", zero_division=1)
    )
    assert numbers["mean_average_precision"] == pytest.approx(
        oracle.average_precision_score(truth, chances, average="macro")
    )
    assert numbers["exact_match"] == pytest.approx(oracle.accuracy_score(truth, predicted))
    assert numbers["label_accuracy"] == pytest.approx(1 - oracle.hamming_loss(truth, predicted))
    precision, recall, f1, support = oracle.precision_recall_fscore_support(truth, predicted)
    for row in class_table(scores):
        assert row.precision == pytest.approx(precision[row.index])
        assert row.recall == pytest.approx(recall[row.index])
        assert row.f1 == pytest.approx(f1[row.index])
        assert row.support == support[row.index]


def test_empty_cases():
    nothing = score_classes([], ([0.1, 0.2], []))
    missed = score_classes([1], ([0.1, 0.2], []))
    assert (item_f1(nothing), item_f1(missed)) == (1, 0)
    first, second = class_table([nothing, missed])
    assert first.average_precision is None
    assert second.average_precision == pytest.approx(1 / 2)
    assert pool_items([nothing])["macro_f1"] == pool_items([nothing])["micro_f1"] == 1


def test_a_threshold_is_chosen_where_there_is_enough_to_choose_by():
    truth = np.array([[True, False]] * 6 + [[False, True]] * 6)
    chances = np.array([[0.3, 0.2]] * 6 + [[0.1, 0.9]] * 6)
    assert best_thresholds(truth, chances) == [pytest.approx(0.2), 0.5]
    assert best_thresholds(truth[4:], chances[4:]) == [0.5, 0.5]


@pytest.mark.parametrize(
    ("truth", "prediction"),
    [
        ([2], ([0.5, 0.5], [])),
        ([0], ([0.5, 0.5], [-1])),
        ([0], ([0.5, 1.5], [])),
        ([0], ([0.5, np.nan], [])),
    ],
)
def test_refuses_what_are_no_classes(truth, prediction):
    with pytest.raises(ValueError, match=r"class|from 0 to 1|NaN"):
        score_classes(truth, prediction)
