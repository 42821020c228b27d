"""Many people at once, on a real Postgres: the order of the queue, and nobody twice."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone

from annotations.crowdsourcing import services
from annotations.labels.services import SubmittedAnswer
from annotations.models import Annotation, Assignment, Sample
from annotations.review.services import submit_annotation
from tests.factories import join_project, make_image, make_project

pytestmark = pytest.mark.django_db(transaction=True)

SAMPLES = 60


def make_queue(*, overlap):
    # No job is needed to decide: a class is fused at once.
    project = make_project(task_kind="classification", overlap=overlap)
    image = make_image()
    Sample.objects.bulk_create(
        Sample(
            project=project,
            image=image,
            object_id=n,
            split="train",
            group="g",
            state="queued",
            open_slots=overlap,
            priority=(n * 37) % 20,
        )
        for n in range(SAMPLES)
    )
    ranked = Sample.objects.order_by("-priority", "pk").values_list("pk", flat=True)
    return project, {pk: rank for rank, pk in enumerate(ranked)}


def in_threads(function, arguments):
    """Call `function` with each argument at the same time, each with its own connection."""
    start = threading.Barrier(len(arguments))

    def work(argument):
        close_old_connections()
        try:
            start.wait(20)
            return function(argument)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(work, arguments))


@pytest.mark.parametrize("overlap", [1, 3])
@pytest.mark.parametrize("people", [1, 2, 8])
def test_the_order_served_is_the_priority_order(people, overlap):
    project, rank = make_queue(overlap=overlap)
    served, log = [], threading.Lock()

    def annotate(user):
        mine = []
        while items := services.serve_next(project, user, now=timezone.now()).items:
            (item,) = items
            with log:
                served.append(rank[item.lease.sample_id])
            mine.append(item.lease.sample_id)
            answer = SubmittedAnswer(seconds=1, class_index=1)
            submit_annotation(item.annotation, user, answer=answer, now=timezone.now())
        return mine

    lists = in_threads(annotate, [join_project(project) for _ in range(people)])

    for mine in lists:
        assert len(mine) == len(set(mine)), "somebody got a sample twice"
        ranks = [rank[pk] for pk in mine]
        if people == 1:
            assert ranks == list(range(SAMPLES))
        else:
            # A sample that another has locked this instant is passed by and comes next.
            assert all(
                later > earlier - 2 * people
                for earlier, later in zip(ranks, ranks[1:], strict=False)
            )
    answers = min(people, overlap)
    assert Counter(served) == Counter({n: answers for n in range(SAMPLES)})
    # Nobody is ahead of the queue by more than one sample for each of the others.
    for place, at in enumerate(served):
        assert abs(at - place // answers) < 2 * people
    wanted = "accepted" if people >= overlap else "queued"
    assert set(Sample.objects.values_list("state", flat=True)) == {wanted}
    assert Annotation.objects.filter(extra_vote=True).count() == 0


def test_two_clicks_at_once_give_one_lease():
    project, _ = make_queue(overlap=3)
    user = join_project(project)
    for _ in range(5):
        leases = in_threads(
            lambda _: services.serve_next(project, user, now=timezone.now()).items[0],
            range(6),
        )
        assert len({(item.lease.id, item.lease.token, item.annotation.pk) for item in leases}) == 1
        answer = SubmittedAnswer(seconds=1, class_index=1)
        done = in_threads(
            lambda item: (
                submit_annotation(item.annotation, user, answer=answer, now=timezone.now()).pk
            ),
            leases,
        )
        assert len(set(done)) == 1
    assert Assignment.objects.count() == Annotation.objects.filter(state="submitted").count() == 5


def test_slots_are_right_while_leases_run_out_and_people_go_on():
    project, _ = make_queue(overlap=2)
    users = [join_project(project) for _ in range(6)]
    now = timezone.now()

    def wander(user):
        for turn in range(12):
            later = now + timedelta(hours=turn)
            items = services.serve_next(project, user, now=later).items
            if not items:
                return
            (item,) = items
            if turn % 3 == 0:
                answer = SubmittedAnswer(seconds=1, class_index=1)
                submit_annotation(item.annotation, user, answer=answer, now=later)
            elif turn % 3 == 1:
                services.skip(item.lease.id, user, token=item.lease.token, why="", now=later)
            services.expire_leases(now=later)

    in_threads(wander, users)
    services.expire_leases(now=now + timedelta(days=9))
    for sample in Sample.objects.filter(state="queued"):
        counted = sample.annotations.filter(state="submitted", extra_vote=False).count()
        assert sample.open_slots == max(0, 2 - counted)
    assert not Assignment.objects.filter(state="active").exists()
