"""Directions to the centre: straight where it is seen, else round the corner within the object."""

import numpy as np
import pytest

from training.ml.config import DecodeConfig
from training.ml.heads import HEADS
from training.ml.heads.directions import FADE, directions, shortest_ways

KEEP_ALL = DecodeConfig(score=0.0, min_area=0.0)


def straight(labels):
    """Unit vectors to the median pixel of each object, which fade near it."""
    out = np.zeros((labels.ndim, *labels.shape))
    for name in np.unique(labels[labels > 0]):
        mask = labels == name
        pixels = np.argwhere(mask)
        vector = (np.median(pixels, axis=0) - pixels).T
        out[:, mask] = vector / np.maximum(np.linalg.norm(vector, axis=0), FADE)
    return out


def horseshoes():
    """Two bent cells (Y, X), each with its end inside the other's bend."""
    labels = np.zeros((60, 76), np.int32)
    labels[6:48, 6:48] = 1
    labels[14:40, 14:48] = 0
    labels[22:56, 32:70] = 2
    labels[32:48, 24:60] = 0
    labels[6:14, 6:48], labels[40:48, 6:30] = 1, 1
    return labels


def overlap(labels, vectors):
    """Smallest overlap (IoU) of an object with what is found by following the vectors."""
    maps = np.concatenate([(labels > 0)[None], vectors]).astype(np.float32)
    area = float(np.bincount(labels.ravel())[1:].mean())
    found = HEADS["flow"].decode(maps, KEEP_ALL, area=area).labels
    best = []
    for name in np.unique(labels[labels > 0]):
        mask = labels == name
        others = [found == other for other in np.unique(found[mask])]
        best.append(max((mask & other).sum() / (mask | other).sum() for other in others))
    return min(best)


@pytest.mark.parametrize("shape", [(40, 56), (18, 40, 34)])
def test_round_objects_have_straight_directions(shape):
    grid = np.indices(shape)
    labels = np.zeros(shape, np.int32)
    for name, middle in enumerate((0.3, 0.7), start=1):
        away = [axis - middle * n for axis, n in zip(grid, shape, strict=True)]
        labels[np.sqrt(sum(a**2 for a in away)) < 5.4] = name
    np.testing.assert_allclose(directions(labels), straight(labels), atol=1e-6)


def test_bent_objects_are_whole_where_straight_directions_cut_them():
    labels = horseshoes()
    assert overlap(labels, directions(labels)) > 0.97
    assert overlap(labels, straight(labels)) < 0.7


def test_ways_round_a_corner_stay_within_the_object():
    mask = horseshoes() == 1
    ways = shortest_ways(mask, np.median(np.argwhere(mask), axis=0))
    length = np.linalg.norm(ways, axis=0)
    assert length[mask].max() == pytest.approx(1)
    assert not ways[:, ~mask].any()
    ahead = np.argwhere(mask & (length > 0.99))
    ahead = ahead + np.rint(ways[:, *ahead.T]).T.astype(int)
    assert mask[tuple(ahead.T)].mean() > 0.97


def test_ways_in_an_open_square_are_straight_to_a_few_degrees():
    mask = np.ones((81, 101), bool)
    ways = shortest_ways(mask, np.array([40, 30]))
    vector = np.array([40, 30])[:, None, None] - np.indices(mask.shape)
    far = np.linalg.norm(vector, axis=0)
    cosine = (vector * ways).sum(axis=0)[far > FADE] / far[far > FADE]
    angles = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    assert angles.mean() < 1.5
    assert np.percentile(angles, 75) < 1


def test_a_piece_without_a_way_to_the_centre_points_straight_at_it():
    labels = np.zeros((30, 50), np.int32)
    labels[4:10, 4:40] = 1
    labels[20:26, 4:12] = 1
    np.testing.assert_allclose(directions(labels)[:, 22, 8], straight(labels)[:, 22, 8], atol=1e-6)


def test_objects_too_large_to_be_solved_for_have_straight_directions(monkeypatch):
    monkeypatch.setattr("training.ml.heads.directions.MOST_PIXELS", {2: 100})
    monkeypatch.setattr("training.ml.heads.directions.spsolve", None)
    labels = horseshoes()
    mask = labels == 1
    vectors, pixels = directions(labels)[:, mask].T, np.argwhere(mask)
    lengths = np.linalg.norm(vectors, axis=1)
    centre = pixels[lengths.argmin()]
    cosines = (vectors * (centre - pixels)).sum(axis=1)[lengths > 0.99]
    away = np.linalg.norm(centre - pixels, axis=1)[lengths > 0.99]
    np.testing.assert_allclose(cosines, away, rtol=1e-5)
