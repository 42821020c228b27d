"""Train a network on pictures without labels; what it leaves is a base to start from."""

from __future__ import annotations

import dataclasses
import json
import time
from typing import TYPE_CHECKING

from training.ml.card import ModelCard, save_card
from training.ml.checkpoint import save_weights
from training.ml.config import UncertaintyConfig
from training.ml.device import choose_device, choose_precision, environment
from training.ml.pretraining.reconstructor import trunk_weights
from training.ml.pretraining.task import PretrainTask
from training.ml.run import code_version, never, run_identity
from training.ml.seeding import seed_everything
from training.ml.trainer import Trainer
from training.ml.warmstart import BASE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from training.ml.config import Config
    from training.ml.manifest import Snapshot


def pretrain(
    snapshot: Snapshot,
    config: Config,
    out: Path,
    *,
    started: float | None = None,
    stop: Callable[[], bool] = never,
) -> ModelCard:
    """Train without labels; a checkpoint of the same run in ``out`` is gone on with.

    Parameters
    ----------
    snapshot : Snapshot
        Pictures; those of its train split are looked at, whether labelled or not.
    config : Config
        Settings; ``config.pretrain`` says what is taken away from the pictures.
    out : Path
        Folder for weights, card, report, curves and checkpoint: a base that
        `training.ml.run.train` starts from.
    started : float or None
        ``time.monotonic()`` at which the budget began to run; None = now.
    stop : callable
        Asked after each step; True writes a checkpoint and stops.

    Returns
    -------
    ModelCard
        Of the base in ``out``; it predicts nothing.

    Raises
    ------
    StoppedError
        After a checkpoint was written.
    TrainingError
        For what the user can mend.
    """
    started = time.monotonic() if started is None else started
    out.mkdir(parents=True, exist_ok=True)
    device = choose_device()
    optim = dataclasses.replace(
        config.optim, precision=choose_precision(config.optim.precision, device)
    )
    config = dataclasses.replace(config, optim=optim, uncertainty=UncertaintyConfig())
    seed_everything(config.seed)
    task = PretrainTask(snapshot, config, device)
    identity = run_identity(snapshot, task.config, began=BASE)
    trainer = Trainer(task, out, device=device, identity=identity, started=started, stop=stop)
    fitted = trainer.fit()
    metrics = dict(task.finish(fitted.weights, seconds=0.0).metrics)
    card = ModelCard(
        task_kind=BASE,
        config=task.config,
        in_channels=task.in_channels,
        settings={
            "task_kind": snapshot.task_kind,
            "pretext": config.pretrain.pretext,
            "pictures": task.counts,
        },
        provenance={
            "code_version": code_version(),
            "seed": config.seed,
            "snapshot": snapshot.digest,
            "environment": environment(),
            "steps": fitted.steps,
            "batch": fitted.batch,
            "seconds": round(fitted.seconds, 1),
        },
        metrics=metrics,
    )
    save_weights(out / "weights.safetensors", trunk_weights(fitted.weights))
    save_card(out / "model.json", card)
    report = {
        "metrics": metrics,
        "counts": task.counts,
        "steps": fitted.steps,
        "seconds": round(fitted.seconds, 1),
        "parameters": sum(p.numel() for p in task.network.parameters()),
    }
    (out / "report.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    return card
