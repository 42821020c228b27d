"""Do one trial: train with its values, give it up where it is hopeless, keep what it scored."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from core.jobs.runner import JobContext
from training import curves, engine
from training.engine import advice
from training.metrics import METRICS
from training.nested import merge_settings, nest
from training.search.models import Search, SearchState, Trial, TrialRole, TrialState
from training.search.results import row_of
from training.search.services import advance
from training.snapshots.materialize import materialize_snapshot
from training.snapshots.selectors import get_manifest
from training.snapshots.workspace import work_root


class HopelessError(Exception):
    """The trial is worse than half of the others were at the same point."""


def try_settings(trial: Trial, context: JobContext) -> None:
    """Train and score one trial; safe to do again, it goes on from its checkpoint.

    Parameters
    ----------
    trial : Trial
        With its search, the search's project and snapshot.
    context : JobContext
        The job's claim.

    Raises
    ------
    JobInterruptedError
        The training was stopped from outside; the job goes back to the queue.
    DomainError
        The settings cannot be used, or the training failed.
    """
    search = trial.search
    if trial.state == TrialState.RUNNING and search.state == SearchState.RUNNING:
        began, before = monotonic(), trial.seconds
        try:
            _prepare(trial)
            # The other lanes begin now, not when this trial ends.
            advance(search.pk)
            _train(trial, context)
            trial.state = TrialState.DONE
        except HopelessError:
            trial.state = TrialState.PRUNED
        finally:
            trial.seconds = round(before + monotonic() - began, 2)
            trial.save(update_fields=["seconds"])
        context.check()
        trial.save(update_fields=["state"])
        shutil.rmtree(_folder(trial), ignore_errors=True)
    advance(search.pk)
    _clear(search)


def config_of(trial: Trial) -> dict[str, Any]:
    """Return the settings that a trial is trained with."""
    tried = trial.role in (TrialRole.TRIED, TrialRole.CONFIRM_BEST)
    return merge_settings(trial.search.config, nest(trial.values) if tried else {})


def _prepare(trial: Trial) -> None:
    """Check the settings, and see where those that were there before lie in the space."""
    kind = trial.search.project.task_kind
    located = advice.locate(config_of(trial), trial.search.space, task_kind=kind)
    if trial.role == TrialRole.DEFAULT:
        trial.values = located
        trial.save(update_fields=["values"])


def _train(trial: Trial, context: JobContext) -> None:
    """Train once, or once for each fold that is not done yet."""
    folds = trial.search.folds
    if not folds:
        _keep(trial, _train_once(trial, context, fold=""))
        return
    for at in range(len(trial.rungs), folds):
        _keep(trial, _train_once(trial, context, fold=f"{at + 1}/{folds}"))
        if at + 1 < folds:
            _judge(trial, trial.rungs)


def _train_once(trial: Trial, context: JobContext, *, fold: str) -> engine.TrainResult:
    search, folder = trial.search, _folder(trial)
    context.report(phase="preparing", trial=trial.number)
    request = engine.TrainRequest(
        snapshot=_shared_snapshot(search, trial),
        out=folder / (f"fold-{fold.partition('/')[0]}" if fold else "out"),
        config=config_of(trial),
        seed=trial.seed,
        minutes=search.trial_minutes,
        fold=fold,
    )
    seen: dict[int, float] = {}

    def watch(rows: Sequence[curves.CurveRow]) -> None:
        context.check()
        if not rows:
            return
        fraction = min(1.0, rows[-1].seconds / (60 * search.trial_minutes))
        context.report(phase="training", fraction=round(fraction, 4))
        validated = {row.step: row.val for row in rows if row.val is not None}
        if not validated or fold:
            return
        # After a resumption the curves come again from their beginning.
        seen.update(validated)
        trial.rungs = [seen[step] for step in sorted(seen)]
        trial.save(update_fields=["rungs"])
        _judge(trial, trial.rungs)

    return engine.train(request, watch=watch)


def _judge(trial: Trial, rungs: Sequence[float]) -> None:
    if trial.role != TrialRole.TRIED:
        return
    others = trial.search.trials.exclude(pk=trial.pk).filter(
        role__in=[TrialRole.DEFAULT, TrialRole.TRIED]
    )
    if advice.is_hopeless(trial.search.space, [row_of(other) for other in others], rungs):
        raise HopelessError


def _keep(trial: Trial, result: engine.TrainResult) -> None:
    """Add the scores of validated items to the trial's, and take their mean as its value."""
    search = trial.search
    groups = {str(item.sample): item.group for item in get_manifest(search.snapshot).items}
    primary = METRICS[search.project.task_kind].primary
    trial.items = trial.items + [
        {"sample": int(name), "group": groups[name], "value": row[primary]}
        for name, row in result.report["items"].items()
    ]
    trial.value = sum(row["value"] for row in trial.items) / max(len(trial.items), 1)
    if search.folds:
        # In one with the items: a worker that dies in between would count a fold twice.
        trial.rungs = [*trial.rungs, trial.value]
    trial.save(update_fields=["items", "value", "rungs"])


def _shared_snapshot(search: Search, trial: Trial) -> Path:
    """Write the training set once for all trials; two that begin at once keep the first."""
    shared = _root(search) / "snapshot"
    if (shared / "manifest.json").exists():
        return shared
    own = _root(search) / f"snapshot-{trial.pk}"
    materialize_snapshot(get_manifest(search.snapshot), own)
    try:
        own.rename(shared)
    except OSError:
        shutil.rmtree(own)
    return shared


def _root(search: Search) -> Path:
    return work_root() / "searches" / str(search.pk)


def _folder(trial: Trial) -> Path:
    return _root(trial.search) / f"trial-{trial.number}"


def _clear(search: Search) -> None:
    """Remove the search's folder once it is over."""
    search.refresh_from_db(fields=["state"])
    if search.state != SearchState.RUNNING:
        shutil.rmtree(_root(search), ignore_errors=True)
