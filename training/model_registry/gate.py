"""Whether a candidate replaces the champion: a paired bootstrap on the validation split."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.metrics.bootstrap import paired_bootstrap

MIN_GROUPS = 5
TOLERANCE = 0.01


class Decision(StrEnum):
    """What the gate says."""

    PROMOTE = "promote"
    KEEP = "keep"
    NOT_ENOUGH = "not_enough"


@dataclass(frozen=True)
class GateResult:
    """The gate's answer with its evidence.

    Attributes
    ----------
    decision : Decision
        Promote the candidate, keep the champion, or too few pictures to tell.
    delta, low, high : float
        Mean difference candidate - champion and its interval.
    n : int
        Validation items compared.
    reason : str
        A sentence for people.
    """

    decision: Decision
    delta: float
    low: float
    high: float
    n: int
    reason: str


def judge(
    champion: NDArray[Any],
    candidate: NDArray[Any],
    groups: NDArray[Any],
    *,
    rng: np.random.Generator,
    rival: str = "the champion",
) -> GateResult:
    """Compare two models on the same validation items.

    The candidate is promoted when it is better on average and the interval rules out that it
    is worse by more than a hundredth.

    Parameters
    ----------
    champion, candidate : ndarray of float, shape (N,)
        One score per item, larger is better, in the same order.
    groups : ndarray, shape (N,)
        Group of each item.
    rng : numpy.random.Generator
        Draws the resamples.
    rival : str
        What the candidate is compared with, in words.

    Returns
    -------
    GateResult
        Decision and evidence.

    Raises
    ------
    ValueError
        If lengths differ or a score is not finite.
    """
    if not champion.shape == candidate.shape == groups.shape:
        raise ValueError("champion, candidate and groups must have one entry per item")
    if not np.isfinite([champion, candidate]).all():
        raise ValueError("a score is not finite")
    n_groups = np.unique(groups).size
    if n_groups == 0:
        return GateResult(Decision.NOT_ENOUGH, 0.0, 0.0, 0.0, 0, _too_few(0))
    differences = candidate.astype(np.float64) - champion.astype(np.float64)
    delta = float(differences.mean())
    low, high = paired_bootstrap(differences, groups, rng=rng)
    if n_groups < MIN_GROUPS:
        decision, reason = Decision.NOT_ENOUGH, _too_few(n_groups)
    elif delta > 0 and low > -TOLERANCE:
        decision = Decision.PROMOTE
        reason = (
            f"Better than {rival} by {delta:.3f} on {champion.size} validation items "
            f"(90 % interval {low:.3f} to {high:.3f})."
        )
    else:
        decision = Decision.KEEP
        reason = (
            f"Not clearly better than {rival}: {delta:+.3f} on {champion.size} validation items "
            f"(90 % interval {low:.3f} to {high:.3f})."
        )
    return GateResult(decision, delta, low, high, int(champion.size), reason)


def judge_first(
    start: NDArray[Any],
    candidate: NDArray[Any],
    groups: NDArray[Any],
    *,
    rng: np.random.Generator,
) -> GateResult:
    """Judge a candidate of a project that has no champion yet.

    It has to be better than the zero-label start, or annotators would get worse proposals than
    before. Where there is too little to tell, it is promoted unless it looks worse.

    Parameters
    ----------
    start, candidate : ndarray of float, shape (N,)
        One score per item; nothing (N = 0) where there is no zero-label start.
    groups : ndarray, shape (N,)
        Group of each item.
    rng : numpy.random.Generator
        Draws the resamples.

    Returns
    -------
    GateResult
        Decision and evidence.
    """
    if start.size == 0:
        reason = "The project's first model: nothing to compare with."
        return GateResult(Decision.PROMOTE, 0.0, 0.0, 0.0, 0, reason)
    result = judge(start, candidate, groups, rng=rng, rival="the zero-label start")
    if result.decision == Decision.NOT_ENOUGH and result.delta >= 0:
        reason = "The project's first model; on few validation items no worse than the start."
        return replace(result, decision=Decision.PROMOTE, reason=reason)
    return result


def _too_few(n_groups: int) -> str:
    return (
        f"Only {n_groups} independent validation groups; at least {MIN_GROUPS} are needed to "
        "compare. Label more validation images, or promote by hand."
    )
