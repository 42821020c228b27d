"""Written predictions are scored as their kind is: strokes, classes of objects, several classes."""

import numpy as np

from tests.training.ml.synthetic import write_item, write_manifest
from training.ml.folds import make_folds
from training.ml.heldout import score_written
from training.ml.kinds.base import Prediction
from training.ml.manifest import read_snapshot
from training.ml.outputs import write_prediction


def written(folder, name, labels=None, *, objects=(), chances=()):
    ones = np.ones((1, 2), np.float32)
    prediction = Prediction(
        labels, objects, chances, ones, ones[0], np.zeros(2, np.float32), foreground=0.0
    )
    write_prediction(folder, name, prediction)


def test_pixels_that_nobody_painted_are_no_background(tmp_path):
    truth = np.zeros((6, 9), dtype=np.int32)
    truth[1], truth[2] = 1, 2
    row = write_item(tmp_path, "s", truth.astype(np.uint8), truth)
    write_manifest(tmp_path, [row], task_kind="semantic", classes=("a", "b"), ignore_value=0)
    seen = np.ones((1, 1, 6, 9), dtype=np.int32)
    written(tmp_path, "s", seen)
    snapshot = read_snapshot(tmp_path)
    score = score_written(snapshot, snapshot.items[0], tmp_path).score
    assert np.sum(score.counts) == 18


def test_several_classes_are_those_above_their_thresholds(tmp_path):
    rows = [
        write_item(
            tmp_path, f"c{at}", np.zeros((6, 9), np.uint8), class_indices=has, group=f"g{at}"
        )
        for at, has in enumerate(([0, 1], [], [0, 1], []))
    ]
    write_manifest(tmp_path, rows, task_kind="multilabel", classes=("a", "b"))
    snapshot = read_snapshot(tmp_path)
    written(tmp_path, "c0", objects=[{"id": 1, "class_index": 0}], chances=(0.4, 0.45))
    score = score_written(snapshot, snapshot.items[0], tmp_path).score
    assert (score.truth, score.predicted) == ((0, 1), (0,))
    # Folds are even in their classes: each holds one item of both and one of none.
    folds = make_folds(snapshot.items, n=2)
    assert all(len(fold & {"g0", "g2"}) == 1 for fold in folds)


def test_objects_have_their_classes(tmp_path):
    truth = np.zeros((6, 9), dtype=np.int32)
    truth[1:4, 1:4], truth[1:4, 5:8] = 1, 2
    rows = [
        write_item(tmp_path, "o", truth.astype(np.uint8), truth, object_classes={"1": 0, "2": 1})
    ]
    write_manifest(tmp_path, rows, classes=("a", "b"))
    objects = [{"id": n, "confidence": 1.0, "class_index": 0} for n in (1, 2)]
    written(tmp_path, "o", truth[None, None], objects=objects)
    snapshot = read_snapshot(tmp_path)
    score = score_written(snapshot, snapshot.items[0], tmp_path).score
    assert [(c.index, c.tp, c.fp, c.fn) for c in score.classes] == [(0, 1, 1, 0), (1, 0, 0, 1)]
    assert score.classes[0].matched_iou == 1
