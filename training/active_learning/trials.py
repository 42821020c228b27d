"""What does the strategy bring? Each arm's labels alone, trained alike and measured alike."""

import dataclasses
import shutil
from collections.abc import Sequence
from pathlib import Path

from django.utils import timezone

from annotations.models import Split
from core.jobs.runner import JobContext
from core.jobs.services import enqueue
from training import curves, engine
from training.active_learning.arms import MORE
from training.active_learning.models import ArmTrial, Round, RoundSample
from training.model_registry.evaluation import score_items, summarise
from training.snapshots.manifest import SnapshotManifest
from training.snapshots.materialize import materialize_snapshot
from training.snapshots.selectors import get_manifest
from training.snapshots.workspace import work_root

TRIAL_JOB = "training.try_arm"


def start_trials(round_: Round) -> list[ArmTrial]:
    """Queue a trial of each arm of a round whose model is measured.

    A round of one arm has nothing to compare, and gets none.

    Parameters
    ----------
    round_ : Round
        With its run.

    Returns
    -------
    list of ArmTrial
        One for each arm that has labels.
    """
    if round_.run is None:
        return []
    manifest = get_manifest(round_.run.snapshot)
    names = [arm["name"] for arm in round_.arms if arm["name"] != MORE]
    counts = {name: len(_share(manifest, round_, name).split(Split.TRAIN)) for name in names}
    compared = {name: count for name, count in counts.items() if count}
    if len(compared) < 2:
        return []
    trials = []
    for name, n_labels in compared.items():
        trial, _ = ArmTrial.objects.get_or_create(
            round=round_, arm=name, defaults={"n_labels": n_labels}
        )
        trial.job = enqueue(TRIAL_JOB, trial.pk, queue="train", project=round_.project_id)
        trial.save(update_fields=["job"])
        trials.append(trial)
    return trials


def run_trial(trial: ArmTrial, context: JobContext) -> None:
    """Train on one arm's labels and measure on the held-out splits; safe to do again.

    The network starts from nothing: a champion has seen the other arm's labels.

    Parameters
    ----------
    trial : ArmTrial
        With its round and the round's run.
    context : JobContext
        The job's claim.

    Raises
    ------
    JobInterruptedError
        The training was stopped from outside; the job goes back to the queue.
    DomainError
        The training failed.
    """
    if trial.done_at is not None:
        return
    run = trial.round.run
    assert run is not None, "trials are started for rounds with a run only"
    whole = get_manifest(run.snapshot)
    manifest = _share(whole, trial.round, trial.arm)
    folder = work_root() / "trials" / str(trial.pk)
    out = _train(trial, manifest, folder, context)
    for split in (Split.VALIDATION.value, Split.TEST.value):
        items = whole.split(split)
        if items:
            scores = score_items(whole, items, model=lambda _: out, check=context.check)
            metrics, per_image = summarise(whole.task_kind, scores)
            trial.metrics[split], trial.per_image[split] = metrics, per_image
    trial.done_at = timezone.now()
    trial.save(update_fields=["metrics", "per_image", "done_at"])
    shutil.rmtree(folder, ignore_errors=True)


def only_arm(manifest: SnapshotManifest, chosen: Sequence[int]) -> SnapshotManifest:
    """Leave out the training items that other arms chose; held-out items stay.

    Parameters
    ----------
    manifest : SnapshotManifest
        All items.
    chosen : sequence of int
        Samples that the arm chose.

    Returns
    -------
    SnapshotManifest
        The arm's share.
    """
    wanted = set(chosen)
    items = (i for i in manifest.items if i.split != Split.TRAIN or i.sample in wanted)
    return dataclasses.replace(manifest, items=tuple(items))


def _share(manifest: SnapshotManifest, round_: Round, arm: str) -> SnapshotManifest:
    """Keep what an arm chose in this and all earlier rounds of the project."""
    picks = RoundSample.objects.filter(
        round__project=round_.project_id, round__number__lte=round_.number, arm=arm
    )
    return only_arm(manifest, list(picks.values_list("sample_id", flat=True)))


def _train(trial: ArmTrial, manifest: SnapshotManifest, folder: Path, context: JobContext) -> Path:
    run = trial.round.run
    assert run is not None
    config = {key: value for key, value in run.config.items() if key != "minutes"}
    request = engine.TrainRequest(
        snapshot=materialize_snapshot(manifest, folder / "snapshot"),
        out=folder / "out",
        config=config,
        seed=run.seed,
        minutes=float(run.config["minutes"]),
    )
    engine.train(request, watch=lambda rows: _report(context, rows, request.minutes))
    return request.out


def _report(context: JobContext, rows: Sequence[curves.CurveRow], minutes: float) -> None:
    context.check()
    if rows:
        context.report(
            phase="training", fraction=round(min(1.0, rows[-1].seconds / (60 * minutes)), 4)
        )
