import json

import pytest
import torch

from tests.training.ml.synthetic import (
    TINY,
    class_snapshot,
    instance_snapshot,
    semantic_snapshot,
    several_snapshot,
)
from training.ml.config_io import config_from_dict
from training.ml.manifest import read_snapshot
from training.ml.run import train


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
    torch.use_deterministic_algorithms(False)


def _settings(**changes):
    settings = json.loads(json.dumps(TINY)) | {"steps": 4, "validations": 1}
    for name, value in changes.items():
        settings[name] = {**settings.get(name, {}), **value} if isinstance(value, dict) else value
    return settings


MAKERS = {
    "flow 2-D": (lambda folder: instance_snapshot(folder, train=2), _settings()),
    "distance 2-D": (lambda folder: instance_snapshot(folder, train=2), _settings(head="distance")),
    "flow 3-D": (
        lambda folder: instance_snapshot(folder, train=2, shape=(10, 32, 40), n=4),
        _settings(data={"patch_z": 8}),
    ),
    "semantic": (lambda folder: semantic_snapshot(folder, train=2), _settings()),
    "classification": (
        lambda folder: class_snapshot(folder, each=4),
        _settings(data={"crop": 32}),
    ),
    "multilabel": (
        lambda folder: several_snapshot(folder, each=4),
        _settings(data={"crop": 32}),
    ),
}


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """Folders of models that were trained for a few steps, made when first asked for."""
    made = {}

    def model(name):
        if name not in made:
            torch.set_num_threads(1)
            folder = tmp_path_factory.mktemp("model")
            snapshot, settings = MAKERS[name]
            data = snapshot(folder / "data")
            train(read_snapshot(data), config_from_dict(settings), folder / "model")
            made[name] = folder / "model"
        return made[name]

    return model
