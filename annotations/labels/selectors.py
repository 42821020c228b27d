"""Read labels: the shape of a sample, drafts as they are now, answers, proposals."""

import uuid
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from annotations.labels import operations, planes
from annotations.labels.bands import Shape
from annotations.labels.models import Annotation, AnnotationState, EditOperation, Proposal
from annotations.projects.access import allows
from annotations.projects.models import LabelClass, ProjectRole, Sample
from annotations.projects.selectors import role_of, visible_rows
from core.errors import Forbidden, NotFound
from core.storage import get_storage

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from annotations.accounts.models import User


# All columns of a picture take longer to read than an edit takes to store.
SHAPE_FIELDS = (
    *("project", "t", "z", "y0", "x0", "y1", "x1"),
    *(f"image__size_{axis}" for axis in "tzyx"),
)


def get_label_shape(sample: Sample) -> Shape:
    """Return the shape (T, Z, Y, X) of a sample's labels: its image, or its region of it.

    Planes are counted from the sample's first: a sample of one slice has the plane z=0 only.
    """
    image = sample.image
    frames = image.size_t if sample.t is None else 1
    depth = image.size_z if sample.z is None else 1
    if sample.y0 is None or sample.x0 is None or sample.y1 is None or sample.x1 is None:
        return (frames, depth, image.size_y, image.size_x)
    return (frames, depth, sample.y1 - sample.y0, sample.x1 - sample.x0)


def read_blob(key: str, sample: Sample) -> planes.LabelStack:
    """Read a label blob; an empty key stands for labels of zeros."""
    if not key:
        return planes.empty_stack(get_label_shape(sample))
    return planes.read_stack(get_storage().get(key))


def read_labels(key: str, sample: Sample) -> npt.NDArray[np.uint32]:
    """Read a label blob to an array (T, Z, Y, X)."""
    return read_blob(key, sample).array()


def get_stack(annotation: Annotation) -> planes.LabelStack:
    """Return an annotation's labels: its start, or newest checkpoint, and the operations since."""
    if annotation.state == AnnotationState.SUBMITTED and annotation.key:
        return read_blob(annotation.key, annotation.sample)
    stack = read_blob(annotation.checkpoint_key or annotation.start_key, annotation.sample)
    if annotation.version == annotation.checkpoint_version:
        return stack
    log = EditOperation.objects.filter(
        annotation=annotation, seq__gt=annotation.checkpoint_version, seq__lte=annotation.version
    )
    return operations.replay(stack, log.order_by("seq").only("t", "z", "patch"))


def list_class_indexes(project_id: int) -> frozenset[int]:
    """Return the class indexes that labels of a project may hold."""
    indexes = LabelClass.objects.filter(project=project_id).order_by()
    return frozenset(indexes.values_list("index", flat=True))


def get_newest_proposal(sample: Sample) -> Proposal:
    """Return what a model thought last of a sample.

    Raises
    ------
    NotFound
        No model has looked at it.
    """
    proposal = Proposal.objects.filter(sample=sample).order_by("-pk").first()
    if proposal is None:
        raise NotFound("proposal")
    return proposal


def get_open_correction(sample: Sample, user: "User") -> Annotation | None:
    """Return the correction of a sample that a reviewer has begun last and not submitted."""
    corrections = Annotation.objects.filter(sample=sample, user=user, is_correction=True)
    newest = corrections.order_by("-created_at").first()
    return newest if newest and newest.state == AnnotationState.DRAFT else None


def get_annotation_for(user: "User | AnonymousUser", pk: uuid.UUID) -> Annotation:
    """Return an annotation that `user` may see: an own one, or any for reviewers.

    Raises
    ------
    NotFound
        There is none, or the user may not see it.
    """
    annotation, role = _with_role(user, pk)
    if annotation.user_id != user.pk and not allows(role, ProjectRole.REVIEWER):
        raise NotFound("annotation")
    return annotation


def get_own_annotation(user: "User | AnonymousUser", pk: uuid.UUID) -> Annotation:
    """Return an annotation that `user` may edit.

    Raises
    ------
    NotFound
        There is none, or the user may not see it.
    Forbidden
        It is somebody else's, or the user is not an annotator any more.
    """
    annotation, role = _with_role(user, pk)
    if annotation.user_id != user.pk:
        if not allows(role, ProjectRole.REVIEWER):
            raise NotFound("annotation")
        raise Forbidden("This is another person's answer. Correct it in a review of your own.")
    if not allows(role, ProjectRole.ANNOTATOR):
        raise Forbidden("You are not an annotator of this project any more. Ask its manager.")
    return annotation


def _with_role(user: "User | AnonymousUser", pk: uuid.UUID) -> tuple[Annotation, str]:
    """Return an annotation and the reader's role in its project."""
    annotation = visible_rows(
        Annotation.objects.filter(pk=pk),
        user,
        project="sample__project",
        lab="sample__project__lab",
    ).first()
    role = role_of(annotation) if annotation else None
    if annotation is None or role is None:
        raise NotFound("annotation")
    return annotation, role
