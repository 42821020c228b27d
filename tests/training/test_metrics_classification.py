"""Classification metrics against scikit-learn and hand-made cases."""

import numpy as np
import pytest
from sklearn import metrics as oracle

from training.metrics import METRICS
from training.metrics.classification import (
    class_table,
    confusion_matrix,
    expected_calibration_error,
    pool_items,
    reliability,
    score_item,
)


@pytest.fixture
def items():
    rng = np.random.default_rng(3)
    truth = rng.choice(4, size=200, p=[0.6, 0.25, 0.1, 0.05])
    logits = rng.normal(size=(200, 4)) + 1.5 * np.eye(4)[truth]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    scores = [score_item(t, p) for t, p in zip(truth, probabilities, strict=True)]
    return truth, probabilities, scores


def test_numbers_agree_with_scikit_learn(items):
    truth, probabilities, scores = items
    predicted = probabilities.argmax(axis=1)
    numbers = pool_items(scores)
    assert numbers["accuracy"] == pytest.approx(oracle.accuracy_score(truth, predicted))
    assert numbers["macro_f1"] == pytest.approx(oracle.f1_score(truth, predicted, average="macro"))
    assert numbers["balanced_accuracy"] == pytest.approx(
        oracle.balanced_accuracy_score(truth, predicted)
    )
    assert numbers["nll"] == pytest.approx(oracle.log_loss(truth, probabilities))
    brier = np.mean(
        [np.sum((p - np.eye(4)[t]) ** 2) for t, p in zip(truth, probabilities, strict=True)]
    )
    assert numbers["brier"] == pytest.approx(brier)
    np.testing.assert_array_equal(
        confusion_matrix(scores), oracle.confusion_matrix(truth, predicted)
    )
    precision, recall, f1, support = oracle.precision_recall_fscore_support(truth, predicted)
    for row in class_table(scores):
        assert row.precision == pytest.approx(precision[row.index])
        assert row.recall == pytest.approx(recall[row.index])
        assert row.f1 == pytest.approx(f1[row.index])
        assert row.support == support[row.index]


def test_calibration_by_hand():
    # Confidence 0.9 and right 1 of 2; confidence 0.6 and right 2 of 2.
    scores = [
        score_item(0, [0.9, 0.1]),
        score_item(1, [0.9, 0.1]),
        score_item(0, [0.6, 0.4]),
        score_item(1, [0.4, 0.6]),
    ]
    bins = reliability(scores, bins=10)
    assert [b.n for b in bins] == [2, 2]
    assert expected_calibration_error(scores, bins=10) == pytest.approx((2 * 0.4 + 2 * 0.4) / 4)


def test_a_perfect_and_sure_model_is_calibrated():
    scores = [score_item(i % 3, np.eye(3)[i % 3]) for i in range(12)]
    numbers = pool_items(scores)
    assert numbers["ece"] == numbers["nll"] == numbers["brier"] == 0
    assert numbers["accuracy"] == numbers["macro_f1"] == 1


def test_classes_that_do_not_occur_leave_the_means_alone():
    scores = [score_item(0, [1, 0, 0]), score_item(1, [0, 1, 0])]
    assert pool_items(scores)["macro_f1"] == 1
    assert class_table(scores)[2].f1 == 0


@pytest.mark.parametrize(
    "probabilities", [[np.nan, 1.0], [0.2, 0.2], [-0.5, 1.5], [1.0], [[0.5, 0.5]]]
)
def test_bad_probabilities_are_refused(probabilities):
    with pytest.raises(ValueError, match="probabilities"):
        score_item(1, np.array(probabilities))


def test_no_items_and_mixed_classes_are_refused():
    with pytest.raises(ValueError, match="no item"):
        pool_items([])
    with pytest.raises(ValueError, match="number of classes"):
        pool_items([score_item(0, [1.0]), score_item(0, [0.5, 0.5])])


@pytest.mark.parametrize("name", METRICS)
def test_each_family_pools_its_primary_number_and_is_plain(name):
    family = METRICS[name]
    labels = np.pad(np.ones((3, 4), dtype=int), 2)
    truth, prediction = {
        "classification": (1, [0.3, 0.7]),
        "instance": (labels, labels),
        "semantic": (labels, labels),
        "multilabel": ([1], ([0.3, 0.7], [1])),
    }[name]
    score = family.score(truth, prediction)
    numbers = family.pool([score, score])
    assert family.name == name
    assert numbers[family.primary] == family.item_value(score) == 1.0
    assert all(type(value) is float for value in numbers.values())
