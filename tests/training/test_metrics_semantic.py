"""Semantic metrics against scikit-learn and hand-made cases."""

import numpy as np
import pytest
from sklearn import metrics as oracle

from training.metrics.semantic import (
    class_table,
    confusion_matrix,
    mean_iou,
    pool_pixels,
    score_pixels,
)


@pytest.fixture
def images():
    rng = np.random.default_rng(2)
    pairs = []
    for shape in ((9, 14), (3, 7, 5)):
        truth = rng.choice(4, size=shape, p=[0.5, 0.3, 0.15, 0.05])
        wrong = rng.random(shape) < 0.3
        pairs.append((truth, np.where(wrong, rng.integers(0, 4, shape), truth)))
    return pairs


def test_numbers_agree_with_scikit_learn(images):
    scores = [score_pixels(*pair) for pair in images]
    truth = np.concatenate([t.ravel() for t, _ in images])
    seen = np.concatenate([p.ravel() for _, p in images])
    numbers = pool_pixels(scores)
    np.testing.assert_array_equal(confusion_matrix(scores), oracle.confusion_matrix(truth, seen))
    iou = oracle.jaccard_score(truth, seen, average=None)
    dice = oracle.f1_score(truth, seen, average=None)
    precision, recall, _, support = oracle.precision_recall_fscore_support(truth, seen)
    for row in class_table(scores):
        assert row.iou == pytest.approx(iou[row.index]) == numbers[f"iou_{row.index}"]
        assert row.dice == pytest.approx(dice[row.index]) == numbers[f"dice_{row.index}"]
        assert row.precision == pytest.approx(precision[row.index])
        assert row.recall == pytest.approx(recall[row.index])
        assert row.support == support[row.index]
    assert numbers["pooled_mean_iou"] == pytest.approx(iou.mean())
    assert numbers["pooled_mean_dice"] == pytest.approx(dice.mean())
    assert numbers["pooled_pixel_accuracy"] == pytest.approx(oracle.accuracy_score(truth, seen))
    each = [oracle.jaccard_score(t.ravel(), p.ravel(), average="macro") for t, p in images]
    assert numbers["mean_iou"] == pytest.approx(np.mean(each))
    assert [mean_iou(score) for score in scores] == pytest.approx(each)


def test_by_hand_with_unlabelled_pixels_and_a_class_that_nobody_saw():
    truth = np.array([[0, 0, 1, 1], [0, 2, -1, -1], [0, 2, -1, -1]])
    prediction = np.array([[0, 1, 1, 1], [0, 0, 2, 1], [0, 2, 4, 0]])
    # Class 0: 3 of 4 + 1; class 1: 2 of 3; class 2: 1 of 2; no counted pixel holds 3 or 4.
    numbers = pool_pixels([score_pixels(truth, prediction)])
    assert numbers["iou_0"] == pytest.approx(3 / 5)
    assert numbers["iou_1"] == pytest.approx(2 / 3)
    assert numbers["iou_2"] == pytest.approx(1 / 2)
    assert "iou_3" not in numbers
    assert numbers["dice_1"] == pytest.approx(4 / 5)
    assert numbers["mean_iou"] == pytest.approx((3 / 5 + 2 / 3 + 1 / 2) / 3)
    assert numbers["pixel_accuracy"] == pytest.approx(6 / 8)
    assert numbers["pixels"] == 8


def test_images_that_know_different_classes_are_pooled():
    first = score_pixels(np.array([[0, 1, 1]]), np.array([[0, 1, 0]]))
    second = score_pixels(np.array([[3, 3]]), np.array([[3, 0]]))
    np.testing.assert_array_equal(
        confusion_matrix([first, second]), [[1, 0, 0, 0], [1, 1, 0, 0], [0] * 4, [1, 0, 0, 1]]
    )


def test_an_image_without_labelled_pixels_scores_one_and_adds_nothing():
    nothing = score_pixels(np.full((2, 3), -1), np.array([[0, 1, 2], [0, 0, 0]]))
    other = score_pixels(np.array([[0, 1]]), np.array([[0, 0]]))
    assert mean_iou(nothing) == 1
    assert pool_pixels([nothing, other])["pooled_mean_iou"] == pool_pixels([other])["mean_iou"]


@pytest.mark.parametrize(
    ("truth", "prediction"),
    [
        (np.zeros((2, 3)), np.zeros((3, 2))),
        (np.full((2, 3), -2), np.zeros((2, 3))),
        (np.zeros((2, 3)), np.full((2, 3), -1)),
        (np.full((2, 3), np.nan), np.zeros((2, 3))),
        (np.zeros((2, 3)), np.full((2, 3), 0.5)),
    ],
)
def test_refuses_what_are_no_classes(truth, prediction):
    with pytest.raises(ValueError, match=r"class|NaN|fractions"):
        score_pixels(truth, prediction)
