"""What is asked next: put samples into the queue, take them out, keep their slots right."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from annotations.crowdsourcing.models import Assignment, AssignmentState
from annotations.images.models import Split
from annotations.projects.models import Project, Sample, SampleState

# Live leases and answers that count hold a slot; late answers (extra votes) do not.
HELD = """
    SELECT count(*)
    FROM annotations_assignment AS held
    LEFT JOIN annotations_annotation AS answer ON answer.id = held.annotation_id
    WHERE held.sample_id = sample.id
      AND (
          held.state = 'active'
          OR (held.state = 'submitted' AND NOT coalesce(answer.extra_vote, false))
      )
"""

RECOUNT = f"""
UPDATE annotations_sample AS sample
SET open_slots = greatest(0, project.overlap - ({HELD}))
FROM annotations_project AS project
WHERE project.id = sample.project_id AND sample.id = ANY(%s)
"""

# Most samples of a queue are untouched: the first comparison spares counting for them.
MISCOUNTED = f"""
SELECT sample.id
FROM annotations_sample AS sample
JOIN annotations_project AS project ON project.id = sample.project_id
WHERE sample.state = 'queued'
  AND sample.open_slots <> project.overlap
  AND sample.open_slots <> greatest(0, project.overlap - ({HELD}))
"""

ENQUEUE = """
UPDATE annotations_sample AS sample
SET state = 'queued', priority = wanted.priority, reason = wanted.reason, queued_at = %s
FROM unnest(%s::bigint[], %s::float8[], %s::text[]) AS wanted(id, priority, reason)
WHERE sample.id = wanted.id AND sample.state IN ('pool', 'queued')
RETURNING sample.id
"""


def enqueue(
    sample_ids: Sequence[int],
    priorities: Sequence[float] | None = None,
    reasons: Sequence[str] | None = None,
) -> list[int]:
    """Ask annotators about samples, the highest priority first.

    Whoever calls this chooses the queue from now on: samples that were asked only because nobody
    had chosen yet (see `enqueue_new_samples`) go back to the pool, unless somebody has begun.

    Parameters
    ----------
    sample_ids : sequence of int
        Samples of one project, in the pool or in the queue already; others are passed by.
    priorities : sequence of float, optional
        As long as `sample_ids`; by default in the order given, first served first.
    reasons : sequence of str, optional
        Why each is asked, in words annotators understand.

    Returns
    -------
    list of int
        The samples that are in the queue now.
    """
    if not sample_ids:
        return []
    count = len(sample_ids)
    ranks = list(priorities) if priorities is not None else [float(count - n) for n in range(count)]
    words = [reason[:300] for reason in reasons] if reasons is not None else [""] * count
    with transaction.atomic():
        project = Project.objects.select_for_update(no_key=True).get(samples=sample_ids[0])
        if not project.queue_is_chosen:
            _empty_queue(project)
            project.queue_is_chosen = True
            project.save(update_fields=["queue_is_chosen"])
        return _enqueue(list(sample_ids), ranks, words, now=timezone.now())


def dequeue(sample_ids: Sequence[int]) -> list[int]:
    """Put queued samples that nobody has begun back into the pool; return them."""
    with transaction.atomic():
        return _to_pool(list(Sample.objects.filter(pk__in=sample_ids).values_list("pk", flat=True)))


def enqueue_new_samples(project: Project) -> list[int]:
    """Ask about new training samples at once, while no round has chosen what to ask.

    They come in the order of the pool, so that the first label needs no model and no round.
    """
    with transaction.atomic():
        fresh = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        if fresh.queue_is_chosen or fresh.archived_at is not None:
            return []
        pool = list(
            Sample.objects.filter(project=project, state=SampleState.POOL, split=Split.TRAIN)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        return _enqueue(pool, [0.0] * len(pool), [""] * len(pool), now=timezone.now())


def sync_queue() -> list[int]:
    """Correct open slots in all queues, after the overlap of a project was changed.

    Returns
    -------
    list of int
        Samples that have all their answers now, because fewer are wanted than before.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MISCOUNTED)
        wrong = [row[0] for row in cursor.fetchall()]
        if not wrong:
            return []
        locked = Sample.objects.select_for_update(skip_locked=True, no_key=True).filter(
            pk__in=wrong, state=SampleState.QUEUED
        )
        wrong = list(locked.order_by("pk").values_list("pk", flat=True))
        recount_slots(wrong)
        counted = Q(
            assignments__state=AssignmentState.SUBMITTED,
            assignments__annotation__extra_vote=False,
        )
        complete = (
            Sample.objects.filter(pk__in=wrong)
            .annotate(n_counted=Count("assignments", filter=counted))
            .filter(n_counted__gte=F("project__overlap"))
        )
        done = list(complete.values_list("pk", flat=True))
        Sample.objects.filter(pk__in=done).update(state=SampleState.ANSWERED)
    return done


def recount_slots(sample_ids: Sequence[int]) -> None:
    """Set the open slots of samples, which the caller has locked, from their leases and answers."""
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT, [list(sample_ids)])


def _enqueue(
    sample_ids: list[int], priorities: list[float], reasons: list[str], *, now: datetime
) -> list[int]:
    if not sample_ids:
        return []
    # Locks in one order, before the counting statement takes its snapshot.
    list(
        Sample.objects.select_for_update(no_key=True)
        .filter(pk__in=sample_ids)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    with connection.cursor() as cursor:
        cursor.execute(ENQUEUE, [now, sample_ids, priorities, reasons])
        queued = sorted(row[0] for row in cursor.fetchall())
    recount_slots(queued)
    return queued


def _empty_queue(project: Project) -> None:
    _to_pool(
        list(
            Sample.objects.filter(project=project, state=SampleState.QUEUED).values_list(
                "pk", flat=True
            )
        )
    )


def _to_pool(sample_ids: list[int]) -> list[int]:
    locked = Sample.objects.select_for_update(no_key=True).filter(
        pk__in=sample_ids, state=SampleState.QUEUED
    )
    ids = set(locked.order_by("pk").values_list("pk", flat=True))
    begun = Assignment.objects.filter(
        sample__in=ids, state__in=[AssignmentState.ACTIVE, AssignmentState.SUBMITTED]
    )
    ids -= set(begun.values_list("sample_id", flat=True))
    Sample.objects.filter(pk__in=ids).update(
        state=SampleState.POOL, open_slots=0, priority=0, reason="", queued_at=None
    )
    return sorted(ids)
