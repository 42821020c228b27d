"""Choose a round's batch from its scores, and hand it to the annotators."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from annotations.crowdsourcing.services import enqueue
from annotations.labels.services import put_proposal
from annotations.models import AnnotationState, AssignmentState, Sample, SampleState, Split
from core.errors import DomainError
from training.acquisition import ACQUISITIONS
from training.active_learning.arms import MORE, RANDOM, Arm, Pick, fill_arms
from training.active_learning.models import PoolScore, Round, RoundSample
from training.active_learning.reasons import HOLDOUT_REASON, MORE_REASON, explain
from training.active_learning.scoring import pool_features, proposing_version
from training.snapshots.classes import learning_kind

HOLDOUT_SHARES = {Split.VALIDATION.value: 0.15, Split.TEST.value: 0.1}


def choose_batch(round_: Round) -> int:
    """Choose the batch, store its proposals and put it into the queue.

    The caller holds the round's lock.

    Parameters
    ----------
    round_ : Round
        Whose pool is scored.

    Returns
    -------
    int
        Samples in the batch.

    Raises
    ------
    DomainError
        Code "pool_is_empty": meanwhile everything was labelled or removed.
    """
    scores = _scores(round_)
    rng = np.random.default_rng(round_.seed)
    pool = [s for s in scores.values() if _is_free(s.sample, Split.TRAIN, round_)]
    picks = _training_picks(round_, pool, rng)
    if not picks:
        raise DomainError(
            "pool_is_empty",
            "Nothing is left to label in the training split. Add images to the project's data "
            "sets.",
            status=409,
        )
    n_train = len(picks)
    for split in HOLDOUT_SHARES:
        free = [key for key, s in scores.items() if _is_free(s.sample, split, round_)]
        picks += _holdout_picks(free, split, n_train=n_train, rng=rng)
    round_.arms = _describe_arms(picks)
    _hand_out(round_, picks, scores, first=0)
    return len(picks)


def ask_for_more(round_: Round) -> int:
    """Draw as many samples again by chance, and put them into the queue.

    The caller holds the round's lock.

    Parameters
    ----------
    round_ : Round
        Whose batch is labelled, and whose labels teach nothing yet.

    Returns
    -------
    int
        Samples drawn; 0 where none of the pool is left.
    """
    scores = _scores(round_)
    free = sorted(pk for pk, s in scores.items() if _is_free(s.sample, Split.TRAIN, round_))
    taken = round_.samples.count()
    rng = np.random.default_rng((round_.seed, taken))
    drawn = rng.permutation(np.array(free, dtype=np.int64))[: round_.batch_size]
    picks = [Pick(sample=int(pk), arm=MORE, strategy=RANDOM) for pk in drawn]
    if not picks:
        return 0
    asked = {arm["name"]: arm for arm in round_.arms}
    n = len(picks) + asked.get(MORE, {"n": 0})["n"]
    asked[MORE] = {"name": MORE, "strategy": RANDOM, "n": n}
    round_.arms = list(asked.values())
    _hand_out(round_, picks, scores, first=taken)
    return len(picks)


def candidates(round_project: int, split: str, *, queue_is_chosen: bool) -> list[int]:
    """Return samples of a split that nobody has answered or works on.

    Before the first round new samples wait in the queue, in the order they came; these are
    candidates too.
    """
    states = [SampleState.POOL] if queue_is_chosen else [SampleState.POOL, SampleState.QUEUED]
    found = Sample.objects.filter(
        project=round_project,
        split=split,
        state__in=states,
        image__status="ready",
        image__trashed_at=None,
    )
    # What was claimed and given back untouched is free again.
    found = found.exclude(annotations__state=AnnotationState.SUBMITTED)
    found = found.exclude(assignments__state=AssignmentState.ACTIVE)
    return list(found.order_by("pk").values_list("pk", flat=True))


def _scores(round_: Round) -> dict[int, PoolScore]:
    rows = PoolScore.objects.filter(round=round_).select_related("sample__image")
    return {score.sample_id: score for score in rows}


def _hand_out(
    round_: Round, picks: Sequence[Pick], scores: Mapping[int, PoolScore], *, first: int
) -> None:
    """Store what was picked, its proposals too, and put it into the queue."""
    reasons = [_propose(round_, scores[pick.sample], pick) for pick in picks]
    RoundSample.objects.bulk_create(
        RoundSample(
            round=round_,
            sample_id=pick.sample,
            arm=pick.arm,
            utility=scores[pick.sample].utility,
            rank=rank,
        )
        for rank, pick in enumerate(picks, start=first)
    )
    round_.save(update_fields=["arms"])
    enqueue([pick.sample for pick in picks], None, reasons)


def _is_free(sample: Sample, split: str, round_: Round) -> bool:
    waiting = {SampleState.POOL}
    if not round_.project.queue_is_chosen:
        waiting.add(SampleState.QUEUED)
    return sample.split == split and sample.state in waiting


def _training_picks(
    round_: Round, pool: Sequence[PoolScore], rng: np.random.Generator
) -> list[Pick]:
    if not pool:
        return []
    arms = [Arm(name=a["name"], strategy=a["strategy"], size=a["n"]) for a in round_.arms]
    labelled = PoolScore.objects.filter(
        round=round_, sample__state=SampleState.ACCEPTED, sample__split=Split.TRAIN
    )
    features = pool_features(pool, labelled)
    rankings: dict[str, list[int]] = {}
    for arm in arms:
        if arm.strategy == RANDOM:
            continue
        # The control may take some of the best, so the ranking is longer than its arm.
        k = min(features.n, sum(a.size for a in arms))
        selection = ACQUISITIONS[arm.strategy].select(features, k=k, rng=rng)
        rankings[arm.strategy] = [int(features.ids[at]) for at in selection.order]
        for score, utility in zip(pool, selection.utilities, strict=True):
            score.utility = float(utility)
        PoolScore.objects.bulk_update(pool, ["utility"], batch_size=500)
    return list(fill_arms(arms, pool=[s.sample_id for s in pool], rankings=rankings, rng=rng))


def _holdout_picks(
    free: Sequence[int], split: str, *, n_train: int, rng: np.random.Generator
) -> list[Pick]:
    """Draw some samples of a held-out split, which models are measured on, by chance."""
    size = min(len(free), math.ceil(n_train * HOLDOUT_SHARES[split]))
    drawn = rng.permutation(np.array(sorted(free), dtype=np.int64))[:size]
    return [Pick(sample=int(sample), arm=split, strategy=RANDOM) for sample in drawn]


def _propose(round_: Round, score: PoolScore, pick: Pick) -> str:
    """Store what the model sees in a chosen sample; return why it was chosen."""
    features = score.features
    named = dict(round_.project.classes.values_list("index", "name"))
    scores = {int(index): float(p) for index, p in features["class_scores"].items()}
    fixed = {MORE: MORE_REASON} | dict.fromkeys(HOLDOUT_SHARES, HOLDOUT_REASON)
    reason = fixed.get(pick.arm) or explain(
        pick.strategy,
        objects=features["objects"],
        class_scores={named.get(index, str(index)): p for index, p in scores.items()},
        task_kind=learning_kind(round_.project),
    )
    version = proposing_version(score.sample, round_.scored_by)
    if features["labels"] or (scores and version is not None):
        put_proposal(
            score.sample,
            source=f"model {version.number}" if version else "zero-label start",
            labels=features["labels"],
            class_scores=scores,
            reason=reason,
            objects=features["objects"],
        )
    return reason


def _describe_arms(picks: Sequence[Pick]) -> list[dict[str, object]]:
    arms: dict[str, dict[str, object]] = {}
    for pick in picks:
        arm = arms.setdefault(pick.arm, {"name": pick.arm, "strategy": pick.strategy, "n": 0})
        arm["n"] = int(str(arm["n"])) + 1
    return list(arms.values())
