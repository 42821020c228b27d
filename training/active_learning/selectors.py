"""Read rounds and the learning curve; only what the reader may see comes out."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch, QuerySet

from annotations.models import Project, ProjectRole, SampleState
from annotations.projects.selectors import get_part_for, get_project_for
from training.active_learning.forecast import CurvePoint, Forecast, forecast
from training.active_learning.models import ArmTrial, PoolScore, Round, RoundSample
from training.metrics import METRICS
from training.model_registry.models import Evaluation
from training.model_registry.selectors import open_evaluations
from training.snapshots.classes import learning_kind

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from annotations.models import User

INTERVAL_TO_ERROR = 3.29
WHOLE_ROUND = "all"


@dataclass(frozen=True)
class ArmProgress:
    """One arm of a round, and how much of it is labelled."""

    name: str
    strategy: str
    n: int
    labelled: int
    samples: tuple[int, ...]


@dataclass(frozen=True)
class LearningPoint:
    """One measured point of the learning curve.

    `score` is the task's primary number, with the interval `low` to `high` over groups.
    """

    round: int | None
    arm: str
    labels: int
    split: str
    score: float
    low: float
    high: float
    ap50: float | None
    ap75: float | None


@dataclass(frozen=True)
class LearningCurve:
    """All points, and what more labels should bring."""

    metric: str
    points: list[LearningPoint]
    forecast: Forecast | None


@dataclass(frozen=True)
class Embeddings:
    """Where one model places some samples; only those of one scoring can be compared.

    Attributes
    ----------
    round : int or None
        Number of the round whose scoring it was; None where none of the samples was scored.
    vectors : dict of int to list of float
        By sample.
    """

    round: int | None
    vectors: dict[int, list[float]]


def get_embeddings(project: Project, sample_ids: Iterable[int]) -> Embeddings:
    """Return the embeddings of samples by the newest round that scored any of them."""
    scores = PoolScore.objects.filter(sample__in=list(sample_ids), sample__project=project)
    newest = scores.order_by("-round__number").values_list("round", "round__number").first()
    if newest is None:
        return Embeddings(None, {})
    rows = scores.filter(round=newest[0]).values_list("sample", "features__embedding")
    return Embeddings(newest[1], {sample: vector for sample, vector in rows if vector})


def list_rounds(user: "User | AnonymousUser", project_id: int) -> QuerySet[Round]:
    """Return the rounds of a project that `user` may see."""
    return _with_samples().filter(project=get_project_for(user, project_id))


def get_round_for(
    user: "User | AnonymousUser", pk: int, *, at_least: str = ProjectRole.VIEWER
) -> Round:
    """Return a round of a project in which `user` has at least the role `at_least`.

    Raises
    ------
    NotFound
        There is none, or the user may not see it.
    Forbidden
        The user may see it, but has too low a role.
    """
    rows = _with_samples()
    return get_part_for(user, rows, pk, at_least=at_least, what="round")


def list_arms(round_: Round) -> list[ArmProgress]:
    """Return a round's arms with how much of each is labelled."""
    rows = sorted(round_.samples.all(), key=lambda row: row.rank)
    labelled = Counter(row.arm for row in rows if row.sample.state == SampleState.ACCEPTED)
    return [
        ArmProgress(
            name=arm["name"],
            strategy=arm["strategy"],
            n=arm["n"],
            labelled=labelled[arm["name"]],
            samples=tuple(row.sample_id for row in rows if row.arm == arm["name"]),
        )
        for arm in round_.arms
    ]


def get_learning_curve(project: Project) -> LearningCurve:
    """Return what each round's model scored against the labels it had, and a forecast.

    Parameters
    ----------
    project : Project
        Whose models.

    Returns
    -------
    LearningCurve
        In the order of labels. The test split shows where somebody looked.
    """
    shown = (
        open_evaluations()
        .filter(project=project)
        .select_related("round")
        .defer("per_image")
        .order_by("n_labels", "pk")
    )
    family = METRICS.get(learning_kind(project))
    metric = family.primary if family else ""
    points = [_point(evaluation, metric) for evaluation in shown]
    points += _trial_points(project, metric, unsealed=_unsealed_rounds(points))
    measured = [
        CurvePoint(p.labels, p.score, max((p.high - p.low) / INTERVAL_TO_ERROR, 0.0))
        for p in points
        if p.split == "val" and p.labels > 0 and p.arm == WHOLE_ROUND
    ]
    return LearningCurve(metric=metric, points=points, forecast=forecast(measured))


def _point(evaluation: Evaluation, metric: str) -> LearningPoint:
    numbers = evaluation.metrics
    return LearningPoint(
        round=evaluation.round.number if evaluation.round else None,
        arm=evaluation.arm or (WHOLE_ROUND if evaluation.model_version_id else "start"),
        labels=evaluation.n_labels,
        split=evaluation.split,
        score=numbers[metric],
        low=numbers["low"],
        high=numbers["high"],
        ap50=numbers.get("ap50"),
        ap75=numbers.get("ap75"),
    )


def _unsealed_rounds(points: Iterable[LearningPoint]) -> set[int]:
    """Return the numbers of rounds whose test score somebody has looked at."""
    return {p.round for p in points if p.split == "test" and p.round is not None}


def _trial_points(project: Project, metric: str, *, unsealed: set[int]) -> list[LearningPoint]:
    trials = ArmTrial.objects.filter(round__project=project).exclude(done_at=None)
    return [
        LearningPoint(
            round=trial.round.number,
            arm=trial.arm,
            labels=trial.n_labels,
            split=split,
            score=numbers[metric],
            low=numbers["low"],
            high=numbers["high"],
            ap50=numbers.get("ap50"),
            ap75=numbers.get("ap75"),
        )
        for trial in trials.select_related("round").order_by("n_labels", "pk")
        for split, numbers in sorted(trial.metrics.items())
        if split != "test" or trial.round.number in unsealed
    ]


def _with_samples() -> QuerySet[Round]:
    return Round.objects.select_related("run", "scored_by").prefetch_related(
        Prefetch("samples", RoundSample.objects.select_related("sample")),
        Prefetch("evaluations", open_evaluations().defer("per_image")),
        Prefetch(
            "trials", ArmTrial.objects.select_related("job").defer("per_image").order_by("pk")
        ),
    )
