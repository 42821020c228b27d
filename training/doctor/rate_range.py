"""Which learning rate a range test proposes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FEWEST = 10
# The loss after which a range test is over, as a multiple of the smallest so far.
BLOWN_UP = 3.0
# Of the rate at the smallest loss: a margin to where training becomes unstable.
SAFE = 0.3
SMOOTHING = 0.85


def suggest_rate(rates: Sequence[float], losses: Sequence[float]) -> float | None:
    """Propose the largest learning rate of a schedule from a range test.

    The rate rises exponentially from step to step (Smith, "Cyclical learning rates", WACV 2017).
    Up to some rate the loss falls; the proposal lies a safe factor below that of the smallest
    smoothed loss.

    Parameters
    ----------
    rates, losses : sequence of float
        Learning rate and loss of each step, in order.

    Returns
    -------
    float or None
        Two digits; None where the loss never fell or there are fewer than ten steps.
    """
    values = np.asarray(losses, dtype=np.float64)
    good = np.isfinite(values)
    if not good.all():
        values = values[: int(np.argmin(good))]
    if len(values) < FEWEST:
        return None
    smooth = _smoothed(values)
    best = int(smooth.argmin())
    if best < 2 or smooth[best] > 0.9 * smooth[0]:
        return None
    return float(f"{rates[best] * SAFE:.1e}")


def blown_up(losses: Sequence[float]) -> bool:
    """Whether a range test can stop: the loss is no number, or far above its smallest."""
    last = losses[-1]
    return not np.isfinite(last) or (len(losses) >= FEWEST and last > BLOWN_UP * min(losses))


def _smoothed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Exponential moving average, corrected for its start."""
    out, average = np.empty_like(values), 0.0
    for at, value in enumerate(values):
        average = SMOOTHING * average + (1 - SMOOTHING) * value
        out[at] = average / (1 - SMOOTHING ** (at + 1))
    return out
