"""Periodic work on the job rows themselves."""

from celery import shared_task
from django.utils import timezone

from core.jobs import services


@shared_task(name="core.sweep_jobs")
def sweep_jobs() -> None:
    """Give back the jobs of dead workers and send again what the broker lost."""
    services.sweep(now=timezone.now())
