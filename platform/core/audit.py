"""Who did what to which object: an append-only trail."""

from django.conf import settings
from django.db import models


class AuditEvent(models.Model):
    """One act that changed rights, policy or ground truth."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    verb = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_kind} {self.subject_id}"


def record(
    verb: str, subject: models.Model, *, actor: object = None, data: dict[str, object] | None = None
) -> AuditEvent:
    """Write one audit event about `subject`.

    Parameters
    ----------
    verb : str
        What was done, as `noun.verb` ("member.removed").
    subject : Model
        The row it was done to.
    actor : User, optional
        Who did it; nothing for the system itself.
    data : dict, optional
        JSON details.
    """
    return AuditEvent.objects.create(
        verb=verb,
        actor=actor,  # type: ignore[misc]
        subject_kind=subject._meta.label_lower,
        subject_id=str(subject.pk),
        data=data or {},
    )
