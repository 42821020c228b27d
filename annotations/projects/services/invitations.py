"""Invitation links: signed, expiring, counted, revocable."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction

from annotations.accounts.models import Invitation, Lab, LabMembership, LabRole, User
from annotations.accounts.services import create_person
from annotations.projects.access import allows
from annotations.projects.models import Project, ProjectMembership
from core import audit
from core.errors import DomainError

SIGNER = signing.Signer(salt="cytoloop.invitation", sep=".")

REASONS = {
    "invitation_unknown": "This link is damaged. Copy the whole link, or ask for a new one.",
    "invitation_revoked": "This invitation was withdrawn. Ask for a new link.",
    "invitation_expired": "This invitation has run out. Ask for a new link.",
    "invitation_used_up": "This invitation was used as often as it may be. Ask for a new link.",
    "invitation_for_another": "This invitation is for another e-mail address. Use the account "
    "with that address, or ask for a new link.",
}
STATUSES = {"invitation_unknown": 404, "invitation_for_another": 403}


@dataclass(frozen=True)
class NewInvitation:
    """What an invitation grants, and how often.

    Attributes
    ----------
    role : str
        Role in the lab; empty for none.
    project : Project, optional
        A project of the lab.
    project_role : str
        Role in the project; empty for none.
    max_uses : int
        How many people may use the link.
    days : int
        How long it holds.
    email : str
        Only a person with this address may use it; empty for anybody.
    """

    role: str = ""
    project: Project | None = None
    project_role: str = ""
    max_uses: int = 1
    days: int = 7
    email: str = ""


def token_of(invitation: Invitation) -> str:
    """Return what the link carries."""
    return SIGNER.sign(str(invitation.pk))


def create_invitation(lab: Lab, user: User, values: NewInvitation, *, now: datetime) -> Invitation:
    """Make an invitation; the caller has checked that `user` may grant what it grants.

    Raises
    ------
    DomainError
        It grants nothing, or a role in a project of another lab.
    """
    if not values.role and not values.project_role:
        raise DomainError("grants_nothing", "Choose a role in the lab or in a project.")
    if (values.project is None) != (not values.project_role):
        raise DomainError("half_a_grant", "A project and the role in it come together.")
    if values.project is not None and values.project.lab_id != lab.pk:
        raise DomainError("other_lab", "The project belongs to another lab. Invite from there.")
    invitation = Invitation.objects.create(
        lab=lab,
        role=values.role,
        project=values.project,
        project_role=values.project_role,
        email=values.email,
        created_by=user,
        expires_at=now + timedelta(days=values.days),
        max_uses=values.max_uses,
    )
    audit.record("invitation.created", invitation, actor=user)
    return invitation


def revoke_invitation(invitation: Invitation, *, actor: User, now: datetime) -> None:
    """Make the link useless; who came in by it stays. Repeating it is harmless."""
    Invitation.objects.filter(pk=invitation.pk, revoked_at=None).update(revoked_at=now)
    audit.record("invitation.revoked", invitation, actor=actor)


def find_invitation(token: str) -> Invitation:
    """Return the invitation that a link carries, whether or not it still holds.

    Raises
    ------
    DomainError
        The token is not one of ours.
    """
    try:
        pk = int(SIGNER.unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise _refused("invitation_unknown") from error
    invitation = Invitation.objects.select_related("lab", "project").filter(pk=pk).first()
    if invitation is None:
        raise _refused("invitation_unknown")
    return invitation


def why_not(invitation: Invitation, *, now: datetime) -> str:
    """Return the code that says why the invitation does not hold; empty where it does."""
    if invitation.revoked_at is not None:
        return "invitation_revoked"
    if invitation.expires_at <= now:
        return "invitation_expired"
    if invitation.uses >= invitation.max_uses:
        return "invitation_used_up"
    return ""


@transaction.atomic
def accept_invitation(user: User, token: str, *, now: datetime) -> Invitation:
    """Give `user` what the invitation grants; a higher role that they have stays.

    Who has all of it already does not use the link up.

    Raises
    ------
    DomainError
        The link does not hold, or is for another address.
    """
    invitation = find_invitation(token)
    # The row is the lock: as many people as wish may click at once.
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("lab", "project")
        .get(pk=invitation.pk)
    )
    if invitation.email and invitation.email.casefold() != user.email.casefold():
        raise _refused("invitation_for_another")
    reason = why_not(invitation, now=now)
    if reason == "invitation_used_up" and not _grants_more(invitation, user):
        return invitation
    if reason:
        raise _refused(reason)
    if _grant(invitation, user):
        invitation.uses += 1
        invitation.save(update_fields=["uses"])
        audit.record("invitation.accepted", invitation, actor=user)
    return invitation


@transaction.atomic
def sign_up(
    token: str, *, username: str, email: str, password: str, now: datetime
) -> tuple[User, Invitation]:
    """Make an account through an invitation; both happen or neither.

    Raises
    ------
    DomainError
        The link does not hold; the name is taken; the password is weak.
    """
    reason = why_not(find_invitation(token), now=now)
    if reason:
        raise _refused(reason)
    user = create_person(username=username, email=email, password=password)
    return user, accept_invitation(user, token, now=now)


def _grants_more(invitation: Invitation, user: User) -> bool:
    return _lab_role_to_set(invitation, user) != "" or _project_role_to_set(invitation, user) != ""


def _grant(invitation: Invitation, user: User) -> bool:
    lab_role = _lab_role_to_set(invitation, user)
    project_role = _project_role_to_set(invitation, user)
    if lab_role:
        LabMembership.objects.update_or_create(
            lab=invitation.lab, user=user, defaults={"role": lab_role}
        )
    if project_role:
        ProjectMembership.objects.update_or_create(
            project=invitation.project, user=user, defaults={"role": project_role}
        )
    return bool(lab_role or project_role)


def _lab_role_to_set(invitation: Invitation, user: User) -> str:
    mine = LabMembership.objects.filter(lab=invitation.lab, user=user).first()
    if mine is None or mine.role != LabRole.OWNER:
        return invitation.role if mine is None or mine.role != invitation.role else ""
    return ""


def _project_role_to_set(invitation: Invitation, user: User) -> str:
    if invitation.project is None:
        return ""
    mine = ProjectMembership.objects.filter(project=invitation.project, user=user).first()
    if mine is not None and allows(mine.role, invitation.project_role):
        return ""
    return invitation.project_role


def _refused(code: str) -> DomainError:
    return DomainError(code, REASONS[code], status=STATUSES.get(code, 409))
