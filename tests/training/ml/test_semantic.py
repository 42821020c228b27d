"""Semantic segmentation learns classes in planes and volumes, and only from what is labelled."""

import dataclasses

import numpy as np
import pytest
import tifffile
import torch

from tests.training.ml.synthetic import (
    TINY,
    discs,
    semantic_snapshot,
    tissue,
    write_item,
    write_manifest,
)
from training.metrics import METRICS
from training.ml.blocks import blocks
from training.ml.checkpoint import load_weights
from training.ml.config_io import config_from_dict
from training.ml.errors import TrainingError
from training.ml.frames import Frame
from training.ml.kinds import semantic_blocks
from training.ml.kinds.semantic_data import class_frames, one_hot, prepare_classes
from training.ml.kinds.semantic_predictor import distributions
from training.ml.manifest import Item, read_snapshot
from training.ml.run import load_predictor, train


def mean_iou(model, snapshot):
    predictor, family = load_predictor(model), METRICS["semantic"]
    scores = []
    for item in snapshot.of("val"):
        truth = tifffile.imread(item.label).astype(int)
        labels = predictor.predict(item).labels.reshape(truth.shape)
        scores.append(family.score(truth, labels))
    return family.pool(scores)["mean_iou"]


def blocks_agree(model, item, monkeypatch):
    """Each block sees all of the small picture, so that nothing may differ."""
    predictor = load_predictor(model, doubt=True)
    whole = predictor.predict(item)
    infer = dataclasses.replace(predictor.config.infer, whole=0.001)
    predictor.config = dataclasses.replace(predictor.config, infer=infer)
    # Smaller than settings may ask for.
    monkeypatch.setattr(
        semantic_blocks, "blocks", lambda shape, core, margin: blocks(shape, core=32, margin=margin)
    )
    cut = predictor.predict(item)
    assert isinstance(cut.labels, np.memmap)
    np.testing.assert_array_equal(cut.labels, whole.labels)
    for one, other in zip(cut.objects, whole.objects, strict=True):
        assert one == pytest.approx(other, abs=2e-4)
    assert dataclasses.astuple(cut.doubt) == pytest.approx(dataclasses.astuple(whole.doubt))
    np.testing.assert_allclose(cut.uncertainty_map(), whole.uncertainty_map(), atol=1)
    np.testing.assert_allclose(cut.probabilities, whole.probabilities, atol=1e-5)
    np.testing.assert_array_equal(cut.weights, whole.weights)
    assert cut.foreground == whole.foreground
    assert cut.embedding.shape == whole.embedding.shape
    assert cut.foreground_map.shape == whole.foreground_map.shape


@pytest.mark.slow
def test_learns_three_classes_and_an_untrained_network_does_not(tmp_path, monkeypatch):
    snapshot = read_snapshot(semantic_snapshot(tmp_path / "data"))
    config = config_from_dict(TINY | {"steps": 80})
    card = train(snapshot, config, tmp_path / "trained")
    train(snapshot, dataclasses.replace(config, steps=1), tmp_path / "untrained")
    assert mean_iou(tmp_path / "trained", snapshot) > 0.8
    assert mean_iou(tmp_path / "untrained", snapshot) < 0.5
    assert card.classes == ("disc", "band")
    assert card.metrics["mean_iou"] == pytest.approx(
        mean_iou(tmp_path / "trained", snapshot), abs=0.02
    )
    prediction = load_predictor(tmp_path / "trained").predict(snapshot.of("val")[0])
    assert prediction.labels.shape == (1, 1, 40, 56)
    assert [item["id"] for item in prediction.objects] == [1, 2]
    assert [item["class_index"] for item in prediction.objects] == [0, 1]
    assert all(0.4 < item["confidence"] <= 1 for item in prediction.objects)
    assert prediction.foreground == pytest.approx((prediction.labels > 0).mean())
    blocks_agree(tmp_path / "trained", snapshot.of("val")[0], monkeypatch)


def test_learns_volumes_of_two_channels(tmp_path):
    rng = np.random.default_rng(4)
    rows = []
    for at in range(4):
        picture, labels = discs(rng, shape=(8, 32, 44), n=6, radius=6)
        other = rng.integers(0, 500, picture.shape).astype(np.uint16)
        rows.append(
            write_item(tmp_path, f"v{at}", picture, labels > 0, split="val" if at == 3 else "train")
        )
        both = np.stack([other, picture], axis=1)
        tifffile.imwrite(tmp_path / "images" / f"v{at}.tif", both, metadata={"axes": "ZCYX"})
    snapshot = read_snapshot(
        write_manifest(tmp_path, rows, task_kind="semantic", classes=("cell",))
    )
    small = {"patch": 16, "patch_z": 4}
    config = config_from_dict(TINY | {"steps": 40, "data": small})
    card = train(snapshot, config, tmp_path / "out")
    assert (card.in_channels, card.config.network.dims) == (2, 3)
    assert mean_iou(tmp_path / "out", snapshot) > 0.7


