"""The loop: it learns, repeats, resumes exactly, stops when asked, and keeps to its budget."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import tifffile
import torch
from safetensors.torch import load_file

from tests.training.ml.synthetic import (
    TINY,
    class_snapshot,
    discs,
    instance_snapshot,
    semantic_snapshot,
    several_snapshot,
    write_item,
    write_manifest,
)
from training.metrics import METRICS
from training.ml.card import ModelCard, save_card
from training.ml.checkpoint import (
    TrainingState,
    load_state,
    load_weights,
    save_state,
    save_weights,
)
from training.ml.config_io import config_from_dict
from training.ml.errors import ConfigError, TrainingError
from training.ml.frames import make_frame
from training.ml.heads import HEADS, Decoded
from training.ml.kinds.instance import _score
from training.ml.manifest import Item, read_snapshot
from training.ml.run import load_predictor, train
from training.ml.trainer import StoppedError, schedule

ROOT = Path(__file__).resolve().parents[3]


def curves(folder):
    return [json.loads(line) for line in (folder / "curves.jsonl").read_text().splitlines()]


def ap50(model, snapshot):
    predictor, family = load_predictor(model), METRICS["instance"]
    scores = []
    for item in snapshot.of("train"):
        frame = predictor.predict(item)
        truth = tifffile.imread(item.label)
        scores.append(family.score(truth, frame.labels[0, 0]))
    return family.pool(scores)["ap50"]


@pytest.mark.slow
@pytest.mark.parametrize("head", HEADS)
def test_learns_a_few_pictures_and_an_untrained_network_does_not(head, discs_folder, tmp_path):
    snapshot = read_snapshot(discs_folder)
    config = config_from_dict(TINY | {"head": head, "steps": 120})
    train(snapshot, config, tmp_path / "trained")
    train(snapshot, dataclasses.replace(config, steps=1), tmp_path / "untrained")
    assert ap50(tmp_path / "trained", snapshot) > 0.8
    assert ap50(tmp_path / "untrained", snapshot) < 0.3


@pytest.mark.slow
@pytest.mark.parametrize("head", HEADS)
def test_learns_volumes(head, tmp_path):
    folder = instance_snapshot(tmp_path / "data", train=2, val=0, shape=(8, 32, 40), n=5)
    snapshot = read_snapshot(folder)
    small = {
        "data": {"patch": 16, "patch_z": 8, "diameter": 10.0},
        "augment": {"scale": 0.1, "noise": 0.0, "blur": 0.0, "gamma": 0.0},
        "optim": TINY["optim"] | {"rate": 0.02},
    }
    config = config_from_dict(TINY | {"head": head, "steps": 100} | small)
    card = train(snapshot, config, tmp_path / "out")
    assert card.config.network.dims == 3
    predictor, family = load_predictor(tmp_path / "out"), METRICS["instance"]
    item = snapshot.items[0]
    labels = predictor.predict(item).labels
    assert labels.shape == (1, 8, 32, 40)
    truth = tifffile.imread(item.label)
    assert family.item_value(family.score(truth, labels[0])) > 0.5


@pytest.mark.slow
def dropping(settings):
    return settings | {"network": settings["network"] | {"dropout": 0.3}}


@pytest.mark.parametrize(
    ("make", "changes"),
    [
        (instance_snapshot, TINY),
        # Validations build networks, whose first weights are drawn from what dropout draws from.
        (instance_snapshot, dropping(TINY)),
        (class_snapshot, TINY),
        (several_snapshot, TINY),
    ],
    ids=["instance", "instance with dropout", "classification", "multilabel"],
)
def test_resumes_exactly(make, changes, tmp_path):
    snapshot = read_snapshot(make(tmp_path / "data"))
    assert snapshot.of("val")
    config = config_from_dict(changes | {"steps": 12, "seed": 3, "validations": 5})
    train(snapshot, config, tmp_path / "whole")
    asked = []

    def stop():
        asked.append(1)
        return len(asked) > 10

    with pytest.raises(StoppedError):
        train(snapshot, config, tmp_path / "parts", stop=stop)
    assert not (tmp_path / "parts" / "weights.safetensors").exists()
    torch.manual_seed(99)
    train(snapshot, config, tmp_path / "parts")
    whole, parts = (
        load_file(tmp_path / name / "weights.safetensors") for name in ("whole", "parts")
    )
    assert all(torch.equal(whole[name], parts[name]) for name in whole)
    state = [
        load_file(next((tmp_path / name / "checkpoint").glob("state-*.safetensors")))
        for name in ("whole", "parts")
    ]
    assert state[0].keys() == state[1].keys()
    assert all(torch.equal(state[0][name], state[1][name]) for name in state[0])
    seen = [
        [(row["step"], row["metrics"]) for row in curves(tmp_path / name) if "metrics" in row]
        for name in ("whole", "parts")
    ]
    assert seen[0] == seen[1]
    assert len(seen[0]) >= 3


def test_a_budget_that_is_over_at_once_makes_one_step_and_can_be_repeated(discs_folder, tmp_path):
    snapshot = read_snapshot(discs_folder)
    config = config_from_dict(TINY | {"minutes": 1e-6})
    for _ in range(2):
        card = train(snapshot, config, tmp_path)
        assert card.provenance["steps"] == 1
    assert load_predictor(tmp_path).predict(snapshot.items[0]).labels.shape == (1, 1, 48, 64)


def test_a_checkpoint_without_moments_can_be_gone_on_with(tmp_path):
    network = torch.nn.Linear(2, 1)
    optimizer = torch.optim.AdamW(network.parameters())
    facts = {"step": 0}
    weights = network.state_dict()
    save_state(tmp_path, TrainingState(weights, {}, optimizer.state_dict(), facts))
    fresh = torch.optim.AdamW(network.parameters())
    fresh.load_state_dict(dict(load_state(tmp_path).optimizer))


def test_a_movie_scores_the_mean_of_its_moments():
    labels = discs(np.random.default_rng(0))[1]
    item = Item("movie", Path("movie.tif"))
    picture = np.zeros((1, 1, *labels.shape))
    frames = [make_frame(item, picture, labels[None], dims=2) for _ in range(3)]
    missed = Decoded(np.zeros_like(labels), np.zeros(0))
    found = Decoded(labels.astype(np.int32), np.ones(int(labels.max())))
    pooled, items = _score(frames, [missed, missed, found])
    assert items["movie"]["ap50"] == pytest.approx(1 / 3)
    assert pooled["ap50"] == pytest.approx(1 / 3)


@pytest.mark.parametrize("kind", ["instance", "semantic"])
def test_patches_of_volumes_must_be_halved_as_often_as_the_network_does(kind, tmp_path):
    if kind == "instance":
        folder = instance_snapshot(tmp_path / "data", train=1, val=0, shape=(8, 32, 40), n=5)
    else:
        folder = semantic_snapshot(tmp_path / "data", train=1, val=0)
    snapshot = read_snapshot(folder)
    changed = {"data": TINY["data"] | {"patch_z": 3}}
    config = config_from_dict(TINY | changed | {"network": TINY["network"] | {"dims": 3}})
    with pytest.raises(ConfigError, match="patch_z"):
        train(snapshot, config, tmp_path / "out")


def test_refuses_the_checkpoint_of_another_run(discs_folder, tmp_path):
    snapshot = read_snapshot(discs_folder)
    config = config_from_dict(TINY | {"steps": 2})
    train(snapshot, config, tmp_path)
    other = dataclasses.replace(config, seed=1)
    with pytest.raises(TrainingError, match="other_run"):
        train(snapshot, other, tmp_path)


@pytest.mark.slow
def test_terminated_process_leaves_a_checkpoint_and_goes_on(discs_folder, tmp_path):
    config = tmp_path / "config.json"
    config.write_text(json.dumps(TINY | {"steps": 100000}))
    out = tmp_path / "out"
    command = [sys.executable, "-m", "training.ml", "train", "--snapshot", str(discs_folder)]
    command += ["--config", str(config), "--out", str(out), "--threads", "1"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, env=os.environ)
    try:
        end = time.monotonic() + 60
        while not (out / "curves.jsonl").exists() and time.monotonic() < end:
            assert process.poll() is None, process.stderr.read().decode()
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 75
    finally:
        process.kill()
        process.stderr.close()
    done = curves(out)[-1]["step"]
    snapshot = read_snapshot(discs_folder)
    settings = config_from_dict(TINY | {"steps": done + 3})
    card = train(snapshot, settings, out)
    assert card.provenance["steps"] >= done + 3


@pytest.mark.slow
def test_keeps_to_a_budget_of_minutes(discs_folder, tmp_path):
    snapshot = read_snapshot(discs_folder)
    config = config_from_dict(TINY | {"minutes": 0.05})
    started = time.monotonic()
    card = train(snapshot, config, tmp_path)
    assert time.monotonic() - started < 12
    assert card.provenance["steps"] > 1
    last = curves(tmp_path)[-1]
    assert last.keys() >= {"step", "steps", "seconds", "loss", "images_per_second", "seconds_left"}
    assert any("val" in line for line in curves(tmp_path))


def test_only_labelled_regions_are_learnt(tmp_path):
    rng = np.random.default_rng(1)
    picture, labels = discs(rng, shape=(48, 64), n=10)
    wrong = labels.copy()
    wrong[:, 32:] = 0
    outs = []
    for name, truth in (("right", labels), ("wrong", wrong)):
        folder = tmp_path / name
        row = write_item(folder, "a", picture, truth, regions=[[0, 0, 48, 32]])
        snapshot = read_snapshot(write_manifest(folder, [row]))
        config = config_from_dict(
            TINY | {"steps": 4, "data": {"patch": 32, "diameter": 0.0, "foreground": 0.0}}
        )
        train(snapshot, config, tmp_path / f"out-{name}")
        outs.append(load_weights(tmp_path / f"out-{name}" / "weights.safetensors"))
    # The distance of an object on the region's edge differs; the foreground outside does not
    # matter, so both runs must stay closer to each other than to a run that sees the error.
    far = max(float((outs[0][k].float() - outs[1][k].float()).abs().max()) for k in outs[0])
    assert far < 0.05


@pytest.mark.slow
def test_starts_from_an_earlier_model(discs_folder, tmp_path):
    snapshot = read_snapshot(discs_folder)
    config = config_from_dict(TINY | {"steps": 80})
    train(snapshot, config, tmp_path / "first")
    short = dataclasses.replace(config, steps=15)
    card = train(snapshot, short, tmp_path / "second", init=tmp_path / "first")
    train(snapshot, short, tmp_path / "fresh")
    assert card.provenance["init"] is not None
    assert card.provenance["init_parts"] == "all"
    assert curves(tmp_path / "second")[-1]["loss"] < curves(tmp_path / "fresh")[-1]["loss"]


def test_refuses_to_start_from_another_network(discs_folder, tmp_path):
    config = config_from_dict(TINY | {"steps": 1})
    save_weights(tmp_path / "weights.safetensors", {"other": torch.zeros(2)})
    save_card(tmp_path / "model.json", ModelCard("instance", config, in_channels=1))
    with pytest.raises(TrainingError, match="other_network"):
        train(read_snapshot(discs_folder), config, tmp_path / "out", init=tmp_path)


def test_refuses_broken_weights(tmp_path):
    (tmp_path / "weights.safetensors").write_bytes(b"not weights")
    with pytest.raises(TrainingError, match="bad_weights"):
        load_weights(tmp_path / "weights.safetensors")


def test_rate_rises_and_falls():
    rates = [schedule(p, warmup=0.1) for p in np.linspace(0, 1, 101)]
    assert np.argmax(rates) == 10
    assert rates[10] == pytest.approx(1)
    assert (np.diff(rates[10:]) <= 0).all()
    assert rates[-1] < 0.01
