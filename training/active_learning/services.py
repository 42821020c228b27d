"""Start, cancel and retry rounds of active learning."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from annotations.crowdsourcing.services import dequeue
from annotations.models import Project, SampleState, Split, User
from core.errors import Conflict, DomainError
from core.jobs.models import LIVE_STATES as LIVE_JOBS
from core.jobs.models import Job
from core.jobs.services import enqueue as enqueue_job
from core.jobs.services import request_cancel
from training.acquisition import ACQUISITIONS
from training.active_learning import loop
from training.active_learning.arms import plan_arms
from training.active_learning.batch import HOLDOUT_SHARES, candidates
from training.active_learning.loop import LIVE_STATES, RoundEvent, RoundState
from training.active_learning.models import Round, ScoreChunk
from training.model_registry.services import get_champion
from training.runs.services import cancel_run

SCORE_JOB = "training.score_chunk"
CHUNK_SAMPLES = 64
MAX_SCORED = 2000
MAX_LABELLED = 500
DEFAULT_STRATEGY = "entropy"
COLD_START = "typiclust"
COVERAGE = frozenset({"typiclust", "core_set"})


@dataclass(frozen=True)
class RoundSettings:
    """What can be asked of a round; nothing = as the project's loop says."""

    strategy: str | None = None
    batch_size: int | None = None
    control_fraction: float | None = None
    seed: int | None = None


