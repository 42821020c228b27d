"""Settings ask for bfloat16 on any processor; only those that have it use its operators."""

import pytest
import torch

from tests.training.ml.synthetic import TINY
from training.ml.checkpoint import load_weights
from training.ml.config_io import config_from_dict
from training.ml.kinds import pixelwise
from training.ml.manifest import read_snapshot
from training.ml.networks.onednn import OneCall
from training.ml.run import load_predictor, train


@pytest.fixture
def asks_for_bf16():
    return config_from_dict(TINY | {"steps": 2, "optim": TINY["optim"] | {"precision": "bf16"}})


def test_a_training_in_bfloat16_ends_and_its_model_predicts(discs_folder, tmp_path, asks_for_bf16):
    snapshot = read_snapshot(discs_folder)
    card = train(snapshot, asks_for_bf16, tmp_path / "model")
    assert card.config.optim.precision == "bf16"
    found = load_predictor(tmp_path / "model").predict(snapshot.items[0])
    assert found.labels.shape[-2:] == (48, 64)


@pytest.mark.parametrize("capable", [False, True])
def test_single_calls_are_made_where_the_processor_has_them(
    capable, discs_folder, tmp_path, asks_for_bf16, monkeypatch
):
    card = train(read_snapshot(discs_folder), asks_for_bf16, tmp_path / "model")
    weights = load_weights(tmp_path / "model" / "weights.safetensors")
    monkeypatch.setattr(pixelwise, "has_onednn", lambda dtype: capable)
    network = pixelwise.load_network(card, weights, channels=3, device=torch.device("cpu"))
    assert any(isinstance(one, OneCall) for one in network.modules()) == capable
