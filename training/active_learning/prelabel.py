"""Give waiting samples a start: what the model, or the zero-label segmenter, sees in them."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from annotations.labels.services import put_proposal
from annotations.models import ImageStatus, Project, Sample, SampleState, TaskKind
from core.jobs.models import Job, JobState
from core.jobs.runner import JobContext
from core.jobs.services import enqueue
from training.active_learning.scoring import proposing_version, see_samples
from training.model_registry.services import get_champion

PRELABEL_JOB = "training.prelabel"
SAMPLES_AT_ONCE = 32
REST_AFTER_FAILURE = timedelta(minutes=10)


def queue_prelabelling(*, now: datetime) -> None:
    """Queue a job for each project in which samples wait without a proposal.

    Only before the first round: from then on rounds bring the proposals of their batch.

    Parameters
    ----------
    now : datetime
        A project whose last job failed a short while ago rests.
    """
    waiting = _waiting().values("project")
    for project in Project.objects.filter(pk__in=waiting, archived_at=None):
        failed = Job.objects.filter(
            kind=PRELABEL_JOB,
            subject=str(project.pk),
            state=JobState.FAILED,
            finished_at__gt=now - REST_AFTER_FAILURE,
        )
        if not failed.exists():
            enqueue(PRELABEL_JOB, project.pk, queue="predict", project=project.pk)


def prelabel(project: Project, context: JobContext) -> int:
    """Predict the samples that come next in a project's queue; safe to do again.

    Parameters
    ----------
    project : Project
        Whose queue.
    context : JobContext
        Stops the work when the job is cancelled.

    Returns
    -------
    int
        Samples that got a proposal.
    """
    samples = list(
        _waiting()
        .filter(project=project)
        .select_related("image__dataset", "project")
        .order_by("-priority", "pk")[:SAMPLES_AT_ONCE]
    )
    champion = get_champion(project)
    for sample, features in see_samples(project, samples, champion, context):
        version = proposing_version(sample, champion)
        put_proposal(
            sample,
            source=f"model {version.number}" if version else "zero-label start",
            labels=features["labels"],
            class_scores={int(k): v for k, v in features["class_scores"].items()},
            objects=features["objects"],
        )
    return len(samples)


def _waiting() -> QuerySet[Sample]:
    return Sample.objects.filter(
        state=SampleState.QUEUED,
        project__queue_is_chosen=False,
        project__task_kind=TaskKind.INSTANCE,
        proposals=None,
        annotations=None,
        image__status=ImageStatus.READY,
        image__trashed_at=None,
    )
