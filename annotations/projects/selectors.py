"""Read projects and samples; only what the reader may see comes out."""

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from annotations.accounts.models import LabRole, User
from annotations.projects.access import allows, highest
from annotations.projects.models import Project, ProjectMembership, ProjectRole, Sample
from core.errors import Forbidden, NotFound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def visible_projects(user: "User | AnonymousUser") -> QuerySet[Project]:
    """Return the projects that `user` may see: their own, and those of their labs."""
    if not user.is_authenticated:
        return Project.objects.none()
    return Project.objects.filter(
        Q(memberships__user=user) | Q(lab__memberships__user=user)
    ).distinct()


def get_role(user: "User | AnonymousUser", project: Project) -> str | None:
    """Return the role of `user` in `project`; None for an outsider.

    A lab's owner manages all its projects; a lab's member may look at them.
    """
    if not isinstance(user, User):
        return None
    roles = list(
        ProjectMembership.objects.filter(project=project, user=user).values_list("role", flat=True)
    )
    for lab_role in user.lab_memberships.filter(lab=project.lab_id).values_list("role", flat=True):
        roles.append(ProjectRole.MANAGER if lab_role == LabRole.OWNER else ProjectRole.VIEWER)
    return highest(roles)


def get_project_for(
    user: "User | AnonymousUser", pk: int, *, at_least: str = ProjectRole.VIEWER
) -> Project:
    """Return a project in which `user` has at least the role `at_least`.

    Raises
    ------
    NotFound
        There is none, or the user may not see it.
    Forbidden
        The user may see it, but has too low a role.
    """
    project = Project.objects.select_related("lab").filter(pk=pk).first()
    role = get_role(user, project) if project else None
    if project is None or role is None:
        raise NotFound("project")
    if not allows(role, at_least):
        raise Forbidden(
            f"This needs the role {at_least} in the project; you are {role}. Ask a project manager."
        )
    return project


def get_sample_for(
    user: "User | AnonymousUser", pk: int, *, at_least: str = ProjectRole.VIEWER
) -> Sample:
    """Return a sample of a project in which `user` has at least the role `at_least`.

    Raises
    ------
    NotFound, Forbidden
        As for `get_project_for`.
    """
    sample = Sample.objects.select_related("project__lab", "image").filter(pk=pk).first()
    if sample is None:
        raise NotFound("sample")
    try:
        get_project_for(user, sample.project_id, at_least=at_least)
    except NotFound as error:
        raise NotFound("sample") from error
    return sample
