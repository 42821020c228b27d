"""Old logs go from rows into one blob each. What was drawn and its history stay the same."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from annotations.labels import archive, operations
from annotations.labels.history import list_operations
from annotations.labels.models import Annotation, AnnotationState, EditOperation
from annotations.labels.selectors import read_blob
from core.storage import get_storage

logger = logging.getLogger(__name__)

COMPACT_JOB = "annotations.compact_logs"
COMPACT_AFTER = timedelta(days=7)


def list_projects_to_compact(*, now: datetime) -> list[int]:
    """Return the projects that have logs to compact."""
    return sorted(set(_due(now).values_list("sample__project", flat=True)))


def compact_logs(project_id: int, *, now: datetime, report: Callable[..., None]) -> None:
    """Pack the logs of a project's answers that were submitted long ago. Safe to repeat.

    Parameters
    ----------
    project_id : int
        Whose answers.
    now : datetime
        The time.
    report : callable
        Told the progress; may raise to stop, and what was packed by then stays packed.
    """
    due = list(_due(now).filter(sample__project=project_id).values_list("pk", flat=True))
    for done, pk in enumerate(due, start=1):
        with transaction.atomic():
            _compact(_due(now).filter(pk=pk))
        report(done=done, total=len(due))


def unpack_log(annotation: Annotation) -> None:
    """Make the operations of a packed log rows again, for a log that is to go on."""
    if not annotation.archive_version:
        return
    packed = get_storage().get(annotation.archive_key)
    log = archive.unpack_log(packed, annotation.pk)
    stored = {row.op_id: row.stored_at for row in log}
    rows = EditOperation.objects.bulk_create(log)
    for row in rows:  # the database writes the time of the insert
        row.stored_at = stored[row.op_id]
    EditOperation.objects.bulk_update(rows, ["stored_at"], batch_size=1000)
    annotation.archive_key, annotation.archive_version = "", 0
    annotation.save(update_fields=["archive_key", "archive_version"])


def _due(now: datetime) -> QuerySet[Annotation]:
    rows = EditOperation.objects.filter(annotation=OuterRef("pk"))
    return Annotation.objects.filter(
        Exists(rows), state=AnnotationState.SUBMITTED, submitted_at__lt=now - COMPACT_AFTER
    )


def _compact(found: QuerySet[Annotation]) -> None:
    annotation = found.select_for_update(of=("self",), no_key=True).first()
    if annotation is None:
        return
    log = list_operations(annotation, after=0, until=annotation.version)
    if not _adds_up(annotation, log):
        logger.error("the log of annotation %s does not add up to its labels", annotation.pk)
        return
    annotation.archive_key = get_storage().put(archive.pack_log(log))
    annotation.archive_version = annotation.version
    annotation.save(update_fields=["archive_key", "archive_version"])
    EditOperation.objects.filter(annotation=annotation).delete()


def _adds_up(annotation: Annotation, log: list[EditOperation]) -> bool:
    """Whether the log is whole and makes the labels that were submitted."""
    if [row.seq for row in log] != list(range(1, annotation.version + 1)):
        return False
    if not annotation.key:
        return True
    stack = operations.replay(read_blob(annotation.start_key, annotation.sample), log)
    return stack.to_bytes() == read_blob(annotation.key, annotation.sample).to_bytes()
