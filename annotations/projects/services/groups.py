"""Give a whole group of pictures to one split."""

from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from annotations.accounts.models import User
from annotations.images.models import Image, Split
from annotations.projects.models import Project, Sample, SampleState
from core.audit import record
from core.errors import Conflict, NotFound

HELD_OUT = (Split.VALIDATION.value, Split.TEST.value)


@dataclass(frozen=True)
class MovedGroup:
    """What became of a group.

    Attributes
    ----------
    group : str
        "data set/group", as findings name it.
    split : str
        Where all of it is now.
    images, samples : int
        How many pictures, and how many samples of all projects, changed their split.
    """

    group: str
    split: str
    images: int
    samples: int


@transaction.atomic
def move_group(
    project: Project, *, group: str, split: str, confirmed: bool, by: User
) -> MovedGroup:
    """Move a group to one split, pictures and samples, in every project that asks about them.

    Parameters
    ----------
    project : Project
        One of those that ask about the pictures; `by` manages all of them
        (`annotations.projects.selectors.get_project_of_group`).
    group : str
        "data set/group", as findings name it.
    split : {"train", "val", "test"}
        Where to.
    confirmed : bool
        Whether the person was told what it does to scores, and wants it.
    by : User
        Who asks.

    Returns
    -------
    MovedGroup
        Counts; doing it again changes nothing.

    Raises
    ------
    NotFound
        The project has no such group.
    Conflict
        Codes "leaves_test" and "was_trained_on", while not confirmed.
    """
    images = images_of_group(project, group).select_for_update()
    found = Counter(images.values_list("split", flat=True))
    if not found:
        raise NotFound("group")
    if not confirmed:
        _object(images, found, split)
    ids = list(images.exclude(split=split).values_list("pk", flat=True))
    samples = Sample.objects.filter(image__in=images.values("pk")).exclude(split=split)
    moved = MovedGroup(group, split, images=len(ids), samples=samples.update(split=split))
    Image.objects.filter(pk__in=ids).update(split=split)
    if ids or moved.samples:
        data = {"group": group, "from": dict(found), "to": split, "samples": moved.samples}
        record("group.moved", project, actor=by, data=data)
    return moved


def images_of_group(project: Project, group: str) -> QuerySet[Image]:
    """Return the pictures of a group ("data set/group") of a project; none where it is unknown."""
    dataset, _, name = group.partition("/")
    if not dataset.isdecimal():
        return Image.objects.none()
    return Image.objects.filter(dataset=int(dataset), dataset__projects=project, group=name)


def _object(images: QuerySet[Image], found: Counter[str], split: str) -> None:
    """Say what a move does to scores, before it is done."""
    leaving = found[Split.TEST]
    if split != Split.TEST and leaving:
        raise Conflict(
            "leaves_test",
            f"{leaving} pictures of this group are in the test split. Moved out, they test nothing "
            "any more: scores on the test split before and after cannot be compared, and the split "
            "gets smaller. Confirm it, or move the whole group to the test split.",
            extra={"from": dict(found)},
        )
    learnt = images.filter(split=Split.TRAIN, samples__state=SampleState.ACCEPTED)
    n_learnt = learnt.order_by().values("pk").distinct().count()
    if split in HELD_OUT and n_learnt:
        raise Conflict(
            "was_trained_on",
            f"{n_learnt} labelled pictures of this group are in the training split. Models that "
            "were trained on them look better on held-out pictures than they are, until they are "
            "trained again. Confirm it, or move the whole group to the training split.",
            extra={"from": dict(found)},
        )
