"""Read searches; only what the reader may see comes out."""

from typing import TYPE_CHECKING

from django.db.models import Prefetch, QuerySet

from annotations.models import ProjectRole
from annotations.projects.selectors import get_part_for, get_project_for
from training.search.models import Search, Trial

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from annotations.models import User


def list_searches(user: "User | AnonymousUser", project_id: int) -> QuerySet[Search]:
    """Return the searches of a project that `user` may see."""
    project = get_project_for(user, project_id)
    return _with_trials().filter(project=project)


def get_search_for(
    user: "User | AnonymousUser", pk: int, *, at_least: str = ProjectRole.VIEWER
) -> Search:
    """Return a search of a project in which `user` has at least the role `at_least`.

    Raises
    ------
    NotFound
        There is none, or the user may not see it.
    Forbidden
        The user may see it, but has too low a role.
    """
    return get_part_for(user, _with_trials(), pk, at_least=at_least, what="search")


def _with_trials() -> QuerySet[Search]:
    # The scores of each image are for the result alone.
    trials = Trial.objects.select_related("job").defer("items")
    return Search.objects.select_related("project").prefetch_related(Prefetch("trials", trials))
