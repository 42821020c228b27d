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
from training.idle_folders import drop_idle_folders as drop_folders
from training.model_registry.models import ModelExport, ModelImport, ModelVersion
from training.model_registry.services import evaluate_model as evaluate
from training.model_registry.services import register_model
from training.model_registry.transfer import take_in, write_export
from training.runs.execution import clear_run_folder, execute_run
from training.runs.models import TrainingRun
from training.search.execution import try_settings as try_with
from training.search.models import Trial
from training.search.services import advance_searches as advance_all_searches
from training.serving.batches import CHUNK_JOB
from training.serving.batches import predict_chunk as predict_images
from training.serving.models import BatchChunk, PredictionRequest
from training.serving.services import REQUEST_JOB
from training.serving.services import answer_request as answer
from training.serving.services import drop_forgotten_uploads as drop_uploads
from training.starts.execution import execute_comparison, execute_pretraining
from training.starts.models import Pretraining, StartComparison
from training.starts.services import COMPARE_JOB, PRETRAIN_JOB


@shared_task(name="training.train_run")
def train_run(job_id: str) -> None:
    """Train, and register what was learned."""
    run_job(job_id, _train)


@shared_task(name=PRETRAIN_JOB)
def pretrain(job_id: str) -> None:
    """Train without labels."""

    def work(context: JobContext) -> None:
        rows = Pretraining.objects.select_related("project")
        execute_pretraining(rows.get(pk=context.subject), context)

    run_job(job_id, work)


@shared_task(name=COMPARE_JOB)
def compare_starts(job_id: str) -> None:
    """Train from nothing and from other starts."""

    def work(context: JobContext) -> None:
        rows = StartComparison.objects.select_related("project", "snapshot")
        execute_comparison(rows.get(pk=context.subject), context)

    run_job(job_id, work)


@shared_task(name="training.evaluate_model")
def evaluate_model(job_id: str) -> None:
    """Measure a candidate and let the gate decide."""
    run_job(job_id, _evaluate)


@shared_task(name="training.export_model")
def export_model(job_id: str) -> None:
    """Write a model as a package."""
    run_job(job_id, _export)


@shared_task(name="training.import_model")
def import_model(job_id: str) -> None:
    """Look at a file that was sent, and keep it as a model."""
    run_job(job_id, _import)


@shared_task(name="training.score_chunk")
def score_chunk(job_id: str) -> None:
    """Score a piece of a round's pool."""
    run_job(job_id, _score)


@shared_task(name="training.try_arm")
def try_arm(job_id: str) -> None:
    """Train on one arm's labels alone, to compare the arms."""
    run_job(job_id, _try_arm)


@shared_task(name="training.try_settings")
def try_settings(job_id: str) -> None:
    """Train with one setting of a search."""
    run_job(job_id, _try_settings)


@shared_task(name="training.advance_searches")
def advance_searches() -> None:
    """Move on the searches that can go on, also after a worker was killed."""
    advance_all_searches()


@shared_task(name="training.prelabel")
def prelabel(job_id: str) -> None:
    """Give the samples that come next a start."""
    run_job(job_id, _prelabel)


@shared_task(name=REQUEST_JOB)
def answer_request(job_id: str) -> None:
    """Predict the picture that somebody asked about."""

    def work(context: JobContext) -> None:
        requests = PredictionRequest.objects.select_related(
            "model_version__project", "image__dataset"
        )
        answer(requests.get(pk=context.job.subject), check=context.check)

    run_job(job_id, work)


@shared_task(name=CHUNK_JOB)
def predict_chunk(job_id: str) -> None:
    """Predict a piece of a batch."""

    def work(context: JobContext) -> None:
        chunks = BatchChunk.objects.select_related("batch__model_version__project")
        predict_images(chunks.get(pk=context.subject), context)

    run_job(job_id, work)


@shared_task(name="training.drop_forgotten_uploads")
def drop_forgotten_uploads() -> None:
    """Remove what was sent for predictions and never fetched."""
    drop_uploads(now=timezone.now())


@shared_task(name="training.drop_idle_folders")
def drop_idle_folders() -> None:
    """Remove the working folders of trainings that nobody came back to."""
    drop_folders()


@shared_task(name="training.advance_rounds")
def advance_rounds() -> None:
    """Move on the rounds that can go on, and see that what waits has a start."""
    advance_all()
    queue_prelabelling(now=timezone.now())
    drop_stale_maps()


def _train(context: JobContext) -> None:
    runs = TrainingRun.objects.select_related("project", "snapshot", "warm_start", "pretraining")
    run = runs.get(pk=context.subject)
    # A worker that died after its model was kept left the rest to do only.
    if not ModelVersion.objects.filter(run=run).exists():
        register_model(run, execute_run(run, context))
    clear_run_folder(run)
    _advance(Round.objects.filter(run=run).values_list("pk", flat=True))


def _evaluate(context: JobContext) -> None:
    version = ModelVersion.objects.select_related("project", "run__snapshot").get(
        pk=context.subject
    )
    evaluate(version, check=context.check)
    _advance(Round.objects.filter(run=version.run_id).values_list("pk", flat=True))


def _export(context: JobContext) -> None:
    exports = ModelExport.objects.select_related("model_version__project", "model_version__run")
    write_export(exports.get(pk=context.subject), check=context.check)


def _import(context: JobContext) -> None:
    imports = ModelImport.objects.select_related("project")
    take_in(imports.get(pk=context.subject), check=context.check)


def _try_arm(context: JobContext) -> None:
    trials = ArmTrial.objects.select_related("round__project", "round__run__snapshot")
    run_trial(trials.get(pk=context.subject), context)


def _try_settings(context: JobContext) -> None:
    trials = Trial.objects.select_related("search__project", "search__snapshot")
    try_with(trials.get(pk=context.subject), context)


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
