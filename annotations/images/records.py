"""Write images, masks and uploads into the database, one short transaction each."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Count

from annotations.accounts.models import User
from annotations.datasets.models import DataSet
from annotations.images.groups import derive_group, name_of, pairing_keys
from annotations.images.models import Image, ImageStatus, Upload, UploadStatus
from annotations.images.readers import Notice, Picture, UnreadableError
from annotations.images.readers.base import to_json
from annotations.images.readers.masks import Mask
from annotations.images.services import enqueue_pyramid, enqueue_sync, set_reference_mask
from annotations.images.splits import DEFAULT_FRACTIONS, choose_split


@dataclass(frozen=True)
class Facts:
    """Size in bytes and SHA-256 of a file."""

    size: int
    sha256: str


NOT_MEASURED = Facts(0, "")


@dataclass(frozen=True)
class Received:
    """A file's name, what it is for, its group where one was given, and its facts."""

    path: str
    role: str
    group: str
    facts: Facts


@dataclass(frozen=True)
class Verdict:
    """What becomes of one file."""

    status: str
    code: str = ""
    detail: str = ""
    image: Image | None = None
    notices: tuple[Notice, ...] = ()


SYSTEM_FILE = Verdict(
    UploadStatus.IGNORED,
    "system_file",
    "An operating system left this file behind; it is not a picture and was passed by.",
)


def refused(error: UnreadableError) -> Verdict:
    """Return the verdict on a file that cannot be taken in."""
    return Verdict(UploadStatus.REFUSED, error.code, error.detail)


def find_same(dataset: DataSet, sha256: str) -> Verdict | None:
    """Return the verdict on bytes that the data set has already; None where they are new.

    An image that lies in the trash comes back; one that failed is tried again.
    """
    image = Image.objects.filter(dataset=dataset, sha256=sha256).first()
    if image is None:
        return None
    with transaction.atomic():
        if image.status == ImageStatus.FAILED:
            Image.objects.filter(pk=image.pk).update(status=ImageStatus.QUEUED, code="", detail="")
            enqueue_pyramid(image)
        restored = Image.objects.filter(pk=image.pk).exclude(trashed_at=None)
        if restored.update(trashed_at=None):
            enqueue_sync(image)
            return Verdict(
                UploadStatus.ACCEPTED,
                "restored",
                f"The same picture lay in the trash as {image.name}, and is back.",
                image,
            )
    return Verdict(
        UploadStatus.DUPLICATE,
        "duplicate",
        f"The data set has the same bytes already, as {image.name}. Nothing was added.",
        image,
    )


def add_image(dataset: DataSet, user: User, picture: Picture, received: Received) -> Verdict:
    """Make the row of a new image, fix its split, and have its pyramid made.

    Parameters
    ----------
    dataset : DataSet
        Where it goes.
    user : User
        Who sent it.
    picture : Picture
        What was read.
    received : Received
        Its name and facts; the bytes are in storage already.
    """
    group = received.group.strip()[:200] or derive_group(received.path)
    size = picture.pixel_size
    image = Image(
        dataset=dataset,
        name=name_of(received.path),
        sha256=received.facts.sha256,
        key=received.facts.sha256,
        format=picture.format,
        size_bytes=received.facts.size,
        dtype=picture.dtype.name,
        axes_note=picture.axes_note[:300],
        channels=[_channel(channel.name, channel.color, picture) for channel in picture.channels],
        pixel_size_x_um=size.x,
        pixel_size_y_um=size.y,
        pixel_size_z_um=size.z,
        time_interval_s=picture.time_interval_s,
        metadata=to_json(picture.metadata),
        group=group,
        created_by=user,
    )
    image.size_t, image.size_c, image.size_z, image.size_y, image.size_x = picture.shape
    try:
        with transaction.atomic():
            image.split = _split_of(dataset, group)
            image.save()
            enqueue_pyramid(image)
    except IntegrityError:
        # Somebody sent the same bytes at the same time.
        same = find_same(dataset, image.sha256)
        if same is None:
            raise
        return same
    return Verdict(UploadStatus.ACCEPTED, image=image, notices=picture.notices)


