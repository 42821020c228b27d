"""Library entry points: train, predict and evaluate on folders."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import time
from importlib import metadata
from typing import TYPE_CHECKING, Any

from training.ml.card import ModelCard, load_card, save_card
from training.ml.checkpoint import load_weights, save_weights
from training.ml.config_io import config_to_dict
from training.ml.device import choose_device, choose_precision, environment
from training.ml.diagnosis.run_doctor import RunDoctor
from training.ml.errors import TrainingError
from training.ml.foreign.predictor import is_foreign, load_foreign
from training.ml.kinds import TASK_KINDS
from training.ml.report import explain, seconds_for
from training.ml.seeding import seed_everything
from training.ml.team import join_team
from training.ml.trainer import Fitted, Trainer
from training.ml.uncertainty.doubts import Doubts
from training.ml.uncertainty.keeping import load_snapshots
from training.ml.warmstart import BASE, start_from

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from training.ml.config import Config
    from training.ml.kinds import Finished, Predictor, Task, TaskKind
    from training.ml.manifest import Snapshot
    from training.ml.warmstart import Begun


def never() -> bool:
    """Return False: nobody asks to stop."""
    return False


def train(
    snapshot: Snapshot,
    config: Config,
    out: Path,
    *,
    init: Path | None = None,
    started: float | None = None,
    stop: Callable[[], bool] = never,
) -> ModelCard:
    """Train a model; a checkpoint of the same run in ``out`` is gone on with.

    Parameters
    ----------
    snapshot : Snapshot
        Labelled pictures.
    config : Config
        Settings.
    out : Path
        Folder for weights, card, report, curves and checkpoint.
    init : Path or None
        Folder of a model to start from.
    started : float or None
        ``time.monotonic()`` at which the budget began to run; None = now.
    stop : callable
        Asked after each step; True writes a checkpoint and stops.

    Returns
    -------
    ModelCard
        Of the model in ``out``.

    Raises
    ------
    StoppedError
        After a checkpoint was written.
    TrainingError
        For what the user can mend.
    """
    started = time.monotonic() if started is None else started
    team = join_team(config.optim.batch)
    out.mkdir(parents=True, exist_ok=True)
    device = choose_device()
    precision = choose_precision(config.optim.precision, device)
    config = dataclasses.replace(
        config, optim=dataclasses.replace(config.optim, precision=precision)
    )
    doctor = RunDoctor(snapshot, config, out, looks=config.doctor.look and team.leads)
    doctor.look_at_data()
    seed_everything(config.seed)
    task = task_kind(snapshot.task_kind).task(snapshot, config, device)
    began = None if init is None else start_from(task, init, task_kind=snapshot.task_kind)
    doctor.look_at_batch(task, device)
    if task.solved is not None:
        fitted = Fitted(task.solved, 0, time.monotonic() - started)
    else:
        identity = run_identity(snapshot, config, began=None if began is None else began.digest)
        trainer = Trainer(task, out, device=device, identity=identity, started=started, stop=stop)
        fitted = trainer.fit(team)
    if not team.leads:
        team.wait()
        return load_card(out / "model.json")
    spare = config.minutes * 60 - fitted.seconds if config.minutes > 0 else 60.0
    finished = task.finish(fitted.weights, seconds=max(0.0, 0.6 * spare))
    card = _write(out, snapshot, task, fitted, finished, began=began)
    predictor = task_kind(snapshot.task_kind).predictor(card, fitted.weights, device)
    left = config.minutes * 60 - (time.monotonic() - started)
    seconds = seconds_for(config.minutes, left=left)
    add_to_report(
        out,
        explain(
            predictor,
            snapshot,
            out,
            seed=config.seed,
            seconds=seconds,
            settings=card.settings,
        ),
    )
    left = config.minutes * 60 - (time.monotonic() - started)
    whole = began is not None and began.parts == "all"
    doctor.conclude(task, predictor, finished, device=device, seconds=left, warm=whole)
    add_to_report(out, {"findings": doctor.report()})
    team.wait()
    return card


def load_predictor(folder: Path, *, doubt: bool = False) -> Predictor:
    """Make a trained model ready to predict.

    Parameters
    ----------
    folder : Path
        Holds ``model.json`` and ``weights.safetensors``, and snapshots where some were kept.
    doubt : bool
        Whether predictions shall also tell how unsure the model is, by the method of its card.

    Returns
    -------
    Predictor
        On the GPU where there is one.

    Raises
    ------
    TrainingError
        Codes ``bad_model``, ``bad_weights``, ``no_dropout``, ``no_snapshots``, ``only_a_base``.
    """
    if is_foreign(folder):
        return load_foreign(folder)
    card = load_card(folder / "model.json")
    if card.task_kind == BASE:
        raise TrainingError(
            "only_a_base",
            "This network was trained without labels: it is a base to start from and predicts "
            "nothing. Train with labels from it (--init) first.",
        )
    device = choose_device()
    precision = choose_precision("auto", device)
    optim = dataclasses.replace(card.config.optim, precision=precision)
    card = dataclasses.replace(card, config=dataclasses.replace(card.config, optim=optim))
    weights = load_weights(folder / "weights.safetensors")
    doubts = Doubts(card.config.uncertainty, load_snapshots(folder)) if doubt else None
    return task_kind(card.task_kind).predictor(card, weights, device, doubts=doubts)


def task_kind(name: str) -> TaskKind:
    """Entry of ``TASK_KINDS``.

    Parameters
    ----------
    name : str
        Key.

    Returns
    -------
    TaskKind
        The entry.

    Raises
    ------
    TrainingError
        Code ``unknown_task_kind``.
    """
    if name not in TASK_KINDS:
        known = ", ".join(TASK_KINDS)
        raise TrainingError("unknown_task_kind", f"{name!r} cannot be trained yet; {known} can.")
    return TASK_KINDS[name]


def run_identity(snapshot: Snapshot, config: Config, *, began: str | None) -> str:
    """Hash of what must not change between interruption and resumption.

    The budget may: a run that was stopped can be given more time.
    """
    settings = config_to_dict(dataclasses.replace(config, minutes=0.0, steps=1))
    facts = [snapshot.digest, settings, began]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def code_version() -> str:
    """Version of this code, as installed."""
    try:
        return metadata.version("cytoloop")
    except metadata.PackageNotFoundError:
        return "source"


def add_to_report(out: Path, entries: Mapping[str, Any]) -> None:
    """Add entries to ``report.json`` of a run.

    Parameters
    ----------
    out : Path
        Folder of the run.
    entries : mapping
        JSON values by name.
    """
    path = out / "report.json"
    report = json.loads(path.read_text(encoding="utf-8")) | dict(entries)
    path.write_text(json.dumps(report, indent=1), encoding="utf-8")


def _write(
    out: Path,
    snapshot: Snapshot,
    task: Task,
    fitted: Fitted,
    finished: Finished,
    *,
    began: Begun | None,
) -> ModelCard:
    """Write weights, card and report."""
    card = ModelCard(
        task_kind=snapshot.task_kind,
        config=task.config,
        in_channels=task.in_channels,
        classes=task.names,
        settings=finished.settings,
        provenance={
            "code_version": code_version(),
            "seed": task.config.seed,
            "snapshot": snapshot.digest,
            "environment": environment(),
            "steps": fitted.steps,
            "batch": fitted.batch,
            "seconds": round(fitted.seconds, 1),
            "init": None if began is None else began.digest,
            "init_parts": None if began is None else began.parts,
        },
        metrics=finished.metrics,
    )
    save_weights(out / "weights.safetensors", fitted.weights)
    save_card(out / "model.json", card)
    report: dict[str, Any] = {
        "metrics": dict(finished.metrics),
        "items": dict(finished.items),
        "counts": {split: len(snapshot.of(split)) for split in ("train", "val", "test")},
        "steps": fitted.steps,
        "seconds": round(fitted.seconds, 1),
        "calibration": dict(finished.calibration),
        "parameters": sum(p.numel() for p in task.network.parameters()),
    }
    (out / "report.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    return card
