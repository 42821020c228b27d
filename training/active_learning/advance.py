"""Move rounds on: what the state machine says, done to rows. Each step is safe to repeat."""

import logging

from django.db import transaction

from annotations.models import SampleState
from core.errors import Conflict, DomainError
from core.jobs.models import Job, JobState
from training.active_learning.batch import ask_for_more, candidates, choose_batch
from training.active_learning.loop import (
    LIVE_STATES,
    RoundEvent,
    RoundState,
    decide_next_round,
)
from training.active_learning.models import Round
from training.active_learning.services import (
    SCORE_JOB,
    RoundSettings,
    start_round,
    take,
)
from training.active_learning.trials import start_trials
from training.model_registry.models import Evaluation, ModelVersion
from training.model_registry.services import EVALUATE_JOB
from training.runs.services import RunSettings
from training.starts.services import begin_run

logger = logging.getLogger(__name__)

# What a training says that finds one class only, or no object at all.
NOTHING_TO_LEARN = "nothing_to_learn"
DEAD_JOBS = (JobState.FAILED, JobState.CANCELLED)


def advance_rounds() -> None:
    """Look at every live round, and move on those that can."""
    for pk in Round.objects.filter(state__in=LIVE_STATES).values_list("pk", flat=True):
        advance_round(pk)


def advance_round(pk: int) -> None:
    """Move one round on as far as it goes; a round that somebody else moves is left to them.

    Parameters
    ----------
    pk : int
        The round.
    """
    # Scoring, labelling, training, evaluating, and the next round's start: five steps at most.
    for _ in range(5):
        if not _step(pk):
            return


@transaction.atomic
def _step(pk: int) -> bool:
    """Take one step; whether there may be another."""
    round_ = (
        Round.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("project", "run__job", "scored_by")
        .filter(pk=pk, state__in=LIVE_STATES)
        .first()
    )
    if round_ is None:
        return False
    steps = {
        RoundState.SCORING: _after_scoring,
        RoundState.LABELLING: _after_labelling,
        RoundState.TRAINING: _after_training,
        RoundState.EVALUATING: _after_evaluating,
    }
    try:
        with transaction.atomic():
            return steps[RoundState(round_.state)](round_)
    except DomainError as error:
        logger.warning("round %s failed: %s", pk, error)
        take(round_, RoundEvent.WENT_WRONG, code=error.code, detail=error.detail)
        return False


def _after_scoring(round_: Round) -> bool:
    waiting = list(round_.chunks.filter(done_at=None).values_list("pk", flat=True))
    if waiting:
        _refuse_dead(SCORE_JOB, [str(chunk) for chunk in waiting])
        return False
    choose_batch(round_)
    take(round_, RoundEvent.BATCH_QUEUED)
    return True


def _after_labelling(round_: Round) -> bool:
    open_ = round_.samples.exclude(sample__state=SampleState.ACCEPTED)
    if open_.filter(sample__image__trashed_at=None).exists():
        return False
    try:
        run = begin_run(round_.project, settings=RunSettings(seed=round_.seed), by=None)
    except Conflict as error:
        if error.code == "run_in_progress":
            return False
        raise
    take(round_, RoundEvent.ALL_LABELLED, run=run)
    return True


def _after_training(round_: Round) -> bool:
    run = round_.run
    if run is None or run.job is None:
        raise DomainError("run_lost", "The round's training run is gone. Retry the round.")
    if ModelVersion.objects.filter(run=run).exists():
        take(round_, RoundEvent.RUN_FINISHED)
        return True
    if run.job.state in DEAD_JOBS:
        if run.job.code == NOTHING_TO_LEARN and ask_for_more(round_):
            take(round_, RoundEvent.MORE_WANTED, run=None)
            return False
        raise DomainError(run.job.code or "run_failed", run.job.detail or "The training failed.")
    return False


def _after_evaluating(round_: Round) -> bool:
    version = ModelVersion.objects.filter(run=round_.run_id).first()
    if version is None:
        raise DomainError("model_lost", "The round's model is gone. Retry the round.")
    if not version.gate:
        _refuse_dead(EVALUATE_JOB, [str(version.pk)])
        return False
    Evaluation.objects.filter(model_version=version).update(round=round_, arm="all")
    round_ = take(round_, RoundEvent.EVALUATED)
    if round_.project.loop.get("compare_arms", False):
        start_trials(round_)
    _go_on(round_)
    return False


def _go_on(round_: Round) -> None:
    project = round_.project
    if project.archived_at is not None:
        return
    policy = project.loop
    pool = candidates(project.pk, "train", queue_is_chosen=project.queue_is_chosen)
    decision = decide_next_round(
        auto=bool(policy.get("auto", False)),
        rounds_done=Round.objects.filter(project=project, state=RoundState.DONE).count(),
        max_rounds=int(policy.get("max_rounds", 0)),
        pool=len(pool),
    )
    if decision.start:
        start_round(project, settings=RoundSettings(), by=None)


def _refuse_dead(kind: str, subjects: list[str]) -> None:
    """Raise what the newest job of a subject failed with."""
    newest = Job.objects.filter(kind=kind, subject__in=subjects).order_by("subject", "-created_at")
    for job in newest.distinct("subject"):
        if job.state in DEAD_JOBS:
            raise DomainError(job.code or "job_failed", job.detail or "A job of the round failed.")
