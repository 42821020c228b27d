"""Cross-validation and comparison: held-out pictures only, resumable, paired."""

import dataclasses
import json

import numpy as np
import pytest

from tests.training.ml.synthetic import (
    TINY,
    class_snapshot,
    instance_snapshot,
    semantic_snapshot,
    several_snapshot,
)
from training.ml.cli import main
from training.ml.compare import Candidate, Plan, compare, table_text
from training.ml.config_io import config_from_dict
from training.ml.crossval import cross_validate
from training.ml.errors import TrainingError
from training.ml.manifest import read_snapshot
from training.ml.trainer import StoppedError

QUICK = config_from_dict(TINY | {"steps": 8, "validations": 1})
QUICK = dataclasses.replace(QUICK, infer=dataclasses.replace(QUICK.infer, flips=False, passes=1))


@pytest.fixture
def fields(tmp_path):
    return read_snapshot(instance_snapshot(tmp_path / "data", train=5, val=1, shape=(32, 40), n=4))


@pytest.mark.slow
def test_every_picture_is_held_out_once_and_interruption_changes_nothing(fields, tmp_path):
    whole = cross_validate(fields, QUICK, tmp_path / "whole", folds=2)
    assert sorted(whole.items) == [f"i{n}" for n in range(6)]
    assert [fold.counts["test"] for fold in whole.folds] == [3, 3]
    assert whole.low <= whole.mean <= whole.high
    assert whole.mean == pytest.approx(np.mean([row["value"] for row in whole.items.values()]))
    assert whole.metrics["images"] == 6
    assert whole.folds[0].costs["megapixels"] == pytest.approx(3 * 32 * 40 / 1e6, abs=1e-4)

    asked = iter(range(1000))
    with pytest.raises(StoppedError):
        cross_validate(fields, QUICK, tmp_path / "cut", folds=2, stop=lambda: next(asked) >= 13)
    assert (tmp_path / "cut/fold-0/fold.json").is_file()
    assert not (tmp_path / "cut/fold-1/fold.json").exists()
    written = (tmp_path / "cut/fold-0/weights.safetensors").stat().st_mtime_ns
    resumed = cross_validate(fields, QUICK, tmp_path / "cut", folds=2)
    assert (tmp_path / "cut/fold-0/weights.safetensors").stat().st_mtime_ns == written
    assert resumed.items == whole.items


def test_another_run_in_the_folder_is_refused(fields, tmp_path):
    cross_validate(fields, QUICK, tmp_path / "out", folds=2)
    other = dataclasses.replace(QUICK, seed=3)
    with pytest.raises(TrainingError, match="other_run"):
        cross_validate(fields, other, tmp_path / "out", folds=2)


def test_the_test_split_is_never_touched(tmp_path):
    folder = instance_snapshot(tmp_path / "data", train=6, val=0, n=5)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["items"][0]["split"] = "test"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "images" / "i0.tif").write_bytes(b"broken: whoever reads it fails")
    result = cross_validate(read_snapshot(folder), QUICK, tmp_path / "out", folds=2)
    assert sorted(result.items) == ["i1", "i2", "i3", "i4", "i5"]


def test_crops_are_cross_validated_too(tmp_path):
    snapshot = read_snapshot(class_snapshot(tmp_path / "data", each=8))
    config = config_from_dict({"model": "softmax"})
    result = cross_validate(snapshot, config, tmp_path / "out", folds=2)
    assert result.primary == "accuracy"
    assert result.metrics["items"] == 16
    assert result.mean == result.metrics["accuracy"] > 0.9


@pytest.mark.slow
def test_candidates_are_paired_and_chance_is_shown(fields, tmp_path):
    slow = dataclasses.replace(QUICK, optim=dataclasses.replace(QUICK.optim, rate=1e-5))
    candidates = [Candidate("plain", QUICK), Candidate("slow", slow)]
    result = compare(fields, candidates, tmp_path, plan=Plan(folds=2, seeds=(4,)))
    assert [row.name for row in result.rows] == ["plain", "slow", "chance"]
    assert result.settings == {"optim.rate": [0.01, 1e-5]}
    plain, slower, chance = result.rows
    assert plain.difference is None
    assert slower.difference.mean == pytest.approx(slower.mean - plain.mean)
    assert slower.difference.low <= slower.difference.mean <= slower.difference.high
    assert chance.difference is not None
    assert (tmp_path / "chance" / "seed-5" / "crossval.json").is_file()
    assert plain.megapixels_per_second > 0
    assert plain.megabytes > 0
    assert len(table_text(result).splitlines()) == 4
    assert json.loads((tmp_path / "comparison.json").read_text())["n_items"] == 6


@pytest.mark.parametrize("names", [["a"], ["a", "a"], ["a", "chance"]])
def test_one_name_per_candidate(fields, tmp_path, names):
    with pytest.raises(TrainingError, match="nothing_to_compare"):
        compare(fields, [Candidate(n, QUICK) for n in names], tmp_path, plan=Plan())


@pytest.mark.slow
def test_the_commands(fields, tmp_path, capsys):
    data = fields.items[0].image.parents[1]
    paths = []
    for name, rate in (("fast", 0.01), ("slow", 1e-5)):
        config = TINY | {"model": "network", "optim": TINY["optim"] | {"rate": rate}}
        paths.append(tmp_path / f"{name}.json")
        paths[-1].write_text(json.dumps(config | {"validations": 1}))
    common = ["--snapshot", str(data), "--folds", "2", "--steps", "6"]
    out = str(tmp_path / "cv")
    assert main(["crossval", *common, "--config", str(paths[0]), "--out", out]) == 0
    assert "fold 2: ap50" in capsys.readouterr().out
    out = str(tmp_path / "versus")
    configs = ["--configs", str(paths[0]), str(paths[1])]
    assert main(["compare", *common, *configs, "--no-control", "--out", out]) == 0
    assert "slow" in capsys.readouterr().out
    assert main(["suggest", "--snapshot", str(data)]) == 0
    assert json.loads(capsys.readouterr().out)["preset"] == "fluorescence_nuclei"
    for make, preset in ((several_snapshot, "cell_crops"), (semantic_snapshot, None)):
        folder = make(tmp_path / make.__name__)
        assert main(["suggest", "--snapshot", str(folder)]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["preset"] == preset
        assert told["reason"].endswith(".")
    assert main(["suggest"]) == 2
