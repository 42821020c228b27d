"""A run calibrates on its validation split, says so in its report, and every prediction uses it."""

import dataclasses
import json
import shutil

import numpy as np
import pytest
import torch

from tests.training.ml.synthetic import (
    TINY,
    class_snapshot,
    discs,
    instance_snapshot,
    semantic_snapshot,
    several_snapshot,
)
from training.ml.calibration import apply_temperature, load_confidence, soften
from training.ml.config_io import config_from_dict
from training.ml.errors import TrainingError
from training.ml.frames import make_frame
from training.ml.kinds.instance_calibration import count_pixels, judge_objects
from training.ml.kinds.semantic_calibration import sample_pixels
from training.ml.manifest import Item, read_snapshot
from training.ml.run import load_predictor, train


def recalibrated(model, out, calibration):
    """Copy of a model whose card holds another calibration."""
    shutil.copytree(model, out)
    card = json.loads((out / "model.json").read_text())
    card["settings"]["calibration"] = calibration
    (out / "model.json").write_text(json.dumps(card))
    return load_predictor(out)


@pytest.fixture(scope="module")
def instance_run(tmp_path_factory):
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("calibrated")
    data = instance_snapshot(folder / "data", train=2, val=4, n=12)
    snapshot = read_snapshot(data)
    train(snapshot, config_from_dict(TINY | {"steps": 40, "validations": 1}), folder / "out")
    return snapshot, folder / "out"


def test_an_instance_run_reports_objects_and_pixels(instance_run):
    _, out = instance_run
    found = json.loads((out / "report.json").read_text())["calibration"]
    assert found.keys() == {"objects", "pixels"}
    for section in found.values():
        assert section["code"] in ("calibrated", "too_few", "no_gain")
        assert section["reason"]
        assert sum(row["n"] for row in section["curves"]["before"]) == section["n"]
    used = {name for name, section in found.items() if section["used"]}
    card = json.loads((out / "model.json").read_text())
    assert card["settings"].get("calibration", {}).keys() == used


def test_confidences_and_foreground_are_calibrated_in_predictions(instance_run, tmp_path):
    snapshot, out = instance_run
    curve = {"kind": "logistic", "slope": 1.5, "offset": -1.0}
    plain = recalibrated(out, tmp_path / "plain", {}).predict(snapshot.items[0])
    told = recalibrated(
        out, tmp_path / "told", {"objects": curve, "pixels": {"temperature": 2.0}}
    ).predict(snapshot.items[0])
    np.testing.assert_array_equal(plain.labels, told.labels)
    before = np.array([one["confidence"] for one in plain.objects])
    after = np.array([one["confidence"] for one in told.objects])
    assert len(before) > 0
    np.testing.assert_allclose(after, load_confidence(curve).apply(before), atol=2e-3)
    np.testing.assert_array_equal(plain.weights, told.weights)
    np.testing.assert_allclose(
        told.probabilities[:, 1], soften(plain.probabilities[:, 1], 2.0), atol=1e-6
    )


def test_a_calibration_that_nobody_knows_is_refused(instance_run, tmp_path):
    with pytest.raises(TrainingError, match="bad_model"):
        recalibrated(instance_run[1], tmp_path / "odd", {"objects": {"kind": "magic"}})


@pytest.mark.parametrize("model", ["network", "softmax"])
def test_a_classifier_reports_and_uses_its_temperature(model, tmp_path):
    snapshot = read_snapshot(class_snapshot(tmp_path / "data"))
    train(snapshot, config_from_dict(TINY | {"steps": 3, "model": model}), tmp_path / "out")
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    # Six items in the validation split: too few, and it is said.
    assert report["calibration"]["classes"]["code"] == "too_few"
    assert "There are 6 items" in report["calibration"]["classes"]["reason"]
    item = snapshot.items[1]
    plain = load_predictor(tmp_path / "out").predict(item).class_probabilities
    warm = recalibrated(tmp_path / "out", tmp_path / "warm", {"classes": {"temperature": 3.0}})
    expected = apply_temperature(np.array(plain), 3.0)
    np.testing.assert_allclose(warm.predict(item).class_probabilities, expected, atol=1e-6)


def test_calibration_can_be_left_out(tmp_path):
    snapshot = read_snapshot(class_snapshot(tmp_path / "data"))
    plain = config_from_dict(TINY | {"steps": 2, "uncertainty": {"calibrate": False}})
    train(snapshot, plain, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "report.json").read_text())["calibration"] == {}


