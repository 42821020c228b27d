"""Register models, judge and promote them, look at the locked test split."""

from collections.abc import Callable
from dataclasses import asdict

import numpy as np
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from numpy.typing import NDArray

from annotations.models import Project, Split, TaskKind, User
from core.audit import record
from core.errors import Conflict
from core.jobs.services import enqueue
from core.storage import get_storage
from training import engine
from training.model_registry.evaluation import Measured, measure
from training.model_registry.gate import Decision, GateResult, judge, judge_first
from training.model_registry.models import Evaluation, ModelState, ModelVersion
from training.runs.models import TrainingRun
from training.snapshots.selectors import get_manifest
from training.snapshots.services import collect

EVALUATE_JOB = "training.evaluate_model"
# Stays with the run: what its report says of single pictures.
OF_SINGLE_ITEMS = ("examples", "worst", "items")
WITH_ZERO_LABEL_START = (TaskKind.INSTANCE,)
NOTHING_TO_MEASURE = (
    "No validation image has a ground truth yet, so a model from elsewhere cannot be judged. Label "
    "some and measure it again, or promote it by hand."
)


@transaction.atomic
def register_model(run: TrainingRun, result: engine.TrainResult) -> ModelVersion:
    """Store what a run learned as a candidate, and queue its evaluation.

    Registering twice gives the same version.

    Parameters
    ----------
    run : TrainingRun
        The run that is done.
    result : TrainResult
        Its weights and report.

    Returns
    -------
    ModelVersion
        The candidate.
    """
    Project.objects.select_for_update().get(pk=run.project_id)
    known = ModelVersion.objects.filter(run=run).first()
    if known is not None:
        return known
    highest = ModelVersion.objects.filter(project=run.project_id).aggregate(n=Max("number"))["n"]
    version = ModelVersion.objects.create(
        project_id=run.project_id,
        run=run,
        number=(highest or 0) + 1,
        weights=get_storage().put(result.weights.read_bytes()),
        card=_card(run, result),
    )
    enqueue(EVALUATE_JOB, version.pk, queue="predict", project=run.project_id)
    return version


def evaluate_model(version: ModelVersion, *, check: Callable[[], None]) -> GateResult:
    """Measure a candidate and let the gate decide; safe to do again.

    The champion is measured on the same validation items where it was not yet. The test split
    is measured too, but stays sealed until somebody looks (see `look_at_test`).

    Parameters
    ----------
    version : ModelVersion
        The candidate.
    check : callable
        Called now and then; raises when the work is to stop.

    Returns
    -------
    GateResult
        What the gate said, which was carried out.
    """
    while True:
        champion = get_champion(version.project)
        result = _judge(version, champion, check=check)
        if _carry_out(version, result, against=champion):
            return result


def _judge(
    version: ModelVersion, champion: ModelVersion | None, *, check: Callable[[], None]
) -> GateResult:
    """Measure a candidate where it was not yet, and compare it with the champion."""
    run, project = version.run, version.project
    # What was not trained here is measured on the ground truths of now.
    manifest = collect(project) if run is None else get_manifest(run.snapshot)
    if champion == version:
        champion = None

    def measured(of: ModelVersion | None, split: Split) -> Evaluation | None:
        return measure(Measured(project, of, manifest, split.value), check=check)

    ours = measured(version, Split.VALIDATION)
    start = None
    if project.task_kind in WITH_ZERO_LABEL_START:
        start = measured(None, Split.VALIDATION)
        measured(None, Split.TEST)
    measured(version, Split.TEST)
    rng = np.random.default_rng(run.seed if run else 0)
    if run is None and ours is None:
        return GateResult(Decision.NOT_ENOUGH, 0.0, 0.0, 0.0, 0, NOTHING_TO_MEASURE)
    if champion is None:
        return judge_first(*_paired(start, ours), rng=rng)
    return judge(*_paired(measured(champion, Split.VALIDATION), ours), rng=rng)


