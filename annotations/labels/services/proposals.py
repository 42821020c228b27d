"""Label images into storage, and what models propose."""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from annotations.labels import planes
from annotations.labels.models import Proposal
from annotations.labels.selectors import get_label_shape
from annotations.projects.models import Sample
from core.errors import DomainError
from core.storage import get_storage


def put_labels(sample: Sample, labels: npt.NDArray[np.generic]) -> str:
    """Store a label image (T, Z, Y, X) of a sample; return the blob's key.

    Raises
    ------
    DomainError
        Code "bad_labels": it does not fit the sample.
    """
    return put_stack(sample, planes.stack_of(labels))


def put_stack(sample: Sample, stack: planes.LabelStack) -> str:
    """Store a packed label image of a sample; see `put_labels`."""
    shape = get_label_shape(sample)
    if stack.shape != shape:
        raise DomainError(
            "bad_labels",
            f"The labels have the shape {stack.shape}, (T, Z, Y, X) must be {shape}.",
        )
    return get_storage().put(stack.to_bytes())


def put_proposal(
    sample: Sample,
    *,
    source: str,
    labels: npt.NDArray[np.generic] | str | None = None,
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
    labels : ndarray of integers, (T, Z, Y, X), or str, optional
        Label image of the sample's region, or the key of one that `put_labels` has stored.
    class_scores : mapping of int to float, optional
        Class index to probability.
    reason : str
        Why the sample is asked, in plain words.
    objects : iterable of mappings
        {id, class_index, confidence} per object.
    """
    if labels is not None and not isinstance(labels, str):
        labels = put_labels(sample, labels)
    return Proposal.objects.create(
        sample=sample,
        source=source,
        key=labels or "",
        class_scores={str(index): float(score) for index, score in (class_scores or {}).items()},
        reason=reason[:300],
        objects_found=[dict(item) for item in objects],
    )
