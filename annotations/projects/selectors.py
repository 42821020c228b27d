"""Read projects and samples; only what the reader may see comes out."""

from typing import TYPE_CHECKING, TypeVar, cast

from django.db.models import Count, Model, OuterRef, Q, QuerySet, Subquery

from annotations.accounts.models import Invitation, LabMembership, LabRole, User
from annotations.accounts.selectors import get_lab_role
from annotations.projects.access import allows, highest
from annotations.projects.models import Project, ProjectMembership, ProjectRole, Sample
from core.errors import Forbidden, NotFound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

Row = TypeVar("Row", bound=Model)


def visible_projects(user: "User | AnonymousUser") -> QuerySet[Project]:
    """Return the projects that `user` may see: their own, and those of their labs.

    Each has `project_role` and `lab_role`, the user's own, for `role_of`.
    """
    return visible_rows(Project.objects.all(), user, project="pk", lab="lab")


def visible_rows(
    rows: QuerySet[Row], user: "User | AnonymousUser", *, project: str, lab: str
) -> QuerySet[Row]:
    """Narrow rows to those of projects that `user` may see, and add the user's roles for `role_of`.

    Parameters
    ----------
    rows : QuerySet
        Rows that refer to a project.
    user : User
        Who asks.
    project, lab : str
        Paths from a row to its project and to its project's lab.
    """
    if not user.is_authenticated:
        return rows.none()
    mine = ProjectMembership.objects.filter(project=OuterRef(project), user=user).values("role")
    in_lab = LabMembership.objects.filter(lab=OuterRef(lab), user=user).values("role")
    seen = rows.annotate(project_role=Subquery(mine[:1]), lab_role=Subquery(in_lab[:1])).filter(
        Q(project_role__isnull=False) | Q(lab_role__isnull=False)
    )
    return cast("QuerySet[Row]", seen)


def role_of(row: Model) -> str | None:
    """Return the reader's role in the project of a row that `visible_rows` gave."""
    return _combined(getattr(row, "project_role", None), getattr(row, "lab_role", None))


def list_projects(
    user: "User | AnonymousUser", *, lab: int | None = None, archived: bool = False
) -> QuerySet[Project]:
    """Return projects with all that their JSON needs."""
    projects = visible_projects(user).filter(archived_at__isnull=not archived)
    if lab is not None:
        projects = projects.filter(lab=lab)
    return projects.select_related("lab").prefetch_related("classes", "datasets")


def show_project(user: "User | AnonymousUser", pk: int) -> Project:
    """Return one project with all that its JSON needs.

    Raises
    ------
    NotFound
        There is none, or the user may not see it.
    """
    projects = visible_projects(user).select_related("lab")
    project = projects.prefetch_related("classes", "datasets").filter(pk=pk).first()
    if project is None:
        raise NotFound("project")
    return project


def get_role(user: "User | AnonymousUser", project: Project) -> str | None:
    """Return the role of `user` in `project`; None for an outsider.

    A lab's owner manages all its projects; a lab's member may look at them.
    """
    if not isinstance(user, User):
        return None
    mine = ProjectMembership.objects.filter(project=project, user=user)
    return _combined(
        mine.values_list("role", flat=True).first(), get_lab_role(user, project.lab_id)
    )


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


def get_project_of_group(user: "User | AnonymousUser", pk: int, group: str) -> Project:
    """Return a project whose group of pictures ("data set/group") `user` may give to a split.

    The split belongs to the pictures, so this takes a manager of every project that asks about
    their data set.

    Raises
    ------
    NotFound, Forbidden
        As for `get_project_for`; Forbidden also for somebody who manages only some of the projects.
    """
    project = get_project_for(user, pk, at_least=ProjectRole.MANAGER)
    dataset = group.partition("/")[0]
    asking = Project.objects.filter(datasets=int(dataset) if dataset.isdecimal() else None)
    managed = [
        row.pk
        for row in visible_projects(user).filter(pk__in=asking.values("pk"))
        if allows(role_of(row) or ProjectRole.VIEWER, ProjectRole.MANAGER)
    ]
    if asking.exclude(pk__in=managed).exists():
        raise Forbidden(
            "Other projects ask about these pictures, too, and you do not manage all of them. Ask "
            "an owner of the lab to move the group."
        )
    return project


