"""Leases: who works on which sample, and for how long.

Slots of a sample change only under a lock of its row, so that they are always the project's
overlap less live leases and answers that count. Locks are `FOR NO KEY UPDATE`: rows that refer to
a sample (answers, proposals, scores) may be written meanwhile, and do not make a claim pass it by.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

from django.db import connection, transaction

from annotations.accounts.models import User
from annotations.crowdsourcing.models import Assignment, AssignmentState
from annotations.crowdsourcing.queue import recount_slots
from annotations.projects.models import Project, Sample, SampleState
from annotations.projects.selectors import count_annotators
from core.errors import Conflict, NotFound

SKIPS_FOR_REVIEW = 2

# One person's requests come one after another: a second click waits here and finds the first's
# lease. The planner knows nothing of a project that was filled since the last ANALYZE, and would
# read and sort its whole queue for each claim; so it is held to the index that has the order.
PREPARE = """
SELECT
    pg_advisory_xact_lock(%(project)s, %(user)s),
    set_config('enable_sort', 'off', true),
    set_config('enable_seqscan', 'off', true),
    set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true)
"""

# `user_id + 0`: look a sample's few leases up, not all that the person ever had.
# A person gets a sample again only after giving it up unanswered, or when it was sent back.
CLAIM = """
WITH candidate AS (
    SELECT sample.id
    FROM annotations_sample AS sample
    WHERE sample.project_id = %(project)s
      AND sample.state = 'queued'
      AND sample.open_slots > 0
      AND NOT EXISTS (
          SELECT FROM annotations_assignment AS held
          WHERE held.sample_id = sample.id
            AND held.user_id + 0 = %(user)s
            AND held.state IN ('active', 'submitted', 'skipped')
      )
    ORDER BY sample.priority DESC, sample.id
    LIMIT %(count)s
    FOR NO KEY UPDATE OF sample SKIP LOCKED
), taken AS (
    UPDATE annotations_sample AS sample
    SET open_slots = sample.open_slots - 1, lease_number = sample.lease_number + 1
    FROM candidate
    WHERE sample.id = candidate.id
    RETURNING sample.id, sample.lease_number, sample.priority
), leased AS (
    INSERT INTO annotations_assignment AS lease
        (id, sample_id, user_id, token, state, leased_until, heartbeat_at, why, created_at)
    SELECT gen_random_uuid(), taken.id, %(user)s, taken.lease_number, 'active', %(until)s,
           %(now)s, '', %(now)s
    FROM taken
    ON CONFLICT (sample_id, user_id) DO UPDATE
    SET token = excluded.token, state = 'active', leased_until = excluded.leased_until,
        heartbeat_at = excluded.heartbeat_at, why = '', ended_at = NULL
    RETURNING lease.id, lease.sample_id, lease.token
)
SELECT leased.id, leased.sample_id, leased.token
FROM leased JOIN taken ON taken.id = leased.sample_id
ORDER BY taken.priority DESC, taken.id
"""

# The last samples of a queue may be locked just now by people who leave slots open in them.
CLAIM_PATIENTLY = CLAIM.replace("SKIP LOCKED", "")

RESUME = """
UPDATE annotations_assignment AS lease
SET leased_until = %(until)s, heartbeat_at = %(now)s
FROM annotations_sample AS sample
WHERE sample.id = lease.sample_id
  AND sample.project_id = %(project)s
  AND lease.user_id = %(user)s
  AND lease.state = 'active'
