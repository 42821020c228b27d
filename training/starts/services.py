"""Begin runs from their start, train without labels, compare starts, choose one for a project."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from annotations.models import ImageStatus, Project, Sample, Split, User
from core.audit import record
from core.errors import Conflict, DomainError
from core.jobs.models import LIVE_STATES
from core.jobs.services import enqueue, request_cancel
from training.nested import merge_settings
from training.runs.models import StartKind, TrainingRun, TrainingSettings
from training.runs.services import (
    DEFAULT_MINUTES,
    LONGEST_MINUTES,
    SHORTEST_MINUTES,
    Begin,
    RunSettings,
    start_run,
)
from training.runs.settings import config_for_run, settings_of
from training.snapshots.services import freeze
from training.starts.choice import Resolved, Start, base_settings, resolve, setting_of
from training.starts.models import Pretraining, StartComparison

PRETRAIN_JOB, COMPARE_JOB = "training.pretrain", "training.compare_starts"
# Pictures beyond these bring little in the minutes that there are, and each is written to disk.
MOST_PICTURES = 2000
MOST_SEEDS, MOST_STARTS = 5, 4


@dataclass(frozen=True)
class ComparisonSettings:
    """What can be asked of a comparison of starts.

    Attributes
    ----------
    starts : sequence of Start
        Beside nothing, which is always among them.
    minutes : float or None
        Budget of each training; nothing for the project's.
    seeds : int
        Each start is trained under so many.
    """

    starts: Sequence[Start] = field(default_factory=tuple)
    minutes: float | None = None
    seeds: int = 3


def begin_run(
    project: Project, *, settings: RunSettings, by: User | None, start: Start | None = None
) -> TrainingRun:
    """Start a run from where the project's runs start, or from where it is asked.

    Parameters
    ----------
    project : Project
        Whose ground truths.
    settings : RunSettings
        Budget, seed, configuration.
    by : User or None
        Who asks; nobody for the loop itself.
    start : Start, optional
        Checked by `training.starts.selectors.check_starts`; nothing for the project's setting.

    Returns
    -------
    TrainingRun
        The run, whose job is queued.

    Raises
    ------
    Conflict, DomainError
        As of `training.runs.services.start_run`.
    """
    found = resolve(project, start or setting_of(project))
    config = merge_settings(base_settings(project, found.base), settings.config)
    return start_run(project, settings=replace(settings, config=config), by=by, begin=_begin(found))


def use_start(project: Project, start: Start, *, by: User | None) -> TrainingSettings:
    """Let the next runs of a project start from there.

    Parameters
    ----------
    project : Project
        Whose runs.
    start : Start
        Checked by `training.starts.selectors.check_starts`.
    by : User or None
        Who decides.

    Returns
    -------
    TrainingSettings
        Stored.
    """
    chosen = settings_of(project)
    chosen.start = start.kind
    chosen.start_model_id = start.id if start.kind == StartKind.MODEL else None
    chosen.start_pretraining_id = start.id if start.kind == StartKind.PRETRAINING else None
    chosen.changed_by = by
    chosen.save()
    record("training.start", project, actor=by, data={"kind": start.kind, "id": start.id})
    return chosen


@transaction.atomic
def start_pretraining(
    project: Project, *, minutes: float, pretext: str, seed: int, by: User | None
) -> Pretraining:
    """Queue a training without labels on the pictures of the project's training split.

    Pictures of the validation and the test split are left out: models that start from the base
    are measured on pictures that no network has seen.

    Parameters
    ----------
    project : Project
        Whose pictures.
    minutes : float
        Budget.
    pretext : str
        Key of `training.ml.pretraining.PRETEXTS`.
    seed : int
        Seed of all randomness.
    by : User or None
        Who asks.

    Raises
    ------
    Conflict
        Codes "pretraining_in_progress", "no_pictures".
    DomainError
        Code "bad_budget".
    """
    _check_minutes(minutes)
    Project.objects.select_for_update().get(pk=project.pk)
    live = Pretraining.objects.filter(project=project, job__state__in=LIVE_STATES).first()
    if live is not None:
        raise Conflict(
            "pretraining_in_progress",
            "This project learns from its pictures already. Wait for that, or cancel it first.",
            extra={"pretraining": live.pk},
        )
    samples = _pictures(project, seed)
    if not samples:
        raise Conflict(
            "no_pictures",
            "No picture of the training split is ready yet. Add images to the project's data sets.",
        )
    network = settings_of(project).config.get("network")
    config: dict[str, Any] = {"pretrain": {"pretext": pretext}}
    if network:
        config["network"] = network
    row = Pretraining.objects.create(
        project=project, config=config, minutes=minutes, seed=seed, samples=samples, created_by=by
    )
    row.job = enqueue(PRETRAIN_JOB, row.pk, queue="train", project=project.pk)
    row.save(update_fields=["job"])
    return row


@transaction.atomic
def start_comparison(
    project: Project, *, settings: ComparisonSettings, by: User | None
) -> StartComparison:
    """Queue trainings from nothing and from other starts on the ground truths of now.

    Parameters
    ----------
    project : Project
        Whose ground truths and settings.
    settings : ComparisonSettings
        Starts, checked by `training.starts.selectors.check_starts`, budget and seeds.
    by : User or None
        Who asks.

    Raises
    ------
    Conflict
        Codes "comparison_in_progress", "nothing_to_compare", "no_validation".
    DomainError
        Code "bad_budget"; or nothing is labelled (see `freeze`).
    """
    minutes = settings.minutes or float(project.loop.get("train_minutes") or DEFAULT_MINUTES)
    _check_minutes(minutes)
    if not 1 <= settings.seeds <= MOST_SEEDS:
        raise DomainError("bad_budget", f"Give 1 to {MOST_SEEDS} seeds.")
    Project.objects.select_for_update().get(pk=project.pk)
    live = StartComparison.objects.filter(project=project, job__state__in=LIVE_STATES).first()
    if live is not None:
        raise Conflict(
            "comparison_in_progress",
            "This project compares starts already. Wait for that, or cancel it first.",
            extra={"comparison": live.pk},
        )
    asked = list(dict.fromkeys(settings.starts))
    found = {start: resolve(project, start) for start in asked if start.kind != StartKind.SCRATCH}
    starts = [start for start, one in found.items() if one.base is not None]
    if not 1 <= len(starts) <= MOST_STARTS or StartKind.AUTO in {start.kind for start in starts}:
        raise Conflict(
            "nothing_to_compare",
            f"Choose 1 to {MOST_STARTS} starts that there are: a pre-training, a model, or the "
            "champion. From nothing is always tried too.",
        )
    snapshot = freeze(project)
    if not snapshot.n_val:
        raise Conflict(
            "no_validation",
            "No image of the validation split has a ground truth, so that starts cannot be "
            "compared. Label some first.",
        )
    row = StartComparison.objects.create(
        project=project,
        snapshot=snapshot,
        config=config_for_run(project, snapshot, minutes=minutes),
        minutes=minutes,
        seeds=list(range(settings.seeds)),
        starts=[{"name": s.name, "kind": s.kind, "id": s.id} for s in starts],
        created_by=by,
    )
    row.job = enqueue(COMPARE_JOB, row.pk, queue="train", project=project.pk)
    row.save(update_fields=["job"])
    return row


def cancel(row: Pretraining | StartComparison) -> None:
    """Stop it; one that is over stays as it is."""
    if row.job is not None:
        request_cancel(row.job.pk, now=timezone.now())
        row.job.refresh_from_db()


def _begin(found: Resolved) -> Begin:
    if isinstance(found.base, Pretraining):
        return Begin(found.kind, pretraining=found.base.pk)
    return Begin(found.kind, model=None if found.base is None else found.base.pk)


def _check_minutes(minutes: float) -> None:
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        raise DomainError(
            "bad_budget",
            f"{minutes:g} minutes are not possible: give {SHORTEST_MINUTES} to "
            f"{LONGEST_MINUTES:.0f}.",
        )


def _pictures(project: Project, seed: int) -> list[int]:
    """List samples of the training split whose image is ready; of very many some by chance."""
    ready = Sample.objects.filter(
        project=project, split=Split.TRAIN,
        image__status=ImageStatus.READY, image__trashed_at=None,
    )  # fmt: skip
    found = list(ready.order_by("pk").values_list("pk", flat=True))
    if len(found) <= MOST_PICTURES:
        return found
    rng = np.random.default_rng(seed)
    return sorted(int(pk) for pk in rng.choice(found, size=MOST_PICTURES, replace=False))


def start_is_gone(name: str) -> DomainError:
    """Say that something to start from was removed meanwhile."""
    return DomainError("start_gone", f"There is no {name} any more to start from. Choose another.")
