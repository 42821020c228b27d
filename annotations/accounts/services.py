"""Make and change people, labs, memberships and tokens."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.text import slugify

from annotations.accounts.models import ApiToken, Lab, LabMembership, LabRole, User
from annotations.accounts.passwords import check_password_rules
from core import audit
from core.errors import Conflict, DomainError, Forbidden, NotFound

TOKEN_START = "cyt_"
PREFIX_LENGTH = 10
# Any number will do: it names the advisory lock under which a new site gets its first account.
SETUP_LOCK = 0x63797401


@dataclass(frozen=True)
class NewToken:
    """A token just made, with the secret that is shown only now."""

    token: ApiToken
    secret: str


def create_person(*, username: str, email: str, password: str, display_name: str = "") -> User:
    """Make an account.

    Raises
    ------
    DomainError
        The name is taken or odd, or the password is weak.
    """
    username = User.normalize_username(username)
    _check_username(username)
    user = User(
        username=username,
        email=User.objects.normalize_email(email),
        display_name=display_name,
    )
    check_password_rules(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Conflict(
            "username_taken", f"The user name {username} is taken. Choose another one."
        ) from error
    return user


def change_password(user: User, *, password: str) -> None:
    """Give an account another password; its sessions elsewhere end by it.

    Raises
    ------
    DomainError
        Code "weak_password".
    """
    check_password_rules(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record("person.password_changed", user, actor=user)


@transaction.atomic
def set_up_site(*, username: str, email: str, password: str, lab_name: str) -> User:
    """Make the first account of a new site, and its lab.

    Raises
    ------
    Conflict
        Somebody has set up the site already.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SETUP_LOCK])
    if User.objects.exists():
        raise Conflict(
            "already_set_up", "This site has accounts already. Sign in, or ask for an invitation."
        )
    user = create_person(username=username, email=email, password=password)
    user.is_staff = user.is_superuser = True
    user.save(update_fields=["is_staff", "is_superuser"])
    create_lab(user, name=lab_name)
    return user


@transaction.atomic
def create_lab(user: User, *, name: str) -> Lab:
    """Make a lab that `user` owns."""
    lab = Lab.objects.create(name=name, slug=_free_slug(name))
    LabMembership.objects.create(lab=lab, user=user, role=LabRole.OWNER)
    audit.record("lab.created", lab, actor=user)
    return lab


def rename_lab(lab: Lab, *, name: str, actor: User) -> Lab:
    """Give the lab another name; its slug stays, so that links hold."""
    lab.name = name
    lab.save(update_fields=["name"])
    audit.record("lab.renamed", lab, actor=actor, data={"name": name})
    return lab


@transaction.atomic
def change_lab_member(lab: Lab, user_id: int, *, role: str, actor: User) -> LabMembership:
    """Give a member another role.

    Raises
    ------
    NotFound, Conflict
        There is no such member; the last owner would be gone.
    """
    membership = _locked_member(lab, user_id)
    if membership.role == LabRole.OWNER and role != LabRole.OWNER:
        _check_other_owner(lab, membership)
    membership.role = role
    membership.save(update_fields=["role"])
    audit.record("lab.member_changed", lab, actor=actor, data={"user": user_id, "role": role})
    return membership


@transaction.atomic
def remove_lab_member(lab: Lab, user_id: int, *, actor: User) -> None:
    """Take a person out of the lab; their roles in its projects stay.

    Raises
    ------
    Forbidden, NotFound, Conflict
        A member removes somebody else; there is no such member; the last owner would be gone.
    """
    mine = LabMembership.objects.get(lab=lab, user=actor)
    if mine.role != LabRole.OWNER and user_id != actor.pk:
        raise Forbidden("Only an owner of the lab may remove others. You may leave it yourself.")
    membership = _locked_member(lab, user_id)
    if membership.role == LabRole.OWNER:
        _check_other_owner(lab, membership)
    membership.delete()
    audit.record("lab.member_removed", lab, actor=actor, data={"user": user_id})


def create_token(user: User, *, name: str) -> NewToken:
    """Make a token for scripts. The secret is not kept and cannot be shown again."""
    secret = TOKEN_START + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=secret[:PREFIX_LENGTH],
        digest=hashlib.sha256(secret.encode()).hexdigest(),
    )
    audit.record("token.created", token, actor=user)
    return NewToken(token=token, secret=secret)


def revoke_token(user: User, pk: int, *, now: datetime) -> None:
    """Make one of the user's tokens useless.

    Raises
    ------
    NotFound
        The user has no such token, or it is revoked already.
    """
    if not ApiToken.objects.filter(pk=pk, user=user, revoked_at=None).update(revoked_at=now):
        raise NotFound("token")
    audit.record("token.revoked", ApiToken(pk=pk), actor=user)


def _check_username(username: str) -> None:
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError as error:
        raise DomainError(
            "bad_username", "A user name has letters, digits and @ . + - _ only, and no spaces."
        ) from error


def _locked_member(lab: Lab, user_id: int) -> LabMembership:
    # The lab's row is the lock: two owners who leave at once must see each other.
    Lab.objects.select_for_update().get(pk=lab.pk)
    membership = LabMembership.objects.filter(lab=lab, user=user_id).first()
    if membership is None:
        raise NotFound("member")
    return membership


def _check_other_owner(lab: Lab, membership: LabMembership) -> None:
    owners = LabMembership.objects.filter(lab=lab, role=LabRole.OWNER)
    if not owners.exclude(pk=membership.pk).exists():
        raise Conflict(
            "last_owner", "A lab needs an owner. Make somebody else an owner of it first."
        )


def _free_slug(name: str) -> str:
    base = slugify(name)[:150] or "lab"
    if not Lab.objects.filter(slug=base).exists():
        return base
    return f"{base}-{secrets.token_hex(3)}"
