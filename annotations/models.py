"""Facade: Django and other apps find the models of all capabilities here."""

from annotations.accounts.models import (
    ApiToken,
    Invitation,
    Lab,
    LabMembership,
    LabRole,
    LoginFailure,
    User,
)
from annotations.crowdsourcing.models import Assignment, AssignmentState, Consensus
from annotations.datasets.models import DataSet, DisplaySettings
from annotations.images.models import Image, ImageStatus, Split, Upload, UploadStatus
from annotations.labels.models import (
    Annotation,
    AnnotationState,
    AnnotationVersion,
    EditOperation,
    OperationKind,
    Proposal,
    VersionReason,
)
from annotations.projects.models import (
    LabelClass,
    Project,
    ProjectMembership,
    ProjectRole,
    Sample,
    SampleState,
    TaskKind,
)
from annotations.review.models import (
    GroundTruth,
    GroundTruthSource,
    Review,
    ReviewDecision,
    ReviewNote,
)

__all__ = [
    "Annotation",
    "AnnotationState",
    "AnnotationVersion",
    "ApiToken",
    "Assignment",
    "AssignmentState",
    "Consensus",
    "DataSet",
    "DisplaySettings",
    "EditOperation",
    "GroundTruth",
    "GroundTruthSource",
    "Image",
    "ImageStatus",
    "Invitation",
    "Lab",
    "LabMembership",
    "LabRole",
    "LabelClass",
    "LoginFailure",
    "OperationKind",
    "Project",
    "ProjectMembership",
    "ProjectRole",
    "Proposal",
    "Review",
    "ReviewDecision",
    "ReviewNote",
    "Sample",
    "SampleState",
    "Split",
    "TaskKind",
    "Upload",
    "UploadStatus",
    "User",
    "VersionReason",
]
