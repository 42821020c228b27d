"""Drafts: opened from a proposal, closed with an answer, opened again by a reviewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from annotations.accounts.models import User
from annotations.labels import operations
from annotations.labels.models import Annotation, AnnotationState, Proposal, VersionReason
from annotations.labels.selectors import get_stack, list_class_indexes
from annotations.labels.services.compaction import unpack_log
from annotations.labels.services.versions import keep_version
from annotations.projects.models import Sample, TaskKind
from core.errors import DomainError
from core.storage import get_storage

LONGEST_SITTING_SECONDS = 24 * 3600.0


@dataclass(frozen=True)
class SubmittedAnswer:
    """What an annotator sends with the answer.

    Attributes
    ----------
    seconds : float
        Time the answer took.
    class_index : int or None
        The class of a classification, where it was not sent as an operation.
    class_indexes : sequence of int or None
        All its classes, where the project allows several; they replace those sent as operations.
    """

    seconds: float
    class_index: int | None = None
    class_indexes: Sequence[int] | None = None


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
    """Open a reviewer's draft that starts from labels in storage (blob `start_key`)."""
    return Annotation.objects.create(
        sample=sample,
        user=user,
        is_correction=True,
        start_key=start_key,
        object_classes=classes,
    )


def finish_annotation(
    annotation: Annotation, answer: SubmittedAnswer, *, extra_vote: bool, now: datetime
) -> Annotation:
    """Materialise the answer of a draft that the caller has locked, and close it.

    Raises
    ------
    DomainError
        "no_answer" for a classification without a class, "unknown_class".
    """
    project = annotation.sample.project
    indexes = list_class_indexes(annotation.sample.project_id)
    if answer.class_index is not None:
        operations.check_class(answer.class_index, indexes)
        annotation.class_index = answer.class_index
    if project.multi_label:
        _keep_classes(annotation, answer, indexes)
    elif project.task_kind == TaskKind.CLASSIFICATION:
        if annotation.class_index is None:
            raise DomainError("no_answer", "Choose a class before you submit.")
        annotation.n_objects = 1
    else:
        _materialise(annotation, indexes)
    annotation.state = AnnotationState.SUBMITTED
    annotation.extra_vote = extra_vote
    annotation.seconds += min(max(answer.seconds, 0.0), LONGEST_SITTING_SECONDS)
    told = answer.class_index is not None or answer.class_indexes is not None
    annotation.n_operations = max(annotation.n_operations, int(told))
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
    keep_version(
        annotation, VersionReason.SUBMITTED, key=annotation.key, user=annotation.user, now=now
    )
    return annotation


def reopen_annotation(annotation: Annotation, *, note: str, by: User | None = None) -> None:
    """Make a submitted answer a draft again; its log goes on where it ended."""
    unpack_log(annotation)
    keep_version(
        annotation,
        VersionReason.SENT_BACK,
        key=annotation.key,
        user=by,
        now=timezone.now(),
        note=note,
    )
    annotation.state = AnnotationState.DRAFT
    annotation.extra_vote = False
    annotation.note = note
    annotation.save(update_fields=["state", "extra_vote", "note"])


def _start(proposal: Proposal | None) -> dict[str, object]:
    if proposal is None:
        return {}
    if not proposal.key:
        # Classes of a whole sample are only suggested: nobody submits them unread.
        return {"shown_proposal": proposal}
    return {
        "shown_proposal": proposal,
        "start_key": proposal.key,
        "object_classes": {
            str(item["id"]): item["class_index"]
            for item in proposal.objects_found
            if item.get("class_index")
        },
    }


def _keep_classes(annotation: Annotation, answer: SubmittedAnswer, indexes: frozenset[int]) -> None:
    """Note all classes of a sample, each under its own number; there may be none."""
    chosen = answer.class_indexes
    if chosen is None:
        chosen = annotation.object_classes.values()
    for index in chosen:
        operations.check_class(index, indexes)
    annotation.object_classes = {str(index): index for index in sorted(set(chosen))}
    annotation.n_objects = 1


def _materialise(annotation: Annotation, indexes: frozenset[int]) -> None:
    stack = get_stack(annotation)
    annotation.key = get_storage().put(stack.to_bytes())
    ids = stack.object_ids()
    annotation.n_objects = int(ids.size)
    only = next(iter(indexes)) if len(indexes) == 1 else None
    classes = {}
    for number in map(str, ids.tolist()):
        index = annotation.object_classes.get(number, only)
        if index is not None:
            classes[number] = index
    annotation.object_classes = classes
