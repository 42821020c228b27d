"""The doctor on a training set alone: before anybody trains."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from training.doctor.rate_range import suggest_rate
from training.ml.device import choose_device
from training.ml.diagnosis.copies import range_test
from training.ml.diagnosis.run_doctor import RunDoctor
from training.ml.errors import TrainingError
from training.ml.kinds import TASK_KINDS
from training.ml.seeding import seed_everything

if TYPE_CHECKING:
    from pathlib import Path

    from training.ml.config import Config
    from training.ml.kinds.base import Task
    from training.ml.manifest import Snapshot


def diagnose(snapshot: Snapshot, config: Config, out: Path) -> list[dict[str, Any]]:
    """Look at a training set, and see whether a network can learn one batch of it.

    Parameters
    ----------
    snapshot : Snapshot
        Training set.
    config : Config
        Settings.
    out : Path
        Folder; ``doctor/before.json`` in it is written.

    Returns
    -------
    list of dict
        Findings, the gravest first.
    """
    asked = dataclasses.replace(config.doctor, look=True, batch_fit="always")
    doctor = RunDoctor(snapshot, dataclasses.replace(config, doctor=asked), out)
    doctor.look_at_data()
    try:
        task = _task(snapshot, config)
    except TrainingError:
        # What stops a training is among the findings where the doctor knows it.
        if not (found := doctor.findings()):
            raise
        return found
    doctor.look_at_batch(task, choose_device())
    return doctor.findings()


def find_rate(snapshot: Snapshot, config: Config, *, steps: int) -> dict[str, Any]:
    """Find a learning rate by a range test.

    Parameters
    ----------
    snapshot : Snapshot
        Training set.
    config : Config
        Settings.
    steps : int
        Of the test.

    Returns
    -------
    dict
        ``rate`` (None where the test tells nothing), ``rates`` and ``losses`` of each step.

    Raises
    ------
    TrainingError
        Code ``no_range_test``, for a model that does not learn in steps.
    """
    task = _task(snapshot, config)
    if task.solved is not None:
        raise TrainingError("no_range_test", "This model is solved at once; it has no rate.")
    rates, losses = range_test(task, choose_device(), steps=steps)
    return {"rate": suggest_rate(rates, losses), "rates": rates, "losses": losses}


def _task(snapshot: Snapshot, config: Config) -> Task:
    seed_everything(config.seed)
    if snapshot.task_kind not in TASK_KINDS:
        raise TrainingError("unknown_task_kind", f"{snapshot.task_kind!r} cannot be trained yet.")
    return TASK_KINDS[snapshot.task_kind].task(snapshot, config, choose_device())
