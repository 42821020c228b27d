"""Read runs; only what the reader may see comes out."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from annotations.models import ProjectRole
from annotations.projects.selectors import get_part_for, get_project_for
from training.runs.models import CurvePoint, TrainingRun

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from annotations.models import User

# A point a second: a day of training would be more than a page can draw.
MOST_POINTS = 2000


def list_runs(user: "User | AnonymousUser", project_id: int) -> QuerySet[TrainingRun]:
    """Return the runs of a project that `user` may see."""
    project = get_project_for(user, project_id)
    return TrainingRun.objects.filter(project=project).select_related(
        "job", "snapshot", "model_version"
    )


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
    rows = TrainingRun.objects.select_related("job", "snapshot")
    return get_part_for(user, rows, pk, at_least=at_least, what="run")


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
