"""Numbers about the crowd."""

import pytest
from django.utils import timezone

from annotations.crowdsourcing import services
from annotations.crowdsourcing.selectors import get_class_reliability, list_annotator_stats
from annotations.labels.services import SubmittedAnswer
from annotations.review.services import submit_annotation
from tests.factories import join_project, make_project, make_queued_sample

pytestmark = pytest.mark.django_db


def answer(project, user, index):
    (item,) = services.serve_next(project, user, now=timezone.now()).items
    sent = SubmittedAnswer(seconds=2.5, class_index=index)
    return submit_annotation(item.annotation, user, answer=sent, now=timezone.now())


def test_who_did_what():
    project = make_project(task_kind="classification", classes=("a", "b"), overlap=2)
    make_queued_sample(project, priority=2)
    make_queued_sample(project, priority=1)
    ann, ben, _ = (join_project(project) for _ in range(3))
    assert list_annotator_stats(project) == []
    assert get_class_reliability(project) is None
    for user, votes in ((ann, (1, 2)), (ben, (1, 1))):
        for index in votes:
            answer(project, user, index)
    first, second = list_annotator_stats(project)
    assert [first.user, second.user] == [ann, ben]
    assert (first.submitted, first.objects, first.seconds) == (2, 2, 5.0)
    # One sample agreed on fully, one by half.
    assert first.agreement == second.agreement == 0.75
    # Coincidences: 1-1 twice, 1-2 and 2-1 once each; chance expects 2 of 4 to differ as well.
    assert get_class_reliability(project) == pytest.approx(0.0)


def test_other_projects_do_not_count():
    project, other = make_project(), make_project()
    user = join_project(project)
    join_project(other, user)
    make_queued_sample(other)
    answer(other, user, None)
    assert list_annotator_stats(project) == []
    assert len(list_annotator_stats(other)) == 1
