import pytest
import torch

from tests.training.ml.synthetic import class_snapshot, instance_snapshot


@pytest.fixture(autouse=True)
def _one_thread():
    """Tiny networks lose time with more threads, and results must not depend on the machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
    torch.use_deterministic_algorithms(False)


@pytest.fixture(scope="session")
def discs_folder(tmp_path_factory):
    return instance_snapshot(tmp_path_factory.mktemp("discs"))


@pytest.fixture(scope="session")
def crops_folder(tmp_path_factory):
    return class_snapshot(tmp_path_factory.mktemp("crops"))