RETURNING lease.id, lease.sample_id, lease.token, -sample.priority
"""


@dataclass(frozen=True)
class Lease:
    """One person's hold on one sample.

    Attributes
    ----------
    id : UUID
        The assignment.
    sample_id : int
        What is held.
    token : int
        Fencing token; grows with each lease of the sample.
    leased_until : datetime
        When it runs out without a heartbeat.
    """

    id: uuid.UUID
    sample_id: int
    token: int
    leased_until: datetime


def claim_samples(project: Project, user: User, *, count: int, now: datetime) -> list[Lease]:
    """Return up to `count` leases: the person's live ones first, then new ones by priority.

    Samples that somebody else claims at the same moment are passed by, not waited for, unless there
    is nothing else; new leases are taken by one statement. Asking twice at once gives the same
    leases twice.

    Parameters
    ----------
    project : Project
        Where to look.
    user : User
        An annotator of the project; the caller has checked.
    count : int
        How many are wanted, live ones included.
    now : datetime
        The time.
    """
    until = now + timedelta(seconds=project.lease_seconds)
    wanted: dict[str, int | datetime] = {
        "project": project.pk,
        "user": user.pk,
        "now": now,
        "until": until,
    }
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(PREPARE, wanted)
        cursor.execute(RESUME, wanted)
        live = sorted(cursor.fetchall(), key=lambda row: (row[3], row[1]))[:count]
        rows = [row[:3] for row in live]
        if len(rows) < count:
            cursor.execute(CLAIM, {**wanted, "count": count - len(rows)})
            rows += cursor.fetchall()
        if not rows:
            cursor.execute(CLAIM_PATIENTLY, {**wanted, "count": 1})
            rows = cursor.fetchall()
    return [Lease(pk, sample_id, token, until) for pk, sample_id, token in rows]


def beat(assignment_id: uuid.UUID, user: User, *, token: int, now: datetime) -> datetime:
    """Extend a lease; return until when.

    A lease that ran out while nobody else took the sample is taken up again.

    Raises
    ------
    DomainError
        Code "lease_lost": the sample is somebody else's now, or the lease was given back.
    """
    with transaction.atomic():
        assignment = _lock(assignment_id, user)
        until = now + timedelta(seconds=assignment.sample.project.lease_seconds)
        if assignment.token != token or not _can_go_on(assignment):
            _lost(assignment)
        Assignment.objects.filter(pk=assignment.pk).update(
            state=AssignmentState.ACTIVE, leased_until=until, heartbeat_at=now, ended_at=None
        )
        if assignment.state == AssignmentState.EXPIRED:
            recount_slots([assignment.sample_id])
    return until


def release(assignment_id: uuid.UUID, user: User, *, token: int, now: datetime) -> None:
    """Give a sample back unanswered; the person may get it again. Repeating it is harmless."""
    _end(assignment_id, user, token=token, state=AssignmentState.RELEASED, why="", now=now)


def skip(assignment_id: uuid.UUID, user: User, *, token: int, why: str, now: datetime) -> None:
    """Give a sample back for good: the person is not asked about it again.

    What `SKIPS_FOR_REVIEW` people (or all there are) have skipped goes to a reviewer, so that it
    does not wait in the queue for ever.
    """
    with transaction.atomic():
        sample = _end(
            assignment_id, user, token=token, state=AssignmentState.SKIPPED, why=why, now=now
        )
        skips = Assignment.objects.filter(sample=sample, state=AssignmentState.SKIPPED).count()
        wanted = min(SKIPS_FOR_REVIEW, count_annotators(sample.project))
        if sample.state == SampleState.QUEUED and skips >= wanted:
            words = f"skipped: {why}" if why else "skipped by annotators"
            Sample.objects.filter(pk=sample.pk).update(
                state=SampleState.IN_REVIEW, open_slots=0, reason=words[:300]
            )


def expire_leases(*, now: datetime, project: Project | None = None) -> int:
    """Give back the samples of leases that ran out; return how many ran out."""
    overdue = Assignment.objects.filter(state=AssignmentState.ACTIVE, leased_until__lt=now)
    if project is not None:
        overdue = overdue.filter(sample__project=project)
    sample_ids = sorted(set(overdue.values_list("sample_id", flat=True)))
    if not sample_ids:
        return 0
    with transaction.atomic():
        # Samples that are locked are being answered right now; the next sweep looks again.
        locked = _lock_samples(sample_ids)
        ended = Assignment.objects.filter(
            sample__in=locked, state=AssignmentState.ACTIVE, leased_until__lt=now
        ).update(state=AssignmentState.EXPIRED, ended_at=now)
        recount_slots(locked)
    return ended


def _end(
    assignment_id: uuid.UUID, user: User, *, token: int, state: str, why: str, now: datetime
) -> Sample:
    """End a lease and return its sample, locked until the end of the transaction."""
    with transaction.atomic():
        assignment = _lock(assignment_id, user)
        if assignment.token != token:
            _lost(assignment)
        if assignment.state == state:
            return assignment.sample
        if assignment.state not in (AssignmentState.ACTIVE, AssignmentState.EXPIRED):
            _lost(assignment)
        Assignment.objects.filter(pk=assignment.pk).update(state=state, why=why[:300], ended_at=now)
        recount_slots([assignment.sample_id])
    return assignment.sample


def _lock(assignment_id: uuid.UUID, user: User) -> Assignment:
    """Lock the sample of an own assignment, then read the assignment as it is now."""
    sample_id = (
        Assignment.objects.filter(pk=assignment_id, user=user)
        .values_list("sample_id", flat=True)
        .first()
    )
    if sample_id is None:
        raise NotFound("assignment")
    sample = (
        Sample.objects.select_for_update(of=("self",), no_key=True)
        .select_related("project")
        .get(pk=sample_id)
    )
    assignment = Assignment.objects.get(pk=assignment_id)
    assignment.sample = sample
    return assignment


def _lock_samples(sample_ids: Sequence[int]) -> list[int]:
    return list(
        Sample.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(pk__in=sample_ids)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def _can_go_on(assignment: Assignment) -> bool:
    if assignment.state == AssignmentState.ACTIVE:
        return True
    sample = assignment.sample
    return (
        assignment.state == AssignmentState.EXPIRED
        and sample.state == SampleState.QUEUED
        and sample.open_slots > 0
    )


def _lost(assignment: Assignment) -> NoReturn:
    raise Conflict(
        "lease_lost",
        "You do not hold this sample any more. What you drew is kept: submit it and it counts as "
        "an extra vote, or go on with the next sample.",
        extra={"state": assignment.state},
    )
