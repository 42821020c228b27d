"""What holds for every kind of work that can be trained, and for every family of metrics."""

import dataclasses
import json

import numpy as np
import pytest
import tifffile
import torch
from safetensors.torch import load_file

from tests.training.ml.synthetic import (
    TINY,
    class_snapshot,
    instance_snapshot,
    semantic_snapshot,
    several_snapshot,
    write_item,
    write_manifest,
)
from training.metrics import METRICS
from training.ml.config_io import config_from_dict
from training.ml.errors import TrainingError
from training.ml.kinds import TASK_KINDS
from training.ml.manifest import Item, read_snapshot
from training.ml.run import load_predictor, train
from training.ml.trainer import StoppedError

FOLDERS = {
    "instance": instance_snapshot,
    "classification": class_snapshot,
    "multilabel": several_snapshot,
    "semantic": semantic_snapshot,
}
TRUTHS = {
    "instance": (np.array([[0, 1, 1], [2, 2, 0]]), np.array([[0, 3, 3], [1, 1, 0]])),
    "classification": (1, [0.0, 1.0, 0.0]),
    "multilabel": ([0, 2], ([0.9, 0.1, 0.6], [0, 2])),
    "semantic": (np.array([[0, 1, -1], [2, 2, 0]]), np.array([[0, 1, 1], [2, 2, 0]])),
}
WRONG = {
    "instance": (np.array([[0, 1, 1], [2, 2, 0]]), np.array([[0, np.nan, 1], [2, 2, 0]])),
    "classification": (1, [np.nan, 0.5, 0.5]),
    "multilabel": ([0, 2], ([0.9, np.nan, 0.6], [0, 2])),
    "semantic": (np.array([[0, 1, 1], [2, 2, 0]]), np.array([[0, np.nan, 1], [2, 2, 0]])),
}


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
    torch.use_deterministic_algorithms(False)


def test_every_kind_has_its_data_and_its_metrics():
    assert FOLDERS.keys() == TASK_KINDS.keys() == METRICS.keys() == TRUTHS.keys() == WRONG.keys()
    assert all(kind.name == name for name, kind in TASK_KINDS.items())
    assert all(family.name == name for name, family in METRICS.items())


@pytest.mark.slow
@pytest.mark.parametrize("name", TASK_KINDS)
def test_an_interrupted_run_ends_with_the_weights_of_an_uninterrupted_one(name, tmp_path):
    snapshot = read_snapshot(FOLDERS[name](tmp_path / "data"))
    config = config_from_dict(TINY | {"steps": 6, "seed": 3})
    train(snapshot, config, tmp_path / "whole")
    asked = []

    def stop():
        asked.append(1)
        return len(asked) > 4

    with pytest.raises(StoppedError):
        train(snapshot, config, tmp_path / "parts", stop=stop)
    torch.manual_seed(99)
    train(snapshot, config, tmp_path / "parts")
    whole, parts = (load_file(tmp_path / run / "weights.safetensors") for run in ("whole", "parts"))
    assert whole.keys() == parts.keys()
    assert all(torch.equal(whole[key], parts[key]) for key in whole)


@pytest.mark.slow
@pytest.mark.parametrize("name", TASK_KINDS)
def test_one_seed_gives_one_model_and_another_seed_another(name, tmp_path):
    snapshot = read_snapshot(FOLDERS[name](tmp_path / "data"))
    config = config_from_dict(TINY | {"steps": 2, "seed": 5})
    weights = []
    for run, seed in enumerate((5, 5, 6)):
        train(snapshot, dataclasses.replace(config, seed=seed), tmp_path / str(run))
        weights.append((tmp_path / str(run) / "weights.safetensors").read_bytes())
    assert weights[0] == weights[1] != weights[2]


@pytest.mark.slow
@pytest.mark.parametrize("name", TASK_KINDS)
def test_pictures_of_other_shapes_are_predicted_and_wrong_ones_refused(name, tmp_path):
    snapshot = read_snapshot(FOLDERS[name](tmp_path / "data"))
    train(snapshot, config_from_dict(TINY | {"steps": 1}), tmp_path / "out")
    predictor = load_predictor(tmp_path / "out")
    rng = np.random.default_rng(0)
    for shape in ((23, 61), (70, 19)):
        write_item(tmp_path, "other", rng.integers(0, 200, shape).astype(np.uint8))
        prediction = predictor.predict(Item("other", tmp_path / "images" / "other.tif"))
        if prediction.labels is not None:
            assert prediction.labels.shape == (1, 1, *shape)
            ids = {item["id"] for item in prediction.objects}
            assert ids == set(np.unique(prediction.labels).tolist()) - {0}
        np.testing.assert_allclose(prediction.probabilities.sum(axis=1), 1, atol=1e-5)
        assert prediction.weights.shape == prediction.probabilities.shape[:1]
    pair = rng.integers(0, 200, (2, 23, 61)).astype(np.uint8)
    tifffile.imwrite(tmp_path / "images" / "pair.tif", pair, metadata={"axes": "CYX"})
    (tmp_path / "images" / "broken.tif").write_bytes(b"no picture")
    for wrong, code in (("pair", "channel_mismatch"), ("broken", "unreadable_picture")):
        with pytest.raises(TrainingError, match=code):
            predictor.predict(Item(wrong, tmp_path / "images" / f"{wrong}.tif"))


@pytest.mark.parametrize("name", TASK_KINDS)
def test_nothing_labelled_is_refused(name, tmp_path):
    row = write_item(tmp_path, "a", np.zeros((24, 40), np.uint8))
    snapshot = read_snapshot(write_manifest(tmp_path, [row], task_kind=name, classes=("a", "b")))
    with pytest.raises(TrainingError, match="nothing_to_learn"):
        train(snapshot, config_from_dict(TINY), tmp_path / "out")


@pytest.mark.parametrize("name", METRICS)
def test_the_truth_scores_one_and_nonsense_is_refused(name):
    family = METRICS[name]
    score = family.score(*TRUTHS[name])
    pooled = family.pool([score, score])
    assert family.item_value(score) == pooled[family.primary] == 1
    assert json.loads(json.dumps(pooled)) == pooled
    assert all(np.isfinite(value) for value in pooled.values())
    with pytest.raises(ValueError, match="NaN"):
        family.score(*WRONG[name])
    with pytest.raises(ValueError, match="to score"):
        family.pool([])
