"""One contract for every method of uncertainty and every kind of task, and measures by hand."""

import dataclasses
import json

import numpy as np
import pytest
import tifffile
import torch
from torch import nn

from tests.training.ml.synthetic import (
    TINY,
    class_snapshot,
    discs,
    instance_snapshot,
    semantic_snapshot,
    several_snapshot,
)
from training.ml.card import load_card, save_card
from training.ml.checkpoint import load_weights
from training.ml.config import NetworkConfig, UncertaintyConfig
from training.ml.config_io import config_from_dict
from training.ml.errors import ConfigError, TrainingError
from training.ml.heads import HEADS
from training.ml.inferer import mirrored
from training.ml.manifest import read_snapshot
from training.ml.networks import NETWORKS, PixelNetwork
from training.ml.outputs import write_prediction
from training.ml.run import load_predictor, train
from training.ml.trainer import schedule
from training.ml.uncertainty import UNCERTAINTY, Subject
from training.ml.uncertainty.base import Geometry
from training.ml.uncertainty.dropout import LAYERS, switched_on
from training.ml.uncertainty.keeping import SnapshotKeeper, load_snapshots, snapshot_points
from training.ml.uncertainty.measures import (
    binary_entropy,
    binary_information,
    cell_means,
    class_doubt,
    consistency,
    entropy,
    image_inconsistency,
    mutual_information,
)
from training.ml.uncertainty.views import MIRRORED, VIEWS, ZOOMED

