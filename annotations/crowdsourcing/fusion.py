"""Make the consensus of a sample from all its answers, and store it as a new version."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.db.models import Max

from annotations.crowdsourcing.consensus import CONSENSUS_METHODS
from annotations.crowdsourcing.consensus.base import FusedInstances, FusedSet, InstanceAnswer
from annotations.crowdsourcing.consensus.cells import compare_cells
from annotations.crowdsourcing.consensus.pixels import FusedPixels
from annotations.crowdsourcing.models import Consensus
from annotations.labels.bands import LabelImage, Relabelled
from annotations.labels.geometry import locate_objects
from annotations.labels.models import Annotation, AnnotationState
from annotations.labels.selectors import read_blob
from annotations.labels.services import put_stack
from annotations.projects.models import Sample, TaskKind

if TYPE_CHECKING:
    from collections.abc import Sequence

# Nobody goes through more cells by hand, and a consensus is one row.
MOST_CELLS = 2000


def list_votes(sample: Sample) -> list[Annotation]:
    """Return the answers that have a say: all submitted ones, extra votes too, oldest first."""
    votes = Annotation.objects.filter(
        sample=sample, state=AnnotationState.SUBMITTED, is_correction=False
    )
    return list(votes.order_by("submitted_at", "pk"))


def fuse(sample: Sample, votes: "Sequence[Annotation]") -> Consensus:
    """Make one answer of one or more; the consensus is not stored yet."""
    return Consensus(sample=sample, **_fuse(sample, votes))


def store_consensus(consensus: Consensus, votes: "Sequence[Annotation]") -> None:
    """Store a consensus as the newest version; the caller has locked its sample."""
    versions = Consensus.objects.filter(sample=consensus.sample)
    consensus.version = (versions.aggregate(last=Max("version"))["last"] or 0) + 1
    consensus.save(force_insert=True)
    consensus.annotations.add(*votes)


def needs_job(sample: Sample, votes: "Sequence[Annotation]") -> bool:
    """Whether fusing takes so long that no request should wait for it."""
    return sample.project.task_kind != TaskKind.CLASSIFICATION and len(votes) > 1


def _fuse(sample: Sample, votes: "Sequence[Annotation]") -> dict[str, Any]:
    project = sample.project
    method = CONSENSUS_METHODS[project.consensus_method]
    common: dict[str, Any] = {"method": project.consensus_method}
    if project.multi_label:
        sets = [list(vote.object_classes.values()) for vote in votes]
        return common | _set_fields(method.fuse_sets(sets), people=len(votes))
    if project.task_kind == TaskKind.CLASSIFICATION:
        fused = method.fuse_classes([vote.class_index or 0 for vote in votes])
        return common | {
            "class_index": fused.class_index,
            "agreement": fused.agreement,
            "confidence": fused.confidence,
            "is_undecided": fused.is_undecided,
        }
    if len(votes) == 1:
        # One person's answer is the consensus as it is, ids and all; nothing to decode.
        (vote,) = votes
        return common | {"key": vote.key, "object_classes": vote.object_classes}
    answers = _read_answers(sample, votes)
    if project.task_kind == TaskKind.SEMANTIC:
        fused_pixels = method.fuse_pixels(
            [answer.labels for answer in answers], unpainted_counts=not project.partial_labels
        )
        return (
            common
            | _semantic_fields(sample, fused_pixels, people=len(votes))
            | {"cell_agreement": _describe_cells(votes, answers)}
        )
    return (
        common
        | _instance_fields(sample, method.fuse_instances(answers))
        | {"cell_agreement": _describe_cells(votes, answers)}
    )


def compare_answers(sample: Sample, votes: "Sequence[Annotation]") -> dict[str, Any]:
    """Say how far people agree about each cell: {n_cells, n_disputed, cells}."""
    return _describe_cells(votes, _read_answers(sample, votes))


def _read_answers(sample: Sample, votes: "Sequence[Annotation]") -> list[InstanceAnswer]:
    answers = []
    for vote in votes:
        labels: LabelImage = read_blob(vote.key, sample)
        classes = {int(number): index for number, index in vote.object_classes.items()}
        if sample.project.task_kind == TaskKind.SEMANTIC:
            # What was painted in several pieces is one mask: its class is its id.
            labels = Relabelled(labels, classes)
            classes = {index: index for index in classes.values()}
        answers.append(InstanceAnswer(labels, classes))
    return answers


def _describe_cells(
    votes: "Sequence[Annotation]", answers: "Sequence[InstanceAnswer]"
) -> dict[str, Any]:
    cells = compare_cells(answers)
    described = []
    for cell in cells[:MOST_CELLS]:
        row = asdict(cell)
        for answer in row["answers"]:
            answer["annotation"] = str(votes[answer.pop("person")].pk)
        described.append(row)
    return {
        "n_cells": len(cells),
        "n_disputed": sum(cell.is_disputed for cell in cells),
        "cells": described,
    }


def _set_fields(fused: FusedSet, *, people: int) -> dict[str, Any]:
    """Fields of a consensus about all classes of a sample, each under its own number."""
    nowhere = {"t": 0, "z": 0, "x": 0.0, "y": 0.0, "area": 0}
    taken = [member for member in fused.members if member.is_taken]
    return {
        "object_classes": {str(member.class_index): member.class_index for member in taken},
        "objects_found": [
            nowhere
            | {
                "id": member.class_index,
                "class_index": member.class_index,
                "votes": member.votes,
                "confidence": member.votes / people,
                "is_disputed": member.votes < people,
            }
            for member in taken
        ],
        "agreement": fused.agreement,
        "confidence": fused.confidence,
        "is_undecided": fused.is_undecided,
    }


def _semantic_fields(sample: Sample, fused: FusedPixels, *, people: int) -> dict[str, Any]:
    """Fields of a consensus in which each class is one object of that id."""
    places = {place.id: asdict(place) for place in locate_objects(fused.classes)}
    return {
        "key": put_stack(sample, fused.classes),
        "object_classes": {str(mask.class_index): mask.class_index for mask in fused.painted},
        "objects_found": [
            asdict(mask)
            | {"id": mask.class_index, "is_disputed": mask.votes < people}
            | places[mask.class_index]
            for mask in fused.painted
        ],
        "agreement": fused.agreement,
        "confidence": fused.confidence,
    }


def _instance_fields(sample: Sample, fused: FusedInstances) -> dict[str, Any]:
    places = {place.id: asdict(place) for place in locate_objects(fused.labels)}
    return {
        "key": put_stack(sample, fused.labels),
        "object_classes": {
            str(item.id): item.class_index for item in fused.objects if item.class_index is not None
        },
        "objects_found": [asdict(item) | places[item.id] for item in fused.objects],
        "agreement": fused.agreement,
        "confidence": fused.confidence,
    }