@transaction.atomic
def start_round(project: Project, *, settings: RoundSettings, by: User | None) -> Round:
    """Open a round and queue the scoring of its pool.

    Parameters
    ----------
    project : Project
        Whose pool.
    settings : RoundSettings
        Strategy, size, share of the control arm, seed.
    by : User or None
        Who asks; nobody for the loop itself.

    Returns
    -------
    Round
        In the state "scoring".

    Raises
    ------
    Conflict
        Codes "round_in_progress", "project_archived", "pool_is_empty".
    DomainError
        Code "bad_round": a setting is out of its range.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    _refuse_busy(project)
    number = (Round.objects.filter(project=project).aggregate(n=Max("number"))["n"] or 0) + 1
    seed = _default_seed(project, number) if settings.seed is None else settings.seed
    champion = get_champion(project)
    strategy = _choose_strategy(project, settings, has_model=champion is not None)
    pools = _draw_pools(project, np.random.default_rng(seed))
    size = int(settings.batch_size or project.loop.get("batch_size", 20))
    fraction = float(settings.control_fraction or project.loop.get("control_fraction", 0.2))
    try:
        arms = plan_arms(
            size=min(size, len(pools[0])), strategy=strategy, control_fraction=fraction
        )
    except ValueError as error:
        raise DomainError("bad_round", f"This round cannot be: {error}.") from error
    round_ = Round.objects.create(
        project=project,
        number=number,
        strategy=strategy,
        arms=[{"name": a.name, "strategy": a.strategy, "n": a.size} for a in arms],
        batch_size=size,
        seed=seed,
        scored_by=champion,
        timings={"started": timezone.now().isoformat()},
        created_by=by,
    )
    wanted = [pk for pool in pools for pk in pool]
    if strategy in COVERAGE:
        wanted += _labelled(project)
    _make_chunks(round_, wanted)
    return round_


@transaction.atomic
def cancel_round(round_: Round) -> Round:
    """End a round; what was labelled stays, what nobody began goes back to the pool.

    Raises
    ------
    Conflict
        Code "round_over".
    """
    round_ = take(round_, RoundEvent.CANCELLED)
    kinds = Job.objects.filter(kind=SCORE_JOB, subject__in=_chunk_subjects(round_))
    for job in kinds.filter(state__in=LIVE_JOBS):
        request_cancel(job.pk, now=timezone.now())
    if round_.run is not None:
        cancel_run(round_.run)
    dequeue(
        list(
            round_.samples.filter(sample__state=SampleState.QUEUED).values_list(
                "sample_id", flat=True
            )
        )
    )
    return round_


@transaction.atomic
def retry_round(round_: Round) -> Round:
    """Go on with a failed round: train again on its labels, or score its pool again.

    Raises
    ------
    Conflict
        Codes "round_over" (it did not fail), "round_in_progress" (another one is live).
    """
    project = Project.objects.select_for_update().get(pk=round_.project_id)
    _refuse_busy(project)
    if round_.samples.exists():
        round_ = take(round_, RoundEvent.TRAINED_AGAIN, code="", detail="", run=None)
    else:
        round_ = take(round_, RoundEvent.SCORED_AGAIN, code="", detail="")
        for chunk in round_.chunks.filter(done_at=None):
            enqueue_job(SCORE_JOB, chunk.pk, queue="predict", project=round_.project_id)
    return round_


def take(round_: Round, event: RoundEvent, **fields: object) -> Round:
    """Let an event happen to a round and store the new state; the clock of the state is kept.

    Parameters
    ----------
    round_ : Round
        Read again under a lock.
    event : RoundEvent
        What happened.
    **fields
        Further columns to set.

    Returns
    -------
    Round
        As stored.

    Raises
    ------
    Conflict
        Code "round_over": the event cannot happen in the round's state.
    """
    round_ = (
        Round.objects.select_for_update(of=("self",))
        .select_related("project", "run__job", "scored_by")
        .get(pk=round_.pk)
    )
    try:
        state = loop.advance(RoundState(round_.state), event)
    except loop.IllegalTransitionError as error:
        raise Conflict("round_over", f"This is not possible now: {error}.") from error
    round_.state = state.value
    round_.timings = {**round_.timings, event.value: timezone.now().isoformat()}
    for name, value in fields.items():
        setattr(round_, name, value)
    if state not in LIVE_STATES:
        round_.finished_at = timezone.now()
    round_.save()
    return round_


def _refuse_busy(project: Project) -> None:
    if project.archived_at is not None:
        raise Conflict("project_archived", "This project is archived. Restore it first.")
    live = Round.objects.filter(project=project, state__in=LIVE_STATES).first()
    if live is not None:
        raise Conflict(
            "round_in_progress",
            f"Round {live.number} is {live.state}. Let it end, or cancel it first.",
            extra={"round": live.pk},
        )


def _choose_strategy(project: Project, settings: RoundSettings, *, has_model: bool) -> str:
    strategy = settings.strategy or project.loop.get("strategy") or DEFAULT_STRATEGY
    if strategy not in ACQUISITIONS:
        raise DomainError(
            "bad_round",
            f"There is no strategy {strategy!r}; choose one of {', '.join(ACQUISITIONS)}.",
        )
    if ACQUISITIONS[strategy].needs_model and not has_model:
        return COLD_START
    return strategy


def _draw_pools(project: Project, rng: np.random.Generator) -> list[list[int]]:
    """Candidates of the training split and of the held-out splits; too many are sampled."""
    pools = []
    for split in (Split.TRAIN.value, *HOLDOUT_SHARES):
        found = candidates(project.pk, split, queue_is_chosen=project.queue_is_chosen)
        limit = MAX_SCORED if split == Split.TRAIN else CHUNK_SAMPLES
        if len(found) > limit:
            found = sorted(int(pk) for pk in rng.choice(found, size=limit, replace=False))
        pools.append(found)
    if not pools[0]:
        raise Conflict(
            "pool_is_empty",
            "Nothing is left to label in the training split. Add images to the project's data "
            "sets, or wait until those that were added are ready.",
        )
    return pools


def _labelled(project: Project) -> list[int]:
    found = project.samples.filter(state=SampleState.ACCEPTED, split=Split.TRAIN)
    return list(found.order_by("-pk").values_list("pk", flat=True)[:MAX_LABELLED])


def _make_chunks(round_: Round, sample_ids: Sequence[int]) -> None:
    for number, at in enumerate(range(0, len(sample_ids), CHUNK_SAMPLES)):
        chunk = ScoreChunk.objects.create(
            round=round_, number=number, sample_ids=list(sample_ids[at : at + CHUNK_SAMPLES])
        )
        enqueue_job(SCORE_JOB, chunk.pk, queue="predict", project=round_.project_id)


def _chunk_subjects(round_: Round) -> list[str]:
    return [str(pk) for pk in round_.chunks.values_list("pk", flat=True)]


def _default_seed(project: Project, number: int) -> int:
    digest = hashlib.sha256(f"{project.pk}/{number}".encode()).digest()
    return int.from_bytes(digest[:4], "big")
