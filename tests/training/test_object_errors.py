"""What became of each object, on images drawn by hand."""

import numpy as np
import pytest

from training.metrics.instance import score_labels
from training.metrics.object_errors import judge_objects


def labels_of(*boxes, shape=(10, 30)):
    """Boxes (label, y0, x0, y1, x1), later ones over earlier."""
    out = np.zeros(shape, dtype=np.int32)
    for label, y0, x0, y1, x1 in boxes:
        out[y0:y1, x0:x1] = label
    return out


def test_each_kind_of_error():
    truth = labels_of(
        (1, 0, 0, 4, 4),  # found
        (2, 0, 6, 4, 10),  # missed
        (3, 0, 12, 4, 20),  # split in two halves
        (4, 6, 0, 10, 4),  # merged with 5
        (5, 6, 4, 10, 8),
    )
    prediction = labels_of(
        (11, 0, 0, 4, 3),  # 12 of 16 pixels: IoU 0.75
        (12, 0, 12, 4, 16),
        (13, 0, 16, 4, 20),
        (14, 6, 0, 10, 8),
        (15, 6, 20, 10, 24),  # nothing is there
    )
    errors = judge_objects(truth, prediction, threshold=0.6)
    assert errors.truth == {1: "found", 2: "missed", 3: "split", 4: "merged", 5: "merged"}
    assert errors.prediction == {
        11: "found",
        12: "split",
        13: "split",
        14: "merged",
        15: "false",
    }
    assert errors.matches == {1: 11}
    assert errors.best_iou == {1: 0.75, 2: 0.0, 3: 0.5, 4: 0.5, 5: 0.5}
    assert errors.nearest == {1: 11, 3: 12, 4: 14, 5: 14}
    assert errors.areas == {1: 16, 2: 16, 3: 32, 4: 16, 5: 16}
    assert errors.counts() == {"found": 1, "missed": 1, "false": 1, "split": 1, "merged": 2}


def test_a_found_object_stays_found_beside_what_it_swallowed():
    truth = labels_of((1, 0, 0, 6, 6), (2, 0, 6, 6, 8))
    prediction = labels_of((7, 0, 0, 6, 8))
    errors = judge_objects(truth, prediction)
    assert errors.truth == {1: "found", 2: "merged"}
    assert errors.prediction == {7: "found"}


def test_a_fragment_beside_a_match_is_a_split_and_no_false_object():
    truth = labels_of((1, 0, 0, 6, 10))
    prediction = labels_of((7, 0, 0, 6, 7), (8, 0, 7, 6, 10))
    errors = judge_objects(truth, prediction)
    assert errors.truth == {1: "found"}
    assert errors.prediction == {7: "found", 8: "split"}


def test_poor_outlines_are_missed_and_false():
    truth, prediction = labels_of((1, 0, 0, 4, 8)), labels_of((1, 0, 5, 4, 13))
    errors = judge_objects(truth, prediction)
    assert (errors.truth, errors.prediction) == ({1: "missed"}, {1: "false"})
    # 12 common pixels of 32 + 32 - 12.
    assert errors.best_iou[1] == pytest.approx(12 / 52)


def test_kinds_divide_the_errors_that_average_precision_counts():
    rng = np.random.default_rng(3)
    blocks = rng.integers(0, 6, (5, 8)), rng.integers(0, 6, (5, 8))
    truth, prediction = (np.kron(b, np.ones((3, 4), dtype=np.int32)) for b in blocks)
    errors, score = judge_objects(truth, prediction), score_labels(truth, prediction)
    wrong = [kind for kind in errors.truth.values() if kind != "found"]
    extra = [kind for kind in errors.prediction.values() if kind != "found"]
    assert len(errors.matches) == score.tp[0]
    assert (len(wrong), len(extra)) == (score.fn[0], score.fp[0])


@pytest.mark.parametrize("shape", [(4, 7), (3, 4, 7)])
def test_nothing_to_find_and_nothing_found(shape):
    empty = np.zeros(shape, dtype=np.int32)
    errors = judge_objects(empty, empty)
    assert errors.truth == errors.prediction == errors.nearest == {}
    assert sum(errors.counts().values()) == 0


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match="differ in shape"):
        judge_objects(np.zeros((4, 7), int), np.zeros((7, 4), int))
