"""Which channel the zero-label segmenter works on, and when it finds nothing."""

import numpy as np
import pytest
from scipy import ndimage

from tests.training.ml.synthetic import discs
from training.metrics import METRICS
from training.ml.channel_choice import LEAST_SOLIDITY, rate, segment_channels
from training.ml.classical import Segmented, segment


def texture(shape, seed=0):
    """Fibres across the picture, as of a cytoskeleton: bright, thin, crossing one another."""
    rng = np.random.default_rng(seed)
    ridges = np.abs(ndimage.gaussian_filter(rng.normal(size=shape), 2.5))
    return (6000 * np.exp(-((ridges / np.median(ridges) / 0.5) ** 2))).astype(np.float32)


@pytest.fixture
def nuclei():
    return discs(np.random.default_rng(4), shape=(120, 170), n=9, radius=8, dtype=np.float32)


def hits(labels, found):
    return METRICS["instance"].score(labels, found.labels).tp[0]


def test_a_clear_picture_is_segmented_as_its_mean(nuclei):
    picture, labels = nuclei
    found = segment_channels(np.stack([picture, picture]))
    np.testing.assert_array_equal(found.labels, segment(picture).labels)
    assert hits(labels, found) >= 0.85 * labels.max()


def test_of_several_channels_the_one_with_objects_counts(nuclei):
    picture, labels = nuclei
    bright = picture / picture.max() * 5000
    both = np.stack([texture(picture.shape), bright])
    score, pool = METRICS["instance"].score, METRICS["instance"].pool
    assert pool([score(labels, segment(both.mean(axis=0)).labels)])["ap50"] < 0.5
    assert pool([score(labels, segment_channels(both).labels)])["ap50"] > 0.8


def test_texture_alone_is_no_object(nuclei):
    picture, _ = nuclei
    fibres = np.stack([texture(picture.shape), texture(picture.shape, seed=1)])
    assert segment(fibres[0]).labels.any()
    found = segment_channels(fibres)
    assert found.labels.shape == picture.shape
    assert not found.labels.any()
    assert found.confidences.size == 0


def test_volumes_are_judged_by_their_fullest_plane():
    picture, labels = discs(np.random.default_rng(0), shape=(20, 60, 70), n=7, radius=7)
    found = segment_channels(picture[None])
    assert hits(labels, found) >= 0.8 * labels.max()


def test_solidity_counts_by_area():
    # A square of 36 pixels fills its hull, a cross of five bars of a pixel does not, a dot is none.
    labels = np.zeros((30, 41), dtype=np.int32)
    labels[2:8, 2:8] = 1
    labels[20, 20:35] = labels[13:28, 27] = 2
    labels[25, 3] = 3
    solidity, score = rate(Segmented(labels, np.array([0.5, 0.5, 0.5], np.float32), 6.0))
    # skimage's hull of the cross: 113 pixels of a diamond of 15 by 15.
    assert solidity == pytest.approx((36 * 1 + 29 * (29 / 113) + 1 * 0.5) / 66)
    assert score == pytest.approx(solidity / 2)
    assert solidity < LEAST_SOLIDITY
