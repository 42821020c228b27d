"""Samples follow from the pictures of a project's data sets."""

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from annotations.images.models import Image, ImageStatus
from annotations.projects.models import Project, Sample, SampleState

BATCH = 1000


@dataclass(frozen=True)
class CellRegion:
    """Where one cell lies in its image: y0 <= y < y1, x0 <= x < x1, pixels of full resolution."""

    object_id: int
    t: int
    z: int
    y0: int
    x0: int
    y1: int
    x1: int


def ready_images(project: Project) -> QuerySet[Image]:
    """Return the pictures that the project asks about."""
    return Image.objects.filter(
        dataset__projects=project,
        dataset__trashed_at=None,
        status=ImageStatus.READY,
        trashed_at=None,
    )


def sync_samples(project: Project, *, images: Collection[int] | None = None) -> int:
    """Make the samples that are missing and drop untouched ones whose picture has gone.

    One sample per picture, stacks and movies included, of every split. Repeating it is harmless.
    A project about cells gets its samples by `sync_cells`.

    Parameters
    ----------
    project : Project
        The project.
    images : collection of int, optional
        Look at these pictures only.

    Returns
    -------
    int
        How many samples are new.
    """
    _drop_orphans(project, images)
    if project.sample_unit != "image":
        return 0
    missing = ready_images(project).exclude(samples__project=project).order_by("pk")
    if images is not None:
        missing = missing.filter(pk__in=images)
    return _add(project, [_sample_of(project, image) for image in missing])


def sync_cells(project: Project, image: Image, cells: Sequence[CellRegion]) -> int:
    """Make the samples for the cells of one picture that are missing; return how many."""
    return _add(project, [_sample_of(project, image, cell) for cell in cells])


def _sample_of(project: Project, image: Image, cell: CellRegion | None = None) -> Sample:
    region = {} if cell is None else dataclasses.asdict(cell)
    return Sample(project=project, image=image, split=image.split, group=image.group, **region)


def _add(project: Project, rows: list[Sample]) -> int:
    if not rows:
        return 0
    # Two jobs may do this at once: the constraint decides, and the count says what came of it.
    before = Sample.objects.filter(project=project).count()
    Sample.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return Sample.objects.filter(project=project).count() - before


def _drop_orphans(project: Project, images: Collection[int] | None) -> None:
    gone = (
        Q(image__trashed_at__isnull=False)
        | Q(image__dataset__trashed_at__isnull=False)
        | ~Q(image__dataset__projects=project)
    )
    untouched = Q(
        state__in=[SampleState.POOL, SampleState.QUEUED],
        annotations=None,
        assignments=None,
        ground_truths=None,
    )
    samples = Sample.objects.filter(project=project)
    if images is not None:
        samples = samples.filter(image__in=images)
    samples.filter(gone, untouched).delete()
