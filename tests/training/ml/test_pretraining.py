"""Training without labels: what is taken away, what is rebuilt, and what is left to start from."""

import dataclasses
import json
import types

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from tests.training.ml.synthetic import (
    TINY,
    class_snapshot,
    discs,
    instance_snapshot,
    semantic_snapshot,
    write_item,
    write_manifest,
)
from training.ml.checkpoint import load_weights
from training.ml.cli import main
from training.ml.config_io import config_from_dict
from training.ml.errors import TrainingError
from training.ml.manifest import read_snapshot
from training.ml.pretraining import PRETEXTS
from training.ml.pretraining.reconstructor import Reconstructor
from training.ml.pretraining.run import pretrain
from training.ml.pretraining.settings import PretrainConfig
from training.ml.run import load_predictor, train
from training.ml.trainer import StoppedError

SHAPES = {2: (24, 40), 3: (6, 16, 24)}


def volumes(folder):
    """Four small stacks of two classes."""
    rng = np.random.default_rng(0)
    rows = []
    for at in range(4):
        picture, objects = discs(rng, shape=(8, 24, 32), n=3, radius=4.0)
        rows.append(write_item(folder, f"v{at}", picture, (objects > 0).astype(np.int32)))
    return write_manifest(folder, rows, task_kind="semantic", classes=("cell",))


FOLDERS = {
    "instance": (instance_snapshot, {}),
    "semantic": (semantic_snapshot, {}),
    "semantic 3-D": (volumes, {"data": {"patch": 16, "patch_z": 4}}),
    "classification": (class_snapshot, {"data": {"crop": 32}}),
}


def few_steps(more=None, **top):
    return config_from_dict(TINY | {"steps": 3, "seed": 5} | (more or {}) | top)


@pytest.mark.parametrize("dims", SHAPES)
@pytest.mark.parametrize("name", PRETEXTS)
def test_pretext_takes_away_what_it_says_and_nothing_else(name, dims):
    generator = torch.Generator().manual_seed(0)
    pictures = torch.rand(3, 2, *SHAPES[dims], generator=generator)
    before = pictures.clone()
    settings = PretrainConfig(pretext=name, block=4)
    first, again = (
        PRETEXTS[name].spoil(pictures, settings, rng=np.random.default_rng(8)) for _ in range(2)
    )
    assert torch.equal(pictures, before), "the patches are the targets"
    assert torch.equal(first.pictures, again.pictures)
    assert first.pictures.shape == pictures.shape
    assert first.weight.shape == (3, 1, *SHAPES[dims])
    changed = (first.pictures != pictures).any(dim=1, keepdim=True)
    assert changed.any()
    assert (first.weight[changed] > 0).all()
    assert (changed == (first.weight > 0)).float().mean() > 0.99
    other = PRETEXTS[name].spoil(pictures, settings, rng=np.random.default_rng(9))
    assert not torch.equal(other.pictures, first.pictures)


def test_masked_hides_half_in_blocks_that_become_the_mean():
    pictures = torch.arange(2 * 32 * 48, dtype=torch.float32).view(1, 2, 32, 48)
    spoiled = PRETEXTS["masked"].spoil(
        pictures, PretrainConfig(share=0.5, block=8), rng=np.random.default_rng(0)
    )
    hidden = spoiled.weight[0, 0] > 0
    assert 0.35 < hidden.float().mean() < 0.65
    # The first channel holds 0 to 1535, the second 1536 to 3071.
    assert (spoiled.pictures[0, 0][hidden] == 767.5).all()
    assert (spoiled.pictures[0, 1][hidden] == 2303.5).all()
    # Blocks of 8: along a row the mask changes at most every 8 pixels.
    assert (hidden[:, 1:] != hidden[:, :-1]).sum(dim=1).max() <= 6


def test_blind_spots_take_a_neighbour_of_the_same_channels():
    y, x = np.indices((20, 30))
    pictures = torch.from_numpy(np.stack([y, x])[None].astype(np.float32))
    spoiled = PRETEXTS["blind_spots"].spoil(
        pictures, PretrainConfig(spots=0.3), rng=np.random.default_rng(0)
    )
    far = (spoiled.pictures - pictures).abs()[0].amax(dim=0)
    assert far.max() == 2
    spots = spoiled.weight[0, 0] > 0
    assert (far[spots] >= 1).all(), "a pixel is never exchanged for itself"
    assert (far[~spots] == 0).all()
    assert 0.25 < spots.float().mean() < 0.35


@pytest.mark.parametrize("stride", [1, 2])
def test_coarse_features_paint_the_block_they_stand_for(stride):
    network = torch.nn.Module()
    network.width, network.stride, network.head = 2 * stride**2, stride, torch.nn.Identity()
    network.feature_map = types.MethodType(lambda _, x: F.pixel_unshuffle(x, stride), network)
    whole = Reconstructor(network, channels=2, dims=2)
    torch.nn.init.zeros_(whole.paint.bias)
    whole.paint.weight.data = torch.eye(2 * stride**2)[..., None, None]
    pictures = torch.randn(3, 2, 8, 12)
    assert torch.equal(whole(pictures), pictures)


