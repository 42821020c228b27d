"""Models that were used a moment ago are not read again; others are, and few are kept."""

import json
import shutil

from training.ml import warm
from training.ml.config_io import config_from_dict
from training.ml.manifest import read_snapshot
from training.ml.run import train
from training.ml.warm import MOST_WARM, warm_predictor


def test_the_same_files_give_the_same_predictor_wherever_they_lie(crops_folder, tmp_path):
    warm._warm.clear()
    snapshot = read_snapshot(crops_folder)
    train(snapshot, config_from_dict({"model": "softmax"}), tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    first = warm_predictor(tmp_path / "a")
    assert warm_predictor(tmp_path / "b") is first
    for number in range(MOST_WARM):
        card = json.loads((tmp_path / "b" / "model.json").read_text())
        card["provenance"]["seed"] = 100 + number
        (tmp_path / "b" / "model.json").write_text(json.dumps(card))
        assert warm_predictor(tmp_path / "b") is not first
    assert len(warm._warm) == MOST_WARM
    assert warm_predictor(tmp_path / "a") is not first, "the oldest made room"
