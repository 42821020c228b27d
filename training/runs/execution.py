"""Do a training run: write its folder, train, keep curves and log as they come."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from core.jobs.runner import JobContext
from core.storage import get_storage
from training import curves, engine
from training.process import read_log
from training.runs.diagnosis import RunDiagnosis
from training.runs.models import CurvePoint, TrainingRun
from training.runs.pictures import of_validation, store_pictures
from training.snapshots.materialize import materialize_snapshot
from training.snapshots.selectors import get_manifest
from training.snapshots.workspace import work_root


def run_folder(run: TrainingRun) -> Path:
    """Return the run's working folder; its checkpoint there lets a retry go on."""
    return work_root() / "runs" / str(run.pk)


def write_model_folder(
    weights: str, model: object, folder: Path, *, snapshots: Sequence[str] = ()
) -> Path:
    """Write a model version to a folder, as the trainer and the predictor read it.

    Parameters
    ----------
    weights : str
        Blob of the weights.
    model : JSON value
        What ``model.json`` held.
    folder : Path
        Made where it is missing.
    snapshots : sequence of str
        Blobs of weights that were kept along the training, for uncertainty.

    Returns
    -------
    Path
        The folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = "network" if isinstance(model, dict) and "foreign" in model else "weights.safetensors"
    (folder / name).write_bytes(get_storage().get(weights))
    (folder / "model.json").write_text(json.dumps(model))
    for number, blob in enumerate(snapshots):
        path = folder / "snapshots" / f"{number:02d}.safetensors"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(get_storage().get(blob))
    return folder


def execute_run(run: TrainingRun, context: JobContext) -> engine.TrainResult:
    """Train; safe to do again after a worker died, as it goes on from the checkpoint.

    Parameters
    ----------
    run : TrainingRun
        With its snapshot.
    context : JobContext
        The job's claim: takes progress, and stops the training when the job is cancelled.

    Returns
    -------
    TrainResult
        Weights and report, still in the run's folder.

    Raises
    ------
    JobInterruptedError
        The training process was stopped from outside; the job goes back to the queue.
    DomainError
        The training failed.
    """
    folder = run_folder(run)
    context.report(phase="preparing")
    manifest = get_manifest(run.snapshot)
    snapshot = materialize_snapshot(manifest, folder / "snapshot")
    config = {key: value for key, value in run.config.items() if key != "minutes"}
    request = engine.TrainRequest(
        snapshot=snapshot,
        out=folder / "out",
        config=config,
        seed=run.seed,
        minutes=float(run.config["minutes"]),
        init=_warm_start_folder(run, folder),
    )
    diagnosis = RunDiagnosis(run, request.out)

    def watch(rows: Sequence[curves.CurveRow]) -> None:
        _watch(run, context, request, rows)
        diagnosis.look()

    try:
        result = engine.train(request, watch=watch)
    finally:
        TrainingRun.objects.filter(pk=run.pk).update(log=read_log(request.out))
        diagnosis.save(over=True)
    run.report = of_validation(result.report, manifest)
    run.pictures = store_pictures(run.report, request.out / engine.EXAMPLES_NAME)
    run.save(update_fields=["report", "pictures"])
    return result


def clear_run_folder(run: TrainingRun) -> None:
    """Remove the working folder once everything in it is stored."""
    shutil.rmtree(run_folder(run), ignore_errors=True)


def _warm_start_folder(run: TrainingRun, folder: Path) -> Path | None:
    base = run.warm_start or run.pretraining
    if base is None:
        return None
    return write_model_folder(base.weights, base.card["model"], folder / "init")


def _watch(
    run: TrainingRun,
    context: JobContext,
    request: engine.TrainRequest,
    rows: Sequence[curves.CurveRow],
) -> None:
    context.check()
    if not rows:
        return
    CurvePoint.objects.bulk_create(
        [
            CurvePoint(
                run=run,
                step=row.step,
                seconds=row.seconds,
                loss=curves.finite(row.loss),
                val=curves.finite(row.val),
                images_per_second=curves.finite(row.images_per_second),
                learning_rate=curves.finite(row.learning_rate),
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["run", "step"],
        update_fields=["seconds", "loss", "val", "images_per_second", "learning_rate"],
    )
    TrainingRun.objects.filter(pk=run.pk).update(log=read_log(request.out))
    newest = rows[-1]
    fraction = min(1.0, newest.seconds / (60 * request.minutes))
    context.report(
        phase="training",
        step=newest.step,
        steps=newest.steps or round(newest.step / max(fraction, 1e-6)),
        fraction=round(fraction, 4),
        seconds_left=_seconds_left(newest, request.minutes),
        images_per_second=curves.finite(newest.images_per_second),
    )


def _seconds_left(row: curves.CurveRow, minutes: float) -> float:
    stated = curves.finite(row.seconds_left)
    return round(max(0.0, 60 * minutes - row.seconds) if stated is None else stated, 1)
