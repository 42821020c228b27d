"""Jobs of this app: thin, each claims its row and calls one service."""

from celery import shared_task
from django.utils import timezone

from annotations.crowdsourcing import services as crowd
from annotations.exchange import reference
from annotations.images import services as images
from annotations.labels import services as labels
from annotations.review import services as review
from core.jobs import services as jobs
from core.jobs.runner import JobContext, run_job


@shared_task(name="annotations.expire_leases")
def expire_leases() -> None:
    """Give back the samples of leases that ran out, and correct the queue's slots."""
    crowd.expire_leases(now=timezone.now())
    review.settle_samples(crowd.sync_queue())


@shared_task(name="annotations.fail_lost_images")
def fail_lost_images() -> None:
    """Say of pictures that killed their workers that they failed."""
    images.fail_lost_images()


@shared_task(name=images.PYRAMID_JOB)
def build_pyramid(job_id: str) -> None:
    """Make a picture ready to be shown, and tell the projects that ask about it."""

    def work(context: JobContext) -> None:
        images.process_image(context.subject, report=context.report)
        reference.sync_image(context.subject)

    run_job(job_id, work)


@shared_task(name=review.CONSENSUS_JOB)
def compute_consensus(job_id: str) -> None:
    """Decide a sample that has all its answers."""

    def work(context: JobContext) -> None:
        review.settle_sample(context.subject)

    run_job(job_id, work)


@shared_task(name=reference.SYNC_PROJECT_JOB)
def sync_project(job_id: str) -> None:
    """Make the samples of a project, and ground truth from the masks of its pictures."""

    def work(context: JobContext) -> None:
        reference.sync_project(context.subject, report=context.report)

    run_job(job_id, work)


@shared_task(name=reference.SYNC_IMAGE_JOB)
def sync_image(job_id: str) -> None:
    """Bring all projects up to date with one picture."""

    def work(context: JobContext) -> None:
        reference.sync_image(context.subject)

    run_job(job_id, work)


@shared_task(name="annotations.find_old_logs")
def find_old_logs() -> None:
    """Queue the packing of logs of answers that were submitted long ago."""
    for project in labels.list_projects_to_compact(now=timezone.now()):
        jobs.enqueue(labels.COMPACT_JOB, project, project=project)


@shared_task(name=labels.COMPACT_JOB)
def compact_logs(job_id: str) -> None:
    """Pack the old logs of a project."""

    def work(context: JobContext) -> None:
        labels.compact_logs(context.subject, now=timezone.now(), report=context.report)

    run_job(job_id, work)
