"""Give many images to a model: chunks of them, one job each, a few at a time."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from annotations.models import DataSet, Image, ImageStatus, SampleState, User
from core.audit import record
from core.errors import Conflict, DomainError
from core.jobs.models import LIVE_STATES, JobState
from core.jobs.runner import JobContext
from core.jobs.services import enqueue, request_cancel
from training.model_registry.models import ModelVersion
from training.serving.models import BatchChunk, BatchItem, PredictionBatch
from training.serving.pictures import subject_of_image
from training.serving.prediction import predict_picture
from training.serving.selectors import describe_state, with_counts

CHUNK_JOB = "training.predict_chunk"
CHUNK_IMAGES = 8
ROWS_AT_ONCE = 2000


@transaction.atomic
def start_batch(
    version: ModelVersion, dataset: DataSet | None, *, by: User, with_doubt: bool = False
) -> PredictionBatch:
    """Queue the images of a data set, or of the project's pool.

    Parameters
    ----------
    version : ModelVersion
        The model, with its project.
    dataset : DataSet or None
        Of the project's lab; nothing for the pool: images that nobody labelled.
    by : User
        Who starts it.
    with_doubt : bool
        Whether to ask how unsure the model is of each pixel, too.

    Returns
    -------
    PredictionBatch
        Whose first chunks are queued.

    Raises
    ------
    DomainError
        Codes "dataset_of_other_lab", "no_images".
    """
    if dataset is not None and dataset.lab_id != version.project.lab_id:
        raise DomainError(
            "dataset_of_other_lab",
            "This data set belongs to another lab than the model's project. Choose one of the "
            "project's lab.",
        )
    images = _images(version, dataset)
    if not images:
        raise DomainError(
            "no_images",
            "There is no image to predict: the data set is empty, or nothing is left in the pool. "
            "Add images, or choose another data set.",
        )
    batch = PredictionBatch.objects.create(
        model_version=version,
        project=version.project,
        dataset=dataset,
        n_images=len(images),
        with_doubt=with_doubt,
        created_by=by,
    )
    parts = [images[at : at + CHUNK_IMAGES] for at in range(0, len(images), CHUNK_IMAGES)]
    chunks = BatchChunk.objects.bulk_create(
        [BatchChunk(batch=batch, number=number) for number in range(len(parts))],
        batch_size=ROWS_AT_ONCE,
    )
    BatchItem.objects.bulk_create(
        [
            BatchItem(batch=batch, chunk=chunk, image_id=image)
            for chunk, part in zip(chunks, parts, strict=True)
            for image in part
        ],
        batch_size=ROWS_AT_ONCE,
    )
    record("batch.started", batch, actor=by, data={"images": len(images)})
    queue_chunks(batch)
    return batch


@transaction.atomic
def queue_chunks(batch: PredictionBatch) -> None:
    """Queue the next chunks, so that a few wait or run at the same time.

    All at once would keep everything else on the queue waiting.
    """
    batch = PredictionBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.cancelled_at is not None:
        return
    live = batch.chunks.filter(job__state__in=LIVE_STATES, done_at=None).count()
    free = max(0, settings.PREDICT_BATCH_PARALLEL - live)
    for chunk in batch.chunks.filter(job=None, done_at=None).order_by("number")[:free]:
        chunk.job = enqueue(CHUNK_JOB, chunk.pk, queue="predict", project=batch.project_id)
        chunk.save(update_fields=["job"])


def predict_chunk(chunk: BatchChunk, context: JobContext) -> None:
    """Predict the images of a chunk that have no answer yet; safe to do again.

    Each answer is stored when it is there: a job that is started again loses one image at most.
    A picture that does not suit the model is noted and does not stop the others.
    """
    batch = chunk.batch
    if chunk.done_at is None:
        items = list(chunk.items.select_related("image__dataset").order_by("image_id"))
        for number, item in enumerate(items, start=1):
            if item.result_id is None:
                _answer(batch, item, check=context.check)
            context.report(done=number, total=len(items))
        BatchChunk.objects.filter(pk=chunk.pk).update(done_at=timezone.now())
    queue_chunks(batch)


@transaction.atomic
def cancel_batch(batch: PredictionBatch, *, now: datetime) -> None:
    """Stop a batch; what is predicted stays. One that is over stays as it is."""
    if _state(batch) not in LIVE_STATES:
        return
    PredictionBatch.objects.filter(pk=batch.pk).update(cancelled_at=now)
    for chunk in batch.chunks.filter(job__state__in=LIVE_STATES).select_related("job"):
        assert chunk.job is not None
        request_cancel(chunk.job.pk, now=now)


@transaction.atomic
def retry_batch(batch: PredictionBatch) -> None:
    """Go on with a batch that was cancelled or failed, where it stopped.

    Raises
    ------
    Conflict
        Code "batch_stopping": pieces of it are still being stopped; "batch_not_over": it waits,
        runs or is done, and every picture has an answer.
    """
    if batch.chunks.filter(job__state__in=LIVE_STATES).exists() and batch.cancelled_at is not None:
        raise Conflict(
            "batch_stopping",
            "This batch is still being stopped. Wait a moment, then go on with it.",
        )
    state = _state(batch)
    refused = BatchItem.objects.filter(batch=batch, result=None).exclude(code="")
    if state in LIVE_STATES or (state == JobState.DONE and not refused.exists()):
        raise Conflict(
            "batch_not_over",
            f"This batch is {state}; only one that failed, was cancelled or left images out can be "
            "gone on with.",
        )
    batch.chunks.filter(items__in=refused).update(done_at=None)
    refused.update(code="", detail="")
    batch.chunks.filter(done_at=None).update(job=None)
    PredictionBatch.objects.filter(pk=batch.pk).update(cancelled_at=None)
    queue_chunks(batch)


def _state(batch: PredictionBatch) -> JobState:
    return describe_state(with_counts(PredictionBatch.objects.filter(pk=batch.pk)).get())


def _images(version: ModelVersion, dataset: DataSet | None) -> Sequence[int]:
    images = Image.objects.filter(status=ImageStatus.READY, trashed_at=None)
    if dataset is not None:
        images = images.filter(dataset=dataset)
    else:
        pool = version.project.samples.filter(state=SampleState.POOL)
        images = images.filter(pk__in=pool.values("image"))
    return list(images.order_by("pk").values_list("pk", flat=True))


def _answer(batch: PredictionBatch, item: BatchItem, *, check: Callable[[], None]) -> None:
    try:
        item.result = predict_picture(
            batch.model_version,
            subject_of_image(item.image),
            check=check,
            with_doubt=batch.with_doubt,
        )
    except DomainError as error:
        item.code, item.detail = error.code, error.detail
    item.save(update_fields=["result", "code", "detail"])
