"""Read people, labs and tokens; only what the reader may see comes out."""

from typing import TYPE_CHECKING

from django.db.models import F, QuerySet

from annotations.accounts.models import ApiToken, Lab, LabMembership, LabRole, User
from core.errors import Forbidden, NotFound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def is_setup_needed() -> bool:
    """Whether nobody has an account on this site yet."""
    return not User.objects.exists()


def visible_labs(user: "User | AnonymousUser") -> QuerySet[Lab]:
    """Return the labs of `user`; each has the user's `role`."""
    if not user.is_authenticated:
        return Lab.objects.none()
    return Lab.objects.filter(memberships__user=user).annotate(role=F("memberships__role"))


def get_lab_role(user: "User | AnonymousUser", lab_id: int) -> str | None:
    """Return the role of `user` in a lab; None for an outsider."""
    if not user.is_authenticated:
        return None
    return (
        LabMembership.objects.filter(lab=lab_id, user=user).values_list("role", flat=True).first()
    )


def get_lab_for(user: "User | AnonymousUser", pk: int, *, at_least: str = LabRole.MEMBER) -> Lab:
    """Return a lab in which `user` is at least `at_least`.

    Raises
    ------
    NotFound
        There is none, or the user may not see it.
    Forbidden
        The user is a member, and only an owner may do this.
    """
    lab = visible_labs(user).filter(pk=pk).first()
    if lab is None:
        raise NotFound("lab")
    if at_least == LabRole.OWNER and get_lab_role(user, pk) != LabRole.OWNER:
        raise Forbidden("Only an owner of the lab may do this. Ask one of them.")
    return lab


def list_lab_members(lab: Lab) -> QuerySet[LabMembership]:
    """Return the members of a lab with their people."""
    return LabMembership.objects.filter(lab=lab).select_related("user")


def list_tokens(user: "User | AnonymousUser") -> QuerySet[ApiToken]:
    """Return the user's own tokens that still work."""
    if not isinstance(user, User):
        return ApiToken.objects.none()
    return ApiToken.objects.filter(user=user, revoked_at=None)