def test_objects_are_right_that_match_where_somebody_labelled():
    truth = np.zeros((8, 20), dtype=int)
    truth[1:5, 1:5], truth[1:5, 8:12] = 1, 2
    labels = np.zeros_like(truth)
    labels[1:5, 1:4] = 1  # 12 of 16 pixels: IoU 0.75
    labels[1:3, 8:12] = 2  # 8 of 16: IoU 0.5
    labels[6:8, 0:4] = 3  # nothing there
    labels[1:5, 16:20] = 4  # nobody looked
    valid = np.ones(truth.shape, dtype=bool)
    valid[:, 15:] = False
    correct, known = judge_objects(truth, labels, valid)
    np.testing.assert_array_equal(correct[:3], [True, True, False])
    np.testing.assert_array_equal(known, [True, True, True, False])


def test_pixels_are_counted_by_probability_and_truth():
    _, labels = discs(np.random.default_rng(0), shape=(24, 40), n=3)
    item = Item(id="a", image=None, regions=((0, 0, 24, 30),))
    frame = make_frame(item, np.zeros((1, 1, 24, 40)), labels[None], dims=2)
    foreground = np.where(labels > 0, 0.9, 0.0).astype(np.float32)
    values, true, counts = count_pixels(foreground, frame)
    inside = (labels[:, :30] > 0).sum()
    assert counts[true].sum() == inside
    assert counts[~true].sum() == 24 * 30 - inside
    assert values[true] == pytest.approx(0.9, abs=0.01)
    assert values[~true] == pytest.approx(0.0, abs=1e-3)


def test_a_semantic_run_calibrates_the_classes_of_pixels(tmp_path):
    snapshot = read_snapshot(semantic_snapshot(tmp_path / "data", train=2, val=4))
    train(snapshot, config_from_dict(TINY | {"steps": 20, "validations": 1}), tmp_path / "out")
    found = json.loads((tmp_path / "out" / "report.json").read_text())["calibration"]["classes"]
    assert found["code"] in ("calibrated", "no_gain")
    assert found["n"] == 4 * 40 * 56
    card = json.loads((tmp_path / "out" / "model.json").read_text())
    assert card["settings"].get("calibration", {}) == (
        {"classes": found["settings"]} if found["used"] else {}
    )
    item = snapshot.of("val")[0]
    plain = recalibrated(tmp_path / "out", tmp_path / "plain", {}).predict(item)
    warm = recalibrated(
        tmp_path / "out", tmp_path / "warm", {"classes": {"temperature": 3.0}}
    ).predict(item)
    np.testing.assert_array_equal(plain.labels, warm.labels)
    # Softer in the mean, and still distributions.
    assert warm.objects[0]["confidence"] < plain.objects[0]["confidence"]
    np.testing.assert_allclose(warm.probabilities.sum(axis=1), 1, atol=1e-5)


def test_pixels_are_sampled_evenly_where_somebody_labelled():
    labels = np.arange(24).reshape(1, 4, 6) % 3
    item = Item(id="a", image=None, regions=((0, 0, 4, 3),))
    frame = make_frame(item, np.zeros((1, 1, 4, 6)), labels, dims=2)
    chances = np.stack([np.full((4, 6), at) for at in (0.2, 0.3, 0.5)])
    values, truth, counts = sample_pixels(frame, chances, first=0, most=6)
    assert values.tolist() == [[0.2, 0.3, 0.5]] * 6
    assert set(truth) <= {0, 1, 2}
    assert counts.sum() == 12
    _, truth, counts = sample_pixels(frame, chances, first=0, most=100)
    assert truth.tolist() == [0, 1, 2] * 4
    assert counts.tolist() == [1] * 12


@pytest.mark.slow
@pytest.mark.parametrize("model", ["network", "softmax"])
def test_thresholds_of_several_classes_are_on_the_calibrated_scale(model, tmp_path):
    snapshot = read_snapshot(several_snapshot(tmp_path / "data", each=16))
    items = tuple(
        dataclasses.replace(item, split="train" if at % 2 else "val")
        for at, item in enumerate(snapshot.items)
    )
    snapshot = dataclasses.replace(snapshot, items=items)
    train(snapshot, config_from_dict(TINY | {"steps": 3, "model": model}), tmp_path / "out")
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["calibration"]["classes"]["n"] == 64
    item = snapshot.items[0]
    plain = recalibrated(tmp_path / "out", tmp_path / "plain", {}).predict(item)
    warm = recalibrated(
        tmp_path / "out", tmp_path / "warm", {"classes": {"temperature": 3.0}}
    ).predict(item)
    expected = soften(np.array(plain.class_probabilities), 3.0)
    np.testing.assert_allclose(warm.class_probabilities, expected, atol=1e-5)
    # What the report scores is what the model says with these thresholds.
    thresholds = json.loads((tmp_path / "out" / "model.json").read_text())["settings"]["thresholds"]
    own = load_predictor(tmp_path / "out").predict(item)
    said = [one["class_index"] for one in own.objects]
    assert said == [at for at, p in enumerate(own.class_probabilities) if p >= thresholds[at]]
