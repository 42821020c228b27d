"""Freeze the current ground truths of a project."""

from django.db import transaction

from annotations.models import GroundTruth, Project, Split
from core.errors import Conflict, DomainError
from core.storage import get_storage
from training.snapshots.classes import ignore_value, learning_kind
from training.snapshots.manifest import (
    SnapshotItem,
    SnapshotManifest,
    leaking_groups,
)
from training.snapshots.models import Snapshot


def freeze(project: Project) -> Snapshot:
    """Freeze the current ground truths; the same content gives the same snapshot again.

    Parameters
    ----------
    project : Project
        Whose ground truths.

    Returns
    -------
    Snapshot
        A new one, or the one that holds exactly this already.

    Raises
    ------
    DomainError
        Code "no_training_labels": nothing is labelled in the training split.
    Conflict
        Code "split_leak": a group lies in two splits.
    """
    manifest = collect(project)
    if not manifest.split(Split.TRAIN):
        raise DomainError(
            "no_training_labels",
            "No sample of the training split has a ground truth yet. Label some and submit them; "
            "if a reviewer has to accept answers, accept some first.",
            status=409,
        )
    leaks = leaking_groups(manifest.items)
    if leaks:
        raise Conflict(
            "split_leak",
            f"The group {leaks[0]!r} lies in more than one split, so that a model would be tested "
            "on what it has seen. Give all its images one split.",
            extra={"groups": list(leaks)},
        )
    key = get_storage().put(manifest.to_bytes())
    with transaction.atomic():
        snapshot, _ = Snapshot.objects.get_or_create(
            project=project,
            content_hash=manifest.content_hash,
            defaults={
                "manifest": key,
                "n_train": len(manifest.split(Split.TRAIN)),
                "n_val": len(manifest.split(Split.VALIDATION)),
                "n_test": len(manifest.split(Split.TEST)),
            },
        )
    return snapshot


def collect(project: Project) -> SnapshotManifest:
    """List the current ground truths of a project, all splits."""
    truths = (
        GroundTruth.objects.filter(
            sample__project=project, is_current=True, sample__image__trashed_at=None
        )
        .select_related("sample__image")
        .order_by("sample_id")
    )
    return SnapshotManifest(
        task_kind=learning_kind(project),
        classes=tuple(project.classes.order_by("index").values_list("index", "name")),
        items=tuple(_item(truth) for truth in truths.iterator(chunk_size=500)),
        ignore_value=ignore_value(project),
    )


def _item(truth: GroundTruth) -> SnapshotItem:
    sample = truth.sample
    return SnapshotItem(
        sample=sample.pk,
        ground_truth=truth.pk,
        image=sample.image_id,
        image_sha256=sample.image.sha256,
        labels=truth.key,
        class_index=truth.class_index,
        object_classes=tuple(
            sorted((int(key), int(value)) for key, value in truth.object_classes.items())
        ),
        split=sample.split,
        # Two data sets may use one name for different groups.
        group=f"{sample.image.dataset_id}/{sample.group}",
        region=(sample.t, sample.z, sample.y0, sample.x0, sample.y1, sample.x1),
        n_objects=truth.n_objects,
    )
