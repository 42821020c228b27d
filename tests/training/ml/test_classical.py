"""The zero-label segmenter, on what may come."""

import subprocess
import sys

import numpy as np
import pytest

from tests.training.ml.synthetic import discs
from training.metrics import METRICS
from training.ml.classical import segment


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(90, 130), (24, 60, 70)])
def test_finds_bright_objects_of_any_dtype(shape, dtype):
    picture, labels = discs(np.random.default_rng(0), shape=shape, n=9, radius=7, dtype=np.float64)
    found = segment((picture / 16).astype(dtype))
    score = METRICS["instance"].score(labels, found.labels)
    assert score.tp[0] >= 0.85 * labels.max()
    assert score.fp[0] <= 1
    assert len(found.confidences) == found.labels.max()
    assert ((found.confidences > 0) & (found.confidences <= 1)).all()
    assert 10 < found.diameter < 17


def test_finds_objects_in_a_dim_picture():
    picture, labels = discs(np.random.default_rng(1), shape=(90, 130), n=9, radius=7)
    dim = (picture // 300 + 3).astype(np.uint8)
    score = METRICS["instance"].score(labels, segment(dim).labels)
    assert score.tp[0] >= 0.85 * labels.max()


def test_finds_dark_objects_where_light_comes_through_the_ground():
    picture, labels = discs(np.random.default_rng(3), shape=(90, 130), n=9, radius=7)
    stained = (240 - picture.astype(np.float64) / picture.max() * 150).astype(np.uint8)
    score = METRICS["instance"].score(labels, segment(stained).labels)
    assert score.tp[0] >= 0.85 * labels.max()
    assert score.fp[0] <= 1


def test_objects_that_fill_most_of_a_dark_picture_stay_objects():
    rows, columns = np.indices((90, 130))
    field = np.full((90, 130), 1000, dtype=np.uint16)
    field[(rows % 18 < 3) | (columns % 18 < 3)] = 30  # two thirds are cells
    found = segment(field).labels
    assert found[8, 8] > 0
    assert found[1, 60] == 0


def test_splits_touching_discs():
    far = [np.hypot(*(np.indices((60, 90)) - np.array([[[30]], [[x]]]))) for x in (30, 52)]
    picture = ((far[0] < 13) | (far[1] < 13)).astype(np.float32)
    assert segment(picture).labels.max() == 2


@pytest.mark.parametrize("shape", [(20, 30), (5, 20, 30)])
@pytest.mark.parametrize("value", [0, 7, np.nan, np.inf])
def test_finds_nothing_in_a_constant_picture(shape, value):
    found = segment(np.full(shape, value))
    assert found.labels.shape == shape
    assert not found.labels.any()
    assert found.diameter == 0


def test_takes_nan_for_dark():
    picture, labels = discs(np.random.default_rng(2), shape=(60, 90), dtype=np.float32)
    holed = picture.copy()
    holed[:5, :5] = np.nan
    assert METRICS["instance"].score(labels, segment(holed).labels).tp[0] >= 0.8 * labels.max()


def test_needs_no_torch():
    code = (
        "import sys, training.ml.classical, training.ml.features; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
