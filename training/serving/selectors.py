"""Read requests and batches; only what the reader may see comes out."""

import uuid
from typing import TYPE_CHECKING

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from annotations.datasets.selectors import visible_datasets
from annotations.models import ProjectRole
from annotations.projects.selectors import get_part_for, get_project_for
from core.errors import NotFound
from core.jobs.models import JobState
from training.serving.models import BatchChunk, BatchItem, PredictionBatch, PredictionRequest

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from annotations.models import User


def get_request_for(user: "User | AnonymousUser", pk: uuid.UUID) -> PredictionRequest:
    """Return a request of `user`, who still may use the model.

    Raises
    ------
    NotFound
        There is none, or it is somebody else's.
    """
    rows = PredictionRequest.objects.select_related("model_version__project", "job", "image")
    request = rows.filter(pk=pk, created_by=user.pk).first() if user.is_authenticated else None
    if request is None:
        raise NotFound("prediction")
    get_project_for(user, request.model_version.project_id)
    return request


def list_batches(
    user: "User | AnonymousUser", project_id: int, *, model: int | None = None
) -> QuerySet[PredictionBatch]:
    """Return the batches of a project whose pictures `user` may see, with their counts."""
    project = get_project_for(user, project_id)
    batches = _visible(user).filter(project=project)
    return batches if model is None else batches.filter(model_version=model)


def get_batch_for(
    user: "User | AnonymousUser", pk: int, *, at_least: str = ProjectRole.VIEWER
) -> PredictionBatch:
    """Return a batch of a project in which `user` has at least the role `at_least`.

    Raises
    ------
    NotFound
        There is none, or the user may not see it or its pictures.
    Forbidden
        The user may see it, but has too low a role.
    """
    return get_part_for(user, _visible(user), pk, at_least=at_least, what="batch")


def list_items(batch: PredictionBatch) -> QuerySet[BatchItem]:
    """Return the images of a batch that are not in the trash, with their results."""
    items = BatchItem.objects.filter(batch=batch, image__trashed_at=None)
    return items.select_related("image", "result")


def get_item_for(user: "User | AnonymousUser", pk: int, image: int) -> BatchItem:
    """Return one image of a batch that `user` may see.

    Raises
    ------
    NotFound
        There is none, or the user may not see it.
    """
    batch = get_batch_for(user, pk)
    item = list_items(batch).filter(image=image).first()
    if item is None:
        raise NotFound("image in this batch")
    item.batch = batch
    return item


def with_counts(batches: QuerySet[PredictionBatch]) -> QuerySet[PredictionBatch]:
    """Add to batches how far they are, which `describe_state` looks at.

    `n_done` and `n_refused` count images; `open_chunks`, `queued_chunks` and `running_chunks`
    count chunks; `failed_code` and `failed_detail` say why the last failed.
    """
    items = BatchItem.objects.filter(batch=OuterRef("pk")).order_by()
    chunks = BatchChunk.objects.filter(batch=OuterRef("pk"), done_at=None).order_by()
    failed = chunks.filter(job__state=JobState.FAILED).order_by("-job__finished_at")
    return batches.annotate(
        n_done=_count(items.exclude(result=None)),
        n_refused=_count(items.filter(result=None).exclude(code="")),
        open_chunks=_count(chunks),
        queued_chunks=_count(chunks.filter(job__state=JobState.QUEUED)),
        running_chunks=_count(chunks.filter(job__state=JobState.RUNNING)),
        failed_code=Coalesce(Subquery(failed.values("job__code")[:1]), Value("")),
        failed_detail=Coalesce(
            Subquery(failed.values("job__detail")[:1]), Value(""), output_field=TextField()
        ),
    )


def describe_state(batch: PredictionBatch) -> JobState:
    """Return where a batch of `with_counts` stands, from its chunks and their jobs."""
    counts = vars(batch)
    if counts["open_chunks"] == 0:
        return JobState.DONE
    if batch.cancelled_at is not None:
        return JobState.CANCELLED
    if counts["running_chunks"] or (counts["queued_chunks"] and counts["n_done"]):
        return JobState.RUNNING
    return JobState.QUEUED if counts["queued_chunks"] else JobState.FAILED


def _visible(user: "User | AnonymousUser") -> QuerySet[PredictionBatch]:
    """Batches with counts; one of a data set only where the reader sees the data set."""
    seen = Q(dataset=None) | Q(dataset__in=visible_datasets(user).values("pk"))
    batches = PredictionBatch.objects.filter(seen)
    return with_counts(batches.select_related("model_version__project", "dataset"))


def _count(rows: "QuerySet[BatchItem] | QuerySet[BatchChunk]") -> Coalesce:
    counted = rows.values("batch").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))
