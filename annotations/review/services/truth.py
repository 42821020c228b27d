"""Ground truth: append-only versions, the newest counts. Callers hold the lock of the sample."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import transaction
from django.db.models import Max

from annotations.accounts.models import User
from annotations.crowdsourcing.models import Consensus
from annotations.labels.models import Annotation
from annotations.labels.planes import stack_of
from annotations.labels.selectors import read_labels
from annotations.labels.services import put_stack
from annotations.projects.models import Sample, SampleState
from annotations.review.models import GroundTruth, GroundTruthSource
from annotations.review.selectors import get_current_ground_truth


def import_ground_truth(
    sample: Sample,
    *,
    labels: npt.NDArray[np.generic] | None = None,
    object_classes: Mapping[int, int] | None = None,
    class_index: int | None = None,
    actor: User | None = None,
) -> GroundTruth:
    """Take labels that came from elsewhere as the ground truth of a sample.

    Parameters
    ----------
    sample : Sample
        What they belong to.
    labels : ndarray of integers, (T, Z, Y, X), optional
        Label image of the sample's region.
    object_classes : mapping of int to int, optional
        Object id to class index; objects that are absent have the project's class, where it has
        only one. Without labels, the classes of a sample that may have several, each under its
        own number.
    class_index : int, optional
        The answer of a classification.
    actor : User, optional
        Who imports them.
    """
    classes = {str(number): index for number, index in (object_classes or {}).items()}
    fields: dict[str, Any] = {"class_index": class_index, "object_classes": classes}
    if labels is not None:
        stack = stack_of(labels)
        ids = stack.object_ids().tolist()
        classes = {str(n): classes[str(n)] for n in ids if str(n) in classes}
        indexes = list(sample.project.classes.values_list("index", flat=True)[:2])
        if len(indexes) == 1:
            classes |= {str(n): indexes[0] for n in ids if str(n) not in classes}
        fields |= {
            "key": put_stack(sample, stack),
            "object_classes": classes,
            "n_objects": len(ids),
        }
    with transaction.atomic():
        lock_sample(sample)
        return _store(sample, GroundTruthSource.IMPORT, fields, user=actor)


def get_ground_truth_labels(sample: Sample) -> npt.NDArray[np.uint32] | None:
    """Return the current ground truth of a sample as (T, Z, Y, X); None where there is none."""
    truth = get_current_ground_truth(sample)
    return read_labels(truth.key, sample) if truth is not None else None


def accept_consensus(
    consensus: Consensus, votes: Sequence[Annotation], *, source: str, user: User | None
) -> GroundTruth:
    """Make a consensus of `votes` the ground truth, by rule or by a reviewer."""
    only = votes[0] if len(votes) == 1 else None
    fields: dict[str, Any] = {
        "consensus": consensus,
        "annotation": only,
        "key": consensus.key,
        "class_index": consensus.class_index,
        "object_classes": consensus.object_classes,
        "n_objects": only.n_objects if only else len(consensus.objects_found),
    }
    return _store(consensus.sample, source, fields, user=user)


def accept_annotation(sample: Sample, annotation: Annotation, *, user: User) -> GroundTruth:
    """Make one answer, or a correction, the ground truth."""
    fields: dict[str, Any] = {
        "annotation": annotation,
        "key": annotation.key,
        "class_index": annotation.class_index,
        "object_classes": annotation.object_classes,
        "n_objects": annotation.n_objects,
    }
    return _store(sample, GroundTruthSource.REVIEW, fields, user=user)


def _store(
    sample: Sample, source: str, fields: Mapping[str, Any], *, user: User | None
) -> GroundTruth:
    """Store a new version and close the sample, whose row the caller has locked."""
    truths = GroundTruth.objects.filter(sample=sample)
    last = truths.aggregate(last=Max("version"))["last"] or 0
    if last:
        truths.filter(is_current=True).update(is_current=False)
    truth = GroundTruth.objects.create(
        sample=sample, version=last + 1, source=source, accepted_by=user, **fields
    )
    sample.state = SampleState.ACCEPTED
    sample.open_slots = 0
    sample.save(update_fields=["state", "open_slots", "agreement"])
    return truth


def lock_sample(sample: Sample) -> None:
    """Keep everybody else from changing the sample in this transaction, and read it anew."""
    sample.refresh_from_db(
        fields=["state", "open_slots", "lease_number", "agreement"],
        from_queryset=Sample.objects.select_for_update(no_key=True),
    )
