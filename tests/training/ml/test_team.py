"""Two processes train what one does."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from tests.training.ml.synthetic import TINY, instance_snapshot
from training.ml.config_io import config_from_dict
from training.ml.data import Batch
from training.ml.errors import ConfigError
from training.ml.manifest import read_snapshot
from training.ml.run import train
from training.ml.team import Team, join_team

ROOT = Path(__file__).resolve().parents[3]
# Group norm and a fixed loss do not look at the rest of the batch, so that halves add up.
ALIKE = TINY | {
    "steps": 6,
    "validations": 1,
    "network": TINY["network"] | {"norm": "group"},
    "augment": {"flip": False, "rotate": False, "scale": 0.0, "noise": 0.0, "blur": 0.0},
}


def test_parts_of_a_batch_are_disjoint_and_make_it_up():
    values = torch.arange(6.0).reshape(6, 1)
    batch = Batch(values, values + 10, values + 20)
    parts = [Team(rank, 2).part(batch) for rank in range(2)]
    assert parts[0].pictures.ravel().tolist() == [0, 2, 4]
    assert parts[1].targets.ravel().tolist() == [11, 13, 15]
    assert Team().part(batch) is batch


def test_a_batch_that_cannot_be_divided_is_refused(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "3")
    with pytest.raises(ConfigError, match="multiple of the 3 processes"):
        join_team(16)


@pytest.mark.slow
def test_two_processes_reach_the_weights_of_one(tmp_path):
    folder = instance_snapshot(tmp_path / "data", train=4, val=1)
    config = config_from_dict(ALIKE)
    train(read_snapshot(folder), config, tmp_path / "one")
    (tmp_path / "config.json").write_text(json.dumps(ALIKE))
    paths = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
    subprocess.run(
        [sys.executable, "-m", "accelerate.commands.accelerate_cli", "launch", "--cpu",
         "--num_processes", "2", "--num_machines", "1", "--mixed_precision", "no",
         "--dynamo_backend", "no", "-m", "training.ml", "train", "--snapshot", str(folder),
         "--config", str(tmp_path / "config.json"), "--out", str(tmp_path / "two")],
        check=True, cwd=tmp_path, env=os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
        capture_output=True, timeout=240,
    )  # fmt: skip
    one, two = (load_file(tmp_path / name / "weights.safetensors") for name in ("one", "two"))
    assert one.keys() == two.keys()
    for name, value in one.items():
        np.testing.assert_allclose(two[name], value, atol=0.02, err_msg=name)
    lines = (tmp_path / "two" / "curves.jsonl").read_text().splitlines()
    assert len(lines) == len((tmp_path / "one" / "curves.jsonl").read_text().splitlines())
