"""A budget of minutes holds enough steps, also where steps are slow."""

import pytest

from tests.training.ml.synthetic import TINY
from training.ml.batch_size import TIMED_STEPS, BatchChoice
from training.ml.checkpoint import load_state
from training.ml.config import OptimConfig
from training.ml.config_io import config_from_dict
from training.ml.manifest import read_snapshot
from training.ml.run import train
from training.ml.trainer import StoppedError

OPTIM = OptimConfig(batch=16, smallest_batch=4, wanted_steps=400)


def settle(seconds_a_patch: float, *, left: float, optim: OptimConfig = OPTIM) -> int | None:
    """Time small steps, the first of which makes kernels, and say what was chosen."""
    choice = BatchChoice(optim)
    for step in range(TIMED_STEPS):
        assert choice.settled is None
        hiccup = 5.0 if step in (0, 2) else 0.0
        choice.note(choice.size * seconds_a_patch + hiccup, left=left)
    assert choice.size == choice.settled
    return choice.settled


@pytest.mark.parametrize(
    ("seconds", "left", "batch"),
    [
        # 400 steps of 16 patches take 64 s.
        (0.01, 64.5, 16),
        (0.01, 63.5, 8),
        (0.01, 32.5, 8),
        (0.01, 31.5, 4),
        # Never fewer than the smallest, however little time there is.
        (0.01, 1.0, 4),
        (0.01, -1.0, 4),
    ],
)
def test_batches_are_halved_until_the_steps_fit(seconds, left, batch):
    assert settle(seconds, left=left) == batch


def test_few_steps_are_accepted_where_none_are_wanted():
    assert settle(1.0, left=10.0, optim=OptimConfig(batch=16, wanted_steps=0)) == 16


@pytest.mark.parametrize(
    ("batch", "smallest", "processes", "size"),
    [(16, 4, 1, 4), (16, 3, 1, 4), (12, 4, 1, 6), (4, 4, 1, 4), (3, 4, 1, 3), (16, 2, 4, 4)],
)
def test_batches_stay_whole_for_all_processes(batch, smallest, processes, size):
    optim = OptimConfig(batch=batch, smallest_batch=smallest)
    assert BatchChoice(optim, processes=processes).size == size


def minutes(wanted_steps):
    optim = TINY["optim"] | {"batch": 8, "smallest_batch": 2, "wanted_steps": wanted_steps}
    return config_from_dict(TINY | {"steps": 1, "minutes": 0.1, "optim": optim})


@pytest.mark.parametrize(("wanted", "batch"), [(10**9, 2), (0, 8)])
def test_a_run_of_minutes_settles_for_a_batch_and_says_so(wanted, batch, discs_folder, tmp_path):
    card = train(read_snapshot(discs_folder), minutes(wanted), tmp_path / "model")
    assert card.provenance["batch"] == batch


def test_a_run_that_goes_on_keeps_its_batch(discs_folder, tmp_path, monkeypatch):
    snapshot, asked = read_snapshot(discs_folder), []

    def stop():
        asked.append(True)
        return len(asked) > TIMED_STEPS + 1

    with pytest.raises(StoppedError):
        train(snapshot, minutes(10**9), tmp_path / "model", stop=stop)
    assert load_state(tmp_path / "model" / "checkpoint").facts["batch"] == 2
    # Nothing is timed again.
    monkeypatch.delattr(BatchChoice, "note")
    card = train(snapshot, minutes(10**9), tmp_path / "model")
    assert card.provenance["batch"] == 2


def test_a_budget_of_steps_has_whole_batches(discs_folder, tmp_path):
    config = config_from_dict(TINY | {"steps": 2})
    card = train(read_snapshot(discs_folder), config, tmp_path / "model")
    assert card.provenance["batch"] == TINY["optim"]["batch"]
