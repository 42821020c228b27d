"""One contract for every entry of every registry."""

import copy
import dataclasses
import json

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
from training.metrics import METRICS
from training.ml.checkpoint import save_weights
from training.ml.config import AugmentConfig, DecodeConfig, NetworkConfig
from training.ml.config_io import config_from_dict
from training.ml.device import PRECISIONS, autocast
from training.ml.errors import ConfigError, TrainingError
from training.ml.heads import HEADS
from training.ml.kinds import TASK_KINDS
from training.ml.losses import LOSSES
from training.ml.manifest import read_snapshot
from training.ml.networks import NETWORKS, name_network, networks_for
from training.ml.networks.fusion import fuse_norms
from training.ml.networks.onednn import OneCall, call_onednn, has_onednn
from training.ml.run import load_predictor, train
from training.ml.search_space import further_space
from training.ml.trainer import StoppedError
from training.ml.transforms import draw_matrices, resample
from training.ml.warmstart import warm_start

SHAPES = {2: (24, 40), 3: (8, 24, 16)}
FOLDERS = {
    "instance": instance_snapshot,
    "classification": class_snapshot,
    "multilabel": several_snapshot,
    "semantic": semantic_snapshot,
}


# Blocks of another make, in which nothing is folded.
NOT_FOLDED = {"dynunet", "densenet"}
NORM_OF = {2: torch.nn.BatchNorm2d, 3: torch.nn.BatchNorm3d}


def network_config(dims):
    return NetworkConfig(dims=dims, channels=(8, 8, 16), strides=(2, 2), trunk=8, residual_units=1)


