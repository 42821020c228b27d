"""Read ground truth and what awaits review; the test split's truth stays with reviewers."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from annotations.images.models import Split
from annotations.projects.access import allows
from annotations.projects.models import Project, ProjectRole, Sample, SampleState
from annotations.projects.selectors import get_role, get_sample_for, with_answers
from annotations.review.models import GroundTruth
from core.errors import NotFound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from annotations.accounts.models import User


def get_current_ground_truth(sample: Sample) -> GroundTruth | None:
    """Return the ground truth that counts now; None where there is none."""
    return GroundTruth.objects.filter(sample=sample, is_current=True).first()


def list_ground_truths(project: Project, *, splits: Iterable[str]) -> QuerySet[GroundTruth]:
    """Return the current ground truths of the samples in some splits, in the samples' order."""
    return (
        GroundTruth.objects.filter(
            sample__project=project, sample__split__in=list(splits), is_current=True
        )
        .select_related("sample__image")
        .order_by("sample_id")
    )


def get_ground_truth_for(user: "User | AnonymousUser", sample_id: int) -> GroundTruth:
    """Return the ground truth of a sample, if `user` may see it.

    Raises
    ------
    NotFound
        There is none; or the sample is of the test split and the user does not review.
    """
    sample = get_sample_for(user, sample_id)
    truth = get_current_ground_truth(sample)
    role = get_role(user, sample.project)
    hidden = sample.split == Split.TEST and not (role and allows(role, ProjectRole.REVIEWER))
    if truth is None or hidden:
        raise NotFound("ground truth")
    truth.sample = sample
    return truth


def list_review_queue(project: Project) -> QuerySet[Sample]:
    """Return the samples that wait for a reviewer, the least agreed first."""
    return with_answers(Sample.objects.filter(project=project, state=SampleState.IN_REVIEW))
