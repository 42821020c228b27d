"""Scale and thresholds of a prediction are found from what the network sees, not from luck."""

import dataclasses

import numpy as np
import pytest

from tests.training.ml.synthetic import TINY
from training.ml.config_io import config_from_dict
from training.ml.kinds.instance import exceeds_chance
from training.ml.manifest import read_snapshot
from training.ml.pictures import read_labels, read_picture
from training.ml.run import load_predictor, train
from training.ml.scaling import typical_diameter


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
