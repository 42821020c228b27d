"""Do a training without labels, or a comparison of starts; safe to do again."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from annotations.models import ImageStatus, Sample
from core.jobs.runner import JobContext
from core.storage import get_storage
from training import bases, curves
from training.process import read_log
from training.runs.execution import write_model_folder
from training.snapshots.materialize import materialize_samples, materialize_snapshot
from training.snapshots.selectors import get_manifest
from training.snapshots.workspace import work_root
from training.starts.choice import Start, resolve
from training.starts.models import Pretraining, StartComparison
from training.starts.services import start_is_gone

# A point a second: of a long training every n-th is kept.
MOST_POINTS = 500


def execute_pretraining(row: Pretraining, context: JobContext) -> None:
    """Train without labels; it goes on from its checkpoint where a worker died.

    Parameters
    ----------
    row : Pretraining
        With its project.
    context : JobContext
        The job's claim.

    Raises
    ------
    JobInterruptedError
        The training was stopped from outside; the job goes back to the queue.
    DomainError
        The training failed.
    """
    if row.weights:
        return
    folder = work_root() / "pretrainings" / str(row.pk)
    context.report(phase="preparing")
    ready = Sample.objects.select_related("image__dataset").filter(
        pk__in=row.samples, image__status=ImageStatus.READY, image__trashed_at=None
    )
    request = bases.PretrainRequest(
        pictures=materialize_samples(row.project, ready.order_by("pk"), folder / "pictures"),
        out=folder / "out",
        config=row.config,
        seed=row.seed,
        minutes=row.minutes,
    )

    def watch(rows: Sequence[curves.CurveRow]) -> None:
        context.check()
        if not rows:
            return
        _add_points(row, rows)
        fraction = min(1.0, rows[-1].seconds / (60 * row.minutes))
        context.report(phase="training", fraction=round(fraction, 4), step=rows[-1].step)

    try:
        result = bases.pretrain(request, watch=watch)
    finally:
        Pretraining.objects.filter(pk=row.pk).update(log=read_log(request.out))
    row.card = {"model": result.model, "report": result.report}
    row.weights = get_storage().put(result.weights.read_bytes())
    row.save(update_fields=["card", "weights"])
    shutil.rmtree(folder, ignore_errors=True)


def execute_comparison(row: StartComparison, context: JobContext) -> None:
    """Train from nothing and from each start; what is done is not done again.

    Parameters
    ----------
    row : StartComparison
        With its project and snapshot.
    context : JobContext
        The job's claim.

    Raises
    ------
    JobInterruptedError
        It was stopped from outside; the job goes back to the queue.
    DomainError
        A start is gone, or a training failed.
    """
    if row.result:
        return
    folder = work_root() / "comparisons" / str(row.pk)
    context.report(phase="preparing")
    request = bases.StartsRequest(
        snapshot=materialize_snapshot(get_manifest(row.snapshot), folder / "snapshot"),
        out=folder / "out",
        config=row.config,
        minutes=row.minutes,
        starts=_write_starts(row, folder / "starts"),
        seeds=row.seeds,
    )

    def watch(progress: bases.StartsProgress) -> None:
        context.report(
            phase="training", done=progress.done, of=progress.of, fraction=progress.fraction
        )

    try:
        row.result = bases.compare_starts(request, watch=watch)
    finally:
        StartComparison.objects.filter(pk=row.pk).update(log=read_log(request.out))
    row.save(update_fields=["result"])
    shutil.rmtree(folder, ignore_errors=True)


def _write_starts(row: StartComparison, folder: Path) -> dict[str, Path]:
    """Write each base to a folder; those that are there are left, the champion may be another."""
    written = {}
    for start in row.starts:
        target = folder / start["name"]
        if not (target / "model.json").exists():
            base = resolve(row.project, Start(start["kind"], start["id"])).base
            if base is None:
                raise start_is_gone(start["name"])
            write_model_folder(base.weights, base.card["model"], target)
        written[start["name"]] = target
    return written


def _add_points(row: Pretraining, rows: Sequence[curves.CurveRow]) -> None:
    """Keep the curve in the row; after a resumption it comes again from its beginning."""
    points = {point["step"]: point for point in row.curve}
    for new in rows:
        points[new.step] = {
            "step": new.step,
            "seconds": round(new.seconds, 1),
            "loss": curves.finite(new.loss),
            "val": curves.finite(new.val),
        }
    kept = [points[step] for step in sorted(points)]
    if len(kept) > MOST_POINTS:
        kept = [p for at, p in enumerate(kept) if at % 2 == 0 or p["val"] is not None]
    row.curve = kept
    row.save(update_fields=["curve"])
