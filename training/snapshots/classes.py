"""Classes between the platform, which knows them by index, and networks, which count positions."""

from collections.abc import Mapping, Sequence
from typing import Any

from annotations.labels.bands import LabelImage, Relabelled
from annotations.models import Project, TaskKind

# Pixels of objects without a class; no project has so many classes.
IGNORED = 65_535
# Classification in which a sample may have several classes, or none.
MULTILABEL = "multilabel"


def ignore_value(project: Project) -> int | None:
    """Return the label of pixels that nobody has labelled, in class images of a project.

    Returns
    -------
    int or None
        0 where unpainted pixels are unknown, so that there is no background; None where labels
        are no classes.
    """
    if project.task_kind != TaskKind.SEMANTIC:
        return None
    return 0 if project.partial_labels else IGNORED


def positions_image(
    labels: LabelImage,
    object_classes: Mapping[int, int],
    *,
    indexes: Sequence[int],
    ignored: int,
) -> LabelImage:
    """Return the class of each pixel as networks count them.

    Parameters
    ----------
    labels : LabelImage, (T, Z, Y, X)
        Objects; all of one class together are its mask.
    object_classes : mapping of int to int
        Object id to class index.
    indexes : sequence of int
        Class indexes in the order of the manifest.
    ignored : int
        What pixels of objects without a class get.

    Returns
    -------
    LabelImage, (T, Z, Y, X)
        0 = unpainted, k = the k-th class.
    """
    positions = {index: at for at, index in enumerate(indexes, start=1)}
    known = {
        number: positions[index] for number, index in object_classes.items() if index in positions
    }
    return Relabelled(labels, known, otherwise=ignored)


def named_classes(
    positions: LabelImage, *, known: Sequence[int], wanted: Sequence[int]
) -> LabelImage:
    """Return the class index of each pixel, from a network's positions.

    Parameters
    ----------
    positions : LabelImage
        0 = background, k = the k-th class that the network knows.
    known : sequence of int
        Class indexes of the network, in its order.
    wanted : sequence of int
        Class indexes that there are now; others become background.

    Returns
    -------
    LabelImage, same shape
        Class indexes.
    """
    there = set(wanted)
    indexes = {at: index for at, index in enumerate(known, start=1) if index in there}
    return Relabelled(positions, indexes)


def named_objects(
    objects: Sequence[Mapping[str, Any]], *, known: Sequence[int], wanted: Sequence[int]
) -> list[dict[str, Any]]:
    """Say the classes of predicted objects by index; classes that are gone are left out.

    Parameters
    ----------
    objects : sequence of mappings
        {id, confidence}, and class_index and class_probabilities where objects have classes, as
        the network counts them.
    known : sequence of int
        Class indexes of the network, in its order.
    wanted : sequence of int
        Class indexes that there are now.

    Returns
    -------
    list of dict
        {id, confidence}, and class_index and class_scores (class index to probability).
    """
    named = []
    for item in objects:
        body = dict(item)
        at, chances = body.pop("class_index", None), body.pop("class_probabilities", None)
        if chances is not None:
            pairs = zip(known, chances, strict=False)
            body["class_scores"] = {str(index): p for index, p in pairs if index in wanted}
        if at is not None and known[at] in wanted:
            body["class_index"] = known[at]
        named.append(body)
    return named


def learning_kind(project: Project) -> str:
    """Return the kind of work that networks do for a project: key of the task kinds and metrics."""
    return MULTILABEL if project.multi_label else project.task_kind
