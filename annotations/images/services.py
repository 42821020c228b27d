"""Make pictures ready to be shown, read their pixels, and trash them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np
import zarr
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Subquery
from django.db.models.functions import Cast
from numpy.typing import NDArray

from annotations.accounts.models import User
from annotations.images.models import Image, ImageStatus
from annotations.images.pyramid import Pyramid, halve, open_store, write_pyramid
from annotations.images.readers import Limits, Picture, open_picture
from annotations.images.readers.base import to_json
from annotations.images.readers.masks import read_mask
from annotations.images.thumbnail import render_thumbnail
from core import audit
from core.errors import DomainError, NotFound
from core.jobs.models import LIVE_STATES, Job, JobState
from core.jobs.services import enqueue
from core.storage import get_storage

PYRAMID_JOB = "annotations.build_pyramid"
SYNC_JOB = "annotations.sync_image"
MADE_FIELDS = ("channels", "pyramid", "levels", "histogram", "thumbnail")


def enqueue_sync(image: Image) -> None:
    """Have projects told by a job that `image` got a mask, went away or came back."""
    enqueue(SYNC_JOB, image.pk, queue="io")


def enqueue_pyramid(image: Image) -> None:
    """Have the pyramid of `image` made by a job."""
    enqueue(PYRAMID_JOB, image.pk, queue="io")


def set_reference_mask(image: Image, key: str) -> None:
    """Give an image the label image in blob `key`; projects are told by a job."""
    with transaction.atomic():
        Image.objects.filter(pk=image.pk).update(reference_mask=key)
        enqueue_sync(image)


def process_image(pk: int, *, report: Callable[..., None]) -> None:
    """Make pyramid, thumbnail and histogram of an image, and mark it ready.

    Running it twice is harmless. The same bytes in another data set are not processed again.

    Parameters
    ----------
    pk : int
        The image.
    report : callable
        Called with progress; see `core.jobs.runner.JobContext.report`.

    Raises
    ------
    DomainError
        The picture cannot be read; the image is marked failed with the same code.
    """
    image = Image.objects.get(pk=pk)
    if image.status == ImageStatus.READY:
        return
    try:
        made = _made_before(image) or _make(image, report)
    except DomainError as error:
        Image.objects.filter(pk=pk).update(
            status=ImageStatus.FAILED, code=error.code, detail=error.detail
        )
        raise
    Image.objects.filter(pk=pk).update(status=ImageStatus.READY, code="", detail="", **made)


def fail_lost_images() -> int:
    """Mark the images whose job failed for good with that job's reason; return how many.

    A job that could not read the picture has done so itself; this is for workers that died.
    """
    jobs = Job.objects.filter(kind=PYRAMID_JOB, subject=Cast(OuterRef("pk"), CharField()))
    failed = jobs.filter(state=JobState.FAILED).order_by("-created_at")
    lost = Image.objects.filter(
        Exists(failed), ~Exists(jobs.filter(state__in=LIVE_STATES)), status=ImageStatus.QUEUED
    )
    return lost.update(
        status=ImageStatus.FAILED,
        code=Subquery(failed.values("code")[:1]),
        detail=Subquery(failed.values("detail")[:1]),
    )


def _made_before(image: Image) -> dict[str, object] | None:
    twin = Image.objects.filter(sha256=image.sha256, status=ImageStatus.READY).first()
    return {field: getattr(twin, field) for field in MADE_FIELDS} if twin else None


def _make(image: Image, report: Callable[..., None]) -> dict[str, object]:
    storage = get_storage()
    name = f"pyramids/{image.sha256}"
    with storage.open(image.key) as stream:
        picture = open_picture(stream, image.name, limits=Limits())
        pyramid = write_pyramid(picture, storage, name, report=report)
    windows = _windows(picture, pyramid)
    level = len(pyramid.levels) - 1
    times, channels, depths = picture.shape[:3]
    array = zarr.open_array(open_store(storage, name), path=str(level), mode="r")
    planes = [np.asarray(array[times // 2, c, depths // 2]) for c in range(channels)]
    colors = [channel.color for channel in picture.channels]
    return {
        "pyramid": name,
        "levels": [{"y": y, "x": x} for y, x in pyramid.levels],
        "channels": [
            {"name": to_json(channel.name), "color": channel.color, "low": low, "high": high}
            for channel, (low, high) in zip(picture.channels, windows, strict=True)
        ],
        "histogram": [
            {
                "low": found.minimum,
                "high": found.maximum,
                "bins": list(found.bins),
                "not_finite": found.not_finite,
            }
            for found in pyramid.statistics
        ],
        "thumbnail": storage.put(render_thumbnail(planes, windows, colors)),
    }


def _windows(picture: Picture, pyramid: Pyramid) -> list[tuple[float, float]]:
    """Choose what is shown as black and white; colour pictures keep their balance of colours."""
    found = [(channel.low, channel.high) for channel in pyramid.statistics]
    if not picture.rgb:
        return found
    if picture.dtype == np.uint8:
        return [(0.0, 255.0)] * len(found)
    return [(0.0, max(high for _, high in found))] * len(found)


def trash_image(image: Image, *, by: User, now: datetime) -> None:
    """Put an image in the trash; its bytes and its split are kept."""
    with transaction.atomic():
        Image.objects.filter(pk=image.pk, trashed_at=None).update(trashed_at=now)
        audit.record("image.trashed", image, actor=by)
        enqueue_sync(image)


def read_plane(image: Image, t: int, c: int, z: int, level: int = 0) -> NDArray[np.generic]:
    """Return one plane (Y, X) of an image in its own dtype.

    Parameters
    ----------
    image : Image
        Read from its pyramid, or from the original bytes while it has none.
    t, c, z : int
        Which plane.
    level : int
        Level of the pyramid; each halves the one before.
    """
    if image.pyramid:
        return np.asarray(_level(image, level)[t, c, z])
    plane: NDArray[np.generic] = _read_original(image)[t, c, z]
    for _ in range(level):
        plane = halve(plane)
    return plane


def read_region(
    image: Image, plane: tuple[int, int, int], rows: slice, columns: slice, level: int = 0
) -> NDArray[np.generic]:
    """Return part of a plane, (rows, columns), in the image's dtype.

    Parameters
    ----------
    image : Image
        The image.
    plane : (t, c, z)
        Which plane.
    rows, columns : slice
        In pixels of `level`.
    level : int
        Level of the pyramid.
    """
    if image.pyramid:
        return np.asarray(_level(image, level)[(*plane, rows, columns)])
    return read_plane(image, *plane, level)[rows, columns]


def read_image(image: Image, level: int = 0) -> NDArray[np.generic]:
    """Return a whole image, T C Z Y X, in its own dtype."""
    if image.pyramid:
        return np.asarray(_level(image, level)[...])
    shape = (image.size_t, image.size_c, image.size_z)
    planes = [read_plane(image, t, c, z, level) for t, c, z in np.ndindex(shape)]
    return np.stack(planes).reshape(*shape, *planes[0].shape)


def get_reference_labels(image: Image) -> NDArray[np.uint32]:
    """Return the label image that came with a picture, T Z Y X, 0 = background.

    Raises
    ------
    NotFound
        No mask came with it.
    """
    if not image.reference_mask:
        raise NotFound("reference mask")
    with get_storage().open(image.reference_mask) as stream:
        labels = read_mask(stream)
    return labels.reshape(image.size_t, image.size_z, image.size_y, image.size_x)


def _level(image: Image, level: int) -> Any:  # noqa: ANN401 - zarr's arrays are not typed usefully
    store = open_store(get_storage(), image.pyramid)
    return zarr.open_array(store, path=str(level), mode="r", zarr_format=2)


def _read_original(image: Image) -> NDArray[np.generic]:
    with get_storage().open(image.key) as stream:
        return open_picture(stream, image.name, limits=Limits()).read()
