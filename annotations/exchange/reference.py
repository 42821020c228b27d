"""Pictures become samples, and the masks that came with them ground truth."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from annotations.crowdsourcing import services as crowd
from annotations.images import services as images
from annotations.images.models import Image, Split
from annotations.labels.models import Proposal
from annotations.labels.pieces import join, tabulate
from annotations.labels.planes import LabelStack, stack_of
from annotations.labels.selectors import read_blob
from annotations.projects import services as projects
from annotations.projects.models import Project, Sample, SampleState, TaskKind
from annotations.projects.services import CellRegion
from annotations.review import services as review
from annotations.review.models import GroundTruth

SYNC_PROJECT_JOB = projects.SYNC_JOB
SYNC_IMAGE_JOB = images.SYNC_JOB

# A cell is shown with some of its surroundings, in a square of this many times its longer side.
SURROUNDINGS = 1.5
SMALLEST_CROP = 24

REFERENCE_SPLITS: dict[str, tuple[str, ...]] = {
    "none": (),
    "holdout": (Split.VALIDATION, Split.TEST),
    "all": (Split.TRAIN, Split.VALIDATION, Split.TEST),
}


def sync_project(pk: int, *, report: Callable[..., None]) -> None:
    """Bring the samples, ground truths and the queue of a project up to date with its pictures.

    Repeating it is harmless.

    Parameters
    ----------
    pk : int
        The project.
    report : callable
        Called with progress; see `core.jobs.runner.JobContext.report`.
    """
    project = Project.objects.get(pk=pk)
    projects.sync_samples(project)
    if project.sample_unit == "cell":
        for image in projects.ready_images(project).order_by("pk").iterator(100):
            projects.sync_cells(project, image, find_cells(image))
            report()
    _import_references(project, _without_truth(project), report)
    crowd.enqueue_new_samples(project)
    # The overlap may have changed.
    review.settle_samples(crowd.sync_queue())


def sync_image(pk: int) -> None:
    """Bring all projects up to date with one picture: it is ready, got a mask, or went away."""
    image = Image.objects.select_related("dataset").get(pk=pk)
    for project in Project.objects.filter(datasets=image.dataset, archived_at=None):
        projects.sync_samples(project, images=[pk])
        if not projects.ready_images(project).filter(pk=pk).exists():
            continue
        if project.sample_unit == "cell":
            projects.sync_cells(project, image, find_cells(image))
        _import_references(project, _without_truth(project).filter(image=image), _no_report)
        crowd.enqueue_new_samples(project)


def find_cells(image: Image) -> list[CellRegion]:
    """Return a region around each object of a picture, in the order of their ids.

    The objects are those of the mask that came with the picture; without one, those of the newest
    ground truth, or else the newest proposal, that any project of the lab has for the picture.
    """
    labels = _known_labels(image)
    return [] if labels is None else list(_regions(labels))


def _known_labels(image: Image) -> LabelStack | None:
    if image.reference_mask:
        return stack_of(images.get_reference_labels(image))
    whole = {
        "sample__image": image,
        "sample__y0": None,
        "sample__project__task_kind": TaskKind.INSTANCE,
    }
    truth = GroundTruth.objects.filter(is_current=True, **whole).exclude(key="")
    proposal = Proposal.objects.filter(**whole).exclude(key="")
    found = truth.order_by("-pk").first() or proposal.order_by("-pk").first()
    return read_blob(found.key, found.sample) if found else None


def _regions(labels: LabelStack) -> Iterator[CellRegion]:
    """Yield regions of all objects of (T, Z, Y, X); in a stack, in each object's middle slice."""
    frames, depth, height, width = labels.shape
    for t in range(frames):
        pieces = [labels.pieces(t, z) for z in range(depth)]
        slices = np.repeat(np.arange(depth), [part.y.size for part in pieces])
        objects, numbers = np.unique(join(pieces).label, return_inverse=True)
        first, last = np.full(objects.size, depth), np.zeros(objects.size, np.int64)
        np.minimum.at(first, numbers, slices)
        np.maximum.at(last, numbers, slices)
        table = tabulate(join(pieces))
        for number, z, box in zip(
            objects.tolist(), ((first + last) // 2).tolist(), table.box.tolist(), strict=True
        ):
            left, top, right, bottom = box
            side = max(SMALLEST_CROP, round(SURROUNDINGS * max(bottom - top, right - left)))
            y0, y1 = _span(slice(top, bottom), side, height)
            x0, x1 = _span(slice(left, right), side, width)
            yield CellRegion(object_id=number, t=t, z=z, y0=y0, x0=x0, y1=y1, x1=x1)


def _span(extent: slice, side: int, limit: int) -> tuple[int, int]:
    """Place `side` pixels around an extent, moved inwards where the picture ends."""
    side = min(side, limit)
    start = (extent.start + extent.stop - side) // 2
    start = min(max(start, 0), limit - side)
    return start, start + side


def _without_truth(project: Project) -> QuerySet[Sample]:
    """Return the samples that may get the mask of their picture as ground truth."""
    if project.task_kind not in (TaskKind.INSTANCE, TaskKind.SEMANTIC):
        return Sample.objects.none()
    return (
        Sample.objects.filter(
            project=project,
            split__in=REFERENCE_SPLITS[project.use_reference_masks],
            state__in=[SampleState.POOL, SampleState.QUEUED],
            ground_truths=None,
            annotations=None,
        )
        .exclude(image__reference_mask="")
        .select_related("image", "project")
        .order_by("pk")
    )


def _import_references(
    project: Project, samples: Iterable[Sample], report: Callable[..., None]
) -> None:
    for done, sample in enumerate(list(samples), start=1):
        with transaction.atomic():
            # First the lock, then a look: somebody may have begun with it since.
            Sample.objects.select_for_update(no_key=True).filter(pk=sample.pk).first()
            if _without_truth(project).filter(pk=sample.pk).exists():
                review.import_ground_truth(
                    sample,
                    labels=images.get_reference_labels(sample.image),
                    object_classes=_mask_classes(project),
                )
        report(references=done)


def _mask_classes(project: Project) -> dict[int, int]:
    """Classes of a mask's values; masks of a semantic segmentation hold class indexes.

    With one class, whatever is in the mask is of it.
    """
    if project.task_kind != TaskKind.SEMANTIC:
        return {}
    indexes = list(project.classes.values_list("index", flat=True))
    return {index: index for index in indexes} if len(indexes) > 1 else {}


def _no_report(**_progress: object) -> None:
    """Report to nobody."""
