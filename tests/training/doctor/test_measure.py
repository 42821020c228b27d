"""Measurements of pictures and labels, on pictures whose facts are known."""

import numpy as np
import pytest
from scipy import ndimage

from tests.training.ml.synthetic import discs
from training.doctor.measure import (
    channel_facts,
    edge_match,
    object_facts,
    perceptual_hashes,
    thumb,
)


@pytest.fixture(scope="module")
def field():
    return discs(np.random.default_rng(3), shape=(120, 170), n=40, radius=8.0)


@pytest.mark.parametrize(("dy", "dx"), [(0, 0), (5, -3), (-7, 2), (0, 9)])
def test_the_move_at_which_labels_fit_is_that_by_which_they_were_moved(field, dy, dx):
    picture, labels = field
    moved = np.roll(labels, (-dy, -dx), axis=(0, 1))
    found = edge_match(picture[None], moved)
    assert abs(found.dy - dy) <= 1
    assert abs(found.dx - dx) <= 1
    assert found.best >= found.here
    if dy or dx:
        assert found.best > 1.3 * found.here


def test_mirrored_labels_fit_when_they_are_mirrored_back(field):
    picture, labels = field
    found = edge_match(picture[None], labels[::-1])
    assert found.how == "mirrored top to bottom"
    assert found.turned > 2 * found.here
    assert edge_match(picture[None], labels).turned < 0.2


def test_exchanged_axes_are_told_on_square_pictures():
    picture, labels = discs(np.random.default_rng(1), shape=(96, 96), n=20, radius=7.0)
    assert edge_match(picture[None], labels.T).how == "with Y and X exchanged"


def test_edges_of_nothing_cannot_be_matched(field):
    picture, labels = field
    assert edge_match(picture[None], labels * 0) is None
    assert edge_match(picture[None] * 0, labels) is None


def test_a_large_plane_is_seen_through_a_window_about_its_labels():
    picture = np.zeros((900, 1300), dtype=np.uint16)
    labels = np.zeros(picture.shape, dtype=np.int32)
    small, objects = discs(np.random.default_rng(3), shape=(200, 260), n=20, radius=12.0)
    picture[650:850, 1000:1260], labels[650:850, 1000:1260] = small, objects
    found = edge_match(picture[None], np.roll(labels, -13, axis=0))
    assert abs(found.dy - 13) <= 1
    assert abs(found.dx) <= 1
    assert found.how == ""


def test_narrow_and_tiny_pictures_are_not_matched():
    for shape in ((3, 50), (50, 7), (1, 1)):
        labels = np.zeros(shape, dtype=int)
        labels[0, 0] = 1
        assert edge_match(np.random.default_rng(0).random((1, *shape)), labels) is None


def test_ids_of_objects_may_be_large():
    labels = np.zeros((20, 30), dtype=np.int32)
    labels[5:9, 5:9] = 2**31 - 2
    assert object_facts(labels)[:2] == (1, 0)


def test_objects_are_counted_and_measured():
    labels = np.zeros((20, 30), dtype=int)
    labels[2:6, 3:7] = 4
    labels[0:3, 20:24] = 9
    n, cut, diameters = object_facts(labels)
    assert (n, cut) == (2, 1)
    # Discs of 12 and 16 pixels.
    assert diameters == pytest.approx((3.909, 4.514), abs=0.001)
    assert object_facts(labels * 0) == (0, 0, ())


def test_the_rim_of_a_volume_is_that_of_its_planes():
    labels = np.zeros((3, 20, 30), dtype=int)
    labels[0:3, 8:10, 8:10] = 1
    n, cut, (diameter,) = object_facts(labels)
    assert (n, cut) == (1, 0)
    assert diameter == pytest.approx((6 * 12 / np.pi) ** (1 / 3))


def test_saturation_counts_in_objects_and_only_at_a_detectors_limit():
    channel = np.zeros((4, 10), dtype=np.uint8)
    channel[:, :5] = 255
    inside = np.zeros(channel.shape, dtype=bool)
    inside[:, 4:6] = True
    assert channel_facts(channel, inside).saturated == 0.5
    assert channel_facts(channel, None).saturated == 0.5
    assert channel_facts(channel // 2, inside).saturated == 0.0
    assert channel_facts(np.full((3, 4), 255), None).saturated == 0.0


def test_a_channel_without_numbers_is_flat():
    facts = channel_facts(np.full((3, 4), np.nan), None)
    assert facts.low == facts.high


def bits_apart(one, other):
    hashes = perceptual_hashes(np.stack([one, other]))
    return int(hashes[0] ^ hashes[1]).bit_count()


def test_a_scaled_noisy_copy_is_near_and_another_field_is_far(field):
    picture, _ = field
    rng = np.random.default_rng(0)
    copy = ndimage.zoom(picture.astype(float), 0.7, order=1)
    copy = copy * 0.4 + rng.normal(0, 20, copy.shape)
    other, _ = discs(np.random.default_rng(8), shape=(120, 170), n=40, radius=8.0)
    small, near, far = thumb(picture), thumb(copy), thumb(other)
    assert small.shape == (32, 32)
    assert bits_apart(small, near) <= 8
    assert (small * near).mean() > 0.95
    assert bits_apart(small, far) > 16
    assert (small * far).mean() < 0.6


def test_vignetting_makes_no_pictures_alike():
    y, x = np.mgrid[-1:1:100j, -1:1:140j]
    light = 1000 * (1.5 - y**2 - x**2)
    rng = np.random.default_rng(0)
    one, other = (thumb(light + rng.normal(0, 30, light.shape)) for _ in range(2))
    assert (one * other).mean() < 0.6


def test_a_blank_picture_has_no_thumb():
    assert thumb(np.full((40, 50), 7)) is None
    assert thumb(np.ones((1, 50))) is None
