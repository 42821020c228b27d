"""Start, cancel and retry training runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from annotations.models import Project, User
from core.errors import Conflict, DomainError
from core.jobs.models import LIVE_STATES, JobState
from core.jobs.services import enqueue, request_cancel
from training.engine.advice import check_settings
from training.runs.environment import code_version, describe_environment
from training.runs.models import StartKind, TrainingRun
from training.runs.settings import config_for_run
from training.snapshots.services import freeze

RUN_JOB = "training.train_run"
SHORTEST_MINUTES = 0.05
LONGEST_MINUTES = 24 * 60.0
DEFAULT_MINUTES = 5.0


@dataclass(frozen=True)
class RunSettings:
    """What can be asked of a run.

    Attributes
    ----------
    minutes : float or None
        Budget of time; nothing for the project's.
    seed : int
        Seed of all randomness.
    config : mapping
        Settings of the trainer that differ from its defaults.
    """

    minutes: float | None = None
    seed: int = 0
    config: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Begin:
    """Where a run starts: a kind, and the model version or the pre-training that it names."""

    kind: str = StartKind.SCRATCH
    model: int | None = None
    pretraining: int | None = None


FROM_NOTHING = Begin()


@transaction.atomic
def start_run(
    project: Project,
    *,
    settings: RunSettings,
    by: User | None,
    begin: Begin = FROM_NOTHING,
) -> TrainingRun:
    """Freeze the ground truths and queue a training on them.

    Parameters
    ----------
    project : Project
        Whose ground truths.
    settings : RunSettings
        Budget, seed, configuration.
    by : User or None
        Who asks; nobody for the loop itself.
    begin : Begin
        What to start from, and whoever asks may use.

    Returns
    -------
    TrainingRun
        The run, whose job is queued.

    Raises
    ------
    Conflict
        Code "run_in_progress": the project trains already.
    DomainError
        Codes "bad_budget", "bad_config"; or nothing is labelled (see `freeze`).
    """
    minutes = settings.minutes or project.loop.get("train_minutes") or DEFAULT_MINUTES
    if not SHORTEST_MINUTES <= float(minutes) <= LONGEST_MINUTES:
        raise DomainError(
            "bad_budget",
            f"Training for {minutes} minutes is not possible: give {SHORTEST_MINUTES} to "
            f"{LONGEST_MINUTES:.0f}.",
        )
    if settings.config:
        check_settings(settings.config)
    _be_alone(project.pk)
    snapshot = freeze(project)
    run = TrainingRun.objects.create(
        project=project,
        snapshot=snapshot,
        config={
            **config_for_run(project, snapshot, settings.config, minutes=float(minutes)),
            "minutes": float(minutes),
        },
        seed=settings.seed,
        start=begin.kind,
        warm_start_id=begin.model,
        pretraining_id=begin.pretraining,
        code_version=code_version(),
        environment=describe_environment(),
        created_by=by,
    )
    return _queue(run)


def cancel_run(run: TrainingRun) -> TrainingRun:
    """Stop a run; one that is over stays as it is. A checkpoint is kept for a retry."""
    if run.job is not None:
        request_cancel(run.job.pk, now=timezone.now())
        run.job.refresh_from_db()
    return run


@transaction.atomic
def retry_run(run: TrainingRun) -> TrainingRun:
    """Queue a run again that failed or was cancelled; it goes on from its checkpoint.

    Raises
    ------
    Conflict
        Code "run_not_over": the run is queued, running or done; "run_in_progress": the project
        trains another one.
    """
    run = TrainingRun.objects.select_for_update(of=("self",)).select_related("job").get(pk=run.pk)
    if run.job is not None and run.job.state not in (JobState.FAILED, JobState.CANCELLED):
        raise Conflict(
            "run_not_over",
            f"The run is {run.job.state}; only failed and cancelled runs can be retried.",
        )
    _be_alone(run.project_id)
    return _queue(run)


def _be_alone(project: int) -> None:
    """Make starts wait for each other, and refuse one beside a live run."""
    Project.objects.select_for_update().get(pk=project)
    live = TrainingRun.objects.filter(project=project, job__state__in=LIVE_STATES).first()
    if live is not None:
        raise Conflict(
            "run_in_progress",
            "This project is training already. Wait for that run, or cancel it first.",
            extra={"run": live.pk},
        )


def _queue(run: TrainingRun) -> TrainingRun:
    run.job = enqueue(RUN_JOB, run.pk, queue="train", project=run.project_id)
    run.save(update_fields=["job"])
    return run
