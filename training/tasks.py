"""Jobs of this app: thin, each claims its row and calls one service."""

from collections.abc import Iterable

from celery import shared_task
from django.utils import timezone

from annotations.models import Project
from core.jobs.runner import JobContext, run_job
from training.active_learning.advance import advance_round
from training.active_learning.advance import advance_rounds as advance_all
from training.active_learning.models import ArmTrial, Round, ScoreChunk
from training.active_learning.prelabel import prelabel as give_start
from training.active_learning.prelabel import queue_prelabelling
from training.active_learning.scoring import score_chunk as score
from training.active_learning.trials import run_trial
from training.assist.maps import drop_stale_maps
from training.model_registry.models import ModelVersion
from training.model_registry.services import evaluate_model as evaluate
from training.model_registry.services import register_model
from training.runs.execution import clear_run_folder, execute_run
from training.runs.models import TrainingRun


@shared_task(name="training.train_run")
def train_run(job_id: str) -> None:
    """Train, and register what was learned."""
    run_job(job_id, _train)


@shared_task(name="training.evaluate_model")
def evaluate_model(job_id: str) -> None:
    """Measure a candidate and let the gate decide."""
    run_job(job_id, _evaluate)


@shared_task(name="training.score_chunk")
def score_chunk(job_id: str) -> None:
    """Score a piece of a round's pool."""
    run_job(job_id, _score)


@shared_task(name="training.try_arm")
def try_arm(job_id: str) -> None:
    """Train on one arm's labels alone, to compare the arms."""
    run_job(job_id, _try_arm)


@shared_task(name="training.prelabel")
def prelabel(job_id: str) -> None:
    """Give the samples that come next a start."""
    run_job(job_id, _prelabel)


@shared_task(name="training.advance_rounds")
def advance_rounds() -> None:
    """Move on the rounds that can go on, and see that what waits has a start."""
    advance_all()
    queue_prelabelling(now=timezone.now())
    drop_stale_maps()


def _train(context: JobContext) -> None:
    run = TrainingRun.objects.select_related("project", "snapshot", "warm_start").get(
        pk=context.subject
    )
    register_model(run, execute_run(run, context))
    clear_run_folder(run)
    _advance(Round.objects.filter(run=run).values_list("pk", flat=True))


def _evaluate(context: JobContext) -> None:
    version = ModelVersion.objects.select_related("project", "run__snapshot").get(
        pk=context.subject
    )
    evaluate(version, check=context.check)
    _advance(Round.objects.filter(run=version.run_id).values_list("pk", flat=True))


def _try_arm(context: JobContext) -> None:
    trials = ArmTrial.objects.select_related("round__project", "round__run__snapshot")
    run_trial(trials.get(pk=context.subject), context)


def _prelabel(context: JobContext) -> None:
    give_start(Project.objects.get(pk=context.subject), context)


def _score(context: JobContext) -> None:
    chunk = ScoreChunk.objects.select_related("round__project", "round__scored_by").get(
        pk=context.subject
    )
    score(chunk, context)
    _advance([chunk.round_id])


def _advance(rounds: Iterable[int]) -> None:
    for pk in list(rounds):
        advance_round(pk)
