"""Read runs; only what the reader may see comes out."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from annotations.models import ProjectRole, Sample
from annotations.projects.selectors import get_part_for, get_project_for
from core.errors import NotFound
from core.storage import get_storage
from training.runs.models import CurvePoint, TrainingRun
from training.runs.pictures import lines_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from annotations.models import User

# A point a second: a day of training would be more than a page can draw.
MOST_POINTS = 2000


def list_runs(user: "User | AnonymousUser", project_id: int) -> QuerySet[TrainingRun]:
    """Return the runs of a project that `user` may see."""
    project = get_project_for(user, project_id)
    runs = TrainingRun.objects.filter(project=project).defer("report", "figures", "pictures", "log")
    return runs.select_related("job", "snapshot", "model_version")


def get_run_for(
    user: "User | AnonymousUser", pk: int, *, at_least: str = ProjectRole.VIEWER
) -> TrainingRun:
    """Return a run of a project in which `user` has at least the role `at_least`.

    Raises
    ------
    NotFound
        There is none, or the user may not see it.
    Forbidden
        The user may see it, but has too low a role.
    """
    rows = TrainingRun.objects.select_related("job", "snapshot").defer("figures")
    return get_part_for(user, rows, pk, at_least=at_least, what="run")


def get_picture_for(user: "User | AnonymousUser", pk: int, name: str) -> bytes:
    """Return a picture of a run's report as PNG, where `user` may see the run.

    Raises
    ------
    NotFound
        There is no such picture, or the user may not see the run.
    """
    key = get_run_for(user, pk).pictures.get(name)
    if key is None:
        raise NotFound("picture")
    try:
        return get_storage().get(key)
    except FileNotFoundError as error:
        raise NotFound("picture") from error


def list_shown_samples(run: TrainingRun) -> list[Sample]:
    """Return the samples that a run's report speaks of, with their images.

    Those whose image was put into the trash are left out.
    """
    ids = {line["item"] for line in lines_of(run.report)}
    known = [int(pk) for pk in ids if str(pk).isdecimal()]
    samples = Sample.objects.filter(pk__in=known, project=run.project_id, image__trashed_at=None)
    return list(samples.select_related("image").order_by("pk"))


def list_curve(run: TrainingRun) -> list[CurvePoint]:
    """Return a run's curves in the order of steps; of very many points some are left out.

    Points with a validation score and the newest are always there.
    """
    points = list(run.curve.all())
    stride = -(-len(points) // MOST_POINTS)
    return [
        point
        for at, point in enumerate(points)
        if at % stride == 0 or point.val is not None or at == len(points) - 1
    ]