@pytest.mark.parametrize("dims", SHAPES)
@pytest.mark.parametrize("name", NETWORKS)
def test_network_takes_both_dimensions_and_repeats_under_a_seed(name, dims):
    pictures = torch.randn(2, 3, *SHAPES[dims])
    outputs = []
    for _ in range(2):
        torch.manual_seed(7)
        network = NETWORKS[name].build(network_config(dims), 3, 5)
        outputs.append(network(pictures))
    assert torch.equal(*outputs)
    assert outputs[0].shape[:2] == (2, 5)
    assert outputs[0].shape[2:] in (pictures.shape[2:], ())
    outputs[-1].sum().backward()
    assert all(p.grad is not None and p.grad.any() for p in network.parameters())
    assert network.features(pictures).shape[:2] == (2, network.width)
    coarse = tuple(side // network.stride for side in pictures.shape[2:])
    assert network.feature_map(pictures).shape == (2, network.width, *coarse)


@pytest.mark.parametrize("dims", SHAPES)
@pytest.mark.parametrize("name", NETWORKS)
def test_network_is_itself_after_a_round_trip_and_takes_its_trunk_to_another_head(
    name, dims, tmp_path
):
    first, second, other = (NETWORKS[name].build(network_config(dims), 3, out) for out in (5, 5, 2))
    pictures = torch.randn(2, 3, *SHAPES[dims])
    save_weights(tmp_path / "weights.safetensors", first.state_dict())
    warm_start(second, tmp_path)
    warm_start(other, tmp_path)
    for network in (first, second, other):
        network.eval()
    assert torch.equal(first(pictures), second(pictures))
    assert torch.equal(first.features(pictures), other.features(pictures))


@pytest.mark.parametrize("dims", SHAPES)
@pytest.mark.parametrize("name", NETWORKS)
def test_folding_norms_into_convolutions_changes_no_answer(name, dims):
    torch.manual_seed(4)
    network = NETWORKS[name].build(network_config(dims), 3, 5).train()
    pictures = torch.randn(2, 3, *SHAPES[dims])
    for _ in range(3):
        network(pictures * 3 + 1)
    network.eval()
    norms = [type(one) for one in network.modules()].count(NORM_OF[dims])
    with torch.inference_mode():
        before = network(pictures)
        after = fuse_norms(network)(pictures)
    torch.testing.assert_close(after, before, rtol=1e-4, atol=1e-4)
    left = [type(one) for one in network.modules()].count(NORM_OF[dims])
    assert left == norms if name in NOT_FOLDED else left < norms


# Processors without bfloat16 have nothing to compare: there prediction leaves convolutions alone.
@pytest.mark.parametrize(
    "precision", [name for name in ("fp32", "bf16") if has_onednn(PRECISIONS[name])]
)
@pytest.mark.parametrize(
    ("name", "norm"),
    [
        *((name, "batch") for name in networks_for("instance")),
        ("unet", "instance"),
        ("unet", "group"),
    ],
)
def test_single_calls_change_no_answer(name, norm, precision):
    torch.manual_seed(4)
    network = NETWORKS[name].build(dataclasses.replace(network_config(2), norm=norm), 3, 5).train()
    pictures = torch.randn(2, 3, *SHAPES[2])
    for _ in range(3):
        network(pictures * 3 + 1)
    network = fuse_norms(network.eval())
    calls = copy.deepcopy(network)
    call_onednn(calls, PRECISIONS[precision])
    assert any(isinstance(one, OneCall) for one in calls.modules())
    with torch.inference_mode(), autocast(precision, torch.device("cpu")):
        before, after = network(pictures).float(), calls(pictures).float()
    # Rounded at other places, so in bfloat16 both are compared with what they stand for.
    if precision == "bf16":
        with torch.inference_mode():
            exact = network(pictures)
        error = (before - exact).abs().mean()
        assert (after - exact).abs().mean() <= 1.5 * error + 1e-6
    else:
        torch.testing.assert_close(after, before, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", TASK_KINDS)
def test_a_kind_takes_the_networks_that_fit_it_and_refuses_others(kind, tmp_path):
    fitting = networks_for(kind)
    assert len(fitting) >= 2
    assert name_network(NetworkConfig(), kind).name == fitting[0]
    for name in fitting:
        assert name_network(NetworkConfig(name=name), kind).name == name
    searched = {row.key: row for row in further_space(kind)}["network.name"].choices
    assert (set(searched), searched[0]) == (set(fitting), fitting[0])
    wrong = next(name for name in NETWORKS if name not in fitting)
    config = config_from_dict(TINY | {"network": TINY["network"] | {"name": wrong}})
    snapshot = read_snapshot(FOLDERS[kind](tmp_path / "data"))
    with pytest.raises(ConfigError, match=rf"must be one of {fitting[0]}.* not {wrong}"):
        TASK_KINDS[kind].task(snapshot, config, torch.device("cpu"))


@pytest.mark.parametrize("name", networks_for("classification"))
def test_every_classifier_goes_on_where_it_was_stopped_and_gives_features(name, tmp_path):
    snapshot = read_snapshot(class_snapshot(tmp_path / "data", each=6))
    network = TINY["network"] | {"name": name}
    settings = {"steps": 4, "seed": 5, "network": network, "data": {"crop": 32}}
    config = config_from_dict(TINY | settings | {"doctor": {"look": False}})
    card = train(snapshot, config, tmp_path / "whole")
    assert card.config.network.name == name
    asked = iter(range(99))
    with pytest.raises(StoppedError):
        train(snapshot, config, tmp_path / "parts", stop=lambda: next(asked) > 1)
    torch.manual_seed(99)
    train(snapshot, config, tmp_path / "parts")
    whole, parts = (
        (tmp_path / run / "weights.safetensors").read_bytes() for run in ("whole", "parts")
    )
    assert whole == parts
    predictor = load_predictor(tmp_path / "parts")
    one, other = (predictor.predict(item).embedding for item in snapshot.items[:2])
    assert one.shape == other.shape == (predictor.network.width,)
    assert not np.allclose(one, other)


@pytest.mark.parametrize("dims", SHAPES)
@pytest.mark.parametrize("name", LOSSES)
def test_loss_is_least_for_the_truth_and_blind_where_nobody_labelled(name, dims):
    generator = torch.Generator().manual_seed(1)
    classes = torch.randint(0, 3, (2, *SHAPES[dims]), generator=generator)
    target = torch.nn.functional.one_hot(classes, 3).movedim(-1, 1).float()
    weight = (torch.rand(2, 1, *SHAPES[dims], generator=generator) > 0.3).float()
    loss = LOSSES[name]
    good, bad = (target - 0.5) * 12, (0.5 - target) * 12
    assert loss(good, target, weight) < loss(bad, target, weight)
    output = good.clone().requires_grad_()
    loss(output, target, weight).backward()
    seen = (weight > 0).expand_as(output)
    assert (output.grad[~seen] == 0).all()
    assert (output.grad[seen] != 0).any()
    assert torch.isfinite(loss(good, target, weight * 0))


@pytest.mark.parametrize("dims", SHAPES)
@pytest.mark.parametrize("name", HEADS)
def test_head_recovers_the_objects_of_its_own_targets(name, dims):
    shape = (70, 90) if dims == 2 else (20, 40, 52)
    _, labels = discs(np.random.default_rng(3), shape=shape, n=9, radius=6)
    head = HEADS[name]
    maps = head.targets(labels)
    assert maps.shape == (head.channels(dims), *shape)
    assert maps.dtype == np.float32
    area = float(np.median(np.bincount(labels.ravel())[1:]))
    decoded = head.decode(maps, DecodeConfig(), area=area)
    score = METRICS["instance"].score(labels, decoded.labels)
    assert score.tp[0] == labels.max()
    assert score.fp[0] == score.fn[0] == 0
    assert len(decoded.scores) == decoded.labels.max()
    assert ((decoded.scores >= 0) & (decoded.scores <= 1)).all()
    nothing = head.decode(head.targets(labels * 0), DecodeConfig(), area=area)
    assert not nothing.labels.any()


@pytest.mark.parametrize("name", HEADS)
def test_head_loss_has_no_gradient_where_nobody_labelled(name):
    _, labels = discs(np.random.default_rng(4), shape=(32, 48))
    head = HEADS[name]
    targets = torch.from_numpy(head.targets(labels))[None]
    valid = torch.zeros(1, 1, 32, 48)
    valid[:, :, 4:20, 6:30] = 1
    # What lies outside may be anything, even no number.
    targets = torch.where(valid > 0, targets, torch.full_like(targets, torch.nan))
    output = torch.randn(1, head.channels(2), 32, 48, requires_grad=True)
    loss = head.loss(output, targets.nan_to_num(5.0), valid)
    loss.backward()
    outside = (valid == 0).expand_as(output)
    assert (output.grad[outside] == 0).all()
    assert (output.grad[~outside] != 0).any()


@pytest.mark.parametrize("dims", SHAPES)
@pytest.mark.parametrize("name", HEADS)
def test_head_targets_turn_with_their_pixels(name, dims):
    shape = (64, 64) if dims == 2 else (12, 48, 48)
    _, labels = discs(np.random.default_rng(5), shape=shape, n=6, radius=6)
    head = HEADS[name]
    config = AugmentConfig(scale=1e-6)
    matrices = draw_matrices(config, 6, dims=dims, rng=np.random.default_rng(0))
    stack = np.concatenate([head.targets(labels), np.ones((1, *shape), np.float32)])
    stack = torch.from_numpy(stack)[None].repeat(6, *(1,) * (dims + 1))
    objects = torch.from_numpy(labels.astype(np.float32))[None].repeat(6, *(1,) * dims)
    cut = shape if dims == 2 else (12, 32, 32)
    patches, turned = resample(stack, objects, matrices, shape=cut)
    moved = head.turn(patches[:, :-1], matrices)
    for at in range(6):
        fresh = head.targets(turned[at, 0].numpy().astype(np.int32))
        # Objects cut by the patch's rim have other targets there: compare what lies inside.
        inner = np.zeros(cut, bool)
        inner[(slice(None),) * (dims - 2) + (slice(10, -10), slice(10, -10))] = True
        inner &= fresh[0] > 0
        if inner.any():
            assert np.abs(moved[at].numpy() - fresh)[:, inner].mean() < 0.2


@pytest.mark.parametrize("dims", SHAPES)
@pytest.mark.parametrize("name", HEADS)
def test_head_undoes_mirroring(name, dims):
    _, labels = discs(np.random.default_rng(6), shape=SHAPES[dims], n=4, radius=4)
    head = HEADS[name]
    straight = torch.from_numpy(head.targets(labels))[None]
    mirrored = torch.from_numpy(head.targets(np.flip(labels, -1).copy()))[None]
    torch.testing.assert_close(head.unflip(mirrored, (dims - 1,)), straight)


@pytest.mark.slow
@pytest.mark.parametrize("name", TASK_KINDS)
def test_task_kind_trains_repeats_under_a_seed_and_predicts(name, tmp_path):
    folder = FOLDERS[name](tmp_path / "data")
    snapshot = read_snapshot(folder)
    config = config_from_dict(TINY | {"steps": 3, "seed": 5})
    outputs = []
    for run in ("a", "b"):
        card = train(snapshot, config, tmp_path / run)
        assert card.task_kind == name
        assert METRICS[name].primary in card.metrics
        outputs.append((tmp_path / run / "weights.safetensors").read_bytes())
    assert outputs[0] == outputs[1]
    prediction = load_predictor(tmp_path / "a").predict(snapshot.items[0])
    assert np.isfinite(prediction.embedding).all()
    assert prediction.embedding.dtype == np.float32
    k, _ = prediction.probabilities.shape
    assert prediction.weights.shape == (k,)
    np.testing.assert_allclose(prediction.probabilities.sum(axis=1), 1, atol=1e-5)
    card = json.loads((tmp_path / "a" / "model.json").read_text())
    assert card["provenance"]["seed"] == 5
    assert card["provenance"]["snapshot"] == snapshot.digest


@pytest.mark.parametrize("name", TASK_KINDS)
def test_task_kind_refuses_a_diverged_loss(name, tmp_path):
    snapshot = read_snapshot(FOLDERS[name](tmp_path / "data"))
    wild = TINY | {"steps": 40, "optim": TINY["optim"] | {"rate": 0.99, "clip": 0.0}}
    config = config_from_dict(wild | {"augment": {"brightness": 1e38, "contrast": 1e4}})
    with pytest.raises(TrainingError, match="diverged"):
        train(snapshot, config, tmp_path / "out")
