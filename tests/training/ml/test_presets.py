"""Presets: each trains, and pictures get the one that suits them."""

import numpy as np
import pytest
import torch

from tests.training.ml.synthetic import discs, write_item, write_manifest
from training.ml.config_io import config_from_dict, load_config
from training.ml.errors import ConfigError
from training.ml.kinds import TASK_KINDS
from training.ml.manifest import read_snapshot
from training.ml.presets import (
    PRESETS,
    Labelling,
    describe_pictures,
    suggest,
    with_preset,
)
from training.nested import merge_settings

SMALL = {"network": {"residual_units": 1}, "optim": {"batch": 2, "precision": "fp32"}}


def fluorescence(rng, shape=(60, 84)):
    return discs(rng, shape=shape)[0][None, None]


def stained(rng):
    dark = discs(rng, shape=(60, 84), n=6)[0] / 2000
    colours = np.array([0.4, 0.7, 0.3])[:, None, None, None]
    return (
        (1 - dark.clip(0, 1) * colours) * np.array([240, 200, 230])[:, None, None, None]
    ).astype(np.uint8)


def phase(rng):
    field = rng.normal(120, 4, (60, 84))
    bright, _ = discs(rng, shape=(60, 84), n=4)
    dark, _ = discs(rng, shape=(60, 84), n=8)
    return (field + bright / 15 - dark / 20)[None, None].clip(0, 255).astype(np.uint8)


def volume(rng):
    return discs(rng, shape=(7, 40, 52), n=4)[0][None]


PICTURES = {
    ("instance", "fluorescence_nuclei"): fluorescence,
    ("instance", "stained_nuclei"): stained,
    ("instance", "phase_contrast_cells"): phase,
    ("instance", "nuclei_3d"): volume,
    ("semantic", "stained_tissue"): stained,
    ("semantic", "regions_3d"): volume,
    # The defaults are made for bright objects.
    ("semantic", None): fluorescence,
}


@pytest.mark.parametrize(("kind", "name"), PICTURES)
def test_pictures_get_the_preset_that_suits_them(kind, name):
    rng = np.random.default_rng(5)
    facts = describe_pictures([PICTURES[kind, name](rng) for _ in range(3)])
    suggestion = suggest(facts, Labelling(kind))
    assert suggestion.preset == name, facts
    assert suggestion.fit.keys() == PRESETS.keys()


@pytest.mark.parametrize(
    ("counts", "name"),
    [((40, 40), "cell_crops"), ((90, 10, 60), "imbalanced_crops"), ((), "cell_crops")],
)
def test_crops_get_theirs_by_how_often_classes_are(counts, name):
    facts = describe_pictures([np.zeros((1, 1, 28, 34), np.uint8)])
    for kind in ("classification", "multilabel"):
        assert suggest(facts, Labelling(kind, counts)).preset == name


def test_nothing_is_suggested_for_a_kind_without_presets():
    facts = describe_pictures([np.zeros((1, 1, 28, 34), np.uint8)])
    assert suggest(facts, Labelling("restoration")).preset is None


def test_facts_by_hand():
    picture = np.zeros((3, 1, 10, 20), np.uint8)
    picture[:, :, :, 10:] = np.array([200, 100, 50])[:, None, None, None]
    facts = describe_pictures([picture])
    assert (facts.planes, facts.channels, facts.side) == (1, 3, 10)
    assert facts.colour == pytest.approx(0.75 / 2, abs=0.03)
    ramp = np.arange(101, dtype=np.float32).reshape(1, 1, 1, 101)
    assert describe_pictures([ramp]).ground == pytest.approx(0.5)
    assert describe_pictures([ramp**2]).ground == pytest.approx((2500 - 1) / (9801 - 1))


@pytest.mark.parametrize("pictures", [[], [np.zeros((4, 5))]])
def test_pictures_must_be_there_with_all_axes(pictures):
    with pytest.raises(ValueError, match="picture"):
        describe_pictures(pictures)


@pytest.mark.parametrize(
    ("name", "kind"), [(name, kind) for name in PRESETS for kind in PRESETS[name].task_kinds]
)
def test_each_preset_trains_a_few_steps(name, kind, tmp_path):
    preset = PRESETS[name]
    assert (preset.name, preset.reason[-1]) == (name, ".")
    rng = np.random.default_rng(1)
    rows = []
    for at in range(4):
        shape = (6, 40, 52) if name.endswith("_3d") else (56, 72)
        picture, labels = discs(rng, shape=shape, n=5)
        if kind == "classification":
            rows.append(write_item(tmp_path, f"c{at}", picture, class_index=at % 2))
        elif kind == "multilabel":
            rows.append(write_item(tmp_path, f"c{at}", picture, class_indices=[0, 1][: at % 3]))
        else:
            truth = labels if kind == "instance" else labels > 0
            rows.append(write_item(tmp_path, f"p{at}", picture, truth))
    snapshot = read_snapshot(write_manifest(tmp_path, rows, task_kind=kind, classes=("a", "b")))
    config = config_from_dict(merge_settings(preset.changes, SMALL))
    task = TASK_KINDS[kind].task(snapshot, config, torch.device("cpu"))
    optimizer = torch.optim.SGD(task.network.parameters(), lr=1e-3)
    for step in range(2):
        loss = task.loss(task.batch(step, 2), torch.device("cpu"))
        assert torch.isfinite(loss)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def test_given_settings_lie_over_the_preset(tmp_path):
    path = tmp_path / "config.json"
    path.write_text('{"data": {"diameter": 40.0}}')
    config = load_config(path, preset="phase_contrast_cells")
    assert (config.data.diameter, config.data.patch) == (40.0, 160)
    assert load_config(None, preset="nuclei_3d").network.dims == 3
    with pytest.raises(ConfigError, match="preset"):
        with_preset("electron_microscopy", {})


def test_stained_pictures_are_told_by_their_bright_ground_too():
    rng = np.random.default_rng(0)
    grey = np.repeat(255 - fluorescence(rng) // 12, 3, axis=0).astype(np.uint8)
    assert suggest(describe_pictures([grey]), Labelling("instance")).preset == "stained_nuclei"
