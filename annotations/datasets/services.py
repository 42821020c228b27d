"""Make, change and trash data sets."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from annotations.accounts.models import Lab, User
from annotations.datasets.models import DataSet, DisplaySettings
from core import audit
from core.errors import Conflict
from core.jobs.services import enqueue

SYNC_PROJECT_JOB = "annotations.sync_project"

DESCRIBED_BY = (
    "name",
    "description",
    "licence",
    "modality",
    "organism",
    "stain",
    "pixel_size_um",
)


def create_dataset(user: User, lab: Lab, *, values: Mapping[str, object]) -> DataSet:
    """Make a data set in a lab of which `user` is a member.

    The salt of its split is its first name, so that the same pictures imported under the same
    name elsewhere are split by the same hashes.

    Parameters
    ----------
    user : User
        Who makes it.
    lab : Lab
        To whom it belongs.
    values : mapping
        Any of `DESCRIBED_BY`.

    Raises
    ------
    Conflict
        "name_taken".
    """
    fields = {key: values[key] for key in DESCRIBED_BY if key in values}
    dataset = DataSet(lab=lab, created_by=user, **fields)
    dataset.split_salt = dataset.name[:32]
    return _save(dataset)


def update_dataset(dataset: DataSet, *, values: Mapping[str, object]) -> DataSet:
    """Change what a data set is described by; its split stays.

    Raises
    ------
    Conflict
        "name_taken".
    """
    for key in DESCRIBED_BY:
        if key in values:
            setattr(dataset, key, values[key])
    return _save(dataset)


def trash_dataset(dataset: DataSet, *, by: User, now: datetime) -> None:
    """Put a data set in the trash; projects keep what was labelled and ask for nothing more."""
    with transaction.atomic():
        DataSet.objects.filter(pk=dataset.pk, trashed_at=None).update(trashed_at=now)
        audit.record("dataset.trashed", dataset, actor=by)
        _sync_projects(dataset)


def restore_dataset(dataset: DataSet, *, by: User) -> None:
    """Take a data set out of the trash.

    Raises
    ------
    Conflict
        "name_taken", when another one has its name by now.
    """
    with transaction.atomic():
        dataset.trashed_at = None
        _save(dataset)
        audit.record("dataset.restored", dataset, actor=by)
        _sync_projects(dataset)


def keep_display(user: User, dataset: DataSet, *, settings: Mapping[str, object]) -> None:
    """Keep how `user` wants to see the pictures of a data set, instead of what was kept before."""
    DisplaySettings.objects.update_or_create(
        user=user, dataset=dataset, defaults={"settings": dict(settings)}
    )


def _save(dataset: DataSet) -> DataSet:
    try:
        with transaction.atomic():
            dataset.save()
    except IntegrityError as error:
        raise Conflict(
            "name_taken",
            f"The lab has a data set named {dataset.name} already. Choose another name, or upload "
            "into that one.",
        ) from error
    return dataset


def _sync_projects(dataset: DataSet) -> None:
    for pk in dataset.projects.values_list("pk", flat=True):
        enqueue(SYNC_PROJECT_JOB, pk, project=pk)
