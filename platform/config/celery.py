"""The Celery app, and the one place that puts messages on the broker."""

import os

from celery import Celery
from kombu.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("cytoloop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["core", "annotations", "training"])


def send_job(kind: str, job_id: str, queue: str) -> None:
    """Say on `queue` that the job waits for the task named `kind`.

    Raises
    ------
    ConnectionError
        The broker does not answer; the sweep sends the job again.
    """
    try:
        app.send_task(kind, args=[job_id], queue=queue, retry=False)
    except OperationalError as error:
        raise ConnectionError(str(error)) from error
