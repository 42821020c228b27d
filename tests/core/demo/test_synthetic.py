"""The generator of fluorescence fields."""

import numpy as np
import pytest
from scipy import ndimage

from cytoloop.demo.synthetic import FieldConfig, make_field, make_fields

CONFIG = FieldConfig(shape=(120, 168), nuclei=(10, 18), diameter=18.0)


def test_the_same_seed_gives_the_same_field() -> None:
    first = make_field(CONFIG, np.random.default_rng(3))
    again = make_field(CONFIG, np.random.default_rng(3))
    other = make_field(CONFIG, np.random.default_rng(4))
    assert np.array_equal(first.image, again.image)
    assert np.array_equal(first.labels, again.labels)
    assert not np.array_equal(first.labels, other.labels)


def test_image_and_labels_are_16_bit_of_the_asked_shape() -> None:
    field = make_field(CONFIG, np.random.default_rng(0))
    assert field.image.shape == field.labels.shape == (120, 168)
    assert field.image.dtype == field.labels.dtype == np.uint16
    assert 255 < field.image.max() < 65535


def test_each_nucleus_is_one_piece_and_brighter_than_its_surroundings() -> None:
    field = make_field(CONFIG, np.random.default_rng(5))
    ids = np.unique(field.labels[field.labels > 0])
    assert len(ids) >= 5
    for number in ids:
        assert ndimage.label(field.labels == number)[1] == 1
    inside = ndimage.mean(field.image, field.labels, ids)
    background = field.image[field.labels == 0]
    assert np.mean(inside > np.median(background)) > 0.9


def test_fields_hold_touching_nuclei_and_dim_ones() -> None:
    fields = make_fields(8, CONFIG, np.random.default_rng(1))
    touching = 0
    ratios = []
    for field in fields:
        across = field.labels[:, :-1], field.labels[:, 1:]
        touching += int(((across[0] != across[1]) & (across[0] > 0) & (across[1] > 0)).sum())
        ids = np.unique(field.labels[field.labels > 0])
        means = ndimage.mean(field.image, field.labels, ids)
        ratios.append(means.min() / means.max())
    assert touching > 20
    assert min(ratios) < 0.5


@pytest.mark.parametrize("shape", [(64, 200), (200, 64)])
def test_fields_may_have_any_shape(shape: tuple[int, int]) -> None:
    field = make_field(FieldConfig(shape=shape), np.random.default_rng(2))
    assert field.labels.shape == shape
    assert field.labels.max() > 0


def test_clusters_may_grow_out_of_the_field() -> None:
    config = FieldConfig(shape=(60, 90), nuclei=(40, 60), clustered=1.0)
    for seed in range(20):
        field = make_field(config, np.random.default_rng(seed))
        assert field.labels.shape == (60, 90)