FOLDERS = {
    "instance": instance_snapshot,
    "classification": class_snapshot,
    "semantic": semantic_snapshot,
    "multilabel": several_snapshot,
}
STEPS = {"instance": 30, "classification": 6, "semantic": 20, "multilabel": 20}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A trained model of each kind that kept two snapshots."""
    torch.set_num_threads(1)
    made = {}
    for kind, folder in FOLDERS.items():
        root = tmp_path_factory.mktemp(kind)
        snapshot = read_snapshot(folder(root / "data"))
        settings = {"steps": STEPS[kind], "validations": 1, "uncertainty": {"snapshots": 2}}
        train(snapshot, config_from_dict(TINY | settings), root / "out")
        made[kind] = snapshot, root / "out"
    return made


def asked(out, method, *, flips=True, **settings):
    """A predictor of the model in a folder, by another method."""
    card = load_card(out / "model.json")
    infer = dataclasses.replace(card.config.infer, flips=flips)
    doubt = dataclasses.replace(card.config.uncertainty, method=method, **settings)
    changed = dataclasses.replace(
        card, config=dataclasses.replace(card.config, uncertainty=doubt, infer=infer)
    )
    save_card(out / "model.json", changed)
    return load_predictor(out, doubt=True)


@pytest.mark.parametrize("kind", FOLDERS)
@pytest.mark.parametrize("method", UNCERTAINTY)
def test_doubt_leaves_the_prediction_alone_repeats_and_is_in_range(method, kind, runs):
    snapshot, out = runs[kind]
    item = snapshot.items[0]
    predictor = asked(out, method)
    plain = load_predictor(out).predict(item)
    assert plain.doubt is None
    told, again = predictor.predict(item), predictor.predict(item)
    for name in ("labels", "class_probabilities", "probabilities", "weights", "embedding"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(told, name), err_msg=name)
    assert told.doubt == again.doubt
    assert told.doubt.method == method
    assert told.doubt.members == {"single": 1, "tta": 4, "dropout": 4, "snapshots": 2}[method]
    assert told.doubt.entropy > 0
    assert 0 <= told.doubt.information <= told.doubt.entropy + 0.3
    assert 0 <= told.doubt.inconsistency <= 1
    if method == "single":
        assert told.doubt.information == pytest.approx(0, abs=1e-6)
        assert told.doubt.inconsistency == pytest.approx(0, abs=1e-6)
    else:
        assert told.doubt.information > 0
    if kind in ("classification", "multilabel"):
        return
    assert told.uncertainty_map().shape == told.labels.shape
    assert told.uncertainty_map().dtype == np.uint8
    assert [one["id"] for one in told.objects] == [one["id"] for one in plain.objects]
    for one in told.objects:
        assert one["uncertainty"] >= 0
        assert 0 <= one["consistency"] <= 1


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("dims", [2, 3])
def test_every_network_can_drop_units_and_is_itself_again(name, dims):
    settings = NetworkConfig(
        dims=dims, channels=(8, 8, 16), strides=(2, 2), trunk=8, residual_units=1
    )
    network = NETWORKS[name].build(settings, 1, 2).eval()
    pictures = torch.randn(1, 1, *((8, 16, 24)[3 - dims :]))
    before = network(pictures)
    layers = [one for one in network.modules() if isinstance(one, LAYERS)]
    with switched_on(layers, 0.3):
        assert not torch.equal(network(pictures), before)
    assert torch.equal(network(pictures), before)


def test_dropout_needs_a_layer_and_snapshots_need_snapshots():
    bare = Subject(nn.Sequential(nn.Conv2d(1, 1, 1)), lambda network: network, None)
    with pytest.raises(TrainingError, match="no_dropout"):
        UNCERTAINTY["dropout"].members(bare, UncertaintyConfig())
    with pytest.raises(TrainingError, match="no_snapshots"):
        UNCERTAINTY["snapshots"].members(bare, UncertaintyConfig())


def test_dropout_does_not_disturb_the_random_numbers_of_others(runs):
    snapshot, out = runs["classification"]
    predictor = asked(out, "dropout")
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    predictor.predict(snapshot.items[0])
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("name", HEADS)
@pytest.mark.parametrize("view", VIEWS)
def test_maps_of_a_copy_are_put_back_in_their_place(view, name, dims):
    shape = (40, 64) if dims == 2 else (6, 40, 64)
    _, labels = discs(np.random.default_rng(2), shape=shape, n=6, radius=8)
    head = HEADS[name]
    straight = torch.from_numpy(head.targets(labels))[None]
    shown = view.show(torch.from_numpy(labels[None, None].astype(np.float32)), 8)
    if view in ZOOMED:
        # Labels cannot be interpolated: the maps are, which is what the network would see.
        maps = view.show(straight, 8)
    else:
        maps = torch.from_numpy(head.targets(shown[0, 0].numpy().astype(np.int32)))[None]
    assert all(n % 8 == 0 for n in maps.shape[-2:])
    back = view.put_back(maps, Geometry(head.unflip, head.turn), shape[-2:])
    assert back.shape == straight.shape
    tolerance = 0.05 if view in ZOOMED else 1e-4
    assert float((back - straight).abs().mean()) < tolerance


def test_the_first_views_are_those_that_prediction_averages():
    pictures = torch.arange(24.0).view(1, 1, 4, 6)
    seen = []
    for look in mirrored(
        lambda shown: seen.append(shown) or shown, lambda maps, axes: maps, dims=2
    ):
        look(pictures)
    assert len(MIRRORED) == len(seen) == 4
    for view, expected in zip(MIRRORED, seen, strict=True):
        assert torch.equal(view.show(pictures, 1), expected)


def test_mirrored_copies_are_not_predicted_twice(runs, monkeypatch):
    _, out = runs["instance"]
    passes, count = {}, []
    original = PixelNetwork.features
    monkeypatch.setattr(
        PixelNetwork, "features", lambda self, pictures: count.append(1) or original(self, pictures)
    )
    for method, members, flips in (
        ("tta", 4, True),
        ("tta", 8, True),
        ("tta", 8, False),
        ("dropout", 4, True),
        ("dropout", 4, False),
    ):
        predictor = asked(out, method, members=members, flips=flips)
        count.clear()
        predictor.map_frame(np.zeros((1, 48, 64)), diameter=10.0)
        passes[method, members, flips] = len(count)
    assert list(passes.values()) == [4, 8, 8, 8, 5]


def test_entropy_and_information_by_hand():
    even, sure = np.array([0.5, 0.5]), np.array([1.0, 0.0])
    assert entropy(even) == pytest.approx(1)
    assert entropy(sure) == pytest.approx(0, abs=1e-5)
    assert entropy(np.full(8, 1 / 8)) == pytest.approx(3)
    # Two sure members that contradict each other: all of the one bit is information.
    assert mutual_information(np.array([[1.0, 0.0], [0.0, 1.0]])) == pytest.approx(1, abs=1e-4)
    # Two that agree to be unsure: none of it.
    assert mutual_information(np.stack([even, even])) == pytest.approx(0, abs=1e-6)
    p = np.random.default_rng(0).random((3, 4, 5))
    both = np.stack([1 - p, p], axis=1)
    np.testing.assert_allclose(binary_entropy(p), [entropy(one) for one in both], atol=1e-5)
    np.testing.assert_allclose(binary_information(p), mutual_information(both), atol=1e-5)


def test_cells_by_hand():
    labels = np.zeros((6, 12), dtype=int)
    labels[0:4, 0:4], labels[0:4, 6:10] = 1, 2
    same = labels * 3
    half = np.zeros_like(labels)
    half[0:2, 0:4] = 7  # 8 of 16 pixels of the first cell; the second was not found
    values = np.where(labels == 1, 0.25, 1.0)
    np.testing.assert_allclose(cell_means(values, labels, 3), [0.25, 1.0, 0.0])
    found = consistency(labels, [same, half], 2)
    np.testing.assert_allclose(found, [(1 + 0.5) / 2, (1 + 0) / 2])
    assert image_inconsistency(found, [same, half]) == pytest.approx(1 - 0.625)
    assert image_inconsistency(np.zeros(0), [half, half * 0]) == 0.5
    assert image_inconsistency(np.zeros(0), []) == 0


def test_class_doubt_by_hand():
    members = np.array([[0.8, 0.2], [0.8, 0.2], [0.8, 0.2], [0.4, 0.6]])
    doubt = class_doubt("tta", members.mean(axis=0), members)
    assert doubt.members == 4
    assert doubt.inconsistency == 0.25
    assert doubt.entropy == pytest.approx(entropy(np.array([0.7, 0.3])), abs=1e-6)


def test_snapshots_are_kept_when_points_are_passed(tmp_path):
    config = UncertaintyConfig(snapshots=2)
    assert snapshot_points(config) == [0.75, 1.0]
    assert snapshot_points(UncertaintyConfig(snapshots=2, cycles=4)) == [0.75, 1.0]
    assert snapshot_points(UncertaintyConfig()) == []
    keeper = SnapshotKeeper(tmp_path, [0.75, 1.0])
    for progress in (0.2, 0.7, 0.8, 0.9, 1.0):
        keeper.see(progress, lambda p=progress: {"w": torch.tensor([p])})
    assert [float(one["w"]) for one in load_snapshots(tmp_path)] == pytest.approx([0.8, 1.0])


def test_a_training_keeps_its_snapshots_and_the_last_is_the_model(runs):
    _, out = runs["instance"]
    kept = load_snapshots(out)
    assert len(kept) == 2
    own = load_weights(out / "weights.safetensors")
    assert all(torch.equal(own[name], kept[1][name]) for name in own)
    assert any(not torch.equal(own[name], kept[0][name]) for name in own)


def test_the_rate_falls_in_cycles():
    rates = np.array([schedule(p, warmup=0.0, cycles=3) for p in np.linspace(0, 1, 301)])
    assert rates[0] == rates[100] == rates[200] == 1
    assert rates[[99, 199, 300]] == pytest.approx([0.002] * 3, abs=0.001)
    assert (np.diff(rates) > 0).sum() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "crystal ball"},
        {"members": 1},
        {"snapshots": 1},
        {"snapshots": 5, "cycles": 3},
        {"method": "snapshots"},
    ],
)
def test_settings_that_cannot_be_are_refused(wrong):
    with pytest.raises(ConfigError, match="uncertainty"):
        config_from_dict({"uncertainty": wrong})


def test_doubt_is_written_beside_the_prediction(runs, tmp_path):
    snapshot, out = runs["instance"]
    item = snapshot.items[0]
    prediction = asked(out, "tta").predict(item)
    write_prediction(tmp_path, item.id, prediction)
    about = json.loads((tmp_path / f"{item.id}.json").read_text())
    assert about["doubt"] == dataclasses.asdict(prediction.doubt)
    pixels = tifffile.imread(tmp_path / f"{item.id}.uncertainty.tif")
    np.testing.assert_array_equal(pixels, prediction.uncertainty_map()[0, 0])
