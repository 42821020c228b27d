"""Scale and thresholds of a prediction are found from what the network sees, not from luck."""

import dataclasses
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.ml.synthetic import TINY, discs
from training.decoding.interior import cores
from training.ml.config_io import config_from_dict
from training.ml.data import prepare
from training.ml.frames import compact, make_frame
from training.ml.kinds.instance import exceeds_chance
from training.ml.kinds.instance_look import TRIED, look
from training.ml.kinds.instance_scale import guess_diameter
from training.ml.manifest import Item, read_snapshot
from training.ml.pictures import read_labels, read_picture
from training.ml.run import load_predictor, train
from training.ml.scaling import object_diameters, on_grid, typical_diameter


@pytest.mark.slow
@pytest.mark.parametrize("guess", [6.0, 16.0])
def test_finds_the_scale_of_a_picture_whose_first_guess_is_wrong(guess, discs_folder, tmp_path):
    snapshot = read_snapshot(discs_folder)
    train(snapshot, config_from_dict(TINY | {"steps": 120}), tmp_path)
    predictor, item = load_predictor(tmp_path), snapshot.items[0]
    picture, truth = read_picture(item.image)[0, :, 0], read_labels(item.label)[0, 0]
    right = predictor.config.data.diameter / typical_diameter(truth)

    def zoom(passes):
        infer = dataclasses.replace(predictor.config.infer, passes=passes)
        predictor.config = dataclasses.replace(predictor.config, infer=infer)
        maps = predictor.map_frame(picture, diameter=guess).maps
        return maps.shape[1] / picture.shape[1]

    assert zoom(passes=1) != pytest.approx(right, rel=0.3)
    assert zoom(passes=6) == pytest.approx(right, rel=0.15)


@pytest.mark.parametrize(
    ("gains", "more"),
    [
        ([0.0, 0.0, 0.0, 0.0], False),
        ([0.01, 0.01, 0.01, 0.01], True),
        # One lucky picture: mean 0.1, standard error 0.1.
        ([0.4, 0.0, 0.0, 0.0], False),
        # Mean 0.03, standard error 0.013.
        ([0.0, 0.02, 0.04, 0.06], True),
        ([-0.01, -0.01, -0.01, -0.01], False),
    ],
)
def test_a_threshold_is_changed_only_where_the_pictures_agree(gains, more):
    assert exceeds_chance(np.array(gains)) is more


class Looked:
    """Finds objects of 12 pixels, but only at a scale that is less than `reach` times off."""

    def __init__(self, *, reach, passes=6, wanted=20.0):
        self.reach, self.looks = reach, []
        self.card = SimpleNamespace(settings={"diameters": {"median": 10.0}})
        self.config = SimpleNamespace(
            data=SimpleNamespace(diameter=wanted), infer=SimpleNamespace(passes=passes)
        )

    def map_at(self, values, diameter, _anisotropy, *, ask):
        self.looks.append((values.shape[-2:], diameter, ask))
        is_near = max(diameter / 12, 12 / diameter) < self.reach
        return SimpleNamespace(diameter=diameter, n_found=30 if is_near else 1)

    def measure(self, mapped):
        return mapped, 12.0 if mapped.n_found > 1 else None


PICTURE = np.zeros((1, 100, 140), dtype=np.float32)


@pytest.mark.parametrize(
    ("predictor", "guess", "taken"),
    [
        (Looked(reach=9), 12.5, [12.5]),
        (Looked(reach=9), 30.0, [30.0, 12.0]),
        # Nothing to measure at the guess; the usual size shows more.
        (Looked(reach=2), 30.0, [30.0, 10.0, 12.0]),
        # Nothing either way: the guess stays.
        (Looked(reach=1), 30.0, [30.0, 10.0]),
        (Looked(reach=1), 10.5, [10.5]),
        (Looked(reach=9, passes=1), 30.0, [30.0]),
        (Looked(reach=9, wanted=0.0), 30.0, [30.0]),
    ],
)
def test_a_picture_is_looked_at_until_the_scale_agrees(predictor, guess, taken):
    mapped, size = look(predictor, PICTURE, guess, 1.0, ask="doubts")
    assert [diameter for _, diameter, _ in predictor.looks] == taken
    assert all(ask == "doubts" for _, _, ask in predictor.looks)
    assert mapped.diameter == size
    assert size == (guess if predictor.reach == 1 else taken[-1])


