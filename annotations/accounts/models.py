"""People, labs, invitations and tokens."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower


class User(AbstractUser):
    """A person who signs in."""

    display_name = models.CharField(max_length=150, blank=True)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(Lower("username"), name="username_unique_ignoring_case")
        ]

    def __str__(self) -> str:
        return self.display_name or self.username


class LabRole(models.TextChoices):
    """What a person may do in a lab."""

    OWNER = "owner"
    MEMBER = "member"


class Lab(models.Model):
    """The group that owns data sets and projects."""

    name = models.CharField(max_length=150)
    slug = models.SlugField(max_length=160, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    members = models.ManyToManyField(User, through="LabMembership", related_name="labs")

    def __str__(self) -> str:
        return self.name


class LabMembership(models.Model):
    """One person's role in one lab."""

    lab = models.ForeignKey(Lab, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="lab_memberships")
    role = models.CharField(max_length=16, choices=LabRole)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lab", "user"], name="one_role_per_lab")]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.lab}"


class Invitation(models.Model):
    """A link that lets people in: signed, expiring, counted.

    The link carries the signed primary key; this row says what it grants and how often.
    """

    lab = models.ForeignKey(Lab, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=16, choices=LabRole, blank=True)
    project = models.ForeignKey(
        "annotations.Project", null=True, on_delete=models.CASCADE, related_name="invitations"
    )
    project_role = models.CharField(max_length=16, blank=True)
    email = models.EmailField(blank=True)
    created_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    max_uses = models.PositiveIntegerField(default=1)
    uses = models.PositiveIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(uses__lte=models.F("max_uses")), name="invitation_not_overused"
            )
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk} to {self.lab}"


class ApiToken(models.Model):
    """A secret for scripts. Only its SHA-256 is kept; it is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}...)"


class LoginFailure(models.Model):
    """One failed sign-in. `key` is a digest of the account's name and the address it came from."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "-at"]), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"failed sign-in at {self.at}"
