"""Starts against each other: fair, resumable, and what is concluded from the intervals."""

import json

import numpy as np
import pytest

from tests.training.ml.synthetic import TINY, discs, write_item, write_manifest
from training.ml.cli import main
from training.ml.compare import Difference
from training.ml.config_io import config_from_dict
from training.ml.errors import TrainingError
from training.ml.manifest import read_snapshot
from training.ml.pretraining.run import pretrain
from training.ml.run import train
from training.ml.starts import StartRow, choose_start, compare_starts, starts_text
from training.ml.trainer import StoppedError


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A snapshot of 2 + 3 pictures, a model that has learnt it well, and a base."""

    root = tmp_path_factory.mktemp("starts")
    rng = np.random.default_rng(2)
    rows = [
        write_item(root / "data", f"i{at}", *discs(rng), split="train" if at < 2 else "val")
        for at in range(5)
    ]
    snapshot = read_snapshot(write_manifest(root / "data", rows))
    doctor = {"doctor": {"look": False}}
    train(snapshot, config_from_dict(TINY | doctor | {"steps": 120}), root / "model")
    pretrain(snapshot, config_from_dict(TINY | {"steps": 2}), root / "base")
    return snapshot, root


def settings(**more):
    return config_from_dict(TINY | {"doctor": {"look": False}, "validations": 1} | more)


@pytest.mark.slow
def test_a_model_that_knows_the_pictures_gains_and_the_comparison_goes_on(world, tmp_path):
    snapshot, root = world
    starts = {"model": root / "model", "base": root / "base"}
    # The base brings another network than these settings ask for.
    config = settings(steps=3, network={"channels": [8, 8], "strides": [2], "trunk": 8})
    asked = iter(range(1000))
    out = tmp_path / "out"
    with pytest.raises(StoppedError):
        compare_starts(snapshot, config, starts, out, seeds=[1, 2], stop=lambda: next(asked) > 12)
    done = sorted(out.glob("*/*/done.json"))
    assert done
    told = json.loads((out / "progress.json").read_text())
    assert (told["done"], told["of"]) == (len(done), 6)
    before = [path.stat().st_mtime_ns for path in done]
    result = compare_starts(snapshot, config, starts, out, seeds=[1, 2])
    assert [path.stat().st_mtime_ns for path in done] == before, "what was done is kept"
    assert [row.name for row in result.rows] == ["scratch", "model", "base"]
    assert (result.n_items, result.n_groups, result.seeds) == (3, 3, (1, 2))
    scratch, model, _ = result.rows
    assert scratch.difference is None
    assert model.difference.mean == pytest.approx(model.mean - scratch.mean)
    assert model.mean == pytest.approx(sum(model.by_seed) / 2)
    assert model.difference.low > 0.2
    assert result.best == "model"
    assert "Starting from model gained" in starts_text(result)
    with pytest.raises(TrainingError, match="other_run"):
        compare_starts(snapshot, settings(steps=4), starts, out, seeds=[1, 2])


def test_refuses_what_cannot_be_compared(world, tmp_path):
    snapshot, root = world
    with pytest.raises(TrainingError, match="nothing_to_compare"):
        compare_starts(snapshot, settings(steps=1), {}, tmp_path, seeds=[0])
    command = ["compare-starts", "--snapshot", str(root / "data"), "--out", str(tmp_path / "o")]
    assert main([*command, "--start", "nameless"]) == 2


def row(name, low, high):
    return StartRow(name, 0.5, 0.4, 0.6, (0.5,), Difference((low + high) / 2, low, high))


@pytest.mark.parametrize(
    ("gains", "best"),
    [
        ([(0.01, 0.03), (0.02, 0.08)], "b"),
        ([(0.01, 0.03), (-0.02, 0.08)], "a"),
        ([(-0.01, 0.03), (-0.02, 0.08)], None),
        ([(-0.09, -0.03), (-0.02, 0.08)], None),
        ([(-0.09, -0.03), (-0.02, -0.01)], "scratch"),
    ],
)
def test_only_an_interval_beyond_chance_decides(gains, best):
    scratch = StartRow("scratch", 0.5, 0.4, 0.6, (0.5,), None)
    rows = [scratch, *(row(name, *gain) for name, gain in zip("ab", gains, strict=True))]
    assert choose_start(rows) == best
