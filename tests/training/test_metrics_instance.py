"""Instance metrics against hand-made cases and a brute-force oracle."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from skimage.metrics import contingency_table
from skimage.segmentation import relabel_sequential

from training.metrics.contingency import contingency
from training.metrics.instance import (
    INSTANCE,
    IOU_THRESHOLDS,
    average_precision,
    match_objects,
    pool_labels,
    score_labels,
)


def _boxes(shape, boxes):
    labels = np.zeros(shape, dtype=np.uint32)
    for label, (y0, x0, y1, x1) in boxes.items():
        labels[y0:y1, x0:x1] = label
    return labels


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def _random_pair(rng):
    """Two crowded label images which share some outlines and differ in others."""
    truth = np.zeros((48, 71), dtype=np.int32)
    prediction = np.zeros_like(truth)
    for label in range(1, 15):
        y, x = int(rng.integers(0, 40)), int(rng.integers(0, 62))
        h, w = (int(v) for v in rng.integers(4, 9, size=2))
        truth[y : y + h, x : x + w] = label * 3
        dy, dx = (int(v) for v in rng.integers(0, 3, size=2))
        prediction[y + dy : y + dy + h, x + dx : x + dx + w] = 100 - label
    return truth, prediction


def _dense_ious(truth, prediction):
    """Oracle: scikit-image's contingency table, made dense."""
    t, _, _ = relabel_sequential(truth)
    p, _, _ = relabel_sequential(prediction)
    table = np.asarray(contingency_table(t, p).todense()).astype(float)
    union = table.sum(axis=1, keepdims=True) + table.sum(axis=0, keepdims=True) - table
    return (table / np.maximum(union, 1))[1:, 1:]


@pytest.mark.parametrize("threshold", [0.2, *IOU_THRESHOLDS])
def test_matches_agree_with_an_assignment_over_the_dense_table(rng, threshold):
    for _ in range(20):
        truth, prediction = _random_pair(rng)
        ious = _dense_ious(truth, prediction)
        gain = np.where(ious >= threshold, 1 + ious / (2 * min(ious.shape)), 0)
        rows, columns = linear_sum_assignment(gain, maximize=True)
        expected = ious[rows, columns][ious[rows, columns] >= threshold]
        table = contingency(truth, prediction)
        found = table.ious[match_objects(table, threshold=threshold)]
        assert found.size == expected.size
        assert found.sum() == pytest.approx(expected.sum())


def test_hand_made_case():
    truth = _boxes((20, 33), {1: (0, 0, 10, 10), 2: (0, 12, 10, 22), 7: (12, 0, 18, 10)})
    # 1 found exactly, 2 with IoU 80/120, 7 missed, one invented.
    prediction = _boxes((20, 33), {5: (0, 0, 10, 10), 6: (0, 14, 10, 24), 9: (12, 25, 16, 30)})
    score = score_labels(truth, prediction)
    assert score.tp[0] == 2
    assert score.fp[0] == 1
    assert score.fn[0] == 1
    assert average_precision(score) == pytest.approx(2 / 4)
    assert average_precision(score, threshold=0.7) == pytest.approx(1 / 5)
    numbers = pool_labels([score])
    assert numbers["ap50"] == numbers["pooled_ap50"] == pytest.approx(0.5)
    assert numbers["ap75"] == pytest.approx(0.2)
    assert numbers["precision"] == numbers["recall"] == numbers["f1"] == pytest.approx(2 / 3)
    assert numbers["mean_matched_iou"] == pytest.approx((1 + 2 / 3) / 2)
    assert numbers["panoptic_quality"] == pytest.approx((1 + 2 / 3) / 3)
    common, both = 100 + 80, 260 + 220
    assert numbers["dice"] == pytest.approx(2 * common / both)
    assert numbers["jaccard"] == pytest.approx(common / (both - common))
    # 4 thresholds (0.5 to 0.65) at which both match, 6 where only the exact one does.
    assert numbers["ap"] == pytest.approx((4 * 0.5 + 6 * 0.2) / 10)


def test_pooled_counts_objects_and_the_mean_counts_images():
    crowded = _boxes((11, 40), {i + 1: (0, 4 * i, 3, 4 * i + 3) for i in range(9)})
    single = _boxes((11, 40), {1: (0, 0, 5, 5)})
    scores = [score_labels(crowded, crowded), score_labels(single, np.zeros_like(single))]
    numbers = pool_labels(scores)
    assert numbers["ap50"] == pytest.approx(0.5)
    assert numbers["pooled_ap50"] == pytest.approx(0.9)


def test_an_iou_of_exactly_one_half_matches_once():
    truth = _boxes((4, 30), {1: (0, 0, 2, 10)})
    halves = _boxes((4, 30), {1: (0, 0, 2, 5), 2: (0, 5, 2, 10)})
    score = score_labels(truth, halves)
    assert (score.tp[0], score.fp[0], score.fn[0]) == (1, 1, 0)


def test_labels_may_be_sparse_large_and_three_dimensional():
    truth = np.zeros((3, 9, 17), dtype=np.uint32)
    truth[1, 2:6, 3:9] = 4_000_000_000
    prediction = (truth > 0).astype(np.uint8) * 3
    assert pool_labels([score_labels(truth, prediction)])["ap"] == 1.0


def test_renaming_labels_changes_nothing(rng):
    truth, prediction = _random_pair(rng)
    renamed = np.where(prediction > 0, 5_000_000 + prediction.astype(np.int64) * 17, 0)
    assert score_labels(truth, prediction) == score_labels(truth, renamed)


def test_empty_cases():
    nothing = np.zeros((5, 8), dtype=np.uint8)
    something = _boxes((5, 8), {1: (0, 0, 3, 3)})
    assert set(pool_labels([score_labels(nothing, nothing)]).values()) <= {0.0, 1.0}
    assert pool_labels([score_labels(nothing, nothing)])["ap50"] == 1.0
    assert pool_labels([score_labels(something, nothing)])["ap50"] == 0.0
    assert pool_labels([score_labels(nothing, something)])["panoptic_quality"] == 0.0
    assert pool_labels([score_labels(nothing, something)])["mean_matched_iou"] == 0.0
    with pytest.raises(ValueError, match="no image"):
        pool_labels([])


@pytest.mark.parametrize(
    ("bad", "match"),
    [
        (np.full((4, 6), np.nan), "NaN"),
        (np.full((4, 6), 0.5), "fractions"),
        (np.full((4, 6), -1), "negative"),
        (np.zeros((6, 4), dtype=int), "shape"),
    ],
)
def test_bad_label_images_are_refused(bad, match):
    with pytest.raises(ValueError, match=match):
        score_labels(np.zeros((4, 6), dtype=int), bad)
    with pytest.raises(ValueError, match=match):
        INSTANCE.score(bad, np.zeros((4, 6), dtype=int))