@transaction.atomic
def promote(version: ModelVersion, *, by: User | None) -> ModelVersion:
    """Make a version the champion; the one before retires.

    Parameters
    ----------
    version : ModelVersion
        Any version of the project.
    by : User or None
        Who decides; nobody for the gate.

    Returns
    -------
    ModelVersion
        The champion.
    """
    Project.objects.select_for_update().get(pk=version.project_id)
    version.refresh_from_db()
    if version.state == ModelState.CHAMPION:
        return version
    ModelVersion.objects.filter(project=version.project_id, state=ModelState.CHAMPION).update(
        state=ModelState.RETIRED
    )
    version.state = ModelState.CHAMPION
    version.promoted_at = timezone.now()
    version.save(update_fields=["state", "promoted_at"])
    record("model.promoted", version, actor=by, data={"number": version.number})
    return version


@transaction.atomic
def look_at_test(version: ModelVersion, *, by: User | None) -> Evaluation:
    """Unseal what a model scored on the locked test split; each look is counted.

    Parameters
    ----------
    version : ModelVersion
        The model.
    by : User or None
        Who looks.

    Returns
    -------
    Evaluation
        With its number of looks.

    Raises
    ------
    Conflict
        Code "not_evaluated": the evaluation is not over, or no test image is labelled.
    """
    evaluations = Evaluation.objects.filter(model_version=version, split=Split.TEST)
    sealed = evaluations.order_by("-pk").first()
    if sealed is None:
        raise Conflict(
            "not_evaluated",
            "This model has no score on the test split: either its evaluation is still running, or "
            "no image of the test split had a ground truth when it was trained.",
        )
    # The zero-label start on the same images is what a look is compared with.
    Evaluation.objects.filter(
        project=version.project_id, items_hash=sealed.items_hash, split=Split.TEST
    ).filter(model_version=None).update(looks=F("looks") + 1)
    Evaluation.objects.filter(pk=sealed.pk).update(looks=F("looks") + 1)
    sealed.refresh_from_db()
    record("model.test_look", version, actor=by, data={"looks": sealed.looks})
    return sealed


def get_champion(project: Project) -> ModelVersion | None:
    """Return the model in use; nothing before the first."""
    return ModelVersion.objects.filter(project=project, state=ModelState.CHAMPION).first()


def _paired(
    rival: Evaluation | None, candidate: Evaluation | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.str_]]:
    """Values of two evaluations on the items that both have, and the items' groups."""
    theirs = {line["sample"]: line for line in rival.per_image} if rival else {}
    ours = {line["sample"]: line for line in candidate.per_image} if candidate else {}
    common = sorted(set(theirs) & set(ours))
    return (
        np.array([theirs[sample]["value"] for sample in common], dtype=np.float64),
        np.array([ours[sample]["value"] for sample in common], dtype=np.float64),
        np.array([ours[sample]["group"] for sample in common], dtype=np.str_),
    )


@transaction.atomic
def _carry_out(version: ModelVersion, result: GateResult, *, against: ModelVersion | None) -> bool:
    """Do what the gate said; not where another champion was made while it measured.

    What a person decided about this version meanwhile stands.
    """
    Project.objects.select_for_update().get(pk=version.project_id)
    if get_champion(version.project) != against:
        return False
    version.refresh_from_db(fields=["state"])
    against = None if against == version else against
    version.gate = {
        **asdict(result),
        "decision": result.decision.value,
        "against": against.number if against else None,
    }
    version.save(update_fields=["gate"])
    if result.decision == Decision.PROMOTE:
        promote(version, by=None)
    elif result.decision == Decision.KEEP and version.state == ModelState.CANDIDATE:
        version.state = ModelState.REJECTED
        version.save(update_fields=["state"])
    return True


def _card(run: TrainingRun, result: engine.TrainResult) -> dict[str, object]:
    """Gather what one has to know to use, judge and remake the model."""
    return {
        "model": result.model,
        "snapshots": [get_storage().put(path.read_bytes()) for path in result.snapshots],
        "classes": [index for index, _ in get_manifest(run.snapshot).classes],
        "report": {k: v for k, v in result.report.items() if k not in OF_SINGLE_ITEMS},
        "task_kind": run.project.task_kind,
        "snapshot": run.snapshot.content_hash,
        "n_train": run.snapshot.n_train,
        "n_validation": run.snapshot.n_val,
        "seed": run.seed,
        "config": run.config,
        "code_version": run.code_version,
        "environment": run.environment,
        "start": run.start,
        "warm_start": run.warm_start_id,
        "pretraining": run.pretraining_id,
    }