def test_coarse_features_paint_stacks():
    network = torch.nn.Module()
    network.width, network.stride, network.head = 8, 2, torch.nn.Identity()
    network.feature_map = types.MethodType(lambda _, x: torch.ones(1, 8, 1, 2, 3), network)
    whole = Reconstructor(network, channels=1, dims=3)
    torch.nn.init.zeros_(whole.paint.weight)
    whole.paint.bias.data = torch.arange(8.0)
    painted = whole(torch.zeros(1, 1, 2, 4, 6))
    # Feature 4z + 2y + x paints the voxel (z, y, x) of each block.
    block = torch.tensor([[[0.0, 1], [2, 3]], [[4, 5], [6, 7]]])
    assert torch.equal(painted[0, 0], block.repeat(1, 2, 3))


@pytest.mark.parametrize("name", FOLDERS)
def test_a_base_is_the_trunk_of_what_is_trained_from_it(name, tmp_path):
    make, more = FOLDERS[name]
    snapshot = read_snapshot(make(tmp_path / "data"))
    config = few_steps(more)
    for out in ("a", "b"):
        card = pretrain(snapshot, config, tmp_path / out)
    assert card.task_kind == "base"
    weights = [(tmp_path / out / "weights.safetensors").read_bytes() for out in ("a", "b")]
    assert weights[0] == weights[1]
    # A rate of nearly 0 leaves the network as it began.
    still = dataclasses.replace(
        config, steps=1, optim=dataclasses.replace(config.optim, rate=1e-12, ema=0.0)
    )
    trained = train(snapshot, still, tmp_path / "trained", init=tmp_path / "a")
    assert trained.provenance["init_parts"] == "trunk"
    base = load_weights(tmp_path / "a" / "weights.safetensors")
    found = load_weights(tmp_path / "trained" / "weights.safetensors")
    assert {key for key in found if not key.startswith("head.")} == base.keys()
    for key in base:
        if "running" not in key and "num_batches" not in key:
            torch.testing.assert_close(found[key], base[key], atol=1e-6, rtol=1e-4)
    with pytest.raises(TrainingError, match="only_a_base"):
        load_predictor(tmp_path / "a")


def test_only_pictures_of_the_train_split_are_opened_and_labels_are_not_needed(tmp_path):
    folder = instance_snapshot(tmp_path / "data", train=11, val=1)
    manifest = json.loads((folder / "manifest.json").read_text())
    for row in manifest["items"]:
        row["label"] = None
    for at in (10, 11):
        manifest["items"][at]["split"] = "val" if at == 11 else "test"
        (folder / manifest["items"][at]["image"]).write_bytes(b"nobody may look")
    (folder / "manifest.json").write_text(json.dumps(manifest))
    card = pretrain(read_snapshot(folder), few_steps(), tmp_path / "out")
    counts = card.settings["pictures"]
    assert sum(counts.values()) == 10
    assert counts["val"] == 1, "progress is measured on a picture that is not learnt from"
    with pytest.raises(TrainingError, match="no_pictures"):
        pretrain(dataclasses.replace(read_snapshot(folder), items=()), few_steps(), tmp_path / "x")


@pytest.mark.slow
def test_it_learns_to_rebuild_and_goes_on_where_it_was_stopped(tmp_path):
    snapshot = read_snapshot(instance_snapshot(tmp_path / "data", train=12, val=0))
    config = few_steps(steps=80, pretrain={"pretext": "denoising"})
    whole = pretrain(snapshot, config, tmp_path / "whole")
    assert whole.metrics["explained"] > 0.6
    lines = [json.loads(line) for line in (tmp_path / "whole" / "curves.jsonl").open()]
    assert lines[-1]["loss"] < lines[0]["loss"]
    assert any("val" in line for line in lines)
    asked = iter(range(100))
    with pytest.raises(StoppedError):
        pretrain(snapshot, config, tmp_path / "parts", stop=lambda: next(asked) >= 30)
    pretrain(snapshot, config, tmp_path / "parts")
    first, second = (tmp_path / out / "weights.safetensors" for out in ("whole", "parts"))
    assert first.read_bytes() == second.read_bytes()


def test_command_takes_a_plain_folder_and_train_starts_from_it(tmp_path):
    folder = instance_snapshot(tmp_path / "data", train=2, val=0)
    (tmp_path / "config.json").write_text(json.dumps(TINY))
    settings = ["--config", str(tmp_path / "config.json"), "--steps", "2"]
    base = str(tmp_path / "base")
    images = ["--images", str(folder / "images")]
    assert main(["pretrain", *images, "--for", "instance", *settings, "--out", base]) == 0
    data = ["--snapshot", str(folder), "--init", base]
    assert main(["train", *data, *settings, "--out", str(tmp_path / "out")]) == 0
    assert main(["predict", *images, "--model", base, "--out", str(tmp_path / "p")]) == 2
