"""Classes of objects beside the outlines: learnt from what is classed, said of what is found."""

import dataclasses
import json

import numpy as np
import pytest
import tifffile
import torch

from tests.training.ml.synthetic import TINY, discs, write_item, write_manifest
from training.ml.config import DecodeConfig
from training.ml.config_io import config_from_dict
from training.ml.errors import TrainingError
from training.ml.heads import HEADS, build_head
from training.ml.heads.classed import class_targets
from training.ml.kinds.object_classes import count_classes
from training.ml.manifest import read_snapshot
from training.ml.run import load_predictor, train


def classed_snapshot(folder, *, items=5, classes=("bright", "dim")):
    """Discs, of which half are dim."""
    rng = np.random.default_rng(2)
    rows = []
    for at in range(items):
        picture, labels = discs(rng, n=8)
        dim = labels % 2 == 0
        picture = np.where((labels > 0) & dim, picture // 3 + 200, picture).astype(np.uint16)
        named = {str(n): int(n % 2 == 0) for n in np.unique(labels[labels > 0])}
        split = "val" if at == items - 1 else "train"
        rows.append(
            write_item(folder, f"o{at}", picture, labels, split=split, object_classes=named)
        )
    return write_manifest(folder, rows, classes=classes)


@pytest.mark.slow
def test_objects_get_their_classes(tmp_path):
    snapshot = read_snapshot(classed_snapshot(tmp_path / "data"))
    # Brightness tells the classes apart here, so it must not be varied.
    config = config_from_dict(
        TINY | {"steps": 120, "augment": {"gamma": 0.0, "contrast": 0.0, "brightness": 0.0}}
    )
    card = train(snapshot, config, tmp_path / "out")
    assert card.settings["object_classes"] == 2
    assert {"ap50_class_1", "ap50_class_2", "map50"} <= card.metrics.keys()
    item = snapshot.of("val")[0]
    prediction = load_predictor(tmp_path / "out").predict(item)
    right = []
    for found in prediction.objects:
        assert sum(found["class_probabilities"]) == pytest.approx(1, abs=1e-3)
        assert found["class_index"] == int(np.argmax(found["class_probabilities"]))
    truth = tifffile.imread(item.label)
    for found in prediction.objects:
        under = truth[prediction.labels[0, 0] == found["id"]]
        number = int(np.bincount(under).argmax())
        if number:
            right.append(item.object_classes[number] == found["class_index"])
    assert len(right) >= 3
    assert np.mean(right) > 0.7
    in_blocks = load_predictor(tmp_path / "out")
    infer = dataclasses.replace(in_blocks.config.infer, whole=1e-6)
    in_blocks.config = dataclasses.replace(in_blocks.config, infer=infer)
    assert all("class_index" in found for found in in_blocks.predict(item).objects)
    # What is kept for clicks holds the outlines' maps only.
    assert prediction.maps.frames[0].maps.shape[0] == HEADS[config.head].channels(2)


@pytest.mark.parametrize("name", HEADS)
def test_a_head_with_classes_is_the_head_and_the_classes(name):
    _, labels = discs(np.random.default_rng(3), shape=(70, 90), n=9, radius=6)
    named = {n: n % 3 for n in range(1, int(labels.max()) + 1) if n != 2}
    head, inner = build_head(name, n_classes=3), HEADS[name]
    assert head.channels(2) == inner.channels(2) + 3
    maps = np.concatenate([inner.targets(labels), class_targets(labels, named, n_classes=3)])
    decoded = head.decode(maps, DecodeConfig(), area=float(np.median(np.bincount(labels.flat)[1:])))
    assert decoded.classes.shape == (len(decoded.scores), 3)
    for at in range(1, len(decoded.scores) + 1):
        number = int(np.bincount(labels[decoded.labels == at]).argmax())
        if number in named:
            assert decoded.classes[at - 1].argmax() == named[number]
        elif number:
            assert decoded.classes[at - 1].max() < 0.5
    assert build_head(name, n_classes=0) is inner


@pytest.mark.parametrize("name", HEADS)
def test_only_objects_with_a_class_teach_the_classes(name):
    labels = np.zeros((20, 32), np.int32)
    labels[2:8, 3:12], labels[10:16, 14:26] = 1, 2
    head = build_head(name, n_classes=2)
    maps = np.concatenate([HEADS[name].targets(labels), class_targets(labels, {1: 1}, n_classes=2)])
    targets = torch.from_numpy(maps)[None]
    output = torch.zeros(1, head.channels(2), 20, 32, requires_grad=True)
    head.loss(output, targets, torch.ones(1, 1, 20, 32)).backward()
    taught = (output.grad[0, -2:] != 0).all(dim=0).numpy()
    np.testing.assert_array_equal(taught, labels == 1)


def test_one_class_or_none_is_not_told_apart(tmp_path):
    one = read_snapshot(classed_snapshot(tmp_path / "one", items=2, classes=("cell",)))
    with pytest.raises(TrainingError, match="counted from 0"):
        count_classes(one)
    picture, labels = discs(np.random.default_rng(0))
    row = write_item(tmp_path / "none", "a", picture, labels)
    none = read_snapshot(write_manifest(tmp_path / "none", [row], classes=("a", "b")))
    assert count_classes(none) == 0


@pytest.mark.parametrize("classes", [{"1": -1}, {"x": 0}, [1]])
def test_classes_that_are_none_are_refused(tmp_path, classes):
    folder = classed_snapshot(tmp_path, items=1)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["items"][0]["object_classes"] = classes
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(TrainingError, match="bad_snapshot"):
        read_snapshot(folder)
