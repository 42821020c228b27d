"""Leases, one annotator at a time: order, resuming, losing, giving back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.crowdsourcing import services
from annotations.labels.services import SubmittedAnswer
from annotations.models import Annotation, Assignment, Sample
from annotations.review.services import send_back, submit_annotation
from annotations.tasks import compute_consensus
from core.errors import DomainError
from core.models import Job
from tests.factories import (
    join_project,
    make_image,
    make_project,
    make_queued_sample,
    make_sample,
    make_user,
)

pytestmark = pytest.mark.django_db

NOW = timezone.now()
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def project():
    return make_project(overlap=1)


@pytest.fixture
def image(project):
    return make_image()


@pytest.fixture
def ann(project):
    return join_project(project)


@pytest.fixture
def ben(project):
    return join_project(project)


def queue(project, *priorities):
    return [make_queued_sample(project, priority=priority) for priority in priorities]


def claim(project, user, *, count=1, now=NOW):
    return services.serve_next(project, user, count=count, now=now).items


def submit(item, user, *, now=NOW):
    answer = SubmittedAnswer(seconds=1)
    return submit_annotation(item.annotation, user, answer=answer, now=now)


def slots(sample):
    return Sample.objects.get(pk=sample.pk).open_slots


def test_highest_priority_first_then_oldest(project, ann):
    low, first, high, second = queue(project, 1, 5, 9, 5)
    order = []
    while items := claim(project, ann):
        order.append(items[0].lease.sample_id)
        submit(items[0], ann)
    assert order == [high.pk, first.pk, second.pk, low.pk]


def test_asking_again_resumes_the_lease_and_extends_it(project, ann):
    queue(project, 1, 2)
    (first,) = claim(project, ann)
    (again,) = claim(project, ann, now=NOW + timedelta(minutes=5))
    assert (again.lease.id, again.lease.token) == (first.lease.id, first.lease.token)
    assert again.annotation.pk == first.annotation.pk
    assert again.lease.leased_until == NOW + timedelta(minutes=20)
    assert Assignment.objects.count() == 1


def test_batches_fill_up(project, ann, ben):
    samples = queue(project, 5, 4, 3, 2, 1)
    two = claim(project, ann, count=2)
    three = claim(project, ann, count=3)
    assert [item.lease.sample_id for item in three] == [sample.pk for sample in samples[:3]]
    assert [item.lease.id for item in three[:2]] == [item.lease.id for item in two]
    assert len(claim(project, ben, count=60)) == 2


def test_overlap_gives_a_sample_to_so_many_people_and_never_twice(ann, ben):
    project = make_project(overlap=2)
    people = [join_project(project) for _ in range(3)]
    (sample,) = queue(project, 1)
    (item,) = claim(project, people[0])
    submit(item, people[0])
    assert claim(project, people[0]) == ()
    assert claim(project, people[1])[0].lease.sample_id == sample.pk
    assert claim(project, people[2]) == ()


def test_an_overdue_lease_gives_its_sample_away(project, ann, ben):
    (sample,) = queue(project, 1)
    (old,) = claim(project, ann)
    (new,) = claim(project, ben, now=LATER)
    assert new.lease.sample_id == sample.pk
    assert new.lease.token > old.lease.token
    with pytest.raises(DomainError) as caught:
        services.beat(old.lease.id, ann, token=old.lease.token, now=LATER)
    assert (caught.value.code, caught.value.status) == ("lease_lost", 409)


def test_a_heartbeat_keeps_the_lease(project, ann, ben):
    queue(project, 1)
    (item,) = claim(project, ann)
    soon = NOW + timedelta(minutes=14)
    until = services.beat(item.lease.id, ann, token=item.lease.token, now=soon)
    assert until == soon + timedelta(seconds=project.lease_seconds)
    assert services.expire_leases(now=NOW + timedelta(minutes=20)) == 0


def test_a_heartbeat_takes_up_what_nobody_else_took(project, ann, ben):
    (sample,) = queue(project, 1)
    (item,) = claim(project, ann)
    assert services.expire_leases(now=LATER) == 1
    assert slots(sample) == 1
    services.beat(item.lease.id, ann, token=item.lease.token, now=LATER)
    assert slots(sample) == 0
    assert claim(project, ben, now=LATER) == ()


def test_one_may_have_ones_own_overdue_sample_again(project, ann):
    queue(project, 1)
    (old,) = claim(project, ann)
    services.expire_leases(now=LATER)
    (new,) = claim(project, ann, now=LATER)
    assert (new.lease.id, new.annotation) == (old.lease.id, old.annotation)
    assert new.lease.token > old.lease.token


def test_released_samples_come_back_and_skipped_ones_do_not(project, ann, ben):
    first, second = queue(project, 2, 1)
    (item,) = claim(project, ann)
    for _ in range(2):
        services.release(item.lease.id, ann, token=item.lease.token, now=NOW)
    assert slots(first) == 1
    (item,) = claim(project, ann)
    assert item.lease.sample_id == first.pk
    for _ in range(2):
        services.skip(item.lease.id, ann, token=item.lease.token, why="blurred", now=NOW)
    assert slots(first) == 1
    assert claim(project, ann)[0].lease.sample_id == second.pk
    assert claim(project, ben)[0].lease.sample_id == first.pk
    assert Assignment.objects.get(state="skipped").why == "blurred"


def test_wrong_tokens_and_other_people_change_nothing(project, ann, ben):
    queue(project, 1)
    (item,) = claim(project, ann)
    for act in (services.beat, services.release):
        with pytest.raises(DomainError, match="lease_lost"):
            act(item.lease.id, ann, token=item.lease.token + 1, now=NOW)
        with pytest.raises(DomainError, match="not_found"):
            act(item.lease.id, ben, token=item.lease.token, now=NOW)
    assert Assignment.objects.get().state == "active"


def test_a_late_answer_is_an_extra_vote(project, ann, ben):
    (sample,) = queue(project, 1)
    (late,) = claim(project, ann)
    (new,) = claim(project, ben, now=LATER)
    assert submit(late, ann, now=LATER).extra_vote
    sample.refresh_from_db()
    assert sample.state == "queued"
    assert not submit(new, ben, now=LATER).extra_vote
    compute_consensus(str(Job.objects.get().pk))
    sample.refresh_from_db()
    assert (sample.state, sample.agreement) == ("accepted", 1.0)
    assert Annotation.objects.filter(state="submitted").count() == 2


def test_a_vote_after_the_decision_changes_the_consensus_only(project, ann, ben):
    (sample,) = queue(project, 1)
    (late,) = claim(project, ann)
    (new,) = claim(project, ben, now=LATER)
    submit(new, ben, now=LATER)
    truth = sample.ground_truths.get()
    for _ in range(2):
        assert submit(late, ann, now=LATER).extra_vote
    compute_consensus(str(Job.objects.get().pk))
    assert sample.ground_truths.get() == truth
    newest = sample.consensuses.order_by("version").last()
    assert (newest.version, newest.annotations.count()) == (2, 2)
    sample.refresh_from_db()
    assert (sample.state, sample.agreement) == ("accepted", 1.0)


def test_a_late_answer_counts_while_its_place_is_free(project, ann):
    (sample,) = queue(project, 1)
    (late,) = claim(project, ann)
    services.expire_leases(now=LATER)
    assert not submit(late, ann, now=LATER).extra_vote
    sample.refresh_from_db()
    assert (sample.state, sample.open_slots) == ("accepted", 0)


def test_submitting_twice_is_submitting_once(project, ann):
    (sample,) = queue(project, 1)
    (item,) = claim(project, ann)
    first, second = submit(item, ann), submit(item, ann)
    assert (first.pk, first.seconds) == (second.pk, second.seconds)
    assert sample.ground_truths.count() == 1


def test_a_draft_that_was_never_leased_cannot_be_submitted(project, ann):
    sample = make_sample(project)
    draft = Annotation.objects.create(sample=sample, user=ann)
    with pytest.raises(DomainError, match="not_assigned"):
        submit_annotation(draft, ann, answer=SubmittedAnswer(seconds=1), now=NOW)


def reason(project, user):
    served = services.serve_next(project, user, now=NOW)
    assert not served.items
    return served.reason.code


def test_an_empty_queue_says_why(project, ann, ben):
    assert reason(project, ann) == "no_samples"
    sample = make_sample(project)
    assert reason(project, ann) == "waiting_for_round"
    services.enqueue([sample.pk])
    (item,) = claim(project, ann)
    assert reason(project, ben) == "all_leased"
    services.skip(item.lease.id, ann, token=item.lease.token, why="", now=NOW)
    assert reason(project, ann) == "all_seen_by_you"
    (item,) = claim(project, ben)
    submit(item, ben)
    assert reason(project, ann) == "all_labelled"
    project.archived_at = NOW
    assert reason(project, ann) == "project_archived"


def test_projects_do_not_mix(project, ann):
    other = make_project()
    join_project(other, ann)
    queue(other, 9)
    (mine,) = queue(project, 1)
    assert claim(project, ann)[0].lease.sample_id == mine.pk
    assert claim(other, ann)[0].annotation.sample.project_id == other.pk
    assert claim(project, make_user()) == ()


def test_what_two_people_skip_goes_to_review(project, ann, ben):
    (sample,) = queue(project, 1)
    for user, wanted in ((ann, "queued"), (ben, "in_review")):
        (item,) = claim(project, user)
        services.skip(item.lease.id, user, token=item.lease.token, why="no cells", now=NOW)
        sample.refresh_from_db()
        assert sample.state == wanted
    assert (sample.open_slots, sample.reason) == (0, "skipped: no cells")
    send_back(sample, make_user())
    assert claim(project, ann)[0].lease.sample_id == sample.pk


def test_the_only_annotator_skips():
    project = make_project()
    project.lab.memberships.update(role="member")
    only = join_project(project)
    (sample,) = queue(project, 1)
    (item,) = claim(project, only)
    services.skip(item.lease.id, only, token=item.lease.token, why="", now=NOW)
    sample.refresh_from_db()
    assert (sample.state, sample.reason) == ("in_review", "skipped by annotators")
