"""Which items are shown: the worst, the middle, the best, and some at random."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

WHYS = ("worst", "median", "best", "random")


@dataclass(frozen=True)
class Quota:
    """How many items are shown for each reason."""

    worst: int
    median: int
    best: int
    random: int


def choose_examples(
    values: Sequence[float], quota: Quota, *, rng: np.random.Generator
) -> list[tuple[int, tuple[str, ...]]]:
    """Choose items by their value, and some without looking at it.

    The random ones are drawn from all items, those already chosen too, so that they stand for the
    whole; an item may be shown for several reasons.

    Parameters
    ----------
    values : sequence of float
        One per item; larger is better. Equal ones keep their order.
    quota : Quota
        How many of each.
    rng : numpy.random.Generator
        Draws the random ones.

    Returns
    -------
    list of (int, tuple of str)
        Index of each chosen item and why it was: first the worst, then the random ones, the
        middle, the best.
    """
    order = np.argsort(np.asarray(values, dtype=np.float64), kind="stable")
    n = len(order)
    start = max(0, (n - quota.median) // 2)
    picks = {
        "worst": order[: quota.worst],
        "random": rng.permutation(n)[: quota.random],
        "median": order[start : start + quota.median],
        "best": order[::-1][: quota.best],
    }
    whys: dict[int, tuple[str, ...]] = {}
    for why, chosen in picks.items():
        for at in chosen.tolist():
            whys[at] = (*whys.get(at, ()), why)
    return list(whys.items())
