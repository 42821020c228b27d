"""Ask a model about one picture: at once where that is quick, else by a job."""

import hashlib
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from annotations.images.ingest import DECODING, clean_path
from annotations.images.readers import Limits, open_picture
from annotations.models import Image, ImageStatus, User
from core.errors import Conflict, DomainError
from core.jobs.models import LIVE_STATES, JobState
from core.jobs.services import enqueue
from core.storage import get_storage
from training.model_registry.models import ModelVersion
from training.serving.models import PictureResult, PredictionRequest
from training.serving.pictures import Subject, subject_of_image, subject_of_upload
from training.serving.prediction import class_names, find_result, predict_picture

REQUEST_JOB = "training.answer_request"
SHORTEST_PAUSE, LONGEST_PAUSE = 0.02, 0.25
UPLOADS = "uploads"
FORGOTTEN_AFTER = timedelta(days=1)
READ_BYTES = 1 << 20


@transaction.atomic
def ask_about_image(
    version: ModelVersion, image: Image, *, by: User, with_doubt: bool = False
) -> PredictionRequest:
    """Ask a model about an image of the lab; `with_doubt` how unsure it is of each pixel, too.

    Raises
    ------
    Conflict
        Code "image_not_ready".
    DomainError
        Code "too_many_predictions".
    """
    _refuse_too_many(by, now=timezone.now())
    if image.status != ImageStatus.READY:
        raise Conflict(
            "image_not_ready",
            "This image is not ready: it is still being prepared, or could not be read. Look at "
            "it on its data set's page.",
        )
    content = subject_of_image(image).content(class_names(version.project))
    request = PredictionRequest.objects.create(
        model_version=version,
        created_by=by,
        image=image,
        name=image.name,
        content=content,
        with_doubt=with_doubt,
    )
    if find_result(version, content, with_doubt=with_doubt) is None:
        _queue(request)
    return request


def ask_about_file(
    version: ModelVersion, stream: IO[bytes], name: str, *, by: User, with_doubt: bool = False
) -> tuple[PredictionRequest, float]:
    """Ask a model about a file; it is kept until the answer is there.

    Parameters
    ----------
    version : ModelVersion
        The model.
    stream : binary file
        Any picture that can be imported.
    name : str
        Of the file.
    by : User
        Who asks.
    with_doubt : bool
        Whether to ask how unsure the model is of each pixel, too.

    Returns
    -------
    PredictionRequest
        With a job, where the model has not seen the same picture before.
    float
        Millions of pixels, channels not counted.

    Raises
    ------
    UnreadableError
        It is no picture that can be read; the code says why.
    DomainError
        Code "too_many_predictions".
    """
    _refuse_too_many(by, now=timezone.now())
    name = clean_path(name)
    sha256 = _digest(stream)
    with DECODING:
        picture = open_picture(stream, name, limits=Limits())
    times, _, depths, height, width = picture.shape
    subject = subject_of_upload(picture, name=name, sha256=sha256, tree_file="")
    content = subject.content(class_names(version.project))
    request = PredictionRequest(
        model_version=version, created_by=by, name=name, content=content, with_doubt=with_doubt
    )
    if find_result(version, content, with_preview=True, with_doubt=with_doubt) is None:
        stream.seek(0)
        get_storage().put_tree_file(upload_path(request), stream)
        with transaction.atomic():
            request.save()
            _queue(request)
    else:
        request.save()
    return request, times * depths * height * width / 1e6


def wait_for(
    request: PredictionRequest, megapixels: float, *, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Wait a little for an answer that should be quick; the row says whether it came.

    Parameters
    ----------
    request : PredictionRequest
        Whose job was queued.
    megapixels : float
        Size of the picture; what is larger than the setting is not waited for.
    sleep : callable
        Waits between two looks.
    """
    if request.job is None or megapixels > settings.PREDICT_SYNC_MEGAPIXELS:
        return
    started = timezone.now()
    ahead = PredictionRequest.objects.filter(
        job__state__in=LIVE_STATES,
        created_at__gt=started - timedelta(seconds=settings.PREDICT_WAIT_SECONDS),
    ).exclude(pk=request.pk)
    if ahead.count() >= settings.PREDICT_MOST_WAITING:
        return
    deadline = time.monotonic() + settings.PREDICT_WAIT_SECONDS
    pause = SHORTEST_PAUSE
    while True:
        request.job.refresh_from_db(fields=["state", "code", "detail"])
        if request.job.state not in LIVE_STATES or time.monotonic() > deadline:
            return
        sleep(pause)
        pause = min(LONGEST_PAUSE, 1.5 * pause)


def answer_request(request: PredictionRequest, *, check: Callable[[], None]) -> PictureResult:
    """Do what a request asks for; safe to do again."""
    result = predict_picture(
        request.model_version,
        _subject(request),
        check=check,
        with_preview=request.image is None,
        with_doubt=request.with_doubt,
    )
    get_storage().remove_tree_file(upload_path(request))
    return result


def get_result(request: PredictionRequest) -> PictureResult | None:
    """Return the answer to a request; nothing while it is not there.

    Raises
    ------
    DomainError
        The prediction failed; the code says why.
    """
    result = find_result(request.model_version, request.content, with_doubt=request.with_doubt)
    if result is not None:
        return result
    job = request.job
    if job is not None and job.state in LIVE_STATES:
        return None
    if job is None or job.state == JobState.DONE:
        raise DomainError("prediction_lost", "The answer is gone. Ask again.", status=410)
    raise DomainError(job.code, job.detail, status=422)


def drop_forgotten_uploads(*, now: datetime) -> int:
    """Remove the files of requests that failed or were never answered; return how many."""
    old = PredictionRequest.objects.filter(created_at__lt=now - FORGOTTEN_AFTER, image=None)
    old = old.exclude(job__state__in=LIVE_STATES)
    storage = get_storage()
    for request in old:
        storage.remove_tree_file(upload_path(request))
    removed, _ = old.delete()
    return removed


def upload_path(request: PredictionRequest) -> str:
    """Return where the file of a request lies until it is answered."""
    return f"{UPLOADS}/{request.pk}"


def _subject(request: PredictionRequest) -> Subject:
    if request.image is not None:
        return subject_of_image(request.image)
    path = upload_path(request)
    try:
        with get_storage().open_tree_file(path) as stream:
            sha256 = _digest(stream)
            picture = open_picture(stream, request.name, limits=Limits())
            return subject_of_upload(picture, name=request.name, sha256=sha256, tree_file=path)
    except FileNotFoundError as error:
        raise DomainError("upload_gone", "The file is gone. Send it again.") from error


def _queue(request: PredictionRequest) -> None:
    request.job = enqueue(
        REQUEST_JOB, request.pk, queue="serve", project=request.model_version.project_id
    )
    request.save(update_fields=["job"])


def _refuse_too_many(user: User, *, now: datetime) -> None:
    recent = PredictionRequest.objects.filter(
        created_by=user, created_at__gt=now - timedelta(minutes=1)
    )
    if recent.count() >= settings.PREDICT_MOST_PER_MINUTE:
        raise DomainError(
            "too_many_predictions",
            f"You asked for {settings.PREDICT_MOST_PER_MINUTE} predictions in a minute. Wait a "
            "minute, or give the pictures to the model as a batch.",
            status=429,
        )


def _digest(stream: IO[bytes]) -> str:
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(READ_BYTES):
        digest.update(chunk)
    stream.seek(0)
    return digest.hexdigest()
