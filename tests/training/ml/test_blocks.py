"""Large pictures: blocks cover once, objects at seams are whole and found once."""

import dataclasses

import numpy as np
import pytest

from tests.training.ml.synthetic import TINY, discs
from training.metrics import METRICS
from training.ml.blocks import add_block, blocks
from training.ml.config_io import config_from_dict
from training.ml.intensity import find_marks, normalise, scale_by
from training.ml.manifest import Item, read_snapshot
from training.ml.pictures import write_labels
from training.ml.run import load_predictor, train


def test_cores_cover_a_plane_once_and_margins_stay_inside():
    covered = np.zeros((70, 45), dtype=int)
    parts = list(blocks(covered.shape, core=32, margin=8))
    for block in parts:
        covered[block.core] += 1
        assert covered[block.seen].shape <= (48, 45)
    assert (covered == 1).all()
    assert len(parts) == 6
    assert parts[0].core == (slice(0, 32), slice(0, 32))
    assert parts[0].seen == (slice(0, 40), slice(0, 40))
    assert parts[3].seen == (slice(24, 70), slice(24, 45))


def test_an_object_at_a_seam_is_taken_whole_and_once():
    # One bar over the seam at column 10, its middle in the right core; one dot in the left.
    whole = np.zeros((6, 22), dtype=np.int32)
    left, right, _ = blocks(whole.shape, core=10, margin=12)
    truth = np.zeros_like(whole)
    truth[2, 8:20] = 1
    truth[5, 1] = 2
    first = add_block(whole, left, truth[left.seen].copy(), last=0)
    assert whole[5, 1] == 1
    assert first == [2]
    assert (whole[2] == 0).all()
    second = add_block(whole, right, truth[right.seen].copy(), last=1)
    assert second == [1]
    assert (whole[2, 8:20] == 2).all()
    assert add_block(whole, right, truth[right.seen].copy(), last=2) == []


@pytest.mark.slow
def test_blocks_find_what_the_whole_picture_shows(discs_folder, tmp_path):
    train(read_snapshot(discs_folder), config_from_dict(TINY | {"steps": 120}), tmp_path / "model")
    picture, truth = discs(np.random.default_rng(4), shape=(300, 530), n=260)
    write_labels(tmp_path / "large.tif", picture[None, None])
    item = Item("large", tmp_path / "large.tif")
    predictor = load_predictor(tmp_path / "model")
    whole = predictor.predict(item)
    infer = dataclasses.replace(predictor.config.infer, whole=0.01, block=256)
    predictor.config = dataclasses.replace(predictor.config, infer=infer)
    joined = predictor.predict(item)
    family = METRICS["instance"]

    def agreement(one, other):
        return family.pool([family.score(one[0, 0], other[0, 0])])

    assert joined.labels.shape == (1, 1, 300, 530)
    # The scale is found in another window, so that outlines may differ by a pixel.
    assert agreement(whole.labels, joined.labels)["ap75"] > 0.98
    assert agreement(truth[None, None], joined.labels)["ap50"] > 0.9
    assert len(joined.objects) == joined.labels.max() == len(np.unique(joined.labels)) - 1
    assert joined.foreground == pytest.approx((joined.labels > 0).mean())
    assert joined.embedding.shape == whole.embedding.shape
    assert joined.weights.shape == whole.weights.shape
    unsure, sure = joined.uncertainty_map(), whole.uncertainty_map()
    assert unsure.shape == sure.shape == (1, 1, 300, 530)
    assert np.corrcoef(unsure.ravel(), sure.ravel())[0, 1] > 0.8
    assert abs(unsure.mean() - sure.mean()) < 0.1 * sure.mean()


def test_marks_of_the_whole_scale_a_part_like_the_whole():
    picture = np.random.default_rng(0).normal(500, 90, (2, 40, 56)).astype(np.float32)
    marks = find_marks(picture, low=1, high=99)
    part = scale_by(picture[:, 5:20, 9:30], marks)
    np.testing.assert_allclose(part, normalise(picture, low=1, high=99)[:, 5:20, 9:30], rtol=1e-6)
