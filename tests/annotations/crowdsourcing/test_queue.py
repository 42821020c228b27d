"""What is asked next: into the queue, out of it, and the slots in it."""

import pytest
from django.utils import timezone

from annotations.crowdsourcing import services
from annotations.crowdsourcing.selectors import get_queue_state
from annotations.labels.services import SubmittedAnswer
from annotations.models import Project, Sample
from annotations.review.services import submit_annotation
from annotations.tasks import expire_leases
from tests.factories import join_project, make_project, make_sample

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def project():
    return make_project()


def states(project):
    return list(
        Sample.objects.filter(project=project).order_by("pk").values_list("state", flat=True)
    )


def answer(project, user):
    (item,) = services.serve_next(project, user, now=NOW).items
    return submit_annotation(item.annotation, user, answer=SubmittedAnswer(seconds=1), now=NOW)


def test_enqueue_orders_and_gives_reasons(project):
    a, _, c = (make_sample(project) for _ in range(3))
    queued = services.enqueue([c.pk, a.pk], [1.0, 2.0], ["unsure", "far from all others"])
    assert queued == [a.pk, c.pk]
    user = join_project(project)
    first = services.serve_next(project, user, now=NOW).items[0].annotation.sample
    assert (first.pk, first.reason, first.open_slots) == (a.pk, "far from all others", 0)
    assert states(project) == ["queued", "pool", "queued"]


def test_the_order_given_is_the_order_served(project):
    samples = [make_sample(project) for _ in range(3)]
    wanted = [samples[1].pk, samples[2].pk, samples[0].pk]
    services.enqueue(wanted)
    user = join_project(project)
    assert [answer(project, user).sample_id for _ in range(3)] == wanted


def test_enqueue_again_changes_the_priority_and_no_slots(project):
    a, b = (make_sample(project) for _ in range(2))
    services.enqueue([a.pk, b.pk])
    user = join_project(project)
    services.serve_next(project, user, now=NOW)
    services.enqueue([a.pk], [0.5])
    a.refresh_from_db()
    assert (a.open_slots, a.priority) == (0, 0.5)


def test_answered_samples_are_not_asked_again(project):
    sample = make_sample(project)
    services.enqueue([sample.pk])
    answer(project, join_project(project))
    assert services.enqueue([sample.pk]) == []
    assert states(project) == ["accepted"]


def test_new_samples_are_asked_until_somebody_chooses(project):
    train, test = make_sample(project), make_sample(project, split="test")
    assert services.enqueue_new_samples(project) == [train.pk]
    assert services.enqueue_new_samples(project) == []
    begun, chosen = make_sample(project), make_sample(project)
    services.enqueue_new_samples(project)
    user = join_project(project)
    services.serve_next(project, user, now=NOW)
    assert services.enqueue([chosen.pk, test.pk]) == [test.pk, chosen.pk]
    # The one that somebody has begun stays; the other goes back.
    assert states(project) == ["queued", "queued", "pool", "queued"]
    make_sample(project)
    assert services.enqueue_new_samples(Project.objects.get()) == []
    assert begun.pk


def test_archived_projects_ask_nothing(project):
    make_sample(project)
    project.archived_at = NOW
    project.save()
    assert services.enqueue_new_samples(project) == []


def test_dequeue_leaves_what_somebody_has_begun(project):
    a, b = (make_sample(project) for _ in range(2))
    services.enqueue([a.pk, b.pk])
    services.serve_next(project, join_project(project), now=NOW)
    assert services.dequeue([a.pk, b.pk]) == [b.pk]
    assert states(project) == ["queued", "pool"]


def test_a_larger_overlap_opens_slots(project):
    a, b = (make_sample(project) for _ in range(2))
    services.enqueue([a.pk, b.pk])
    Project.objects.update(overlap=3)
    expire_leases()
    assert get_queue_state(project).open == 6


def test_a_smaller_overlap_closes_samples(project):
    Project.objects.update(overlap=3)
    sample = make_sample(project)
    services.enqueue([sample.pk])
    project.refresh_from_db()
    answer(project, join_project(project))
    assert get_queue_state(project).open == 2
    Project.objects.update(overlap=1)
    expire_leases()
    assert states(project) == ["accepted"]
    assert get_queue_state(project).open == 0


def test_queue_state(project):
    assert get_queue_state(project).empty_reason.code == "no_samples"
    services.enqueue([make_sample(project).pk, make_sample(project).pk])
    services.serve_next(project, join_project(project), now=NOW)
    state = get_queue_state(project)
    assert (state.open, state.leased, state.empty_reason) == (1, 1, None)
