"""Read data sets; only what the reader may see comes out."""

from typing import TYPE_CHECKING

from django.db.models import CharField, Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from annotations.accounts.models import LabMembership, LabRole
from annotations.accounts.selectors import get_lab_role
from annotations.datasets.models import DataSet, DisplaySettings
from core.errors import Forbidden, NotFound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from annotations.accounts.models import User

# Somebody who sees a data set only through a project.
GUEST = "viewer"


def visible_datasets(user: "User | AnonymousUser") -> QuerySet[DataSet]:
    """Return the data sets of the user's labs and projects, without those in the trash."""
    if not user.is_authenticated:
        return DataSet.objects.none()
    mine = Q(lab__memberships__user=user) | Q(projects__memberships__user=user)
    return DataSet.objects.filter(pk__in=DataSet.objects.filter(mine).values("pk"), trashed_at=None)


def describe_datasets(user: "User | AnonymousUser") -> QuerySet[DataSet]:
    """Return the visible data sets with `n_images`, `n_failed` and the user's `role`."""
    role = LabMembership.objects.filter(lab=OuterRef("lab"), user=user.pk).values("role")[:1]
    shown = Q(images__trashed_at=None)
    return visible_datasets(user).annotate(
        n_images=Count("images", filter=shown),
        n_failed=Count("images", filter=shown & Q(images__status="failed")),
        role=Coalesce(Subquery(role), Value(GUEST), output_field=CharField()),
    )


def get_dataset_for(user: "User | AnonymousUser", pk: int, *, at_least: str = GUEST) -> DataSet:
    """Return a data set that `user` may see, and change where `at_least` asks for that.

    Parameters
    ----------
    user : User
        Who asks.
    pk : int
        Which data set.
    at_least : {"viewer", "member", "owner"}
        Members of its lab upload and describe, owners trash.

    Raises
    ------
    NotFound
        There is none, or the user may not see it.
    Forbidden
        The user may see it, and not do this.
    """
    dataset = describe_datasets(user).filter(pk=pk).first()
    if dataset is None:
        raise NotFound("data set")
    if at_least != GUEST:
        _check_role(get_lab_role(user, dataset.lab_id) or GUEST, at_least)
    return dataset


def get_display(user: "User", dataset: DataSet) -> dict[str, object]:
    """Return how `user` wants to see the pictures of a data set; empty where nothing is kept."""
    found = DisplaySettings.objects.filter(user=user, dataset=dataset).first()
    return found.settings if found else {}


def _check_role(role: str, at_least: str) -> None:
    rank = {GUEST: 0, LabRole.MEMBER: 1, LabRole.OWNER: 2}
    if rank[role] < rank[at_least]:
        who = "an owner" if at_least == LabRole.OWNER else "a member"
        raise Forbidden(f"Only {who} of the lab that owns the data set may do this. Ask one.")
