"""Many people at once, on a real Postgres: the order of the queue, and nobody twice."""

import itertools
import re
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from annotations.crowdsourcing import assignment, services
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
    ranked = project.samples.order_by("-priority", "pk").values_list("pk", flat=True)
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


@dataclass(frozen=True)
class Touch:
    """Somebody claimed or submitted the sample of this rank, between two moments."""

    user: int
    rank: int
    start: float
    end: float

    def overlaps(self, other):
        return self.start <= other.end and other.start <= self.end


def was_passed_over(claim, later, touches):
    """Whether `claim` took its sample although `later`'s, which ranks higher, was to be had."""
    if claim.end >= later.start or later.rank > claim.rank:
        return False
    # Whoever touches a sample locks it for that moment: it is passed by, not waited for.
    excused = (
        touch.rank == later.rank and (touch.user == claim.user or touch.overlaps(claim))
        for touch in touches
    )
    return not any(excused)


@pytest.mark.slow
@pytest.mark.parametrize("overlap", [1, 3])
@pytest.mark.parametrize("people", [1, 2, 8])
def test_the_order_served_is_the_priority_order(people, overlap):
    project, rank = make_queue(overlap=overlap)

    def annotate(user):
        claims, submits = [], []
        while True:
            start = time.monotonic()
            items = services.serve_next(project, user, now=timezone.now()).items
            if not items:
                return claims, submits
            claimed = time.monotonic()
            answer = SubmittedAnswer(seconds=1, class_index=1)
            submit_annotation(items[0].annotation, user, answer=answer, now=timezone.now())
            at = rank[items[0].lease.sample_id]
            claims.append(Touch(user.pk, at, start, claimed))
            submits.append(Touch(user.pk, at, claimed, time.monotonic()))

    diaries = in_threads(annotate, [join_project(project) for _ in range(people)])

    claims = [claim for diary, _ in diaries for claim in diary]
    touches = claims + [submit for _, diary in diaries for submit in diary]
    for mine, _ in diaries:
        ranks = [claim.rank for claim in mine]
        assert len(ranks) == len(set(ranks)), "somebody got a sample twice"
        if people == 1:
            assert ranks == list(range(SAMPLES))
    assert Counter(claim.rank for claim in claims) == Counter(
        dict.fromkeys(range(SAMPLES), min(people, overlap))
    )
    passed_over = [
        (claim, later)
        for claim, later in itertools.product(claims, claims)
        if was_passed_over(claim, later, touches)
    ]
    assert not passed_over
    wanted = "accepted" if people >= overlap else "queued"
    assert set(Sample.objects.values_list("state", flat=True)) == {wanted}
    assert not Annotation.objects.filter(extra_vote=True).exists()


def test_nobody_is_told_that_nothing_is_left_because_of_a_lock():
    project, rank = make_queue(overlap=1)
    last = min(rank, key=rank.get)
    Sample.objects.exclude(pk=last).delete()
    locked = threading.Event()

    def hold(_):
        with transaction.atomic():
            Sample.objects.select_for_update(no_key=True).get(pk=last)
            locked.set()
            time.sleep(0.5)

    def claim(user):
        locked.wait(20)
        return services.serve_next(project, user, now=timezone.now()).items

    user = join_project(project)
    _, items = in_threads(lambda act: act[0](act[1]), [(hold, None), (claim, user)])
    assert [item.lease.sample_id for item in items] == [last]


def test_a_claim_reads_the_queue_in_order_whatever_the_planner_knows():
    make_queue(overlap=1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE annotations_sample, annotations_assignment")
        # To the planner this project has no samples.
        project, _ = make_queue(overlap=1)
        now = timezone.now()
        wanted = {"project": project.pk, "user": join_project(project).pk, "now": now, "until": now}
        with transaction.atomic():
            cursor.execute(assignment.PREPARE, wanted)
            cursor.execute(f"EXPLAIN {assignment.CLAIM}", {**wanted, "count": 1})
            plan = "\n".join(row[0] for row in cursor.fetchall())
    candidate = plan[plan.index("CTE candidate") : plan.index("CTE taken")]
    assert "queue_in_priority_order" in candidate
    assert "Sort" not in candidate
    # The names of indexes do not count, only what is looked up in them.
    conditions = re.sub(r"\w+_idx\b", "", candidate)
    assert "user_id" not in conditions.replace("(user_id + 0)", "")


def test_two_clicks_at_once_give_one_lease():
    project, _ = make_queue(overlap=3)
    user = join_project(project)
    answer = SubmittedAnswer(seconds=1, class_index=1)

    def claim(_):
        return services.serve_next(project, user, now=timezone.now()).items[0]

    def submit(item):
        return submit_annotation(item.annotation, user, answer=answer, now=timezone.now()).pk

    for _ in range(5):
        items = in_threads(claim, range(6))
        assert len({(item.lease.id, item.lease.token, item.annotation.pk) for item in items}) == 1
        assert len(set(in_threads(submit, items))) == 1
    assert Assignment.objects.count() == Annotation.objects.filter(state="submitted").count() == 5


@pytest.mark.slow
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
