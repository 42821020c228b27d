"""Make a draft what it was at an earlier version, without taking anything out of its log."""

import uuid
from collections.abc import Iterator
from datetime import datetime

import numpy as np
from django.db import transaction

from annotations.accounts.models import User
from annotations.labels.models import (
    Annotation,
    AnnotationVersion,
    EditOperation,
    OperationKind,
    VersionReason,
)
from annotations.labels.operations import OperationInput
from annotations.labels.selectors import get_stack, list_class_indexes, read_blob
from annotations.labels.services.log import (
    Stored,
    append_operations,
    lock_draft,
    refuse_other_version,
)
from annotations.labels.services.versions import keep_version
from annotations.labels.sparse import patch_between
from core.errors import NotFound


@transaction.atomic
def restore_version(
    annotation_id: uuid.UUID,
    *,
    version_id: int,
    base_version: int,
    step: uuid.UUID,
    user: User,
    now: datetime,
) -> Stored:
    """Make a draft what it was at a version, by new operations that are one step of undo.

    Repeating it with the same `step` changes nothing.

    Raises
    ------
    NotFound
        The annotation has no such version.
    DomainError
        "version_conflict" when operations came after `base_version`; "annotation_submitted".
    """
    annotation = lock_draft(annotation_id)
    if EditOperation.objects.filter(annotation=annotation, step=step).exists():
        return Stored(annotation.version, ())
    refuse_other_version(annotation, base_version)
    wanted = AnnotationVersion.objects.filter(annotation=annotation, pk=version_id).first()
    if wanted is None:
        raise NotFound("version")
    batch = list(_way_back(annotation, wanted, step))
    append_operations(annotation, batch, now=now)
    if batch:
        keep_version(annotation, VersionReason.RESTORED, key=wanted.key, user=user, now=now)
    return Stored(annotation.version, tuple(str(operation.op_id) for operation in batch))


def _way_back(
    annotation: Annotation, wanted: AnnotationVersion, step: uuid.UUID
) -> Iterator[OperationInput]:
    """Yield the operations that make an annotation what it was at `wanted`.

    Classes that the project does not have any more stay away.
    """
    ours, theirs = get_stack(annotation), read_blob(wanted.key, annotation.sample)
    for t, z in np.ndindex(ours.shape[:2]):
        patch = patch_between(ours, theirs, t, z)
        if patch:
            name = _op_id(step, f"plane {t} {z}")
            yield OperationInput(name, OperationKind.PATCH, t=t, z=z, patch=patch, step=step)
    known = list_class_indexes(annotation.sample.project_id)
    objects = annotation.object_classes.keys() | wanted.object_classes.keys()
    for number in sorted(objects, key=int):
        index = wanted.object_classes.get(number)
        index = index if index in known else None
        if index != annotation.object_classes.get(number):
            payload = {"object": int(number), "class_index": index}
            yield OperationInput(
                _op_id(step, f"object {number}"), OperationKind.CLASS, payload=payload, step=step
            )
    answer = wanted.class_index if wanted.class_index in known else None
    if annotation.class_index != answer:
        payload = {"class_index": answer}
        yield OperationInput(
            _op_id(step, "answer"), OperationKind.ANSWER, payload=payload, step=step
        )


def _op_id(step: uuid.UUID, part: str) -> uuid.UUID:
    return uuid.uuid5(step, part)