def get_sample_for(
    user: "User | AnonymousUser", pk: int, *, at_least: str = ProjectRole.VIEWER
) -> Sample:
    """Return a sample of a project in which `user` has at least the role `at_least`.

    Raises
    ------
    NotFound, Forbidden
        As for `get_part_for`.
    """
    samples = Sample.objects.select_related("project__lab", "image")
    return get_part_for(user, samples, pk, at_least=at_least, what="sample")


def get_part_for(
    user: "User | AnonymousUser", rows: QuerySet[Row], pk: int, *, at_least: str, what: str
) -> Row:
    """Return a row that belongs to a project in which `user` has at least the role `at_least`.

    Parameters
    ----------
    user : User
        Who asks.
    rows : QuerySet
        Rows with a column `project_id`.
    pk : int
        The row.
    at_least : str
        The least role that may have it.
    what : str
        What the row is, in words, for the error.

    Raises
    ------
    NotFound
        There is none, or the user may not see it.
    Forbidden
        The user may see it, but has too low a role.
    """
    part = rows.filter(pk=pk).first()
    if part is None:
        raise NotFound(what)
    try:
        get_project_for(user, part.project_id, at_least=at_least)  # type: ignore[attr-defined]
    except NotFound as error:
        raise NotFound(what) from error
    return part


def list_members(project: Project) -> QuerySet[ProjectMembership]:
    """Return the members of a project with their people."""
    return ProjectMembership.objects.filter(project=project).select_related("user")


def count_annotators(project: Project) -> int:
    """Return how many people may annotate in a project."""
    roles = [role for role in ProjectRole if allows(role, ProjectRole.ANNOTATOR)]
    members = Q(project_memberships__project=project, project_memberships__role__in=roles)
    owners = Q(lab_memberships__lab=project.lab_id, lab_memberships__role=LabRole.OWNER)
    return User.objects.filter(members | owners, is_active=True).distinct().count()


def list_samples(project: Project, *, state: str = "", split: str = "") -> QuerySet[Sample]:
    """Return samples with all that their JSON needs."""
    samples = with_answers(Sample.objects.filter(project=project))
    if state:
        samples = samples.filter(state=state)
    if split:
        samples = samples.filter(split=split)
    return samples


def with_answers(samples: QuerySet[Sample]) -> QuerySet[Sample]:
    """Add the picture and `n_answers`, the submitted answers, to samples."""
    submitted = Q(annotations__state="submitted", annotations__is_correction=False)
    return samples.select_related("image").annotate(
        n_answers=Count("annotations", filter=submitted)
    )


def managed_project_ids(user: User, lab_id: int) -> list[int]:
    """Return the projects of a lab that `user` manages."""
    projects = visible_projects(user).filter(lab=lab_id)
    return [project.pk for project in projects if role_of(project) == ProjectRole.MANAGER]


def list_invitations(user: "User | AnonymousUser", lab_id: int) -> QuerySet[Invitation]:
    """Return the invitations of a lab that `user` may make.

    All for an owner, else those to projects that they manage.

    Raises
    ------
    NotFound, Forbidden
        The user is an outsider; or neither owner nor manager of any project.
    """
    invitations = Invitation.objects.filter(lab=lab_id).select_related("project")
    if not isinstance(user, User):
        raise NotFound("lab")
    role = get_lab_role(user, lab_id)
    if role == LabRole.OWNER:
        return invitations
    managed = managed_project_ids(user, lab_id)
    if not managed and role is None:
        raise NotFound("lab")
    if not managed:
        raise Forbidden("Only owners of the lab and project managers invite people. Ask one.")
    return invitations.filter(project__in=managed, role="")


def get_invitation_for(user: "User | AnonymousUser", pk: int) -> Invitation:
    """Return an invitation that `user` may revoke.

    Raises
    ------
    NotFound
        There is none, or the user may not see it.
    """
    lab_id = Invitation.objects.filter(pk=pk).values_list("lab", flat=True).first()
    if lab_id is None:
        raise NotFound("invitation")
    try:
        invitation = list_invitations(user, lab_id).filter(pk=pk).first()
    except (NotFound, Forbidden) as error:
        raise NotFound("invitation") from error
    if invitation is None:
        raise NotFound("invitation")
    return invitation


def _combined(project_role: str | None, lab_role: str | None) -> str | None:
    roles = [project_role] if project_role else []
    if lab_role:
        roles.append(ProjectRole.MANAGER if lab_role == LabRole.OWNER else ProjectRole.VIEWER)
    return highest(roles)
