"""Read images and uploads; only what the reader may see comes out."""

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from annotations.datasets.models import DataSet
from annotations.datasets.selectors import GUEST, get_dataset_for, visible_datasets
from annotations.images.models import Image, Upload
from core.errors import NotFound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from annotations.accounts.models import User


def visible_images(user: "User | AnonymousUser") -> QuerySet[Image]:
    """Return the images of the data sets that `user` may see, without those in the trash."""
    datasets = visible_datasets(user).values("pk")
    return Image.objects.filter(dataset__in=datasets, trashed_at=None).select_related("dataset")


def list_images(
    user: "User | AnonymousUser",
    *,
    dataset: int | None = None,
    split: str | None = None,
    status: str | None = None,
    search: str | None = None,
) -> QuerySet[Image]:
    """Return visible images, narrowed.

    Parameters
    ----------
    user : User
        Who asks.
    dataset : int, optional
        Only of this data set.
    split : {"train", "val", "test"}, optional
        Only of this split.
    status : {"queued", "ready", "failed"}, optional
        Only these.
    search : str, optional
        Part of the name or of the group.
    """
    found = visible_images(user)
    exact = {"dataset": dataset, "split": split, "status": status}
    found = found.filter(**{key: value for key, value in exact.items() if value is not None})
    if search:
        found = found.filter(Q(name__icontains=search) | Q(group__icontains=search))
    return found


def get_image_for(user: "User | AnonymousUser", pk: int, *, at_least: str = GUEST) -> Image:
    """Return an image that `user` may see; `at_least` as for `get_dataset_for`.

    Raises
    ------
    NotFound
        There is none, or the user may not see it.
    Forbidden
        The user may see it, and not do this.
    """
    image = visible_images(user).filter(pk=pk).first()
    if image is None:
        raise NotFound("image")
    if at_least != GUEST:
        get_dataset_for(user, image.dataset_id, at_least=at_least)
    return image


def list_uploads(dataset: DataSet) -> QuerySet[Upload]:
    """Return what became of each file that was sent to a data set."""
    return Upload.objects.filter(dataset=dataset)


def find_known(dataset: DataSet, digests: list[str]) -> dict[str, int]:
    """Return which of these SHA-256 the data set has already: {digest: image id}.

    A mask is known as long as the picture that it came for still has one.
    """
    images = Image.objects.filter(dataset=dataset, sha256__in=digests, trashed_at=None)
    known = dict(images.values_list("sha256", "pk"))
    masks = Upload.objects.filter(
        dataset=dataset, sha256__in=digests, role="mask", status="accepted", image__trashed_at=None
    ).exclude(image=None)
    for digest, image in masks.values_list("sha256", "image"):
        known.setdefault(digest, image)
    return known
