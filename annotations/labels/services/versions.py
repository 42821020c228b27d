"""Versions of an annotation that are kept as it grows."""

from datetime import datetime

from annotations.accounts.models import User
from annotations.labels.models import Annotation, AnnotationVersion, VersionReason


def keep_version(
    annotation: Annotation,
    reason: VersionReason,
    *,
    key: str,
    user: User | None,
    now: datetime,
    note: str = "",
) -> AnnotationVersion:
    """Note what an annotation is now; `key` names the blob of its labels."""
    is_answer = reason in (VersionReason.SUBMITTED, VersionReason.SENT_BACK)
    return AnnotationVersion.objects.create(
        annotation=annotation,
        version=annotation.version,
        reason=reason,
        key=key,
        class_index=annotation.class_index,
        object_classes=annotation.object_classes,
        n_objects=annotation.n_objects if is_answer else None,
        user=user,
        note=note,
        created_at=now,
    )
