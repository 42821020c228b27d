"""Simulated people: their result, their errors and their effort."""

import numpy as np
import pytest

from cytoloop.demo.human import Skill, correct
from cytoloop.demo.synthetic import FieldConfig, make_field

PERFECT = Skill(outline_error=0.0, overlook=0.0, keep_wrong=0.0, content_iou=0.99)


def _scene() -> tuple[np.ndarray, np.ndarray]:
    field = make_field(FieldConfig(shape=(110, 150), nuclei=(8, 12)), np.random.default_rng(8))
    return field.image, field.labels.astype(np.uint32)


def test_a_perfect_person_reaches_the_truth_from_nothing() -> None:
    image, truth = _scene()
    result = correct(np.zeros_like(truth), truth, image, PERFECT, np.random.default_rng(0))
    assert np.array_equal(result.labels > 0, truth > 0)
    assert len(np.unique(result.labels)) == len(np.unique(truth))
    assert np.array_equal(result.strokes[-1].labels, result.labels)


def test_a_right_start_costs_no_stroke() -> None:
    image, truth = _scene()
    result = correct(truth, truth, image, Skill(), np.random.default_rng(0))
    assert result.strokes == ()
    assert np.array_equal(result.labels, truth)
    blank = correct(np.zeros_like(truth), truth, image, Skill(), np.random.default_rng(0))
    assert blank.seconds > 3 * result.seconds


def test_a_wrong_find_is_deleted_and_a_merger_is_split() -> None:
    image = np.full((40, 60), 100.0)
    truth = np.zeros((40, 60), np.uint32)
    truth[10:20, 10:20] = 1
    truth[10:20, 20:30] = 2
    start = np.zeros_like(truth)
    start[10:20, 10:30] = 5
    start[30:36, 40:50] = 6
    result = correct(start, truth, image, PERFECT, np.random.default_rng(0))
    assert [stroke.kind for stroke in result.strokes] == ["delete", "redraw", "draw"]
    assert (result.labels[30:36, 40:50] == 0).all()
    left, right = result.labels[15, 15], result.labels[15, 25]
    assert left > 0
    assert right > 0
    assert left != right


def test_a_careless_person_overlooks_dim_objects_and_draws_by_a_pixel_or_two() -> None:
    truth = np.zeros((60, 90), np.uint32)
    truth[10:30, 10:30] = 1
    truth[10:30, 40:60] = 2
    truth[35:55, 60:80] = 3
    image = np.where(truth == 3, 10.0, np.where(truth > 0, 100.0, 1.0))
    careless = Skill(outline_error=1.0, overlook=1.0)
    found = [
        correct(np.zeros_like(truth), truth, image, careless, np.random.default_rng(seed)).labels
        for seed in range(10)
    ]
    assert all((labels[truth == 3] == 0).all() for labels in found)
    bright = [np.mean((labels > 0)[truth == 1]) for labels in found]
    assert 0.7 < np.mean([share for share in bright if share > 0]) < 1.0


def test_shapes_must_agree() -> None:
    image, truth = _scene()
    with pytest.raises(ValueError, match="shapes differ"):
        correct(truth[:-1], truth, image, PERFECT, np.random.default_rng(0))
