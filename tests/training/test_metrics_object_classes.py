"""Objects of several classes, counted by hand."""

import numpy as np
import pytest

from training.metrics import METRICS
from training.metrics.object_classes import ClassedLabels

INSTANCE = METRICS["instance"]


def row(*ids):
    """Objects of three pixels each, one after the other, (3, 4 n + 1)."""
    line = [0]
    for number in ids:
        line += [number] * 3 + [0]
    return np.array([line] * 3)


def test_a_wrong_class_is_a_miss_of_one_and_a_false_positive_of_the_other():
    truth = ClassedLabels(row(1, 2, 3, 4), {1: 0, 2: 0, 3: 1, 4: 1})
    prediction = ClassedLabels(row(9, 8, 7, 0), {9: 0, 8: 1, 7: 1})
    score = INSTANCE.score(truth, prediction)
    assert [(c.index, c.tp, c.fp, c.fn) for c in score.classes] == [(0, 1, 0, 1), (1, 1, 1, 1)]
    numbers = INSTANCE.pool([score])
    assert numbers["ap50"] == pytest.approx(3 / 4)
    assert numbers["ap50_class_1"] == pytest.approx(1 / 2)
    assert numbers["ap50_class_2"] == pytest.approx(1 / 3)
    assert numbers["map50"] == pytest.approx((1 / 2 + 1 / 3) / 2)


def test_counts_are_pooled_over_images_and_absent_classes_have_no_number():
    one = INSTANCE.score(ClassedLabels(row(1, 2), {1: 0, 2: 0}), ClassedLabels(row(1, 0), {1: 0}))
    other = INSTANCE.score(ClassedLabels(row(5), {5: 0}), ClassedLabels(row(5), {5: 0}))
    numbers = INSTANCE.pool([one, other])
    assert numbers["ap50_class_1"] == pytest.approx(2 / 3)
    assert "ap50_class_2" not in numbers


def test_objects_that_nobody_classed_neither_help_nor_harm():
    truth = ClassedLabels(row(1, 2, 3), {1: 0, 3: 1})
    prediction = ClassedLabels(row(1, 2, 3), {1: 0, 2: 0, 3: 1})
    numbers = INSTANCE.pool([INSTANCE.score(truth, prediction)])
    assert numbers["ap50_class_1"] == numbers["ap50_class_2"] == 1


def test_labels_without_classes_have_no_numbers_of_classes():
    assert not any("class" in name for name in INSTANCE.pool([INSTANCE.score(row(1), row(1))]))
