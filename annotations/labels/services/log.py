"""The log of edit operations: append-only, each operation once."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from annotations.labels import operations
from annotations.labels.models import Annotation, AnnotationState, EditOperation, VersionReason
from annotations.labels.operations import OperationInput
from annotations.labels.selectors import (
    SHAPE_FIELDS,
    get_label_shape,
    get_stack,
    list_class_indexes,
)
from annotations.labels.services.versions import keep_version
from annotations.projects.models import Sample
from core.errors import Conflict
from core.storage import get_storage

# A version is kept after so many operations, or so long after the one before.
CHECKPOINT_EVERY = 256
CHECKPOINT_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Stored:
    """What the server has after operations came.

    Attributes
    ----------
    version : int
        Operations stored in all.
    applied : tuple of str
        Ids of the request's operations that are stored, now or before.
    """

    version: int
    applied: tuple[str, ...]


@transaction.atomic
def store_operations(
    annotation_id: uuid.UUID,
    *,
    base_version: int,
    batch: Sequence[OperationInput],
    now: datetime | None = None,
) -> Stored:
    """Append operations to a draft's log; each id is stored once, in the order given.

    Parameters
    ----------
    annotation_id : UUID
        The draft.
    base_version : int
        The version that the client had when it made the batch.
    batch : sequence of OperationInput
        What was done. Operations that are stored already are passed by.
    now : datetime, optional
        The time.

    Raises
    ------
    DomainError
        "version_conflict" when operations that are not in the batch came after `base_version`;
        "annotation_submitted"; "bad_patch", "bad_operation", "unknown_class".
    """
    annotation = lock_draft(annotation_id)
    wanted = {operation.op_id: operation for operation in batch}
    stored = dict(
        EditOperation.objects.filter(annotation=annotation, op_id__in=wanted).values_list(
            "op_id", "seq"
        )
    )
    fresh = [operation for op_id, operation in wanted.items() if op_id not in stored]
    _refuse_conflict(annotation, base_version, stored)
    append_operations(annotation, fresh, now=now or timezone.now())
    return Stored(annotation.version, tuple(str(op_id) for op_id in wanted))


def lock_draft(annotation_id: uuid.UUID) -> Annotation:
    """Lock an annotation until the end of the transaction."""
    return Annotation.objects.select_for_update(no_key=True).get(pk=annotation_id)


def refuse_other_version(annotation: Annotation, base_version: int) -> None:
    """Refuse what was made on another version.

    Raises
    ------
    DomainError
        Code "version_conflict".
    """
    _refuse_conflict(annotation, base_version, {})


def append_operations(
    annotation: Annotation, fresh: Sequence[OperationInput], *, now: datetime
) -> None:
    """Append operations to the log of a draft that is locked.

    Raises
    ------
    DomainError
        "annotation_submitted"; "bad_patch", "unknown_class".
    """
    if not fresh:
        return
    _refuse_submitted(annotation)
    samples = Sample.objects.select_related("image").only(*SHAPE_FIELDS)
    annotation.sample = samples.get(pk=annotation.sample_id)
    _append(annotation, fresh, now)


def _refuse_conflict(
    annotation: Annotation, base_version: int, stored: Mapping[uuid.UUID, int]
) -> None:
    since = max(annotation.version - base_version, 0)
    ours = sum(seq > base_version for seq in stored.values())
    if base_version <= annotation.version and ours >= since:
        return
    raise Conflict(
        "version_conflict",
        "Other operations were stored meanwhile, from another tab or device. Load the labels "
        "again and repeat what was not stored.",
        extra={"version": annotation.version, "applied": [str(op_id) for op_id in stored]},
    )


def _refuse_submitted(annotation: Annotation) -> None:
    if annotation.state == AnnotationState.SUBMITTED:
        raise Conflict(
            "annotation_submitted",
            "This answer was submitted, so it cannot be edited. A reviewer can send it back.",
            extra={"version": annotation.version},
        )


def _append(annotation: Annotation, fresh: Sequence[OperationInput], now: datetime) -> None:
    shape = get_label_shape(annotation.sample)
    indexes: frozenset[int] | None = None
    for operation in fresh:
        if operation.class_index is not None:
            indexes = indexes or list_class_indexes(annotation.sample.project_id)
            operations.check_class(operation.class_index, indexes)
        operations.check_patch(operation, shape)
    if annotation.version == 0:
        keep_version(
            annotation,
            VersionReason.STARTED,
            key=annotation.start_key,
            user=None,
            now=annotation.created_at,
        )
        annotation.checkpoint_at = now
    EditOperation.objects.bulk_create(
        EditOperation(
            annotation=annotation,
            op_id=operation.op_id,
            seq=seq,
            kind=operation.kind,
            step=operation.step,
            t=operation.t,
            z=operation.z,
            patch=operation.patch,
            payload=dict(operation.payload),
            made_at=operation.made_at,
        )
        for seq, operation in enumerate(fresh, start=annotation.version + 1)
    )
    annotation.version += len(fresh)
    annotation.n_operations += sum(not operation.is_replay for operation in fresh)
    for operation in fresh:
        operations.apply_payload(annotation, operation.payload)
    if _is_checkpoint_due(annotation, now):
        _keep_checkpoint(annotation, now)
    annotation.save(
        update_fields=[
            "version",
            "n_operations",
            "object_classes",
            "class_index",
            "checkpoint_key",
            "checkpoint_version",
            "checkpoint_at",
        ]
    )


def _is_checkpoint_due(annotation: Annotation, now: datetime) -> bool:
    last = annotation.checkpoint_at or annotation.created_at
    many = annotation.version - annotation.checkpoint_version >= CHECKPOINT_EVERY
    return many or now - last >= CHECKPOINT_AFTER


def _keep_checkpoint(annotation: Annotation, now: datetime) -> None:
    annotation.checkpoint_key = get_storage().put(get_stack(annotation).to_bytes())
    annotation.checkpoint_version = annotation.version
    annotation.checkpoint_at = now
    keep_version(
        annotation, VersionReason.CHECKPOINT, key=annotation.checkpoint_key, user=None, now=now
    )
