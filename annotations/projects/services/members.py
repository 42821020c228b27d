"""The people of a project and their roles."""

from django.db import transaction
from django.db.models import Q

from annotations.accounts.models import User
from annotations.projects.models import Project, ProjectMembership
from core import audit
from core.errors import Conflict, DomainError, NotFound


@transaction.atomic
def add_member(project: Project, *, name: str, role: str, actor: User) -> ProjectMembership:
    """Give somebody who has an account a role.

    Parameters
    ----------
    project : Project
        The project.
    name : str
        User name or e-mail address.
    role : str
        A `ProjectRole`.
    actor : User
        Who does it.

    Raises
    ------
    DomainError
        Nobody has that name, or several have that address.
    Conflict
        The person is a member already.
    """
    found = list(User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name))[:2])
    if len(found) != 1:
        raise DomainError(
            "no_such_person",
            f"{'Nobody' if not found else 'More than one person'} here is called {name}. Check "
            "the spelling, or make an invitation link for the person.",
        )
    member, created = ProjectMembership.objects.get_or_create(
        project=project, user=found[0], defaults={"role": role}
    )
    if not created:
        raise Conflict(
            "already_member", f"{found[0]} is {member.role} already. Change the role instead."
        )
    audit.record(
        "project.member_added", project, actor=actor, data={"user": found[0].pk, "role": role}
    )
    return member


@transaction.atomic
def change_member(project: Project, user_id: int, *, role: str, actor: User) -> ProjectMembership:
    """Give a member another role.

    Raises
    ------
    NotFound
        There is no such member.
    """
    member = _get(project, user_id)
    member.role = role
    member.save(update_fields=["role"])
    audit.record(
        "project.member_changed", project, actor=actor, data={"user": user_id, "role": role}
    )
    return member


@transaction.atomic
def remove_member(project: Project, user_id: int, *, actor: User) -> None:
    """Take somebody out of the project; their answers stay.

    Raises
    ------
    NotFound
        There is no such member.
    """
    _get(project, user_id).delete()
    audit.record("project.member_removed", project, actor=actor, data={"user": user_id})


def _get(project: Project, user_id: int) -> ProjectMembership:
    member = (
        ProjectMembership.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(project=project, user=user_id)
        .first()
    )
    if member is None:
        raise NotFound("member")
    return member
