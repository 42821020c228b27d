"""Write labels: proposals, drafts, edit operations, submitted answers."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
from django.db import transaction

from annotations.accounts.models import User
from annotations.labels import masks, operations, planes
from annotations.labels.models import Annotation, AnnotationState, EditOperation, Proposal
from annotations.labels.operations import OperationInput
from annotations.labels.selectors import SHAPE_FIELDS, get_label_shape, get_stack
from annotations.projects.models import LabelClass, Sample, TaskKind
from core.errors import Conflict, DomainError
from core.storage import get_storage

CHECKPOINT_EVERY = 256
LONGEST_SITTING_SECONDS = 24 * 3600.0


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


@dataclass(frozen=True)
class SubmittedAnswer:
    """What an annotator sends with the answer.

    Attributes
    ----------
    seconds : float
        Time the answer took.
    class_index : int or None
        The class of a classification, where it was not sent as an operation.
    """

    seconds: float
    class_index: int | None = None


def put_labels(sample: Sample, labels: npt.NDArray[np.generic]) -> str:
    """Store a label image (T, Z, Y, X) of a sample; return the blob's key.

    Raises
    ------
    DomainError
        Code "bad_labels": it does not fit the sample.
    """
    shape = get_label_shape(sample)
    if tuple(labels.shape) != shape:
        raise DomainError(
            "bad_labels",
            f"The labels have the shape {tuple(labels.shape)}, (T, Z, Y, X) must be {shape}.",
        )
    return get_storage().put(planes.stack_of(labels).to_bytes())


def put_proposal(
    sample: Sample,
    *,
    source: str,
    labels: npt.NDArray[np.generic] | None = None,
    class_scores: Mapping[int, float] | None = None,
    reason: str = "",
    objects: Iterable[Mapping[str, object]] = (),
) -> Proposal:
    """Store what a model thinks of a sample; drafts that are opened from now on start from it.

    Parameters
    ----------
    sample : Sample
        What it is about.
    source : str
        Which model, as people read it.
    labels : ndarray of integers, (T, Z, Y, X), optional
        Label image of the sample's region.
    class_scores : mapping of int to float, optional
        Class index to probability.
    reason : str
        Why the sample is asked, in plain words.
    objects : iterable of mappings
        {id, class_index, confidence} per object.
    """
    return Proposal.objects.create(
        sample=sample,
        source=source,
        key="" if labels is None else put_labels(sample, labels),
        class_scores={str(index): float(score) for index, score in (class_scores or {}).items()},
        reason=reason[:300],
        objects_found=[dict(item) for item in objects],
    )


def open_draft(sample: Sample, user: User) -> Annotation:
    """Return the draft of `user`, made from the newest proposal where there is none yet."""
    with transaction.atomic():
        Sample.objects.select_for_update(no_key=True).get(pk=sample.pk)
        return open_drafts([sample], user)[sample.pk]


def open_drafts(samples: Sequence[Sample], user: User) -> dict[int, Annotation]:
    """Return the drafts of `user` by sample id; those that are missing are opened.

    The caller sees to it that the same person's requests come one after another.
    """
    wanted = {sample.pk: sample for sample in samples}
    found = Annotation.objects.filter(user=user, sample__in=wanted, is_correction=False)
    drafts = {draft.sample_id: draft for draft in found}
    missing = [sample for sample in samples if sample.pk not in drafts]
    if not missing:
        return drafts
    newest = {
        proposal.sample_id: proposal
        for proposal in Proposal.objects.filter(sample__in=missing)
        .order_by("sample", "-pk")
        .distinct("sample")
    }
    fresh = Annotation.objects.bulk_create(
        Annotation(sample=sample, user=user, **_start(newest.get(sample.pk))) for sample in missing
    )
    return drafts | {draft.sample_id: draft for draft in fresh}


def open_correction(sample: Sample, user: User, *, start_key: str, classes: object) -> Annotation:
    """Return the reviewer's draft that starts from labels in storage (blob `start_key`)."""
    draft = Annotation.objects.filter(
        sample=sample, user=user, is_correction=True, state=AnnotationState.DRAFT
    ).first()
    return draft or Annotation.objects.create(
        sample=sample,
        user=user,
        is_correction=True,
        start_key=start_key,
        object_classes=classes,
    )


