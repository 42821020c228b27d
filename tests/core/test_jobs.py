"""Jobs: one worker gets each, a dead one's is given back, and running twice is harmless."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from core.errors import DomainError
from core.jobs import services
from core.jobs.models import Job, JobState
from core.jobs.runner import JobCancelledError, JobInterruptedError, run_job

KIND = "tests.work"
sent: list[tuple[str, str, str]] = []


def remember(kind: str, job_id: str, queue: str) -> None:
    sent.append((kind, job_id, queue))


def broken_broker(kind: str, job_id: str, queue: str) -> None:
    raise ConnectionError("no broker")


@pytest.fixture(autouse=True)
def sender(settings):
    settings.JOB_SENDER = f"{__name__}.remember"
    sent.clear()


def make_job(**fields) -> Job:
    return Job.objects.create(**{"kind": KIND, "subject": "7", **fields})


def claim(job, worker="one"):
    return services.claim(str(job.pk), worker=worker, now=timezone.now())


def state_of(job) -> tuple[str, str]:
    job.refresh_from_db()
    return job.state, job.code


@pytest.mark.django_db
def test_a_job_is_sent_when_its_transaction_commits(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        job = services.enqueue(KIND, 7, queue="predict", project=3)
        assert sent == []

    assert len(callbacks) == 1
    assert sent == [(KIND, str(job.pk), "predict")]
    job.refresh_from_db()
    assert (job.subject, job.project, job.state) == ("7", 3, JobState.QUEUED)
    assert job.sent_at is not None


@pytest.mark.django_db
def test_asking_twice_gives_the_same_job_until_it_is_over():
    first = services.enqueue(KIND, 7)
    claim(first)

    assert services.enqueue(KIND, 7).pk == first.pk
    assert services.enqueue(KIND, 8).pk != first.pk
    first.refresh_from_db()
    services.finish(first, now=timezone.now())
    assert services.enqueue(KIND, 7).pk != first.pk


@pytest.mark.django_db
def test_a_broker_that_is_down_loses_nothing(settings):
    settings.JOB_SENDER = f"{__name__}.broken_broker"
    job = make_job()
    services.send(job)
    job.refresh_from_db()
    assert job.sent_at is None

    settings.JOB_SENDER = f"{__name__}.remember"
    services.sweep(now=timezone.now())

    assert [row[1] for row in sent] == [str(job.pk)]


@pytest.mark.django_db(transaction=True)
def test_of_sixteen_workers_one_gets_the_job():
    job = make_job()
    start = threading.Barrier(16)

    def race(number):
        try:
            start.wait(30)
            return services.claim(str(job.pk), worker=f"worker {number}", now=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        got = [result for result in pool.map(race, range(16)) if result is not None]

    assert len(got) == 1
    job.refresh_from_db()
    assert (job.worker, job.claim, job.attempts) == (got[0].worker, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_running_the_same_message_twice_does_the_work_once():
    job, done = make_job(), []

    for _ in range(3):
        run_job(str(job.pk), lambda context: done.append(context.subject))

    assert done == [7]
    assert state_of(job) == (JobState.DONE, "")


@pytest.mark.django_db(transaction=True)
def test_a_message_for_a_job_that_is_gone_is_passed_by():
    run_job("5f0c9d52-0d55-4a5e-8c7e-0d1c4a1d9b11", lambda _: pytest.fail("ran"))
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_progress_and_heartbeat_are_written_while_the_work_goes_on():
    job, seen = make_job(), []

    def work(context):
        context.report(step=3, steps=10)
        first = Job.objects.get(pk=job.pk).heartbeat_at
        deadline = time.monotonic() + 20 * settings.JOB_HEARTBEAT_SECONDS
        while time.monotonic() < deadline:
            row = Job.objects.get(pk=job.pk)
            if row.progress and row.heartbeat_at > first:
                break
            time.sleep(0.02)
        seen.append(row.progress)

    run_job(str(job.pk), work)

    assert seen == [{"step": 3, "steps": 10}]
    assert state_of(job)[0] == JobState.DONE


@pytest.mark.django_db(transaction=True)
def test_a_domain_error_fails_the_job_with_its_code():
    job = make_job()

    def work(context):
        raise DomainError("too_dark", "The picture is black. Take it again.")

    run_job(str(job.pk), work)

    assert state_of(job) == (JobState.FAILED, "too_dark")
    assert "Take it again" in job.detail


@pytest.mark.django_db(transaction=True)
def test_any_other_error_fails_the_job_and_is_raised_for_the_log():
    job = make_job()

    def work(context):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_job(str(job.pk), work)

    assert state_of(job) == (JobState.FAILED, "internal_error")


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_stops_gives_its_job_back():
    job = make_job()

    def work(context):
        raise JobInterruptedError

    run_job(str(job.pk), work)
    services.sweep(now=timezone.now())

    assert state_of(job)[0] == JobState.QUEUED
    assert len(sent) == 1


@pytest.mark.django_db(transaction=True)
def test_a_running_job_stops_at_the_next_heartbeat_after_cancelling():
    job = make_job()

    def work(context):
        services.request_cancel(job.pk, now=timezone.now())
        deadline = time.monotonic() + 20 * settings.JOB_HEARTBEAT_SECONDS
        while time.monotonic() < deadline:
            context.check()
            time.sleep(0.02)

    run_job(str(job.pk), work)

    assert state_of(job) == (JobState.CANCELLED, "cancelled")


@pytest.mark.django_db
def test_a_waiting_job_is_cancelled_at_once():
    job = make_job()
    services.request_cancel(job.pk, now=timezone.now())

    assert state_of(job)[0] == JobState.CANCELLED
    assert claim(job) is None


@pytest.mark.django_db
def test_the_job_of_a_dead_worker_goes_to_another():
    job = make_job()
    claim(job, "dead")
    later = timezone.now() + timedelta(seconds=settings.JOB_DEAD_AFTER_SECONDS + 1)

    assert services.sweep(now=later) == []
    assert state_of(job)[0] == JobState.QUEUED
    assert [row[1] for row in sent] == [str(job.pk)]
    second = claim(job, "alive")
    assert second is not None
    assert (second.worker, second.claim, second.attempts) == ("alive", 2, 2)


@pytest.mark.django_db
def test_a_live_workers_job_is_left_alone():
    job = make_job()
    mine = claim(job)
    now = timezone.now() + timedelta(seconds=settings.JOB_DEAD_AFTER_SECONDS + 1)
    services.beat(mine, now=now)

    services.sweep(now=now)

    assert state_of(job)[0] == JobState.RUNNING


@pytest.mark.django_db
def test_a_worker_that_was_thought_dead_cannot_finish_or_fail_the_job_any_more():
    job = make_job()
    old = claim(job, "slow")
    services.sweep(now=timezone.now() + timedelta(seconds=settings.JOB_DEAD_AFTER_SECONDS + 1))
    claim(job, "new")
    now = timezone.now()

    assert not services.beat(old, now=now)
    assert not services.finish(old, now=now)
    assert not services.fail(old, code="x", detail="y", now=now)
    assert not services.give_back(old)
    assert not services.mark_cancelled(old, now=now)
    job.refresh_from_db()
    assert (job.state, job.worker) == (JobState.RUNNING, "new")


@pytest.mark.django_db
def test_a_job_that_kills_its_workers_fails_for_good():
    job = make_job(max_attempts=2)
    now = timezone.now()
    lost = []
    for attempt in range(2):
        assert services.claim(str(job.pk), worker=f"w{attempt}", now=now) is not None
        now += timedelta(seconds=settings.JOB_DEAD_AFTER_SECONDS + 1)
        lost += services.sweep(now=now)

    assert [row.pk for row in lost] == [job.pk]
    assert state_of(job) == (JobState.FAILED, "worker_lost")
    assert "2 times" in job.detail


@pytest.mark.django_db
def test_a_cancelled_job_of_a_dead_worker_is_closed():
    job = make_job()
    claim(job)
    services.request_cancel(job.pk, now=timezone.now())

    services.sweep(now=timezone.now() + timedelta(seconds=settings.JOB_DEAD_AFTER_SECONDS + 1))

    assert state_of(job)[0] == JobState.CANCELLED


@pytest.mark.django_db
def test_a_message_that_the_broker_lost_is_sent_again_but_not_too_soon():
    job = make_job(sent_at=timezone.now())

    services.sweep(now=timezone.now())
    assert sent == []
    services.sweep(now=timezone.now() + timedelta(seconds=settings.JOB_RESEND_AFTER_SECONDS + 1))

    assert [row[1] for row in sent] == [str(job.pk)]


@pytest.mark.django_db(transaction=True)
def test_a_job_that_was_taken_away_ends_its_function_quietly():
    job = make_job()

    def work(context):
        Job.objects.filter(pk=job.pk).update(claim=99)
        context.beat_once()
        with pytest.raises(JobCancelledError):
            context.report(step=1)
        raise JobCancelledError

    run_job(str(job.pk), work)

    assert state_of(job)[0] == JobState.RUNNING