def _split_of(dataset: DataSet, group: str) -> str:
    """Return the split of `group`, which is chosen when the group is new."""
    # One at a time per data set: two new groups must not count each other wrongly.
    DataSet.objects.select_for_update(of=("self",)).get(pk=dataset.pk)
    images = Image.objects.filter(dataset=dataset)
    known = images.filter(group=group).values_list("split", flat=True).first()
    if known is not None:
        return known
    counts = images.values_list("split").annotate(Count("group", distinct=True))
    return choose_split(
        group,
        salt=dataset.split_salt or f"data set {dataset.pk}",
        counts=dict(counts),
        fractions=dataset.split_fractions or DEFAULT_FRACTIONS,
    )


def _channel(name: str, color: str, picture: Picture) -> dict[str, object]:
    """Describe a channel; its window is the dtype's range until the histogram is known."""
    high = {"uint8": 255.0, "uint16": 65535.0}.get(picture.dtype.name, 1.0)
    return {"name": to_json(name), "color": color, "low": 0.0, "high": high}


def find_image_of_mask(dataset: DataSet, path: str) -> Image:
    """Return the image that a mask belongs to, by folders and names.

    Raises
    ------
    UnreadableError
        "mask_without_image" or "mask_ambiguous".
    """
    keys = pairing_keys(path)
    stem = keys[-1]
    candidates = [(pairing_keys(name), image) for name, image in _named_like(dataset, stem)]
    found: list[Image] = []
    for level, key in enumerate(keys):
        same = {image.pk: image for other, image in candidates if other[level] == key}
        if same:
            found = list(same.values())
            break
    if not found:
        raise UnreadableError(
            "mask_without_image",
            f"No picture of the data set is named like this mask ({stem}). Upload the picture "
            "first, and give the mask its name, in a folder masks/ or with the ending _mask.",
        )
    if len(found) > 1:
        names = ", ".join(image.name for image in found[:3])
        raise UnreadableError(
            "mask_ambiguous",
            f"Several pictures are named like this mask ({names}). Upload pictures and masks "
            "together with their folders, or rename them.",
        )
    return found[0]


def _named_like(dataset: DataSet, stem: str) -> Iterator[tuple[str, Image]]:
    """Yield images by their own name, and by the names under which they were sent again."""
    for image in Image.objects.filter(dataset=dataset, trashed_at=None, name__icontains=stem):
        yield image.name, image
    again = Upload.objects.filter(
        dataset=dataset,
        status=UploadStatus.DUPLICATE,
        role="image",
        filename__icontains=stem,
        image__trashed_at=None,
    )
    for upload in again.exclude(image=None).select_related("image"):
        if upload.image is not None:
            yield upload.filename, upload.image


def add_mask(image: Image, key: str, mask: Mask) -> Verdict:
    """Give an image its reference mask; a different one replaces the one it had.

    Parameters
    ----------
    image : Image
        The picture.
    key : str
        Blob of the mask, already in storage.
    mask : Mask
        What was read.
    """
    if image.reference_mask == key:
        return Verdict(
            UploadStatus.DUPLICATE,
            "duplicate",
            f"{image.name} has this mask already. Nothing was added.",
            image,
        )
    notices = mask.notices
    if image.reference_mask:
        notices = (
            *notices,
            Notice(
                "mask_replaced",
                f"{image.name} had another mask. The new one is used from now on; ground truth "
                "that was made from the old one stays.",
            ),
        )
    set_reference_mask(image, key)
    detail = f"Reference mask of {image.name} with {mask.n_objects} objects."
    return Verdict(UploadStatus.ACCEPTED, "", detail, image, notices)


def record_upload(dataset: DataSet, user: User, verdict: Verdict, received: Received) -> Upload:
    """Write the row that says what became of a file."""
    return Upload.objects.create(
        dataset=dataset,
        user=user,
        filename=received.path,
        role=received.role,
        size_bytes=received.facts.size,
        sha256=received.facts.sha256,
        status=verdict.status,
        code=verdict.code,
        detail=verdict.detail,
        image=verdict.image,
        warnings=[{"code": notice.code, "detail": notice.detail} for notice in verdict.notices],
    )
