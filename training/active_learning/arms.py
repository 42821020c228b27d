"""Split a batch into arms, of which one is always chosen by chance.

Only the control arm tells whether a strategy is worth its computing: its samples are drawn
uniformly and before any strategy picks, so that they stand for the whole pool.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

CONTROL = "control"
STRATEGY = "strategy"
RANDOM = "random"
# What a round asks for beyond its arms, where these teach nothing; no strategy is judged by it.
MORE = "more"


@dataclass(frozen=True)
class Arm:
    """A share of a batch and who chooses it."""

    name: str
    strategy: str
    size: int


@dataclass(frozen=True)
class Pick:
    """One chosen sample."""

    sample: int
    arm: str
    strategy: str


def plan_arms(*, size: int, strategy: str, control_fraction: float) -> tuple[Arm, ...]:
    """Divide `size` samples between the strategy and its random control.

    Parameters
    ----------
    size : int
        Samples in the batch, at least 1.
    strategy : str
        Key of ``ACQUISITIONS``; the random strategy is its own control.
    control_fraction : float
        Share of the control arm, in (0, 1]; rounded up, so that it is never empty.

    Returns
    -------
    tuple of Arm
        The control first; arms without samples are left out.

    Raises
    ------
    ValueError
        If the size or the fraction is out of range.
    """
    if size < 1:
        raise ValueError(f"a batch has at least one sample, not {size}")
    if not 0 < control_fraction <= 1:
        raise ValueError(f"the control fraction must be in (0, 1], not {control_fraction}")
    if strategy == RANDOM:
        return (Arm(name=CONTROL, strategy=RANDOM, size=size),)
    control = min(size, math.ceil(size * control_fraction - 1e-9))
    arms = (
        Arm(name=CONTROL, strategy=RANDOM, size=control),
        Arm(name=STRATEGY, strategy=strategy, size=size - control),
    )
    return tuple(arm for arm in arms if arm.size)


def fill_arms(
    arms: Sequence[Arm],
    *,
    pool: Sequence[int],
    rankings: Mapping[str, Sequence[int]],
    rng: np.random.Generator,
) -> tuple[Pick, ...]:
    """Choose the samples of each arm, none twice, and mix the arms for serving.

    Parameters
    ----------
    arms : sequence of Arm
        From `plan_arms`.
    pool : sequence of int
        Keys of all candidates, in any order.
    rankings : mapping of str to sequence of int
        For each strategy but the random one, candidates from best to worst. Candidates that
        a ranking leaves out follow by chance.
    rng : numpy.random.Generator
        Draws the control and the serving order.

    Returns
    -------
    tuple of Pick
        In serving order: arms are shuffled into each other so that neither is labelled by
        fresher eyes; inside an arm the ranking holds.
    """
    # Sorted first: the draw must not depend on the order in which a database answers.
    shuffled = [int(sample) for sample in rng.permutation(np.array(sorted(pool), dtype=np.int64))]
    free = dict.fromkeys(shuffled)
    queues: dict[str, list[Pick]] = {}
    for arm in sorted(arms, key=lambda arm: arm.strategy != RANDOM):
        ranking = [s for s in rankings.get(arm.strategy, ()) if s in free]
        ranked = dict.fromkeys([*ranking, *free])
        queues[arm.name] = [
            Pick(sample=sample, arm=arm.name, strategy=arm.strategy)
            for sample in list(ranked)[: arm.size]
        ]
        for pick in queues[arm.name]:
            del free[pick.sample]
    turns = rng.permutation([name for name, picks in queues.items() for _ in picks])
    waiting = {name: iter(picks) for name, picks in queues.items()}
    return tuple(next(waiting[str(name)]) for name in turns)
