"""What every family of metrics offers: score one item, then pool items into named numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class MetricFamily:
    """One family of metrics, the entry type of ``METRICS``.

    Attributes
    ----------
    name : str
        Key of the family, equal to the task kind it serves.
    primary : str
        Name of the pooled number that models are compared by; larger is better.
    score : callable
        ``score(truth, prediction)`` gives the item's score (a frozen dataclass).
    pool : callable
        ``pool(scores)`` gives plain named numbers over many items, ready for JSON.
    item_value : callable
        ``item_value(score)`` gives the one number of an item for paired comparison.
    """

    name: str
    primary: str
    score: Callable[[Any, Any], Any]
    pool: Callable[[Sequence[Any]], dict[str, float]]
    item_value: Callable[[Any], float]


def require_finite(values: NDArray[Any], *, what: str) -> None:
    """Refuse NaN and infinity, which would silently turn a score into nonsense.

    Parameters
    ----------
    values : ndarray
        Any numeric array.
    what : str
        What the array is, for the message.

    Raises
    ------
    ValueError
        If a value is not finite.
    """
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise ValueError(f"{what} holds NaN or infinity")