def test_one_large_blob_does_not_decide_the_first_guess():
    y, x = np.ogrid[:300, :420]
    picture = np.zeros((300, 420), dtype=np.float32)
    for number in range(40):
        middle = (20 + 40 * (number // 10), 20 + 40 * (number % 10))
        picture[(y - middle[0]) ** 2 + (x - middle[1]) ** 2 < 10**2] = 1
    assert guess_diameter(picture[None]) == pytest.approx(20, rel=0.15)
    picture[180:, 60:] = 1
    assert 15 < guess_diameter(picture[None]) < 30


def test_a_large_picture_is_looked_at_as_a_whole_once_its_scale_is_known():
    predictor = Looked(reach=9)
    large = np.zeros((1, 2000, 1500), dtype=np.float32)
    large[:, 1600:, 1100:] = np.random.default_rng(0).random((400, 400))
    mapped, size = look(predictor, large, 24.0, 1.0, ask="doubts")
    side = int(np.ceil(TRIED * 24 / 20))
    window = (side, side)
    assert predictor.looks == [
        (window, 24.0, None),
        (window, 12.0, None),
        ((2000, 1500), 12.0, "doubts"),
    ]
    assert (mapped.diameter, size) == (12.0, 12.0)


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_sides_are_rounded_by_a_thirty_second_at_most(height, width):
    for before, after in zip((height, width), on_grid((height, width)), strict=True):
        assert abs(after - before) <= before / 32
        assert after == before or before >= 64


def test_sides_come_in_sixteen_steps_from_one_power_of_two_to_the_next():
    assert len({on_grid((side,)) for side in range(256, 1024)}) == 33


def test_ids_may_be_large():
    _, labels = discs(np.random.default_rng(3), shape=(48, 64), n=6)
    ids = np.where(labels > 0, labels.astype(np.int64) * 3 + 2_000_000_000, 0).astype(np.int32)
    np.testing.assert_array_equal(object_diameters(ids), object_diameters(labels))
    classes = {2_000_000_000 + 3 * at: at % 2 for at in range(1, 5)}
    item = Item("large", Path("large.tif"), object_classes=classes)
    frame = make_frame(item, ids[None, None], ids[None], dims=2)
    (renumbered,) = compact([frame])
    np.testing.assert_array_equal(renumbered.labels, labels)
    assert renumbered.item.object_classes == {at: at % 2 for at in range(1, 5)}
    small = make_frame(item, ids[None, None], labels[None], dims=2)
    assert compact([small]) == [small]


def test_one_hot_pixel_leaves_what_a_network_sees_finite():
    picture, labels = discs(np.random.default_rng(3), shape=(48, 64), n=6)
    bright = picture.astype(np.float32) / picture.max()
    bright[5, 7], bright[6, 8] = 1e9, -1e9
    frame = make_frame(Item("hot", Path("hot.tif")), bright[None, None], labels[None], dims=2)
    prepared = prepare(frame, config_from_dict(TINY), dims=2)
    assert np.isfinite(prepared.stack).all()


def test_thin_objects_keep_a_core():
    labels = np.zeros((20, 30), dtype=np.int32)
    labels[2:12, 2:12], labels[15:17, 2:28] = 1, 2
    core = cores(labels, labels > 0)
    assert (core == 2).sum() == 52
    assert (core == 1).sum() == 64
    assert not cores(labels, np.zeros(labels.shape, dtype=bool)).any()
