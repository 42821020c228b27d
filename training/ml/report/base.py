"""What a task kind offers to the report of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from training.ml.kinds.base import Prediction
    from training.ml.manifest import Item, Snapshot
    from training.ml.report.album import Album

PERCENT_DIGITS = 4


@dataclass(frozen=True)
class Asked:
    """What a reporter knows from the start.

    Attributes
    ----------
    snapshot : Snapshot
        Training set.
    rng : numpy.random.Generator
        Draws the examples that are shown at random.
    settings : mapping
        Of the model's card.
    """

    snapshot: Snapshot
    rng: np.random.Generator
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """What a reporter says of the items that it was shown.

    Attributes
    ----------
    examples : list of mapping
        Items that are shown, each with why.
    classes : mapping
        Per-class table and confusion matrix.
    worst : mapping
        Worst images, and worst objects where there are any.
    scores, groups : list
        Score of each item as the metric family makes them, and its group.
    colors : mapping
        What the colours of the layers mean.
    """

    examples: list[dict[str, Any]]
    classes: dict[str, Any]
    worst: dict[str, Any]
    scores: list[Any]
    groups: list[str]
    colors: dict[str, Any]


class Reporter(Protocol):
    """Gathers what was predicted for items of the validation split: entry type of ``REPORTERS``."""

    def look(self, item: Item, prediction: Prediction) -> None:
        """Take in the prediction of one labelled item."""
        ...

    def tell(self, album: Album) -> Told:
        """Choose, draw and count; called once, after at least one look."""
        ...


def share(value: float) -> float:
    """Round a share for JSON."""
    return round(float(value), PERCENT_DIGITS)