@transaction.atomic
def store_operations(
    annotation_id: uuid.UUID, *, base_version: int, batch: Sequence[OperationInput]
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

    Raises
    ------
    DomainError
        "version_conflict" when operations that are not in the batch came after `base_version`;
        "annotation_submitted"; "bad_patch", "bad_operation", "unknown_class".
    """
    annotation = Annotation.objects.select_for_update(no_key=True).get(pk=annotation_id)
    wanted = {operation.op_id: operation for operation in batch}
    stored = dict(
        EditOperation.objects.filter(annotation=annotation, op_id__in=wanted).values_list(
            "op_id", "seq"
        )
    )
    fresh = [operation for op_id, operation in wanted.items() if op_id not in stored]
    _refuse_conflict(annotation, base_version, stored)
    if fresh:
        _refuse_submitted(annotation)
        samples = Sample.objects.select_related("image").only(*SHAPE_FIELDS)
        annotation.sample = samples.get(pk=annotation.sample_id)
        _append(annotation, fresh)
    return Stored(annotation.version, tuple(str(op_id) for op_id in wanted))


def finish_annotation(
    annotation: Annotation, answer: SubmittedAnswer, *, extra_vote: bool, now: datetime
) -> Annotation:
    """Materialise the answer of a draft that the caller has locked, and close it.

    Raises
    ------
    DomainError
        "no_answer" for a classification without a class, "unknown_class".
    """
    task_kind = annotation.sample.project.task_kind
    indexes = _class_indexes(annotation.sample.project_id)
    if answer.class_index is not None:
        operations.check_class(answer.class_index, indexes)
        annotation.class_index = answer.class_index
    if task_kind == TaskKind.CLASSIFICATION:
        if annotation.class_index is None:
            raise DomainError("no_answer", "Choose a class before you submit.")
        annotation.n_objects = 1
    else:
        _materialise(annotation, indexes)
    annotation.state = AnnotationState.SUBMITTED
    annotation.extra_vote = extra_vote
    annotation.seconds += min(max(answer.seconds, 0.0), LONGEST_SITTING_SECONDS)
    annotation.n_operations = max(annotation.n_operations, 1 if answer.class_index else 0)
    annotation.submitted_at = now
    annotation.save(
        update_fields=[
            "state",
            "extra_vote",
            "class_index",
            "object_classes",
            "key",
            "seconds",
            "n_operations",
            "n_objects",
            "submitted_at",
        ]
    )
    return annotation


def reopen_annotation(annotation: Annotation, *, note: str) -> None:
    """Make a submitted answer a draft again; its log goes on where it ended."""
    annotation.state = AnnotationState.DRAFT
    annotation.extra_vote = False
    annotation.note = note
    annotation.save(update_fields=["state", "extra_vote", "note"])


def _start(proposal: Proposal | None) -> dict[str, object]:
    if proposal is None:
        return {}
    return {
        "shown_proposal": proposal,
        "start_key": proposal.key,
        "object_classes": {
            str(item["id"]): item["class_index"]
            for item in proposal.objects_found
            if item.get("class_index")
        },
    }


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


def _append(annotation: Annotation, fresh: Sequence[OperationInput]) -> None:
    shape = get_label_shape(annotation.sample)
    indexes: frozenset[int] | None = None
    for operation in fresh:
        if operation.class_index is not None:
            indexes = indexes or _class_indexes(annotation.sample.project_id)
            operations.check_class(operation.class_index, indexes)
        operations.check_patch(operation, shape)
    EditOperation.objects.bulk_create(
        EditOperation(
            annotation=annotation,
            op_id=operation.op_id,
            seq=seq,
            kind=operation.kind,
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
    if annotation.version - annotation.checkpoint_version >= CHECKPOINT_EVERY:
        annotation.checkpoint_key = get_storage().put(get_stack(annotation).to_bytes())
        annotation.checkpoint_version = annotation.version
    annotation.save(
        update_fields=[
            "version",
            "n_operations",
            "object_classes",
            "class_index",
            "checkpoint_key",
            "checkpoint_version",
        ]
    )


def _class_indexes(project_id: int) -> frozenset[int]:
    return frozenset(LabelClass.objects.filter(project=project_id).values_list("index", flat=True))


def _materialise(annotation: Annotation, indexes: frozenset[int]) -> None:
    stack = get_stack(annotation)
    annotation.key = get_storage().put(stack.to_bytes())
    ids = masks.object_ids(stack.array())
    annotation.n_objects = int(ids.size)
    only = next(iter(indexes)) if len(indexes) == 1 else None
    classes = {}
    for number in map(str, ids.tolist()):
        index = annotation.object_classes.get(number, only)
        if index is not None:
            classes[number] = index
    annotation.object_classes = classes