@pytest.mark.slow
def test_strokes_of_each_class_are_enough_and_nothing_is_background(tmp_path):
    """Three strokes per picture: ground is a class of its own, unpainted pixels are unknown."""
    rng = np.random.default_rng(7)
    rows = []
    for at in range(5):
        picture, classes = tissue(rng)
        truth = classes + 1
        strokes = np.where(rng.random(truth.shape) < 0.08, truth, 0)
        shown = truth if at == 4 else strokes
        rows.append(
            write_item(tmp_path, f"p{at}", picture, shown, split="val" if at == 4 else "train")
        )
    folder = write_manifest(
        tmp_path, rows, task_kind="semantic", classes=("ground", "disc", "band"), ignore_value=0
    )
    snapshot = read_snapshot(folder)
    card = train(snapshot, config_from_dict(TINY | {"steps": 100}), tmp_path / "out")
    assert card.settings["background"] is False
    assert mean_iou(tmp_path / "out", snapshot) > 0.7
    labels = load_predictor(tmp_path / "out").predict(snapshot.items[0]).labels
    assert labels.min() >= 1


def test_what_nobody_labelled_changes_nothing(tmp_path):
    """Other labels under the ignore value, and outside the regions, give the same weights."""
    picture, classes = tissue(np.random.default_rng(3))
    left = {"regions": [[0, 0, 40, 28]]}
    hidden = classes.copy()
    hidden[:, 28:] = 255
    lies = classes.copy()
    lies[:, 28:] = 1
    weights = []
    for name, labels, more in (("ignored", hidden, {}), ("region", lies, left)):
        row = write_item(tmp_path / name, "a", picture, labels, **more)
        folder = write_manifest(
            tmp_path / name, [row], task_kind="semantic", classes=("disc", "band"), ignore_value=255
        )
        train(read_snapshot(folder), config_from_dict(TINY | {"steps": 3}), tmp_path / name)
        weights.append((tmp_path / name / "weights.safetensors").read_bytes())
    assert weights[0] == weights[1]


def test_rare_classes_are_shown_as_often_as_common_ones():
    labels = np.ones((60, 80), dtype=np.int32)
    labels[50, 70:72] = 2
    frame = Frame(Item("a", None), np.zeros((1, 60, 80)), labels, np.ones((60, 80), dtype=bool))
    prepared = prepare_classes(frame, config_from_dict({}), dims=2, first=0)
    at = prepared.centres.astype(int)
    assert np.bincount(prepared.labels[at[:, 0], at[:, 1]]).tolist() == [0, 0, 64, 64]


def test_targets_are_one_for_the_class_and_nothing_where_nobody_labelled():
    objects = torch.tensor([[[[0.0, 1.0, 2.0], [2.0, 0.0, 1.0]]]])
    targets = one_hot(2)(torch.zeros(1, 0, 2, 3), objects, torch.eye(2)[None])
    wanted = [[[0, 1, 0], [0, 0, 1]], [[0, 0, 1], [1, 0, 0]]]
    assert targets.tolist() == [torch.tensor(wanted).float().tolist()]


def test_distributions_keep_pixels_apart_by_class_and_certainty():
    chances = np.array([[0.99, 0.97, 0.6, 0.3], [0.01, 0.03, 0.4, 0.7]])
    probabilities, weights = distributions(chances, background=True)
    np.testing.assert_allclose(probabilities, [[0.6, 0.4], [0.98, 0.02], [0.3, 0.7]], atol=1e-6)
    assert weights.tolist() == [1, 0, 1]
    assert distributions(chances, background=False)[1].tolist() == [1, 2, 1]


def test_starts_from_an_earlier_model_and_takes_only_the_trunk_of_one_of_other_classes(tmp_path):
    snapshot = read_snapshot(semantic_snapshot(tmp_path / "data"))
    config = config_from_dict(TINY | {"steps": 2})
    train(snapshot, config, tmp_path / "first")
    card = train(snapshot, config, tmp_path / "second", init=tmp_path / "first")
    assert card.provenance["init_parts"] == "all"
    more = read_snapshot(semantic_snapshot(tmp_path / "more", ignore_value=0))
    card = train(more, config, tmp_path / "third", init=tmp_path / "first")
    assert card.provenance["init_parts"] == "trunk", "without a background"
    swapped = dataclasses.replace(snapshot, classes=("band", "disc"))
    card = train(swapped, config, tmp_path / "fourth", init=tmp_path / "first")
    assert card.provenance["init_parts"] == "trunk", "the same number of other classes"


def test_refuses_a_label_that_is_no_class_and_pictures_of_one_class():
    frame = Frame(
        Item("a", None), np.zeros((1, 2, 3)), np.full((2, 3), 4), np.ones((2, 3), dtype=bool)
    )
    with pytest.raises(TrainingError, match="holds 4, but there are 3 classes"):
        class_frames([frame], ignore_value=None, n_classes=3)
    (kept,) = class_frames([frame], ignore_value=4, n_classes=3)
    assert not kept.valid.any()


def test_refuses_a_training_set_of_one_class(tmp_path):
    picture, classes = tissue(np.random.default_rng(0))
    row = write_item(tmp_path, "a", picture, classes * 0)
    snapshot = read_snapshot(
        write_manifest(tmp_path, [row], task_kind="semantic", classes=("cell",))
    )
    with pytest.raises(TrainingError, match="all of one class"):
        train(snapshot, config_from_dict(TINY), tmp_path / "out")


def test_weights_hold_one_map_per_class(tmp_path):
    snapshot = read_snapshot(semantic_snapshot(tmp_path / "data"))
    train(snapshot, config_from_dict(TINY | {"steps": 1}), tmp_path / "out")
    assert load_weights(tmp_path / "out" / "weights.safetensors")["head.weight"].shape[0] == 3
