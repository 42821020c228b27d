"""Start, move on, cancel and use searches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotations.models import Project, User
from core.audit import record
from core.errors import Conflict, DomainError
from core.jobs.models import LIVE_STATES, JobState
from core.jobs.services import enqueue, request_cancel
from training.engine import advice
from training.runs.services import DEFAULT_MINUTES, LONGEST_MINUTES, SHORTEST_MINUTES
from training.runs.settings import config_for_run, use_settings
from training.search.models import Search, SearchState, Trial, TrialRole, TrialState
from training.search.plan import Budget, Next, find_best, next_step
from training.search.results import row_of, standing, summarise
from training.snapshots.services import freeze

TRIAL_JOB = "training.try_settings"
MOST_LANES = 16
MOST_FOLDS = 10
ROLES = {
    Next.TRY: TrialRole.TRIED,
    Next.CONFIRM_DEFAULT: TrialRole.CONFIRM_DEFAULT,
    Next.CONFIRM_BEST: TrialRole.CONFIRM_BEST,
}


@dataclass(frozen=True)
class SearchSettings:
    """What can be asked of a search.

    Attributes
    ----------
    minutes : float
        Time that each worker may train in all.
    trial_minutes : float or None
        Of one training (with folds, of each fold); by default that of the project's runs.
    lanes : int
        Trials side by side.
    folds : int
        0 scores on the validation split; 2 or more cross-validates by group.
    seed : int
        Seed of the search and its trainings.
    space : sequence of mapping
        What may be changed (`training.ml.search_space.Dimension`); empty = the default of the
        task.
    """

    minutes: float
    trial_minutes: float | None = None
    lanes: int = 1
    folds: int = 0
    seed: int = 0
    space: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


@transaction.atomic
def start_search(project: Project, *, settings: SearchSettings, by: User | None) -> Search:
    """Freeze the ground truths and queue the first trial: the settings as they are.

    Parameters
    ----------
    project : Project
        Whose ground truths and settings.
    settings : SearchSettings
        Budget and space.
    by : User or None
        Who asks.

    Returns
    -------
    Search
        Running.

    Raises
    ------
    Conflict
        Codes "search_in_progress", "no_validation".
    DomainError
        Codes "bad_budget", "bad_config"; or nothing is labelled (see `freeze`).
    """
    trial_minutes = settings.trial_minutes or float(
        project.loop.get("train_minutes") or DEFAULT_MINUTES
    )
    _check_budget(settings, trial_minutes)
    Project.objects.select_for_update().get(pk=project.pk)
    live = Search.objects.filter(project=project, state=SearchState.RUNNING).first()
    if live is not None:
        raise Conflict(
            "search_in_progress",
            "This project searches for settings already. Wait for that search, or cancel it first.",
            extra={"search": live.pk},
        )
    snapshot = freeze(project)
    if not settings.folds and not snapshot.n_val:
        raise Conflict(
            "no_validation",
            "No image of the validation split has a ground truth, so that settings cannot be "
            "compared. Label some, or let the search cross-validate (folds).",
        )
    config = config_for_run(project, snapshot, minutes=trial_minutes)
    wanted = settings.space or advice.default_space(project.task_kind)
    space = advice.check_space(wanted, base=config, task_kind=project.task_kind)
    search = Search.objects.create(
        project=project,
        snapshot=snapshot,
        space=space,
        config=config,
        minutes=settings.minutes,
        trial_minutes=trial_minutes,
        lanes=settings.lanes,
        folds=settings.folds,
        seed=settings.seed,
        created_by=by,
    )
    _queue(search, role=TrialRole.DEFAULT, values={}, number=0)
    return search


@transaction.atomic
def advance(search_id: int) -> None:
    """Close trials whose jobs are lost, and start what comes next; safe to do at any time."""
    search = Search.objects.select_for_update().get(pk=search_id)
    if search.state != SearchState.RUNNING:
        return
    _close_lost(search)
    while True:
        trials = list(search.trials.all())
        step = next_step([standing(trial) for trial in trials], budget_of(search))
        if step not in ROLES:
            break
        values = _values_for(step, search, trials)
        _queue(search, role=ROLES[step], values=values, number=len(trials))
    if step == Next.GIVE_UP:
        failed = [trial for trial in trials if trial.state == TrialState.FAILED]
        _end(search, SearchState.FAILED, code=failed[-1].code, detail=failed[-1].detail)
    elif step == Next.FINISH:
        search.result = summarise(search, trials)
        _end(search, SearchState.DONE)


def advance_searches() -> None:
    """Move on every running search; what a killed worker left is taken up by this."""
    for pk in Search.objects.filter(state=SearchState.RUNNING).values_list("pk", flat=True):
        advance(pk)


@transaction.atomic
def cancel_search(search: Search) -> Search:
    """Stop a search and its trials; one that is over stays as it is."""
    search = Search.objects.select_for_update().get(pk=search.pk)
    if search.state != SearchState.RUNNING:
        return search
    for trial in search.trials.filter(state=TrialState.RUNNING).select_related("job"):
        if trial.job is not None:
            request_cancel(trial.job.pk, now=timezone.now())
    search.trials.filter(state=TrialState.RUNNING).update(
        state=TrialState.FAILED, code="cancelled", detail="Cancelled."
    )
    _end(search, SearchState.CANCELLED)
    return search


def apply_search(search: Search, *, by: User | None) -> Search:
    """Make the best settings those of the project's next runs.

    Raises
    ------
    Conflict
        Code "search_not_done".
    """
    if search.state != SearchState.DONE:
        raise Conflict(
            "search_not_done",
            f"The search is {search.state}; only a finished search has settings to use.",
        )
    use_settings(
        search.project, search.result["config"], source="search", origin=str(search.pk), by=by
    )
    record("search.applied", search, actor=by, data={"best": search.result["best"]})
    return search


def budget_of(search: Search) -> Budget:
    """Return what a search may spend, in seconds."""
    return Budget(
        total=60 * search.minutes * search.lanes,
        trial=60 * search.trial_minutes * max(1, search.folds),
        lanes=search.lanes,
    )


def _check_budget(settings: SearchSettings, trial_minutes: float) -> None:
    whole = trial_minutes * max(1, settings.folds)
    if not SHORTEST_MINUTES <= trial_minutes <= settings.minutes <= LONGEST_MINUTES:
        raise DomainError(
            "bad_budget",
            f"{settings.minutes:g} minutes with trainings of {trial_minutes:g} are not possible. A "
            f"training takes {SHORTEST_MINUTES} or more, a search {LONGEST_MINUTES:.0f} at most.",
        )
    if 2 * whole > settings.minutes * settings.lanes:
        raise DomainError(
            "bad_budget",
            f"{settings.minutes:g} minutes are not enough for two trials of {whole:g} minutes. "
            "Give more, or make trials shorter.",
        )
    if not (1 <= settings.lanes <= MOST_LANES and settings.folds in (0, *range(2, MOST_FOLDS + 1))):
        raise DomainError(
            "bad_budget",
            f"Trials side by side must be 1 to {MOST_LANES}, folds 0 or 2 to {MOST_FOLDS}.",
        )


def _queue(search: Search, *, role: TrialRole, values: Mapping[str, Any], number: int) -> None:
    confirms = role in (TrialRole.CONFIRM_DEFAULT, TrialRole.CONFIRM_BEST)
    trial = Trial.objects.create(
        search=search,
        number=number,
        role=role,
        values=values,
        seed=search.seed + int(confirms),
    )
    trial.job = enqueue(TRIAL_JOB, trial.pk, queue="train", project=search.project_id)
    trial.save(update_fields=["job"])


def _values_for(step: Next, search: Search, trials: Sequence[Trial]) -> Mapping[str, Any]:
    if step == Next.CONFIRM_DEFAULT:
        return {}
    if step == Next.CONFIRM_BEST:
        best = find_best([standing(trial) for trial in trials])
        assert best is not None, "only a best trial is confirmed"
        values: Mapping[str, Any] = trials[best].values
        return values
    rows = [row_of(trial) for trial in trials]
    return advice.propose_values(search.space, rows, seed=search.seed)


def _close_lost(search: Search) -> None:
    """Mark the trials failed whose jobs failed, were cancelled or are gone."""
    lost = search.trials.filter(state=TrialState.RUNNING).exclude(job__state__in=LIVE_STATES)
    for trial in lost.select_related("job"):
        job = trial.job
        trial.state = TrialState.FAILED
        trial.code = job.code if job is not None and job.state != JobState.DONE else "job_lost"
        trial.detail = job.detail if job is not None else "The trial's job is gone."
        trial.save(update_fields=["state", "code", "detail"])


def _end(search: Search, state: SearchState, *, code: str = "", detail: str = "") -> None:
    search.state, search.code, search.detail = state, code, detail
    search.finished_at = timezone.now()
    search.save(update_fields=["state", "code", "detail", "finished_at", "result"])
